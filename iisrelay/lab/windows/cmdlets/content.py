"""Get-Content, Set-Content, Add-Content, Clear-Content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.members import MemberTable
from iisrelay.lab.powershell.text_files import ENCODINGS
from iisrelay.lab.powershell.values import Byte, Int64, PSArray, PSObjectWrapper
from iisrelay.lab.powershell.what_if import describes
from iisrelay.lab.windows.cmdlets.targets import (
    FILTERS,
    FORCE,
    LITERAL_PATH,
    PATH,
    number,
    provider_properties,
    report,
    targets,
)
from iisrelay.lab.windows.files import decode_text, marked_codec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.cmdlets.providers import ProviderPath

_BYTES = "byte"  # the one name of -Encoding that is no encoding
_ENCODING = Param("Encoding", "string", values=(*ENCODINGS, _BYTES))
_VALUE = Param("Value", "", position=1, pipeline=True, pipeline_name=True)
_CONTENT_PATH = Param("Path", "string[]", position=0, pipeline_name=True)
_WRITING = (
    _CONTENT_PATH,
    LITERAL_PATH,
    _VALUE,
    *FILTERS,
    _ENCODING,
    FORCE,
    Param("NoNewline", "switch", since="5.0"),
    Param("PassThru", "switch"),
)


@cmdlet(
    "Get-Content",
    PATH,
    LITERAL_PATH,
    *FILTERS,
    Param("TotalCount", "long", aliases=("First", "Head")),
    Param("Tail", "int", since="3.0", aliases=("Last",)),
    Param("ReadCount", "long"),
    Param("Delimiter", "string"),
    Param("Raw", "switch", since="3.0"),
    _ENCODING,
    FORCE,
    streaming=True,
    aliases=("gc", "cat", "type"),
)
def get_content(call: Call) -> Iterator[object]:
    """Get-Content: the lines (or bytes, or the whole text) of files, and the values of variables, functions ..."""
    for place in targets(call, missing=False):
        try:
            content = place.provider.read_content(call.engine, place.path)
        except NetError as error:
            report(call, error, place.path)
            continue
        yield from _marked(call, place, _batches(call, _pieces(call, content)))


def _marked(call: Call, place: ProviderPath, pieces: Iterable[object]) -> Iterator[object]:
    """Add to each piece where it came from, and how many lines had been read with it."""
    origin = [pair for pair in provider_properties(call.engine, place) if pair[0] != "PSIsContainer"]
    count = 0
    for piece in pieces:
        count += len(piece) if isinstance(piece, PSArray) else 1
        yield PSObjectWrapper(piece, MemberTable([*origin, ("ReadCount", Int64(count))]))


def _pieces(call: Call, content: list[object] | bytes) -> Iterable[object]:
    if not isinstance(content, bytes):
        return content
    if _encoding_name(call) == _BYTES:
        return map(Byte, content)
    text = decode_text(content, ENCODINGS[_encoding_name(call)][0])
    if call.has("Raw"):
        return [text] if text else []
    delimiter = str(call.get("Delimiter", "\n"))
    parts = (text.replace("\r\n", "\n").replace("\r", "\n") if delimiter == "\n" else text).split(delimiter)
    return parts[:-1] if parts[-1] == "" else parts


def _batches(call: Call, pieces: Iterable[object]) -> Iterator[object]:
    items = list(pieces)
    if call.has("TotalCount"):
        items = items[: number(call, "TotalCount", 0)]
    if call.has("Tail"):
        tail = number(call, "Tail", 0)
        items = items[len(items) - tail :] if tail < len(items) else items
    size = number(call, "ReadCount", 1)
    if size == 1:
        yield from items
        return
    size = size or max(len(items), 1)
    for start in range(0, len(items), size):
        yield PSArray(items[start : start + size])


def _encoding_name(call: Call) -> str:
    return str(call.get("Encoding", "Default")).lower()


@cmdlet("Set-Content", *_WRITING, aliases=("sc",))
def set_content(call: Call) -> Iterator[object]:
    """Set-Content: replace what is in files."""
    yield from _write(call, append=False)


@cmdlet("Add-Content", *_WRITING, aliases=("ac",))
def add_content(call: Call) -> Iterator[object]:
    """Add-Content: append to files."""
    yield from _write(call, append=True)


def _write(call: Call, *, append: bool) -> Iterator[object]:
    items = list(_items(call.input)) if call.has_input else list(_items([call.get("Value")]))
    for place in targets(call):
        try:
            if place.provider.name == "FileSystem":
                _write_file(call, place, items, append=append)
            else:
                before = place.provider.read_content(call.engine, place.path) if append else []
                place.provider.write_content(call.engine, place.path, [*before, *items])
        except NetError as error:
            report(call, error, place.path)
            continue
        if call.has("PassThru"):
            yield from items


def _items(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        inner = enumerate_value(value)
        yield from [value] if inner is None else inner


def _write_file(call: Call, place: ProviderPath, items: list[object], *, append: bool) -> None:
    existing = b""
    if append and place.provider.exists(call.engine, place.path):
        existing = bytes(place.provider.read_content(call.engine, place.path))  # type: ignore[arg-type]
    name = _encoding_name(call)
    if name == _BYTES:
        data = bytes(int(convert(call.engine, item, "byte")) for item in items)  # type: ignore[call-overload]
    else:
        codec, mark = ENCODINGS[name]
        if existing:
            codec, mark = marked_codec(existing) or codec, b""
        data = mark + _text(call.engine, items, newline="" if call.has("NoNewline") else "\r\n").encode(
            codec, "replace"
        )
    place.provider.write_content(call.engine, place.path, existing + data)


def _text(engine: Engine, items: list[object], *, newline: str) -> str:
    return "".join(to_string(engine, item) + newline for item in items)


@cmdlet("Clear-Content", PATH, LITERAL_PATH, *FILTERS, FORCE, streaming=True, aliases=("clc",))
def clear_content(call: Call) -> None:
    """Clear-Content: empty files."""
    for place in targets(call, missing=False):
        try:
            place.provider.write_content(call.engine, place.path, b"")
        except NetError as error:
            report(call, error, place.path)


@describes("Set-Content", "Add-Content")
def describe_writing(call: Call) -> Iterator[tuple[str, str]]:
    """Name the files that -WhatIf leaves alone."""
    for place in targets(call):
        yield call.name.replace("-", " "), f"Path: {place.display}"
