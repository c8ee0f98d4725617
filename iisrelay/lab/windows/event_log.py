"""The event logs of a machine, script-block logging included."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iisrelay.lab.windows.clock import Clock

POWERSHELL_LOG = "Microsoft-Windows-PowerShell/Operational"
SCRIPT_BLOCK_LOGGED = 4104
LEVELS = {"Error": 2, "Warning": 3, "Information": 4, "Verbose": 5, "SuccessAudit": 0, "FailureAudit": 0}

_LOG_BYTES = 1024 * 1024  # old records make room, as in a log that overwrites
_SCRIPT_PART = 16 * 1024  # characters of one 4104 record; longer scripts are logged in parts


@dataclass(frozen=True)
class EventRecord:
    """One event."""

    index: int
    log: str
    source: str
    event_id: int
    level: str  # a key of LEVELS
    message: str
    time: float  # seconds since 1970
    category: int = 0
    user: str = ""


class EventLog:
    """All logs of a machine: the classic ones, with their sources, and PowerShell's."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sources: dict[str, list[str]] = {
            "Application": ["Application", "MsiInstaller"],
            "Security": ["Microsoft-Windows-Security-Auditing"],
            "System": ["Service Control Manager", "EventLog", "SMTPSVC", "Schannel", "User32"],
            "Windows PowerShell": ["PowerShell"],
            POWERSHELL_LOG: ["Microsoft-Windows-PowerShell"],
        }
        self.records: dict[str, list[EventRecord]] = {}
        self._next_index = 1

    def find_log(self, name: str) -> str | None:
        """Find a log by its name in any case."""
        return next((log for log in self.sources if log.lower() == name.lower()), None)

    def log_of_source(self, source: str) -> str | None:
        """Find the log that a source writes to."""
        wanted = source.lower()
        return next((log for log, names in self.sources.items() if wanted in map(str.lower, names)), None)

    def add_source(self, log: str, source: str) -> None:
        """Register a source with a log, made when it is not there."""
        self.sources.setdefault(self.find_log(log) or log, []).append(source)

    def write(self, log: str, source: str, event_id: int, message: str, *, level: str = "Information",
              category: int = 0, user: str = "") -> EventRecord:  # fmt: skip
        """Write one event."""
        record = EventRecord(
            self._next_index, log, source, event_id, level, message, self.clock.timestamp(), category, user
        )
        self._next_index += 1
        records = self.records.setdefault(log, [])
        records.append(record)
        while len(records) > 1 and sum(len(item.message) for item in records) > _LOG_BYTES:
            del records[0]
        return record

    def script_block(self, text: str, user: str = "") -> None:
        """Log the text of a script as PowerShell does (event 4104), in parts when it is long."""
        pieces = [text[start : start + _SCRIPT_PART] for start in range(0, len(text), _SCRIPT_PART)] or [""]
        for number, piece in enumerate(pieces, 1):
            message = f"Creating Scriptblock text ({number} of {len(pieces)}):\r\n{piece}\r\n"
            self.write(
                POWERSHELL_LOG, "Microsoft-Windows-PowerShell", SCRIPT_BLOCK_LOGGED, message, level="Verbose", user=user
            )

    def newest(self, log: str) -> Sequence[EventRecord]:
        """List a log's records, newest first."""
        return tuple(reversed(self.records.get(log, ())))

    def clear(self, log: str) -> None:
        """Forget a log's records."""
        self.records.pop(log, None)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        records = {log: [asdict(record) for record in items] for log, items in self.records.items()}
        return {"next": self._next_index, "sources": self.sources, "records": records}

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace all logs by those of the JSON form."""
        self._next_index = data["next"]
        self.sources = {log: list(names) for log, names in data["sources"].items()}
        self.records = {log: [EventRecord(**item) for item in items] for log, items in data["records"].items()}
