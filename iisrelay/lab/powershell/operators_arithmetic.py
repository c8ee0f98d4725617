"""Arithmetic and bit operators, with .NET's promotion: Int32 grows into Double, Int64 beside Int32 stays Int64."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.code_units import joined
from iisrelay.lab.powershell.collections import ArrayList, Dictionary, enumerate_value
from iisrelay.lab.powershell.conversions import convert, convert_to, to_string
from iisrelay.lab.powershell.conversions_numbers import cast_error
from iisrelay.lab.powershell.errors import NetError, language_error, out_of_range
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.numeric import (
    DECIMAL_CONTEXT,
    DECIMAL_MAX,
    INT32_MAX,
    INT32_MIN,
    INTEGERS,
    RANK_BIG,
    RANK_DECIMAL,
    RANK_DOUBLE,
    rank,
    scan_number,
)
from iisrelay.lab.powershell.values import BigInteger, Char, Int64, MultiArray, NetEnum, PSArray, UInt32, UInt64, unwrap

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

Operation = Callable[[Any, Any], Any]
_SMALLEST = Decimal(1).scaleb(-28)  # a Decimal has at most 28 places
_METHODS = {"+": "op_Addition", "-": "op_Subtraction", "*": "op_Multiply", "/": "op_Division", "%": "op_Modulus"}


def add(engine: Engine | None, left: object, right: object) -> object:
    """``left + right``: numbers, text, arrays, dictionaries, dates; the left operand decides."""
    if type(left) is int and type(right) is int:
        total = left + right
        return total if INT32_MIN <= total <= INT32_MAX else float(total)
    left, right = unwrap(left), unwrap(right)
    if left is None:
        return right
    if isinstance(left, str):
        return joined(str.__str__(left) + to_string(engine, right))
    if isinstance(left, PSArray | ArrayList | MultiArray):
        items = enumerate_value(right)
        return PSArray([*left.items, *([right] if items is None else items)])
    if isinstance(left, Dictionary):
        return _merge(left, right)
    return _arithmetic(engine, "+", left, right)


def _merge(left: Dictionary, right: object) -> object:
    if right is None:
        return left
    if not isinstance(right, Dictionary):
        raise language_error("A hash table can only be added to another hash table.", "AddHashTableToNonHashTable")
    merged = type(left)(left.items())
    for key, value in right.items():
        if key in merged:
            known = next(to_string(None, each) for each in merged if merged.fold(each) == merged.fold(key))
            message = (
                f"Item has already been added. Key in dictionary: '{known}'  Key being added: '{to_string(None, key)}'"
            )
            raise NetError("System.ArgumentException", message)
        merged[key] = value
    return merged


def subtract(engine: Engine | None, left: object, right: object) -> object:
    """``left - right``."""
    if type(left) is int and type(right) is int:
        total = left - right
        return total if INT32_MIN <= total <= INT32_MAX else float(total)
    return _arithmetic(engine, "-", unwrap(left), unwrap(right))


def multiply(engine: Engine | None, left: object, right: object) -> object:
    """``left * right``: numbers; text and arrays repeat."""
    if type(left) is int and type(right) is int:
        total = left * right
        return total if INT32_MIN <= total <= INT32_MAX else float(total)
    left, right = unwrap(left), unwrap(right)
    if left is None:
        return None
    if isinstance(left, str):
        return str.__str__(left) * _times(engine, right)
    if isinstance(left, PSArray | ArrayList):
        return PSArray(left.items * _times(engine, right), getattr(left, "element", "System.Object"))
    return _arithmetic(engine, "*", left, right)


def _times(engine: Engine | None, value: object) -> int:
    times: int = convert_to(engine, value, type_of(0))  # type: ignore[assignment]
    if times < 0:
        raise out_of_range("times")
    return times


def divide(engine: Engine | None, left: object, right: object) -> object:
    """``left / right``: whole when it comes out even, else Double."""
    return _arithmetic(engine, "/", unwrap(left), unwrap(right))


def remainder(engine: Engine | None, left: object, right: object) -> object:
    """``left % right``: the sign follows the left operand."""
    return _arithmetic(engine, "%", unwrap(left), unwrap(right))


def _arithmetic(engine: Engine | None, operator: str, left: object, right: object) -> object:
    first = as_number(engine, left, right)
    if first is None:
        return _by_operator_method(operator, left, right)
    second = as_number(engine, right, first)
    if second is None:
        raise cast_error(right, type_of(first))
    return compute(operator, first, second)


def as_number(engine: Engine | None, value: object, other: object) -> Any:
    """Give an operand as a number: $null is 0, text a literal or of the other operand's type; None: no number."""
    if value is None:
        return 0
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, str):
        number = scan_number(value)
        if number is not None:
            return number
        target = type_of(other) if rank(other) > 3 and not isinstance(other, NetEnum) else type_of(0)
        return convert_to(engine, value, target)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, NetEnum):
        return int(value)
    return value if rank(value) else None


