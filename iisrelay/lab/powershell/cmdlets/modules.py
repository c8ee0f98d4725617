"""Cmdlets about modules, snap-ins and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automation import Module
from iisrelay.lab.powershell.binder import Argument
from iisrelay.lab.powershell.cmdlets.variables import alias_object
from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import CMDLETS, Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.functions import FunctionStage
from iisrelay.lab.powershell.scopes import Scope
from iisrelay.lab.powershell.script_blocks import FunctionInfo, ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray, PSCustomObject
from iisrelay.lab.powershell.wildcards import has_wildcards, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

# Modules that are part of the shell itself: importing them is allowed and changes nothing.
BUILT_IN = (
    "Microsoft.PowerShell.Management",
    "Microsoft.PowerShell.Security",
    "Microsoft.PowerShell.Utility",
    "Microsoft.WSMan.Management",
)
FILE_NOT_FOUND = "System.IO.FileNotFoundException"


def available_modules(engine: Engine) -> dict[str, str]:
    """Give the modules that can be imported here: by lower-case name, the name as written."""
    names = {
        *BUILT_IN,
        *(info.module for info in CMDLETS.values() if info.module and float(info.since) <= engine.version_number),
    }
    return {name.lower(): name for name in names}


def _names(value: object) -> list[object]:
    found = enumerate_value(value)
    return ([] if value is None else [value]) if found is None else list(found)


@cmdlet(
    "Import-Module",
    Param("Name", position=0, mandatory=True, pipeline=True),
    Param("Force", "switch"),
    Param("PassThru", "switch"),
    Param("Global", "switch"),
    Param("Prefix", "string"),
    Param("DisableNameChecking", "switch"),
    Param("SkipEditionCheck", "switch", since="5.1"),
    Param("ArgumentList", "object[]", aliases=("Args",)),
    Param("Scope", "string", since="3.0"),
    aliases=("ipmo",),
    streaming=True,
)
def import_module(call: Call) -> Iterator[object]:
    """Import-Module: a module of this Windows, a dynamic one, or a script module file."""
    for item in _names(call.get("Name")):
        module = item if isinstance(item, Module) else _find_module(call, to_string(None, item))
        if module is None:
            continue
        call.engine.modules[module.name.lower()] = module
        if module.scope is not None:
            _export(call.engine, module)
        if call.has("PassThru"):
            yield module


def _find_module(call: Call, name: str) -> Module | None:
    known = available_modules(call.engine).get(name.lower())
    if known is not None:
        return Module(known, exported=[info.name for info in CMDLETS.values() if info.module == known])
    if name.lower().endswith(".psm1"):
        text = call.engine.read_file(name)
        if text is not None:
            stem = name.replace("/", "\\").rpartition("\\")[2].rpartition(".")[0]
            return build_module(call.engine, call.engine.parse_block(text, call.engine.resolve_path(name)), stem, ())[0]
    call.error(
        f"The specified module '{name}' was not loaded because no valid module file was found in any module directory.",
        category="ResourceUnavailable",
        identifier="Modules_ModuleNotFound",
        target=name,
        exception=FILE_NOT_FOUND,
    )
    return None


def build_module(
    engine: Engine, block: ScriptBlockValue, name: str, arguments: tuple[object, ...]
) -> tuple[Module, list[object]]:
    """Run a script block as a module of its own; give the module and what the block wrote."""
    scope = Scope(engine.context.scope.global_scope(), is_script=True)
    owned = ScriptBlockValue(block.body, block.source, scope)
    output: list[object] = []
    stage = FunctionStage(engine, FunctionInfo("", owned, "Script"), [Argument(value=item) for item in arguments])
    stage.context.scope = scope
    stage.emit = output.append
    stage.begin()
    stage.end()
    module = Module(name, scope, module_type="Script", version="0.0")
    module.exported = [function.name for function in scope.functions.values()]
    return module, output


def _export(engine: Engine, module: Module) -> None:
    if module.scope is None:
        return
    for function in module.scope.functions.values():
        engine.context.scope.global_scope().functions[function.name.lower()] = function


@cmdlet(
    "New-Module",
    Param("ScriptBlock", position=0, mandatory=True),
    Param("Name", "string"),
    Param("Function", "string[]"),
    Param("Cmdlet", "string[]"),
    Param("ReturnResult", "switch"),
    Param("AsCustomObject", "switch"),
    Param("ArgumentList", "object[]", aliases=("Args",)),
    aliases=("nmo",),
)
def new_module(call: Call) -> Iterator[object]:
    """New-Module: a dynamic module from a script block."""
    block = call.get("ScriptBlock")
    if not isinstance(block, ScriptBlockValue):
        call.engine.fail("Cannot bind parameter 'ScriptBlock'.", "CannotConvertArgumentNoMessage", "InvalidArgument")
        return
    name = to_string(None, call.get("Name", "__DynamicModule"))
    module, output = build_module(call.engine, block, name, tuple(_names(call.get("ArgumentList"))))
    _export(call.engine, module)
    if call.has("Name"):
        call.engine.modules[name.lower()] = module
    if call.has("ReturnResult"):
        yield from output
    else:
        yield module


@cmdlet(
    "Export-ModuleMember",
    Param("Function", "string[]", 0),
    Param("Cmdlet", "string[]"),
    Param("Variable", "string[]"),
    Param("Alias", "string[]"),
)
def export_module_member(call: Call) -> None:
    """Export-ModuleMember: every function of a module is visible anyway here; variables are handed to the globals."""
    for name in _names(call.get("Variable")):
        variable = call.engine.context.scope.find(to_string(None, name).lower())
        if variable is not None:
            call.engine.global_scope.variables[variable.name.lower()] = variable


@cmdlet(
    "Get-Module",
    Param("Name", "string[]", 0),
    Param("ListAvailable", "switch"),
    Param("All", "switch"),
    Param("Refresh", "switch", since="3.0"),
    aliases=("gmo",),
)
def get_module(call: Call) -> Iterator[object]:
    """Get-Module: the imported modules, or those that could be."""
    patterns = [to_string(None, name) for name in _names(call.get("Name"))] or ["*"]
    if call.has("ListAvailable"):
        found = [Module(name) for _, name in sorted(available_modules(call.engine).items())]
    else:
        found = [module for _, module in sorted(call.engine.modules.items())]
    yield from (module for module in found if any(matches(pattern, module.name) for pattern in patterns))


@cmdlet("Remove-Module", Param("Name", "string[]", 0, mandatory=True), Param("Force", "switch"), aliases=("rmo",))
def remove_module(call: Call) -> None:
    """Remove-Module."""
    for name in _names(call.get("Name")):
        module = call.engine.modules.pop(to_string(None, name).lower(), None)
        for exported in module.exported if module is not None else ():
            call.engine.global_scope.functions.pop(exported.lower(), None)


@cmdlet("Add-PSSnapin", Param("Name", "string[]", 0, mandatory=True), Param("PassThru", "switch"), aliases=("asnp",))
def add_snapin(call: Call) -> None:
    """Add-PSSnapin: no snap-in but the shell's own is simulated."""
    for name in _names(call.get("Name")):
        text = to_string(None, name)
        if not text.lower().startswith("microsoft.powershell."):
            call.engine.fail(
                "No snap-ins have been registered for Windows PowerShell version "
                f"{call.engine.version.partition('.')[0]}.",
                "AddPSSnapInRead",
                "InvalidArgument",
                target=text,
                exception="System.Management.Automation.PSArgumentException",
            )


