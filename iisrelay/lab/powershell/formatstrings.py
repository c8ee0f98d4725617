"""Composite format strings: ``'{0,-10:N2}' -f 5``, String.Format, Console.WriteLine; and ToString() of any value."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions_text import enum_text, plain_text, to_string
from iisrelay.lab.powershell.errors import format_error
from iisrelay.lab.powershell.format_numbers import format_number
from iisrelay.lab.powershell.nettypes import NetType
from iisrelay.lab.powershell.number_conventions import ENGLISH, Conventions
from iisrelay.lab.powershell.values import NetEnum, unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iisrelay.lab.powershell.engine import Engine

_ITEM = re.compile(r"\{\{|\}\}|\{ *(\d+) *(?:, *(-?\d+) *)?(?::((?:[^{}]|\{\{|\}\})*))?\}|[{}]")
BAD_INDEX = "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."


@runtime_checkable
class Formattable(Protocol):
    """A value with formats of its own (dates, GUIDs, versions ...): IFormattable."""

    def format_with(self, pattern: str) -> str:
        """Format by a pattern; "" is what ToString() gives."""


def format_composite(
    engine: Engine | None, text: str, arguments: Sequence[object], conventions: Conventions = ENGLISH
) -> str:
    """Fill the items of a composite format; FormatException when an item is malformed or has no argument."""

    def fill(match: re.Match[str]) -> str:
        token = match[0]
        if token in {"{{", "}}"}:
            return token[0]
        if match[1] is None:
            raise format_error()
        index = int(match[1])
        if index >= len(arguments):
            raise format_error(BAD_INDEX)
        pattern = (match[3] or "").replace("{{", "{").replace("}}", "}")
        shown = format_value(engine, arguments[index], pattern, conventions)
        width = int(match[2] or 0)
        return shown.ljust(-width) if width < 0 else shown.rjust(width)

    return _ITEM.sub(fill, text)


def format_value(
    engine: Engine | None, value: object, pattern: str, conventions: Conventions = ENGLISH
) -> str:  # fmt: skip
    """Format one value; types without formats ignore the pattern."""
    value = unwrap(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, NetEnum):
        return format_enum(value, pattern)
    if isinstance(value, int | float | Decimal):
        return format_number(value, pattern, conventions)
    if isinstance(value, Formattable):
        return value.format_with(pattern)
    if enumerate_value(value) is not None:
        return plain_text(value)
    return value.name if isinstance(value, NetType) else to_string(engine, value)


def format_enum(value: NetEnum, pattern: str) -> str:
    """Format an enumeration value: G and F names, D the number, X eight hexadecimal digits."""
    letter = pattern.upper()
    if letter in {"", "G", "F"}:
        return enum_text(value)
    if letter == "D":
        return str(int(value))
    if letter == "X":
        return f"{int(value) & 0xFFFFFFFF:08X}"
    raise format_error('Format String can be only "G", "g", "X", "x", "F", "f", "D" or "d".')
