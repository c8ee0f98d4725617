"""Get-Item, Get-ChildItem, New-Item, Set-Item, Clear-Item, Remove-Item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.what_if import describes
from iisrelay.lab.powershell.wildcards import has_wildcards
from iisrelay.lab.windows.cmdlets.providers import resolve
from iisrelay.lab.windows.cmdlets.targets import (
    FILTERS,
    FORCE,
    LITERAL_PATH,
    PATH,
    not_found,
    number,
    output,
    passes,
    path_texts,
    report,
    strings,
    targets,
)
from iisrelay.lab.windows.dotnet.file_info import FileInfo
from iisrelay.lab.windows.file_node import HIDDEN, READ_ONLY, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.windows.cmdlets.providers import ProviderPath

_SWITCH_BITS = {"Hidden": HIDDEN, "ReadOnly": READ_ONLY, "System": SYSTEM}


@cmdlet("Get-Item", PATH, LITERAL_PATH, *FILTERS, FORCE, streaming=True, aliases=("gi",))
def get_item(call: Call) -> Iterator[object]:
    """Get-Item: the objects at paths."""
    for place in targets(call, missing=False):
        if passes(call, place.name):
            yield output(call.engine, place)


@cmdlet(
    "Get-ChildItem",
    PATH,
    Param("Filter", "string", position=1),
    LITERAL_PATH,
    Param("Include", "string[]"),
    Param("Exclude", "string[]"),
    Param("Recurse", "switch"),
    Param("Depth", "uint32", since="5.0"),
    FORCE,
    Param("Name", "switch"),
    Param("File", "switch", since="3.0"),
    Param("Directory", "switch", since="3.0"),
    Param("Hidden", "switch", since="3.0"),
    Param("ReadOnly", "switch", since="3.0"),
    Param("System", "switch", since="3.0"),
    streaming=True,
    aliases=("gci", "ls", "dir"),
)
def get_child_item(call: Call) -> Iterator[object]:
    """Get-ChildItem: what is in containers."""
    recurse = call.has("Recurse") or call.has("Depth")
    itself = _shows_matches_themselves(call, recurse=recurse)
    for place in _listed_places(call, recurse=recurse):
        base = len(place.path.rstrip("\\")) + 1
        depth = number(call, "Depth", 10_000) if recurse else 0
        for found in (place,) if itself else _below(call, place, depth):
            if _is_wanted(call, found):
                yield found.path[base:] if call.has("Name") and found.path != place.path else _shown(call, found)


def _shown(call: Call, place: ProviderPath) -> object:
    return place.name if call.has("Name") else output(call.engine, place)


def _shows_matches_themselves(call: Call, *, recurse: bool) -> bool:
    """Tell whether what a wildcard finds is filtered and given out, instead of being listed."""
    filtered = call.has("Include") or call.has("Exclude")
    return filtered and not recurse and any(map(has_wildcards, strings(call.get("Path"))))


def _listed_places(call: Call, *, recurse: bool) -> Iterator[ProviderPath]:
    r"""Give the containers to list; ``-Recurse`` on ``folder\*.txt`` means that pattern in the whole folder."""
    texts = strings(call.get("Path"))
    if recurse and len(texts) == 1 and not call.has("LiteralPath"):
        place = resolve(call.engine, texts[0])
        if has_wildcards(place.name) or not place.provider.is_container(call.engine, place.path):
            call.bound["Include"] = [place.name]
            yield place.parent
            return
    container_only = call.has("Include") and not recurse and not _shows_matches_themselves(call, recurse=recurse)
    for place in targets(call, default=".", missing=False):
        # Without -Recurse or a wildcard in the path, -Include finds nothing: a well-known trap of the real cmdlet.
        if not container_only or not place.provider.is_container(call.engine, place.path):
            yield place


def _below(call: Call, place: ProviderPath, depth: int) -> Iterator[ProviderPath]:
    if not place.provider.is_container(call.engine, place.path):
        yield place
        return
    for name in place.provider.child_names(call.engine, place.path):
        child = place.child(name)
        if place.provider.is_hidden(call.engine, child.path) and not (call.has("Force") or call.has("Hidden")):
            continue
        yield child
        if depth > 0 and place.provider.is_container(call.engine, child.path):
            yield from _below(call, child, depth - 1)


def _is_wanted(call: Call, place: ProviderPath) -> bool:
    if not passes(call, place.name):
        return False
    container = place.provider.is_container(call.engine, place.path)
    if (call.has("File") and container) or (call.has("Directory") and not container):
        return False
    for switch, bit in _SWITCH_BITS.items():
        if call.has(switch):
            item = place.provider.item(call.engine, place.path)
            if not isinstance(item, FileInfo) or not item.node.attributes & bit:
                return False
    return True


@cmdlet(
    "New-Item",
    Param("Path", "string[]", position=0, pipeline_name=True),
    Param("Name", "string", pipeline_name=True),
    Param("ItemType", "string", aliases=("Type",)),
    Param("Value", "", pipeline=True),
    FORCE,
    streaming=True,
    aliases=("ni",),
)
def new_item(call: Call) -> Iterator[object]:
    """New-Item: make a folder, a file, a key, a variable ..."""
    yield from _make_items(call)


def _new_places(call: Call) -> Iterator[ProviderPath]:
    for text in path_texts(call, "." if call.has("Name") else None):
        place = resolve(call.engine, text)
        if call.has("Name"):
            place = resolve(call.engine, place.child(str(call.get("Name"))).ps_path)
        yield place


def _make_items(call: Call) -> Iterator[object]:
    for place in _new_places(call):
        try:
            kind = str(call.get("ItemType", ""))
            place.provider.new_item(call.engine, place.path, kind, call.get("Value"), force=call.has("Force"))
        except NetError as error:
            report(call, error, place.path)
            continue
        yield output(call.engine, place)


@cmdlet("mkdir", Param("Path", "string[]", position=0, mandatory=True), Param("Name", "string"), aliases=("md",))
def make_directory(call: Call) -> Iterator[object]:
    """mkdir: a function of PowerShell's own that makes folders."""
    call.bound["ItemType"] = "Directory"
    yield from _make_items(call)


