"""CIM types as values of the language: what a script assigns to a property becomes the property's type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert
from iisrelay.lab.powershell.values import PSArray, unwrap

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.wmi.model import Property

NET_TYPES = {
    "boolean": "System.Boolean",
    "datetime": "System.String",
    "sint32": "System.Int32",
    "string": "System.String",
    "uint8": "System.Byte",
    "uint16": "System.UInt16",
    "uint32": "System.UInt32",
    "uint64": "System.UInt64",
}


def cast(engine: Engine, declared: Property, value: object) -> object:
    """Give a value in the type of a property; null stays null, embedded objects are taken as they are.

    Raises:
        NetError: in the words of the language when the value does not convert.
    """
    plain = unwrap(value)
    if plain is None:
        return None
    if declared.type == "any":
        return plain
    if declared.type == "object":
        return PSArray([unwrap(item) for item in plain] if isinstance(plain, PSArray) else [plain])
    net = NET_TYPES[declared.type]
    return convert(engine, plain, f"{net}[]" if declared.is_array else net)
