"""System.Management.ManagementObject: instances as Get-WmiObject and ``[wmi]`` show them, and their methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert
from iisrelay.lab.powershell.values import DynamicObject, PSArray, unwrap
from iisrelay.lab.windows.wmi.casting import cast
from iisrelay.lab.windows.wmi.failures import INVALID_METHOD, management_error
from iisrelay.lab.windows.wmi.model import Instance, Method, Property, WmiClass
from iisrelay.lab.windows.wmi.parts import ManagementPath, ManagementScope, PropertyData, PropertyDataCollection
from iisrelay.lab.windows.wmi.paths import parse_path
from iisrelay.lab.windows.wmi.repository import find_instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_INSTANCE_GENUS = 2


class ManagementObject(DynamicObject):
    """An instance, or with ``is_embedded`` one that has no place of its own (bindings, out parameters)."""

    net_type = "System.Management.ManagementObject"

    def __init__(self, machine: Machine, instance: Instance, *, is_embedded: bool = False) -> None:
        self.machine = machine
        self.instance = instance
        self.is_embedded = is_embedded

    def __str__(self) -> str:
        return self.net_type if self.is_embedded else self.path

    @property
    def type_names(self) -> list[str]:
        """The names that views are found by: the type with namespace and class, then the type."""
        wmi_class = self.instance.wmi_class
        return [f"{self.net_type}#{wmi_class.namespace}\\{wmi_class.name}", self.net_type]

    @property
    def path(self) -> str:
        r"""The full path: ``\\HOST\root\cimv2:Class.Key="value"``."""
        wmi_class = self.instance.wmi_class
        return f"\\\\{self.machine.name.upper()}\\{wmi_class.namespace}:{self.instance.relative_path}"

    def get_member(self, engine: Engine, name: str) -> object:  # noqa: ARG002 - the contract of DynamicObject
        """Give a property of the instance, a system property or one of .NET's."""
        for known, value in self.instance.values.items():
            if known.lower() == name.lower():
                return self._shown(value)
        system = self.system_values()
        for known, value in system.items():
            if known.lower() == name.lower():
                return value
        return self._net_member(name.lower())

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set a property, converted to its type; Put stores it."""
        declared = self.instance.wmi_class.find_property(name)
        if declared is None:
            raise AttributeError(name)
        self.instance.values[declared.name] = cast(engine, declared, value)

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:
        """Call a method of the class, else one of .NET's."""
        method = self.instance.wmi_class.find_method(name)
        if method is not None and not method.is_static:
            return run_method(self.machine, self.instance, method, arguments)
        function = self._net_methods(engine).get(name.lower())
        if function is None:
            raise AttributeError(name)
        return function(*arguments)

    def member_names(self) -> list[tuple[str, str]]:
        """List the methods and properties, those of the system first."""
        methods = [(method.name, "Method") for method in self.instance.wmi_class.methods]
        properties = [(name, "Property") for name in (*self.system_values(), *sorted(self.instance.values))]
        return [*methods, *properties]

    def system_values(self) -> dict[str, object]:
        """Give the system properties."""
        wmi_class = self.instance.wmi_class
        has_place = not self.is_embedded and bool(wmi_class.keys)
        return {
            "__GENUS": _INSTANCE_GENUS,
            "__CLASS": wmi_class.name,
            "__SUPERCLASS": wmi_class.superclass or None,
            "__DYNASTY": wmi_class.superclass or wmi_class.name,
            "__RELPATH": self.instance.relative_path if has_place else None,
            "__PROPERTY_COUNT": len(self.instance.values),
            "__DERIVATION": PSArray([wmi_class.superclass] if wmi_class.superclass else [], "System.String"),
            "__SERVER": self.machine.name.upper() if has_place else None,
            "__NAMESPACE": wmi_class.namespace if has_place else None,
            "__PATH": self.path if has_place else None,
        }

    def put(self) -> ManagementPath:
        """Store the instance and give its path."""
        self.instance.wmi_class.save(self.machine, self.instance)
        self.instance.fetched = dict(self.instance.values)
        self.instance.is_new = False
        return ManagementPath(self.path)

    def delete(self) -> None:
        """Delete the instance."""
        self.instance.wmi_class.remove(self.machine, self.instance)

    def refresh(self) -> None:
        """Read the instance again (Get)."""
        self.instance = find_instance(self.machine, parse_path(self.path))

    def _shown(self, value: object) -> object:
        """Embedded instances show as objects."""
        if isinstance(value, Instance):
            return ManagementObject(self.machine, value, is_embedded=True)
        if isinstance(value, PSArray) and any(isinstance(item, Instance) for item in value):
            return PSArray(self._shown(item) for item in value)
        return value

    def _net_member(self, name: str) -> object:
        if name == "path":
            return ManagementPath("" if self.is_embedded else self.path)
        if name == "pscomputername" and not self.is_embedded:
            return self.machine.name.upper()
        if name == "classpath":
            return ManagementPath(self.path.partition(":")[0] + ":" + self.instance.wmi_class.name)
        if name == "properties":
            items = self.instance.values.items()
            return PropertyDataCollection([PropertyData(self, key, self._shown(value)) for key, value in items])
        if name == "systemproperties":
            return PropertyDataCollection(
                [PropertyData(self, key, value) for key, value in self.system_values().items()]
            )
        if name == "scope":
            return ManagementScope(self.path.partition(":")[0])
        raise AttributeError(name)

    def _net_methods(self, engine: Engine) -> dict[str, Callable[..., object]]:
        return {
            "put": lambda *_options: self.put(),
            "delete": self.delete,
            "get": self.refresh,
            "getpropertyvalue": lambda name: self.get_member(engine, str(name)),
            "setpropertyvalue": lambda name, value: self.set_member(engine, str(name), value),
            "item": lambda name: self.get_member(engine, str(name)),
            "set_item": lambda name, value: self.set_member(engine, str(name), value),
            "invokemethod": self._invoke_method,
            "getmethodparameters": lambda name: parameters_of(self.machine, self.instance.wmi_class, str(name)),
            "converttodatetime": lambda text: convert(engine, iso_time(str(text)), "System.DateTime"),
            "clone": lambda: ManagementObject(self.machine, self.instance),
            "dispose": lambda: None,
            "tostring": lambda: str(self),
            "equals": lambda other: other is self,
        }

    def _invoke_method(self, name: object, arguments: object = None, _options: object = None) -> object:
        return run_method(self.machine, self.instance, require_method(self.instance.wmi_class, name), spread(arguments))


