"""Microsoft.Management.Infrastructure: instances as Get-CimInstance shows them, without methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert
from iisrelay.lab.powershell.values import DynamicObject, PSArray, unwrap
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.wmi.casting import cast
from iisrelay.lab.windows.wmi.model import Instance
from iisrelay.lab.windows.wmi.objects import iso_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.wmi.model import WmiClass


class CimInstance(DynamicObject):
    """An instance."""

    net_type = "Microsoft.Management.Infrastructure.CimInstance"

    def __init__(self, machine: Machine, instance: Instance) -> None:
        self.machine = machine
        self.instance = instance

    @property
    def type_names(self) -> list[str]:
        """The names that views are found by: the type with namespace and class, then the type."""
        wmi_class = self.instance.wmi_class
        namespace = wmi_class.namespace.replace("\\", "/")
        return [f"{self.net_type}#{namespace}/{wmi_class.name}", self.net_type]

    def __str__(self) -> str:
        wmi_class = self.instance.wmi_class
        keys = ", ".join(f'{key.name} = "{self.instance.values.get(key.name)}"' for key in wmi_class.keys)
        return f"{wmi_class.name} ({keys})" if keys else wmi_class.name

    def get_member(self, engine: Engine, name: str) -> object:
        """Give a property of the instance, or one of .NET's."""
        for known in self.instance.values:
            if known.lower() == name.lower():
                return self.value(engine, known)
        return self._net_member(engine, name.lower())

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set a property; Set-CimInstance stores it."""
        declared = self.instance.wmi_class.find_property(name)
        if declared is None:
            raise AttributeError(name)
        self.instance.values[declared.name] = cast(engine, declared, value)

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:  # noqa: ARG002 - the contract
        """Call one of .NET's methods."""
        if name.lower() == "tostring":
            return str(self)
        if name.lower() in ("dispose", "getcimsessionid"):
            return None
        raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List the properties."""
        return [(name, "Property") for name in self.instance.values]

    def value(self, engine: Engine, name: str) -> object:
        """Give a value: embedded instances as objects, times as DateTime."""
        value = self.instance.values[name]
        declared = self.instance.wmi_class.find_property(name)
        if declared is not None and declared.type == "datetime" and isinstance(value, str):
            return convert(engine, iso_time(value), "System.DateTime")
        return self._shown(value)

    def _shown(self, value: object) -> object:
        if isinstance(value, Instance):
            return CimInstance(self.machine, value)
        if isinstance(value, PSArray) and any(isinstance(item, Instance) for item in value):
            return PSArray((self._shown(item) for item in value), self.net_type)
        return value

    def _net_member(self, engine: Engine, name: str) -> object:
        wmi_class = self.instance.wmi_class
        if name == "cimclass":
            return CimClass(wmi_class)
        if name in ("ciminstanceproperties", "properties"):
            return CimProperties([CimProperty(self, item, self.value(engine, item)) for item in self.instance.values])
        if name == "cimsystemproperties":
            return CimSystemProperties(wmi_class, self.machine)
        if name == "pscomputername":
            return self.machine.name.upper()
        raise AttributeError(name)


class CimClass(LateBound):
    """A class."""

    net_type = "Microsoft.Management.Infrastructure.CimClass"

    def __init__(self, wmi_class: WmiClass) -> None:
        self.wmi_class = wmi_class

    def read(self, name: str) -> object:
        """Give the class's names, properties and methods."""
        known: dict[str, object] = {
            "cimclassname": self.wmi_class.name,
            "cimsuperclassname": self.wmi_class.superclass or None,
            "cimclassproperties": PSArray(NamedPart(item.name) for item in self.wmi_class.properties),
            "cimclassmethods": PSArray(NamedPart(item.name) for item in self.wmi_class.methods),
        }
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        names = ("CimClassName", "CimSuperClassName", "CimClassProperties", "CimClassMethods")
        return [(name, "Property") for name in names]


class NamedPart(LateBound):
    """The declaration of a property or method."""

    net_type = "Microsoft.Management.Infrastructure.CimPropertyDeclaration"

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, name: str) -> object:
        """Give the name."""
        if name.lower() != "name":
            raise AttributeError(name)
        return self.name

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("Name", "Property")]


class CimProperty(DynamicObject):
    """One of CimInstanceProperties."""

    net_type = "Microsoft.Management.Infrastructure.CimProperty"

    def __init__(self, owner: CimInstance, name: str, value: object) -> None:
        self.owner = owner
        self.name = name
        self.value = value

    def get_member(self, engine: Engine, name: str) -> object:  # noqa: ARG002 - the contract of DynamicObject
        """Give Name or Value."""
        if name.lower() not in ("name", "value"):
            raise AttributeError(name)
        return self.name if name.lower() == "name" else self.value

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set Value."""
        if name.lower() != "value":
            raise AttributeError(name)
        self.owner.set_member(engine, self.name, value)
        self.value = value

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("Name", "Property"), ("Value", "Property")]


class CimProperties(LateBound):
    """The properties of an instance: enumerates and finds by name."""

    net_type = "Microsoft.Management.Infrastructure.CimKeyedCollection"

    def __init__(self, items: list[CimProperty]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def read(self, name: str) -> object:
        """Give Count."""
        if name.lower() != "count":
            raise AttributeError(name)
        return len(self.items)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Give the property of a name."""
        if name.lower() not in ("item", "get_item"):
            raise AttributeError(name)
        wanted = str(unwrap(arguments[0])).lower()
        return next((item for item in self.items if item.name.lower() == wanted), None)


class CimSystemProperties(LateBound):
    """Where an instance comes from."""

    net_type = "Microsoft.Management.Infrastructure.CimSystemProperties"

    def __init__(self, wmi_class: WmiClass, machine: Machine) -> None:
        self.values = {
            "classname": wmi_class.name,
            "namespace": wmi_class.namespace,
            "servername": machine.name.upper(),
        }

    def read(self, name: str) -> object:
        """Give ClassName, Namespace or ServerName."""
        if name.lower() not in self.values:
            raise AttributeError(name)
        return self.values[name.lower()]