@cmdlet(
    "Set-Item",
    PATH,
    LITERAL_PATH,
    Param("Value", "", position=1),
    FORCE,
    Param("PassThru", "switch"),
    streaming=True,
    aliases=("si",),
)
def set_item(call: Call) -> Iterator[object]:
    """Set-Item: give an item its value."""
    for place in targets(call):
        try:
            place.provider.set_item(call.engine, place.path, call.get("Value"))
        except NetError as error:
            report(call, error, place.path)
            continue
        if call.has("PassThru"):
            yield output(call.engine, place)


@cmdlet("Clear-Item", PATH, LITERAL_PATH, FORCE, streaming=True, aliases=("cli",))
def clear_item(call: Call) -> None:
    """Clear-Item: take an item's value away."""
    for place in targets(call, missing=False):
        try:
            place.provider.clear_item(call.engine, place.path)
        except NetError as error:
            report(call, error, place.path)


@cmdlet(
    "Remove-Item",
    PATH,
    LITERAL_PATH,
    *FILTERS,
    Param("Recurse", "switch"),
    FORCE,
    streaming=True,
    aliases=("ri", "rm", "rmdir", "del", "erase", "rd"),
)
def remove_item(call: Call) -> None:
    """Remove-Item: delete items."""
    for place in list(targets(call, missing=False)):
        provider = place.provider
        if not provider.exists(call.engine, place.path):
            not_found(call, place)
        elif not passes(call, place.name):
            continue
        elif _asks_for_confirmation(call, place):
            call.error(
                "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
                category="InvalidOperation",
                identifier="InvalidOperation",
                exception="System.Management.Automation.PSInvalidOperationException",
                target=place.path,
            )
        else:
            _remove(call, place)


def _asks_for_confirmation(call: Call, place: ProviderPath) -> bool:
    """Tell whether the real cmdlet would ask, which nobody could answer here: a container with content, no -Recurse."""
    is_container = place.provider.is_container(call.engine, place.path)
    return is_container and not call.has("Recurse") and bool(place.provider.child_names(call.engine, place.path))


def _remove(call: Call, place: ProviderPath) -> None:
    try:
        place.provider.remove_item(call.engine, place.path, force=call.has("Force"))
    except NetError as error:
        report(call, error, place.path)


@describes("New-Item")
def describe_making(call: Call) -> Iterator[tuple[str, str]]:
    """Name the items that -WhatIf does not make."""
    for place in _new_places(call):
        if place.provider.name == "FileSystem":
            folder = str(call.get("ItemType", "")).lower().startswith("d")
            yield "Create Directory" if folder else "Create File", f"Destination: {place.path}"
        else:
            yield call.name, f"Item: {place.path}"


@describes("Remove-Item")
def describe_removal(call: Call) -> Iterator[tuple[str, str]]:
    """Name the items that -WhatIf leaves alone."""
    for place in targets(call, missing=False):
        if place.provider.name == "FileSystem":
            folder = place.provider.is_container(call.engine, place.path)
            yield "Remove Directory" if folder else "Remove File", place.path
        else:
            yield call.name, f"Item: {place.path}"
