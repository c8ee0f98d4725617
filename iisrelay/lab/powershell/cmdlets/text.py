"""Text of a form: comma-separated values, and lines that match a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Hashtable, enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.csv_text import column_names, csv_line, csv_rows
from iisrelay.lab.powershell.dotnet.time_values import DateTime
from iisrelay.lab.powershell.error_records import PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.member_listing import property_names
from iisrelay.lab.powershell.members import MISSING, call_method, find_member
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.regexes import unescape
from iisrelay.lab.powershell.text_files import file_exists, read_text, write_text
from iisrelay.lab.powershell.values import PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iisrelay.lab.powershell.engine import Engine

NEW_LINE = "\r\n"
INPUT_OBJECT = Param("InputObject", pipeline=True, mandatory=True, position=0)
DELIMITER = Param("Delimiter", "string", 1)
NO_TYPE = Param("NoTypeInformation", "switch", aliases=("NTI",))
CULTURE = Param("UseCulture", "switch")
HEADER = Param("Header", "string[]")


def _items(value: object) -> list[object]:
    if value is None:
        return []
    found = enumerate_value(value)
    return [value] if found is None else list(found)


def _piped(call: Call) -> list[object]:
    return call.input if call.has_input else _items(call.get("InputObject"))


def _delimiter(call: Call) -> str:
    return to_string(None, call.get("Delimiter", ",")) or ","


@cmdlet("ConvertFrom-StringData", Param("StringData", "string", 0, mandatory=True, pipeline=True), streaming=True)
def convert_from_string_data(call: Call) -> Iterator[object]:
    """ConvertFrom-StringData: lines of ``name = value`` to a table; backslashes escape as in regular expressions."""
    table = Hashtable()
    for line in to_string(None, call.get("StringData")).splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator:
            call.engine.fail(f"Data line '{text}' is not in 'name=value' format.", "InvalidOperation")
        if name in table:
            call.engine.fail(f"Data item '{name}' in line '{text}' is already defined.", "InvalidOperation")
        table[name] = unescape(value)
    yield table


# -- writing -----------------------------------------------------------------------------------------------------------


def _csv_lines(call: Call, objects: Sequence[object], names: list[str] | None = None) -> Iterator[str]:
    """Write objects; the properties of the first one are the columns, unless a file has its columns already."""
    if not objects:
        return
    delimiter = _delimiter(call)
    if names is None:
        names = property_names(objects[0])
        if not call.has("NoTypeInformation"):
            yield f"#TYPE {_type_name(objects[0])}"
        yield csv_line(names, delimiter)
    for item in objects:
        yield csv_line([_cell(call.engine, item, name) for name in names], delimiter)


def _type_name(item: object) -> str:
    if isinstance(item, PSCustomObject | PSObjectWrapper) and item.type_names:
        return item.type_names[0]
    return type_of(item).name


def _cell(engine: Engine, item: object, name: str) -> str | None:
    try:
        value = find_member(engine, item, name)
    except (NetError, PowerShellError):
        return None
    if value is None or value is MISSING:
        return None
    if isinstance(value, DateTime):  # alone among the values it is written as the culture has it
        return to_string(engine, call_method(engine, value, "ToString", []))
    return type_of(value).name if enumerate_value(value) is not None else to_string(engine, value)


@cmdlet("ConvertTo-Csv", INPUT_OBJECT, DELIMITER, NO_TYPE, CULTURE)
def convert_to_csv(call: Call) -> Iterator[object]:
    """ConvertTo-Csv: objects as lines of comma-separated values."""
    yield from _csv_lines(call, _piped(call))


@cmdlet("Export-Csv", Param("InputObject", pipeline=True, mandatory=True),
        Param("Path", "string", 0, mandatory=True, aliases=("PSPath", "LiteralPath")), DELIMITER, NO_TYPE, CULTURE,
        Param("Encoding", "string"), Param("Append", "switch", since="3.0"), Param("Force", "switch"),
        Param("NoClobber", "switch", aliases=("NoOverwrite",)), aliases=("epcsv",))  # fmt: skip
def export_csv(call: Call) -> None:
    """Export-Csv: objects as a file of comma-separated values, ASCII unless told otherwise."""
    path = to_string(None, call.get("Path"))
    there = file_exists(call.engine, path)
    if there and call.has("NoClobber"):
        raise NetError("System.IO.IOException", f"The file '{call.engine.resolve_path(path)}' already exists.",
                       identifier="NoClobber", category="ResourceExists")  # fmt: skip
    append = call.has("Append") and there
    names = _columns_of(call, path) if append else None
    text = "".join(line + NEW_LINE for line in _csv_lines(call, _piped(call), names))
    encoding = to_string(None, call.get("Encoding", "ascii"))
    write_text(call.engine, path, text, encoding=encoding, append=append)


def _columns_of(call: Call, path: str) -> list[str] | None:
    """Give the columns of a file that is added to; none for an empty file."""
    rows = csv_rows(_without_type(read_text(call.engine, path))[0], _delimiter(call))
    first = next(rows, None)
    return None if first is None else column_names(first)


# -- reading -----------------------------------------------------------------------------------------------------------


@cmdlet("ConvertFrom-Csv", INPUT_OBJECT, DELIMITER, HEADER, CULTURE)
def convert_from_csv(call: Call) -> Iterator[object]:
    """ConvertFrom-Csv: lines of comma-separated values as objects."""
    yield from _objects(call, NEW_LINE.join(to_string(call.engine, item) for item in _piped(call)))


@cmdlet("Import-Csv", Param("Path", "string[]", 0, mandatory=True, pipeline=True, aliases=("PSPath", "LiteralPath")),
        DELIMITER, HEADER, CULTURE, Param("Encoding", "string"), streaming=True, aliases=("ipcsv",))  # fmt: skip
def import_csv(call: Call) -> Iterator[object]:
    """Import-Csv: files of comma-separated values as objects."""
    for path in _items(call.get("Path")):
        encoding = to_string(None, call.get("Encoding", "default"))
        yield from _objects(call, read_text(call.engine, to_string(None, path), encoding))


def _without_type(text: str) -> tuple[str, str]:
    """Take off a first line that begins with ``#``; give the rest and the type's name, if the line is ``#TYPE``."""
    if not text.startswith("#"):
        return text, ""
    first, _, rest = text.partition("\n")
    return rest, first[len("#TYPE") :].strip() if first.upper().startswith("#TYPE") else ""


def _objects(call: Call, text: str) -> Iterator[PSCustomObject]:
    body, type_name = _without_type(text)
    rows = csv_rows(body, _delimiter(call))
    if call.has("Header"):
        names = [to_string(None, name) for name in _items(call.get("Header"))]
    else:
        names = column_names(next(rows, []))
    types = [f"CSV:{type_name}"] if type_name else []
    for row in rows:
        cells = [*row, *[None] * (len(names) - len(row))]
        yield PSCustomObject(zip(names, cells, strict=False), types)
