"""Registry values as PowerShell and .NET show and take them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Byte, Int64, PSArray, unwrap
from iisrelay.lab.windows.environment import expand
from iisrelay.lab.windows.registry import RegistryData, RegistryValue, ValueKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iisrelay.lab.powershell.engine import Engine

DEFAULT_NAMES = ("(default)", "@", "")
_MISMATCH = (
    "The type of the value object did not match the specified RegistryValueKind or the object could not be "
    "properly converted."
)


def to_powershell(value: RegistryValue, variables: Mapping[str, str], *, expanded: bool = True) -> object:
    """Give a value as .NET returns it: signed numbers, arrays, expanded strings."""
    data = value.data
    if isinstance(data, int):
        return _signed(data, 32) if value.kind == ValueKind.DWord else Int64(_signed(data, 64))
    if isinstance(data, bytes):
        return PSArray(map(Byte, data), "System.Byte")
    if isinstance(data, tuple):
        return PSArray(data, "System.String")
    return expand(data, variables) if value.kind == ValueKind.ExpandString and expanded else data


def kind_for(value: object) -> ValueKind:
    """Choose the kind for a value that is written without one."""
    value = unwrap(value)
    if isinstance(value, PSArray):
        return {"System.Byte": ValueKind.Binary, "System.String": ValueKind.MultiString}.get(
            value.element, ValueKind.String
        )
    if isinstance(value, Int64):
        return ValueKind.QWord
    return ValueKind.DWord if type(value) is int else ValueKind.String


def from_powershell(engine: Engine, kind: ValueKind, value: object) -> RegistryData:
    """Convert a value to what the registry stores under a kind.

    Raises:
        NetError: the value cannot be of that kind.
    """
    value = unwrap(value)
    if kind in (ValueKind.DWord, ValueKind.QWord):
        return _number(engine, value, 32 if kind == ValueKind.DWord else 64)
    if kind == ValueKind.Binary:
        return bytes(_items(engine, value, "System.Byte"))  # type: ignore[arg-type]
    if kind == ValueKind.MultiString:
        return tuple(str(item) for item in _items(engine, value, "System.String"))
    return "" if value is None else to_string(engine, value)


def mismatch() -> NetError:
    """Make the error of RegistryKey.SetValue for a value that does not fit its kind."""
    return NetError("System.ArgumentException", _MISMATCH)


def _number(engine: Engine, value: object, bits: int) -> int:
    if value is None:
        return 0
    number = convert(engine, value, "long" if bits == 32 else "decimal")
    result = int(number) if isinstance(number, int | Decimal) else 0
    if not -(2 ** (bits - 1)) <= result < 2**bits:
        text = to_string(engine, value)
        raise NetError(
            "System.Management.Automation.PSInvalidCastException",
            f'Cannot convert value "{text}" to type "System.UInt{bits}". '
            f'Error: "Value was either too large or too small for a UInt{bits}."',
            category="InvalidArgument",
        )
    return int(result % 2**bits)


def _items(engine: Engine, value: object, element: str) -> list[object]:
    items = enumerate_value(value)
    return [convert(engine, item, element) for item in ([] if value is None else [value] if items is None else items)]


def _signed(number: int, bits: int) -> int:
    return number - 2**bits if number >= 2 ** (bits - 1) else number
