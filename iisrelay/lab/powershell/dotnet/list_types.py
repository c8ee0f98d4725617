"""ArrayList, List`1, HashSet`1, Queue, Stack, StringCollection, and what collections and enumerators share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import (
    ArrayList,
    Enumerator,
    GenericList,
    KeyCollection,
    ReadOnlyCollection,
    ValueCollection,
    enumerate_value,
)
from iisrelay.lab.powershell.conversions import convert_to
from iisrelay.lab.powershell.dotnet.array_type import accepts, binary_search, converted, same_item, sort_items
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare
from iisrelay.lab.powershell.errors import out_of_range
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.nettypes import NetType

_LIST = ("System.Object", "System.Collections.IList", "System.ICloneable")
_GENERIC_LIST = ("System.Object", "System.Collections.IList", "System.Collections.Generic.IList`1")

array_list = declare("System.Collections.ArrayList", python=ArrayList, bases=_LIST)
generic_list = declare("System.Collections.Generic.List`1", python=GenericList, bases=_GENERIC_LIST)


def _item(engine: Engine | None, value: ArrayList, item: object) -> object:
    return convert_to(engine, item, value.element) if isinstance(value, GenericList) else item


def _items(engine: Engine | None, value: ArrayList, items: object) -> list[object]:
    listed = enumerate_value(items)
    return [_item(engine, value, item) for item in ([items] if listed is None else listed)]


def _checked(value: ArrayList, place: int, *, end: bool = False) -> None:
    if not 0 <= place < len(value.items) + end:
        raise out_of_range(
            "index", "Index was out of range. Must be non-negative and less than the size of the collection."
        )


def add(engine: Engine, value: ArrayList, item: object) -> int | None:
    """Add an item; an ArrayList gives its place."""
    value.items.append(_item(engine, value, item))
    return None if isinstance(value, GenericList) else len(value.items) - 1


def add_range(engine: Engine, value: ArrayList, items: object) -> None:
    """Add several items."""
    value.items.extend(_items(engine, value, items))


def insert(engine: Engine, value: ArrayList, place: int, item: object) -> None:
    """Insert an item at a place."""
    _checked(value, place, end=True)
    value.items.insert(place, _item(engine, value, item))


def insert_range(engine: Engine, value: ArrayList, place: int, items: object) -> None:
    """Insert several items at a place."""
    _checked(value, place, end=True)
    value.items[place:place] = _items(engine, value, items)


def index_of(engine: Engine, value: ArrayList, item: object) -> int:
    """Find an item, or -1."""
    wanted = _item(engine, value, item)
    return next((place for place, each in enumerate(value.items) if same_item(engine, each, wanted)), -1)


def last_index_of(engine: Engine, value: ArrayList, item: object) -> int:
    """Find the last such item, or -1."""
    return max((place for place, each in enumerate(value.items) if same_item(engine, each, item)), default=-1)


def contains(engine: Engine, value: ArrayList, item: object) -> bool:
    """Tell whether an item is in the list."""
    return index_of(engine, value, item) >= 0


def remove(engine: Engine, value: ArrayList, item: object) -> bool | None:
    """Remove the first such item; a generic list tells whether there was one."""
    place = index_of(engine, value, item)
    if place >= 0:
        del value.items[place]
    return place >= 0 if isinstance(value, GenericList) else None


def remove_at(value: ArrayList, place: int) -> None:
    """Remove the item at a place."""
    _checked(value, place)
    del value.items[place]


def remove_range(value: ArrayList, place: int, count: int) -> None:
    """Remove several items from a place on."""
    del value.items[place : place + count]


def get_range(value: ArrayList, place: int, count: int) -> ArrayList:
    """Give a part as a list."""
    part = value.items[place : place + count]
    return GenericList(value.type_arguments, part) if isinstance(value, GenericList) else ArrayList(part)


def clear(value: ArrayList) -> None:
    """Remove everything."""
    value.items.clear()


def reverse(value: ArrayList) -> None:
    """Reverse in place."""
    value.items.reverse()


def sort(engine: Engine, value: ArrayList, _comparer: object = None) -> None:
    """Sort in place."""
    sort_items(engine, value.items)


def get_item(value: ArrayList, place: int) -> object:
    """Give the item at a place."""
    _checked(value, place)
    return value.items[place]


def set_item(engine: Engine, value: ArrayList, place: int, item: object) -> None:
    """Set the item at a place."""
    _checked(value, place)
    value.items[place] = _item(engine, value, item)


def to_array(value: ArrayList, element: NetType | None = None) -> PSArray:
    """Copy into an array."""
    kind = value.element if isinstance(value, GenericList) else element
    items = value.items if kind is None else [convert_to(None, item, kind) for item in value.items]
    return PSArray(items, kind.name if kind is not None else "System.Object")


def clone(value: ArrayList) -> ArrayList:
    """Copy the list; the items are shared."""
    return get_range(value, 0, len(value.items))


def copy_to(value: ArrayList, target: PSArray, start: int = 0) -> None:
    """Copy all items into an array."""
    target.items[start : start + len(value.items)] = value.items


def get_enumerator(value: ArrayList) -> Enumerator:
    """Enumerate the items."""
    return Enumerator(value)


def search(engine: Engine, value: ArrayList, item: object) -> int:
    """Find an item in a sorted list; a negative number tells where it would stand."""
    return binary_search(engine, PSArray(value.items), item)


_READ: dict[Callable[..., object], tuple[str, ...]] = {
    index_of: ("IndexOf",),
    last_index_of: ("LastIndexOf",),
    contains: ("Contains",),
    search: ("BinarySearch",),
    get_range: ("GetRange",),
    get_item: ("Item", "get_Item"),
    to_array: ("ToArray",),
    copy_to: ("CopyTo",),
    get_enumerator: ("GetEnumerator",),
}
_WRITE: dict[Callable[..., object], tuple[str, ...]] = {
    add: ("Add",),
    add_range: ("AddRange",),
    insert: ("Insert",),
    insert_range: ("InsertRange",),
    remove: ("Remove",),
    remove_at: ("RemoveAt",),
    remove_range: ("RemoveRange",),
    clear: ("Clear",),
    reverse: ("Reverse",),
    sort: ("Sort",),
    set_item: ("set_Item",),
    clone: ("Clone",),
}


def declare_list_members(declared: Declaration, *, read_only_list: bool = False) -> None:
    """Add the members of a list."""
    declared.getter("Count")(len)
    declared.getter("IsReadOnly", "IsFixedSize")(lambda _value: read_only_list)
    declared.getter("IsSynchronized")(lambda _value: False)
    declared.getter("SyncRoot")(lambda value: value)
    for function, names in (_READ if read_only_list else _READ | _WRITE).items():
        declared.method(*names)(function)


declare_list_members(array_list)
declare_list_members(generic_list)
array_list.getter("Capacity")(lambda value: max(4, len(value)))
generic_list.getter("Capacity")(lambda value: max(4, len(value)))


@array_list.constructor
def new_array_list(source: object = None) -> ArrayList:
    """Make a list, of a collection's items or with a capacity."""
    items = enumerate_value(source)
    return ArrayList(items if items is not None else ())


