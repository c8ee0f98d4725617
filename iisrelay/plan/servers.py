"""The changes that bring virtual servers and their domains to what a site asks for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iisrelay.plan.change import Change
from iisrelay.plan.places import Placement
from iisrelay.plan.values import Comparison, fold_bits
from iisrelay.settings.stored import Address, Kind, Store, Stored
from iisrelay.site.target import Assignment, DomainTarget
from iisrelay.state.observed import KEY_TYPE, STARTED, STATE_WORDS, STOPPED
from iisrelay.state.request import DOMAIN_CLASS
from iisrelay.status import Action

SERVER_CLASS = "IIsSmtpServer"
ROUTING_CLASS = "IIsSmtpRoutingSource"
ROUTING_PATH = "RoutingSources"
SERVER_STATE = "ServerState"
SERVER_COMMENT = "ServerComment"
AUTO_START = "ServerAutoStart"


def server_changes(comparison: Comparison, placement: Placement) -> Iterator[Change]:
    """Give every change of one virtual server, in no particular order."""
    if placement.server.state == "absent":
        if placement.existing:
            yield _key(placement, placement.path, Action.DELETE, SERVER_CLASS)
        return
    if placement.existing is None:
        yield _key(placement, placement.path, Action.CREATE, SERVER_CLASS)
    elif placement.adopted:
        yield _named(placement)
    yield from _state_changes(comparison, placement)
    properties = tuple(_property_changes(comparison, placement))
    yield from properties
    for domain in placement.server.domains:
        yield from _domain_changes(comparison.after(properties), placement, domain)


def scope_changes(
    comparison: Comparison, assignments: Iterable[Assignment], *, path: str, prefix: str
) -> Iterator[Change]:
    """Give the changes of all assignments of one scope; settings that share a DWORD become one change."""
    shared: dict[Address, list[Assignment]] = {}
    for item in assignments:
        if not comparison.applies(item):
            continue
        address = absolute(item.address, path)
        if item.mask is not None:
            shared.setdefault(address, []).append(item)
        else:
            yield from _optional(comparison.compare(item, address, _setting(prefix, item)))
    for address, group in shared.items():
        yield from _optional(fold_bits(comparison, group, address, [_setting(prefix, item) for item in group]))


def absolute(address: Address, path: str) -> Address:
    """Turn a metabase address of a scope into one below /LM; other stores have absolute addresses anyway."""
    if address.store is not Store.METABASE or address.path.casefold().startswith("smtpsvc"):
        return address
    return Address(address.store, f"{path}/{address.path}" if address.path else path, address.name)


def _setting(prefix: str, item: Assignment) -> str:
    return f"{prefix}.{item.setting}" if prefix else item.setting


def _optional(change: Change | None) -> Iterator[Change]:
    if change is not None:
        yield change


def _key(placement: Placement, path: str, action: Action, class_name: str, *, below: str = "") -> Change:
    """Make the change that creates or deletes a key; the class stands for the key."""
    is_created = action is Action.CREATE
    return Change(
        identity="",
        setting=placement.prefix + below,
        store=Store.METABASE,
        path=path,
        name=KEY_TYPE,
        action=action,
        kind=Kind.STRING,
        before=None if is_created else path,
        after=path if is_created else None,
        stored_before=None if is_created else class_name,
        stored_after=class_name if is_created else None,
        origin=placement.server.origin,
    )


def _named(placement: Placement) -> Change:
    existing = placement.existing
    return Change(
        identity="",
        setting=f"{placement.prefix}.name",
        store=Store.METABASE,
        path=placement.path,
        name=SERVER_COMMENT,
        action=Action.CREATE,
        kind=Kind.STRING,
        before=existing.label if existing else None,
        after=placement.server.name,
        stored_after=placement.server.name,
        origin=placement.server.origin,
    )


@dataclass(frozen=True)
class _Wanted:
    state: int
    starts: bool


def _state_changes(comparison: Comparison, placement: Placement) -> Iterator[Change]:
    """Bring state and automatic start together: a server stopped by hand must stay so when the service restarts.

    A new virtual server without a word on its state is started if it can: it was not asked for to lie idle.
    """
    is_started = placement.existing is None and placement.server.starts_when_new
    word = placement.server.state or ("started" if is_started else None)
    if word is None:
        return
    wanted = _Wanted(STARTED, True) if word == "started" else _Wanted(STOPPED, False)
    managed = {item.address.name.casefold() for item in placement.server.assignments if not item.address.path}
    if AUTO_START.casefold() not in managed:
        yield from _auto_start(comparison, placement, starts=wanted.starts)
    current = placement.existing.state if placement.existing else STOPPED
    if current != wanted.state:
        yield _state(placement, SERVER_STATE, Kind.DWORD, _State(current, STATE_WORDS.get(current, "unknown")),
                     _State(wanted.state, word))  # fmt: skip


@dataclass(frozen=True)
class _State:
    stored: Stored | None
    written: object


def _auto_start(comparison: Comparison, placement: Placement, *, starts: bool) -> Iterator[Change]:
    value = comparison.observed.find(Address(Store.METABASE, placement.path, AUTO_START))
    # The schema's default is TRUE, but a new virtual server is created with FALSE so that it cannot start half-made.
    current = bool(value.value) if value is not None else placement.existing is not None
    if current != starts:
        before = _State(None, None) if placement.existing is None else _State(current, current)
        yield _state(placement, AUTO_START, Kind.BOOL, before, _State(starts, starts))


def _state(placement: Placement, name: str, kind: Kind, before: _State, after: _State) -> Change:
    return Change(
        identity="",
        setting=f"{placement.prefix}.{'state' if name == SERVER_STATE else 'general.auto_start'}",
        store=Store.METABASE,
        path=placement.path,
        name=name,
        action=Action.CREATE if placement.existing is None else Action.UPDATE,
        kind=kind,
        before=None if placement.existing is None else before.written,
        after=after.written,
        stored_before=before.stored,
        stored_after=after.stored,
        origin=placement.server.origin,
    )


def _property_changes(comparison: Comparison, placement: Placement) -> Iterator[Change]:
    assignments = placement.server.assignments
    changes = list(scope_changes(comparison, assignments, path=placement.path, prefix=placement.prefix))
    yield from changes
    below = {change.path for change in changes if change.store is Store.METABASE and change.path != placement.path}
    if placement.existing is None:
        below.discard(f"{placement.path}/{ROUTING_PATH}")  # made together with the virtual server
    for path in sorted(below):
        if not comparison.observed.has_key(path):
            class_name = DOMAIN_CLASS if "/Domain" in path else ROUTING_CLASS
            yield _key(placement, path, Action.CREATE, class_name, below="." + path.rsplit("/", 1)[-1])


def _domain_changes(comparison: Comparison, placement: Placement, domain: DomainTarget) -> Iterator[Change]:
    path = f"{placement.path}/Domain/{domain.name}"
    prefix = f"{placement.prefix}.domains[{domain.name}]"
    exists = comparison.observed.has_key(path)
    if exists != domain.present:
        action = Action.CREATE if domain.present else Action.DELETE
        yield _key(placement, path, action, DOMAIN_CLASS, below=f".domains[{domain.name}]")
    if domain.present:
        yield from scope_changes(comparison, _within(domain.assignments), path=path, prefix=prefix)


def _within(assignments: Iterable[Assignment]) -> Iterator[Assignment]:
    """Make the addresses of a domain relative to the domain, however deep they were named."""
    for item in assignments:
        if item.address.path.casefold().startswith("domain"):
            yield replace(item, address=Address(item.address.store, "", item.address.name))
        else:
            yield item
