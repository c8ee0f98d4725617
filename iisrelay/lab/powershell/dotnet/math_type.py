"""System.Math, MidpointRounding, Random."""

from __future__ import annotations

import math
import random
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, out_of_range, overflow_error
from iisrelay.lab.powershell.numeric import INT32_MAX, INT32_MIN, rank
from iisrelay.lab.powershell.values import Byte, Int64

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.annotations import ByteArray, MidpointRounding

declare_enum("System.MidpointRounding", {"ToEven": 0, "AwayFromZero": 1})
net_math = declare("System.Math")
net_math.constants(PI=math.pi, E=math.e)


def _number(value: object) -> int | float | Decimal:
    """Take an argument of any numeric type as it is, text as Double."""
    if value is None:
        return 0.0
    if rank(value) > 3:
        return value  # type: ignore[return-value]
    if isinstance(value, Dictionary):
        raise NetError("System.ArgumentException", f'Cannot convert "{to_string(None, value)}" to a number.')
    return convert(None, value, "double")  # type: ignore[return-value]


def _same_type(result: object, *operands: object) -> object:
    """Give a result the type that the wider operand has."""
    widest = max(operands, key=rank)
    return type(widest)(result)  # type: ignore[call-arg]


@net_math.static("Abs")
def absolute(value: object) -> object:
    """Give the absolute value."""
    number = _number(value)
    if number == INT32_MIN and type(number) is int:
        raise overflow_error("Negating the minimum value of a twos complement number is invalid.")
    return _same_type(abs(number), number)


@net_math.static("Max")
def maximum(left: object, right: object) -> object:
    """Give the larger number."""
    first, second = _number(left), _number(right)
    return _same_type(max(first, second), first, second)


@net_math.static("Min")
def minimum(left: object, right: object) -> object:
    """Give the smaller number."""
    first, second = _number(left), _number(right)
    return _same_type(min(first, second), first, second)


@net_math.static("Sign")
def sign(value: object) -> int:
    """Give -1, 0 or 1."""
    number = _number(value)
    return (number > 0) - (number < 0)


def _rounded(value: object, function: Callable[[float | Decimal], int]) -> object:
    """Round to a whole number that stays Double or Decimal."""
    number = _number(value)
    if isinstance(number, Decimal):
        return Decimal(function(number))
    real = float(number)
    return float(function(real)) if math.isfinite(real) else real


@net_math.static("Floor")
def floor(value: object) -> object:
    """Round down."""
    return _rounded(value, math.floor)


@net_math.static("Ceiling")
def ceiling(value: object) -> object:
    """Round up."""
    return _rounded(value, math.ceil)


@net_math.static("Truncate")
def truncate(value: object) -> object:
    """Cut off the fraction."""
    return _rounded(value, math.trunc)


def _round(value: object, digits: int, mode: MidpointRounding | None) -> object:
    number = _number(value)
    rounding = ROUND_HALF_UP if mode is not None and int(mode) == 1 else ROUND_HALF_EVEN
    if isinstance(number, Decimal):
        return number.quantize(Decimal(1).scaleb(-digits), rounding=rounding)
    real = float(number)
    if not math.isfinite(real):
        return real
    if not 0 <= digits <= 15:
        raise out_of_range("digits", "Rounding digits must be between 0 and 15, inclusive.")
    # .NET Framework scales, rounds and scales back in binary.
    scaled = Decimal(real * 10.0**digits).quantize(Decimal(1), rounding=rounding)
    return float(scaled) / 10.0**digits


@net_math.static("Round")
def round_whole(value: object) -> object:
    """Round to a whole number, halves to even."""
    return _round(value, 0, None)


@net_math.static("Round")
def round_whole_by(value: object, mode: MidpointRounding) -> object:
    """Round to a whole number, halves as asked."""
    return _round(value, 0, mode)


@net_math.static("Round")
def round_digits(value: object, digits: int) -> object:
    """Round to decimal places, halves to even."""
    return _round(value, digits, None)


@net_math.static("Round")
def round_digits_by(value: object, digits: int, mode: MidpointRounding) -> object:
    """Round to decimal places, halves as asked."""
    return _round(value, digits, mode)


@net_math.static("Pow")
def power(base: float, exponent: float) -> float:
    """Raise to a power."""
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan if base else math.inf
    return result


@net_math.static("Log")
def logarithm(value: float, base: float = math.e) -> float:
    """Give the logarithm."""
    if value <= 0:
        return -math.inf if value == 0 else math.nan
    return math.log(value) / math.log(base)


def _declare_function(name: str, function: Callable[[float], float]) -> None:
    @net_math.static(name)
    def apply(value: float) -> float:
        try:
            return float(function(value))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf


for _name, _function in {
    "Sqrt": math.sqrt,
    "Exp": math.exp,
    "Log10": lambda value: -math.inf if value == 0 else math.log10(value),
    "Sin": math.sin,
    "Cos": math.cos,
    "Tan": math.tan,
    "Asin": math.asin,
    "Acos": math.acos,
    "Atan": math.atan,
    "Sinh": math.sinh,
    "Cosh": math.cosh,
    "Tanh": math.tanh,
}.items():
    _declare_function(_name, _function)


@net_math.static("Atan2")
def arc_tangent(y: float, x: float) -> float:
    """Give the angle of a point."""
    return math.atan2(y, x)


@net_math.static("IEEERemainder")
def ieee_remainder(left: float, right: float) -> float:
    """Give the remainder of the nearest quotient."""
    return math.remainder(left, right)


@net_math.static("DivRem")
def divide_with_remainder(left: Int64, right: Int64, result: object) -> Int64:
    """Divide; the remainder goes into a reference."""
    if right == 0:
        raise NetError("System.DivideByZeroException", "Attempted to divide by zero.")
    quotient = abs(int(left)) // abs(int(right)) * (1 if (left < 0) == (right < 0) else -1)
    result.value = Int64(int(left) - quotient * int(right))  # type: ignore[attr-defined]
    return Int64(quotient)


@net_math.static("BigMul")
def big_multiply(left: int, right: int) -> Int64:
    """Multiply into an Int64."""
    return Int64(left * right)


class Random:
    """System.Random."""

    def __init__(self, seed: int | None = None) -> None:
        self.source = random.Random(seed)  # noqa: S311 - it is no secret in .NET either


net_random = declare("System.Random", python=Random)


@net_random.constructor
def new_random(seed: int | None = None) -> Random:
    """Make a generator."""
    return Random(seed)


@net_random.method("Next")
def next_between(value: Random, low: int, high: int) -> int:
    """Give a number from a limit to below another."""
    if low > high:
        raise out_of_range("minValue", "'minValue' cannot be greater than maxValue.")
    return value.source.randrange(low, max(high, low + 1))


@net_random.method("Next")
def next_number(value: Random) -> int:
    """Give a number that is not negative."""
    return value.source.randrange(INT32_MAX)


@net_random.method("Next")
def next_below(value: Random, high: int) -> int:
    """Give a number from 0 to below the limit."""
    if high < 0:
        raise out_of_range("maxValue", "'maxValue' must be greater than zero.")
    return value.source.randrange(high) if high else 0


@net_random.method("NextDouble")
def next_double(value: Random) -> float:
    """Give a number from 0 to below 1."""
    return value.source.random()


@net_random.method("NextBytes")
def next_bytes(value: Random, buffer: ByteArray) -> None:
    """Fill an array."""
    buffer.items[:] = [Byte(value.source.randrange(256)) for _ in buffer.items]
