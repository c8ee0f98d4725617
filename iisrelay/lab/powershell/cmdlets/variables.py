"""Cmdlets about variables, aliases and strict mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automatic import AUTOMATIC
from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import ErrorRecord
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.scopes import NOTHING, Scope, Variable
from iisrelay.lab.powershell.values import PSArray, PSCustomObject
from iisrelay.lab.powershell.wildcards import has_wildcards, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

SCOPE = Param("Scope", "string")
NAMES = Param("Name", "string[]", 0, pipeline=True, pipeline_name=True)
NOT_FOUND = "System.Management.Automation.ItemNotFoundException"


def _names(call: Call) -> list[str]:
    """Give the names a cmdlet is about; whoever asks for ``$name`` by mistake gets what PowerShell gives."""
    value = call.get("Name")
    if value is None and call.has_input:
        value = PSArray(call.input)
    found = enumerate_value(value)
    return [to_string(None, item) for item in (found if found is not None else [] if value is None else [value])]


def _scope(call: Call) -> Scope:
    """Give the scope a cmdlet is about: the caller's, or the one -Scope names."""
    name = to_string(None, call.get("Scope")).lower()
    return call.engine.context.scope.named(name) if name and name != "local" else call.engine.context.scope


def _visible(call: Call, pattern: str) -> list[Variable]:
    """Give the variables of that name or pattern, by name."""
    scopes = [_scope(call)] if call.has("Scope") else list(call.engine.context.scope.chain())
    found: dict[str, Variable] = {}
    for scope in scopes:
        for name, variable in scope.variables.items():
            if matches(pattern, name):
                found.setdefault(name, variable)
    for name, compute in AUTOMATIC.items():
        if name not in found and not call.has("Scope") and matches(pattern, name):
            found[name] = Variable(name, compute(call.engine))
    return [variable for _, variable in sorted(found.items())]


def _missing(call: Call, name: str) -> None:
    call.error(
        f"Cannot find a variable with the name '{name}'.",
        category="ObjectNotFound",
        identifier="VariableNotFound",
        target=name,
        exception=NOT_FOUND,
    )


@cmdlet(
    "Get-Variable",
    NAMES,
    Param("ValueOnly", "switch"),
    Param("Include", "string[]"),
    Param("Exclude", "string[]"),
    SCOPE,
    aliases=("gv",),
)
def get_variable(call: Call) -> Iterator[object]:
    """Get-Variable: variable objects, or their values."""
    for name in _names(call) or ["*"]:
        found = _visible(call, name)
        if not found and not has_wildcards(name):
            _missing(call, name)
        for variable in found:
            if not call.has("ValueOnly"):
                yield variable
            elif variable.value is not NOTHING:
                yield variable.value


@cmdlet(
    "Set-Variable",
    Param("Name", "string[]", 0, mandatory=True, pipeline_name=True),
    Param("Value", position=1, pipeline=True, pipeline_name=True),
    Param("Description", "string"),
    Param("Option"),
    Param("Force", "switch"),
    Param("Visibility", "string"),
    Param("PassThru", "switch"),
    SCOPE,
    aliases=("sv", "set"),
)
def set_variable(call: Call) -> Iterator[object]:
    """Set-Variable: assign, in the current scope or another, and set options."""
    value = call.get("Value")
    if call.has_input and "Value" not in call.bound:
        value = call.input[0] if len(call.input) == 1 else PSArray(call.input)
    for name in _names(call):
        variable = _assign(call, name, value)
        if call.has("PassThru"):
            yield variable


def _assign(call: Call, name: str, value: object) -> Variable:
    scope = _scope(call)
    existing = scope.variables.get(name.lower())
    if existing is not None and call.has("Force") and "constant" not in existing.options:
        existing.options -= {"readonly"}
    if existing is None or "Value" in call.bound or call.has_input:
        call.engine.assign(scope, name, value)
    variable = scope.variables.get(name.lower()) or scope.find(name.lower())
    assert variable is not None  # noqa: S101 - assigned just now
    if call.has("Option"):
        variable.options = _options(call)
    if call.has("Description"):
        variable.description = to_string(None, call.get("Description"))
    return variable


def _options(call: Call) -> frozenset[str]:
    words = [
        word.strip().lower()
        for item in enumerate_value(call.get("Option")) or [call.get("Option")]
        for word in to_string(None, item).split(",")
    ]
    return frozenset(words) - {"none", "unspecified", ""}


@cmdlet(
    "New-Variable",
    Param("Name", "string", 0, mandatory=True, pipeline_name=True),
    Param("Value", position=1, pipeline=True, pipeline_name=True),
    Param("Description", "string"),
    Param("Option"),
    Param("Force", "switch"),
    Param("Visibility", "string"),
    Param("PassThru", "switch"),
    SCOPE,
    aliases=("nv",),
)
def new_variable(call: Call) -> Iterator[object]:
    """New-Variable: a variable that must not be there yet."""
    name, scope = to_string(None, call.get("Name")), _scope(call)
    existing = scope.variables.get(name.lower())
    if existing is not None and (not call.has("Force") or "constant" in existing.options):
        call.error(
            f"A variable with name '{name}' already exists.",
            category="ResourceExists",
            identifier="VariableAlreadyExists",
            target=name,
            exception="System.Management.Automation.SessionStateException",
        )
        return
    value = call.input[-1] if call.has_input and call.input else call.get("Value")
    made = scope.variables[name.lower()] = Variable(
        name,
        value,
        options=_options(call) if call.has("Option") else frozenset(),
        description=to_string(None, call.get("Description")),
    )
    if call.has("PassThru"):
        yield made


