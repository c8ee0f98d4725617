"""Hashtable, OrderedDictionary, SortedList, generic dictionaries and their entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import (
    Dictionary,
    DictionaryEntry,
    Enumerator,
    GenericDictionary,
    Hashtable,
    KeyCollection,
    KeyValuePair,
    OrderedDictionary,
    SortedGenericDictionary,
    SortedList,
    ValueCollection,
)
from iisrelay.lab.powershell.conversions import convert_to, to_string
from iisrelay.lab.powershell.dotnet.array_type import same_item
from iisrelay.lab.powershell.dotnet.comparison import StringComparer
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare
from iisrelay.lab.powershell.errors import NetError, argument_null, out_of_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.nettypes import NetType
    from iisrelay.lab.powershell.values import PSArray, Reference

_BASES = ("System.Object", "System.Collections.IDictionary", "System.ICloneable")
_GENERIC = ("System.Collections.IDictionary", "System.Collections.Generic.IDictionary`2")

hashtable = declare("System.Collections.Hashtable", python=Hashtable, bases=_BASES, accelerators=("hashtable",))
ordered = declare("System.Collections.Specialized.OrderedDictionary", python=OrderedDictionary, bases=_BASES[:2])
sorted_list = declare("System.Collections.SortedList", python=SortedList, bases=_BASES)
generic = declare(
    "System.Collections.Generic.Dictionary`2", python=GenericDictionary, bases=("System.Object", *_GENERIC)
)
sorted_generic = declare(
    "System.Collections.Generic.SortedDictionary`2",
    python=SortedGenericDictionary,
    bases=("System.Object", *_GENERIC),
)


def _typed(engine: Engine | None, value: Dictionary, key: object, item: object = None) -> tuple[object, object]:
    """Convert key and value to what a generic dictionary declares."""
    if not isinstance(value, GenericDictionary):
        return key, item
    key_type, item_type = value.type_arguments
    return convert_to(engine, key, key_type), convert_to(engine, item, item_type) if item is not None else None


def declare_dictionary_members(declared: Declaration) -> None:
    """Add the members of a dictionary."""
    declared.getter("Count")(len)
    declared.getter("Keys")(lambda value: KeyCollection(value.keys(), value))
    declared.getter("Values")(lambda value: ValueCollection(value.values(), value))
    declared.getter("IsReadOnly", "IsFixedSize", "IsSynchronized")(lambda _value: False)
    declared.getter("SyncRoot")(lambda value: value)
    for function, names in _METHODS.items():
        declared.method(*names)(function)


def add(engine: Engine, value: Dictionary, key: object, item: object) -> None:
    """Add an entry; a key that is there already is an error."""
    if key is None:
        raise argument_null("key")
    key, item = _typed(engine, value, key, item)
    if key in value:
        raise NetError("System.ArgumentException", _duplicate(value, key))
    value[key] = item


def _duplicate(value: Dictionary, key: object) -> str:
    if isinstance(value, GenericDictionary):
        return "An item with the same key has already been added."
    shown = to_string(None, key)
    known = next((to_string(None, each) for each in value if value.fold(each) == value.fold(key)), shown)
    return f"Item has already been added. Key in dictionary: '{known}'  Key being added: '{shown}'"


def remove(engine: Engine, value: Dictionary, key: object) -> bool | None:
    """Remove a key; generic dictionaries tell whether it was there."""
    key, _ = _typed(engine, value, key)
    found = key in value
    value.pop(key)
    return found if isinstance(value, GenericDictionary) else None


def clear(value: Dictionary) -> None:
    """Remove everything."""
    value.clear()


def contains_key(engine: Engine, value: Dictionary, key: object) -> bool:
    """Tell whether a key is there."""
    if key is None:
        raise argument_null("key")
    return _typed(engine, value, key)[0] in value


def contains_value(engine: Engine, value: Dictionary, item: object) -> bool:
    """Tell whether a value is there."""
    return any(same_item(engine, each, item) for each in value.values())


def get_item(engine: Engine, value: Dictionary, key: object) -> object:
    """Give the value under a key."""
    key, _ = _typed(engine, value, key)
    if isinstance(value, GenericDictionary) and key not in value:
        message = "The given key was not present in the dictionary."
        raise NetError("System.Collections.Generic.KeyNotFoundException", message)
    if isinstance(value, OrderedDictionary) and isinstance(key, int) and key not in value:
        return value.at(key)
    return value.get(key)


def set_item(engine: Engine, value: Dictionary, key: object, item: object) -> None:
    """Set the value under a key."""
    key, item = _typed(engine, value, key, item)
    value[key] = item


def get_enumerator(value: Dictionary) -> Enumerator:
    """Enumerate the entries."""
    return Enumerator(value.entries(), value)


def clone(value: Dictionary) -> Dictionary:
    """Copy the dictionary; the values are shared."""
    made = type(value)(())
    made.fold = value.fold
    for key, item in value.items():
        made[key] = item
    return made


def copy_to(value: Dictionary, target: PSArray, start: int) -> None:
    """Copy the entries into an array."""
    target.items[start : start + len(value)] = value.entries()


_METHODS: dict[Callable[..., object], tuple[str, ...]] = {
    add: ("Add",),
    remove: ("Remove",),
    clear: ("Clear",),
    contains_key: ("ContainsKey", "Contains"),
    contains_value: ("ContainsValue",),
    get_item: ("Item", "get_Item"),
    set_item: ("set_Item",),
    get_enumerator: ("GetEnumerator",),
    copy_to: ("CopyTo",),
}
for _declared in (hashtable, ordered, sorted_list, generic, sorted_generic):
    declare_dictionary_members(_declared)
for _declared in (hashtable, sorted_list):
    _declared.method("Clone")(clone)


def _ignores_case(comparer: object) -> bool:
    return isinstance(comparer, StringComparer) and comparer.ignore_case


@hashtable.constructor
def new_hashtable(source: object = None, comparer: object = None) -> Hashtable:
    """Make a table (of a dictionary's entries); string keys keep their case unless a comparer says otherwise."""
    pairs = source.items() if isinstance(source, Dictionary) else ()
    ignore_case = _ignores_case(source) or _ignores_case(comparer)
    return Hashtable(pairs, case_sensitive=not ignore_case)


@ordered.constructor
def new_ordered(source: object = None) -> OrderedDictionary:
    """Make an ordered dictionary; string keys keep their case unless a comparer says otherwise."""
    return OrderedDictionary(case_sensitive=not _ignores_case(source))


@sorted_list.constructor
def new_sorted_list(source: object = None) -> SortedList:
    """Make a sorted list (of a dictionary's entries)."""
    return SortedList(source.items() if isinstance(source, Dictionary) else (), case_sensitive=True)


@generic.constructor
def new_generic(type_arguments: tuple[NetType, ...], source: object = None) -> GenericDictionary:
    """Make a generic dictionary (of another dictionary's entries)."""
    made = GenericDictionary(type_arguments, case_sensitive=not _ignores_case(source))
    if isinstance(source, Dictionary):
        for key, item in source.items():
            made[convert_to(None, key, type_arguments[0])] = convert_to(None, item, type_arguments[1])
    return made


@generic.method("TryGetValue")
def try_get_value(engine: Engine, value: GenericDictionary, key: object, result: Reference) -> bool:
    """Give a value through a reference; tell whether the key was there."""
    key, _ = _typed(engine, value, key)
    result.value = value.get(key)
    return key in value


@hashtable.static("Synchronized")
def synchronized(value: Hashtable) -> Hashtable:
    """Give the table: scripts of the lab run one after the other anyway."""
    return value


@sorted_generic.constructor
def new_sorted_generic(type_arguments: tuple[NetType, ...], source: object = None) -> SortedGenericDictionary:
    """Make a generic dictionary that enumerates by key."""
    made = SortedGenericDictionary(type_arguments, case_sensitive=not _ignores_case(source))
    if isinstance(source, Dictionary):
        for key, item in source.items():
            made[convert_to(None, key, type_arguments[0])] = convert_to(None, item, type_arguments[1])
    return made


@ordered.method("Insert")
def insert(value: OrderedDictionary, place: int, key: object, item: object) -> None:
    """Insert an entry at a place."""
    if not 0 <= place <= len(value):
        raise out_of_range("index")
    if key in value:
        raise NetError("System.ArgumentException", _duplicate(value, key))
    value.insert(place, key, item)


@ordered.method("RemoveAt")
def remove_at(value: OrderedDictionary, place: int) -> None:
    """Remove the entry at a place."""
    if not 0 <= place < len(value):
        raise out_of_range("index")
    value.remove_at(place)


@sorted_list.method("GetByIndex")
def get_by_index(value: SortedList, place: int) -> object:
    """Give the value at a place of the order."""
    return value.values()[place]


@sorted_list.method("IndexOfKey")
def index_of_key(value: SortedList, key: object) -> int:
    """Give the place of a key in the order, or -1."""
    folded = [value.fold(each) for each in value]
    return folded.index(value.fold(key)) if key in value else -1


@sorted_list.method("RemoveAt")
def remove_place(value: SortedList, place: int) -> None:
    """Remove the entry at a place of the order."""
    if not 0 <= place < len(value):
        raise out_of_range("index")
    del value[value.keys()[place]]


@sorted_list.method("GetKey")
def get_key(value: SortedList, place: int) -> object:
    """Give the key at a place of the order."""
    return value.keys()[place]


entry = declare(
    "System.Collections.DictionaryEntry", python=DictionaryEntry, bases=("System.ValueType",), value_type=True
)
pair = declare(
    "System.Collections.Generic.KeyValuePair`2", python=KeyValuePair, bases=("System.ValueType",), value_type=True
)
for _declared in (entry, pair):
    _declared.properties("Key", "Value")
entry.getter("Name")(lambda value: value.key)


@entry.setter("Value")
def set_entry_value(value: DictionaryEntry, item: object) -> None:
    """Set the entry's value."""
    value.value = item


@entry.constructor
def new_entry(key: object, value: object) -> DictionaryEntry:
    """Make an entry."""
    return DictionaryEntry(key, value)