@cmdlet("Get-PSSnapin", Param("Name", "string[]", 0), Param("Registered", "switch"))
def get_snapin(call: Call) -> Iterator[object]:
    """Get-PSSnapin: the shell's own."""
    patterns = [to_string(None, name) for name in _names(call.get("Name"))] or ["*"]
    if not call.has("Registered"):
        names = (
            ("Microsoft.PowerShell.Core", *BUILT_IN)
            if call.engine.version_number < 3
            else ("Microsoft.PowerShell.Core",)
        )
        yield from (
            PSCustomObject([("Name", name)]) for name in names if any(matches(pattern, name) for pattern in patterns)
        )


@cmdlet(
    "Get-Command",
    Param("Name", "string[]", 0, pipeline=True, pipeline_name=True),
    Param("CommandType", "string[]", aliases=("Type",)),
    Param("Module", "string[]"),
    Param("Noun", "string[]"),
    Param("Verb", "string[]"),
    Param("Syntax", "switch"),
    Param("All", "switch", since="3.0"),
    Param("ArgumentList", "object[]"),
    Param("TotalCount", "int"),
    aliases=("gcm",),
)
def get_command(call: Call) -> Iterator[object]:
    """Get-Command: commands by name or pattern."""
    value = call.get("Name", PSArray(call.input) if call.has_input else None)
    names = [to_string(None, name) for name in _names(value)]
    kinds = {to_string(None, kind).lower() for kind in _names(call.get("CommandType"))} - {"all"}
    for name in names or ["*"]:
        found = (
            list(_matching(call, name))
            if has_wildcards(name) or call.has("Noun") or call.has("Verb")
            else list(_named(call, name))
        )
        found = [item for item in found if not kinds or _kind_of(item) in kinds]
        if not found and not has_wildcards(name):
            call.error(
                f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable "
                "program. Check the "
                "spelling of the name, or if a path was included, verify that the path is correct and try again.",
                category="ObjectNotFound",
                identifier="CommandNotFoundException",
                target=name,
                exception="System.Management.Automation.CommandNotFoundException",
            )
        yield from found


