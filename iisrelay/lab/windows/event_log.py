"""The event logs of a machine, script-block logging included."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iisrelay.lab.windows.clock import Clock

POWERSHELL_LOG = "Microsoft-Windows-PowerShell/Operational"
SCRIPT_BLOCK_LOGGED = 4104
COMMAND_LOGGED = 4103
ENGINE_STARTED = 400
PROCESS_CREATED = 4688
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
        self._sizes: dict[str, int] = {}  # characters of each log's messages
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
        self._sizes[log] = self._sizes.get(log, 0) + len(message)
        while len(records) > 1 and self._sizes[log] > _LOG_BYTES:
            self._sizes[log] -= len(records.pop(0).message)
        return record

    def script_block(self, text: str, user: str = "") -> None:
        """Log the text of a script as PowerShell does (event 4104), in parts when it is long."""
        pieces = [text[start : start + _SCRIPT_PART] for start in range(0, len(text), _SCRIPT_PART)] or [""]
        for number, piece in enumerate(pieces, 1):
            message = f"Creating Scriptblock text ({number} of {len(pieces)}):\r\n{piece}\r\n"
            self.write(
                POWERSHELL_LOG, "Microsoft-Windows-PowerShell", SCRIPT_BLOCK_LOGGED, message, level="Verbose", user=user
            )

    def engine_started(self, version: str, line: str) -> None:
        """Log that powershell.exe starts (event 400), with its command line."""
        message = (
            "Engine state is changed from None to Available.\r\n\r\nDetails:\r\n\tNewEngineState=Available\r\n"
            f"\tHostApplication={line}\r\n\tEngineVersion={version}\r\n"
        )
        self.write("Windows PowerShell", "PowerShell", ENGINE_STARTED, message)

    def command_invoked(self, name: str, values: Mapping[str, str]) -> None:
        """Log the arguments of a command as module logging does (event 4103)."""
        lines = [f'CommandInvocation({name}): "{name}"']
        lines += [f'ParameterBinding({name}): name="{key}"; value="{value}"' for key, value in values.items()]
        self.write(POWERSHELL_LOG, "Microsoft-Windows-PowerShell", COMMAND_LOGGED, "\r\n".join(lines) + "\r\n")

    def process_created(self, line: str, user: str = "") -> None:
        """Log a new process with its command line, as an audit policy that includes it does (event 4688)."""
        message = f"A new process has been created.\r\n\r\n\tProcess Command Line:\t{line}\r\n"
        source = "Microsoft-Windows-Security-Auditing"
        self.write("Security", source, PROCESS_CREATED, message, level="SuccessAudit", user=user)

    def newest(self, log: str) -> Sequence[EventRecord]:
        """List a log's records, newest first."""
        return tuple(reversed(self.records.get(log, ())))

    def clear(self, log: str) -> None:
        """Forget a log's records."""
        self.records.pop(log, None)
        self._sizes.pop(log, None)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        records = {log: [asdict(record) for record in items] for log, items in self.records.items()}
        return {"next": self._next_index, "sources": self.sources, "records": records}

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace all logs by those of the JSON form."""
        self._next_index = data["next"]
        self.sources = {log: list(names) for log, names in data["sources"].items()}
        self.records = {log: [EventRecord(**item) for item in items] for log, items in data["records"].items()}
        self._sizes = {log: sum(len(item.message) for item in items) for log, items in self.records.items()}
