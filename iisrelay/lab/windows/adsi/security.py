"""The COM objects of AdminACL: a security descriptor, its list of access control entries, and an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import DynamicObject, unwrap
from iisrelay.lab.windows.adsi.com_members import ComObject
from iisrelay.lab.windows.com import com_class
from iisrelay.lab.windows.metabase.acl import AccessControl, AccessEntry
from iisrelay.lab.windows.metabase.failures import INVALID_PARAMETER, failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.machine import Machine

_ALLOWED_TYPE = 0  # ADS_ACETYPE_ACCESS_ALLOWED
_DENIED_TYPE = 1
_DACL_PRESENT = 0x4
_REVISION = 2


class AccessControlEntry(ComObject):
    """IADsAccessControlEntry."""

    properties = {"Trustee": str, "AccessMask": int, "AceType": int, "AceFlags": int, "Flags": int}  # noqa: RUF012

    def __init__(self, entry: AccessEntry) -> None:
        super().__init__()
        ace_type = _DENIED_TYPE if entry.denied else _ALLOWED_TYPE
        self.values.update(
            trustee=entry.trustee, accessmask=entry.mask, acetype=ace_type, aceflags=entry.flags, flags=0
        )

    def to_entry(self) -> AccessEntry:
        """Give the stored form."""
        denied = self.values["acetype"] == _DENIED_TYPE
        mask, flags = self.values["accessmask"], self.values["aceflags"]
        return AccessEntry(str(self.values["trustee"]), int(mask), denied=denied, flags=int(flags))  # type: ignore[call-overload]


class AccessControlList(ComObject):
    """IADsAccessControlList; enumerates its entries."""

    properties = {"AclRevision": int}  # noqa: RUF012
    computed = ("AceCount",)
    methods = ("AddAce", "RemoveAce", "CopyAccessList")

    def __init__(self, entries: list[AccessControlEntry]) -> None:
        super().__init__()
        self.entries = entries
        self.values["aclrevision"] = _REVISION

    def __iter__(self) -> Iterator[object]:
        return iter(list(self.entries))

    def get_acecount(self) -> int:
        """Count the entries."""
        return len(self.entries)

    def call_addace(self, entry: object) -> None:
        """Add an entry."""
        if not isinstance(unwrap(entry), AccessControlEntry):
            raise failure(INVALID_PARAMETER)
        self.entries.append(unwrap(entry))  # type: ignore[arg-type]

    def call_removeace(self, entry: object) -> None:
        """Remove an entry: the same object, or one that says the same."""
        wanted = unwrap(entry)
        if not isinstance(wanted, AccessControlEntry):
            raise failure(INVALID_PARAMETER)
        kept = [item for item in self.entries if item is not wanted and item.to_entry() != wanted.to_entry()]
        if len(kept) == len(self.entries):
            raise failure(INVALID_PARAMETER)
        self.entries = kept

    def call_copyaccesslist(self) -> AccessControlList:
        """Give an independent copy."""
        return AccessControlList([AccessControlEntry(item.to_entry()) for item in self.entries])


class SecurityDescriptor(ComObject):
    """IADsSecurityDescriptor. Like a relay list it is a copy, written when it is assigned back."""

    properties = {"Owner": str, "Group": str, "Revision": int, "Control": int, "DiscretionaryAcl": object}  # noqa: RUF012
    methods = ("CopySecurityDescriptor",)

    def __init__(self, access: AccessControl) -> None:
        super().__init__()
        entries = [AccessControlEntry(entry) for entry in access.entries]
        self.values.update(
            owner=access.owner, group=access.group, revision=1, control=_DACL_PRESENT,
            discretionaryacl=AccessControlList(entries),
        )  # fmt: skip

    def to_access_control(self) -> AccessControl:
        """Give the stored form."""
        found = self.values["discretionaryacl"]
        entries = found.entries if isinstance(found, AccessControlList) else ()
        owner, group = str(self.values["owner"]), str(self.values["group"])
        return AccessControl(owner, group, tuple(entry.to_entry() for entry in entries))

    def call_copysecuritydescriptor(self) -> SecurityDescriptor:
        """Give an independent copy."""
        return SecurityDescriptor(self.to_access_control())


@com_class("AccessControlEntry")
def new_entry(_machine: Machine) -> DynamicObject:
    """Make an empty entry."""
    return AccessControlEntry(AccessEntry("", 0))


@com_class("AccessControlList")
def new_list(_machine: Machine) -> DynamicObject:
    """Make an empty list."""
    return AccessControlList([])


@com_class("SecurityDescriptor")
def new_descriptor(_machine: Machine) -> DynamicObject:
    """Make an empty descriptor."""
    return SecurityDescriptor(AccessControl())
