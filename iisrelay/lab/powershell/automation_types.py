"""The .NET side of the interpreter's own objects: script blocks, error records, invocations, commands, variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automation import ExecutionContext, HostObject, HostUI, Module, PathInfo, ScriptCmdlet
from iisrelay.lab.powershell.binder import COMMON_NAMES
from iisrelay.lab.powershell.collections import ArrayList, Hashtable, enumerate_value
from iisrelay.lab.powershell.command_lookup import NativeInfo
from iisrelay.lab.powershell.commands import CmdletInfo
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.error_records import CategoryInfo, ErrorRecord, InvocationInfo, PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.functions import call_script_block
from iisrelay.lab.powershell.nettypes import find_type, require_type
from iisrelay.lab.powershell.scopes import NOTHING, OPTIONS, Scope, Variable
from iisrelay.lab.powershell.script_blocks import FunctionInfo, ScriptBlockValue
from iisrelay.lab.powershell.streams import HostMessage, MessageRecord
from iisrelay.lab.powershell.values import NetEnum, PSArray, PSCustomObject

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

AUTOMATION = "System.Management.Automation"
_CATEGORIES_WORDS = (
    "NotSpecified OpenError CloseError DeviceError DeadlockDetected InvalidArgument InvalidData InvalidOperation "
    "InvalidResult InvalidType MetadataError NotImplemented NotInstalled ObjectNotFound OperationStopped "
    "OperationTimeout SyntaxError ParserError PermissionDenied ResourceBusy ResourceExists ResourceUnavailable "
    "ReadError WriteError FromStdErr SecurityError ProtocolError ConnectionError AuthenticationError LimitsExceeded "
    "QuotaExceeded NotEnabled"
)
CATEGORIES = tuple(_CATEGORIES_WORDS.split())

_SWITCHES = {"Verbose", "Debug"}

declare_enum(f"{AUTOMATION}.ErrorCategory", {name: number for number, name in enumerate(CATEGORIES)})
declare_enum(
    f"{AUTOMATION}.ActionPreference",
    {"SilentlyContinue": 0, "Stop": 1, "Continue": 2, "Inquire": 3, "Ignore": 4, "Suspend": 5},
)
declare_enum(
    f"{AUTOMATION}.ScopedItemOptions",
    dict(zip(OPTIONS, (0, 1, 2, 4, 8), strict=True)),
    flags=True,
)

# -- script blocks -----------------------------------------------------------------------------------------------------

script_block = declare(f"{AUTOMATION}.ScriptBlock", python=ScriptBlockValue, accelerators=("scriptblock",))
script_block.getter("IsFilter")(lambda value: value.is_filter)
script_block.getter("File")(lambda value: value.source.path or None)
script_block.getter("Ast")(lambda value: value)
script_block.method("ToString")(lambda value: value.text)


@script_block.static("Create")
def create(engine: Engine, text: str) -> ScriptBlockValue:
    """[ScriptBlock]::Create: parse a text."""
    try:
        return engine.parse_block(text)
    except PowerShellError as error:
        raise error.record.exception from error


@script_block.converter
def from_text(engine: Engine, value: object) -> object:
    """[scriptblock]'text' is refused by Windows PowerShell too; only script blocks pass."""
    del engine
    return value if isinstance(value, ScriptBlockValue) else NotImplemented


@script_block.method("Invoke")
def invoke(engine: Engine, block: ScriptBlockValue, *arguments: object) -> PSArray:
    """Invoke: the output as a collection, which unrolls when it is written."""
    return PSArray(call_script_block(engine, block, arguments))


@script_block.method("InvokeReturnAsIs")
def invoke_as_is(engine: Engine, block: ScriptBlockValue, *arguments: object) -> object:
    """InvokeReturnAsIs: the output as a variable would get it."""
    results = call_script_block(engine, block, arguments)
    if not results:
        return None
    return results[0] if len(results) == 1 else PSArray(results)


@script_block.method("GetNewClosure")
def new_closure(engine: Engine, block: ScriptBlockValue) -> ScriptBlockValue:
    """GetNewClosure: a copy that keeps the variables of the current scope as they are now."""
    module = Scope(engine.global_scope, is_script=True)
    local = engine.context.scope.variables
    module.variables.update({name: _copy(variable) for name, variable in local.items() if not variable.options})
    return ScriptBlockValue(block.body, block.source, module, is_filter=block.is_filter)


def _copy(variable: Variable) -> Variable:
    return Variable(variable.name, variable.value, options=variable.options, type_name=variable.type_name)


# -- errors ------------------------------------------------------------------------------------------------------------

error_record = declare(f"{AUTOMATION}.ErrorRecord", python=ErrorRecord)
error_record.getter("Exception")(lambda value: value.exception)
error_record.getter("CategoryInfo")(lambda value: value.category_info)
error_record.getter("FullyQualifiedErrorId")(lambda value: value.identifier)
error_record.getter("TargetObject")(lambda value: value.target)
error_record.getter("InvocationInfo")(lambda value: value.invocation)
error_record.getter("ScriptStackTrace")(lambda value: value.stack_trace)
error_record.getter("ErrorDetails")(lambda value: value if value.message is not None else None)
error_record.getter("PipelineIterationInfo")(lambda _value: PSArray([], "System.Int32"))
error_record.method("ToString")(str)
error_record.method("GetBaseException")(lambda value: value.exception)


@error_record.setter("ErrorDetails")
def set_details(value: ErrorRecord, item: object) -> None:
    """Replace the text that the record shows."""
    value.message = to_string(None, item)


@error_record.constructor
def new_record(engine: Engine, exception: object, identifier: str, category: object, target: object) -> ErrorRecord:
    """New-Object ErrorRecord."""
    named = convert(engine, category, f"{AUTOMATION}.ErrorCategory")
    failure = (
        exception if isinstance(exception, NetError) else NetError("System.Exception", to_string(engine, exception))
    )
    return ErrorRecord(failure, identifier, to_string(engine, named), target)


category_info = declare(f"{AUTOMATION}.ErrorCategoryInfo", python=CategoryInfo)
category_info.properties("Activity", "Reason", "TargetName", "TargetType")
category_info.getter("Category")(
    lambda value: (
        NetEnum(CATEGORIES.index(value.category), f"{AUTOMATION}.ErrorCategory")
        if value.category in CATEGORIES
        else value.category
    )
)
category_info.method("ToString", "GetMessage")(str)

invocation = declare(f"{AUTOMATION}.InvocationInfo", python=InvocationInfo)
invocation.getter("MyCommand")(lambda value: value.command)
invocation.getter("InvocationName")(lambda value: value.name)
invocation.getter("ScriptLineNumber")(lambda value: value.line)
invocation.getter("OffsetInLine")(lambda value: value.column)
invocation.getter("Line")(lambda value: value.line_text)
invocation.getter("ScriptName")(lambda value: value.source.path)
invocation.getter("PSScriptRoot")(lambda value: value.source.path.rpartition("\\")[0])
invocation.getter("PSCommandPath")(lambda value: value.source.path)
invocation.getter("ExpectingInput")(lambda value: value.expecting_input)
invocation.getter("UnboundArguments")(lambda value: ArrayList(value.unbound))
invocation.getter("BoundParameters")(lambda value: Hashtable() if value.bound is None else value.bound)


@invocation.getter("PositionMessage")
def position_message(engine: Engine, value: InvocationInfo) -> str:
    """PositionMessage: "At line:1 char:1" with the line."""
    return value.position_message(engine.version)


# -- messages ----------------------------------------------------------------------------------------------------------

message_record = declare(f"{AUTOMATION}.WarningRecord", python=MessageRecord)
message_record.getter("Message", "MessageData")(lambda value: value.message)
message_record.method("ToString")(str)
host_message = declare(f"{AUTOMATION}.InformationRecord", python=HostMessage, since="5.0")
host_message.getter("MessageData")(lambda value: value.message)
host_message.method("ToString")(str)

# -- commands ----------------------------------------------------------------------------------------------------------

command_info = declare(f"{AUTOMATION}.CommandInfo")
function_info = declare(f"{AUTOMATION}.FunctionInfo", python=FunctionInfo, bases=(f"{AUTOMATION}.CommandInfo",))
function_info.getter("Name")(lambda value: value.name)
function_info.getter("CommandType")(lambda value: value.command_type)
function_info.getter("Definition")(lambda value: value.path or value.block.text)
function_info.getter("Path", "Source")(lambda value: value.path)
function_info.getter("ScriptBlock")(lambda value: value.block)
function_info.getter("ModuleName")(lambda value: value.module_name)
function_info.getter("Parameters")(
    lambda value: _parameter_table(
        [(spec.name, spec.type_name, spec.aliases) for spec in value.parameters],
        common=value.block.compiled.is_advanced,
    )
)
cmdlet_info = declare(f"{AUTOMATION}.CmdletInfo", python=CmdletInfo, bases=(f"{AUTOMATION}.CommandInfo",))
cmdlet_info.getter("Name")(lambda value: value.name)
cmdlet_info.getter("CommandType")(lambda _value: "Cmdlet")
cmdlet_info.getter("ModuleName")(lambda value: value.module)
cmdlet_info.getter("Definition")(lambda value: value.name)
cmdlet_info.getter("Parameters")(
    lambda value: _parameter_table([(each.name, each.type, each.aliases) for each in value.parameters], common=True)
)
native_info = declare(f"{AUTOMATION}.ApplicationInfo", python=NativeInfo, bases=(f"{AUTOMATION}.CommandInfo",))
native_info.getter("Name")(lambda value: value.name)
native_info.getter("CommandType")(lambda _value: "Application")


def _parameter_table(parameters: list[tuple[str, str, tuple[str, ...]]], *, common: bool = False) -> Hashtable:
    """Describe parameters (name, type, aliases) by name."""
    of_every_command = [(name, "switch" if name in _SWITCHES else "string", ()) for name in COMMON_NAMES]
    return Hashtable(
        (name, _parameter_metadata(name, type_name, aliases))
        for name, type_name, aliases in [*parameters, *(of_every_command if common else [])]
    )


def _parameter_metadata(name: str, type_name: str, aliases: tuple[str, ...]) -> PSCustomObject:
    kind = find_type(type_name or "object") or require_type("object")
    return PSCustomObject(
        [
            ("Name", name),
            ("ParameterType", kind),
            ("Aliases", PSArray(aliases, "System.String")),
            ("SwitchParameter", kind.name == f"{AUTOMATION}.SwitchParameter"),
            ("IsDynamic", False),
        ],
        [f"{AUTOMATION}.ParameterMetadata"],
    )


script_cmdlet = declare(f"{AUTOMATION}.PSScriptCmdlet", python=ScriptCmdlet)
script_cmdlet.getter("ParameterSetName")(lambda value: value.context.set_name)
script_cmdlet.getter("MyInvocation")(lambda value: value.engine.my_invocation())
script_cmdlet.method("WriteError")(lambda value, record: value.write_error(record))
script_cmdlet.method("ThrowTerminatingError")(lambda value, record: value.throw(record))
script_cmdlet.method("WriteVerbose")(lambda value, text: value.engine.write_verbose(to_string(None, text)))
script_cmdlet.method("WriteDebug")(lambda value, text: value.engine.write_debug(to_string(None, text)))
script_cmdlet.method("WriteWarning")(lambda value, text: value.engine.write_warning(to_string(None, text)))
script_cmdlet.method("ShouldProcess")(lambda value, *words: value.should_process(*words[:2]))
script_cmdlet.method("ShouldContinue")(lambda _value, *_words: True)
script_cmdlet.method("GetVariableValue")(lambda value, name: value.engine.get_variable(to_string(None, name)))


@script_cmdlet.method("WriteObject")
def write_object(value: ScriptCmdlet, item: object, enumerate_it: object = None) -> object:
    """WriteObject: as the method's result it goes where the statement's output goes."""
    whole = enumerate_value(item) is None or enumerate_it is True
    del value
    return item if whole else PSArray([item])


@script_cmdlet.getter("Host")
def host_of(value: ScriptCmdlet) -> HostObject:
    """$PSCmdlet.Host."""
    return HostObject(value.engine)


# -- variables, places, modules, host ----------------------------------------------------------------------------------

variable_type = declare(f"{AUTOMATION}.PSVariable", python=Variable, accelerators=("psvariable",))
variable_type.getter("Name")(lambda value: value.name)
variable_type.getter("Value")(lambda value: None if value.value is NOTHING else value.value)
variable_type.getter("Options")(lambda value: value.describe_options())
variable_type.getter("Description")(lambda value: value.description)


@variable_type.setter("Value")
def set_variable_value(value: Variable, item: object) -> None:
    """Assign through the variable object."""
    value.value = item


@variable_type.setter("Options")
def set_variable_options(value: Variable, item: object) -> None:
    """Change a variable's options."""
    value.options = frozenset(word.strip().lower() for word in to_string(None, item).split(",")) - {"none"}


