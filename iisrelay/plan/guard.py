"""The guards: plans that are refused unless somebody names the guard and so takes the blame."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iisrelay.plan.change import Change
from iisrelay.plan.mail import Moves
from iisrelay.plan.openness import is_wide_name, openness
from iisrelay.plan.places import Placement, observed_endpoints
from iisrelay.plan.servers import AUTO_START, SERVER_STATE
from iisrelay.plan.values import ROUTE_BITS
from iisrelay.settings.domains import RELAY_BIT
from iisrelay.settings.stored import Address, Store, Stored
from iisrelay.state.observed import KEY_TYPE, STARTED, Observed, ObservedServer
from iisrelay.state.request import MAIL_FOLDERS, SERVICES
from iisrelay.status import Action

SERVICE = "SmtpSvc"
SMTP_SERVICE = SERVICES[0]
RELAY_LIST = "RelayIpList"
DRIVE = re.compile(r"[A-Za-z]:")
OPEN_RELAY = "open-relay"
NO_LISTENER = "no-listener"
QUEUED_MAIL = "queued-mail"
MANY_CHANGES = "many-changes"
BINDING_CONFLICT = "binding-conflict"
DISK_SPACE = "disk-space"
SERVICE_DISABLED = "service-disabled"
GUARDS = (OPEN_RELAY, NO_LISTENER, QUEUED_MAIL, MANY_CHANGES, BINDING_CONFLICT, DISK_SPACE, SERVICE_DISABLED)
FEW_SERVERS = 3  # of fewer virtual servers it is no surprise that most change
UPHEAVAL = frozenset({KEY_TYPE, SERVER_STATE, "ServerBindings"})  # what clients notice
LITTLE_MB, SCARCE_MB = 100, 1024  # of free space on a drive: too little for mail, little enough for a warning


@dataclass(frozen=True)
class Finding:
    """A danger in a plan: the guard's name and one sentence."""

    guard: str
    message: str


@dataclass(frozen=True)
class Outlook:
    """A plan's changes seen together with what they start from: what will be, place by place."""

    observed: Observed
    placements: tuple[Placement, ...]
    changes: tuple[Change, ...]

    def value(self, path: str, name: str) -> Stored | None:
        """Give the value that a place will have."""
        for change in self.changes:
            if change.store is Store.METABASE and change.path == path and change.name == name:
                return change.stored_after
        current = self.observed.find(Address(Store.METABASE, path, name))
        return current.value if current else None

    def is_removed(self, server: ObservedServer) -> bool:
        """Tell whether a virtual server of the host will be deleted."""
        return any(
            change.path == server.path and change.name == KEY_TYPE and change.action is Action.DELETE
            for change in self.changes
        )

    def will_run(self, server: ObservedServer) -> bool:
        """Tell whether a virtual server of the host will be started in the end."""
        if self.is_removed(server):
            return False
        wanted = self.value(server.path, SERVER_STATE)
        return (server.state if wanted is None else wanted) == STARTED


def findings(outlook: Outlook) -> tuple[Finding, ...]:
    """Give every danger of a plan."""
    return (
        *_open_relays(outlook),
        *_open_domains(outlook),
        *_no_listener(outlook),
        *_queued_mail(outlook),
        *_many_changes(outlook),
        *_binding_conflicts(outlook),
        *_disk_space(outlook),
        *_disabled_service(outlook),
    )


def _open_relays(outlook: Outlook) -> Iterator[Finding]:
    """Look at what will be effective wherever the plan touches who may relay, or starts a server that is open."""
    for change in outlook.changes:
        if change.store is not Store.METABASE:
            continue
        if change.name == RELAY_LIST:
            reason = openness(_relay_list(outlook, change.path))
            if reason:
                yield Finding(OPEN_RELAY, f"{change.setting} {reason}")
        if change.name == SERVER_STATE and change.stored_after == STARTED and not _changes_relay(outlook, change.path):
            reason = openness(_relay_list(outlook, change.path))
            if reason:
                yield Finding(OPEN_RELAY, f"{change.setting} starts a virtual server that {reason}")


def _open_domains(outlook: Outlook) -> Iterator[Finding]:
    """Find domains to which everybody may relay, and that are whole top-level domains or more."""
    for change in outlook.changes:
        action = change.stored_after if change.name == ROUTE_BITS and change.store is Store.METABASE else None
        _, _, domain = change.path.partition("/Domain/")
        if isinstance(action, int) and action & RELAY_BIT and is_wide_name(domain):
            yield Finding(OPEN_RELAY, f"{change.setting} lets everybody relay to {domain}")


def _changes_relay(outlook: Outlook, path: str) -> bool:
    return any(change.name == RELAY_LIST and change.path in (path, SERVICE) for change in outlook.changes)


