"""Values as Automation shows them, and as scripts hand them in: DWORDs are signed, lists are arrays or COM objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import Byte, PSArray, unwrap
from iisrelay.lab.windows.adsi.ip_security import IpSecurity
from iisrelay.lab.windows.adsi.security import SecurityDescriptor
from iisrelay.lab.windows.metabase.acl import AccessControl
from iisrelay.lab.windows.metabase.conversion import signed, to_stored
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase.tree import Value
    from iisrelay.settings.metabase_schema import PropertySchema


def show(schema: PropertySchema, value: Value) -> object:
    """Give the value that a script sees."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return signed(value)
    if isinstance(value, bytes):
        return (
            IpSecurity.from_blob(value) if schema.type is Kind.IPSECLIST else PSArray(map(Byte, value), "System.Byte")
        )
    if isinstance(value, AccessControl):
        return SecurityDescriptor(value)
    return PSArray(value) if isinstance(value, tuple) else value


def take(schema: PropertySchema, value: object) -> Value:
    """Turn what a script hands in into the stored form.

    Raises:
        NetError: as ``to_stored`` says; a relay list is taken from an IIsIPSecurity object only.
    """
    plain = unwrap(value)
    if isinstance(plain, IpSecurity):
        plain = plain.to_blob() if schema.type is Kind.IPSECLIST else object()
    elif isinstance(plain, SecurityDescriptor):
        plain = plain.to_access_control()
    elif isinstance(plain, PSArray):
        plain = [unwrap(item) for item in plain]
    elif schema.type is Kind.IPSECLIST:
        plain = object()
    return to_stored(schema, plain)
