"""Numbers under .NET's standard (C D E F G N P R X) and custom (0 # , . % E) format strings."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import format_error
from iisrelay.lab.powershell.format_custom_numbers import format_custom
from iisrelay.lab.powershell.number_conventions import ENGLISH, Conventions
from iisrelay.lab.powershell.numeric import INTEGERS, format_decimal, format_double, format_general, place_point
from iisrelay.lab.powershell.values import Single

if TYPE_CHECKING:
    from collections.abc import Callable

_STANDARD = re.compile(r"([A-Za-z])(\d{0,2})")
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
BAD_SPECIFIER = "Format specifier was invalid."

Number = int | float | Decimal


def format_number(value: Number, pattern: str, conventions: Conventions = ENGLISH) -> str:
    """Format a number; an empty pattern is the general format."""
    if conventions is ENGLISH:
        return _in_english(value, pattern)
    standard = _STANDARD.fullmatch(pattern)
    if standard is not None and standard[1] in "CcPp" and math.isfinite(value):
        return _decorated(value, standard, conventions)
    return conventions.localized(_in_english(value, pattern))


def _decorated(value: Number, standard: re.Match[str], conventions: Conventions) -> str:
    """Write money or a percentage."""
    amount = exact(value) if standard[1] in "Cc" else exact(value) * 100
    digits = fixed_digits(amount, int(standard[2] or 2))
    text = conventions.localized(group_thousands(digits))
    if standard[1] in "Cc":
        return (conventions.debt if _is_negative(amount, digits) else conventions.money).replace("n", text)
    return ("-" if _is_negative(amount, digits) else "") + conventions.percent.replace("n", text)


def _in_english(value: Number, pattern: str) -> str:
    if not pattern:
        return general(value)
    if isinstance(value, float) and not math.isfinite(value):
        return format_double(value)
    standard = _STANDARD.fullmatch(pattern)
    if standard is None:
        return format_custom(exact(value), pattern)
    letter = standard[1].upper()
    if letter not in _FORMATS:
        raise format_error(BAD_SPECIFIER)
    precision = int(standard[2]) if standard[2] else None
    return _FORMATS[letter](value, precision, standard[1])


def general(value: Number) -> str:
    """Format a number as ToString() does."""
    if isinstance(value, float):
        return format_double(value)
    return format_decimal(value) if isinstance(value, Decimal) else int.__repr__(value)


def exact(value: Number) -> Decimal:
    """Give the decimal digits that .NET Framework formats: 15 significant ones of a Double, 7 of a Single."""
    if isinstance(value, float):
        return Decimal(f"{value:.{7 if type(value) is Single else 15}g}")
    return value if isinstance(value, Decimal) else Decimal(int(value))


def fixed_digits(value: Decimal, places: int) -> str:
    """Write the absolute value with a number of decimal places, halves rounded away from zero."""
    with localcontext(_EXACT):
        return f"{abs(value).quantize(Decimal(1).scaleb(-places)):f}"


def group_thousands(digits: str) -> str:
    """Put commas between groups of three in the whole part."""
    whole, point, fraction = digits.partition(".")
    return f"{int(whole):,}{point}{fraction}"


def _is_negative(value: Decimal, digits: str) -> bool:
    return value < 0 and any(digit in "123456789" for digit in digits)


def _currency(value: Number, precision: int | None, _letter: str) -> str:
    amount = exact(value)
    digits = fixed_digits(amount, 2 if precision is None else precision)
    text = f"${group_thousands(digits)}"
    return f"({text})" if _is_negative(amount, digits) else text


def _decimal(value: Number, precision: int | None, _letter: str) -> str:
    if not isinstance(value, int):
        raise format_error(BAD_SPECIFIER)
    return ("-" if value < 0 else "") + str(abs(int(value))).rjust(precision or 1, "0")


def _exponential(value: Number, precision: int | None, letter: str) -> str:
    mantissa, _, exponent = _scientific(exact(value), 6 if precision is None else precision)
    return f"{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):03d}"


def _scientific(value: Decimal, places: int) -> tuple[str, str, int]:
    with localcontext(_EXACT):
        mantissa, _, exponent = f"{value:.{places}e}".lower().partition("e")
    return mantissa, "e", 0 if value == 0 else int(exponent)


def _fixed(value: Number, precision: int | None, _letter: str) -> str:
    number = exact(value)
    digits = fixed_digits(number, 2 if precision is None else precision)
    return ("-" if _is_negative(number, digits) else "") + digits


def _general(value: Number, precision: int | None, letter: str) -> str:
    if not precision:
        return general(value)
    if isinstance(value, int):
        return _general_digits(Decimal(int(value)), precision, "E" if letter == "G" else "e")
    if isinstance(value, Decimal):
        return _general_digits(value, precision, "E" if letter == "G" else "e")
    return format_general(value, min(precision, 17), "E" if letter == "G" else "e")


def _general_digits(value: Decimal, precision: int, marker: str) -> str:
    mantissa, _, exponent = _scientific(value, precision - 1)
    digits = mantissa.replace(".", "").lstrip("-").rstrip("0") or "0"
    sign = "-" if value < 0 else ""
    if -5 < exponent < precision:
        return sign + place_point(digits, exponent)
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}{marker}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _number(value: Number, precision: int | None, _letter: str) -> str:
    number = exact(value)
    digits = fixed_digits(number, 2 if precision is None else precision)
    return ("-" if _is_negative(number, digits) else "") + group_thousands(digits)


def _percent(value: Number, precision: int | None, letter: str) -> str:
    return _number(exact(value) * 100, precision, letter) + "%"


def _round_trip(value: Number, _precision: int | None, _letter: str) -> str:
    if not isinstance(value, float):
        raise format_error(BAD_SPECIFIER)
    fifteen = format_general(value, 15)
    return fifteen if float(fifteen) == value else format_general(value, 17)


def _hexadecimal(value: Number, precision: int | None, letter: str) -> str:
    if not isinstance(value, int):
        raise format_error(BAD_SPECIFIER)
    number = int(value)
    if number < 0:
        integer = INTEGERS.get(type(value), INTEGERS[int])
        number += integer.maximum - integer.minimum + 1
    return f"{number:{letter}}".rjust(precision or 1, "0")


_FORMATS: dict[str, Callable[[Number, int | None, str], str]] = {
    "C": _currency,
    "D": _decimal,
    "E": _exponential,
    "F": _fixed,
    "G": _general,
    "N": _number,
    "P": _percent,
    "R": _round_trip,
    "X": _hexadecimal,
}