def _named(call: Call, name: str) -> Iterator[object]:
    target = call.engine.commands.alias(name.lower())
    if target is not None:
        yield alias_object(name, target)
        return
    found = call.engine.commands.find(name)
    if found is not None:
        yield found


def _matching(call: Call, pattern: str) -> Iterator[object]:
    commands = call.engine.commands
    candidates: list[object] = [*commands.functions().values(), *commands.cmdlets()]
    nouns = [to_string(None, noun) for noun in _names(call.get("Noun"))] or ["*"]
    verbs = [to_string(None, verb) for verb in _names(call.get("Verb"))] or ["*"]
    for candidate in candidates:
        name = str(getattr(candidate, "name", ""))
        verb, _, noun = name.partition("-")
        if (
            matches(pattern, name)
            and any(matches(each, noun) for each in nouns)
            and any(matches(each, verb) for each in verbs)
        ):
            yield candidate


def _kind_of(item: object) -> str:
    if isinstance(item, FunctionInfo):
        return item.command_type.lower()
    if isinstance(item, PSCustomObject):
        return "alias"
    return "application" if hasattr(item, "program") else "cmdlet"


@cmdlet(
    "Get-Help",
    Param("Name", "string", 0),
    Param("Full", "switch"),
    Param("Detailed", "switch"),
    Param("Examples", "switch"),
    Param("Online", "switch"),
    Param("Parameter", "string"),
    aliases=("help", "man"),
)
def get_help(call: Call) -> Iterator[object]:
    """Get-Help: name, synopsis and parameters of a command."""
    name = to_string(None, call.get("Name", "Get-Help"))
    found = call.engine.commands.find(name)
    if found is None:
        call.error(
            f"Get-Help could not find {name} in a help file in this session.",
            category="ResourceUnavailable",
            identifier="HelpNotFound",
            target=name,
            exception="Microsoft.PowerShell.Commands.HelpNotFoundException",
        )
        return
    parameters = [parameter.name for parameter in getattr(found, "parameters", ())]
    synopsis = (
        str(getattr(getattr(found, "function", None), "__doc__", "") or "").partition(":")[2].strip() or found.name
    )
    syntax = " ".join([found.name, *(f"[-{parameter}]" for parameter in parameters)])
    yield PSCustomObject([("Name", found.name), ("Synopsis", synopsis), ("Syntax", syntax)], ["HelpInfoShort"])
