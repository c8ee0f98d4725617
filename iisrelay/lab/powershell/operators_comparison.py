"""Comparison: the left operand decides how; a list on the left is filtered."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import convert_to, is_instance_of, to_bool, to_string
from iisrelay.lab.powershell.culture import compare_text
from iisrelay.lab.powershell.errors import NetError, language_error
from iisrelay.lab.powershell.nettypes import NetType, find_type, require_type, type_of
from iisrelay.lab.powershell.numeric import is_number, scan_number
from iisrelay.lab.powershell.values import Char, DynamicObject, NetEnum, PSArray, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

    Test = Callable[[Engine | None, object, object, bool], bool]


def equals(engine: Engine | None, left: object, right: object, ignore_case: bool = True) -> bool:
    """Tell whether two values are equal by the rules of -eq (scalars; -contains and switch use it too)."""
    kind = type(left)
    if kind is int and type(right) is int:
        return left == right
    if kind is str:
        return _text_equals(engine, left, unwrap(right), ignore_case)  # type: ignore[arg-type]
    left, right = unwrap(left), unwrap(right)
    if left is None or right is None:
        return left is right
    if type(left) is str:
        return _text_equals(engine, left, right, ignore_case)
    if isinstance(left, Char):
        return _char_equals(left, right, ignore_case)
    if isinstance(left, bool):
        return left == to_bool(right)
    if is_number(left):
        return _number_equals(engine, left, right)
    return _object_equals(engine, left, right, ignore_case)


def _text_equals(engine: Engine | None, left: str, right: object, ignore_case: bool) -> bool:
    if right is None:
        return False
    text = right if type(right) is str else to_string(engine, right)
    return left == text or (ignore_case and left.lower() == text.lower())


def _char_equals(left: Char, right: object, ignore_case: bool) -> bool:
    if is_number(right):
        return ord(left) == right
    text = to_string(None, right)
    return str.__str__(left) == text or (ignore_case and left.lower() == text.lower())


def _number_equals(engine: Engine | None, left: object, right: object) -> bool:
    number = _comparable_number(engine, left, right)
    return number is not None and _numeric_pair(left, number)[0] == _numeric_pair(left, number)[1]


def _comparable_number(engine: Engine | None, left: object, right: object) -> object:
    """Give the right operand as a number to compare a number with; None when it is none."""
    if isinstance(right, Char):
        return ord(right)
    if isinstance(right, str):
        number = scan_number(right)
        if number is not None or right == "":
            return number if right else 0
        try:
            return convert_to(engine, right, type_of(left))
        except NetError:
            return None
    return right if isinstance(right, int | float | Decimal) else None


def _numeric_pair(left: object, right: object) -> tuple[object, object]:
    """Bring two numbers to types Python compares as .NET does (a Double beside a Decimal)."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, convert_to(None, right, type_of(left))
    if isinstance(right, Decimal) and isinstance(left, float):
        return convert_to(None, left, type_of(right)), right
    return left, right


def _object_equals(engine: Engine | None, left: object, right: object, ignore_case: bool) -> bool:
    if left is right or (type(left) is type(right) and not isinstance(left, NetEnum) and left == right):
        return True
    if isinstance(left, NetEnum) and isinstance(right, int):
        return int(left) == int(right)
    if type(left) is type(right) and not isinstance(left, NetEnum | NetType):
        return False
    if isinstance(left, DynamicObject) or enumerate_value(left) is not None:
        return False
    if type(left).__eq__ is object.__eq__ and not isinstance(left, NetEnum):
        return (
            isinstance(right, str) and equals(engine, to_string(engine, left), right, ignore_case)
            if isinstance(left, NetType)
            else False
        )
    try:
        converted = convert_to(engine, right, type_of(left))
    except NetError:
        return False
    return bool(left == converted)