def _relay_list(outlook: Outlook, path: str) -> Stored | None:
    """Give the list that will hold: a deleted one lets the one of the service show again; none at all lets nobody."""
    own = outlook.value(path, RELAY_LIST)
    return outlook.value(SERVICE, RELAY_LIST) if own is None else own


def _no_listener(outlook: Outlook) -> Iterator[Finding]:
    running = [server for server in outlook.observed.servers if server.state == STARTED]
    starts = any(change.name == SERVER_STATE and change.stored_after == STARTED for change in outlook.changes)
    if running and not starts and not any(outlook.will_run(server) for server in running):
        names = ", ".join(f'"{server.label}"' for server in running)
        yield Finding(NO_LISTENER, f"no virtual server of the host would be running any more (now: {names})")


def _queued_mail(outlook: Outlook) -> Iterator[Finding]:
    for server in outlook.observed.servers:
        if server.queued and outlook.is_removed(server):
            noun = "message" if server.queued == 1 else "messages"
            yield Finding(
                QUEUED_MAIL, f'removing virtual server "{server.label}" would strand {server.queued} queued {noun}'
            )
    circling = ", ".join(change.setting for change in Moves.of(outlook.changes).circles())
    if circling:
        yield Finding(
            QUEUED_MAIL, f"folders would change places, and their mail be mixed: move one to a third first ({circling})"
        )


def _many_changes(outlook: Outlook) -> Iterator[Finding]:
    """Count virtual servers that go, stop, or listen elsewhere; settings and starts take nothing from anybody."""
    servers = outlook.observed.servers
    paths = {change.path for change in outlook.changes if _is_upheaval(change)}
    touched = [server for server in servers if server.path in paths]
    if len(servers) >= FEW_SERVERS and len(touched) * 2 > len(servers):
        names = ", ".join(f'"{server.label}"' for server in touched)
        yield Finding(
            MANY_CHANGES,
            f"{len(touched)} of {len(servers)} virtual servers would be removed, stopped or listen elsewhere ({names})",
        )


def _is_upheaval(change: Change) -> bool:
    is_start = change.name == SERVER_STATE and change.stored_after == STARTED
    return change.store is Store.METABASE and change.name in UPHEAVAL and not is_start


def _binding_conflicts(outlook: Outlook) -> Iterator[Finding]:
    """Find endpoints that a managed server wants and an unmanaged one keeps: the second to start fails."""
    managed = {placement.number for placement in outlook.placements}
    for server in outlook.observed.servers:
        starts_itself = outlook.value(server.path, AUTO_START) is not False
        if server.number in managed or not (outlook.will_run(server) or starts_itself):
            continue
        kept = observed_endpoints(outlook.observed, server)
        for placement in outlook.placements:
            shared = kept & placement.endpoints if placement.server.state == "started" else set()
            for address, port in sorted(shared):
                yield Finding(
                    BINDING_CONFLICT,
                    f'"{placement.server.name}" wants {address or "*"}:{port}, which "{server.label}" holds; '
                    "the site file does not manage that one",
                )


def _disk_space(outlook: Outlook) -> Iterator[Finding]:
    for drive, free_mb in short_drives(outlook, LITTLE_MB):
        text = "is not there" if free_mb is None else f"has only {free_mb} MB left"
        yield Finding(DISK_SPACE, f"drive {drive}, where mail folders are to be, {text}; name folders on another drive")


def short_drives(outlook: Outlook, least_mb: int) -> Iterator[tuple[str, int | None]]:
    """Give the drives of folders of the plan that have less than that left (None: there is no such drive)."""
    free = outlook.observed.facts.free_mb
    if not free:
        return  # the host could not tell
    known = {drive.upper(): size for drive, size in free.items()}
    for drive in sorted({match[0].upper() for match in map(DRIVE.match, _folders(outlook)) if match}):
        if known.get(drive, -1) < least_mb:
            yield drive, known.get(drive)


def _folders(outlook: Outlook) -> Iterator[str]:
    for change in outlook.changes:
        is_folder = change.store is Store.FOLDER or change.name in MAIL_FOLDERS
        if is_folder and change.action is not Action.DELETE and isinstance(change.stored_after, str):
            yield change.stored_after


def _disabled_service(outlook: Outlook) -> Iterator[Finding]:
    """A disabled service cannot be started, whatever else goes well."""
    current = outlook.observed.find(Address(Store.SERVICE, SMTP_SERVICE, "startup"))
    planned = [item.stored_after for item in outlook.changes if item.path == SMTP_SERVICE and item.name == "startup"]
    startup = planned[-1] if planned else (current.value if current else None)
    starts = any(change.name == SERVER_STATE and change.stored_after == STARTED for change in outlook.changes)
    if startup == "disabled" and starts:
        yield Finding(
            SERVICE_DISABLED,
            f"{SMTP_SERVICE} is disabled, so nothing can start; write `service: {{startup: delayed-automatic}}`",
        )
