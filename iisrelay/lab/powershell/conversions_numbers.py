"""Conversions to numbers, characters and enumerations, and the words they fail with."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import reduce
from operator import or_

from iisrelay.lab.powershell.conversions_text import describe
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.nettypes import NetType, type_of
from iisrelay.lab.powershell.numeric import (
    DECIMAL_CONTEXT,
    DECIMAL_MAX,
    INTEGERS,
    IntegerType,
    parse_decimal,
    parse_real,
    to_single,
)
from iisrelay.lab.powershell.values import Char, NetEnum, PSArray, Single, SwitchParameter

_RANGE_NAMES = {"Byte": "an unsigned byte", "SByte": "a signed byte"}
BAD_FORMAT = "Input string was not in a correct format."


def cast_error(
    value: object, net: NetType, reason: str | None = None, inner_type: str = "System.FormatException"
) -> NetError:
    """Make the error of a failed cast; ``reason`` is the inner exception's message, if there is one."""
    if reason is None:
        message = f'Cannot convert the "{describe(value)}" value of type "{type_of(value).name}" to type "{net.name}".'
        identifier, inner = "ConvertToFinalInvalidCastException", None
    else:
        message = f'Cannot convert value "{describe(value)}" to type "{net.name}". Error: "{reason}"'
        identifier = "InvalidCastFromStringToInteger" if isinstance(value, str) else "InvalidCastIConvertible"
        inner = NetError(inner_type, reason)
    cause = NetError("System.Management.Automation.PSInvalidCastException", message, inner=inner)
    return NetError(
        "System.Management.Automation.RuntimeException",
        message,
        inner=cause,
        identifier=identifier,
        category="InvalidArgument",
    )


def null_cast_error(net: NetType) -> NetError:
    """Make the error of casting $null to a type that has no null."""
    message = f'Cannot convert null to type "{net.name}".'
    cause = NetError("System.Management.Automation.PSInvalidCastException", message)
    return NetError(
        "System.Management.Automation.RuntimeException",
        message,
        inner=cause,
        identifier="nullToValueType",
        category="InvalidArgument",
    )


def range_message(integer: IntegerType) -> str:
    """Word an integer overflow as .NET does."""
    name = _RANGE_NAMES.get(integer.name) or f"{'a' if integer.name[0] == 'U' else 'an'} {integer.name}"
    return f"Value was either too large or too small for {name}."


def to_integer(value: object, net: NetType) -> int:
    """Convert to an integer type: rounds to even, checks the bounds."""
    integer = INTEGERS[net.python]  # type: ignore[index]
    if value is None:
        return integer.python(0)
    if isinstance(value, str):
        return _text_to_integer(value, net, integer)
    whole = _whole(value, net, integer)
    if not integer.minimum <= whole <= integer.maximum:
        raise cast_error(value, net, range_message(integer), "System.OverflowException")
    return integer.python(whole)


def _whole(value: object, net: NetType, integer: IntegerType) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise cast_error(value, net, range_message(integer), "System.OverflowException")
    if isinstance(value, float | Decimal):
        return round(value)
    if isinstance(value, SwitchParameter):
        raise cast_error(value, net)
    whole = getattr(type(value), "__index__", None)
    if whole is None:
        raise cast_error(value, net)
    return int(whole(value))


def _text_to_integer(text: str, net: NetType, integer: IntegerType) -> int:
    if isinstance(text, Char):
        return to_integer(ord(text), net)
    if text == "":
        return integer.python(0)
    stripped = text.strip()
    real: int | float | None
    if stripped[:2].lower() in {"0x", "&h"} or stripped[:1] == "#":
        real = _hexadecimal(stripped, integer)
    else:
        try:
            real = int(stripped) if "_" not in stripped else None
        except ValueError:
            real = parse_real(stripped)
    if real is None:
        raise cast_error(text, net, BAD_FORMAT)
    whole = round(real) if math.isfinite(real) else integer.maximum + 1
    if not integer.minimum <= whole <= integer.maximum:
        raise cast_error(text, net, range_message(integer), "System.OverflowException")
    return integer.python(whole)


def _hexadecimal(text: str, integer: IntegerType) -> int | None:
    digits = text[1:] if text[0] == "#" else text[2:]
    try:
        value = int(digits, 16)
    except ValueError:
        return None
    span = integer.maximum - integer.minimum + 1
    return value - span if integer.minimum < 0 and integer.maximum < value < span else value