@cmdlet(
    "Remove-Variable",
    Param("Name", "string[]", 0, pipeline_name=True),
    Param("Include", "string[]"),
    Param("Exclude", "string[]"),
    Param("Force", "switch"),
    SCOPE,
    aliases=("rv",),
)
def remove_variable(call: Call) -> None:
    """Remove-Variable."""
    for name in _names(call):
        found = [
            (scope, key)
            for scope in ([_scope(call)] if call.has("Scope") else call.engine.context.scope.chain())
            for key in list(scope.variables)
            if matches(name, key)
        ]
        if not found:
            _missing(call, name)
        for scope, key in found if has_wildcards(name) else found[:1]:
            _remove(call, scope, key)


def _remove(call: Call, scope: Scope, key: str) -> None:
    variable = scope.variables[key]
    if "constant" in variable.options or ("readonly" in variable.options and not call.has("Force")):
        call.error(
            f"Cannot remove variable {variable.name} because it is constant or read-only. If the variable is "
            "read-only, try the "
            "operation again specifying the Force option.",
            category="WriteError",
            identifier="VariableNotRemovable",
            target=variable.name,
            exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
        )
    else:
        del scope.variables[key]


@cmdlet(
    "Clear-Variable", Param("Name", "string[]", 0, mandatory=True), Param("Force", "switch"), SCOPE, aliases=("clv",)
)
def clear_variable(call: Call) -> None:
    """Clear-Variable: set to $null."""
    for name in _names(call):
        variable = call.engine.find_variable(name, to_string(None, call.get("Scope")).lower())
        if variable is None:
            _missing(call, name)
        else:
            call.engine.assign(call.engine.context.scope, variable.name, None)


@cmdlet("Set-StrictMode", Param("Version", "string"), Param("Off", "switch"))
def set_strict_mode(call: Call) -> None:
    """Set-StrictMode: for the current scope and what it calls."""
    version = to_string(None, call.get("Version")).lower()
    if version == "latest":
        version = call.engine.version
    if not call.has("Off") and not version.replace(".", "", 1).isdigit():
        raise NetError(
            "System.Management.Automation.ParameterBindingException",
            f'The version "{version}" is not a version of strict mode.',
        )
    major = version.partition(".")
    call.engine.context.scope.strict = "off" if call.has("Off") else f"{major[0]}.{major[2] or '0'}"


@cmdlet("Get-Alias", Param("Name", "string[]", 0), Param("Definition", "string[]"), SCOPE, aliases=("gal",))
def get_alias(call: Call) -> Iterator[object]:
    """Get-Alias."""
    known = call.engine.commands.aliases()
    definitions = [to_string(None, item) for item in call.get("Definition") or ()]  # type: ignore[attr-defined]
    for pattern in _names(call) or ["*"]:
        found = [(alias, target) for alias, target in sorted(known.items()) if matches(pattern, alias)]
        if not found and not has_wildcards(pattern):
            call.error(
                f"This command cannot find a matching alias because an alias with the name '{pattern}' does not exist.",
                category="ObjectNotFound",
                identifier="ItemNotFoundException",
                target=pattern,
                exception=NOT_FOUND,
            )
        for alias, target in found:
            if not definitions or any(matches(definition, target) for definition in definitions):
                yield alias_object(alias, target)


def alias_object(alias: str, target: str) -> PSCustomObject:
    """Make the object of an alias."""
    return PSCustomObject(
        [
            ("CommandType", "Alias"),
            ("Name", alias),
            ("Definition", target),
            ("ReferencedCommand", target),
            ("ResolvedCommandName", target),
        ],
        ["System.Management.Automation.AliasInfo"],
    )


@cmdlet(
    "Set-Alias",
    Param("Name", "string", 0, mandatory=True),
    Param("Value", "string", 1, mandatory=True),
    Param("Description", "string"),
    Param("Option"),
    Param("Force", "switch"),
    Param("PassThru", "switch"),
    SCOPE,
    aliases=("sal",),
)
def set_alias(call: Call) -> None:
    """Set-Alias."""
    _scope(call).aliases[to_string(None, call.get("Name")).lower()] = to_string(None, call.get("Value"))


@cmdlet(
    "New-Alias",
    Param("Name", "string", 0, mandatory=True),
    Param("Value", "string", 1, mandatory=True),
    Param("Description", "string"),
    Param("Option"),
    Param("Force", "switch"),
    Param("PassThru", "switch"),
    SCOPE,
    aliases=("nal",),
)
def new_alias(call: Call) -> None:
    """New-Alias: an alias that must not be there yet."""
    name = to_string(None, call.get("Name"))
    if call.engine.commands.alias(name.lower()) is not None and not call.has("Force"):
        record = ErrorRecord(
            NetError(
                "System.Management.Automation.SessionStateException",
                f"The alias is not allowed, because an alias with the name '{name}' already exists.",
            ),
            "AliasAlreadyExists,Microsoft.PowerShell.Commands.NewAliasCommand",
            "ResourceExists",
            name,
            activity="New-Alias",
        )
        call.engine.write_error_record(record)
        return
    set_alias(call)
