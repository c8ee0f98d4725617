"""Access control lists of files and folders, as Get-Acl and icacls show them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

FULL_CONTROL = 0x1F01FF
MODIFY = 0x1301BF
READ_AND_EXECUTE = 0x1200A9
READ = 0x120089
WRITE = 0x116
CONTAINER_INHERIT = 1
OBJECT_INHERIT = 2
INHERIT_ONLY = 2


@dataclass(frozen=True)
class AccessRule:
    """Who may (or may not) do what; all numbers are .NET's: FileSystemRights, InheritanceFlags, PropagationFlags."""

    identity: str
    rights: int
    allow: bool = True
    inheritance: int = CONTAINER_INHERIT | OBJECT_INHERIT
    propagation: int = 0
    inherited: bool = False


@dataclass
class AccessControlList:
    """The owner and the explicit rules of one file or folder; ``protected`` stops inheritance from above."""

    owner: str = "BUILTIN\\Administrators"
    rules: list[AccessRule] = field(default_factory=list)
    protected: bool = False

    def copy(self) -> AccessControlList:
        """Make an independent copy."""
        return AccessControlList(self.owner, list(self.rules), self.protected)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {"owner": self.owner, "protected": self.protected, "rules": [asdict(rule) for rule in self.rules]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AccessControlList:
        """Read the JSON form."""
        return cls(data["owner"], [AccessRule(**rule) for rule in data["rules"]], data["protected"])


def drive_default() -> AccessControlList:
    """Give the list on the root of a fresh drive."""
    return AccessControlList(
        "NT SERVICE\\TrustedInstaller",
        [
            AccessRule("NT AUTHORITY\\SYSTEM", FULL_CONTROL),
            AccessRule("BUILTIN\\Administrators", FULL_CONTROL),
            AccessRule("BUILTIN\\Users", READ_AND_EXECUTE),
        ],
    )
