"""The native ADSI object of the IIS provider: IADs, IADsContainer, IADsServiceOperations and IIS's own methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.windows.adsi import computer, container
from iisrelay.lab.windows.adsi.attributes import PropertyAttributes
from iisrelay.lab.windows.adsi.cache import PropertyCache
from iisrelay.lab.windows.adsi.native import NativeObject
from iisrelay.lab.windows.metabase.failures import PATH_NOT_FOUND, PROPERTY_NOT_SUPPORTED, failure, win32_failure
from iisrelay.lab.windows.metabase.lookup import data_keys
from iisrelay.lab.windows.metabase.schema import find_property, properties_of
from iisrelay.settings.metabase_schema import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.windows.adsi.paths import AdsPath
    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.metabase.tree import Key

_SERVER_CLASS = "iissmtpserver"
_COMPUTER_CLASS = "iiscomputer"
_INHERITABLE_ONLY = 1
_CONTROLS = {"start": "start", "stop": "stop", "pause": "pause", "continue": "resume"}


class AdsObject(NativeObject):
    """One key seen through ADSI. ``is_new``: made by Create and not stored before its SetInfo."""

    def __init__(self, machine: Machine, path: AdsPath, class_name: str, *, is_new: bool = False) -> None:
        super().__init__(machine, path, class_name)
        self.is_new = is_new
        self.template: Key | None = None  # what CopyHere copied, stored by SetInfo
        self.filter: list[str] = []
        self.cache = PropertyCache(machine.metabase, class_name)

    @property
    def key(self) -> Key | None:
        """The key, or None for an object that is not stored yet.

        Raises:
            NetError: 0x80070003 when the key was deleted since.
        """
        return None if self.is_new else self.machine.metabase.open(self.path.key_path)

    def stored_key(self) -> Key:
        """Give the key.

        Raises:
            NetError: 0x80070003 when it is not stored, or not any more.
        """
        key = self.key
        if key is None:
            raise failure(PATH_NOT_FOUND)
        return key

    def has_property(self, name: str) -> bool:
        """Tell whether the key's class has the property."""
        return find_property(self.class_name, name) is not None

    def property_names(self) -> list[str]:
        """List the properties that have a value."""
        key = self.key
        names = (schema.name for schema in properties_of(self.class_name))
        return [name for name in names if key is not None and self.machine.metabase.read(key, name) is not None]

    def get(self, name: str) -> object:
        """Get: a value out of the cache, read from the metabase the first time."""
        return self.cache.shown(self.key, name)

    def put(self, name: str, value: object) -> None:
        """Put: keep a new value until SetInfo."""
        self.cache.put(name, value)

    def put_ex(self, operation: int, name: str, values: list[object]) -> None:
        """PutEx: keep a change of a list of values until SetInfo."""
        self.cache.put_ex(self.key, operation, name, values)

    def get_info(self) -> None:
        """GetInfo: drop the cache, changes too."""
        self.cache.drop()

    def set_info(self) -> None:
        """SetInfo: store a new key, write the changes and nothing else."""
        if self.is_new:
            self._store_new()
        self.cache.write(self.stored_key())

    def children(self) -> Iterator[AdsObject]:
        """Give the objects below, of the classes in the filter."""
        wanted = {name.lower() for name in self.filter}
        for key in list(self.stored_key().children.values()):
            if not wanted or key.key_type.lower() in wanted:
                yield AdsObject(self.machine, self.path.child(key.name), key.key_type or "IIsObject")

    def read(self, name: str) -> object:
        """Give Filter, Status, one of the IADs properties or a metabase property."""
        if name.lower() == "filter":
            return PSArray(self.filter)
        if name.lower() == "status" and self.class_name.lower() == _SERVER_CLASS:
            return int(self.machine.metabase.virtual_servers.run_time(self.stored_key()).state)
        return super().read(name)

    def assign(self, name: str, value: object) -> None:
        """Set the filter, or put a metabase property."""
        if name.lower() == "filter":
            plain = unwrap(value)
            self.filter = [str(item) for item in plain] if isinstance(plain, PSArray) else [str(plain)]
        else:
            super().assign(name, value)

    def methods(self) -> dict[str, Callable[..., object]]:
        """Give IADs' methods, the container's, IIS's, and those of the object's class."""
        found = super().methods() | {
            "putex": self._put_ex,
            "getdatapaths": self._get_data_paths,
            "getpropertyattribobj": self._get_property_attributes,
        }
        found |= {name: self._bound(function) for name, function in container.METHODS.items()}
        if self.class_name.lower() == _COMPUTER_CLASS:
            found |= {name: self._bound(function) for name, function in computer.METHODS.items()}
        if self.class_name.lower() == _SERVER_CLASS:
            found |= {name: self._control(verb) for name, verb in _CONTROLS.items()}
        return found

    def _bound(self, function: Callable[..., object]) -> Callable[..., object]:
        return lambda *arguments: function(self, *arguments)

    def _control(self, verb: str) -> Callable[[], None]:
        def run() -> None:
            code: int = getattr(self.machine.metabase.virtual_servers, verb)(self.stored_key())
            if code:
                raise win32_failure(code)

        return run

    def _put_ex(self, operation: object, name: object, values: object = None) -> None:
        plain = unwrap(values)
        items = list(plain) if isinstance(plain, PSArray) else [] if plain is None else [plain]
        self.put_ex(int(unwrap(operation)), str(name), items)  # type: ignore[call-overload]

    def _get_data_paths(self, name: object, attribute: object = 0) -> PSArray:
        schema = find(str(name))  # of any class: scripts look for properties of what is below
        if schema is None:
            raise failure(PROPERTY_NOT_SUPPORTED)
        here = self.stored_key()
        found = data_keys(here, schema.name, inheritable_only=unwrap(attribute) == _INHERITABLE_ONLY)
        below = (key.path.removeprefix(here.path).strip("/") for key in found)
        return PSArray(str(self.path.child(path)) if path else str(self.path) for path in below)

    def _get_property_attributes(self, name: object) -> PropertyAttributes:
        return PropertyAttributes.of(self.machine.metabase, self.stored_key(), str(name))

    def _store_new(self) -> None:
        parent = self.machine.metabase.open("/".join(self.path.names[:-1]))
        key = self.machine.metabase.create(parent, self.path.name, self.class_name)
        if self.template is not None:
            copied = self.template.copy(self.path.name)
            key.records = copied.records
            for child in copied.children.values():
                key.attach(child)
        self.is_new = False
