"""The way back: from what was changed, and what a host held before, to the plan that restores it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from iisrelay.errors import RefusedError
from iisrelay.plan.advice import record_warnings
from iisrelay.plan.change import Change
from iisrelay.plan.guard import Outlook, findings
from iisrelay.plan.mail import carrying, emptied
from iisrelay.plan.model import Plan, digest
from iisrelay.plan.order import ordered
from iisrelay.plan.reverse_folders import folder_changes
from iisrelay.plan.reverse_keys import (
    auto_start,
    is_begun,
    is_ours,
    removed_key,
    restored_key,
    server_path,
    state_change,
)
from iisrelay.plan.reverse_values import is_kept_secret, is_local, value_change, word_change
from iisrelay.plan.servers import SERVER_CLASS, SERVER_COMMENT, SERVER_STATE
from iisrelay.plan.support import check_host
from iisrelay.settings.stored import Address, Kind, Store
from iisrelay.state.observed import KEY_TYPE, STARTED, STOPPED, Observed, fold
from iisrelay.state.request import SERVICES
from iisrelay.status import Action

SERVICE_STATE = Change(
    "", "service.state", Store.SERVICE, SERVICES[0], "state", Action.UPDATE, Kind.WORD, stored_after="running"
)
SERVICE_DEFAULTS = {"startup": "manual", "state": "stopped"}  # of a service that did not exist before


@dataclass(frozen=True)
class Touched:
    """A change that was made or tried, and the host as it was before."""

    change: Change
    before: Observed


def reverse_plan(host: str, touched: Sequence[Touched], now: Observed, *, save_to_disk: bool = True) -> Plan:
    """Give the plan that restores what was before; of several changes at one place the first knows what that was.

    What was inherited is deleted, so that it inherits again. ``not_restored`` names what cannot come back.

    Raises:
        UnsupportedHostError: when the host cannot be managed at all.
        RefusedError: when another virtual server stands at the number of one that was changed.
    """
    first = _first_of_each([*touched, *_started_service(touched)])
    check_host(now)
    _refuse_strangers(first, now)
    drafts = [change for item in first for change in _reversed(item, now)]
    removed = {change.path.casefold() for change in drafts if _is_removal(change)}
    standing = [change for change in drafts if change.name == KEY_TYPE or not _is_below(change, removed)]
    moving = list(carrying(_unique(standing), now))
    folders = folder_changes([(item.change, item.before) for item in touched], now, emptied(moving))
    changes = ordered([*moving, *folders])
    return Plan(
        host=host,
        changes=changes,
        findings=findings(Outlook(now, (), changes)),
        warnings=(
            *record_warnings(now.record),
            *(f"{text} is not restored" for text in dict.fromkeys(_not_restored(first, now))),
        ),
        save_to_disk=save_to_disk,
        basis=digest([now.servers, now.values]),
        not_restored=tuple(dict.fromkeys(_not_restored(first, now))),
    )


def _started_service(touched: Iterable[Touched]) -> Iterator[Touched]:
    """Add what nobody asked for: a virtual server that starts takes its service along."""
    for item in touched:
        if item.change.name == SERVER_STATE and item.change.stored_after == STARTED and item.before.smtp_ready:
            yield Touched(SERVICE_STATE, item.before)


def _first_of_each(touched: Iterable[Touched]) -> list[Touched]:
    first: dict[Address, Touched] = {}
    for item in touched:
        change = item.change
        first.setdefault(fold(Address(change.store, change.path, change.name)), item)
    return list(first.values())


def _unique(changes: Iterable[Change]) -> Iterator[Change]:
    """Drop what two changes lead to alike: both of a removed virtual server's domains lead to the virtual server."""
    seen: set[Address] = set()
    for change in changes:
        place = fold(Address(change.store, change.path, change.name))
        if place not in seen:
            seen.add(place)
            yield change


def _is_removal(change: Change) -> bool:
    return change.name == KEY_TYPE and change.action is Action.DELETE


def _is_below(change: Change, removed: set[str]) -> bool:
    path = change.path.casefold()
    return change.store is Store.METABASE and any(path == key or path.startswith(f"{key}/") for key in removed)


