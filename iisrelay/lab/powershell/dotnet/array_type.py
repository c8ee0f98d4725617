"""System.Array: members of every array, and the static methods that sort, copy and search."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.block_calls import call_block
from iisrelay.lab.powershell.collections import Enumerator, ReadOnlyCollection
from iisrelay.lab.powershell.conversions import convert_to, default_value, one_or_array, to_bool, to_string
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, argument_error
from iisrelay.lab.powershell.nettypes import NetType, find_type, require_type, type_of
from iisrelay.lab.powershell.operators import compare, equals
from iisrelay.lab.powershell.values import Int64, MultiArray, PSArray, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iisrelay.lab.powershell.dotnet.comparison import StringComparer
    from iisrelay.lab.powershell.engine import Engine

    ArrayLike = PSArray | MultiArray

array = declare(
    "System.Array",
    bases=("System.Object", "System.ICloneable", "System.Collections.IList"),
    accelerators=("array",),
)
array.getter("Length", "Count")(len)
array.getter("LongLength")(lambda value: Int64(len(value)))
array.getter("Rank")(lambda value: len(value.lengths) if isinstance(value, MultiArray) else 1)
array.getter("SyncRoot")(lambda value: value)
array.getter("IsReadOnly", "IsSynchronized")(lambda _value: False)
array.getter("IsFixedSize")(lambda _value: True)


def _lengths(value: ArrayLike) -> tuple[int, ...]:
    return value.lengths if isinstance(value, MultiArray) else (len(value),)


@array.method("GetLength")
def get_length(value: ArrayLike, dimension: int) -> int:
    """Give the length of a dimension."""
    if not 0 <= dimension < len(_lengths(value)):
        raise _index_error()
    return _lengths(value)[dimension]


@array.method("GetUpperBound")
def get_upper_bound(value: ArrayLike, dimension: int) -> int:
    """Give the last index of a dimension."""
    return get_length(value, dimension) - 1


@array.method("GetLowerBound")
def get_lower_bound(_value: ArrayLike, _dimension: int) -> int:
    """Give the first index of a dimension."""
    return 0


def _index_error() -> NetError:
    return NetError("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")


@array.method("GetValue", "Get", "Item")
def get_value(value: ArrayLike, *indices: int) -> object:
    """Give the item at an index."""
    return value.items[_place(value, indices)]


def _place(value: ArrayLike, indices: tuple[int, ...]) -> int:
    """Give the place of an element among the items."""
    try:
        place = value.offset(indices) if isinstance(value, MultiArray) else indices[0]
    except IndexError:
        raise _index_error() from None
    if not 0 <= place < len(value.items):
        raise _index_error()
    return place


@array.method("SetValue")
def set_value(engine: Engine, value: ArrayLike, item: object, *indices: int) -> None:
    """Set the item at an index."""
    value.items[_place(value, indices)] = convert_to(engine, item, require_type(value.element))


@array.method("Clone")
def clone(value: ArrayLike) -> ArrayLike:
    """Copy the array; the items are shared."""
    if isinstance(value, MultiArray):
        copied = MultiArray(value.lengths, value.element, None)
        copied.items = list(value.items)
        return copied
    return PSArray(value.items, value.element)


@array.method("GetEnumerator")
def get_enumerator(value: ArrayLike) -> Enumerator:
    """Enumerate the items."""
    return Enumerator(value.items)


@array.method("Contains")
def contains(engine: Engine, value: ArrayLike, item: object) -> bool:
    """Tell whether an item is in the array, exactly."""
    return any(same_item(engine, each, item) for each in value.items)


def same_item(engine: Engine | None, left: object, right: object) -> bool:
    """Tell whether two items are equal as .NET's Equals has it: same type, same case; added members do not count."""
    left, right = unwrap(left), unwrap(right)
    return left is right or (type(left) is type(right) and equals(engine, left, right, False))


@array.method("IndexOf")
def index_of_item(engine: Engine, value: ArrayLike, item: object) -> int:
    """Find an item, or -1."""
    return next((place for place, each in enumerate(value.items) if same_item(engine, each, item)), -1)


def _fixed_size(_value: ArrayLike, *_arguments: object) -> None:
    """Refuse what would change the number of items."""
    raise NetError("System.NotSupportedException", "Collection was of a fixed size.")


array.method("Add", "Insert", "Remove", "RemoveAt")(_fixed_size)


@array.method("CopyTo")
def copy_to(value: ArrayLike, target: PSArray, start: int) -> None:
    """Copy all items into another array."""
    copy_part(value, 0, target, start, len(value))


@array.method("Initialize")
def initialize(_value: ArrayLike) -> None:
    """Do nothing: items hold their type's default already."""


@array.static("IndexOf")
def index_of(engine: Engine, value: PSArray, item: object, start: int = 0) -> int:
    """Find an item, or -1."""
    found = (place for place in range(start, len(value)) if same_item(engine, value.items[place], item))
    return next(found, -1)


@array.static("BinarySearch")
def binary_search(engine: Engine, value: PSArray, item: object) -> int:
    """Find an item in a sorted array; a negative number tells where it would stand."""
    low, high = 0, len(value) - 1
    while low <= high:
        middle = (low + high) // 2
        difference = compare(engine, value.items[middle], item, False)
        if difference == 0:
            return middle
        if difference < 0:
            low = middle + 1
        else:
            high = middle - 1
    return ~low


@array.static("LastIndexOf")
def last_index_of(engine: Engine, value: PSArray, item: object) -> int:
    """Find the last such item, or -1."""
    return max((place for place, each in enumerate(value.items) if same_item(engine, each, item)), default=-1)


