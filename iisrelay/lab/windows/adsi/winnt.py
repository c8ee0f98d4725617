"""The WinNT provider, as far as scripts use it to name operators: the computer, local users, well-known groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import com_error
from iisrelay.lab.powershell.values import Byte, PSArray
from iisrelay.lab.windows.adsi.native import NativeObject
from iisrelay.lab.windows.adsi.paths import AdsPath, check_host
from iisrelay.lab.windows.metabase.failures import PROPERTY_NOT_FOUND, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.windows.machine import Machine

NO_SUCH_GROUP = 0x800708AC
_BUILTIN = "BUILTIN\\"
_ADMINISTRATORS = "Administrators"


def bind_winnt(machine: Machine, path: AdsPath) -> NativeObject:
    """Bind ``WinNT://host``, ``WinNT://host/name`` or ``WinNT://host/name,class``.

    Raises:
        NetError: 0x800708AC for a name that is neither a user nor a group.
    """
    host, _, wanted = path.host.partition(",")
    check_host(machine, host)
    if not path.names:
        return WinNtObject(machine, AdsPath(path.provider, host, ()), "Computer")
    name, _, kind = path.name.partition(",")
    account_path = AdsPath(path.provider, host, (name,))
    found = _class_of(machine, name)
    if found is None or (kind or wanted or found).lower() != found.lower():
        raise com_error(NO_SUCH_GROUP, "The group name could not be found.\r\n")
    return WinNtObject(machine, account_path, found)


def _class_of(machine: Machine, name: str) -> str | None:
    if name.lower() in (user.lower() for user in machine.accounts.users):
        return "User"
    sid = machine.accounts.sid_of(name)
    full_name = machine.accounts.name_of(sid) if sid else None
    return "Group" if full_name is not None and full_name.startswith(_BUILTIN) else None


class WinNtObject(NativeObject):
    """A computer, a user or a group, for reading."""

    def property_names(self) -> list[str]:
        """List the properties."""
        return [] if self.class_name == "Computer" else ["objectSid"]

    def get(self, name: str) -> object:
        """Give a property."""
        sid = self.machine.accounts.sid_of(self.path.name)
        if name.lower() != "objectsid" or sid is None:
            raise failure(PROPERTY_NOT_FOUND)
        return PSArray(map(Byte, sid_bytes(sid)), "System.Byte")

    def children(self) -> Iterator[NativeObject]:
        """Give the users of the computer."""
        for user in self.machine.accounts.users if self.class_name == "Computer" else ():
            yield WinNtObject(self.machine, self.path.child(user), "User")

    def methods(self) -> dict[str, Callable[..., object]]:
        """Give the methods; a group has Members and IsMember."""
        found = super().methods()
        if self.class_name == "Group":
            found |= {"members": lambda: PSArray(self._members()), "ismember": self._is_member}
        return found

    def _members(self) -> list[WinNtObject]:
        """Only the administrator's membership is simulated."""
        if self.path.name.lower() != _ADMINISTRATORS.lower():
            return []
        return [WinNtObject(self.machine, AdsPath(self.path.provider, self.path.host, ("Administrator",)), "User")]

    def _is_member(self, path: object) -> bool:
        name = str(path).rpartition("/")[2].partition(",")[0]
        return name.lower() in (member.path.name.lower() for member in self._members())


def sid_bytes(sid: str) -> bytes:
    """Give the binary form of a SID's text."""
    revision, authority, *parts = (int(part) for part in sid.split("-")[1:])
    head = bytes([revision, len(parts)]) + authority.to_bytes(6, "big")
    return head + b"".join(part.to_bytes(4, "little") for part in parts)
