"""Microsoft.Win32.Registry and RegistryKey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, argument_error, argument_null
from iisrelay.lab.powershell.values import NetEnum, PSArray
from iisrelay.lab.windows import fault_points
from iisrelay.lab.windows.dotnet.enums import enum_number
from iisrelay.lab.windows.dotnet.registry_values import from_powershell, kind_for, mismatch, to_powershell
from iisrelay.lab.windows.registry import HIVES, RegistryKey, ValueKind
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

KIND_TYPE = "Microsoft.Win32.RegistryValueKind"
HIVE_TYPE = "Microsoft.Win32.RegistryHive"
VIEW_TYPE = "Microsoft.Win32.RegistryView"
OPTIONS_TYPE = "Microsoft.Win32.RegistryValueOptions"
CHECK_TYPE = "Microsoft.Win32.RegistryKeyPermissionCheck"
_DO_NOT_EXPAND = 1
_HIVES = {
    "ClassesRoot": -(2**31),
    "CurrentUser": -(2**31) + 1,
    "LocalMachine": -(2**31) + 2,
    "Users": -(2**31) + 3,
    "CurrentConfig": -(2**31) + 5,
}
_HIVE_PATHS = {
    "ClassesRoot": "HKEY_CLASSES_ROOT",
    "CurrentUser": "HKEY_CURRENT_USER",
    "LocalMachine": "HKEY_LOCAL_MACHINE",
    "Users": "HKEY_USERS",
    "CurrentConfig": "HKEY_CURRENT_CONFIG",
}
_OPEN_TO_ALL = ("HKEY_CURRENT_USER", "HKEY_USERS")

declare_enum(KIND_TYPE, {kind.name: int(kind) for kind in ValueKind} | {"None": -1})
declare_enum(HIVE_TYPE, _HIVES)
declare_enum(VIEW_TYPE, {"Default": 0, "Registry64": 0x100, "Registry32": 0x200})
declare_enum(OPTIONS_TYPE, {"None": 0, "DoNotExpandEnvironmentNames": _DO_NOT_EXPAND}, flags=True)
declare_enum(CHECK_TYPE, {"Default": 0, "ReadSubTree": 1, "ReadWriteSubTree": 2})


class RegistryKeyObject:
    """An open key. It stays valid as a .NET object when the key is deleted; using it then fails."""

    def __init__(self, machine: Machine, path: str, *, writable: bool, view: int = 64) -> None:
        self.machine = machine
        self.path = path
        self.writable = writable
        self.view = view

    @property
    def key(self) -> RegistryKey:
        """Give the key itself."""
        found = self.machine.registry.open(self.path, self.view)
        if found is None:
            raise NetError(
                "System.IO.IOException",
                "Illegal operation attempted on a registry key that has been marked for deletion.",
            )
        return found

    def to_change(self) -> RegistryKey:
        """Give the key for a change, or refuse."""
        if not self.writable:
            raise NetError("System.UnauthorizedAccessException", "Cannot write to the registry key.")
        return self.key

    def child(self, name: str, *, writable: bool) -> RegistryKeyObject:
        """Give an object for a key below."""
        return RegistryKeyObject(self.machine, f"{self.path}\\{name}".rstrip("\\"), writable=writable, view=self.view)

    def __str__(self) -> str:
        return self.path


def require_write_access(machine: Machine, path: str) -> None:
    """Refuse changes by those who are no administrators, outside their own hive, and where a fault says so."""
    if not machine.is_administrator and not path.upper().startswith(_OPEN_TO_ALL):
        raise NetError(
            "System.Security.SecurityException",
            "Requested registry access is not allowed.",
            category="PermissionDenied",
        )
    fault_points.before_registry_change(machine, path)


registry_key = declare("Microsoft.Win32.RegistryKey", python=RegistryKeyObject, bases=("System.MarshalByRefObject",))
registry_key.getter("Name")(lambda value: value.path)
registry_key.getter("SubKeyCount")(lambda value: len(value.key.subkeys))
registry_key.getter("ValueCount")(lambda value: len(value.key.values))
registry_key.getter("Property")(lambda value: PSArray(_value_names(value), "System.String"))
registry_key.method("GetValueNames")(lambda value: PSArray(_names(value), "System.String"))
registry_key.method("GetSubKeyNames")(lambda value: PSArray(value.key.subkey_names(), "System.String"))
registry_key.method("ToString")(str)


@registry_key.method("Close", "Dispose", "Flush")
def close(value: RegistryKeyObject) -> None:
    """Keys need no closing here."""


@registry_key.getter("View")
def view(value: RegistryKeyObject) -> object:
    """Which view the key was opened in."""
    return NetEnum(0x200 if value.view == 32 else 0, VIEW_TYPE)


def _names(value: RegistryKeyObject) -> list[str]:
    return [each.name for each in value.key.values.values()]


def _value_names(value: RegistryKeyObject) -> list[str]:
    return [name or "(default)" for name in _names(value)]


@registry_key.method("GetValue")
def get_value(
    engine: Engine, value: RegistryKeyObject, name: object, default: object = None, options: object = 0
) -> object:
    """A value's data, or the default."""
    expanded = not enum_number(engine, options, OPTIONS_TYPE) & _DO_NOT_EXPAND
    found = value.key.values.get(str(name or "").lower())
    if found is None:
        return default
    return to_powershell(found, engine.environment, expanded=expanded)


@registry_key.method("GetValueKind")
def get_value_kind(value: RegistryKeyObject, name: object) -> object:
    """A value's kind."""
    found = value.key.values.get(str(name or "").lower())
    if found is None:
        raise NetError("System.IO.IOException", "The specified registry key does not exist.")
    return NetEnum(int(found.kind), KIND_TYPE)


