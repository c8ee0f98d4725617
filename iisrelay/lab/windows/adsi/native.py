"""What every native ADSI object offers to DirectoryEntry, whatever provider it comes from."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, uuid5

from iisrelay.lab.powershell.values import PSArray
from iisrelay.lab.windows.adsi.cache import PutOperation
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.adsi.paths import AdsPath
from iisrelay.lab.windows.metabase.failures import (
    ACCESS_DENIED,
    BAD_PARAMETER,
    PROPERTY_NOT_FOUND,
    PROPERTY_NOT_SUPPORTED,
    failure,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.windows.machine import Machine


class NativeObject(LateBound):
    """IADs: Name, ADsPath, Class, GUID, Parent, Schema and the methods that all providers have."""

    def __init__(self, machine: Machine, path: AdsPath, class_name: str) -> None:
        self.machine = machine
        self.path = path
        self.class_name = class_name

    def has_property(self, name: str) -> bool:
        """Tell whether the object's class has the property."""
        return name.lower() in (known.lower() for known in self.property_names())

    def property_names(self) -> list[str]:
        """List the properties that have a value."""
        return []

    def get(self, name: str) -> object:
        """Get: a value.

        Raises:
            NetError: 0x80005006 for a property of another class, 0x8000500D for one without any value.
        """
        raise failure(PROPERTY_NOT_FOUND if self.has_property(name) else PROPERTY_NOT_SUPPORTED)

    def get_ex(self, name: str) -> PSArray:
        """GetEx: the same, always as an array."""
        value = self.get(name)
        is_list = isinstance(value, PSArray) and value.element == "System.Object"
        return value if is_list else PSArray([value])  # type: ignore[return-value]

    def put(self, name: str, value: object) -> None:  # noqa: ARG002 - objects for reading take no value
        """Put: keep a new value until SetInfo."""
        raise failure(ACCESS_DENIED if self.has_property(name) else PROPERTY_NOT_SUPPORTED)

    def put_ex(self, operation: int, name: str, values: list[object]) -> None:
        """PutEx: keep a change of a list of values until SetInfo."""
        if operation != PutOperation.UPDATE or len(values) != 1:
            raise failure(BAD_PARAMETER)
        self.put(name, values[0])

    def get_info(self) -> None:
        """GetInfo: drop the cache, changes too."""

    def set_info(self) -> None:
        """SetInfo: write the changes."""

    def children(self) -> Iterator[NativeObject]:
        """Give the objects below."""
        return iter(())

    def methods(self) -> dict[str, Callable[..., object]]:
        """Give the methods, by lower-case name."""
        return {
            "get": lambda name: self.get(str(name)),
            "getex": lambda name: self.get_ex(str(name)),
            "put": lambda name, value: self.put(str(name), value),
            "getinfo": self.get_info,
            "getinfoex": lambda *_: self.get_info(),
            "setinfo": self.set_info,
        }

    def read(self, name: str) -> object:
        """Give one of the IADs properties, or one of the class."""
        fixed = self._fixed().get(name.lower())
        if fixed is not None:
            return fixed
        if not self.has_property(name):
            raise AttributeError(name)
        return self.get(name)

    def assign(self, name: str, value: object) -> None:
        """Put a property."""
        if not self.has_property(name):
            raise AttributeError(name)
        self.put(name, value)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call a method."""
        method = self._methods.get(name.lower())
        if method is None:
            raise AttributeError(name)
        return method(*arguments)

    def member_names(self) -> list[tuple[str, str]]:
        """List the members for Get-Member."""
        names = ("Name", "ADsPath", "Class", "GUID", "Parent", "Schema", *self.property_names())
        return [(name, "Property") for name in names]

    @cached_property
    def _methods(self) -> dict[str, Callable[..., object]]:
        return self.methods()

    def _fixed(self) -> dict[str, str]:
        path = self.path
        return {
            "name": path.name,
            "adspath": str(path),
            "class": self.class_name,
            "guid": f"{{{str(uuid5(NAMESPACE_OID, self.class_name)).upper()}}}",
            "parent": str(path.parent) if path.parent else f"{path.provider}:",
            "schema": str(AdsPath(path.provider, path.host, ("Schema", self.class_name))),
        }
