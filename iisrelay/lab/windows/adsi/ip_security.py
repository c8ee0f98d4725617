"""IIsIPSecurity: the COM object that RelayIpList and IPSecurity show themselves as.

It is a copy of the stored list. Nothing is written before it is assigned back and SetInfo is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.metabase.failures import ALREADY_EXISTS, CANNOT_CONVERT, INVALID_PARAMETER, failure
from iisrelay.settings.relay_list import decode, encode, format_entry, parse_entry
from iisrelay.settings.stored import AccessList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_GRANTED = "grant"
_DENIED = "deny"
_LISTS = {
    "ipgrant": ("addresses", _GRANTED),
    "ipdeny": ("addresses", _DENIED),
    "domaingrant": ("domains", _GRANTED),
    "domaindeny": ("domains", _DENIED),
}
_NAMES = ("IPGrant", "IPDeny", "DomainGrant", "DomainDeny", "GrantByDefault")


class IpSecurity(LateBound):
    """A relay or connection list, in two sides of which ``GrantByDefault`` makes one count."""

    def __init__(self, access_list: AccessList) -> None:
        self.grant_by_default = access_list.grant_by_default
        self.lists: dict[tuple[str, str], tuple[str, ...]] = {
            ("addresses", self._active): access_list.addresses,
            ("domains", self._active): access_list.domains,
        }

    @classmethod
    def from_blob(cls, blob: bytes) -> IpSecurity:
        """Show a stored list; a malformed blob shows what can be read of it."""
        return cls(decode(blob).access_list)

    def to_blob(self) -> bytes:
        """Give the stored form; only the side that counts is kept."""
        addresses, domains = (self.lists.get((kind, self._active), ()) for kind in ("addresses", "domains"))
        return encode(AccessList(self.grant_by_default, addresses, domains))

    def read(self, name: str) -> object:
        """Give GrantByDefault, or a list as an array of strings."""
        if name.lower() == "grantbydefault":
            return self.grant_by_default
        if name.lower() not in _LISTS:
            raise AttributeError(name)
        return PSArray(self.lists.get(_LISTS[name.lower()], ()))

    def assign(self, name: str, value: object) -> None:
        """Set GrantByDefault or a list.

        Raises:
            NetError: 0x800700B7 for an entry given twice, 0x80070057 for one that is no IPv4 address; both numbers are
                inferred, that Windows refuses is not.
        """
        if name.lower() == "grantbydefault":
            self._switch(bool(unwrap(value)))
        elif name.lower() in _LISTS:
            kind, side = _LISTS[name.lower()]
            check = _address if kind == "addresses" else str
            self.lists[kind, side] = _distinct(_texts(value), check)
        else:
            raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List the properties."""
        return [(name, "Property") for name in _NAMES]

    @property
    def _active(self) -> str:
        return _DENIED if self.grant_by_default else _GRANTED

    def _switch(self, grant_by_default: bool) -> None:
        """A switch empties the object: scripts that set the list first were seen to lose it."""
        if grant_by_default != self.grant_by_default:
            self.grant_by_default = grant_by_default
            self.lists.clear()


def _texts(value: object) -> list[str]:
    value = unwrap(value)
    if value is None:
        return []
    items = [value] if isinstance(value, str) else list(value) if isinstance(value, PSArray) else None
    if items is None or not all(isinstance(unwrap(item), str) for item in items):
        raise failure(CANNOT_CONVERT)
    return [str(unwrap(item)) for item in items]


def _distinct(entries: Iterable[str], check: Callable[[str], str]) -> tuple[str, ...]:
    checked = [check(entry) for entry in entries]
    if len({entry.lower() for entry in checked}) != len(checked):
        raise failure(ALREADY_EXISTS)
    return tuple(checked)


def _address(entry: str) -> str:
    # A public script ends every entry with a semicolon; that Windows overlooks it is inferred from that.
    try:
        return format_entry(*parse_entry(entry.rstrip("; ")))
    except ValueError:
        raise failure(INVALID_PARAMETER) from None
