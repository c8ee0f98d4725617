"""Get-CimInstance and its kin: Set, New, Remove, Invoke-CimMethod and Get-CimClass, since 3.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSCustomObject, unwrap
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.wmi.cim import CimClass, CimInstance
from iisrelay.lab.windows.wmi.cmdlets import hosts, machine_of, select_text
from iisrelay.lab.windows.wmi.failures import (
    ACCESS_DENIED,
    INVALID_CLASS,
    INVALID_NAMESPACE,
    INVALID_PARAMETER,
    INVALID_QUERY,
    NOT_FOUND,
    management_error,
)
from iisrelay.lab.windows.wmi.objects import require_method
from iisrelay.lab.windows.wmi.paths import DEFAULT_NAMESPACE, parse_path
from iisrelay.lab.windows.wmi.repository import find_class, find_classes, find_instance, run_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.wmi.model import Instance

_SINCE = "3.0"
_EXCEPTION = "Microsoft.Management.Infrastructure.CimException"
_CATEGORIES = {
    ACCESS_DENIED: "PermissionDenied",
    INVALID_CLASS: "MetadataError",
    INVALID_NAMESPACE: "MetadataError",
    INVALID_QUERY: "InvalidArgument",
    NOT_FOUND: "ObjectNotFound",
}
_COMMON = (
    Param("Namespace", "string"),
    Param("ComputerName", "string[]", aliases=("CN", "ServerName")),
    Param("CimSession"),
    Param("OperationTimeoutSec", "uint32", aliases=("OT",)),
    Param("ResourceUri"),
)


@cmdlet(
    "Get-CimInstance",
    Param("ClassName", "string", position=0),
    Param("Filter", "string"),
    Param("Property", "string[]", aliases=("SelectProperties",)),
    Param("Query", "string"),
    Param("QueryDialect", "string"),
    Param("KeyOnly", "switch"),
    Param("Shallow", "switch"),
    Param("InputObject", pipeline=True),
    *_COMMON,
    aliases=("gcim",),
    since=_SINCE,
)
def get_cim_instance(call: Call) -> Iterator[object]:
    """Get-CimInstance: instances of a class or of a query, or the present state of an instance."""
    for instance in _found(call):
        yield CimInstance(machine_of(call), instance)


@cmdlet(
    "Set-CimInstance",
    Param("InputObject", position=0, pipeline=True),
    Param("Property", aliases=("Arguments",)),
    Param("Query", "string"),
    Param("PassThru", "switch"),
    *_COMMON,
    aliases=("scim",),
    since=_SINCE,
)
def set_cim_instance(call: Call) -> Iterator[object]:
    """Set-CimInstance: store instances, after setting the properties of -Property."""
    for instance in _targets(call):
        target = CimInstance(machine_of(call), instance)
        _assign(call, target)
        if _saved(call, instance) and call.has("PassThru"):
            yield target


@cmdlet(
    "New-CimInstance",
    Param("ClassName", "string", position=0),
    Param("Property", position=1, aliases=("Arguments",)),
    Param("Key", "string[]"),
    Param("ClientOnly", "switch", aliases=("Local",)),
    *_COMMON,
    aliases=("ncim",),
    since=_SINCE,
)
def new_cim_instance(call: Call) -> Iterator[object]:
    """New-CimInstance: make and store an instance; -ClientOnly only makes it, for embedding."""
    wmi_class = find_class(machine_of(call), _namespace(call), str(call.get("ClassName") or ""))
    target = CimInstance(machine_of(call), wmi_class.new_instance())
    _assign(call, target)
    if call.has("ClientOnly") or _saved(call, target.instance):
        yield target


@cmdlet(
    "Remove-CimInstance",
    Param("InputObject", position=0, pipeline=True),
    Param("Query", "string"),
    *_COMMON,
    aliases=("rcim",),
    since=_SINCE,
)
def remove_cim_instance(call: Call) -> None:
    """Remove-CimInstance: delete instances."""
    for instance in _targets(call):
        try:
            instance.wmi_class.remove(machine_of(call), instance)
        except NetError as error:
            _report(call, error)


@cmdlet(
    "Invoke-CimMethod",
    Param("InputObject", pipeline=True),
    Param("ClassName", "string"),
    Param("MethodName", "string", mandatory=True, aliases=("Name",)),
    Param("Arguments"),
    Param("Query", "string"),
    *_COMMON,
    aliases=("icim",),
    since=_SINCE,
)
def invoke_cim_method(call: Call) -> Iterator[object]:
    """Invoke-CimMethod: call a method with its parameters by name."""
    for instance in _targets(call):
        try:
            yield _called(call, instance)
        except NetError as error:
            _report(call, error)


@cmdlet(
    "Get-CimClass",
    Param("ClassName", "string", position=0),
    *_COMMON,
    aliases=("gcls",),
    since=_SINCE,
)
def get_cim_class(call: Call) -> Iterator[object]:
    """Get-CimClass: classes by name, wildcards allowed."""
    pattern = str(call.get("ClassName") or "*")
    try:
        classes = find_classes(machine_of(call), _namespace(call)).values()
    except NetError as error:
        _report(call, error)
        return
    yield from (CimClass(wmi_class) for wmi_class in classes if matches(pattern, wmi_class.name))


def _namespace(call: Call) -> str:
    return str(call.get("Namespace") or DEFAULT_NAMESPACE)


def _found(call: Call) -> list[Instance]:
    """Give what -InputObject, -Query or -ClassName name; failures are reported."""
    machine = machine_of(call)
    given = [unwrap(item) for item in call.input or [call.get("InputObject")]]
    instances = [item.instance for item in given if isinstance(item, CimInstance)]
    try:
        if instances:
            return [
                find_instance(machine, parse_path(item.relative_path, item.wmi_class.namespace)) for item in instances
            ]
        query = str(call.get("Query") or "") or select_text(call, _class_name(call))
        return [item for host in hosts(call) for item in run_query(machine, _namespace(call), query, host)]
    except NetError as error:
        _report(call, error)
        return []


def _targets(call: Call) -> list[Instance]:
    """Give the instances to work on: those given, those of -Query, or for static methods one of -ClassName."""
    given = [unwrap(item) for item in call.input or [call.get("InputObject")]]
    instances = [item.instance for item in given if isinstance(item, CimInstance)]
    if instances:
        return instances
    try:
        if call.get("Query"):
            return run_query(machine_of(call), _namespace(call), str(call.get("Query")))
        return [find_class(machine_of(call), _namespace(call), _class_name(call)).new_instance()]
    except NetError as error:
        _report(call, error)
        return []


def _class_name(call: Call) -> str:
    name = str(call.get("ClassName") or "")
    if not name:
        raise management_error(INVALID_PARAMETER)
    return name


def _assign(call: Call, target: CimInstance) -> None:
    values = unwrap(call.get("Property"))
    for name, value in values.items() if isinstance(values, Dictionary) else ():
        target.set_member(call.engine, str(name), value)


def _saved(call: Call, instance: Instance) -> bool:
    try:
        instance.wmi_class.save(machine_of(call), instance)
    except NetError as error:
        _report(call, error)
        return False
    instance.fetched = dict(instance.values)
    return True


def _called(call: Call, instance: Instance) -> PSCustomObject:
    method = require_method(instance.wmi_class, call.get("MethodName"))
    arguments = unwrap(call.get("Arguments"))
    named = (
        {str(name).lower(): unwrap(value) for name, value in arguments.items()}
        if isinstance(arguments, Dictionary)
        else {}
    )
    outcome = method.function(
        machine_of(call), instance.values, *(named.get(name.lower()) for name in method.parameters)
    )
    return PSCustomObject([*outcome.items(), ("PSComputerName", None)])


def _report(call: Call, error: NetError) -> None:
    hresult = (error.hresult or 0) & 0xFFFFFFFF
    call.error(
        error.message.rstrip(),
        category=_CATEGORIES.get(hresult, "NotSpecified"),
        identifier=f"HRESULT 0x{hresult:08x}",
        exception=_EXCEPTION,
        hresult=error.hresult,
    )
