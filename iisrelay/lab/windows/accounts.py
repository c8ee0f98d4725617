"""Users, groups and their SIDs, and who is logged on. No passwords: the WinRM server keeps those."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

ADMINISTRATORS_SID = "S-1-5-32-544"
USERS_SID = "S-1-5-32-545"

_WELL_KNOWN = {
    "S-1-1-0": "Everyone",
    "S-1-3-0": "CREATOR OWNER",
    "S-1-5-2": "NT AUTHORITY\\NETWORK",
    "S-1-5-4": "NT AUTHORITY\\INTERACTIVE",
    "S-1-5-7": "NT AUTHORITY\\ANONYMOUS LOGON",
    "S-1-5-11": "NT AUTHORITY\\Authenticated Users",
    "S-1-5-15": "NT AUTHORITY\\This Organization",
    "S-1-5-18": "NT AUTHORITY\\SYSTEM",
    "S-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
    ADMINISTRATORS_SID: "BUILTIN\\Administrators",
    USERS_SID: "BUILTIN\\Users",
    "S-1-5-32-546": "BUILTIN\\Guests",
    "S-1-5-32-547": "BUILTIN\\Power Users",
    "S-1-5-32-551": "BUILTIN\\Backup Operators",
    "S-1-5-32-555": "BUILTIN\\Remote Desktop Users",
    "S-1-5-32-568": "BUILTIN\\IIS_IUSRS",
    "S-1-5-32-580": "BUILTIN\\Remote Management Users",
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464": "NT SERVICE\\TrustedInstaller",
}
_SYNONYMS = {
    "system": "S-1-5-18",
    "localsystem": "S-1-5-18",
    "nt authority\\localservice": "S-1-5-19",
    "nt authority\\networkservice": "S-1-5-20",
}


@dataclass(frozen=True)
class Login:
    """Who runs a process: ``name`` without its authority, and whether the token is an administrator's."""

    name: str
    authority: str
    sid: str
    is_administrator: bool = True

    @property
    def full_name(self) -> str:
        r"""Give ``AUTHORITY\name``."""
        return f"{self.authority}\\{self.name}"

    @property
    def group_sids(self) -> list[str]:
        """List the SIDs of the groups in the token."""
        administrators = [ADMINISTRATORS_SID] if self.is_administrator else []
        return ["S-1-1-0", *administrators, USERS_SID, "S-1-5-2", "S-1-5-11", "S-1-5-15"]


class Accounts:
    """The local users of a machine and the names that it can translate to SIDs and back."""

    def __init__(self, computer: str) -> None:
        self.computer = computer.upper()
        digest = hashlib.sha256(self.computer.encode()).digest()
        numbers = [str(int.from_bytes(digest[start : start + 4], "little")) for start in (0, 4, 8)]
        self.machine_sid = "S-1-5-21-" + "-".join(numbers)
        self.users: dict[str, int] = {"Administrator": 500, "Guest": 501}  # name -> relative identifier

    @property
    def administrator(self) -> Login:
        """Give the login of the built-in administrator."""
        return self.login("Administrator")

    def add_user(self, name: str) -> None:
        """Add a local user, unless there is one of that name."""
        if name.lower() not in map(str.lower, self.users):
            self.users[name] = max(1000, *self.users.values()) + 1

    def login(self, user: str, *, is_administrator: bool = True) -> Login:
        r"""Log a user on (``name``, ``HOST\name`` or ``name@domain``); an unknown user is made a local account."""
        name = user.rpartition("\\")[2].partition("@")[0]
        self.add_user(name)
        return Login(name, self.computer, self.sid_of(name) or "", is_administrator)

    def sid_of(self, name: str) -> str | None:
        """Translate an account's name to its SID, or give None."""
        wanted = name.lower().removeprefix(".\\").removeprefix(f"{self.computer.lower()}\\")
        if wanted in _SYNONYMS:
            return _SYNONYMS[wanted]
        for sid, known in _WELL_KNOWN.items():
            if wanted in (known.lower(), known.rpartition("\\")[2].lower()):
                return sid
        relative = next((number for user, number in self.users.items() if user.lower() == wanted), None)
        return f"{self.machine_sid}-{relative}" if relative is not None else None

    def name_of(self, sid: str) -> str | None:
        """Translate a SID to the account's full name, or give None."""
        if sid.upper() in _WELL_KNOWN:
            return _WELL_KNOWN[sid.upper()]
        prefix, _, relative = sid.rpartition("-")
        user = next((user for user, number in self.users.items() if str(number) == relative), None)
        return f"{self.computer}\\{user}" if user and prefix == self.machine_sid else None

    def to_json(self) -> dict[str, int]:
        """Give the JSON form: the local users."""
        return dict(self.users)

    def load_json(self, data: dict[str, int]) -> None:
        """Replace the local users by those of the JSON form."""
        self.users = dict(data)
