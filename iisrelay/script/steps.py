"""From a plan to the calls of a script: one step a change, and one for the restart in between."""

import json
from dataclasses import dataclass, field, replace

from iisrelay.plan.change import Change, counted, server_name
from iisrelay.plan.guard import QUEUED_MAIL
from iisrelay.plan.model import Plan
from iisrelay.plan.order import RESTARTS, is_server_removal, rank
from iisrelay.plan.places import endpoint
from iisrelay.plan.servers import SERVER_CLASS, SERVER_STATE
from iisrelay.script.literal import LiteralError, Value
from iisrelay.secret import Secret
from iisrelay.settings.stored import AccessList, Kind, Store, Stored
from iisrelay.state.observed import KEY_TYPE
from iisrelay.state.request import FIREWALL_PREFIX
from iisrelay.status import Action, Restart

RESTART_STEP = "restart"
REGISTRY_KINDS = {Kind.REG_DWORD: "DWord", Kind.REG_SZ: "String", Kind.STRING: "String", Kind.EXPANDSZ: "ExpandString",
                  Kind.MULTISZ: "MultiString", Kind.BINARY: "Binary", Kind.DWORD: "DWord"}  # fmt: skip


@dataclass(frozen=True)
class ServerPath:
    """A key of a virtual server whose number only the host knows."""

    name: str
    below: str = ""


@dataclass(frozen=True)
class Step:
    """One call in a script, the comment above it, and the builds of Windows it is meant for."""

    comment: str
    function: str
    arguments: tuple[tuple[str, Value | ServerPath], ...]
    identity: str = ""
    setting: str = ""
    condition: tuple[int, int] | None = None


@dataclass(frozen=True)
class Steps:
    """The steps of a script, and the secrets that they name."""

    steps: tuple[Step, ...]
    secrets: dict[str, Secret] = field(default_factory=dict)


def steps_of(plan: Plan, allow: frozenset[str] = frozenset()) -> Steps:
    """Give the steps of a plan, some of which a named guard makes bolder.

    Restarts stand between the settings and everything that starts; without a restart to make, the step does nothing.
    A virtual server that is removed at the end is stopped at the beginning, for others may get its endpoints.
    """
    removals = [change for change in plan.changes if is_server_removal(change)]
    settings = [change for change in plan.changes if rank(change)[0] < RESTARTS]
    starts = [change for change in plan.changes if rank(change)[0] >= RESTARTS]
    return Steps(
        steps=(
            *(_suspension(change, allow) for change in removals),
            *(_step(change, allow) for change in settings),
            restart_step(),
            *(_step(change, allow) for change in starts),
        ),
        secrets={change.identity: change.secret for change in plan.changes if change.secret is not None},
    )


def restart_step() -> Step:
    """Give the step that restarts what runs with old settings."""
    return Step("restart what runs with old settings", "Invoke-Restarts", (("Change", RESTART_STEP),))


def _step(change: Change, allow: frozenset[str]) -> Step:
    function, arguments = _call(change, allow)
    return Step(
        comment=description(change),
        function=function,
        arguments=(("Change", change.identity), *arguments),
        identity=change.identity,
        setting=change.setting,
    )


def _suspension(change: Change, allow: frozenset[str]) -> Step:
    removal = _step(change, allow)
    return replace(
        removal, comment=f"{change.setting}: stops, and is removed at the end", function="Suspend-VirtualServer"
    )


def description(change: Change) -> str:
    """Say what a change does, in one line and without anything sensitive."""
    if change.sensitive:
        return f"{change.setting}: (sensitive)"
    inherited = " (inherited)" if change.was_inherited else ""
    mail = f" ({counted(change.carries)} move along)" if change.carries else ""
    return f"{change.setting}: {written(change.before)}{inherited} -> {written(change.after)}{mail}"


def written(value: object) -> str:
    """Write a value of the site file for a comment."""
    return "(not set)" if value is None else json.dumps(value, ensure_ascii=False)


Arguments = tuple[tuple[str, Value | ServerPath], ...]


def _call(change: Change, allow: frozenset[str]) -> tuple[str, Arguments]:
    if change.store is Store.METABASE:
        return _metabase_call(change, allow)
    if change.store is Store.REGISTRY:
        return registry_call(change.path, change.name, change.kind, change.stored_after, change.restart)
    if change.store is Store.FIREWALL:
        return _firewall_call(change)
    if change.store is Store.SERVICE:
        function = "Set-ServiceStartup" if change.name == "startup" else "Set-ServiceState"
        return function, (("Name", change.path), ("Value", plain(change.stored_after)))
    if change.store is Store.FEATURE:
        return "Install-Feature", (("Name", change.path),)
    return "Remove-Folder" if change.action is Action.DELETE else "New-Folder", (("Path", change.path),)