def compare(engine: Engine | None, left: object, right: object, ignore_case: bool = True) -> int:
    """Order two values by the rules of -lt: negative, 0 or positive. Sort-Object and Measure-Object use it too."""
    if type(left) is int and type(right) is int:
        return (left > right) - (left < right)
    left, right = unwrap(left), unwrap(right)
    if left is None or right is None:
        return _compare_null(left, right)
    if isinstance(left, str) and not isinstance(left, Char):
        return compare_text(left, to_string(engine, right), ignore_case=ignore_case)
    if isinstance(left, Char):
        if isinstance(right, str):
            return compare_text(left, right, ignore_case=ignore_case)
        left = ord(left)
    try:
        other = _converted(engine, left, right)
        first, second = _numeric_pair(left, other)
        return int(first > second) - int(first < second)  # type: ignore[operator]
    except NetError as error:
        message = f'Could not compare "{to_string(None, left)}" to "{to_string(None, right)}". Error: "{error.message}"'
        raise language_error(message, "ComparisonFailure", value=left) from error
    except TypeError:
        shown = to_string(None, left)
        raise language_error(f'Cannot compare "{shown}" because it is not IComparable.', "NotIcomparable") from None


def _converted(engine: Engine | None, left: object, right: object) -> object:
    """Give the right operand as something the left one orders itself against."""
    if is_number(left) and not isinstance(right, bool):
        if isinstance(right, int | float | Decimal):
            return right
        number = scan_number(right) if isinstance(right, str) else None
        if number is not None:
            return number
    return convert_to(engine, right, type_of(left))


def _compare_null(left: object, right: object) -> int:
    """$null comes before everything but negative numbers."""
    if left is None and right is None:
        return 0
    if left is None:
        return 1 if is_number(right) and right < 0 else -1  # type: ignore[operator]
    return -1 if is_number(left) and left < 0 else 1  # type: ignore[operator]


def _less(engine: Engine | None, left: object, right: object, ignore_case: bool) -> bool:
    return compare(engine, left, right, ignore_case) < 0


def _less_or_equal(engine: Engine | None, left: object, right: object, ignore_case: bool) -> bool:
    return compare(engine, left, right, ignore_case) <= 0


def _greater(engine: Engine | None, left: object, right: object, ignore_case: bool) -> bool:
    return compare(engine, left, right, ignore_case) > 0


def _greater_or_equal(engine: Engine | None, left: object, right: object, ignore_case: bool) -> bool:
    return compare(engine, left, right, ignore_case) >= 0


def _not_equals(engine: Engine | None, left: object, right: object, ignore_case: bool) -> bool:
    return not equals(engine, left, right, ignore_case)


TESTS: dict[str, Test] = {
    "eq": equals,
    "ne": _not_equals,
    "lt": _less,
    "le": _less_or_equal,
    "gt": _greater,
    "ge": _greater_or_equal,
}


def filtering(test: Test, ignore_case: bool) -> Callable[[Engine | None, object, object], object]:
    """Make an operator of a test: a list on the left gives the items that pass."""

    def operate(engine: Engine | None, left: object, right: object) -> object:
        kind = type(left)
        if kind is not str and kind is not int:
            items = enumerate_value(left)
            if items is not None:
                return PSArray([item for item in items if test(engine, item, right, ignore_case)])
        return test(engine, left, right, ignore_case)

    return operate


def contains(engine: Engine | None, collection: object, item: object, ignore_case: bool = True) -> bool:
    """Tell whether a collection (or a single value) holds an item."""
    items = enumerate_value(collection)
    listed = [collection] if items is None else items
    return any(equals(engine, each, item, ignore_case) for each in listed)


def is_type(_engine: Engine | None, value: object, type_operand: object) -> bool:
    """``-is``."""
    return is_instance_of(unwrap(value) if not isinstance(value, PSArray) else value, _type_operand(type_operand))


def as_type(engine: Engine | None, value: object, type_operand: object) -> object:
    """``-as``: the conversion, or $null when it is impossible."""
    net = _type_operand(type_operand)
    try:
        return convert_to(engine, value, net)
    except NetError:
        return None


def _type_operand(operand: object) -> NetType:
    operand = unwrap(operand)
    if isinstance(operand, NetType):
        return operand
    name = to_string(None, operand)
    return find_type(name) or require_type(name)
