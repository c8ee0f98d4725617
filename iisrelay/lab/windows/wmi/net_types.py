r"""The .NET types of System.Management with PowerShell's ``[wmi]``, ``[wmiclass]`` and ``[wmisearcher]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ReadOnlyCollection
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.values import unwrap
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.wmi.cim import CimInstance
from iisrelay.lab.windows.wmi.management_class import ManagementClass, open_class, open_path
from iisrelay.lab.windows.wmi.objects import ManagementObject
from iisrelay.lab.windows.wmi.parts import ManagementPath, ManagementScope
from iisrelay.lab.windows.wmi.paths import DEFAULT_NAMESPACE
from iisrelay.lab.windows.wmi.repository import run_query

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_COMPONENT = "System.ComponentModel.Component"
_BASE = "System.Management.ManagementBaseObject"
_CIM = "Microsoft.Management.Infrastructure.CimInstance"

declare(_COMPONENT)
declare(_BASE, bases=(_COMPONENT,))
_object = declare("System.Management.ManagementObject", python=ManagementObject, bases=(_BASE,), accelerators=("wmi",))
_class = declare(
    "System.Management.ManagementClass",
    python=ManagementClass,
    bases=("System.Management.ManagementObject",),
    accelerators=("wmiclass",),
)
_path = declare("System.Management.ManagementPath", python=ManagementPath)
_scope = declare("System.Management.ManagementScope", python=ManagementScope)
declare("System.Management.PropertyDataCollection")
declare("System.Management.PropertyData")
declare("System.Management.ManagementException", bases=("System.SystemException",))
declare(_CIM, python=CimInstance, accelerators=("ciminstance",), since="3.0")
declare("Microsoft.Management.Infrastructure.CimException", bases=("System.SystemException",), since="3.0")


class ObjectQuery(LateBound):
    """The text of a query as an object."""

    net_type = "System.Management.ObjectQuery"

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def read(self, name: str) -> object:
        """Give QueryString or QueryLanguage."""
        known = {"querystring": self.text, "querylanguage": "WQL"}
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]


class ConnectionOptions(LateBound):
    """How to connect; a connection to this host needs none of it."""

    net_type = "System.Management.ConnectionOptions"
    names = ("Authentication", "EnablePrivileges", "Impersonation", "Locale", "Password", "Timeout", "Username")

    def __init__(self) -> None:
        self.values: dict[str, object] = {name.lower(): None for name in self.names}

    def read(self, name: str) -> object:
        """Give an option."""
        if name.lower() not in self.values:
            raise AttributeError(name)
        return self.values[name.lower()]

    def assign(self, name: str, value: object) -> None:
        """Set an option."""
        if name.lower() not in self.values:
            raise AttributeError(name)
        self.values[name.lower()] = value


class ManagementObjectSearcher(LateBound):
    """Holds a query and runs it."""

    net_type = "System.Management.ManagementObjectSearcher"

    def __init__(self, machine: Machine, query: str, scope: str = DEFAULT_NAMESPACE) -> None:
        self.machine = machine
        self.query = query
        self.scope = ManagementScope(scope)

    def read(self, name: str) -> object:
        """Give Query or Scope."""
        known: dict[str, object] = {"query": ObjectQuery(self.query), "scope": self.scope}
        if name.lower() not in known:
            raise AttributeError(name)
        return known[name.lower()]

    def assign(self, name: str, value: object) -> None:
        """Set Query or Scope."""
        if name.lower() == "query":
            self.query = str(unwrap(value))
        elif name.lower() == "scope":
            self.scope = scope_of(value)
        else:
            raise AttributeError(name)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call Get."""
        if name.lower() != "get" or arguments:
            raise AttributeError(name)
        host, namespace = split_scope(self.scope.path)
        found = run_query(self.machine, namespace, self.query, host)
        objects = [ManagementObject(self.machine, instance) for instance in found]
        return ReadOnlyCollection(objects, "System.Management.ManagementObjectCollection")


_searcher = declare(
    "System.Management.ManagementObjectSearcher", python=ManagementObjectSearcher, accelerators=("wmisearcher",)
)


_query = declare("System.Management.ObjectQuery", python=ObjectQuery)
_wql_query = declare("System.Management.WqlObjectQuery", bases=("System.Management.ObjectQuery",))
_connection = declare("System.Management.ConnectionOptions", python=ConnectionOptions)
_connection.constructor(ConnectionOptions)


@_query.constructor
@_wql_query.constructor
def new_query(text: object = "") -> object:
    """Make a query."""
    return ObjectQuery(str(unwrap(text)))


@_object.constructor
def new_object(engine: Engine, path: object) -> object:
    """Open the instance of a path."""
    return open_path(_machine(engine), str(unwrap(path)))


@_object.converter
def object_from_text(engine: Engine, value: object) -> object:
    r"""``[wmi]'root\cimv2:Win32_Service.Name="SMTPSVC"'``."""
    plain = unwrap(value)
    return open_path(_machine(engine), plain) if isinstance(plain, str) else NotImplemented


@_class.constructor
def new_class(engine: Engine, path: object, name: object = None) -> object:
    """Open a class: by its path, or by a scope and a name."""
    text = str(unwrap(path)) if name is None else f"{scope_of(path).path}:{unwrap(name)}"
    return open_class(_machine(engine), text)


@_class.converter
def class_from_text(engine: Engine, value: object) -> object:
    r"""``[wmiclass]'root\MicrosoftIISv2:IIsSmtpDomainSetting'``."""
    plain = unwrap(value)
    return open_class(_machine(engine), plain) if isinstance(plain, str) else NotImplemented


@_scope.constructor
def new_scope(path: object = DEFAULT_NAMESPACE, _options: object = None) -> object:
    """Make a scope."""
    return ManagementScope(str(unwrap(path)))


@_path.constructor
def new_path(path: object = "") -> object:
    """Make a path."""
    return ManagementPath(str(unwrap(path)))


@_searcher.constructor
def new_searcher(engine: Engine, *arguments: object) -> object:
    """Make a searcher: of a query, or of a scope and a query."""
    query = str(unwrap(arguments[-1])) if arguments else ""
    scope = scope_of(arguments[0]).path if len(arguments) > 1 else DEFAULT_NAMESPACE
    return ManagementObjectSearcher(_machine(engine), query, scope)


@_searcher.converter
def searcher_from_text(engine: Engine, value: object) -> object:
    """``[wmisearcher]'SELECT ...'``."""
    plain = unwrap(value)
    return ManagementObjectSearcher(_machine(engine), plain) if isinstance(plain, str) else NotImplemented


def scope_of(value: object) -> ManagementScope:
    """Give the scope that an object or a text stands for."""
    plain = unwrap(value)
    return plain if isinstance(plain, ManagementScope) else ManagementScope(str(plain))


def split_scope(path: str) -> tuple[str, str]:
    r"""Give host and namespace of ``\\HOST\root\cimv2`` or ``root\cimv2``."""
    text = path.replace("/", "\\")
    if not text.startswith("\\\\"):
        return ".", text
    host, _, namespace = text[2:].partition("\\")
    return host, namespace or DEFAULT_NAMESPACE


def _machine(engine: Engine) -> Machine:
    machine: Machine = engine.machine  # type: ignore[assignment]
    return machine
