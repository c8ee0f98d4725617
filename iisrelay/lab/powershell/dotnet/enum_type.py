"""System.Enum: members of every enumeration, and its static methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions_numbers import to_enum
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, argument_error
from iisrelay.lab.powershell.formatstrings import format_enum
from iisrelay.lab.powershell.nettypes import NetType, require_type
from iisrelay.lab.powershell.values import NetEnum, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.values import Reference

_enum = declare("System.Enum", bases=("System.ValueType", "System.IComparable", "System.IFormattable"))


@_enum.method("ToString")
def enum_text(value: NetEnum, pattern: str = "") -> str:
    """Give the name, or another format."""
    return format_enum(value, pattern)


@_enum.getter("value__")
def enum_number(value: NetEnum) -> int:
    """Give the number."""
    return int(value)


@_enum.method("HasFlag")
def has_flag(value: NetEnum, flag: object) -> bool:
    """Tell whether all bits of a flag are set."""
    wanted = int(flag) if isinstance(flag, int) else int(to_enum(flag, require_type(value.net_type)))
    return int(value) & wanted == wanted


@_enum.method("CompareTo")
def compare_enum(value: NetEnum, other: object) -> int:
    """Order by number."""
    number = int(to_enum(other, require_type(value.net_type)))
    return (int(value) > number) - (int(value) < number)


def _checked(kind: NetType) -> dict[str, int]:
    if kind.enum is None:
        raise argument_error("enumType", "Type provided must be an Enum.")
    return kind.enum


@_enum.static("GetNames")
def get_names(kind: NetType) -> PSArray:
    """List the names of an enumeration, by number."""
    members = _checked(kind)
    return PSArray(sorted(members, key=lambda name: members[str(name)] & 0xFFFFFFFF), "System.String")


@_enum.static("GetValues")
def get_values(kind: NetType) -> PSArray:
    """List the values of an enumeration."""
    return PSArray((NetEnum(number, kind.name) for number in sorted(_checked(kind).values())), kind.name)


@_enum.static("GetName")
def get_name(kind: NetType, value: object) -> str | None:
    """Give the name of a number."""
    number = int(value) if isinstance(value, int) else int(to_enum(value, kind))
    return next((name for name, known in _checked(kind).items() if known == number), None)


@_enum.static("IsDefined")
def is_defined(kind: NetType, value: object) -> bool:
    """Tell whether a name (exactly written) or number is one of the enumeration."""
    members = _checked(kind)
    if isinstance(value, str):
        return value in members
    return value in members.values()


@_enum.static("Parse")
def parse(kind: NetType, text: str, ignore_case: bool = False) -> NetEnum:
    """Read a name, a list of names or a number."""
    total = 0
    for part in (piece.strip() for piece in text.split(",")):
        found = [
            number
            for name, number in _checked(kind).items()
            if name == part or (ignore_case and name.lower() == part.lower())
        ]
        if not found and not part.lstrip("-").isdigit():
            raise NetError("System.ArgumentException", f"Requested value '{part}' was not found.")
        total |= found[0] if found else int(part)
    return NetEnum(total, kind.name)


@_enum.static("TryParse")
def try_parse(text: str, ignore_case: bool, result: Reference) -> bool:
    """Read a name into a reference that holds a value of the enumeration."""
    if not isinstance(result.value, NetEnum):
        raise argument_error("result", "Type provided must be an Enum.")
    try:
        result.value = parse(require_type(result.value.net_type), text, ignore_case)
    except NetError:
        return False
    return True


@_enum.static("GetUnderlyingType")
def underlying_type(kind: NetType) -> NetType:
    """Give the type of the numbers; it is Int32 for every enumeration that the lab knows."""
    _checked(kind)
    return require_type("System.Int32")


@_enum.static("Format")
def format_value(kind: NetType, value: object, pattern: str) -> str:
    """Write a value by a format."""
    return format_enum(to_enum(value, kind), pattern)


@_enum.static("ToObject")
def to_object(kind: NetType, value: int) -> NetEnum:
    """Make a value from a number, defined or not."""
    _checked(kind)
    return NetEnum(value, kind.name)
