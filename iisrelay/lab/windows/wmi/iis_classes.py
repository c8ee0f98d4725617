"""The classes of the IIS WMI provider: a read-only class and a setting class for each class of the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase.failures import ACCESS_DENIED as NOT_PERMITTED
from iisrelay.lab.windows.metabase.failures import failure
from iisrelay.lab.windows.metabase.schema import CLASSES, find_property, key_class, properties_of
from iisrelay.lab.windows.metabase.tree import find_key, split_path
from iisrelay.lab.windows.wmi.failures import INVALID_PARAMETER, NOT_FOUND, management_error
from iisrelay.lab.windows.wmi.iis_computer import COMPUTER_METHODS
from iisrelay.lab.windows.wmi.iis_security import IpSecuritySetting
from iisrelay.lab.windows.wmi.iis_values import NAMESPACE, SECURE_BINDING, SERVER_BINDING, property_of, show, take
from iisrelay.lab.windows.wmi.model import Property, WmiClass
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.metabase.tree import Key
    from iisrelay.lab.windows.wmi.model import Instance, Method
    from iisrelay.settings.metabase_schema import PropertySchema

_NAME = Property("Name", is_key=True)
_ELEMENT_BASE = tuple(Property(name, is_read_only=True) for name in ("Caption", "Description", "InstallDate", "Status"))
_SETTING_BASE = tuple(Property(name, is_read_only=True) for name in ("Caption", "Description", "SettingID"))

# On the read-only class, say the pages of the SDK; everything else is on the setting class.
_READ_ONLY = frozenset(
    (
        "KeyType",
        "LocalDomains",
        "PostmasterEmail",
        "PostmasterName",
        "RoutingSources",
        "ServerState",
        "SSLCertHash",
        "Win32Error",
    )
)
_HIDDEN = frozenset(("AdminACL", "IPSecurity", "ServerCommand"))  # classes of their own, or not in WMI at all
_LOGGING = "logging"  # scripts cut this spelling off the names of log modules


class IisClass(WmiClass):
    """A class whose instances are the keys of one class of the metabase."""

    namespace = NAMESPACE

    def __init__(
        self,
        name: str,
        key_type: str,
        schemas: list[PropertySchema],
        *,
        is_setting: bool,
        methods: tuple[Method, ...] = (),
    ) -> None:
        base = _SETTING_BASE if is_setting else _ELEMENT_BASE
        own = tuple(property_of(schema, is_read_only=not is_setting) for schema in schemas)
        super().__init__(name, (_NAME, *base, *own), methods)
        self.key_type = key_type
        self.schemas = schemas
        self.is_setting = is_setting
        self.superclass = "CIM_Setting" if is_setting else "CIM_ManagedSystemElement"

    def load(self, machine: Machine) -> Iterator[dict[str, object]]:
        """Give each key of the class."""
        for key in _all_keys(machine):
            if key.key_type.lower() == self.key_type.lower():
                yield {"Name": wmi_name(key)} | self._values(machine, key)

    def save(self, machine: Machine, instance: Instance) -> None:
        """Store what was changed; a key that is not there is created.

        Reading all properties first, which COM clients must do before they put one, is part of fetching an instance.

        Raises:
            NetError: 0x80041002 when the container does not exist, 0x80041008 for a name that cannot be.
        """
        _require_administrator(machine)
        key = find_wmi_key(machine, str(instance.values["Name"] or ""))
        if key is None:
            key = self._create(machine, str(instance.values["Name"] or ""))
        for name, value in instance.changed().items():
            schema = find_property(self.key_type, name)
            if schema is None or (instance.is_new and value is None):
                continue
            if value is None:
                machine.metabase.clear(key, name)
            else:
                machine.metabase.write(key, name, take(schema, value))

    def remove(self, machine: Machine, instance: Instance) -> None:
        """Delete the key with all below it.

        Raises:
            NetError: 0x80041002 when it is not there.
        """
        _require_administrator(machine)
        key = find_wmi_key(machine, str(instance.values["Name"]))
        if key is None or key.parent is None:
            raise management_error(NOT_FOUND)
        machine.metabase.delete(key.parent, key.name)

    def _values(self, machine: Machine, key: Key) -> dict[str, object]:
        values = {}
        for schema in self.schemas:
            found = machine.metabase.read(key, schema.name)
            values[schema.name] = None if found is None else show(schema, found.value)
        return values

    def _create(self, machine: Machine, name: str) -> Key:
        *above, last = split_path(name) or [""]
        parent = find_wmi_key(machine, "/".join(above))
        if parent is None:
            raise management_error(NOT_FOUND)
        if not last or self.key_type not in key_class(parent.key_type).contains:
            raise management_error(INVALID_PARAMETER)
        return machine.metabase.create(parent, last, self.key_type)


def iis_classes() -> list[WmiClass]:
    """Make all classes of the namespace."""
    made: list[WmiClass] = [SERVER_BINDING, SECURE_BINDING, IpSecuritySetting()]
    for entry in CLASSES.values():
        if entry.name == "IIsObject":
            continue
        schemas = [
            schema for schema in properties_of(entry.name) if schema.name not in _HIDDEN and schema.type is not Kind.ACL
        ]
        read_only = [schema for schema in schemas if schema.name in _READ_ONLY]
        settings = [schema for schema in schemas if schema.name not in _READ_ONLY]
        methods = COMPUTER_METHODS if entry.name == "IIsComputer" else ()
        made.append(IisClass(entry.name, entry.name, read_only, is_setting=False, methods=methods))
        made.append(IisClass(f"{entry.name}Setting", entry.name, settings, is_setting=True))
    return made


def wmi_name(key: Key) -> str:
    """Give the name of a key's instances: the path below /LM, "LM" for the computer itself."""
    path = key.path.removeprefix("/LM").strip("/")
    first, separator, rest = path.partition("/")
    return f"{_LOGGING}{separator}{rest}" if first.lower() == _LOGGING else path or "LM"


def find_wmi_key(machine: Machine, name: str) -> Key | None:
    """Find the key of a name."""
    return machine.metabase.find("" if name.upper() == "LM" else name)


def _all_keys(machine: Machine) -> Iterator[Key]:
    computer = find_key(machine.metabase.root, "LM")
    return computer.walk() if computer is not None else iter(())


def _require_administrator(machine: Machine) -> None:
    if not machine.is_administrator:
        raise failure(NOT_PERMITTED)