@array_list.static("Adapter")
def adapter(source: object) -> ArrayList:
    """Give a list over a collection's items."""
    return ArrayList(enumerate_value(source) or ())


@generic_list.constructor
def new_generic_list(type_arguments: tuple[NetType, ...], source: object = None) -> GenericList:
    """Make a typed list, of a collection's items or with a capacity."""
    items = enumerate_value(source) or ()
    return GenericList(type_arguments, [convert_to(None, item, type_arguments[0]) for item in items])


@generic_list.method("FindAll")
def find_all(engine: Engine, value: GenericList, test: object) -> GenericList:
    """Give the items that a script block accepts."""
    return GenericList(value.type_arguments, [item for item in value if accepts(engine, test, item)])


@generic_list.method("Find")
def find(engine: Engine, value: GenericList, test: object) -> object:
    """Give the first item that a script block accepts."""
    return next((item for item in value if accepts(engine, test, item)), None)


@generic_list.method("Exists")
def exists(engine: Engine, value: GenericList, test: object) -> bool:
    """Tell whether a script block accepts any item."""
    return any(accepts(engine, test, item) for item in value)


@generic_list.method("RemoveAll")
def remove_all(engine: Engine, value: GenericList, test: object) -> int:
    """Remove the items that a script block accepts; give their number."""
    kept = [item for item in value.items if not accepts(engine, test, item)]
    removed = len(value.items) - len(kept)
    value.items[:] = kept
    return removed


@generic_list.method("ForEach")
def for_each(engine: Engine, value: GenericList, action: object) -> None:
    """Run a script block for every item."""
    converted(engine, list(value.items), action)


@generic_list.method("ConvertAll")
def convert_all(engine: Engine, value: GenericList, converter: object) -> ArrayList:
    """Give what a script block makes of every item."""
    return ArrayList(converted(engine, value, converter))


@generic_list.method("TrueForAll")
def true_for_all(engine: Engine, value: GenericList, test: object) -> bool:
    """Tell whether a script block accepts every item."""
    return all(accepts(engine, test, item) for item in value)


@generic_list.method("FindIndex")
def find_index(engine: Engine, value: GenericList, test: object) -> int:
    """Give the place of the first item that a script block accepts, or -1."""
    return next((place for place, item in enumerate(value) if accepts(engine, test, item)), -1)


collection = declare("System.Collections.ReadOnlyCollectionBase", python=ReadOnlyCollection, bases=_LIST[:2])
declare_list_members(collection, read_only_list=True)
for _python in (KeyCollection, ValueCollection):
    declare(
        f"System.Collections.Hashtable+{_python.__name__}",
        python=_python,
        bases=("System.Collections.ReadOnlyCollectionBase",),
    )

enumerator = declare(
    "System.Collections.Enumerator", python=Enumerator, bases=("System.Object", "System.Collections.IEnumerator")
)
enumerator.getter("Current")(lambda value: value.current)
enumerator.getter("Key", "Name")(lambda value: getattr(value.current, "key", None))
enumerator.getter("Value")(lambda value: getattr(value.current, "value", None))


@enumerator.method("MoveNext")
def move_next(value: Enumerator) -> bool:
    """Step to the next item."""
    return value.move_next()


@enumerator.method("Reset")
def reset(value: Enumerator) -> None:
    """Go back before the first item."""
    value.position = -1


@enumerator.method("Dispose")
def dispose(_value: Enumerator) -> None:
    """Nothing to release."""
