"""The namespaces of a machine's WMI: which classes they hold, and how queries and paths find instances."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from iisrelay.lab.windows.adsi.paths import check_host
from iisrelay.lab.windows.wmi.failures import (
    ACCESS_DENIED,
    INVALID_CLASS,
    INVALID_NAMESPACE,
    INVALID_OBJECT_PATH,
    NOT_FOUND,
    management_error,
)
from iisrelay.lab.windows.wmi.iis_classes import iis_classes
from iisrelay.lab.windows.wmi.iis_values import NAMESPACE as IIS_NAMESPACE
from iisrelay.lab.windows.wmi.model import Property, WmiClass
from iisrelay.lab.windows.wmi.service_class import ServiceClass
from iisrelay.lab.windows.wmi.system_classes import system_classes
from iisrelay.lab.windows.wmi.wql import parse_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.wmi.model import Instance
    from iisrelay.lab.windows.wmi.paths import ObjectPath

_IIS_FEATURE = "Web-WMI"


class NamespaceClass(WmiClass):
    """__NAMESPACE: what stands below root."""

    namespace = "root"

    def __init__(self) -> None:
        super().__init__("__NAMESPACE", (Property("Name", is_key=True),))

    def load(self, machine: Machine) -> Iterator[dict[str, object]]:
        """Give the namespaces that are there."""
        for name in ("CIMV2", "DEFAULT"):
            yield {"Name": name}
        if machine.features.is_installed(_IIS_FEATURE):
            yield {"Name": IIS_NAMESPACE.partition("\\")[2]}


def find_classes(machine: Machine, namespace: str, host: str = ".") -> Mapping[str, WmiClass]:
    """Give the classes of a namespace, by lower-case name.

    Raises:
        NetError: 0x800706BA for another host, 0x8004100E for a namespace that is not there (the IIS one needs the
            feature Web-WMI), 0x80041003 without an administrator's rights on the IIS one.
    """
    check_host(machine, host)
    normal = normalize(namespace)
    classes = _namespaces().get(normal.lower())
    is_iis = normal.lower() == IIS_NAMESPACE.lower()
    if classes is None or (is_iis and not machine.features.is_installed(_IIS_FEATURE)):
        raise management_error(INVALID_NAMESPACE, namespace)
    if is_iis and not machine.is_administrator:
        raise management_error(ACCESS_DENIED)
    return classes


def find_class(machine: Machine, namespace: str, name: str, host: str = ".") -> WmiClass:
    """Give a class.

    Raises:
        NetError: 0x80041010 for one that is not there, and as ``find_classes``.
    """
    found = find_classes(machine, namespace, host).get(name.lower())
    if found is None:
        raise management_error(INVALID_CLASS, name)
    return found


def run_query(machine: Machine, namespace: str, text: str, host: str = ".") -> list[Instance]:
    """Give the instances that a SELECT finds; with columns, only these and the keys keep their values."""
    query = parse_query(text)
    wmi_class = find_class(machine, namespace, query.class_name, host)
    found = [instance for instance in wmi_class.instances(machine) if query.condition(instance.lowered())]
    for instance in found if query.columns else ():
        kept = {*query.columns, *(key.name.lower() for key in wmi_class.keys)}
        instance.values = {name: value for name, value in instance.values.items() if name.lower() in kept}
    return found


def find_instance(machine: Machine, path: ObjectPath) -> Instance:
    """Give the instance of a path.

    Raises:
        NetError: 0x80041002 when it is not there, 0x8004103A for a path of a class, and as ``find_classes``.
    """
    wmi_class = find_class(machine, path.namespace, path.class_name, path.host)
    if not path.is_instance:
        raise management_error(INVALID_OBJECT_PATH)
    for instance in wmi_class.instances(machine):
        if _matches(instance, path):
            return instance
    raise management_error(NOT_FOUND)


def normalize(namespace: str) -> str:
    r"""Give a namespace with backslashes and below root: ``root/cimv2`` and ``cimv2`` are ``root\cimv2``."""
    text = namespace.replace("/", "\\").strip("\\")
    return text if text.lower().split("\\")[0] == "root" else f"root\\{text}"


def _matches(instance: Instance, path: ObjectPath) -> bool:
    if path.is_singleton:
        return True
    values = instance.lowered()
    keys = [key.name.lower() for key in instance.wmi_class.keys]
    wanted = {(name.lower() or (keys[0] if keys else "")): text for name, text in path.keys}
    return all(str(values.get(name)).lower() == text.lower() for name, text in wanted.items())


@cache
def _namespaces() -> dict[str, dict[str, WmiClass]]:
    windows = [*system_classes(), ServiceClass()]
    return {
        "root": {"__namespace": NamespaceClass()},
        r"root\default": {},
        r"root\cimv2": {wmi_class.name.lower(): wmi_class for wmi_class in windows},
        IIS_NAMESPACE.lower(): {wmi_class.name.lower(): wmi_class for wmi_class in iis_classes()},
    }
