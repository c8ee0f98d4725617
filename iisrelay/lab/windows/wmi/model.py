"""Classes and instances of WMI, apart from how scripts see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iisrelay.lab.windows.wmi.failures import PROVIDER_NOT_CAPABLE, management_error
from iisrelay.lab.windows.wmi.paths import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iisrelay.lab.windows.machine import Machine


@dataclass(frozen=True)
class Property:
    """A property of a class; ``type`` is the CIM type (string, sint32, boolean, uint8 ..., object)."""

    name: str
    type: str = "string"
    is_array: bool = False
    is_key: bool = False
    is_read_only: bool = False


@dataclass(frozen=True)
class Method:
    """A method: its in parameters, and the function that gives the out parameters by name."""

    name: str
    function: Callable[..., Mapping[str, object]]  # (machine, values of the instance, *arguments)
    parameters: tuple[str, ...] = ()
    is_static: bool = False


class WmiClass:
    """One class. Providers fill in ``load``, ``save`` and ``remove``."""

    namespace = r"root\cimv2"
    superclass = ""

    def __init__(self, name: str, properties: tuple[Property, ...], methods: tuple[Method, ...] = ()) -> None:
        self.name = name
        self.properties = properties
        self.methods = methods

    @property
    def keys(self) -> tuple[Property, ...]:
        """The properties that tell instances apart."""
        return tuple(item for item in self.properties if item.is_key)

    def find_property(self, name: str) -> Property | None:
        """Give a property by its name in any case."""
        return next((item for item in self.properties if item.name.lower() == name.lower()), None)

    def find_method(self, name: str) -> Method | None:
        """Give a method by its name in any case."""
        return next((item for item in self.methods if item.name.lower() == name.lower()), None)

    def new_instance(self) -> Instance:
        """Make an instance that Put will store."""
        return Instance(self, {item.name: None for item in self.properties}, is_new=True)

    def instances(self, machine: Machine) -> Iterator[Instance]:
        """Give what is there now."""
        for values in self.load(machine):
            complete = {item.name: values.get(item.name) for item in self.properties}
            yield Instance(self, complete, dict(complete))

    def load(self, machine: Machine) -> Iterator[dict[str, object]]:  # noqa: ARG002 - a class without instances
        """Give the values of each instance, by name; what is left out is null."""
        return iter(())

    def save(self, machine: Machine, instance: Instance) -> None:  # noqa: ARG002 - what most providers say
        """Store an instance.

        Raises:
            NetError: 0x80041024 when the provider cannot write.
        """
        raise management_error(PROVIDER_NOT_CAPABLE)

    def remove(self, machine: Machine, instance: Instance) -> None:  # noqa: ARG002 - as above
        """Delete an instance.

        Raises:
            NetError: 0x80041024 when the provider cannot delete.
        """
        raise management_error(PROVIDER_NOT_CAPABLE)


@dataclass
class Instance:
    """An instance as it was read; ``fetched`` are the values it was read with."""

    wmi_class: WmiClass
    values: dict[str, object]
    fetched: dict[str, object] = field(default_factory=dict)
    is_new: bool = False

    @property
    def relative_path(self) -> str:
        """Class.Key="value"."""
        keys = ",".join(f"{item.name}={quote(self.values.get(item.name))}" for item in self.wmi_class.keys)
        return f"{self.wmi_class.name}.{keys}" if keys else f"{self.wmi_class.name}=@"

    def changed(self) -> dict[str, object]:
        """Give the values that differ from those it was read with."""
        return {
            name: value
            for name, value in self.values.items()
            if name not in self.fetched or not same(value, self.fetched[name])
        }

    def lowered(self) -> dict[str, object]:
        """Give the values under lower-case names, as queries look them up."""
        return {name.lower(): value for name, value in self.values.items()}


def same(one: object, other: object) -> bool:
    """Tell whether two values are equal, and not merely equal numbers of different kinds such as 1 and True."""
    return type(one) is type(other) and one == other