def _refuse_strangers(touched: Iterable[Touched], now: Observed) -> None:
    renamed = {item.change.path.casefold() for item in touched if item.change.name == SERVER_COMMENT}
    standing = {server.path.casefold(): server for server in now.servers}
    for item in touched:
        for server in item.before.servers:
            current = standing.get(server.path.casefold())
            if current is None or server_path(item.change.path).casefold() != server.path.casefold():
                continue
            is_same = current.label == server.label or server.path.casefold() in renamed or is_begun(current)
            if not is_same:
                raise RefusedError(
                    f'{server.path} was virtual server "{server.label}" and is "{current.label}" now',
                    hint="rename it back, or restore by hand what `iisrelay history` shows",
                )


def _reversed(item: Touched, now: Observed) -> Iterator[Change]:
    change, before = item.change, item.before
    if change.store is Store.METABASE:
        yield from _metabase(change, before, now)
    elif change.store is Store.SERVICE:
        found = before.find(Address(change.store, change.path, change.name))
        wanted = SERVICE_DEFAULTS.get(change.name) if found is None else str(found.value)
        yield from word_change(change, wanted, now)
    elif change.store is Store.FIREWALL:
        found = before.find(Address(change.store, change.path, change.name))
        yield from word_change(change, None if found is None else str(found.value), now)
    elif change.store is Store.REGISTRY:
        yield from value_change(change, before, now)


def _metabase(change: Change, before: Observed, now: Observed) -> Iterator[Change]:
    server = server_path(change.path)
    if server and not before.has_key(server):
        # The old state had no such virtual server; everything below goes with it.
        if is_ours(change, now):
            yield removed_key(change, server, SERVER_CLASS, now)
    elif change.name == KEY_TYPE:
        yield from _key(change, before, now)
    elif change.name == SERVER_STATE and now.has_key(change.path):
        states = list(state_change(change, before, now))
        yield from states
        # The service notes a stop as "does not start by itself": that is to be as before, too, once it is stopped.
        will_be_noted = any(state.stored_after == STOPPED for state in states)
        yield from value_change(auto_start(change), before, now, anyhow=will_be_noted)
    elif before.has_key(change.path) and now.has_key(change.path):
        yield from value_change(change, before, now)


def _key(change: Change, before: Observed, now: Observed) -> Iterator[Change]:
    had, has = before.has_key(change.path), now.has_key(change.path)
    if had:
        restored = [item for item in restored_key(change, before) if not item.sensitive]
        yield from _missing(restored, before, now) if has else restored
    if has and not had:
        yield removed_key(change, change.path, str(change.stored_after), now)


def _missing(restored: Iterable[Change], before: Observed, now: Observed) -> Iterator[Change]:
    """Give what a key that stands still, or again, does not hold as it did."""
    for item in restored:
        if item.name == SERVER_STATE:
            yield from state_change(item, before, now)
        elif item.name == KEY_TYPE:
            yield from () if now.has_key(item.path) else (item,)
        else:
            yield from value_change(item, before, now)


def _not_restored(touched: Iterable[Touched], now: Observed) -> Iterator[str]:
    for item in touched:
        change, before = item.change, item.before
        if change.store is Store.FEATURE:
            yield f"{change.setting} (it stays installed)"
        elif change.store is Store.METABASE and before.smtp_ready:
            yield from _lost_secrets(change, before, now)


def _lost_secrets(change: Change, before: Observed, now: Observed) -> Iterator[str]:
    """Name secrets that were overwritten, or deleted with their keys: no host gives them back."""
    current = now.find(Address(change.store, change.path, change.name))
    is_gone = change.action is Action.DELETE and now.has_key(change.path) and (current is None or not is_local(current))
    if is_kept_secret(change, before) and (change.secret is not None or is_gone):
        yield f"{change.setting} (the host does not give secrets back)"
    if change.name == KEY_TYPE and before.has_key(change.path) and not now.has_key(change.path):
        for restored in restored_key(change, before):
            if restored.sensitive:
                yield f"{restored.setting} (the host does not give secrets back)"
