"""The guards: plans that are refused unless somebody names the guard and so takes the blame."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from iisrelay.plan.change import Change
from iisrelay.plan.places import Placement, observed_endpoints
from iisrelay.plan.servers import AUTO_START, SERVER_STATE
from iisrelay.settings.stored import AccessList, Address, Store, Stored
from iisrelay.state.observed import KEY_TYPE, STARTED, Observed, ObservedServer
from iisrelay.status import Action

OPEN_RELAY = "open-relay"
NO_LISTENER = "no-listener"
QUEUED_MAIL = "queued-mail"
MANY_REMOVED = "many-removed"
BINDING_CONFLICT = "binding-conflict"
GUARDS = (OPEN_RELAY, NO_LISTENER, QUEUED_MAIL, MANY_REMOVED, BINDING_CONFLICT)
WIDEST_PREFIX = 8  # a relay list with a network wider than this is an open relay by another name


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
        *_no_listener(outlook),
        *_queued_mail(outlook),
        *_many_removed(outlook),
        *_binding_conflicts(outlook),
    )


def _open_relays(outlook: Outlook) -> Iterator[Finding]:
    for change in outlook.changes:
        wanted = change.stored_after
        if change.name != "RelayIpList" or not isinstance(wanted, AccessList):
            continue
        if wanted.grant_by_default:
            yield Finding(OPEN_RELAY, f"{change.setting} lets everybody relay but those listed")
        wide = [entry for entry in wanted.addresses if prefix_length(entry) < WIDEST_PREFIX]
        if wide and not wanted.grant_by_default:
            yield Finding(OPEN_RELAY, f"{change.setting} lets {wide[0]} relay, which is a large part of the internet")


def prefix_length(entry: str) -> int:
    """Give the length of the network in an "address, mask" entry; an entry that cannot be read counts as one host."""
    address, _, mask = entry.partition(",")
    try:
        return ipaddress.ip_network(f"{address.strip()}/{mask.strip() or 32}", strict=False).prefixlen
    except ValueError:
        return 32


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


def _many_removed(outlook: Outlook) -> Iterator[Finding]:
    servers = outlook.observed.servers
    removed = [server for server in servers if outlook.is_removed(server)]
    if len(servers) > 2 and len(removed) * 2 > len(servers):
        yield Finding(MANY_REMOVED, f"{len(removed)} of {len(servers)} virtual servers would be removed")


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