def to_double(value: object, net: NetType) -> float:
    """Convert to Double or Single."""
    if value is None:
        real: float | None = 0.0
    elif isinstance(value, Char):
        real = float(ord(value))
    elif isinstance(value, str):
        real = parse_real(value) if value else 0.0
    elif isinstance(value, int | float | Decimal):
        real = float(value)
    else:
        raise cast_error(value, net)
    if real is None:
        raise cast_error(value, net, BAD_FORMAT)
    return to_single(real) if net.python is Single else real


def to_decimal(value: object, net: NetType) -> Decimal:
    """Convert to Decimal; a Double keeps 15 digits."""
    if value is None or value == "":
        return Decimal(0)
    made: Decimal | None
    if isinstance(value, str) and not isinstance(value, Char):
        made = parse_decimal(value)
    elif isinstance(value, float):
        made = DECIMAL_CONTEXT.create_decimal(f"{value:.15g}").normalize() if math.isfinite(value) else DECIMAL_MAX + 1
        made = made.quantize(1) if made == made.to_integral() and abs(made) <= DECIMAL_MAX else made
    elif isinstance(value, int | Decimal):
        made = Decimal(value)
    else:
        raise cast_error(value, net)
    if made is None:
        raise cast_error(value, net, BAD_FORMAT)
    if abs(made) > DECIMAL_MAX:
        raise cast_error(
            value, net, "Value was either too large or too small for a Decimal.", "System.OverflowException"
        )
    return made


def to_char(value: object, net: NetType) -> Char:
    """Convert to Char: a text of one character, or a code."""
    if value is None:
        return Char("\0")
    if isinstance(value, str):
        if len(value) != 1:
            raise cast_error(value, net, "String must be exactly one character long.")
        return Char(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise cast_error(value, net)
    code = round(value)
    if not 0 <= code <= 0xFFFF:
        raise cast_error(
            value, net, "Value was either too large or too small for a character.", "System.OverflowException"
        )
    return Char(chr(code))


def to_enum(value: object, net: NetType) -> NetEnum:
    """Convert to an enumeration: a name, the beginning of one, a list of names, or a number."""
    members = net.enum or {}
    if isinstance(value, NetEnum) and value.net_type == net.name:
        return value
    if isinstance(value, str):
        return NetEnum(_parse_enum(value, net, members), net.name)
    if isinstance(value, PSArray) and len(value):  # the names of flags
        return NetEnum(reduce(or_, (int(to_enum(item, net)) for item in value)), net.name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = round(value)
        allowed = 0
        for known in members.values():
            allowed |= known
        if number in members.values() or (net.flags and number & ~allowed == 0):
            return NetEnum(number, net.name)
    raise _enum_error(value, net, members)


def _enum_error(value: object, net: NetType, members: dict[str, int]) -> NetError:
    shown = "null" if value is None else f'value "{describe(value)}"'
    message = (
        f'Cannot convert {shown} to type "{net.name}" due to enumeration values that are not valid. '
        "Specify one of the following enumeration values and try again. "
        f'The possible enumeration values are "{",".join(members)}".'
    )
    return NetError(
        "System.Management.Automation.RuntimeException",
        message,
        inner=NetError("System.Management.Automation.PSInvalidCastException", message),
        identifier="InvalidCastEnumUnderlyingType",
        category="InvalidArgument",
    )


def _parse_enum(text: str, net: NetType, members: dict[str, int]) -> int:
    total = 0
    for part in text.split(","):
        total |= _parse_enum_name(part.strip(), net, members)
    return total


def _parse_enum_name(name: str, net: NetType, members: dict[str, int]) -> int:
    lower = name.lower()
    for known, number in members.items():
        if known.lower() == lower:
            return number
    begins = {number for known, number in members.items() if lower and known.lower().startswith(lower)}
    if len(begins) == 1:
        return begins.pop()
    try:
        return int(name)
    except ValueError:
        reason = (
            f"Unable to match the identifier name {name} to a valid enumerator name. Specify one of the following "
            f"enumerator names and try again: {', '.join(members)}"
        )
        raise cast_error(name, net, reason, "System.ArgumentException") from None
