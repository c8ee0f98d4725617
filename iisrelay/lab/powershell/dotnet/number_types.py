"""The numeric types and Boolean: limits, Parse, TryParse, ToString(format)."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions_numbers import range_message
from iisrelay.lab.powershell.culture import compare_ordinal
from iisrelay.lab.powershell.dotnet.cultures import number_conventions
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, argument_null, format_error, overflow_error
from iisrelay.lab.powershell.format_numbers import format_number
from iisrelay.lab.powershell.number_conventions import ENGLISH
from iisrelay.lab.powershell.numeric import (
    DECIMAL_MAX,
    INTEGERS,
    IntegerType,
    parse_decimal,
    parse_real,
    to_single,
)
from iisrelay.lab.powershell.values import BigInteger, NetEnum, Single

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.annotations import NumberStyles
    from iisrelay.lab.powershell.dotnet.cultures import CultureInfo
    from iisrelay.lab.powershell.values import Reference

_BASES = ("System.ValueType", "System.IComparable", "System.IFormattable", "System.IConvertible")
_ACCELERATORS = {
    "SByte": ("sbyte",),
    "Byte": ("byte",),
    "Int16": ("int16",),
    "UInt16": ("uint16",),
    "Int32": ("int", "int32"),
    "UInt32": ("uint32",),
    "Int64": ("long", "int64"),
    "UInt64": ("uint64",),
}
_ALLOW_EXPONENT, _ALLOW_THOUSANDS, _ALLOW_POINT, _ALLOW_HEX = 128, 64, 32, 512
_INTEGER_TEXT = re.compile(r"[+-]?\d+")
_HEX_TEXT = re.compile(r"[0-9a-fA-F]+")

declare_enum(
    "System.Globalization.NumberStyles",
    {
        "None": 0,
        "AllowLeadingWhite": 1,
        "AllowTrailingWhite": 2,
        "AllowLeadingSign": 4,
        "Integer": 7,
        "AllowTrailingSign": 8,
        "AllowParentheses": 16,
        "AllowDecimalPoint": _ALLOW_POINT,
        "AllowThousands": _ALLOW_THOUSANDS,
        "Number": 111,
        "AllowExponent": _ALLOW_EXPONENT,
        "Float": 167,
        "AllowCurrencySymbol": 256,
        "Currency": 383,
        "Any": 511,
        "AllowHexSpecifier": _ALLOW_HEX,
        "HexNumber": 515,
    },
    flags=True,
)


def parse_integer(text: str, integer: IntegerType, styles: int = 7) -> int:
    """Read an integer as Parse does."""
    stripped = text.strip()
    if styles & _ALLOW_HEX:
        if not _HEX_TEXT.fullmatch(stripped):
            raise format_error()
        value = int(stripped, 16)
        span = integer.maximum - integer.minimum + 1
        value = value - span if integer.minimum < 0 and integer.maximum < value < span else value
    else:
        if styles & _ALLOW_THOUSANDS:
            stripped = stripped.replace(",", "")
        if styles & _ALLOW_POINT:
            stripped = re.sub(r"\.0*$", "", stripped)
        if not _INTEGER_TEXT.fullmatch(stripped):
            raise format_error()
        value = int(stripped)
    if not integer.minimum <= value <= integer.maximum:
        raise overflow_error(range_message(integer))
    return integer.python(value)


def _declare_parsing(
    declared: Declaration, parse: Callable[[str, int], object], default_styles: int, zero: object
) -> None:
    """Add Parse and TryParse."""

    @declared.static("Parse")
    def parse_plain(text: str, culture: CultureInfo | None = None) -> object:
        return parse(_in_english(text, culture), default_styles)

    @declared.static("Parse")
    def parse_styled(text: str, styles: NumberStyles, culture: object = None) -> object:
        return parse(_in_english(text, culture), int(styles))

    @declared.static("TryParse")
    def try_parse(text: str, result: Reference) -> bool:
        return _try(parse, text, default_styles, result, zero)

    @declared.static("TryParse")
    def try_parse_styled(text: str, styles: NumberStyles, culture: object, result: Reference) -> bool:
        return _try(parse, _in_english(text, culture), int(styles), result, zero)


def _in_english(text: str, culture: object) -> str:
    signs = number_conventions(culture)
    return text if signs is ENGLISH else signs.english(text)


def _try(parse: Callable[[str, int], object], text: str, styles: int, result: Reference, zero: object) -> bool:
    try:
        result.value = parse(text, styles)
    except NetError:
        result.value = zero
        return False
    return True


def _declare_common(declared: Declaration) -> None:
    """Add what all numbers have."""

    @declared.method("ToString")
    def to_text(value: float, pattern: str = "", culture: object = None) -> str:
        return format_number(value, pattern, number_conventions(culture))

    @declared.method("ToString")
    def to_text_of_culture(value: float, culture: CultureInfo) -> str:
        return format_number(value, "", number_conventions(culture))

    @declared.method("CompareTo")
    def compare_to(value: float, other: float) -> int:
        return (value > other) - (value < other)

    @declared.method("GetTypeCode")
    def type_code(value: float) -> NetEnum:
        return NetEnum(_TYPE_CODES.get(type(value), 1), TYPE_CODE)


TYPE_CODE = "System.TypeCode"
declare_enum(
    TYPE_CODE,
    {
        "Empty": 0, "Object": 1, "DBNull": 2, "Boolean": 3, "Char": 4, "SByte": 5, "Byte": 6, "Int16": 7, "UInt16": 8,
        "Int32": 9, "UInt32": 10, "Int64": 11, "UInt64": 12, "Single": 13, "Double": 14, "Decimal": 15,
        "DateTime": 16, "String": 18,
    },
)  # fmt: skip
_TYPE_CODES: dict[type, int] = {kind: integer.rank for kind, integer in INTEGERS.items()} | {
    Single: 13,
    float: 14,
    Decimal: 15,
}


def _declare_integer(integer: IntegerType) -> None:
    declared = declare(
        f"System.{integer.name}",
        python=integer.python,
        bases=_BASES,
        accelerators=_ACCELERATORS[integer.name],
        value_type=True,
    )
    declared.constants(MinValue=integer.python(integer.minimum), MaxValue=integer.python(integer.maximum))
    _declare_common(declared)
    _declare_parsing(declared, lambda text, styles: parse_integer(text, integer, styles), 7, integer.python(0))


for _integer in INTEGERS.values():
    _declare_integer(_integer)


def _parse_double(text: str, _styles: int) -> float:
    value = parse_real(text)
    if value is None:
        raise format_error()
    if math.isinf(value) and "inf" not in text.lower() and "\u221e" not in text:
        raise overflow_error("Value was either too large or too small for a Double.")
    return value


def _parse_single(text: str, styles: int) -> float:
    return to_single(_parse_double(text, styles))


def _parse_decimal(text: str, _styles: int) -> Decimal:
    value = parse_decimal(text)
    if value is None:
        raise format_error()
    if abs(value) > DECIMAL_MAX:
        raise overflow_error("Value was either too large or too small for a Decimal.")
    return value


double = declare("System.Double", python=float, bases=_BASES, accelerators=("double",), value_type=True)
double.constants(
    MaxValue=1.7976931348623157e308,
    MinValue=-1.7976931348623157e308,
    Epsilon=5e-324,
    NaN=math.nan,
    PositiveInfinity=math.inf,
    NegativeInfinity=-math.inf,
)
_declare_common(double)
_declare_parsing(double, _parse_double, 231, 0.0)


@double.static("IsNaN")
def is_nan(value: float) -> bool:
    """Tell whether a value is no number."""
    return math.isnan(value)


@double.static("IsInfinity")
def is_infinity(value: float) -> bool:
    """Tell whether a value is infinite."""
    return math.isinf(value)


single = declare("System.Single", python=Single, bases=_BASES, accelerators=("float", "single"), value_type=True)
single.constants(MaxValue=to_single(3.4028234663852886e38), MinValue=to_single(-3.4028234663852886e38))
_declare_common(single)
_declare_parsing(single, _parse_single, 231, Single(0))

decimal = declare("System.Decimal", python=Decimal, bases=_BASES, accelerators=("decimal",), value_type=True)
decimal.constants(
    MaxValue=DECIMAL_MAX, MinValue=DECIMAL_MAX.copy_negate(), Zero=Decimal(0), One=Decimal(1), MinusOne=Decimal(-1)
)  # fmt: skip
_declare_common(decimal)
_declare_parsing(decimal, _parse_decimal, 111, Decimal(0))


@decimal.static("Round")
def round_decimal(value: Decimal, digits: int = 0) -> Decimal:
    """Round half to even."""
    return value.quantize(Decimal(1).scaleb(-digits))


@decimal.static("Floor")
def floor_decimal(value: Decimal) -> Decimal:
    """Round down."""
    return Decimal(math.floor(value))


@decimal.static("Truncate")
def truncate_decimal(value: Decimal) -> Decimal:
    """Cut off the fraction."""
    return Decimal(int(value))


big_integer = declare(
    "System.Numerics.BigInteger", python=BigInteger, bases=_BASES, accelerators=("bigint",), value_type=True
)
_declare_common(big_integer)

boolean = declare(
    "System.Boolean",
    python=bool,
    bases=("System.ValueType", "System.IComparable", "System.IConvertible"),
    accelerators=("bool",),
    value_type=True,
)
boolean.constants(TrueString="True", FalseString="False")


@boolean.static("Parse")
def parse_boolean(text: str) -> bool:
    """Read "true" or "false"."""
    if not text:
        raise argument_null("value")
    lower = text.strip().lower()
    if lower not in {"true", "false"}:
        raise format_error("String was not recognized as a valid Boolean.")
    return lower == "true"


@boolean.static("TryParse")
def try_parse_boolean(text: str, result: Reference) -> bool:
    """Read "true" or "false" without failing."""
    lower = text.strip().lower()
    result.value = lower == "true"
    return lower in {"true", "false"}


@boolean.method("ToString")
def boolean_text(value: bool, _culture: object = None) -> str:
    """Give "True" or "False"."""
    return str(value)


@boolean.method("CompareTo")
def compare_boolean(value: bool, other: bool) -> int:
    """False comes before True."""
    return compare_ordinal(str(value), str(other))
