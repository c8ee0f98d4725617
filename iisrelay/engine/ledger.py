"""What was last applied as a secret, kept on the controller as keyed hashes: enough to see a change, useless to log in.

Passwords cannot be compared on the host (it may not give them back, and reading them is not wanted anyway). Without an
entry nobody knows: a plan then sets the secret again, and verify takes it as right when the host has one at all.
"""

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterable
from pathlib import Path

from iisrelay.engine.private_files import write_private
from iisrelay.errors import IisRelayError
from iisrelay.plan.values import SecretCheck
from iisrelay.secret import Secret
from iisrelay.site.target import Target

DEFAULT_FILE = Path(".iisrelay/secrets.json")
FORMAT = 1


class SecretLedger:
    """The file of hashes, for many threads. A file that cannot be read is an error, not an empty ledger."""

    def __init__(self, path: Path = DEFAULT_FILE) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._key, self._entries = _load(path)

    def check(self, target: Target, *, unknown_is_current: bool = False) -> SecretCheck:
        """Give the function that tells whether a setting's secret is the one that was last applied to a host."""

        def is_current(setting: str, secret: Secret) -> bool:
            known = self._entries.get(_place(target, setting))
            if known is None:
                return unknown_is_current
            return hmac.compare_digest(known, self._hash(_place(target, setting), secret))

        return is_current

    def remember(self, target: Target, applied: Iterable[tuple[str, Secret]]) -> None:
        """Note secrets that were applied to a host.

        Raises:
            IisRelayError: when there is no room, or no right to write.
        """
        entries = {_place(target, setting): secret for setting, secret in applied}
        if not entries:
            return
        hashes = {place: self._hash(place, secret) for place, secret in entries.items()}
        with self._lock:
            self._entries.update(hashes)
            try:
                self._save()
            except OSError as error:
                raise IisRelayError(
                    f"{self.path} cannot be written ({error.strerror}): the next apply sets every password once more",
                    hint="make room, or the folder writable",
                ) from None

    def _hash(self, place: str, secret: Secret) -> str:
        # The place is part of the message: equal passwords at two places have different hashes.
        message = f"{place}\0{secret.resolve()}".encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def _save(self) -> None:
        document = {"format": FORMAT, "key": self._key.hex(), "entries": dict(sorted(self._entries.items()))}
        write_private(self.path, json.dumps(document, indent=1))


def _place(target: Target, setting: str) -> str:
    """Name a place by host, address and setting: a lab host of the same name is another place."""
    return f"{target.name}@{target.connection.address} {setting}"


def _load(path: Path) -> tuple[bytes, dict[str, str]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = {str(place): str(value) for place, value in document["entries"].items()}
        return bytes.fromhex(document["key"]), entries
    except FileNotFoundError:
        return secrets.token_bytes(32), {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IisRelayError(
            f"{path} cannot be read ({type(error).__name__})",
            hint="delete it: the next apply sets every password once more and writes it anew",
        ) from None