def order(engine: Engine | None) -> Callable[[object], object]:
    """Give the key that sorts items as .NET's default comparer does."""

    def compare_items(left: object, right: object) -> int:
        return compare(engine, left, right, isinstance(left, str) and False)

    return cmp_to_key(compare_items)


def sort_items(engine: Engine | None, items: list[object]) -> None:
    """Sort a list in place."""
    try:
        items.sort(key=order(engine))  # type: ignore[arg-type]
    except NetError as error:
        raise NetError(
            "System.InvalidOperationException", "Failed to compare two elements in the array.", inner=error
        ) from error


@array.static("Sort")
def sort(engine: Engine, value: PSArray) -> None:
    """Sort in place."""
    sort_items(engine, value.items)


@array.static("Sort")
def sort_by_comparer(engine: Engine, value: PSArray, comparer: StringComparer) -> None:
    """Sort texts in place as a comparer orders them."""

    def difference(one: object, other: object) -> int:
        return comparer.compare(to_string(engine, one), to_string(engine, other))

    value.items.sort(key=cmp_to_key(difference))


@array.static("Sort")
def sort_with_companions(engine: Engine, value: PSArray, companions: PSArray) -> None:
    """Sort two arrays by the first."""
    key = order(engine)
    pairs = sorted(zip(value.items, companions.items, strict=True), key=lambda pair: key(pair[0]))  # type: ignore[arg-type,return-value]
    value.items[:] = [pair[0] for pair in pairs]
    companions.items[:] = [pair[1] for pair in pairs]


@array.static("Reverse")
def reverse(value: PSArray) -> None:
    """Reverse in place."""
    value.items.reverse()


@array.static("Reverse")
def reverse_part(value: PSArray, start: int, count: int) -> None:
    """Reverse a part in place."""
    value.items[start : start + count] = value.items[start : start + count][::-1]


@array.static("Copy")
def copy(source: PSArray, target: PSArray, count: int) -> None:
    """Copy the first items into another array."""
    copy_part(source, 0, target, 0, count)


@array.static("Copy")
def copy_part(source: ArrayLike, start: int, target: PSArray, place: int, count: int) -> None:
    """Copy a part into another array."""
    if count < 0 or start + count > len(source) or place + count > len(target):
        raise argument_error(
            "sourceArray" if start + count > len(source) else "destinationArray",
            "Source array was not long enough. Check srcIndex and length, and the array's lower bounds."
            if start + count > len(source)
            else "Destination array was not long enough. Check destIndex and length, and the array's lower bounds.",
        )
    element = require_type(target.element)
    target.items[place : place + count] = [
        convert_to(None, item, element) for item in source.items[start : start + count]
    ]


@array.static("Clear")
def clear(value: PSArray, start: int, count: int) -> None:
    """Set a part to the type's default."""
    value.items[start : start + count] = [default_value(require_type(value.element))] * count


@array.static("CreateInstance")
def create_instance(element: NetType, length: int) -> PSArray:
    """Make an array."""
    return PSArray([default_value(element)] * length, element.name)


@array.static("CreateInstance")
def create_grid(element: NetType, rows: int, columns: int) -> MultiArray:
    """Make an array of two dimensions."""
    return MultiArray((rows, columns), element.name, default_value(element))


@array.static("Resize")
def resize(engine: Engine, value: object, length: int) -> None:
    """Give the referenced array another length."""
    from iisrelay.lab.powershell.values import Reference  # noqa: PLC0415 - rare

    if not isinstance(value, Reference) or not isinstance(value.value, PSArray):
        raise argument_error("array")
    held = value.value
    filler = default_value(find_type(held.element) or type_of(engine))
    value.value = PSArray((held.items + [filler] * length)[:length], held.element)


@array.static("AsReadOnly")
def as_read_only(value: PSArray) -> ReadOnlyCollection:
    """Wrap the array in a collection that cannot be changed."""
    return ReadOnlyCollection(value.items)


def accepts(engine: Engine, test: object, item: object) -> bool:
    """Tell whether a script block (as a predicate) accepts an item."""
    return to_bool(PSArray(call_block(engine, test, [item], underscore=item)))


@array.static("Exists")
def exists(engine: Engine, value: PSArray, test: object) -> bool:
    """Tell whether a script block accepts any item."""
    return any(accepts(engine, test, item) for item in value)


@array.static("Find")
def find(engine: Engine, value: PSArray, test: object) -> object:
    """Give the first item that a script block accepts."""
    return next((item for item in value if accepts(engine, test, item)), None)


@array.static("FindAll")
def find_all(engine: Engine, value: PSArray, test: object) -> PSArray:
    """Give the items that a script block accepts."""
    return PSArray([item for item in value if accepts(engine, test, item)], value.element)


@array.static("TrueForAll")
def true_for_all(engine: Engine, value: PSArray, test: object) -> bool:
    """Tell whether a script block accepts every item."""
    return all(accepts(engine, test, item) for item in value)


@array.static("ConvertAll")
def convert_all(engine: Engine, value: PSArray, converter: object) -> PSArray:
    """Give what a script block makes of every item."""
    return PSArray(converted(engine, value, converter))


def converted(engine: Engine, items: Iterable[object], converter: object) -> list[object]:
    """Make something of every item by a script block."""
    return [one_or_array(call_block(engine, converter, [item], underscore=item)) for item in items]


@array.static("ForEach")
def for_each(engine: Engine, value: PSArray, action: object) -> None:
    """Run a script block for every item."""
    converted(engine, list(value), action)


@array.static("FindIndex")
def find_index(engine: Engine, value: PSArray, test: object) -> int:
    """Give the place of the first item that a script block accepts, or -1."""
    return next((place for place, item in enumerate(value) if accepts(engine, test, item)), -1)
