"""Get-ItemProperty and its relatives: the values of registry keys, and properties of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.members import get_member
from iisrelay.lab.powershell.values import PSCustomObject
from iisrelay.lab.powershell.what_if import describes
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.cmdlets.targets import (
    FORCE,
    LITERAL_PATH,
    PATH,
    output,
    provider_properties,
    report,
    strings,
    targets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.windows.cmdlets.providers import ProviderPath

_NAME = Param("Name", "string", position=1, mandatory=True, pipeline_name=True)
_NAMES = Param("Name", "string[]", position=1, mandatory=True, pipeline_name=True)
_KIND = Param("PropertyType", "string", pipeline_name=True, aliases=("Type",))
_PASS_THRU = Param("PassThru", "switch")


@cmdlet(
    "Get-ItemProperty",
    PATH,
    LITERAL_PATH,
    Param("Name", "string[]", position=1, aliases=("PSProperty",)),
    streaming=True,
    aliases=("gp",),
)
def get_item_property(call: Call) -> Iterator[object]:
    """Get-ItemProperty: an object with the values of a key, or the object of a file."""
    for place in targets(call, missing=False):
        if place.provider.property_store:
            wanted = strings(call.get("Name"))
            found = _selected(call, place, wanted)
            if found or not wanted:
                extra = [pair for pair in provider_properties(call.engine, place) if pair[0] != "PSIsContainer"]
                yield PSCustomObject([*found, *extra])
        else:
            yield output(call.engine, place)


def _selected(call: Call, place: ProviderPath, wanted: list[str]) -> list[tuple[str, object]]:
    """Give the properties of the wanted names (all of them when none is named); a missing one is an error."""
    properties = place.provider.properties(call.engine, place.path)
    if not wanted:
        return properties
    selected: list[tuple[str, object]] = []
    for name in wanted:
        found = [pair for pair in properties if matches(name, pair[0])]
        if not found and not any(character in name for character in "*?"):
            _missing_property(call, place, name)
        selected.extend(found)
    return selected


def _missing_property(call: Call, place: ProviderPath, name: str) -> None:
    call.error(
        f"Property {name} does not exist at path {place.path}.",
        category="InvalidArgument",
        identifier="System.Management.Automation.PSArgumentException",
        target=name,
        exception="System.Management.Automation.PSArgumentException",
    )


@cmdlet("Get-ItemPropertyValue", PATH, LITERAL_PATH, _NAMES, since="5.0", streaming=True, aliases=("gpv",))
def get_item_property_value(call: Call) -> Iterator[object]:
    """Get-ItemPropertyValue: just the values."""
    for place in targets(call, missing=False):
        if place.provider.property_store:
            yield from (value for _, value in _selected(call, place, strings(call.get("Name"))))
        else:
            for name in strings(call.get("Name")):
                yield get_member(call.engine, place.provider.item(call.engine, place.path), name)


@cmdlet(
    "Set-ItemProperty",
    PATH,
    LITERAL_PATH,
    Param("Name", "string", position=1, aliases=("PSProperty",), pipeline_name=True),
    Param("Value", "", position=2, pipeline_name=True),
    Param("Type", "string"),
    Param("InputObject"),
    FORCE,
    _PASS_THRU,
    streaming=True,
    aliases=("sp",),
)
def set_item_property(call: Call) -> Iterator[object]:
    """Set-ItemProperty: write a value, made when it is not there."""
    kind = str(call.get("Type")) if call.has("Type") else None
    yield from _change(
        call, lambda place: place.provider.set_property(call.engine, place.path, _name(call), call.get("Value"), kind)
    )


def _name(call: Call) -> str:
    return str(call.get("Name", ""))


@cmdlet(
    "New-ItemProperty", PATH, LITERAL_PATH, _NAME, _KIND, Param("Value", "", pipeline_name=True), FORCE, streaming=True
)
def new_item_property(call: Call) -> Iterator[object]:
    """New-ItemProperty: add a value; an existing one gives way under -Force only."""
    kind = str(call.get("PropertyType", "String"))

    def add(place: ProviderPath) -> None:
        names = {name.lower() for name, _ in place.provider.properties(call.engine, place.path)}
        if _name(call).lower() in names:
            if not call.has("Force"):
                raise NetError("System.IO.IOException", "The property already exists.", category="ResourceExists")
            place.provider.remove_property(call.engine, place.path, _name(call))
        place.provider.set_property(call.engine, place.path, _name(call), call.get("Value"), kind)

    yield from _change(call, add, show=True)


@cmdlet("Remove-ItemProperty", PATH, LITERAL_PATH, _NAMES, FORCE, streaming=True, aliases=("rp",))
def remove_item_property(call: Call) -> Iterator[object]:
    """Remove-ItemProperty: delete values."""

    def remove(place: ProviderPath) -> None:
        for name, _ in _selected(call, place, strings(call.get("Name"))):
            place.provider.remove_property(call.engine, place.path, name)

    yield from _change(call, remove)


@cmdlet("Clear-ItemProperty", PATH, LITERAL_PATH, _NAME, FORCE, streaming=True, aliases=("clp",))
def clear_item_property(call: Call) -> Iterator[object]:
    """Clear-ItemProperty: empty a value."""

    def clear(place: ProviderPath) -> None:
        for name, _ in _selected(call, place, [_name(call)]):
            place.provider.clear_property(call.engine, place.path, name)

    yield from _change(call, clear)


@cmdlet(
    "Rename-ItemProperty",
    PATH,
    LITERAL_PATH,
    _NAME,
    Param("NewName", "string", position=2, mandatory=True),
    FORCE,
    streaming=True,
    aliases=("rnp",),
)
def rename_item_property(call: Call) -> Iterator[object]:
    """Rename-ItemProperty: give a value another name."""

    def rename(place: ProviderPath) -> None:
        for name, value in _selected(call, place, [_name(call)]):
            place.provider.set_property(call.engine, place.path, str(call.get("NewName")), value, None)
            place.provider.remove_property(call.engine, place.path, name)

    yield from _change(call, rename)


def _change(call: Call, action: Callable[[ProviderPath], None], *, show: bool = False) -> Iterator[object]:
    for place in targets(call, missing=False):
        try:
            action(place)
        except NetError as error:
            report(call, error, place.path)
            continue
        if show or call.has("PassThru"):
            yield PSCustomObject([*_selected(call, place, [_name(call)]), *provider_properties(call.engine, place)])


@describes("Set-ItemProperty", "New-ItemProperty", "Remove-ItemProperty", "Clear-ItemProperty")
def describe_change(call: Call) -> Iterator[tuple[str, str]]:
    """Name the values that -WhatIf leaves alone."""
    operation = call.name.replace("-Item", " ")
    for place in targets(call):
        for name in strings(call.get("Name")):
            yield operation, f"Item: {place.path} Property: {name}"
