"""Static members and constructors of .NET types, as ``[type]::Member`` and New-Object reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError, language_error
from iisrelay.lab.powershell.invocation import call, construct, missing_method, overload_of
from iisrelay.lab.powershell.members import is_strict
from iisrelay.lab.powershell.nettypes import NetType, find_type, type_of
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

__all__ = ["call_static", "find_type", "get_static", "new_object", "set_static", "type_of"]


def get_static(engine: Engine | None, net_type: NetType, name: str) -> object:
    """Give a static property, constant or enumerator."""
    found = net_type.find("static_getters", name)
    if found is not None:
        function = found[1]
        return function(engine) if overload_of(function, instance=False).takes_engine else function()
    for enumerator, number in (net_type.enum or {}).items():
        if enumerator.lower() == name.lower():
            return NetEnum(number, net_type.name)
    if is_strict(engine, 2):
        raise language_error(
            f"The property '{name}' cannot be found on this object. Verify that the property exists.",
            "PropertyNotFoundStrict",
            "NotSpecified",
        )
    return None


def set_static(engine: Engine | None, net_type: NetType, name: str, item: object) -> None:
    """Set a static property."""
    found = net_type.find("static_setters", name)
    if found is None:
        raise language_error(
            f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
            "PropertyNotFound",
        )
    call(engine, found[0], [found[1]], [item])


def call_static(engine: Engine | None, net_type: NetType, name: str, arguments: list[object]) -> object:
    """Call a static method; ``new`` (since 5.0) constructs."""
    found = net_type.find_methods("statics", name)
    if found is not None:
        return call(engine, found[0], found[1], arguments)
    if name.lower() == "new" and (engine is None or engine.version.startswith("5")):
        return construct(engine, net_type, arguments)
    raise missing_method(net_type, name)


def new_object(engine: Engine | None, type_name: str, arguments: list[object]) -> object:
    """Make an object of a named type, as New-Object does."""
    net = find_type(type_name)
    if net is None:
        raise NetError(
            "System.Management.Automation.PSArgumentException",
            f"Cannot find type [{type_name}]: verify that the assembly containing this type is loaded.",
            identifier="TypeNotFound",
            category="InvalidType",
        )
    return construct(engine, net, arguments)