@registry_key.method("SetValue")
def set_value(engine: Engine, value: RegistryKeyObject, name: object, item: object, kind: object = None) -> None:
    """Write a value, by its type where no kind is given."""
    if item is None:
        raise argument_null("value")
    key = value.to_change()
    chosen = kind_for(item) if kind is None else _kind(engine, kind)
    try:
        key.set(str(name or ""), chosen, from_powershell(engine, chosen, item))
    except NetError as error:
        raise mismatch() from error


def _kind(engine: Engine, kind: object) -> ValueKind:
    return ValueKind(enum_number(engine, kind, KIND_TYPE))


@registry_key.method("OpenSubKey")
def open_sub_key(engine: Engine, value: RegistryKeyObject, name: str, writable: object = None) -> object:
    """A key below, or $null when there is none."""
    for_writing = bool(writable) if isinstance(writable, bool) else _is_read_write(engine, writable)
    below = value.child(name, writable=for_writing)
    if value.machine.registry.open(below.path, value.view) is None:
        return None
    if for_writing:
        require_write_access(value.machine, below.path)
    return below


def _is_read_write(engine: Engine, check: object) -> bool:
    return check is not None and enum_number(engine, check, CHECK_TYPE) == 2


@registry_key.method("CreateSubKey")
def create_sub_key(value: RegistryKeyObject, name: str, _check: object = None) -> object:
    """A key below, made when it is not there."""
    below = value.child(name, writable=True)
    require_write_access(value.machine, below.path)
    value.machine.registry.create(below.path, value.view)
    return below


@registry_key.method("DeleteValue")
def delete_value(value: RegistryKeyObject, name: str, throw_on_missing: bool = True) -> None:
    """Delete a value."""
    if not value.to_change().delete_value(name) and throw_on_missing:
        raise NetError("System.ArgumentException", "No value exists with that name.")


@registry_key.method("DeleteSubKey")
def delete_sub_key(value: RegistryKeyObject, name: str, throw_on_missing: bool = True) -> None:
    """Delete a key below that has no subkeys."""
    key = value.to_change().open(name)
    if key is not None and key.subkeys:
        message = "Registry key has subkeys and recursive removes are not supported by this method."
        raise NetError("System.InvalidOperationException", message)
    _delete_tree(value, name, throw_on_missing)


@registry_key.method("DeleteSubKeyTree")
def delete_sub_key_tree(value: RegistryKeyObject, name: str, throw_on_missing: bool = True) -> None:
    """Delete a key below with all that is in it."""
    value.to_change()
    _delete_tree(value, name, throw_on_missing)


def _delete_tree(value: RegistryKeyObject, name: str, throw_on_missing: bool) -> None:
    if not value.machine.registry.delete(f"{value.path}\\{name}", value.view) and throw_on_missing:
        raise argument_error("subkey", "Cannot delete a subkey tree because the subkey does not exist.")


@registry_key.static("OpenBaseKey")
def open_base_key(engine: Engine, hive: object, view: object) -> object:
    """The root of a hive in a view; .NET 4 brought it."""
    if engine.version_number < 3:
        raise NetError(
            "System.Management.Automation.RuntimeException",
            "Method invocation failed because [Microsoft.Win32.RegistryKey] doesn't contain a method named "
            "'OpenBaseKey'.",
            identifier="MethodNotFound",
        )
    number = enum_number(engine, hive, HIVE_TYPE)
    bits = 32 if enum_number(engine, view, VIEW_TYPE) == 0x200 else 64
    name = next(name for name, each in _HIVES.items() if each == number)
    return RegistryKeyObject(machine_of(engine), _HIVE_PATHS[name], writable=True, view=bits)


@registry_key.static("OpenRemoteBaseKey")
def open_remote_base_key(engine: Engine, hive: object, machine_name: str) -> object:
    """The root of a hive of this very machine; others cannot be reached from the lab."""
    own = ("", ".", "localhost", machine_of(engine).name.lower(), machine_of(engine).fqdn.lower())
    if machine_name.lower().strip("\\") not in own:
        raise NetError("System.IO.IOException", "The network path was not found.\r\n")
    return open_base_key(engine, hive, 0)


registry = declare("Microsoft.Win32.Registry")


def _declare_hive(name: str, path: str) -> None:
    @registry.static_getter(name)
    def hive(engine: Engine) -> object:
        return RegistryKeyObject(machine_of(engine), path, writable=True)


for _name, _path in _HIVE_PATHS.items():
    _declare_hive(_name, _path)


@registry.static("GetValue")
def read_value(engine: Engine, key_name: str, value_name: str, default: object) -> object:
    """A value by the full name of its key; $null when the key is not there."""
    if machine_of(engine).registry.open(_full_path(key_name)) is None:
        return None
    return get_value(engine, RegistryKeyObject(machine_of(engine), key_name, writable=False), value_name, default)


@registry.static("SetValue")
def write_value(engine: Engine, key_name: str, value_name: str, value: object, kind: object = None) -> None:
    """Write a value by the full name of its key, which is made when it is not there."""
    require_write_access(machine_of(engine), key_name)
    machine_of(engine).registry.create(_full_path(key_name))
    set_value(engine, RegistryKeyObject(machine_of(engine), key_name, writable=True), value_name, value, kind)


def _full_path(key_name: str) -> str:
    if key_name.partition("\\")[0].upper() not in HIVES:
        raise argument_error("keyName", "Registry key name must start with a valid base key name.")
    return key_name
