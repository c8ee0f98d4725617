"""One value as the text of a table cell or of a list's line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, DictionaryEntry, enumerate_value
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.members import call_method, find_member
from iisrelay.lab.powershell.nettypes import NetType, type_of
from iisrelay.lab.powershell.values import NetEnum, PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iisrelay.lab.powershell.engine import Engine

ELLIPSIS = "..."
DEFAULT_LIMIT = 4  # $FormatEnumerationLimit
_CULTURAL = frozenset({"System.DateTime", "System.DateTimeOffset"})


def cell_text(engine: Engine, value: object) -> str:
    """Show a value: collections in braces, dates by the culture, everything else as its own text."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    items = _items(value)
    if items is not None:
        return _braced(engine, items)
    return _own_text(engine, value)


def _items(value: object) -> Iterable[object] | None:
    plain = value.value if isinstance(value, PSObjectWrapper) else value
    return plain.entries() if isinstance(plain, Dictionary) else enumerate_value(plain)


def _braced(engine: Engine, items: Iterable[object]) -> str:
    limit = engine.get_variable("FormatEnumerationLimit", DEFAULT_LIMIT)
    limit = limit if isinstance(limit, int) else DEFAULT_LIMIT
    shown: list[str] = []
    for count, item in enumerate(items):
        if 0 <= limit <= count:
            return f"{{{', '.join(shown)}{ELLIPSIS}}}"
        shown.append(_item_name(engine, item))
    return f"{{{', '.join(shown)}}}"


def _item_name(engine: Engine, item: object) -> str:
    """Show an item of a collection: objects that have no text of their own by their name."""
    if item is None:
        return "$null"
    if isinstance(item, DictionaryEntry):
        return cell_text(engine, item.key)
    if _has_own_text(item):
        return _own_text(engine, item)
    for name in ("Name", "Id", "Key"):
        found = find_member(engine, item, name)
        if isinstance(found, str | int):
            return to_string(engine, found)
    return _own_text(engine, item)


def _has_own_text(item: object) -> bool:
    return isinstance(item, str | int | float | Decimal | PSCustomObject) or type(item).__str__ is not object.__str__


def _own_text(engine: Engine, value: object) -> str:
    if isinstance(value, NetType):
        return value.name
    if not isinstance(value, int | float | Decimal | NetEnum) and type_of(value).name in _CULTURAL:
        return to_string(engine, call_method(engine, value, "ToString", []))
    return to_string(engine, value)


def property_text(engine: Engine, value: object, pattern: str = "") -> str:
    """Show a property's value, through a format string when the column has one."""
    if pattern and value is not None:
        try:
            return to_string(engine, call_method(engine, value, "ToString", [pattern]))
        except (NetError, PowerShellError):
            return cell_text(engine, value)
    return cell_text(engine, value)


# -- fitting into a width --------------------------------------------------------------------------------------------


def lines_of(text: str) -> list[str]:
    """Split a text at its line ends; one at the very end makes an empty last line."""
    return text.replace("\r\n", "\n").split("\n")


def first_line(text: str) -> str:
    """Cut at the first line end, as table cells do."""
    lines = lines_of(text)
    return text if len(lines) == 1 else lines[0] + ELLIPSIS


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Pad or cut a text to a width; what is cut shows an ellipsis where there is room for it."""
    if len(text) <= width:
        return text.rjust(width) if right else text.ljust(width)
    room = width - len(ELLIPSIS)
    if room <= 0:
        return text[:width]
    return ELLIPSIS + text[-room:] if right else text[:room] + ELLIPSIS


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of a width, at blanks where there are some."""
    return [piece for line in lines_of(text) for piece in _broken(line, max(width, 1))]


def _broken(line: str, width: int) -> Iterator[str]:
    while len(line) > width:
        cut = line.rfind(" ", 0, width + 1)
        end = cut if cut > 0 else width
        yield line[:end]
        line = line[end + 1 :] if cut > 0 else line[end:]
    yield line
