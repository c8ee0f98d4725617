"""The collections that are more than a Python list: dictionaries with .NET's rules for keys, and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSArray, PSObjectWrapper, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.nettypes import NetType


def fold_key(key: object) -> object:
    """Give what a key is compared by: strings without case, numbers with their type, objects by identity or value."""
    kind = type(key)
    if kind is str:
        return key.lower()  # type: ignore[attr-defined]
    if kind is PSObjectWrapper:
        return fold_key(unwrap(key))
    return key if kind is int else (kind, key)


def exact_key(key: object) -> object:
    """Give what a key is compared by in a collection that tells upper case from lower."""
    kind = type(key)
    if kind is PSObjectWrapper:
        return exact_key(unwrap(key))
    return key if kind is str or kind is int else (kind, key)


class DictionaryEntry:
    """System.Collections.DictionaryEntry, and KeyValuePair of generic dictionaries."""

    __slots__ = ("key", "type_arguments", "value")

    def __init__(self, key: object, value: object, type_arguments: tuple[NetType, ...] = ()) -> None:
        self.key = key
        self.value = value
        self.type_arguments = type_arguments


class KeyValuePair(DictionaryEntry):
    """System.Collections.Generic.KeyValuePair`2."""

    __slots__ = ()


class Dictionary:
    """What all dictionaries share; they do not unroll in a pipeline. Keys keep the order in which they came."""

    __slots__ = ("_entries", "changes", "fold")

    def __init__(self, pairs: Iterable[tuple[object, object]] = (), *, case_sensitive: bool = False) -> None:
        self.fold = exact_key if case_sensitive else fold_key
        self._entries: dict[object, tuple[object, object]] = {}
        self.changes = 0  # so far: enumerators stop when the number changes
        for key, value in pairs:
            self[key] = value

    def __getitem__(self, key: object) -> object:
        return self._entries[self.fold(key)][1]

    def __setitem__(self, key: object, value: object) -> None:
        folded = self.fold(key)
        entry = self._entries.get(folded)
        self._entries[folded] = (unwrap(key) if entry is None else entry[0], value)
        self.changes += 1

    def __delitem__(self, key: object) -> None:
        self.changes += 1
        del self._entries[self.fold(key)]

    def __contains__(self, key: object) -> bool:
        return self.fold(key) in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[object]:
        return iter(self.keys())

    def get(self, key: object, default: object = None) -> object:
        """Give the value under a key, or the default."""
        entry = self._entries.get(self.fold(key))
        return default if entry is None else entry[1]

    def pop(self, key: object, default: object = None) -> object:
        """Remove a key and give its value, or the default."""
        entry = self._entries.pop(self.fold(key), None)
        self.changes += entry is not None
        return default if entry is None else entry[1]

    def keys(self) -> list[object]:
        """List the keys as they were written."""
        return [key for key, _ in self._entries.values()]

    def values(self) -> list[object]:
        """List the values."""
        return [value for _, value in self._entries.values()]

    def items(self) -> list[tuple[object, object]]:
        """List (key, value)."""
        return list(self._entries.values())

    def clear(self) -> None:
        """Remove everything."""
        self._entries.clear()
        self.changes += 1

    def entries(self) -> list[DictionaryEntry]:
        """List the entries as the objects that enumeration gives."""
        return [DictionaryEntry(key, value) for key, value in self._entries.values()]


class Hashtable(Dictionary):
    """System.Collections.Hashtable; ``@{}`` ignores the case of string keys, ``New-Object Hashtable`` does not."""

    __slots__ = ()

    def copy(self) -> Hashtable:
        """Copy the table; the values are shared."""
        copied = Hashtable(self.items())
        copied.fold = self.fold
        return copied


class OrderedDictionary(Dictionary):
    """System.Collections.Specialized.OrderedDictionary: ``[ordered]@{}``; also reached by position."""

    __slots__ = ()

    def at(self, position: int) -> object:
        """Give the value at a position."""
        return list(self._entries.values())[position][1]

    def set_at(self, position: int, value: object) -> None:
        """Replace the value at a position."""
        folded = list(self._entries)[position]
        self._entries[folded] = (self._entries[folded][0], value)

    def insert(self, position: int, key: object, value: object) -> None:
        """Insert a new entry at a position."""
        entries = list(self._entries.items())
        entries.insert(position, (self.fold(key), (key, value)))
        self._entries = dict(entries)

    def remove_at(self, position: int) -> None:
        """Remove the entry at a position."""
        del self._entries[list(self._entries)[position]]


class SortedList(Dictionary):
    """System.Collections.SortedList: enumerates by key."""

    __slots__ = ()

    def ordered(self) -> list[tuple[object, object]]:
        """List (key, value) in the order of the keys: text by folded text, numbers by value."""
        return sorted(self._entries.values(), key=lambda entry: (isinstance(entry[0], str), self.fold(entry[0])))

    def keys(self) -> list[object]:
        """List the keys in order."""
        return [key for key, _ in self.ordered()]

    def values(self) -> list[object]:
        """List the values in the order of their keys."""
        return [value for _, value in self.ordered()]

    def items(self) -> list[tuple[object, object]]:
        """List (key, value) in order."""
        return self.ordered()

    def entries(self) -> list[DictionaryEntry]:
        """List the entries in order."""
        return [DictionaryEntry(key, value) for key, value in self.ordered()]


class GenericDictionary(Dictionary):
    """System.Collections.Generic.Dictionary`2; string keys keep their case unless a comparer says otherwise."""

    __slots__ = ("type_arguments",)

    def __init__(self, type_arguments: tuple[NetType, ...], *, case_sensitive: bool = True) -> None:
        super().__init__(case_sensitive=case_sensitive)
        self.type_arguments = type_arguments

    def entries(self) -> list[DictionaryEntry]:
        """List the entries as KeyValuePair objects."""
        return [KeyValuePair(key, value, self.type_arguments) for key, value in self.items()]


class SortedGenericDictionary(GenericDictionary, SortedList):
    """System.Collections.Generic.SortedDictionary`2."""

    __slots__ = ()

    def entries(self) -> list[DictionaryEntry]:
        """List the entries in order, as KeyValuePair objects."""
        return [KeyValuePair(key, value, self.type_arguments) for key, value in self.ordered()]


class ArrayList:
    """System.Collections.ArrayList."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[object] = ()) -> None:
        self.items: list[object] = list(items)

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def changes(self) -> int:
        """What tells enumerators that items came or went."""
        return len(self.items)


class GenericList(ArrayList):
    """System.Collections.Generic.List`1."""

    __slots__ = ("type_arguments",)

    def __init__(self, type_arguments: tuple[NetType, ...], items: Iterable[object] = ()) -> None:
        super().__init__(items)
        self.type_arguments = type_arguments

    @property
    def element(self) -> NetType:
        """The type of the items."""
        return self.type_arguments[0]


class ReadOnlyCollection(ArrayList):
    """A collection that only enumerates and indexes: keys, values, matches."""

    __slots__ = ("net_type",)

    def __init__(self, items: Iterable[object], net_type: str = "System.Collections.ICollection") -> None:
        super().__init__(items)
        self.net_type = net_type


class DictionaryView(ReadOnlyCollection):
    """What the keys and the values of a dictionary share."""

    __slots__ = ("owner",)

    def __init__(self, items: Iterable[object], owner: Dictionary) -> None:
        super().__init__(items)
        self.owner = owner


class KeyCollection(DictionaryView):
    """The keys of a dictionary."""

    __slots__ = ()


class ValueCollection(DictionaryView):
    """The values of a dictionary."""

    __slots__ = ()


class Enumerator:
    """An IEnumerator: MoveNext, Current, Reset; it unrolls in a pipeline. It fails once its collection has changed."""

    def __init__(self, items: Iterable[object], owner: Dictionary | ArrayList | None = None) -> None:
        self.items = list(items)
        self.position = -1
        self.owner = owner
        self.mark = None if owner is None else owner.changes

    def __iter__(self) -> Iterator[object]:
        while self.move_next():
            yield self.items[self.position]

    def move_next(self) -> bool:
        """Step to the next item; tell whether there is one."""
        if self.owner is not None and self.owner.changes != self.mark:
            raise NetError(
                "System.InvalidOperationException",
                "Collection was modified; enumeration operation may not execute.",
            )
        self.position = min(self.position + 1, len(self.items))
        return self.position < len(self.items)

    @property
    def current(self) -> object:
        """The item the enumerator stands at."""
        return self.items[self.position] if 0 <= self.position < len(self.items) else None


def enumerator_over(value: object) -> Enumerator:
    """Give what ``foreach`` and ``switch`` step through: the items, or the value itself where it stays whole."""
    if isinstance(value, Enumerator):
        return value
    items = enumerate_value(value)
    if isinstance(value, DictionaryView):
        return Enumerator(value.items, value.owner)
    if isinstance(value, ArrayList) and not isinstance(value, ReadOnlyCollection):
        return Enumerator(value.items, value)
    return Enumerator((value,) if items is None else items)


def enumerate_value(value: object) -> Iterator[object] | None:
    """Give the items that a pipeline sees one by one, or None for a value that stays whole (strings, dictionaries)."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return None
    if kind is PSArray or kind is ArrayList:
        return iter(value.items)  # type: ignore[attr-defined,no-any-return]
    if isinstance(value, str | Dictionary):
        return None
    if kind is PSObjectWrapper:
        return enumerate_value(value.value)  # type: ignore[attr-defined]
    if not isinstance(value, Iterable):
        return None
    items: Iterator[object] = iter(value)
    return items
