"""icacls.exe: show, grant, deny, remove, inheritance, reset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows import acl
from iisrelay.lab.windows.acl import AccessControlList, AccessRule
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.native import NativeCall
    from iisrelay.lab.windows.machine import Machine

_RIGHTS = {"F": acl.FULL_CONTROL, "M": acl.MODIFY, "RX": acl.READ_AND_EXECUTE, "R": acl.READ, "W": acl.WRITE | 0x100000}
_FLAGS = {"OI": acl.OBJECT_INHERIT, "CI": acl.CONTAINER_INHERIT}
_GRANT = re.compile(
    r"^(?P<who>\*?[^:]+):(?P<flags>(?:\((?:OI|CI|IO|NP|I)\))*)(?P<rights>\(?[A-Za-z,]+\)?)$", re.IGNORECASE
)
_FILE_NOT_FOUND = 2
_INVALID_PARAMETER = 87
_NO_MAPPING = 1332


class IcaclsError(Exception):
    """Ends icacls with a message and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@native("icacls")
def icacls(call: NativeCall) -> int:
    """icacls.exe: access control lists of files and folders."""
    machine = machine_of(call.engine)
    path = machine.files.resolve(call.arguments[0], call.engine.current_directory) if call.arguments else ""
    try:
        _run(call, machine, path)
    except IcaclsError as error:
        call.err(str(error))
        call.out("Successfully processed 0 files; Failed processing 1 files")
        return error.code
    call.out("Successfully processed 1 files; Failed processing 0 files")
    return 0


def _run(call: NativeCall, machine: Machine, path: str) -> None:
    if not machine.files.exists(path):
        raise IcaclsError(f"{path}: The system cannot find the file specified.", _FILE_NOT_FOUND)
    if len(call.arguments) == 1:
        _show(call, machine, path)
    else:
        _change(machine, path, call.arguments[1:])
        call.out(f"processed file: {path}")


def _show(call: NativeCall, machine: Machine, path: str) -> None:
    prefix = f"{path} "
    for rule in machine.files.acl(path).rules:
        call.out(f"{prefix}{describe(rule)}")
        prefix = " " * len(path) + " "
    call.out("")


def describe(rule: AccessRule) -> str:
    r"""Write a rule as icacls does: ``BUILTIN\Users:(I)(OI)(CI)(RX)``."""
    inherited = "(I)" if rule.inherited else ""
    flags = "".join(f"({name})" for name, bit in _FLAGS.items() if rule.inheritance & bit)
    names = [name for name, rights in _RIGHTS.items() if rule.rights == rights]
    denied = "" if rule.allow else "(DENY)"
    return f"{rule.identity}:{inherited}{flags}{denied}({names[0] if names else hex(rule.rights)})"


def _change(machine: Machine, path: str, words: list[str]) -> None:
    if not machine.is_administrator:
        raise IcaclsError(f"{path}: Access is denied.", 5)
    changed = machine.files.acl(path)
    for action, values in _actions(words):
        if action in ("/grant", "/grant:r", "/deny"):
            for value in values:
                _add(machine, changed, value, allow=action != "/deny", replace=action == "/grant:r")
        elif action in ("/remove", "/remove:g", "/remove:d"):
            names = {_account(machine, value).lower() for value in values}
            changed.rules = [rule for rule in changed.rules if rule.inherited or rule.identity.lower() not in names]
        elif action.startswith("/inheritance:"):
            _inheritance(changed, action[-1])
        elif action == "/reset":
            changed = AccessControlList(changed.owner)
        elif action not in ("/t", "/c", "/q", "/l"):
            raise IcaclsError(f'Invalid parameter "{action}"', _INVALID_PARAMETER)
    _apply(machine, path, changed, recurse="/t" in map(str.lower, words))


def _actions(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    action = ""
    values: list[str] = []
    for word in words:
        if word.startswith("/"):
            if action:
                yield action, values
            action, values = word.lower(), []
        else:
            values.append(word)
    yield action, values


def _apply(machine: Machine, path: str, changed: AccessControlList, *, recurse: bool) -> None:
    machine.files.set_acl(path, changed)
    if recurse and machine.files.is_directory(path):
        for name in machine.files.list(path):
            _apply(machine, f"{path}\\{name}", changed, recurse=True)


def _add(machine: Machine, changed: AccessControlList, text: str, *, allow: bool, replace: bool) -> None:
    match = _GRANT.match(text)
    words = match["rights"].strip("()").upper().split(",") if match else []
    if match is None or any(word not in _RIGHTS for word in words):
        raise IcaclsError(f'Invalid parameter "{text}"', _INVALID_PARAMETER)
    identity = _account(machine, match["who"])
    flags = sum(bit for name, bit in _FLAGS.items() if f"({name})" in match["flags"].upper())
    propagation = acl.INHERIT_ONLY if "(IO)" in match["flags"].upper() else 0
    rights = 0
    for word in words:
        rights |= _RIGHTS[word]
    if replace:
        same = identity.lower()
        changed.rules = [rule for rule in changed.rules if rule.inherited or rule.identity.lower() != same]
    changed.rules.insert(0, AccessRule(identity, rights, allow, flags, propagation))


def _account(machine: Machine, name: str) -> str:
    accounts = machine.accounts
    sid = name[1:] if name.startswith("*") else accounts.sid_of(name)
    full_name = accounts.name_of(sid) if sid else None
    if full_name is None:
        message = f"{name}: No mapping between account names and security IDs was done."
        raise IcaclsError(message, _NO_MAPPING)
    return full_name


def _inheritance(changed: AccessControlList, mode: str) -> None:
    if mode == "e":
        changed.protected = False
        return
    changed.protected = True
    if mode == "d":
        changed.rules = [AccessRule(r.identity, r.rights, r.allow, r.inheritance, r.propagation) for r in changed.rules]
    else:
        changed.rules = [rule for rule in changed.rules if not rule.inherited]