def _by_operator_method(operator: str, left: object, right: object) -> object:
    """Use what the values themselves define: dates, time spans."""
    dunder = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "%": "__mod__"}[operator]
    method = None if isinstance(left, int | float | str) else getattr(left, dunder, None)
    result = NotImplemented if method is None else method(right)
    if result is NotImplemented:
        raise missing_operator(left, _METHODS[operator])
    return result


def missing_operator(value: object, name: str) -> NetError:
    """Make the error of an operator that a type does not have."""
    return language_error(
        f"Method invocation failed because [{type_of(value).name}] does not contain a method named '{name}'.",
        "MethodNotFound",
    )


def compute(operator: str, left: Any, right: Any) -> object:
    """Compute with two numbers of any types."""
    highest = max(rank(left), rank(right))
    if highest == RANK_DECIMAL:
        return _decimal(operator, left, right)
    if highest == RANK_DOUBLE:
        return _double(operator, float(left), float(right))
    if highest == RANK_BIG:
        return BigInteger(_INTEGER[operator](int(left), int(right)))
    made = _result_type(left, right)
    if made is UInt64 and (left < 0 or right < 0):
        return _double(operator, float(left), float(right))
    return _whole(operator, int(left), int(right), made)


def _result_type(left: int, right: int) -> type[int]:
    """Give the integer type that an operation on two integers yields."""
    ranks = sorted((rank(left), rank(right)))
    if ranks[1] <= 9:
        return int
    if ranks[1] == 10:
        return UInt32 if ranks[0] in {6, 8, 10} else Int64
    return Int64 if ranks[1] == 11 else UInt64


def _whole(operator: str, left: int, right: int, made: type[int]) -> object:
    if operator in "/%" and right == 0:
        raise _division_by_zero()
    if operator == "/":
        return narrow(left // right, made) if left % right == 0 else left / right
    return narrow(_INTEGER[operator](left, right), made)


def narrow(value: int, made: type[int]) -> object:
    """Give an integer result its type, or a Double when it does not fit."""
    integer = INTEGERS[made]
    return made(value) if integer.minimum <= value <= integer.maximum else float(value)


def _truncated_remainder(left: int, right: int) -> int:
    return int(math.copysign(1, left)) * (abs(left) % abs(right))


_INTEGER: dict[str, Operation] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right,
    "%": _truncated_remainder,
}


def _double(operator: str, left: float, right: float) -> float:
    if operator == "/":
        if right == 0:
            return (
                math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
            )
        return left / right
    if operator == "%":
        return math.fmod(left, right) if right and math.isfinite(left) else math.nan
    try:
        return float(_INTEGER[operator](left, right))
    except OverflowError:
        return math.inf


def _decimal(operator: str, left: Any, right: Any) -> Decimal:
    net = type_of(Decimal(0))
    first, second = (convert_to(None, value, net) for value in (left, right))
    assert isinstance(first, Decimal)  # noqa: S101 - the conversion gives nothing else
    assert isinstance(second, Decimal)  # noqa: S101 - as above
    with localcontext(DECIMAL_CONTEXT):
        try:
            result = {"/": lambda: first / second, "%": lambda: first % second}.get(
                operator, lambda: _INTEGER[operator](first, second)
            )()
        except (DivisionByZero, InvalidOperation):
            raise _division_by_zero() from None
        except Overflow:
            result = DECIMAL_MAX + 1
    if abs(result) > DECIMAL_MAX:
        raise NetError("System.OverflowException", "Value was either too large or too small for a Decimal.")
    exponent = result.as_tuple().exponent
    return result.quantize(_SMALLEST) if isinstance(exponent, int) and exponent < -28 else result


