"""The history of applies, one file each: what was planned, what stood there before, what came of it. No secrets."""

import getpass
import json
import os
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import iisrelay
from iisrelay.engine.history_changes import change_of, history_document
from iisrelay.engine.private_files import write_private
from iisrelay.errors import IisRelayError, UsageError
from iisrelay.plan.change import Change
from iisrelay.plan.reverse import Touched
from iisrelay.results import DONE, ChangeResult, HostReport
from iisrelay.state.request import Request
from iisrelay.state.snapshot import Snapshot
from iisrelay.status import Outcome

FORMAT = 2
DEFAULT_FOLDER = Path(".iisrelay/history")
KEPT = 50  # entries of a host
RUNNING = "running"  # the status of an entry whose apply has not come to its end, or was interrupted
LEFT = DONE | {Outcome.UNKNOWN, Outcome.NOT_VERIFIED, Outcome.PENDING}
IDENTITY = re.compile(r"\d{8}T\d{6}Z-[\w.-]+")
MOMENT, MOMENT_FORM, MOMENT_LENGTH = re.compile(r"\d{8}T\d{6}Z"), "%Y%m%dT%H%M%SZ", 16
RESULT_KEYS = ("setting", "outcome", "message")


def owner() -> str:
    """Say who is at work: user, controller, process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}, process {os.getpid()}"


@dataclass(frozen=True)
class Entry:
    """One apply or rollback of one host. ``address`` tells a lab host from a real one of the same name."""

    identity: str
    host: str
    address: str
    command: str
    started: datetime
    request: Request
    snapshot: Snapshot
    changes: tuple[Change, ...]
    outcomes: tuple[str, ...] = ()
    status: str = RUNNING
    finished: str = ""
    owner: str = ""
    version: str = ""
    backup: str = ""
    undoes: str = ""
    not_restored: tuple[str, ...] = ()
    results: tuple[dict[str, str], ...] = field(default=(), repr=False)

    @property
    def left_something(self) -> bool:
        """Tell whether something of it may still stand on the host."""
        return self.status == RUNNING or any(outcome in LEFT for outcome in self.outcomes)

    def touched(self) -> Iterator[Touched]:
        """Give what it changed or tried to change."""
        for change in self.changes:
            yield Touched(change, self.snapshot.observed)


class History:
    """The files of the history below a folder."""

    def __init__(self, folder: Path = DEFAULT_FOLDER, *, kept: int = KEPT) -> None:
        self.folder = folder
        self.kept = kept

    def new_identity(self, host: str) -> str:
        """Give an identity that sorts after those of all other entries, also where the clock was put back."""
        now = datetime.now(UTC)
        taken = [path.stem[:MOMENT_LENGTH] for path in (self.folder / safe_name(host)).glob("*.json")]
        latest = max(filter(MOMENT.fullmatch, taken), default="")
        if latest >= now.strftime(MOMENT_FORM):
            now = datetime.strptime(latest, MOMENT_FORM).replace(tzinfo=UTC) + timedelta(seconds=1)
        return f"{now.strftime(MOMENT_FORM)}-{safe_name(host)}"

    def write(self, entry: Entry) -> None:
        """Write an entry, as a whole or not at all; the oldest ones of the host go.

        Raises:
            IisRelayError: when there is no room, or no right to write.
        """
        path = self._path(entry.host, entry.identity)
        try:
            self._write(entry, path)
        except OSError as error:
            raise IisRelayError(
                f"the history cannot be written: {path}: {error.strerror}",
                hint="make room, or the folder writable: without its history an apply could not be undone",
            ) from None

    def _write(self, entry: Entry, path: Path) -> None:
        write_private(path, json.dumps(_document(entry), indent=1, ensure_ascii=False))
        for old in _by_age(path.parent.glob("*.json"))[: -self.kept]:
            old.unlink(missing_ok=True)

    def finish(self, entry: Entry, report: HostReport) -> None:
        """Note what came of an entry."""
        self.write(
            replace(
                entry,
                status=report.status.value,
                finished=_now(),
                backup=report.backup,
                not_restored=report.not_restored,
                results=tuple(_result(result) for result in report.changes),
            )
        )

    def entries(self, host: str | None = None) -> list[Entry]:
        """Give all entries, or those of a host, oldest first.

        Raises:
            IisRelayError: when a file cannot be read.
        """
        below = safe_name(host) if host is not None else "*"
        paths = _by_age(self.folder.glob(f"{below}/*.json"))
        return [entry for entry in map(_read, paths) if host is None or entry.host == host]

    def find(self, identity: str) -> Entry:
        """Give the entry of an identity.

        Raises:
            UsageError: when there is none.
        """
        found = list(self.folder.glob(f"*/{identity}.json")) if IDENTITY.fullmatch(identity) else []
        if not found:
            raise UsageError(f"The history has no entry {identity!r}.", "`iisrelay history` lists them.")
        return _read(found[0])

    def _path(self, host: str, identity: str) -> Path:
        return self.folder / safe_name(host) / f"{identity}.json"


def _by_age(paths: Iterable[Path]) -> list[Path]:
    """Sort by identity, oldest first; with the ending, "a-2.json" would stand before "a.json"."""
    return sorted(paths, key=lambda path: path.stem)


def safe_name(host: str) -> str:
    """Give a host's name in a form that every file system takes."""
    return "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in host).lstrip(".") or "_"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _result(result: ChangeResult) -> dict[str, str]:
    return {"setting": result.change.setting, "outcome": result.outcome.value, "message": result.message}


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": entry.identity,
        "host": entry.host,
        "address": entry.address,
        "command": entry.command,
        "undoes": entry.undoes,
        "tool_version": entry.version or iisrelay.__version__,
        "owner": entry.owner or owner(),
        "started": entry.started.isoformat(timespec="seconds"),
        "finished": entry.finished,
        "status": entry.status,
        "backup": entry.backup,
        "not_restored": list(entry.not_restored),
        "changes": [history_document(change) for change in entry.changes],
        "results": list(entry.results),
        "request": entry.request.document(),
        "snapshot": json.loads(entry.snapshot.to_json()),
    }


def _read(path: Path) -> Entry:
    try:
        return _entry(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IisRelayError) as error:
        raise IisRelayError(
            f"{path} cannot be read ({type(error).__name__})",
            hint="it was written by another version, or damaged: move it away",
        ) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _entry(document: dict[str, Any]) -> Entry:
    if document["format"] != FORMAT:
        raise ValueError("another format")
    return Entry(
        identity=str(document["id"]),
        host=str(document["host"]),
        address=str(document["address"]),
        command=str(document["command"]),
        started=datetime.fromisoformat(document["started"]),
        request=Request.of_document(document["request"]),
        snapshot=Snapshot.from_json(json.dumps(document["snapshot"])),
        changes=tuple(change_of(item) for item in document["changes"]),
        outcomes=tuple(str(result["outcome"]) for result in document["results"]),
        status=str(document["status"]),
        finished=str(document["finished"]),
        owner=str(document["owner"]),
        version=str(document["tool_version"]),
        backup=str(document["backup"]),
        undoes=str(document["undoes"]),
        not_restored=tuple(map(str, document["not_restored"])),
        results=tuple({key: _text(result[key]) for key in RESULT_KEYS} for result in document["results"]),
    )
