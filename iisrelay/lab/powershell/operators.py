"""The operators by name: ``binary`` and ``unary`` run them; BINARY and UNARY let a compiler look them up once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import operators_arithmetic as arithmetic
from iisrelay.lab.powershell import operators_text as text
from iisrelay.lab.powershell.conversions import convert, to_bool
from iisrelay.lab.powershell.errors import language_error
from iisrelay.lab.powershell.numeric import INT32_MAX
from iisrelay.lab.powershell.operators_comparison import (
    TESTS,
    as_type,
    compare,
    contains,
    equals,
    filtering,
    is_type,
)
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

    BinaryOperator = Callable[[Engine | None, object, object], object]
    UnaryOperator = Callable[[Engine | None, object], object]

__all__ = ["BINARY", "UNARY", "binary", "compare", "contains", "equals", "unary"]


def binary(engine: Engine | None, operator: str, left: object, right: object) -> object:
    """Run a binary operator (lower case, with its dash) on evaluated operands."""
    function = BINARY.get(operator)
    if function is None:
        raise language_error(f"The operator '{operator}' is not known.", "UnknownOperator")
    return function(engine, left, right)


def unary(engine: Engine | None, operator: str, value: object) -> object:
    """Run a unary operator on an evaluated operand."""
    function = UNARY.get(operator)
    if function is None:
        raise language_error(f"The operator '{operator}' is not known.", "UnknownOperator")
    return function(engine, value)


def make_range(engine: Engine | None, left: object, right: object) -> PSArray:
    """``left..right``: whole numbers, counting down when the right one is smaller."""
    start, end = (int(convert(engine, value, "int")) for value in (left, right))  # type: ignore[call-overload]
    if abs(end - start) > INT32_MAX // 16:
        raise language_error(f"The range {start}..{end} is too large.", "RangeTooLarge")
    step = 1 if end >= start else -1
    return PSArray(range(start, end + step, step))


def _negated(function: BinaryOperator) -> BinaryOperator:
    return lambda engine, left, right: not function(engine, left, right)


def _containing(ignore_case: bool) -> BinaryOperator:
    return lambda engine, left, right: contains(engine, left, right, ignore_case)


def _contained(ignore_case: bool) -> BinaryOperator:
    return lambda engine, left, right: contains(engine, right, left, ignore_case)


def _not_like(engine: Engine | None, value: object, pattern: object, ignore_case: bool) -> bool:
    return not text.like(engine, value, pattern, ignore_case)


def _case_variants() -> dict[str, BinaryOperator]:
    """List the operators that come as -name, -iname and -cname."""
    table: dict[str, BinaryOperator] = {}
    for prefix, ignore_case in (("", True), ("i", True), ("c", False)):
        for name, test in TESTS.items():
            table[f"-{prefix}{name}"] = filtering(test, ignore_case)
        table[f"-{prefix}like"] = filtering(text.like, ignore_case)
        table[f"-{prefix}notlike"] = filtering(_not_like, ignore_case)
        table[f"-{prefix}match"] = text.matching(ignore_case, negate=False)
        table[f"-{prefix}notmatch"] = text.matching(ignore_case, negate=True)
        table[f"-{prefix}replace"] = text.replacing(ignore_case)
        table[f"-{prefix}split"] = text.splitting(ignore_case)
        table[f"-{prefix}contains"] = _containing(ignore_case)
        table[f"-{prefix}notcontains"] = _negated(_containing(ignore_case))
        table[f"-{prefix}in"] = _contained(ignore_case)
        table[f"-{prefix}notin"] = _negated(_contained(ignore_case))
    return table


BINARY: dict[str, BinaryOperator] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "%": arithmetic.remainder,
    "..": make_range,
    "-band": arithmetic.bit_and,
    "-bor": arithmetic.bit_or,
    "-bxor": arithmetic.bit_xor,
    "-shl": arithmetic.shift_left,
    "-shr": arithmetic.shift_right,
    "-f": text.format_text,
    "-join": text.join,
    "-is": is_type,
    "-isnot": _negated(is_type),
    "-as": as_type,
    "-and": lambda _engine, left, right: to_bool(left) and to_bool(right),
    "-or": lambda _engine, left, right: to_bool(left) or to_bool(right),
    "-xor": lambda _engine, left, right: to_bool(left) != to_bool(right),
    **_case_variants(),
}

UNARY: dict[str, UnaryOperator] = {
    "-": arithmetic.negate,
    "+": arithmetic.plus,
    "!": lambda _engine, value: not to_bool(value),
    "-not": lambda _engine, value: not to_bool(value),
    "-bnot": arithmetic.bit_not,
    "-join": text.join_all,
    "-split": text.split_words,
    "-isplit": text.split_words,
    "-csplit": text.split_words,
    ",": lambda _engine, value: PSArray([value]),
}