execution_context = declare(f"{AUTOMATION}.EngineIntrinsics", python=ExecutionContext)
execution_context.getter("InvokeCommand", "SessionState")(lambda value: value)
execution_context.method("ExpandString")(lambda value, text: value.expand(to_string(value.engine, text)))
execution_context.method("NewScriptBlock")(lambda value, text: value.engine.parse_block(to_string(None, text)))
execution_context.getter("Path")(lambda value: value)
execution_context.getter("CurrentLocation")(lambda value: value.engine.location())
execution_context.method("GetUnresolvedProviderPathFromPSPath")(
    lambda value, path: value.engine.resolve_path(to_string(None, path))
)


@execution_context.method("InvokeScript")
def invoke_script(value: ExecutionContext, text: object) -> PSArray:
    """InvokeScript: run a text and give its output."""
    items: list[object] = []
    value.engine.invoke_text(to_string(None, text), items.append)
    return PSArray(items)


path_info = declare(f"{AUTOMATION}.PathInfo", python=PathInfo)
path_info.getter("Path", "ProviderPath")(lambda value: value.path)
path_info.getter("Drive")(lambda value: value.drive)
path_info.getter("Provider")(lambda value: value.provider)
path_info.method("ToString")(str)

module_type = declare(f"{AUTOMATION}.PSModuleInfo", python=Module)
module_type.properties("Name", "ModuleType", "Version")
module_type.getter("ExportedCommands", "ExportedFunctions")(lambda value: _parameter_table(value.exported))

