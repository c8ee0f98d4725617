"""Values of the metabase as the IIS WMI provider shows them, and back.

Relay lists are raw bytes here: NULL where nothing is stored, a zero-length array for an empty blob (an open relay).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.values import Byte, PSArray, unwrap
from iisrelay.lab.windows.metabase.conversion import signed
from iisrelay.lab.windows.wmi.failures import TYPE_MISMATCH, management_error
from iisrelay.lab.windows.wmi.model import Instance, Property, WmiClass
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase.tree import Value
    from iisrelay.settings.metabase_schema import PropertySchema

NAMESPACE = r"root\MicrosoftIISv2"

_TYPES = {
    Kind.DWORD: ("sint32", False),
    Kind.BOOL: ("boolean", False),
    Kind.STRING: ("string", False),
    Kind.EXPANDSZ: ("string", False),
    Kind.MULTISZ: ("string", True),
    Kind.BINARY: ("uint8", True),
    Kind.IPSECLIST: ("uint8", True),
}


class BindingClass(WmiClass):
    """ServerBinding and SecureBinding: values without instances of their own."""

    namespace = NAMESPACE


SERVER_BINDING = BindingClass("ServerBinding", (Property("Hostname"), Property("IP"), Property("Port")))
SECURE_BINDING = BindingClass("SecureBinding", (Property("IP"), Property("Port")))
_BINDINGS = {"ServerBindings": SERVER_BINDING, "SecureBindings": SECURE_BINDING}


def property_of(schema: PropertySchema, *, is_read_only: bool = False) -> Property:
    """Give the WMI property of a metabase property."""
    if schema.name in _BINDINGS:
        return Property(schema.name, "object", is_array=True, is_read_only=is_read_only)
    kind, is_array = _TYPES[schema.type]
    return Property(schema.name, kind, is_array, is_read_only=is_read_only)


def show(schema: PropertySchema, value: Value) -> object:
    """Give a stored value as WMI shows it."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return signed(value)
    if isinstance(value, bytes):
        return PSArray(map(Byte, value), "System.Byte")
    if not isinstance(value, tuple):
        return None
    if schema.name in _BINDINGS:
        return PSArray(_binding(_BINDINGS[schema.name], text) for text in value)
    return PSArray(value, "System.String")


def take(schema: PropertySchema, value: object) -> object:
    """Give a value as the metabase converts it: bindings as text, bytes as bytes."""
    plain = unwrap(value)
    if schema.type in (Kind.BINARY, Kind.IPSECLIST):
        return _bytes(plain)
    if schema.name in _BINDINGS:
        items = plain if isinstance(plain, PSArray) else [plain]
        return [_binding_text(unwrap(item)) for item in items]
    return [unwrap(item) for item in plain] if isinstance(plain, PSArray) else plain


def _bytes(value: object) -> bytes:
    items = list(value) if isinstance(value, PSArray) else None
    if items is None or not all(isinstance(item, int) and 0 <= item <= 0xFF for item in items):
        raise management_error(TYPE_MISMATCH)
    return bytes(items)  # type: ignore[arg-type]


def _binding(wmi_class: WmiClass, text: str) -> Instance:
    address, _, rest = text.partition(":")
    port, _, host = rest.partition(":")
    values: dict[str, object] = {"Hostname": host, "IP": address, "Port": port}
    known = {item.name: values[item.name] for item in wmi_class.properties}
    return Instance(wmi_class, known, dict(known))


def _binding_text(item: object) -> str:
    """A binding comes as an embedded object, in whatever shell it was made; text is taken as it is."""
    if isinstance(item, str):
        return str(item)
    instance = getattr(item, "instance", item)
    values = instance.values if isinstance(instance, Instance) else None
    if values is None and isinstance(item, Dictionary):
        values = {str(key): value for key, value in item.items()}
    if values is None:
        raise management_error(TYPE_MISMATCH)
    found = {name.lower(): str(value or "") for name, value in values.items()}
    return f"{found.get('ip', '')}:{found.get('port', '')}:{found.get('hostname', '')}"
