"""Get-EventLog, Write-EventLog, New-EventLog, Clear-EventLog, Get-WinEvent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Hashtable
from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Int64, PSArray, unwrap
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.cmdlets.targets import number, numbers, strings
from iisrelay.lab.windows.dotnet.times import from_date_time, to_date_time
from iisrelay.lab.windows.event_log import LEVELS, EventRecord
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call

_ENTRY_TYPES = ("Error", "Warning", "Information", "SuccessAudit", "FailureAudit")
_LOG = Param("LogName", "string", position=0, mandatory=True, aliases=("LN",))
_KNOWN_FILTERS = {"logname", "id", "level", "providername", "starttime", "endtime"}


class EventLogEntry:
    """System.Diagnostics.EventLogEntry: an event as Get-EventLog shows it."""

    def __init__(self, record: EventRecord) -> None:
        self.record = record


class EventLogRecord:
    """System.Diagnostics.Eventing.Reader.EventLogRecord: an event as Get-WinEvent shows it."""

    def __init__(self, record: EventRecord, machine_name: str) -> None:
        self.record = record
        self.machine_name = machine_name


entry_type = declare("System.Diagnostics.EventLogEntry", python=EventLogEntry)
entry_type.getter("Index")(lambda value: value.record.index)
entry_type.getter("EventID")(lambda value: value.record.event_id)
entry_type.getter("InstanceId")(lambda value: Int64(value.record.event_id))
entry_type.getter("EntryType")(lambda value: value.record.level)
entry_type.getter("Source")(lambda value: value.record.source)
entry_type.getter("Message")(lambda value: value.record.message)
entry_type.getter("Category")(lambda value: f"({value.record.category})")
entry_type.getter("CategoryNumber")(lambda value: value.record.category)
entry_type.getter("UserName")(lambda value: value.record.user or None)
entry_type.getter("TimeGenerated", "TimeWritten")(lambda value: to_date_time(value.record.time))

record_type = declare("System.Diagnostics.Eventing.Reader.EventLogRecord", python=EventLogRecord)
record_type.getter("Id")(lambda value: value.record.event_id)
record_type.getter("RecordId")(lambda value: Int64(value.record.index))
record_type.getter("Level")(lambda value: LEVELS[value.record.level])
record_type.getter("LevelDisplayName")(lambda value: value.record.level)
record_type.getter("LogName")(lambda value: value.record.log)
record_type.getter("ProviderName")(lambda value: value.record.source)
record_type.getter("Message")(lambda value: value.record.message)
record_type.getter("MachineName")(lambda value: value.machine_name)
record_type.getter("TimeCreated")(lambda value: to_date_time(value.record.time))


@cmdlet(
    "Get-EventLog",
    Param("LogName", "string", position=0, aliases=("LN",)),
    Param("Source", "string[]"),
    Param("InstanceId", "long[]", position=1),
    Param("EntryType", "string[]"),
    Param("Newest", "int"),
    Param("After"),
    Param("Before"),
    Param("Message", "string"),
    Param("List", "switch"),
    Param("AsString", "switch"),
)
def get_event_log(call: Call) -> Iterator[object]:
    """Get-EventLog: the classic logs, newest first."""
    log = machine_of(call.engine).event_log
    if call.has("List"):
        yield from (name for name in log.sources if "/" not in name)
        return
    found = 0
    for record in log.newest(_existing_log(call, str(call.get("LogName", "")))):
        if found == call.get("Newest", -1):
            return
        if _is_wanted(call, record):
            found += 1
            yield EventLogEntry(record)
    if not found:
        call.error(
            "No matches found",
            category="ObjectNotFound",
            identifier="GetEventLogNoEntriesFound",
            exception="System.ArgumentException",
        )


def _existing_log(call: Call, name: str) -> str:
    found = machine_of(call.engine).event_log.find_log(name)
    if found is None:
        computer = machine_of(call.engine).name
        message = f"The event log '{name}' on computer '{computer}' does not exist."
        raise NetError("System.InvalidOperationException", message, category="ObjectNotFound")
    return found


def _is_wanted(call: Call, record: EventRecord) -> bool:
    identifiers = numbers(call, "InstanceId")
    sources, types = strings(call.get("Source")), [word.lower() for word in strings(call.get("EntryType"))]
    return (
        (not sources or any(matches(source, record.source) for source in sources))
        and (not identifiers or record.event_id in identifiers)
        and (not types or record.level.lower() in types)
        and (not call.has("Message") or matches(str(call.get("Message")), record.message))
        and (not call.has("After") or record.time > from_date_time(call.engine, call.get("After")))
        and (not call.has("Before") or record.time < from_date_time(call.engine, call.get("Before")))
    )


@cmdlet(
    "Write-EventLog",
    _LOG,
    Param("Source", "string", position=1, mandatory=True),
    Param("EventId", "int", position=2, mandatory=True, aliases=("ID", "EID")),
    Param("EntryType", "string", position=3, values=_ENTRY_TYPES, aliases=("ET",)),
    Param("Message", "string", position=4, mandatory=True),
    Param("Category", "int16"),
)
def write_event_log(call: Call) -> None:
    """Write-EventLog: write an event of a registered source."""
    log = machine_of(call.engine).event_log
    name, source = _existing_log(call, str(call.get("LogName"))), str(call.get("Source"))
    if log.log_of_source(source) != name:
        message = f'The source name "{source}" does not exist on computer "localhost".'
        raise NetError("System.InvalidOperationException", message, category="InvalidOperation")
    log.write(
        name,
        source,
        number(call, "EventId", 0),
        str(call.get("Message")),
        level=str(call.get("EntryType", "Information")),
        category=number(call, "Category", 0),
    )


@cmdlet("New-EventLog", _LOG, Param("Source", "string[]", position=1, mandatory=True))
def new_event_log(call: Call) -> None:
    """New-EventLog: register sources with a log, made when it is not there."""
    log = machine_of(call.engine).event_log
    for source in strings(call.get("Source")):
        if log.log_of_source(source):
            message = f'The "{source}" source is already registered on the "localhost" computer.'
            raise NetError("System.InvalidOperationException", message, category="InvalidOperation")
        log.add_source(str(call.get("LogName")), source)


@cmdlet("Clear-EventLog", Param("LogName", "string[]", position=0, mandatory=True))
def clear_event_log(call: Call) -> None:
    """Clear-EventLog: forget the events of logs."""
    for name in strings(call.get("LogName")):
        machine_of(call.engine).event_log.clear(_existing_log(call, name))


@cmdlet(
    "Get-WinEvent",
    Param("LogName", "string[]", position=0),
    Param("FilterHashtable"),
    Param("MaxEvents", "long"),
    Param("Oldest", "switch"),
)
def get_win_event(call: Call) -> Iterator[object]:
    """Get-WinEvent: events of any log, newest first; -FilterHashtable by log, id, level, provider and time."""
    machine = machine_of(call.engine)
    wanted = _filter(call)
    records = [
        record
        for name in _values(wanted, "logname")
        for record in machine.event_log.newest(_existing_log(call, str(name)))
        if _fits(call, wanted, record)
    ]
    if not records:
        call.error(
            "No events were found that match the specified selection criteria.",
            category="ObjectNotFound",
            identifier="NoMatchingEventsFound",
            exception="System.Exception",
        )
    records.sort(key=lambda record: record.index, reverse=not call.has("Oldest"))
    for record in records[: number(call, "MaxEvents", len(records))]:
        yield EventLogRecord(record, machine.fqdn)


def _filter(call: Call) -> dict[str, object]:
    table = unwrap(call.get("FilterHashtable"))
    if not isinstance(table, Hashtable):
        return {"logname": call.get("LogName")}
    wanted = {str(key).lower(): value for key, value in table.items()}
    unknown = set(wanted) - _KNOWN_FILTERS
    if unknown:
        raise NetError("System.ArgumentException", f"The filter key {min(unknown)} is not simulated by the lab.")
    return wanted


def _values(wanted: dict[str, object], key: str) -> list[object]:
    value = wanted.get(key)
    return list(value) if isinstance(value, PSArray) else [] if value is None else [value]


def _fits(call: Call, wanted: dict[str, object], record: EventRecord) -> bool:
    names, identifiers, levels = (_values(wanted, key) for key in ("providername", "id", "level"))
    start, end = wanted.get("starttime"), wanted.get("endtime")
    return (
        (not names or any(matches(str(name), record.source) for name in names))
        and (not identifiers or record.event_id in [int(each) for each in identifiers])  # type: ignore[call-overload]
        and (not levels or LEVELS[record.level] in [int(each) for each in levels])  # type: ignore[call-overload]
        and (start is None or record.time >= from_date_time(call.engine, start))
        and (end is None or record.time <= from_date_time(call.engine, end))
    )
