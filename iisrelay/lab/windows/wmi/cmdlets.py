"""Get-WmiObject, Set-WmiInstance, Invoke-WmiMethod and Remove-WmiObject."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.wmi.failures import (
    INVALID_CLASS,
    INVALID_NAMESPACE,
    INVALID_PARAMETER,
    INVALID_QUERY,
    management_error,
)
from iisrelay.lab.windows.wmi.management_class import ManagementClass, open_class, open_path
from iisrelay.lab.windows.wmi.objects import ManagementObject, require_method, run_method, spread
from iisrelay.lab.windows.wmi.paths import DEFAULT_NAMESPACE, parse_path
from iisrelay.lab.windows.wmi.repository import find_class, find_classes, run_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.machine import Machine

_CATEGORIES = {INVALID_CLASS: "InvalidType", INVALID_NAMESPACE: "InvalidArgument", INVALID_QUERY: "InvalidArgument"}
_CONNECTION = (
    Param("Namespace", "string", aliases=("NS",)),
    Param("ComputerName", "string[]", aliases=("Cn",)),
    Param("Credential"),
    Param("Authentication"),
    Param("Impersonation"),
    Param("Locale", "string"),
    Param("Authority", "string"),
    Param("EnableAllPrivileges", "switch"),
    Param("AsJob", "switch"),
    Param("ThrottleLimit", "int"),
)


@cmdlet(
    "Get-WmiObject",
    Param("Class", "string", position=0, aliases=("ClassName",)),
    Param("Property", "string[]", position=1),
    Param("Filter", "string"),
    Param("Query", "string"),
    Param("List", "switch"),
    Param("Recurse", "switch"),
    Param("Amended", "switch"),
    Param("DirectRead", "switch"),
    *_CONNECTION,
    aliases=("gwmi",),
)
def get_wmi_object(call: Call) -> Iterator[object]:
    """Get-WmiObject: instances of a class or of a query, or with -List the classes of a namespace."""
    for host in hosts(call):
        with reported(call, "GetWMIManagementException"):
            yield from _list(call, host) if call.has("List") else _select(call, host)


@cmdlet(
    "Set-WmiInstance",
    Param("Class", "string", position=0),
    Param("Arguments", "", position=1, aliases=("Args", "Property")),
    Param("Path", "string"),
    Param("InputObject", pipeline=True),
    Param("PutType"),
    *_CONNECTION,
    aliases=("swmi",),
)
def set_wmi_instance(call: Call) -> Iterator[object]:
    """Set-WmiInstance: create an instance of a class, or change the one of a path or of the pipeline."""
    for target in call.input or [call.get("InputObject")]:
        with reported(call, "SetWMIManagementException"):
            changed = _target(call, unwrap(target))
            arguments = unwrap(call.get("Arguments"))
            for name, value in arguments.items() if isinstance(arguments, Dictionary) else ():
                changed.set_member(call.engine, str(name), value)
            changed.put()
            yield changed


@cmdlet(
    "Invoke-WmiMethod",
    Param("Class", "string", position=0),
    Param("Name", "string", position=1, mandatory=True),
    Param("ArgumentList", "", position=2, aliases=("Args",)),
    Param("Path", "string"),
    Param("InputObject", pipeline=True),
    *_CONNECTION,
    aliases=("iwmi",),
)
def invoke_wmi_method(call: Call) -> Iterator[object]:
    """Invoke-WmiMethod: call a method of a class, or of the instance of a path or of the pipeline."""
    for target in call.input or [call.get("InputObject")]:
        with reported(call, "InvokeWMIManagementException"):
            instance = _target(call, unwrap(target)).instance
            method = require_method(instance.wmi_class, call.get("Name"))
            result = run_method(machine_of(call), instance, method, spread(call.get("ArgumentList")))
            if result is not None:
                yield result


@cmdlet(
    "Remove-WmiObject",
    Param("Class", "string", position=0),
    Param("Path", "string"),
    Param("InputObject", pipeline=True),
    *_CONNECTION,
    aliases=("rwmi",),
)
def remove_wmi_object(call: Call) -> None:
    """Remove-WmiObject: delete the instance of a path or those of the pipeline."""
    for target in call.input or [call.get("InputObject")]:
        with reported(call, "RemoveWMIManagementException"):
            _target(call, unwrap(target)).delete()


def machine_of(call: Call) -> Machine:
    """Give the machine that the cmdlet runs on."""
    machine: Machine = call.engine.machine  # type: ignore[assignment]
    return machine


def hosts(call: Call) -> list[str]:
    """Give the hosts of -ComputerName; this one when none is named."""
    named = unwrap(call.get("ComputerName"))
    return [str(unwrap(item)) for item in named] if isinstance(named, PSArray) else [str(named or ".")]


@contextmanager
def reported(call: Call, identifier: str) -> Iterator[None]:
    """Write failures of WMI as non-terminating errors of the cmdlet."""
    try:
        yield
    except NetError as error:
        hresult = (error.hresult or 0) & 0xFFFFFFFF
        is_com = error.type_name.endswith("COMException")
        detail = f" (Exception from HRESULT: 0x{hresult:08X})" if is_com and "HRESULT" not in error.message else ""
        call.error(
            error.message.rstrip() + detail,
            category=_CATEGORIES.get(hresult, "InvalidOperation"),
            identifier=identifier.replace("Management", "COM") if is_com else identifier,
            exception=error.type_name,
            hresult=error.hresult,
        )


def select_text(call: Call, class_name: str) -> str:
    """Put a query together from -Property and -Filter."""
    columns = unwrap(call.get("Property"))
    names = ",".join(str(unwrap(item)) for item in columns) if isinstance(columns, PSArray) and len(columns) else "*"
    where = f" WHERE {call.get('Filter')}" if call.get("Filter") else ""
    return f"SELECT {names} FROM {class_name}{where}"  # noqa: S608 - WQL over objects in memory


def _select(call: Call, host: str) -> Iterator[object]:
    namespace = str(call.get("Namespace") or DEFAULT_NAMESPACE)
    query = str(call.get("Query") or "") or select_text(call, _class_name(call))
    for instance in run_query(machine_of(call), namespace, query, host):
        yield ManagementObject(machine_of(call), instance)


def _class_name(call: Call) -> str:
    name = str(call.get("Class") or "")
    if not name:
        raise management_error(INVALID_PARAMETER)
    return name


def _list(call: Call, host: str) -> Iterator[object]:
    classes = find_classes(machine_of(call), str(call.get("Namespace") or DEFAULT_NAMESPACE), host)
    pattern = str(call.get("Class") or "*")
    for wmi_class in classes.values():
        if matches(pattern, wmi_class.name):
            yield ManagementClass(machine_of(call), wmi_class)


def _target(call: Call, given: object) -> ManagementObject:
    """Give what the cmdlet works on: the object, the instance of a path, or a new instance of a class."""
    if isinstance(given, ManagementObject):
        return given
    machine = machine_of(call)
    if isinstance(given, ManagementClass):
        return ManagementObject(machine, given.wmi_class.new_instance())
    namespace = str(call.get("Namespace") or DEFAULT_NAMESPACE)
    path = str(call.get("Path") or "")
    if path and parse_path(path, namespace).is_instance:
        return open_path(machine, path, namespace)
    if path:
        return ManagementObject(machine, open_class(machine, path, namespace).wmi_class.new_instance())
    return ManagementObject(machine, find_class(machine, namespace, _class_name(call)).new_instance())
