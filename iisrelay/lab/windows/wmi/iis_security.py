"""IIsIPSecuritySetting: the connection list (IPSecurity) as arrays. The relay list has no such class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.windows.wmi.failures import INVALID_PARAMETER, NOT_FOUND, management_error
from iisrelay.lab.windows.wmi.iis_values import NAMESPACE
from iisrelay.lab.windows.wmi.model import Property, WmiClass
from iisrelay.settings.relay_list import decode, encode
from iisrelay.settings.stored import AccessList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.wmi.model import Instance

_LISTS = ("IPGrant", "IPDeny", "DomainGrant", "DomainDeny")
_WITH_CONNECTION_LIST = ("iissmtpservice", "iissmtpserver")


class IpSecuritySetting(WmiClass):
    """One instance for each key that can have a connection list."""

    namespace = NAMESPACE
    superclass = "CIM_Setting"

    def __init__(self) -> None:
        lists = tuple(Property(name, is_array=True) for name in _LISTS)
        super().__init__(
            "IIsIPSecuritySetting", (Property("Name", is_key=True), Property("GrantByDefault", "boolean"), *lists)
        )

    def load(self, machine: Machine) -> Iterator[dict[str, object]]:
        """Give the lists; nothing stored means that everybody may connect."""
        computer = machine.metabase.find("")
        for key in computer.walk() if computer else ():
            if key.key_type.lower() in _WITH_CONNECTION_LIST:
                found = machine.metabase.read(key, "IPSecurity")
                access = AccessList(True)
                if found is not None and isinstance(found.value, bytes):
                    access = decode(found.value).access_list
                yield {"Name": key.path.removeprefix("/LM/"), **_shown(access)}

    def save(self, machine: Machine, instance: Instance) -> None:
        """Store the side that counts.

        Raises:
            NetError: 0x80041002 for a key that is not there, 0x80041008 for an entry that is no IPv4 address.
        """
        key = machine.metabase.find(str(instance.values["Name"]))
        if key is None:
            raise management_error(NOT_FOUND)
        grant_by_default = bool(instance.values["GrantByDefault"])
        side = "Deny" if grant_by_default else "Grant"
        addresses, domains = (_texts(instance.values[f"{kind}{side}"]) for kind in ("IP", "Domain"))
        try:
            blob = encode(AccessList(grant_by_default, addresses, domains))
        except ValueError:
            raise management_error(INVALID_PARAMETER) from None
        machine.metabase.write(key, "IPSecurity", blob)


def _shown(access: AccessList) -> dict[str, object]:
    side = "Deny" if access.grant_by_default else "Grant"
    values: dict[str, object] = {name: PSArray((), "System.String") for name in _LISTS}
    values["GrantByDefault"] = access.grant_by_default
    values[f"IP{side}"] = PSArray(access.addresses, "System.String")
    values[f"Domain{side}"] = PSArray(access.domains, "System.String")
    return values


def _texts(value: object) -> tuple[str, ...]:
    plain = unwrap(value)
    if plain is None:
        return ()
    return tuple(str(item) for item in plain) if isinstance(plain, PSArray) else (str(plain),)
