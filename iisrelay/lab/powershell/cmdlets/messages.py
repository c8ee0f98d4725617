"""Cmdlets that write to the other streams: errors, warnings, verbose and debug text, the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import ErrorRecord
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.formatstrings import format_value
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.streams import HostMessage
from iisrelay.lab.powershell.values import PSCustomObject

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

WRITE_ERROR_EXCEPTION = "Microsoft.PowerShell.Commands.WriteErrorException"
MESSAGE = Param("Message", "string", 0, mandatory=True, pipeline=True, aliases=("Msg",))


@cmdlet(
    "Write-Error",
    Param("Message", "string", 0, pipeline=True, aliases=("Msg",)),
    Param("Exception"),
    Param("ErrorRecord"),
    Param("Category", "string"),
    Param("ErrorId", "string"),
    Param("TargetObject"),
    Param("RecommendedAction", "string"),
    Param("CategoryActivity", "string", aliases=("Activity",)),
    Param("CategoryReason", "string", aliases=("Reason",)),
    Param("CategoryTargetName", "string", aliases=("TargetName",)),
    Param("CategoryTargetType", "string", aliases=("TargetType",)),
    streaming=True,
)
def write_error(call: Call) -> None:
    """Write-Error: a non-terminating error."""
    record = call.get("ErrorRecord")
    if not isinstance(record, ErrorRecord):
        record = _record_of(call)
    _name_after_caller(call.engine, record)
    call.engine.write_error_record(record)


def _record_of(call: Call) -> ErrorRecord:
    message = call.get("Message")
    exception = call.get("Exception")
    text = None if message is None else to_string(call.engine, message)
    if not isinstance(exception, NetError):
        exception, text = NetError(WRITE_ERROR_EXCEPTION, text or ""), None
    target = call.get("TargetObject")
    identifier = to_string(None, call.get("ErrorId")) or exception.type_name
    made = ErrorRecord(
        exception,
        identifier,
        to_string(None, call.get("Category")) or "NotSpecified",
        target,
        activity="Write-Error",
        message=text,
        target_type="" if target is None else type_of(target).short_name,
    )
    for name, attribute in (
        ("Activity", "activity"),
        ("Reason", "reason"),
        ("TargetName", "target_name"),
        ("TargetType", "target_type"),
    ):
        if call.has(f"Category{name}"):
            setattr(made.category_info, attribute, to_string(None, call.get(f"Category{name}")))
    return made


def _name_after_caller(engine: Engine, record: ErrorRecord) -> None:
    """An error of Write-Error shows the function that wrote it."""
    caller = engine.context.nearest_function()
    if caller is not None and caller.invocation is not None and record.invocation is None:
        record.invocation = caller.invocation
        name = getattr(caller.function, "name", "")
        if "," not in record.identifier and name:
            record.identifier = f"{record.identifier},{name}"


@cmdlet("Write-Warning", MESSAGE, streaming=True)
def write_warning(call: Call) -> None:
    """Write-Warning: text to the warning stream."""
    call.engine.write_warning(to_string(call.engine, call.get("Message")))


@cmdlet("Write-Verbose", MESSAGE, streaming=True)
def write_verbose(call: Call) -> None:
    """Write-Verbose: text to the verbose stream."""
    call.engine.write_verbose(to_string(call.engine, call.get("Message")))


@cmdlet("Write-Debug", MESSAGE, streaming=True)
def write_debug(call: Call) -> None:
    """Write-Debug: text to the debug stream."""
    call.engine.write_debug(to_string(call.engine, call.get("Message")))


@cmdlet(
    "Write-Information",
    Param("MessageData", position=0, mandatory=True, pipeline=True, aliases=("Msg", "Message")),
    Param("Tags", "string[]", 1),
    since="5.0",
    streaming=True,
)
def write_information(call: Call) -> None:
    """Write-Information: an object to the information stream."""
    call.engine.write_message(6, to_string(call.engine, call.get("MessageData")))


@cmdlet(
    "Write-Host",
    Param("Object", position=0, pipeline=True, remaining=True),
    Param("NoNewline", "switch"),
    Param("Separator"),
    Param("ForegroundColor"),
    Param("BackgroundColor"),
    streaming=True,
)
def write_host(call: Call) -> None:
    """Write-Host: text to the console, wherever the output goes; since 5.0 through the information stream."""
    separator = to_string(call.engine, call.get("Separator", " "))
    text = _host_text(call.engine, call.get("Object"), separator)
    message = HostMessage(text, no_new_line=call.has("NoNewline"))
    if call.engine.version_number >= 5:
        call.engine.context.streams.information(message)
    else:
        call.engine.host_output.write_information(message)


def _host_text(engine: Engine, value: object, separator: str) -> str:
    items = value.entries() if isinstance(value, Dictionary) else enumerate_value(value)
    if items is None:
        return to_string(engine, value) if isinstance(value, PSCustomObject) else format_value(engine, value, "")
    return separator.join(_host_text(engine, item, separator) for item in items)


@cmdlet(
    "Write-Progress",
    Param("Activity", "string", 0, mandatory=True),
    Param("Status", "string", 1),
    Param("Id", "int", 2),
    Param("PercentComplete", "int"),
    Param("SecondsRemaining", "int"),
    Param("CurrentOperation", "string"),
    Param("ParentId", "int"),
    Param("Completed", "switch"),
    Param("SourceId", "int"),
)
def write_progress(call: Call) -> None:
    """Write-Progress: a remote session has no one to show progress to."""
    del call


@cmdlet("Read-Host", Param("Prompt", position=0, remaining=True), Param("AsSecureString", "switch"))
def read_host(call: Call) -> None:
    """Read-Host: there is no one to ask."""
    call.engine.fail(
        "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        "InvalidOperation",
        exception="System.Management.Automation.PSInvalidOperationException",
    )
