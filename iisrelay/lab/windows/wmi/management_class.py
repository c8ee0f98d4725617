"""System.Management.ManagementClass, and opening paths as ``[wmi]`` and ``[wmiclass]`` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList
from iisrelay.lab.powershell.values import DynamicObject, PSArray
from iisrelay.lab.windows.wmi.objects import ManagementObject, parameters_of, require_method, run_method, spread
from iisrelay.lab.windows.wmi.parts import (
    ManagementPath,
    ManagementScope,
    MethodData,
    PropertyData,
    PropertyDataCollection,
)
from iisrelay.lab.windows.wmi.paths import DEFAULT_NAMESPACE, parse_path
from iisrelay.lab.windows.wmi.repository import find_class, find_instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.wmi.model import WmiClass

_CLASS_GENUS = 1


class ManagementClass(DynamicObject):
    """A class: it makes instances and calls static methods."""

    net_type = "System.Management.ManagementClass"

    def __init__(self, machine: Machine, wmi_class: WmiClass) -> None:
        self.machine = machine
        self.wmi_class = wmi_class

    def __str__(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """The full path."""
        return f"\\\\{self.machine.name.upper()}\\{self.wmi_class.namespace}:{self.wmi_class.name}"

    def get_member(self, engine: Engine, name: str) -> object:  # noqa: ARG002 - the contract of DynamicObject
        """Give a system property or one of .NET's."""
        known: dict[str, Callable[[], object]] = {
            "name": lambda: self.wmi_class.name,
            "__class": lambda: self.wmi_class.name,
            "__genus": lambda: _CLASS_GENUS,
            "__relpath": lambda: self.wmi_class.name,
            "__namespace": lambda: self.wmi_class.namespace,
            "__path": lambda: self.path,
            "__server": self._server,
            "__superclass": lambda: self.wmi_class.superclass or None,
            "path": lambda: ManagementPath(self.path),
            "scope": lambda: ManagementScope(self.path.partition(":")[0]),
            "properties": lambda: PropertyDataCollection(
                [PropertyData(self, item.name, None) for item in self.wmi_class.properties]
            ),
            "methods": lambda: PSArray(MethodData(method) for method in self.wmi_class.methods),
        }
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]()

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:  # noqa: ARG002 - as above
        """Call CreateInstance, GetInstances ..., or a static method of the class."""
        methods: dict[str, Callable[..., object]] = {
            "createinstance": lambda: ManagementObject(self.machine, self.wmi_class.new_instance()),
            "getinstances": self.instances,
            "get": lambda: None,
            "getmethodparameters": lambda name: parameters_of(self.machine, self.wmi_class, str(name)),
            "invokemethod": lambda name, items=None, _options=None: self._run(str(name), spread(items)),
            "dispose": lambda: None,
            "tostring": lambda: self.path,
        }
        function = methods.get(name.lower())
        if function is not None:
            return function(*arguments)
        if self.wmi_class.find_method(name) is None:
            raise AttributeError(name)
        return self._run(name, arguments)

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("Name", "Property"), *((method.name, "Method") for method in self.wmi_class.methods)]

    def instances(self) -> ArrayList:
        """Give the instances that are there now."""
        return ArrayList(
            ManagementObject(self.machine, instance) for instance in self.wmi_class.instances(self.machine)
        )

    def _server(self) -> str:
        return self.machine.name.upper()

    def _run(self, name: str, arguments: list[object]) -> object:
        return run_method(self.machine, self.wmi_class.new_instance(), require_method(self.wmi_class, name), arguments)


def open_path(machine: Machine, text: str, namespace: str = DEFAULT_NAMESPACE) -> ManagementObject:
    """Give the instance of a path, as ``[wmi]`` does."""
    path = parse_path(text, namespace)
    return ManagementObject(machine, find_instance(machine, path))


def open_class(machine: Machine, text: str, namespace: str = DEFAULT_NAMESPACE) -> ManagementClass:
    """Give the class of a path, as ``[wmiclass]`` does."""
    path = parse_path(text, namespace)
    return ManagementClass(machine, find_class(machine, path.namespace, path.class_name, path.host))
