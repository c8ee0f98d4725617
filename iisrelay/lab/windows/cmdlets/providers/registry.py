"""The Registry provider: keys are containers, values are properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.cmdlets.providers.base import Drive, Provider, parts_without_dots
from iisrelay.lab.windows.dotnet.registry_key import RegistryKeyObject, require_write_access
from iisrelay.lab.windows.dotnet.registry_values import DEFAULT_NAMES, from_powershell, kind_for, to_powershell
from iisrelay.lab.windows.registry import HIVES, RegistryKey, ValueKind
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iisrelay.lab.powershell.engine import Engine

_SHORT_HIVES = {short.lower(): long for long, short in HIVES.items()}


class RegistryProvider(Provider):
    """Keys and values of the machine's registry."""

    name = "Registry"
    property_store = True

    def drives(self, engine: Engine) -> Iterable[Drive]:
        """HKLM and HKCU; the other hives are reached as ``Registry::HKEY_USERS``."""
        del engine
        return [
            Drive(short, self, long, "")
            for short, long in (("HKLM", "HKEY_LOCAL_MACHINE"), ("HKCU", "HKEY_CURRENT_USER"))
        ]

    def normalize(self, path: str) -> str:
        """A path that starts with the hive's long name."""
        parts = parts_without_dots(path)
        if parts:
            hive = parts[0].rstrip(":")
            parts[0] = _SHORT_HIVES.get(hive.lower(), hive.upper())
        return "\\".join(parts)

    def exists(self, engine: Engine, path: str) -> bool:
        """The key is there."""
        return not path or machine_of(engine).registry.open(path) is not None

    def is_container(self, engine: Engine, path: str) -> bool:
        """Every key is a container."""
        return self.exists(engine, path)

    def item(self, engine: Engine, path: str) -> RegistryKeyObject:
        """A RegistryKey, open for reading."""
        return RegistryKeyObject(machine_of(engine), path, writable=False)

    def child_names(self, engine: Engine, path: str) -> list[str]:
        """The subkeys' names; above the hives, the hives."""
        return self._key(engine, path).subkey_names() if path else list(HIVES)

    def new_item(self, engine: Engine, path: str, kind: str, value: object, *, force: bool) -> None:
        """Make a key; its parents too under ``force``, which also empties an existing key."""
        del kind
        registry = machine_of(engine).registry
        require_write_access(machine_of(engine), path)
        if registry.open(path) is not None:
            if not force:
                raise NetError("System.IO.IOException", "A key in this path already exists.", category="ResourceExists")
            registry.delete(path)
        elif registry.open(self.split(path)[0]) is None and not force:
            message = "The registry key at the specified path does not exist."
            raise NetError("System.ArgumentException", message, category="InvalidArgument")
        registry.create(path)
        if value is not None:
            self.set_property(engine, path, "", value, None)

    def set_item(self, engine: Engine, path: str, value: object) -> None:
        """Set the key's default value."""
        self.set_property(engine, path, "", value, None)

    def clear_item(self, engine: Engine, path: str) -> None:
        """Delete all values of a key."""
        require_write_access(machine_of(engine), path)
        self._key(engine, path).values.clear()

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Delete a key with everything below it."""
        del force
        require_write_access(machine_of(engine), path)
        machine_of(engine).registry.delete(path)

    def copy_item(self, engine: Engine, path: str, destination: str, *, recurse: bool, force: bool) -> None:
        """Copy a key's values, and its subkeys under ``recurse``."""
        require_write_access(machine_of(engine), destination)
        source = self._key(engine, path)
        target = machine_of(engine).registry.create(destination)
        for value in source.values.values():
            target.set(value.name, value.kind, value.data)
        for name in source.subkey_names() if recurse else ():
            self.copy_item(engine, f"{path}\\{name}", f"{destination}\\{name}", recurse=True, force=force)

    def move_item(self, engine: Engine, path: str, destination: str, *, force: bool) -> None:
        """Move or rename a key."""
        self.copy_item(engine, path, destination, recurse=True, force=force)
        self.remove_item(engine, path, force=force)

    def properties(self, engine: Engine, path: str) -> list[tuple[str, object]]:
        """The values; the default value is called "(default)"."""
        variables = machine_of(engine).environment
        values = self._key(engine, path).values.values()
        return [(value.name or "(default)", to_powershell(value, variables)) for value in values]

    def set_property(self, engine: Engine, path: str, name: str, value: object, kind: str | None) -> None:
        """Write a value; without a type an existing one keeps its type and a new one gets the type of the object."""
        require_write_access(machine_of(engine), path)
        key = self._key(engine, path)
        name = "" if name.lower() in DEFAULT_NAMES else name
        existing = key.values.get(name.lower())
        chosen = _kind_named(kind) if kind else existing.kind if existing else kind_for(value)
        key.set(name, chosen, from_powershell(engine, chosen, value))

    def remove_property(self, engine: Engine, path: str, name: str) -> None:
        """Delete a value."""
        require_write_access(machine_of(engine), path)
        self._key(engine, path).delete_value("" if name.lower() in DEFAULT_NAMES else name)

    def clear_property(self, engine: Engine, path: str, name: str) -> None:
        """Empty a value, which keeps its type."""
        empty = {ValueKind.DWord: 0, ValueKind.QWord: 0, ValueKind.Binary: b"", ValueKind.MultiString: ()}
        require_write_access(machine_of(engine), path)
        key = self._key(engine, path)
        value = key.values["" if name.lower() in DEFAULT_NAMES else name.lower()]
        key.set(value.name, value.kind, empty.get(value.kind, ""))  # type: ignore[arg-type]

    def _key(self, engine: Engine, path: str) -> RegistryKey:
        key = machine_of(engine).registry.open(path)
        if key is None:
            raise NetError("System.IO.IOException", f"The registry key '{path}' has been marked for deletion.")
        return key


def _kind_named(name: str) -> ValueKind:
    for kind in ValueKind:
        if kind.name.lower() == name.lower():
            return kind
    names = ", ".join(kind.name for kind in ValueKind)
    raise NetError(
        "System.Management.Automation.ParameterBindingException",
        f"Cannot bind parameter 'PropertyType'. Unable to match the identifier name {name} to a valid enumerator name. "
        f"Specify one of the following enumerator names and try again: {names}",
    )
