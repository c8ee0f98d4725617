"""The small objects of System.Management: paths, scopes, properties, methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import DynamicObject, unwrap
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.wmi.model import Method, Property, WmiClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine


class ManagementPath(LateBound):
    """What Put gives."""

    net_type = "System.Management.ManagementPath"

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self, name: str) -> object:
        """Give a part of the path."""
        place, _, relative = self.path.partition(":")
        server, _, namespace = place.lstrip("\\").partition("\\")
        parts = {
            "path": self.path,
            "relativepath": relative,
            "server": server,
            "namespacepath": namespace,
            "classname": relative.partition(".")[0].partition("=")[0],
            "isclass": "." not in relative and "=" not in relative,
            "isinstance": "." in relative or "=" in relative,
            "issingleton": relative.endswith("=@"),
        }
        if name.lower() not in parts:
            raise AttributeError(name)
        return parts[name.lower()]

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call ToString."""
        if name.lower() != "tostring" or arguments:
            raise AttributeError(name)
        return self.path

    def member_names(self) -> list[tuple[str, str]]:
        """List the parts."""
        names = ("Path", "RelativePath", "Server", "NamespacePath", "ClassName", "IsClass", "IsInstance", "IsSingleton")
        return [(name, "Property") for name in names]

    def __str__(self) -> str:
        return self.path


class ManagementScope(LateBound):
    """The namespace of an object."""

    net_type = "System.Management.ManagementScope"

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self, name: str) -> object:
        """Give Path or IsConnected."""
        known: dict[str, object] = {"path": ManagementPath(self.path), "isconnected": True}
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]

    def assign(self, name: str, value: object) -> None:
        """Set the path."""
        if name.lower() != "path":
            raise AttributeError(name)
        self.path = str(unwrap(value))

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call Connect."""
        if name.lower() != "connect" or arguments:
            raise AttributeError(name)
        return None


class PropertyData(DynamicObject):
    """One property of ``$object.Properties``."""

    net_type = "System.Management.PropertyData"

    def __init__(self, owner: DynamicObject, name: str, value: object) -> None:
        self.owner = owner
        self.name = name
        self.value = value

    def get_member(self, engine: Engine, name: str) -> object:  # noqa: ARG002 - the contract of DynamicObject
        """Give Name, Value, Type, IsArray, IsLocal or Origin."""
        declared = self._declared()
        known: dict[str, object] = {
            "name": self.name,
            "value": self.value,
            "type": declared.type if declared else "string",
            "isarray": bool(declared and declared.is_array),
            "islocal": True,
        }
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set Value, on the object too."""
        if name.lower() != "value":
            raise AttributeError(name)
        self.owner.set_member(engine, self.name, value)
        self.value = value

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [(name, "Property") for name in ("Name", "Value", "Type", "IsArray", "IsLocal")]

    def _declared(self) -> Property | None:
        wmi_class = getattr(self.owner, "wmi_class", None) or getattr(
            getattr(self.owner, "instance", None), "wmi_class", None
        )
        return wmi_class.find_property(self.name) if isinstance(wmi_class, WmiClass) else None


class PropertyDataCollection(LateBound):
    """``$object.Properties``: enumerates and finds by name."""

    net_type = "System.Management.PropertyDataCollection"

    def __init__(self, items: list[PropertyData]) -> None:
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
        wanted = str(arguments[0]).lower()
        return next((item for item in self.items if item.name.lower() == wanted), None)


class MethodData(LateBound):
    """One method of ``$class.Methods``."""

    net_type = "System.Management.MethodData"

    def __init__(self, method: Method) -> None:
        self.method = method

    def read(self, name: str) -> object:
        """Give the method's name."""
        if name.lower() != "name":
            raise AttributeError(name)
        return self.method.name

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("Name", "Property")]
