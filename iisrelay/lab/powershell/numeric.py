"""Numbers: the .NET numeric types, how text becomes one, and how a Double prints."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, localcontext
from typing import NamedTuple

from iisrelay.lab.powershell.values import (
    BigInteger,
    Byte,
    Int16,
    Int64,
    NetEnum,
    SByte,
    Single,
    UInt16,
    UInt32,
    UInt64,
)

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
DECIMAL_MAX = Decimal(79228162514264337593543950335)
DECIMAL_CONTEXT = Context(prec=29, rounding=ROUND_HALF_EVEN)


class IntegerType(NamedTuple):
    """An integer type: its short .NET name, its Python class, its bounds, and its rank for promotion."""

    name: str
    python: type[int]
    minimum: int
    maximum: int
    rank: int


INTEGERS = {
    integer.python: integer
    for integer in (
        IntegerType("SByte", SByte, -128, 127, 5),
        IntegerType("Byte", Byte, 0, 255, 6),
        IntegerType("Int16", Int16, -(2**15), 2**15 - 1, 7),
        IntegerType("UInt16", UInt16, 0, 2**16 - 1, 8),
        IntegerType("Int32", int, INT32_MIN, INT32_MAX, 9),
        IntegerType("UInt32", UInt32, 0, 2**32 - 1, 10),
        IntegerType("Int64", Int64, INT64_MIN, INT64_MAX, 11),
        IntegerType("UInt64", UInt64, 0, 2**64 - 1, 12),
    )
}
RANK_DOUBLE, RANK_DECIMAL, RANK_BIG = 14, 15, 16

_NUMBER = re.compile(
    r"\s*(?P<sign>[+-]?)(?:0x(?P<hex>[0-9a-f]+)|(?P<digits>\d+\.?\d*|\.\d+)(?P<exponent>e[+-]?\d+)?)"
    r"(?P<kind>[ld]?)(?P<multiplier>kb|mb|gb|tb|pb)?\s*",
    re.IGNORECASE,
)
_REAL = re.compile(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_MULTIPLIERS = {"": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}


def rank(value: object) -> int:
    """Give a number's place in the order of promotion (the order of .NET's TypeCode), or 0 for what is no number."""
    kind = type(value)
    if kind is int:
        return 9
    if kind is float or kind is Single:
        return RANK_DOUBLE
    if kind is bool:
        return 3
    if kind in INTEGERS:
        return INTEGERS[kind].rank
    if isinstance(value, Decimal):
        return RANK_DECIMAL
    if isinstance(value, BigInteger):
        return RANK_BIG
    return 9 if isinstance(value, NetEnum) else 0


def is_number(value: object) -> bool:
    """Tell whether a value is a number (a Boolean and an enumeration are not)."""
    return rank(value) > 3 and not isinstance(value, NetEnum)


def fitting_integer(value: int) -> object:
    """Make the literal's type: Int32, else Int64, else Decimal, else Double."""
    if INT32_MIN <= value <= INT32_MAX:
        return value
    if INT64_MIN <= value <= INT64_MAX:
        return Int64(value)
    return Decimal(value) if abs(value) <= DECIMAL_MAX else float(value)


def scan_number(text: str) -> object:
    """Read a number written as a literal (hexadecimal, suffixes l d kb mb ...); None when it is none."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign = -1 if match["sign"] == "-" else 1
    multiplier = _MULTIPLIERS[(match["multiplier"] or "").lower()]
    if match["hex"]:
        return _scan_hexadecimal(match["hex"], sign * multiplier, match["kind"].lower())
    kind = match["kind"].lower()
    if kind == "d":
        with localcontext(DECIMAL_CONTEXT):
            return sign * Decimal(match["digits"] + (match["exponent"] or "")) * multiplier
    if match["exponent"] or "." in match["digits"]:
        real = sign * float(match["digits"] + (match["exponent"] or "")) * multiplier
        return Int64(round(real)) if kind == "l" else real
    whole = sign * int(match["digits"]) * multiplier
    if kind == "l":
        return Int64(whole) if INT64_MIN <= whole <= INT64_MAX else None
    return fitting_integer(whole)


def _scan_hexadecimal(digits: str, factor: int, kind: str) -> object:
    """Read hexadecimal digits: eight of them wrap to Int32, sixteen to Int64, as literals do."""
    value = int(digits, 16)
    width = len(digits.lstrip("0")) or 1
    if kind == "l" or 8 < width <= 16:
        return Int64((value - 2**64 if value > INT64_MAX else value) * factor)
    if width > 16:
        return None
    wrapped = value - 2**32 if value > INT32_MAX else value
    return fitting_integer(wrapped * factor)


def parse_real(text: str) -> float | None:
    """Read a Double from invariant text; thousands separators are skipped, as .NET does."""
    stripped = text.strip()
    if _REAL.fullmatch(stripped):
        return float(stripped.replace(",", ""))
    special = {"nan": math.nan, "infinity": math.inf, "-infinity": -math.inf, "∞": math.inf, "-∞": -math.inf}
    return special.get(stripped.lower())


def parse_decimal(text: str) -> Decimal | None:
    """Read a Decimal from invariant text; its trailing zeros are kept."""
    stripped = text.strip().replace(",", "")
    try:
        value = Decimal(stripped)
    except InvalidOperation:
        return None
    return value if value.is_finite() and _REAL.fullmatch(stripped) else None


def round_half_even(value: float | Decimal) -> int:
    """Round to a whole number as conversions to integer types do (banker's rounding)."""
    return round(value)


def to_single(value: float) -> Single:
    """Round a Double to single precision."""
    import struct  # noqa: PLC0415 - rare

    if math.isinf(value) or math.isnan(value):
        return Single(value)
    try:
        return Single(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return Single(math.copysign(math.inf, value))


def format_double(value: float) -> str:
    """Print a Double (15 digits) or Single (7 digits) as .NET Framework does."""
    return format_general(value, 7 if type(value) is Single else 15)


def format_general(value: float, precision: int, marker: str = "E") -> str:
    """Print with a number of significant digits: fixed notation where the exponent allows, else d.dddE+XX."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    mantissa, _, exponent_text = f"{value:.{precision - 1}e}".partition("e")
    exponent = int(exponent_text)
    digits = mantissa.replace(".", "").lstrip("-").rstrip("0")
    sign = "-" if value < 0 else ""
    if -5 < exponent < precision:
        return sign + place_point(digits, exponent)
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}{marker}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def place_point(digits: str, exponent: int) -> str:
    """Write digits d1d2d3... times ten to the exponent of the first digit in fixed notation."""
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def format_decimal(value: Decimal) -> str:
    """Print a Decimal: fixed notation, with the trailing zeros it carries."""
    text = f"{value:f}"
    return text.removeprefix("-") if value == 0 else text