host_type = declare(f"{AUTOMATION}.Internal.Host.InternalHost", python=HostObject)
host_type.getter("Name")(lambda value: value.name)
host_type.getter("UI")(lambda value: HostUI(value.engine))
host_type.getter("CurrentCulture", "CurrentUICulture")(
    lambda value: convert(value.engine, "en-US", "System.Globalization.CultureInfo")
)


@host_type.getter("Version")
def host_version(value: HostObject) -> object:
    """The version of the host is that of the engine."""
    table = value.engine.get_variable("PSVersionTable")
    return table["PSVersion"] if isinstance(table, Hashtable) else None


@host_type.method("SetShouldExit")
def set_should_exit(value: HostObject, code: int) -> None:
    """SetShouldExit: the process ends with that code."""
    value.engine.exit(code)


host_ui = declare(f"{AUTOMATION}.Internal.Host.InternalHostUserInterface", python=HostUI)


@host_ui.method("WriteLine")
def ui_write_line(value: HostUI, text: str = "") -> None:
    """WriteLine to the console."""
    value.engine.host_output.write_line(text)


@host_ui.method("Write")
def ui_write(value: HostUI, text: str) -> None:
    """Write to the console."""
    value.engine.host_output.flush()
    value.engine.out(text)


@host_ui.method("WriteErrorLine")
def ui_write_error(value: HostUI, text: str) -> None:
    """WriteErrorLine to the console."""
    value.engine.host_output.write_error(text)


@host_ui.method("WriteWarningLine")
def ui_write_warning(value: HostUI, text: str) -> None:
    """WriteWarningLine to the console."""
    value.engine.host_output.write_message(MessageRecord(text, 3))