def require_method(wmi_class: WmiClass, name: object) -> Method:
    """Give a method of a class.

    Raises:
        NetError: 0x8004102F when there is none of that name.
    """
    method = wmi_class.find_method(str(unwrap(name)))
    if method is None:
        raise management_error(INVALID_METHOD)
    return method


def run_method(
    machine: Machine, instance: Instance, method: Method, arguments: list[object]
) -> ManagementObject | None:
    """Run a method; the out parameters come as an object, with ReturnValue where the method has one."""
    given = _from_parameters(method, arguments)
    outcome = dict(method.function(machine, instance.values, *given))
    if not outcome:
        return None
    declared = tuple(Property(name) for name in outcome)
    parameters = Instance(WmiClass("__PARAMETERS", declared), outcome, dict(outcome))
    return ManagementObject(machine, parameters, is_embedded=True)


def parameters_of(machine: Machine, wmi_class: WmiClass, name: str) -> ManagementObject | None:
    """Give the empty in parameters of a method."""
    method = require_method(wmi_class, name)
    if not method.parameters:
        return None
    declared = tuple(Property(parameter, "object") for parameter in method.parameters)
    values: dict[str, object] = dict.fromkeys(method.parameters)
    return ManagementObject(machine, Instance(ParameterClass(method.name, declared), values), is_embedded=True)


class ParameterClass(WmiClass):
    """The class of a method's in parameters; their values are taken as they are."""

    def find_property(self, name: str) -> Property | None:
        """Give a parameter, as text that converts to anything."""
        found = super().find_property(name)
        return None if found is None else Property(found.name, "any")


def spread(arguments: object) -> list[object]:
    """Give the arguments of InvokeMethod: an array, in parameters, or nothing."""
    plain = unwrap(arguments)
    if plain is None:
        return []
    return list(plain) if isinstance(plain, PSArray) else [plain]


def iso_time(text: str) -> str:
    """Give a CIM time in a form that the language reads."""
    fraction = text[14:21] if text[14:15] == "." else ""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:14]}{fraction}"


def _from_parameters(method: Method, arguments: list[object]) -> list[object]:
    first = unwrap(arguments[0]) if len(arguments) == 1 else None
    if isinstance(first, ManagementObject) and isinstance(first.instance.wmi_class, ParameterClass):
        return [first.instance.values[name] for name in method.parameters]
    return [unwrap(argument) for argument in arguments]
