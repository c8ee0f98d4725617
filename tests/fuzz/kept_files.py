"""What iisrelay keeps between commands: a damaged file is one clear error, and nothing in it is resolved or run."""

import tempfile
from functools import cache
from pathlib import Path

import harness

SEEDS = (
    b'\x00{"format": "1.0", "site": "s", "plans": [{"host": "h", "basis": "b", "checksum": "c", "changes": []}]}',
    b'\x01{"format": 1, "key": "00ff", "entries": {"h@a x": "00"}}',
    (
        b'\x02{"format": 2, "id": "x", "host": "h", "address": "a", "command": "apply", "started": "2026-01-01",'
        b' "request": {"properties": []}, "snapshot": {}, "changes": [], "results": []}'
    ),
    b"\x00" + b"[" * 100_000,
)


@cache
def _folder():
    return tempfile.TemporaryDirectory(prefix="iisrelay-fuzz-")


def check(data):
    from iisrelay.engine.history import History
    from iisrelay.engine.ledger import SecretLedger
    from iisrelay.errors import IisRelayError
    from iisrelay.plan.saved import read_plans

    folder = Path(_folder().name)
    path = folder / "h" / "20260101T000000Z-h.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data[1:])
    readers = (read_plans, SecretLedger, lambda _path: History(folder).entries())
    try:
        readers[data[0] % len(readers) if data else 0](path)
    except IisRelayError as error:
        assert len(error.message) < 500  # noqa: PT017 - no test of pytest's


if __name__ == "__main__":
    harness.fuzz(check, seeds=SEEDS)
