"""Conversion of arguments to the numbers of enumerations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


def enum_number(engine: Engine, value: object, type_name: str) -> int:
    """Convert a name, number or enumerator to its number; the language's own error when it is none."""
    converted = convert(engine, value, type_name)
    if not isinstance(converted, int):
        raise TypeError(f"{type_name} is not an enumeration")
    return int(converted)
