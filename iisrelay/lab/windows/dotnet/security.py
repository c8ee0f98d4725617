"""Access control of files as .NET sees it: DirectorySecurity, FileSecurity, FileSystemAccessRule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import NetEnum, PSArray
from iisrelay.lab.windows import acl
from iisrelay.lab.windows.acl import AccessControlList, AccessRule
from iisrelay.lab.windows.dotnet.enums import enum_number
from iisrelay.lab.windows.dotnet.principals import NTAccount, SecurityIdentifier, account_name
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_SPACE = "System.Security.AccessControl."
RIGHTS_TYPE = f"{_SPACE}FileSystemRights"
TYPE_TYPE = f"{_SPACE}AccessControlType"
INHERITANCE_TYPE = f"{_SPACE}InheritanceFlags"
PROPAGATION_TYPE = f"{_SPACE}PropagationFlags"
RULE_TYPE = f"{_SPACE}FileSystemAccessRule"
_SYNCHRONIZE = 0x100000

declare_enum(
    RIGHTS_TYPE,
    {
        "ListDirectory": 1,
        "ReadData": 1,
        "WriteData": 2,
        "CreateFiles": 2,
        "CreateDirectories": 4,
        "AppendData": 4,
        "ReadExtendedAttributes": 8,
        "WriteExtendedAttributes": 16,
        "Traverse": 32,
        "ExecuteFile": 32,
        "DeleteSubdirectoriesAndFiles": 64,
        "ReadAttributes": 128,
        "WriteAttributes": 256,
        "Write": 278,
        "Delete": 65536,
        "ReadPermissions": 131072,
        "Read": 131209,
        "ReadAndExecute": 131241,
        "Modify": 197055,
        "ChangePermissions": 262144,
        "TakeOwnership": 524288,
        "Synchronize": _SYNCHRONIZE,
        "FullControl": acl.FULL_CONTROL,
    },
    flags=True,
)
declare_enum(TYPE_TYPE, {"Allow": 0, "Deny": 1})
declare_enum(INHERITANCE_TYPE, {"None": 0, "ContainerInherit": 1, "ObjectInherit": 2}, flags=True)
declare_enum(PROPAGATION_TYPE, {"None": 0, "NoPropagateInherit": 1, "InheritOnly": 2}, flags=True)


class SecurityDescriptor:
    """The owner and rules of a file or folder, detached from it until Set-Acl or SetAccessControl applies them."""

    def __init__(self, machine: Machine, path: str = "", rules: AccessControlList | None = None) -> None:
        self.machine = machine
        self.path = path
        self.acl = rules or AccessControlList()


class DirectorySecurity(SecurityDescriptor):
    """System.Security.AccessControl.DirectorySecurity."""


class FileSecurity(SecurityDescriptor):
    """System.Security.AccessControl.FileSecurity."""


class FileSystemAccessRule:
    """System.Security.AccessControl.FileSystemAccessRule."""

    def __init__(self, rule: AccessRule) -> None:
        self.rule = rule


def security_of(machine: Machine, path: str) -> SecurityDescriptor:
    """Read the security descriptor of a path."""
    kind = DirectorySecurity if machine.files.is_directory(path) else FileSecurity
    return kind(machine, machine.files.true_path(path), machine.files.acl(path))


def apply_security(machine: Machine, path: str, security: SecurityDescriptor) -> None:
    """Write a security descriptor to a path."""
    if not machine.is_administrator:
        message = "Attempted to perform an unauthorized operation."
        raise NetError("System.UnauthorizedAccessException", message, category="PermissionDenied")
    machine.files.set_acl(path, security.acl)


rule_type = declare(RULE_TYPE, python=FileSystemAccessRule, bases=(f"{_SPACE}AccessRule",))
rule_type.getter("FileSystemRights")(lambda value: NetEnum(value.rule.rights, RIGHTS_TYPE))
rule_type.getter("AccessControlType")(lambda value: NetEnum(0 if value.rule.allow else 1, TYPE_TYPE))
rule_type.getter("IdentityReference")(lambda value: NTAccount(value.rule.identity))
rule_type.getter("IsInherited")(lambda value: value.rule.inherited)
rule_type.getter("InheritanceFlags")(lambda value: NetEnum(value.rule.inheritance, INHERITANCE_TYPE))
rule_type.getter("PropagationFlags")(lambda value: NetEnum(value.rule.propagation, PROPAGATION_TYPE))


@rule_type.constructor
def new_simple_rule(engine: Engine, identity: object, rights: object, kind: object) -> FileSystemAccessRule:
    """A rule for one file or folder alone."""
    return new_rule(engine, identity, rights, 0, 0, kind)


@rule_type.constructor
def new_rule(  # noqa: PLR0917 - the parameters are .NET's
    engine: Engine, identity: object, rights: object, inheritance: object, propagation: object, kind: object
) -> FileSystemAccessRule:
    """A rule that is handed down."""
    numbers = [
        enum_number(engine, value, name)
        for value, name in (
            (rights, RIGHTS_TYPE),
            (inheritance, INHERITANCE_TYPE),
            (propagation, PROPAGATION_TYPE),
            (kind, TYPE_TYPE),
        )
    ]
    allow = numbers[3] == 0
    granted = numbers[0] | _SYNCHRONIZE if allow else numbers[0]  # as FileSystemAccessRule does for allowed rights
    name = identity.name if isinstance(identity, NTAccount) else str(identity)
    return FileSystemAccessRule(AccessRule(name, granted, allow, numbers[1], numbers[2]))


descriptor = declare(f"{_SPACE}FileSystemSecurity", python=SecurityDescriptor, bases=(f"{_SPACE}ObjectSecurity",))
directory_security = declare(
    f"{_SPACE}DirectorySecurity", python=DirectorySecurity, bases=(f"{_SPACE}FileSystemSecurity",)
)
file_security = declare(f"{_SPACE}FileSecurity", python=FileSecurity, bases=(f"{_SPACE}FileSystemSecurity",))
directory_security.constructor(lambda engine: DirectorySecurity(machine_of(engine)))
file_security.constructor(lambda engine: FileSecurity(machine_of(engine)))
descriptor.getter("Owner")(lambda value: value.acl.owner)
descriptor.getter("Path")(lambda value: f"Microsoft.PowerShell.Core\\FileSystem::{value.path}")
descriptor.getter("Access")(lambda value: _rules(value.acl.rules))
descriptor.getter("AreAccessRulesProtected")(lambda value: value.acl.protected)


def _rules(rules: list[AccessRule]) -> PSArray:
    return PSArray([FileSystemAccessRule(rule) for rule in rules], RULE_TYPE)


@descriptor.getter("AccessToString")
def access_to_string(value: SecurityDescriptor) -> str:
    """The rules, one a line."""
    return "\n".join(
        f"{r.identity} {'Allow' if r.allow else 'Deny'}  {_rights_name(r.rights)}" for r in value.acl.rules
    )


def _rights_name(rights: int) -> str:
    names = {
        acl.FULL_CONTROL: "FullControl",
        acl.MODIFY: "Modify, Synchronize",
        acl.READ: "Read, Synchronize",
        acl.READ_AND_EXECUTE: "ReadAndExecute, Synchronize",
    }
    return names.get(rights, str(rights))


@descriptor.method("GetAccessRules")
def get_access_rules(value: SecurityDescriptor, explicit: bool, inherited: bool, _target: object) -> PSArray:
    """The rules of one's own, the inherited ones, or both."""
    return _rules([rule for rule in value.acl.rules if (inherited if rule.inherited else explicit)])


