"""Security.Principal: identities, accounts, SIDs and what a login may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import NetEnum, PSArray
from iisrelay.lab.windows.accounts import Login
from iisrelay.lab.windows.dotnet.enums import enum_number
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_SPACE = "System.Security.Principal."
ROLE_TYPE = f"{_SPACE}WindowsBuiltInRole"
WELL_KNOWN_TYPE = f"{_SPACE}WellKnownSidType"
_WELL_KNOWN = {
    "WorldSid": (1, "S-1-1-0"),
    "LocalSystemSid": (22, "S-1-5-18"),
    "LocalServiceSid": (23, "S-1-5-19"),
    "NetworkServiceSid": (24, "S-1-5-20"),
    "BuiltinAdministratorsSid": (26, "S-1-5-32-544"),
    "BuiltinUsersSid": (27, "S-1-5-32-545"),
    "AuthenticatedUserSid": (17, "S-1-5-11"),
}

declare_enum(
    ROLE_TYPE,
    {
        "Administrator": 544,
        "User": 545,
        "Guest": 546,
        "PowerUser": 547,
        "AccountOperator": 548,
        "SystemOperator": 549,
        "PrintOperator": 550,
        "BackupOperator": 551,
        "Replicator": 552,
    },
)
declare_enum(WELL_KNOWN_TYPE, {name: number for name, (number, _) in _WELL_KNOWN.items()})


class NTAccount:
    """System.Security.Principal.NTAccount."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NTAccount) and other.name.lower() == self.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())


class SecurityIdentifier:
    """System.Security.Principal.SecurityIdentifier."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecurityIdentifier) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class WindowsPrincipal:
    """System.Security.Principal.WindowsPrincipal."""

    def __init__(self, machine: Machine, login: Login) -> None:
        self.machine = machine
        self.login = login


def account_name(machine: Machine, name: str) -> str:
    """Give an account's full name from any name of it or from its SID.

    Raises:
        NetError: IdentityNotMappedException for an account that is not known.
    """
    sid = name.lstrip("*") if name.lstrip("*").upper().startswith("S-1-") else machine.accounts.sid_of(name)
    full_name = machine.accounts.name_of(sid) if sid else None
    if full_name is None:
        raise NetError(
            f"{_SPACE}IdentityNotMappedException", "Some or all identity references could not be translated."
        )
    return full_name


reference = declare(f"{_SPACE}IdentityReference")
reference.getter("Value")(str)
reference.method("ToString")(str)

account = declare(f"{_SPACE}NTAccount", python=NTAccount, bases=(f"{_SPACE}IdentityReference",))
account.constructor(lambda name: NTAccount(str(name)))
account.constructor(lambda domain, name: NTAccount(f"{domain}\\{name}"))

identifier = declare(f"{_SPACE}SecurityIdentifier", python=SecurityIdentifier, bases=(f"{_SPACE}IdentityReference",))


@identifier.constructor
def new_identifier(text: object) -> SecurityIdentifier:
    """A SID from its text."""
    if not str(text).upper().startswith("S-1-"):
        raise NetError("System.ArgumentException", "Value was invalid.\r\nParameter name: sddlForm")
    return SecurityIdentifier(str(text).upper())


@identifier.constructor
def new_well_known(engine: Engine, kind: object, _domain: object) -> SecurityIdentifier:
    """A SID by its well-known kind."""
    number = enum_number(engine, kind, WELL_KNOWN_TYPE)
    return SecurityIdentifier(next(sid for value, sid in _WELL_KNOWN.values() if value == number))


@identifier.method("IsWellKnown")
def is_well_known(engine: Engine, value: SecurityIdentifier, kind: object) -> bool:
    """It is the SID of that kind."""
    return new_well_known(engine, kind, None) == value


@reference.method("Translate")
def translate(engine: Engine, value: NTAccount | SecurityIdentifier, target: object) -> object:
    """An account as its SID, a SID as its account."""
    name = account_name(machine_of(engine), str(value))
    if to_string(engine, target).endswith("SecurityIdentifier"):
        return SecurityIdentifier(machine_of(engine).accounts.sid_of(name) or "")
    return NTAccount(name)


identity = declare(f"{_SPACE}WindowsIdentity", python=Login)
identity.static("GetCurrent")(lambda engine, *_: machine_of(engine).login)
identity.getter("Name")(lambda value: value.full_name)
identity.getter("User")(lambda value: SecurityIdentifier(value.sid))
identity.getter("Owner")(lambda value: SecurityIdentifier("S-1-5-32-544" if value.is_administrator else value.sid))
identity.getter("Groups")(
    lambda value: PSArray(map(SecurityIdentifier, value.group_sids), f"{_SPACE}IdentityReference")
)
identity.getter("IsSystem")(lambda value: value.sid == "S-1-5-18")
identity.getter("IsAuthenticated")(lambda _, _value: True)
identity.getter("IsAnonymous", "IsGuest")(lambda _, _value: False)
identity.getter("AuthenticationType")(lambda _, _value: "NTLM")
identity.method("Dispose")(lambda _, _value: None)

principal = declare(f"{_SPACE}WindowsPrincipal", python=WindowsPrincipal)
principal.constructor(lambda engine, login: WindowsPrincipal(machine_of(engine), login))
principal.getter("Identity")(lambda value: value.login)


@principal.converter
def to_principal(engine: Engine, value: object) -> object:
    """``[Security.Principal.WindowsPrincipal]$identity``."""
    return WindowsPrincipal(machine_of(engine), value) if isinstance(value, Login) else NotImplemented


@principal.method("IsInRole")
def is_in_role(engine: Engine, value: WindowsPrincipal, role: object) -> bool:
    """The login's token has the role: a WindowsBuiltInRole, its number, a group's name or its SID."""
    groups = value.login.group_sids
    if isinstance(role, SecurityIdentifier):
        return role.text in groups
    if isinstance(role, NetEnum) or (isinstance(role, int) and not isinstance(role, bool)):
        return f"S-1-5-32-{int(role)}" in groups
    name = to_string(engine, role)
    if name.lower() in ("administrator", "user", "guest", "poweruser", "backupoperator"):
        return f"S-1-5-32-{enum_number(engine, name, ROLE_TYPE)}" in groups
    return value.machine.accounts.sid_of(name) in groups
