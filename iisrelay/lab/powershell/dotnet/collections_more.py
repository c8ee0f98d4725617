"""Queue, Stack, HashSet`1, SortedSet`1, StringCollection, NameValueCollection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList, Dictionary, Enumerator, enumerate_value, exact_key
from iisrelay.lab.powershell.conversions import convert_to
from iisrelay.lab.powershell.dotnet.array_type import same_item
from iisrelay.lab.powershell.dotnet.comparison import StringComparer
from iisrelay.lab.powershell.dotnet.list_types import declare_list_members
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.nettypes import NetType


class Queue:
    """A queue; ``type_arguments`` is empty for the untyped one."""

    def __init__(self, items: Iterable[object] = (), type_arguments: tuple[NetType, ...] = ()) -> None:
        self.items = list(items)
        self.type_arguments = type_arguments

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class GenericQueue(Queue):
    """System.Collections.Generic.Queue`1."""


class Stack(Queue):
    """A stack: the newest item first."""

    def __iter__(self) -> Iterator[object]:
        return reversed(self.items)


class GenericStack(Stack):
    """System.Collections.Generic.Stack`1."""


def add(engine: Engine, value: Queue, item: object) -> None:
    """Add an item at the end of a queue or on top of a stack."""
    value.items.append(convert_to(engine, item, value.type_arguments[0]) if value.type_arguments else item)


def _taken(value: Queue, *, keep: bool) -> object:
    if not value.items:
        name = "Stack" if isinstance(value, Stack) else "Queue"
        raise NetError("System.InvalidOperationException", f"{name} empty.")
    place = -1 if isinstance(value, Stack) else 0
    return value.items[place] if keep else value.items.pop(place)


def take(value: Queue) -> object:
    """Remove and give the next item."""
    return _taken(value, keep=False)


def peek(value: Queue) -> object:
    """Give the next item."""
    return _taken(value, keep=True)


def contains(engine: Engine, value: Queue, item: object) -> bool:
    """Tell whether an item is inside."""
    return any(same_item(engine, each, item) for each in value.items)


def clear(value: Queue) -> None:
    """Remove everything."""
    value.items.clear()


def to_array(value: Queue) -> PSArray:
    """Copy into an array."""
    return PSArray(value, value.type_arguments[0].name if value.type_arguments else "System.Object")


def get_enumerator(value: Iterable[object]) -> Enumerator:
    """Enumerate the items."""
    return Enumerator(value)


def _declare(name: str, python: type, add_name: str, take_name: str) -> None:
    declared = declare(name, python=python, bases=("System.Object", "System.Collections.ICollection"))
    generic = name.endswith("`1")
    declared.getter("Count")(len)
    members: dict[str, Callable[..., object]] = {
        add_name: add,
        take_name: take,
        "Peek": peek,
        "Contains": contains,
        "Clear": clear,
        "ToArray": to_array,
        "GetEnumerator": get_enumerator,
    }
    for member, function in members.items():
        declared.method(member)(function)
    if generic:
        declared.constructor(lambda type_arguments, source=None: python(enumerate_value(source) or (), type_arguments))
    else:
        declared.constructor(lambda source=None: python(enumerate_value(source) or ()))


_declare("System.Collections.Queue", Queue, "Enqueue", "Dequeue")
_declare("System.Collections.Stack", Stack, "Push", "Pop")
_declare("System.Collections.Generic.Queue`1", GenericQueue, "Enqueue", "Dequeue")
_declare("System.Collections.Generic.Stack`1", GenericStack, "Push", "Pop")


class HashSet:
    """A set of typed items; text tells upper case from lower unless a comparer says otherwise."""

    def __init__(
        self, type_arguments: tuple[NetType, ...], *, ignore_case: bool = False, is_sorted: bool = False
    ) -> None:
        self.type_arguments = type_arguments
        self.ignore_case = ignore_case
        self.is_sorted = is_sorted
        self.members: dict[object, object] = {}

    def key(self, item: object) -> object:
        """Give what an item is compared by."""
        return item.lower() if self.ignore_case and isinstance(item, str) else exact_key(item)

    def __iter__(self) -> Iterator[object]:
        keys = sorted(self.members) if self.is_sorted else list(self.members)  # type: ignore[type-var]
        return iter([self.members[key] for key in keys])

    def __len__(self) -> int:
        return len(self.members)


class SortedSet(HashSet):
    """System.Collections.Generic.SortedSet`1."""


def _declare_set(name: str, python: type[HashSet]) -> None:
    declared = declare(
        name, python=python, bases=("System.Object", "System.Collections.Generic.ICollection`1"), since="3.0"
    )
    declared.getter("Count")(len)
    members: dict[str, Callable[..., object]] = {
        "Add": set_add,
        "Remove": set_remove,
        "Contains": set_contains,
        "Clear": set_clear,
        "UnionWith": set_union,
        "ExceptWith": set_except,
        "IntersectWith": set_intersect,
        "IsSubsetOf": set_is_subset,
        "SetEquals": set_equals,
        "Overlaps": set_overlaps,
        "GetEnumerator": get_enumerator,
    }
    for member, function in members.items():
        declared.method(member)(function)

    @declared.constructor
    def new_set(type_arguments: tuple[NetType, ...], source: object = None, comparer: object = None) -> HashSet:
        ignore_case = any(isinstance(each, StringComparer) and each.ignore_case for each in (source, comparer))
        made = python(type_arguments, ignore_case=ignore_case, is_sorted=python is SortedSet)
        for item in enumerate_value(source) or ():
            set_add(None, made, item)
        return made


