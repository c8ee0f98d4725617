"""``$entry.Properties`` and what it gives: PropertyCollection and PropertyValueCollection."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import DictionaryEntry
from iisrelay.lab.powershell.conversions import to_bool
from iisrelay.lab.powershell.errors import NetError, out_of_range
from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.windows.adsi.cache import PutOperation
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.metabase.failures import PROPERTY_NOT_FOUND, PROPERTY_NOT_SUPPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.windows.adsi.directory_entry import DirectoryEntry

_ABSENT = (PROPERTY_NOT_FOUND, PROPERTY_NOT_SUPPORTED)


class PropertyValueCollection(LateBound):
    """The values of one property; a change goes to the entry's cache at once."""

    net_type = "System.DirectoryServices.PropertyValueCollection"

    def __init__(self, entry: DirectoryEntry, name: str) -> None:
        self.entry = entry
        self.name = name
        self.items = _values(entry, name)

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return to_bool(PSArray(self.items))

    @property
    def value(self) -> object:
        """The value: nothing, the one, or an array of several."""
        if not self.items:
            return None
        return self.items[0] if len(self.items) == 1 else PSArray(self.items)

    def set_value(self, value: object) -> None:
        """Replace the values; None deletes the property's own value."""
        plain = unwrap(value)
        self.clear()
        if plain is not None:
            is_list = isinstance(plain, PSArray) and plain.element != "System.Byte"
            self._replace(list(plain) if is_list else [value])  # type: ignore[call-overload]

    def clear(self) -> None:
        """Delete the property's own value."""
        self.items = []
        self.entry.native.put_ex(PutOperation.CLEAR, self.name, [])

    def read(self, name: str) -> object:
        """Give Value, Count, PropertyName or Capacity."""
        known: dict[str, object] = {
            "value": self.value,
            "count": len(self.items),
            "length": len(self.items),
            "propertyname": self.name,
        }
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]

    def assign(self, name: str, value: object) -> None:
        """Set Value."""
        if name.lower() != "value":
            raise AttributeError(name)
        self.set_value(value)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call one of the list's methods."""
        method = self._methods.get(name.lower())
        if method is None:
            raise AttributeError(name)
        return method(*arguments)

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        properties = [(name, "Property") for name in ("Value", "Count", "PropertyName")]
        return [*properties, *((name, "Method") for name in ("Add", "AddRange", "Clear", "Contains", "Remove"))]

    @cached_property
    def _methods(self) -> dict[str, Callable[..., object]]:
        return {
            "add": self._add,
            "addrange": lambda values: self._replace([*self.items, *list(unwrap(values))]),  # type: ignore[call-overload]
            "clear": self.clear,
            "contains": lambda value: unwrap(value) in self.items,
            "indexof": lambda value: self.items.index(unwrap(value)) if unwrap(value) in self.items else -1,
            "insert": lambda index, value: self._replace([*self.items[:index], value, *self.items[index:]]),
            "remove": self._remove,
            "removeat": lambda index: self._replace([item for place, item in enumerate(self.items) if place != index]),
            "item": self._item,
            "get_item": self._item,
            "set_item": self._set_item,
            "tostring": lambda: self.net_type,
        }

    def _item(self, index: object) -> object:
        place = unwrap(index)
        if not isinstance(place, int) or not 0 <= place < len(self.items):
            raise out_of_range("index")
        return self.items[place]

    def _set_item(self, index: object, value: object) -> None:
        self._item(index)
        self._replace([value if place == index else item for place, item in enumerate(self.items)])

    def _add(self, value: object) -> int:
        self._replace([*self.items, value])
        return len(self.items) - 1

    def _remove(self, value: object) -> None:
        self._replace([item for item in self.items if item != unwrap(value)])

    def _replace(self, items: list[object]) -> None:
        self.items = items
        operation = PutOperation.UPDATE if items else PutOperation.CLEAR
        self.entry.native.put_ex(operation, self.name, items)


class PropertyCollection(LateBound):
    """All properties of an entry, by name."""

    net_type = "System.DirectoryServices.PropertyCollection"

    def __init__(self, entry: DirectoryEntry) -> None:
        self.entry = entry

    def __iter__(self) -> Iterator[object]:
        return iter([DictionaryEntry(name, self[name]) for name in self.names()])

    def __len__(self) -> int:
        return len(self.names())

    def __getitem__(self, name: object) -> PropertyValueCollection:
        return PropertyValueCollection(self.entry, str(unwrap(name)))

    def names(self) -> list[str]:
        """List the properties that have a value."""
        return self.entry.native.property_names()

    def read(self, name: str) -> object:
        """Give Count, PropertyNames, Keys or Values."""
        names = self.names()
        known: dict[str, Callable[[], object]] = {
            "count": lambda: len(names),
            "propertynames": lambda: PSArray(names),
            "keys": lambda: PSArray(names),
            "values": lambda: PSArray(self[item] for item in names),
        }
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]()

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call Contains or Item."""
        if name.lower() in ("item", "get_item"):
            return self[arguments[0]]
        if name.lower() == "contains":
            return str(arguments[0]).lower() in (known.lower() for known in self.names())
        raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [(name, "Property") for name in ("PropertyNames", "Values", "Count")]


def _values(entry: DirectoryEntry, name: str) -> list[object]:
    """A property that is not set, or not of the class, is an empty collection: .NET passes over both errors."""
    try:
        return list(entry.native.get_ex(name))
    except NetError as error:
        if error.hresult not in _ABSENT:
            raise
        return []
