"""Test-Path, Join-Path, Split-Path, Resolve-Path, Convert-Path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automation import PathInfo
from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.wildcards import has_wildcards
from iisrelay.lab.windows import paths
from iisrelay.lab.windows.cmdlets.providers import expand, location, resolve
from iisrelay.lab.windows.cmdlets.targets import (
    FILTERS,
    LITERAL_PATH,
    PATH,
    passes,
    path_texts,
    place_of,
    strings,
    targets,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.windows.cmdlets.providers import ProviderPath

_PATH_TYPE = Param("PathType", "string", aliases=("Type",), values=("Any", "Container", "Leaf"))


@cmdlet("Test-Path", PATH, LITERAL_PATH, *FILTERS, _PATH_TYPE, Param("IsValid", "switch"), streaming=True)
def test_path(call: Call) -> Iterator[object]:
    """Test-Path: whether something is there, of the wanted type."""
    if call.has("IsValid"):
        yield from (not any(letter in '<>"|' for letter in text) for text in path_texts(call))
        return
    piped = place_of(call.engine, call.item)
    if piped is not None:
        yield _is_there(call, piped)
        return
    literal = call.has("LiteralPath")
    for text in strings(call.get("LiteralPath")) if literal else path_texts(call):
        places = [resolve(call.engine, text)] if literal or not has_wildcards(text) else list(expand(call.engine, text))
        yield any(_is_there(call, place) for place in places)


def _is_there(call: Call, place: ProviderPath) -> bool:
    if not place.provider.exists(call.engine, place.path) or not passes(call, place.name):
        return False
    container = place.provider.is_container(call.engine, place.path)
    return {"container": container, "leaf": not container}.get(str(call.get("PathType", "Any")).lower(), True)


@cmdlet(
    "Join-Path",
    Param("Path", "string[]", position=0, mandatory=True, pipeline=True, pipeline_name=True, aliases=("PSPath",)),
    Param("ChildPath", "string", position=1, mandatory=True, pipeline_name=True),
    Param("Resolve", "switch"),
    streaming=True,
)
def join_path(call: Call) -> Iterator[object]:
    """Join-Path: put paths together; the drive must exist, the rest need not."""
    for text in strings(call.get("Path")):
        drive = text.partition(":")[0] if ":" in text and "::" not in text else ""
        if drive:
            resolve(call.engine, f"{drive}:\\")
        child = str(call.get("ChildPath", "")).replace("/", "\\").lstrip("\\")
        base = text.replace("/", "\\")
        joined = (base if base.endswith("\\") or not base else base + "\\") + child
        if call.has("Resolve"):
            yield from (place.display for place in expand(call.engine, joined))
        else:
            yield joined


@cmdlet(
    "Split-Path",
    PATH,
    LITERAL_PATH,
    Param("Parent", "switch"),
    Param("Leaf", "switch"),
    Param("Qualifier", "switch"),
    Param("NoQualifier", "switch"),
    Param("IsAbsolute", "switch"),
    Param("Resolve", "switch"),
    streaming=True,
)
def split_path(call: Call) -> Iterator[object]:
    """Split-Path: a part of paths."""
    for text in strings(call.get("LiteralPath")) or path_texts(call):
        for path in [place.display for place in expand(call.engine, text)] if call.has("Resolve") else [text]:
            yield _part(call, path)


def _part(call: Call, text: str) -> object:
    qualifier, separator, rest = _qualifier(text)
    if call.has("IsAbsolute"):
        return bool(separator) or text.startswith("\\\\")
    if call.has("Qualifier"):
        if not separator:
            call.engine.fail(
                f"Cannot parse path because path '{text}' does not have a qualifier specified.", "ParentPathQualifier"
            )
        return qualifier + separator
    if call.has("NoQualifier"):
        return rest
    if call.has("Leaf"):
        return paths.split(text)[1] or text
    return _parent(text)


def _qualifier(text: str) -> tuple[str, str, str]:
    separator = "::" if "::" in text else ":"
    before, found, after = text.partition(separator)
    return (before, found, after) if found else ("", "", text)


def _parent(text: str) -> str:
    qualifier, separator, rest = _qualifier(text.replace("/", "\\"))
    trimmed = rest.rstrip("\\")
    if not trimmed:
        return ""
    parent = trimmed.rpartition("\\")[0]
    if separator == ":" and "\\" in trimmed and not parent:
        parent = "\\"
    if not parent and separator == ":":
        return ""
    return qualifier + separator + parent


@cmdlet("Resolve-Path", PATH, LITERAL_PATH, Param("Relative", "switch"), streaming=True, aliases=("rvpa",))
def resolve_path(call: Call) -> Iterator[object]:
    """Resolve-Path: the full paths of what is there."""
    here = location(call.engine)
    for place in targets(call, missing=False):
        if call.has("Relative"):
            below = place.path.lower().startswith(here.path.lower().rstrip("\\") + "\\")
            yield ".\\" + place.path[len(here.path) :].lstrip("\\") if below else place.display
        else:
            yield PathInfo(_true_path(call, place), place.provider.name, place.drive.name if place.drive else "")


def _true_path(call: Call, place: ProviderPath) -> str:
    files = getattr(call.engine.machine, "files", None)
    on_disk = place.provider.name == "FileSystem" and place.drive is not None and len(place.drive.root) == 3
    return files.true_path(place.path) if files is not None and on_disk else place.display


@cmdlet("Convert-Path", PATH, LITERAL_PATH, streaming=True, aliases=("cvpa",))
def convert_path(call: Call) -> Iterator[object]:
    """Convert-Path: paths in their provider's own notation."""
    for place in targets(call, missing=False):
        yield place.path