def set_add(engine: Engine | None, value: HashSet, item: object) -> bool:
    """Add an item; tell whether it is new."""
    item = convert_to(engine, item, value.type_arguments[0])
    new = value.key(item) not in value.members
    if new:
        value.members[value.key(item)] = item
    return new


def set_remove(engine: Engine, value: HashSet, item: object) -> bool:
    """Remove an item; tell whether it was there."""
    item = convert_to(engine, item, value.type_arguments[0])
    return value.members.pop(value.key(item), None) is not None


def set_contains(engine: Engine, value: HashSet, item: object) -> bool:
    """Tell whether an item is inside."""
    return value.key(convert_to(engine, item, value.type_arguments[0])) in value.members


def set_clear(value: HashSet) -> None:
    """Remove everything."""
    value.members.clear()


def _keys(value: HashSet, items: object) -> dict[object, object]:
    listed = [items] if (found := enumerate_value(items)) is None else found
    converted = (convert_to(None, item, value.type_arguments[0]) for item in listed)
    return {value.key(item): item for item in converted}


def set_union(value: HashSet, items: object) -> None:
    """Add several items."""
    value.members = {**_keys(value, items), **value.members}


def set_except(value: HashSet, items: object) -> None:
    """Remove several items."""
    for key in _keys(value, items):
        value.members.pop(key, None)


def set_intersect(value: HashSet, items: object) -> None:
    """Keep what is in both."""
    keys = _keys(value, items)
    value.members = {key: item for key, item in value.members.items() if key in keys}


def set_is_subset(value: HashSet, items: object) -> bool:
    """Tell whether all items are in another collection."""
    return value.members.keys() <= _keys(value, items).keys()


def set_equals(value: HashSet, items: object) -> bool:
    """Tell whether both hold the same items."""
    return value.members.keys() == _keys(value, items).keys()


def set_overlaps(value: HashSet, items: object) -> bool:
    """Tell whether any item is in both."""
    return bool(value.members.keys() & _keys(value, items).keys())


_declare_set("System.Collections.Generic.HashSet`1", HashSet)
_declare_set("System.Collections.Generic.SortedSet`1", SortedSet)


class StringCollection(ArrayList):
    """System.Collections.Specialized.StringCollection."""

    __slots__ = ()


string_collection = declare(
    "System.Collections.Specialized.StringCollection", python=StringCollection, bases=("System.Collections.IList",)
)
declare_list_members(string_collection)
string_collection.constructor(lambda: StringCollection())  # noqa: PLW0108 - the class takes items


class NameValueCollection(Dictionary):
    """System.Collections.Specialized.NameValueCollection."""

    __slots__ = ()


name_values = declare("System.Collections.Specialized.NameValueCollection", python=NameValueCollection)
name_values.constructor(lambda: NameValueCollection())  # noqa: PLW0108 - as above
name_values.getter("Count")(len)
name_values.getter("Keys", "AllKeys")(lambda value: PSArray(value.keys(), "System.String"))
name_values.method("Clear")(lambda value: value.clear())
name_values.method("Get", "Item")(lambda value, name: value.get(name))
name_values.method("Remove")(lambda value, name: value.pop(name) and None)


@name_values.method("Add")
def add_value(value: NameValueCollection, name: str, text: str) -> None:
    """Add a value to a name; several stand with commas."""
    value[name] = f"{value[name]},{text}" if name in value else text


@name_values.method("Set", "set_Item")
def set_value(value: NameValueCollection, name: str, text: str) -> None:
    """Set the value of a name."""
    value[name] = text
