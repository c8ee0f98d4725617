"""From an ADsPath to the native object of the provider that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import com_error
from iisrelay.lab.windows.adsi.ads_object import AdsObject
from iisrelay.lab.windows.adsi.paths import check_host, parse_path
from iisrelay.lab.windows.adsi.schema_objects import SCHEMA, bind_schema
from iisrelay.lab.windows.adsi.winnt import bind_winnt
from iisrelay.lab.windows.metabase.failures import ACCESS_DENIED, BAD_PATHNAME, failure

if TYPE_CHECKING:
    from iisrelay.lab.windows.adsi.native import NativeObject
    from iisrelay.lab.windows.adsi.paths import AdsPath
    from iisrelay.lab.windows.machine import Machine

SERVER_NOT_OPERATIONAL = 0x8007203A
CLASS_NOT_REGISTERED = 0x80040154


def bind_moniker(machine: Machine, moniker: str) -> NativeObject:
    """Bind an ADsPath.

    Raises:
        NetError: 0x80005000 for a provider that does not exist here (IIS without its metabase compatibility too),
            0x80070003 for a path that does not, 0x80070005 without an administrator's rights, 0x8007203A for a domain:
            the lab has no directory service.
    """
    path = parse_path(moniker or "LDAP://RootDSE")
    provider = path.provider.upper()
    if provider == "IIS":
        return _bind_iis(machine, path)
    if provider == "WINNT":
        return bind_winnt(machine, path)
    if provider in ("LDAP", "GC"):
        raise com_error(SERVER_NOT_OPERATIONAL, "The server is not operational.\r\n")
    raise failure(BAD_PATHNAME)


def create_com_object(_machine: Machine, identifier: str) -> object:
    """Refuse a ProgID that nobody registered.

    Raises:
        NetError: 0x80040154.
    """
    raise com_error(
        CLASS_NOT_REGISTERED,
        f"Retrieving the COM class factory for component {identifier} failed due to the following error: "
        "80040154 Class not registered (Exception from HRESULT: 0x80040154 (REGDB_E_CLASSNOTREG)).",
    )


def _bind_iis(machine: Machine, path: AdsPath) -> NativeObject:
    machine.metabase.ensure_available()
    check_host(machine, path.host)
    if not machine.is_administrator:
        raise failure(ACCESS_DENIED)
    if path.names[:1] and path.names[0].lower() == SCHEMA:
        return bind_schema(machine, path)
    key = machine.metabase.open(path.key_path)
    return AdsObject(machine, path, key.key_type or "IIsObject")