def _metabase_call(change: Change, allow: frozenset[str]) -> tuple[str, Arguments]:
    if change.name == KEY_TYPE:
        return _key_call(change, mail_may_stay=QUEUED_MAIL in allow)
    if change.name == SERVER_STATE:
        return "Set-ServerState", (("Path", change.path), ("Value", plain(change.stored_after)))
    if change.carries is not None:
        return _folder_call(change)
    return value_call(change.path, change)


def _folder_call(change: Change) -> tuple[str, Arguments]:
    """Give the call that moves a folder together with its mail."""
    restart: Arguments = () if change.restart is Restart.NONE else (("Restart", change.restart.value),)
    place: Arguments = (("Path", change.path), ("Name", change.name))
    return "Set-MailFolder", (*place, ("Value", plain(change.stored_after)), *restart)


def _key_call(change: Change, *, mail_may_stay: bool) -> tuple[str, Arguments]:
    is_removal = change.action is Action.DELETE
    class_name = change.stored_before if is_removal else change.stored_after
    if class_name == SERVER_CLASS:
        if is_removal:
            return "Remove-VirtualServer", (("Path", change.path), ("MailMayStay", mail_may_stay))
        if change.restores:
            return "Restore-VirtualServer", (("Path", change.path),)
        return "New-VirtualServer", (("Path", change.path), ("Name", server_name(change.setting)))
    function = "Remove-MetabaseKey" if is_removal else "New-MetabaseKey"
    return function, (("Path", change.path), ("Class", plain(class_name)))


def value_call(path: str | ServerPath, change: Change) -> tuple[str, Arguments]:
    """Give the call that sets or clears a value of the metabase."""
    place: Arguments = (("Path", path), ("Name", change.name))
    restart: Arguments = () if change.restart is Restart.NONE else (("Restart", change.restart.value),)
    if change.action is Action.DELETE:
        return "Clear-MetabaseValue", (*place, *restart)
    if change.secret is not None:
        return "Set-MetabaseSecret", (*place, ("Secret", change.identity), *restart)
    kind: Arguments = (("Kind", change.kind.value), ("Value", plain(change.stored_after)))
    here: Arguments = (("Here", True),) if change.restores else ()
    return "Set-MetabaseValue", (*place, *kind, *restart, *here)


def registry_call(
    path: str, name: str, kind: Kind, value: Stored | None, restart: Restart = Restart.NONE
) -> tuple[str, Arguments]:
    """Give the call that sets or clears a value of the registry."""
    place: Arguments = (("Path", path), ("Name", name))
    tail: Arguments = () if restart is Restart.NONE else (("Restart", restart.value),)
    if value is None:
        return "Clear-RegistryValue", (*place, *tail)
    return "Set-RegistryValue", (*place, ("Kind", REGISTRY_KINDS[kind]), ("Value", plain(value)), *tail)


def _firewall_call(change: Change) -> tuple[str, Arguments]:
    if change.action is Action.DELETE:
        return "Remove-FirewallRule", (("Name", change.path),)
    remote = str(change.stored_after).rpartition(" from ")[2]
    return firewall_call(change.path, remote)


def firewall_call(rule: str, remote: str) -> tuple[str, Arguments]:
    """Give the call that lets clients reach an endpoint, which is part of the rule's name."""
    address, port = endpoint(rule.removeprefix(FIREWALL_PREFIX))
    return "Set-FirewallRule", (
        ("Name", rule),
        ("Address", address),
        ("Port", str(port)),
        ("Remote", "" if remote == "any" else remote),
    )


def plain(value: Stored | None) -> Value:
    """Give a stored value the form that scripts take: DWORDs signed, lists of addresses as tables."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        if not 0 <= value < 2**32:
            raise LiteralError(f"{value} does not fit into 32 bits")
        return value - 2**32 if value >= 2**31 else value
    if isinstance(value, AccessList):
        return _access_table(value)
    return value


def _access_table(value: AccessList) -> dict[str, Value]:
    return {
        "grant_by_default": value.grant_by_default,
        "own_addresses": value.own_addresses,
        "addresses": value.addresses,
        "domains": value.domains,
    }