@descriptor.method("AddAccessRule")
def add_access_rule(value: SecurityDescriptor, rule: FileSystemAccessRule) -> None:
    """Add rights; those of a rule for the same identity with the same flags are merged."""
    new = replace(rule.rule, identity=_translated(value, rule))
    for index, existing in enumerate(value.acl.rules):
        if replace(existing, rights=0) == replace(new, rights=0):
            value.acl.rules[index] = replace(existing, rights=existing.rights | new.rights)
            return
    value.acl.rules.insert(0, new)


@descriptor.method("SetAccessRule")
def set_access_rule(value: SecurityDescriptor, rule: FileSystemAccessRule) -> None:
    """Replace the identity's rules of the same kind."""
    new = replace(rule.rule, identity=_translated(value, rule))
    value.acl.rules = [old for old in value.acl.rules if not _same_kind(old, new)]
    value.acl.rules.insert(0, new)


@descriptor.method("ResetAccessRule")
def reset_access_rule(value: SecurityDescriptor, rule: FileSystemAccessRule) -> None:
    """Replace all of the identity's own rules."""
    purge(value, rule.rule.identity)
    value.acl.rules.insert(0, replace(rule.rule, identity=_translated(value, rule)))


@descriptor.method("RemoveAccessRule")
def remove_access_rule(value: SecurityDescriptor, rule: FileSystemAccessRule) -> bool:
    """Take rights away from the identity's own rules; True as .NET gives it."""
    gone = replace(rule.rule, identity=_translated(value, rule))
    kept = []
    for old in value.acl.rules:
        rights = old.rights & ~gone.rights | (_SYNCHRONIZE if old.rights & ~gone.rights & ~_SYNCHRONIZE else 0)
        changed = replace(old, rights=rights) if _same_kind(old, gone) else old
        if changed.rights & ~_SYNCHRONIZE:
            kept.append(changed)
    value.acl.rules = kept
    return True


@descriptor.method("RemoveAccessRuleAll", "RemoveAccessRuleSpecific")
def remove_all(value: SecurityDescriptor, rule: FileSystemAccessRule) -> None:
    """Remove the identity's own rules of the same kind."""
    gone = replace(rule.rule, identity=_translated(value, rule))
    value.acl.rules = [old for old in value.acl.rules if not _same_kind(old, gone)]


@descriptor.method("PurgeAccessRules")
def purge(value: SecurityDescriptor, identity: object) -> None:
    """Remove all of the identity's own rules."""
    name = account_name(value.machine, str(identity)).lower()
    value.acl.rules = [old for old in value.acl.rules if old.inherited or old.identity.lower() != name]


@descriptor.method("SetAccessRuleProtection")
def set_protection(value: SecurityDescriptor, protect: bool, preserve: bool) -> None:
    """Stop inheriting; the inherited rules become own ones, or go."""
    value.acl.protected = protect
    if protect:
        kept = [rule for rule in value.acl.rules if preserve or not rule.inherited]
        value.acl.rules = [replace(rule, inherited=False) for rule in kept]


@descriptor.method("SetOwner")
def set_owner(value: SecurityDescriptor, identity: object) -> None:
    """Change the owner."""
    value.acl.owner = account_name(value.machine, str(identity))


@descriptor.method("GetOwner")
def get_owner(value: SecurityDescriptor, target: object) -> object:
    """The owner as an account or a SID."""
    if str(target).endswith("SecurityIdentifier"):
        return SecurityIdentifier(value.machine.accounts.sid_of(value.acl.owner) or "")
    return NTAccount(value.acl.owner)


def _translated(value: SecurityDescriptor, rule: FileSystemAccessRule) -> str:
    return account_name(value.machine, rule.rule.identity)


def _same_kind(old: AccessRule, new: AccessRule) -> bool:
    return not old.inherited and old.identity.lower() == new.identity.lower() and old.allow == new.allow
