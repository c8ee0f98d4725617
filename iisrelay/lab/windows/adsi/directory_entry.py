"""System.DirectoryServices.DirectoryEntry, once as PowerShell adapts it and once bare (``psbase``).

PowerShell looks a name up in the directory first: as a property that the object has, as a method of the native object;
then among .NET's own members. ``psbase`` has .NET's members only. An entry binds when it is first used.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, uuid5

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.windows.adsi.binding import bind_moniker
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.adsi.entries import DirectoryEntries
from iisrelay.lab.windows.adsi.native import NativeObject
from iisrelay.lab.windows.adsi.property_values import PropertyCollection, PropertyValueCollection
from iisrelay.lab.windows.metabase.failures import UNKNOWN_NAME, failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.windows.machine import Machine

NET_TYPE = "System.DirectoryServices.DirectoryEntry"
_SECURE_AUTHENTICATION = 1
_NET_PROPERTIES = (
    "AuthenticationType", "Children", "Guid", "Name", "NativeGuid", "NativeObject", "Parent", "Path", "Properties",
    "SchemaClassName", "SchemaEntry", "UsePropertyCache", "Username",
)  # fmt: skip


class DirectoryEntry(LateBound):
    """An entry as PowerShell shows it."""

    net_type = NET_TYPE
    asks_for_members = True

    def __init__(self, machine: Machine, path: str = "", *, native: NativeObject | None = None, user: str = "") -> None:
        self.machine = machine
        self._path = path
        self._native = native
        self.user = user
        self.use_cache = True

    @property
    def native(self) -> NativeObject:
        """The native object, bound at the first use.

        Raises:
            NetError: whatever ``bind_moniker`` says of the path.
        """
        if self._native is None:
            self._native = bind_moniker(self.machine, self._path)
        return self._native

    @property
    def path(self) -> str:
        """The ADsPath."""
        return str(self._native.path) if self._native is not None else self._path

    def rebind(self, path: str) -> None:
        """Let the entry stand for another path."""
        self._path, self._native = path, None

    def of(self, native: NativeObject) -> DirectoryEntry:
        """Make the entry of another native object."""
        return DirectoryEntry(self.machine, str(native.path), native=native, user=self.user)

    # -- as PowerShell adapts it

    def read(self, name: str) -> object:
        """Give a property of the object, else one of .NET's."""
        if name.lower() == "psbase":
            return EntryBase(self)
        values = PropertyValueCollection(self, name)
        try:
            invoked = self.native.read(name)
        except (NetError, AttributeError):
            return self.read_net(name)
        return invoked if values.value is None and invoked is not None else values

    def assign(self, name: str, value: object) -> None:
        """Set a property of the object, else one of .NET's."""
        if self.native.has_property(name):
            PropertyValueCollection(self, name).set_value(value)
        else:
            self.assign_net(name, value)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call a method of the native object, else one of .NET's; the native failure is the one that counts."""
        try:
            return self._wrapped(self.native.invoke(name, arguments))
        except NetError:
            if name.lower() not in self._net_methods:
                raise
        except AttributeError:
            pass
        return self.invoke_net(name, arguments)

    def member_names(self) -> list[tuple[str, str]]:
        """List the properties that the object has."""
        return [(name, "Property") for name in self.native.property_names()]

    # -- .NET's own members

    def read_net(self, name: str) -> object:
        """Give one of .NET's properties."""
        getter = self._net_getters.get(name.lower())
        if getter is None:
            raise AttributeError(name)
        return getter()

    def assign_net(self, name: str, value: object) -> None:
        """Set one of .NET's properties."""
        if name.lower() == "path":
            self.rebind(str(value))
        elif name.lower() == "usepropertycache":
            self.use_cache = bool(unwrap(value))
        elif name.lower() == "username":
            self.user = str(value)
        elif name.lower() not in ("password", "authenticationtype"):  # whoever runs the script is who asks
            raise AttributeError(name)

    def invoke_net(self, name: str, arguments: list[object]) -> object:
        """Call one of .NET's methods."""
        method = self._net_methods.get(name.lower())
        if method is None:
            raise AttributeError(name)
        return method(*arguments)

    @cached_property
    def _net_getters(self) -> dict[str, Callable[[], object]]:
        return {
            "path": lambda: self.path,
            "name": lambda: self.native.path.name,
            "schemaclassname": lambda: self.native.class_name,
            "parent": self._parent,
            "children": lambda: DirectoryEntries(self),
            "properties": lambda: PropertyCollection(self),
            "nativeobject": lambda: self.native,
            "guid": lambda: str(uuid5(NAMESPACE_OID, self.native.class_name)),
            "nativeguid": lambda: str(self.native.read("GUID")),
            "schemaentry": lambda: DirectoryEntry(self.machine, str(self.native.read("Schema"))),
            "usepropertycache": lambda: self.use_cache,
            "username": lambda: self.user or None,
            "authenticationtype": lambda: _SECURE_AUTHENTICATION,
        }

    @cached_property
    def _net_methods(self) -> dict[str, Callable[..., object]]:
        return {
            "commitchanges": self._commit,
            "refreshcache": lambda *_names: self.native.get_info(),
            "invoke": lambda name, *arguments: self._invoke_native(str(name), arguments),
            "invokeget": lambda name: self._invoke_get(str(name)),
            "invokeset": lambda name, *arguments: self._invoke_set(str(name), arguments),
            "deletetree": lambda: self.native.invoke("DeleteObject", [0]),
            "copyto": lambda parent, *name: self._transfer("CopyHere", parent, name),
            "moveto": lambda parent, *name: self._transfer("MoveHere", parent, name),
            "rename": self._rename,
            "close": self._release,
            "dispose": self._release,
            "tostring": lambda: NET_TYPE,
        }

    def _commit(self) -> None:
        self.native.set_info()

    def _parent(self) -> DirectoryEntry:
        return DirectoryEntry(self.machine, str(self.native.read("Parent")))

    def _invoke_native(self, name: str, arguments: tuple[object, ...]) -> object:
        """Invoke(name, a, b) and Invoke(name, @(a, b)) are the same: the parameter is a params array."""
        flat = list(arguments)
        if len(flat) == 1 and isinstance(unwrap(flat[0]), PSArray):
            flat = list(unwrap(flat[0]))  # type: ignore[call-overload]
        try:
            return self._wrapped(self.native.invoke(name, flat))
        except AttributeError:
            raise failure(UNKNOWN_NAME) from None

    def _invoke_get(self, name: str) -> object:
        try:
            return self.native.read(name)
        except AttributeError:
            raise failure(UNKNOWN_NAME) from None

    def _invoke_set(self, name: str, arguments: tuple[object, ...]) -> None:
        value = arguments[0] if len(arguments) == 1 else PSArray(arguments)
        try:
            self.native.assign(name, value)
        except AttributeError:
            raise failure(UNKNOWN_NAME) from None

    def _wrapped(self, result: object) -> object:
        return self.of(result) if isinstance(result, NativeObject) else result

    def _transfer(self, method: str, parent: object, name: tuple[object, ...]) -> DirectoryEntry:
        target = unwrap(parent)
        if isinstance(target, EntryBase):
            target = target.entry
        if not isinstance(target, DirectoryEntry):
            raise NetError("System.ArgumentException", "newParent is no DirectoryEntry.")
        made = target.native.invoke(method, [self.path, name[0] if name else None])
        if not isinstance(made, NativeObject):
            raise TypeError(f"{method} gave no object")
        if method == "MoveHere":
            self._path, self._native = str(made.path), made
        return self.of(made)

    def _rename(self, name: object) -> None:
        self._transfer("MoveHere", self._parent(), (name,))

    def _release(self) -> None:
        if self._native is not None:
            self._path, self._native = str(self._native.path), None


class EntryBase(LateBound):
    """``psbase``: the same entry with .NET's members only."""

    net_type = NET_TYPE

    def __init__(self, entry: DirectoryEntry) -> None:
        self.entry = entry

    def read(self, name: str) -> object:
        """Give one of .NET's properties."""
        return self if name.lower() == "psbase" else self.entry.read_net(name)

    def assign(self, name: str, value: object) -> None:
        """Set one of .NET's properties."""
        self.entry.assign_net(name, value)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call one of .NET's methods."""
        return self.entry.invoke_net(name, arguments)

    def member_names(self) -> list[tuple[str, str]]:
        """List .NET's properties."""
        return [(name, "Property") for name in _NET_PROPERTIES]