def _division_by_zero() -> NetError:
    message = "Attempted to divide by zero."
    return NetError(
        "System.Management.Automation.RuntimeException",
        message,
        inner=NetError("System.DivideByZeroException", message),
        identifier="RuntimeException",
        category="NotSpecified",
    )


# -- bits ------------------------------------------------------------------------------------------------------------


def _bits(engine: Engine | None, left: object, right: object, operation: Operation) -> object:
    left, right = unwrap(left), unwrap(right)
    if isinstance(left, NetEnum) and isinstance(right, str):
        right = convert(engine, right, left.net_type)
    first, second = _bit_operand(engine, left), _bit_operand(engine, right)
    result = operation(int(first), int(second))
    if isinstance(left, NetEnum) and isinstance(right, NetEnum) and left.net_type == right.net_type:
        return NetEnum(result, left.net_type)
    made = _result_type(first, second)
    if made is UInt64 and result < 0:
        made = Int64
    integer = INTEGERS[made]
    return made(result if integer.minimum <= result <= integer.maximum else result & integer.maximum)


def _bit_operand(engine: Engine | None, value: object) -> int:
    number = as_number(engine, value, 0)
    if isinstance(number, float | Decimal):
        number = round(number)
        return number if INT32_MIN <= number <= INT32_MAX else Int64(number)
    if not isinstance(number, int):
        raise missing_operator(value, "op_BitwiseAnd")
    return number


def bit_and(engine: Engine | None, left: object, right: object) -> object:
    """``-band``."""
    return _bits(engine, left, right, lambda first, second: first & second)


def bit_or(engine: Engine | None, left: object, right: object) -> object:
    """``-bor``."""
    return _bits(engine, left, right, lambda first, second: first | second)


def bit_xor(engine: Engine | None, left: object, right: object) -> object:
    """``-bxor``."""
    return _bits(engine, left, right, lambda first, second: first ^ second)


def bit_not(engine: Engine | None, value: object) -> object:
    """``-bnot``."""
    value = unwrap(value)
    number = _bit_operand(engine, value)
    if isinstance(value, NetEnum):
        return NetEnum(~int(number), value.net_type)
    made = _result_type(number, number)
    integer = INTEGERS[made]
    return made(~int(number) if integer.minimum < 0 else ~int(number) & integer.maximum)


def shift_left(engine: Engine | None, left: object, right: object) -> object:
    """``-shl``: bits that leave the type's width are lost."""
    number, distance = _bit_operand(engine, unwrap(left)), _bit_operand(engine, unwrap(right))
    return _wrap(number, int(number) << (distance & (_width(number) - 1)))


def shift_right(engine: Engine | None, left: object, right: object) -> object:
    """``-shr``: arithmetic for signed types."""
    number, distance = _bit_operand(engine, unwrap(left)), _bit_operand(engine, unwrap(right))
    return _wrap(number, int(number) >> (distance & (_width(number) - 1)))


def _width(number: int) -> int:
    return 64 if isinstance(number, Int64 | UInt64) else 32


def _wrap(number: int, shifted: int) -> object:
    integer = INTEGERS[_result_type(number, number)]
    span = integer.maximum - integer.minimum + 1
    return integer.python((shifted - integer.minimum) % span + integer.minimum)


# -- signs -----------------------------------------------------------------------------------------------------------


def negate(engine: Engine | None, value: object) -> object:
    """``-value``."""
    if type(value) is int and value != INT32_MIN:
        return -value
    if isinstance(value, float) and value == 0:
        return -value
    if hasattr(value, "__neg__") and not rank(value):
        return value.__neg__()
    return subtract(engine, 0, value)


def plus(engine: Engine | None, value: object) -> object:
    """``+value``."""
    return add(engine, 0, value)
