"""Single values on the way back: what was local is set again, what was inherited or absent is deleted."""

from collections.abc import Iterator
from dataclasses import replace

from iisrelay.plan.change import Change
from iisrelay.plan.values import coerce
from iisrelay.settings.stored import AccessList, Address, Kind, Stored
from iisrelay.state.observed import Observed, ObservedValue
from iisrelay.status import Action


def value_change(change: Change, before: Observed, now: Observed, *, anyhow: bool = False) -> Iterator[Change]:
    """Give the change that makes a place of the metabase or the registry hold what it held.

    With ``anyhow`` also where it holds that now: something in between is going to change it.
    """
    address = Address(change.store, change.path, change.name)
    old, current = before.find(address), now.find(address)
    if is_kept_secret(change, before):
        return
    if current is not None and current.hidden:
        if is_local(current):
            yield replace(_undo(change, Action.DELETE), sensitive=True)
        return
    held = _stored(change.kind, old)
    holds = _stored(change.kind, current)
    if held is not None and (anyhow or holds is None or not same(change.kind, held, holds)):
        action = Action.CREATE if holds is None else Action.UPDATE
        yield _with_values(change, _undo(change, action), holds, held)
    if held is None and (anyhow or holds is not None):
        yield _with_values(change, _undo(change, Action.DELETE), holds, None)


def is_kept_secret(change: Change, before: Observed) -> bool:
    """Tell whether a place held a secret of its own before."""
    old = before.find(Address(change.store, change.path, change.name))
    return old is not None and old.hidden and is_local(old)


def is_local(value: ObservedValue) -> bool:
    """Tell whether a value stands at the place itself; where the host could not tell, it is taken for that."""
    return value.inherited is not True


def _stored(kind: Kind, value: ObservedValue | None) -> Stored | None:
    """Give what is stored at the place itself."""
    return coerce(kind, value.value) if value is not None and is_local(value) else None


def _undo(change: Change, action: Action) -> Change:
    """Give the outline of a change in the other direction."""
    return replace(
        change,
        identity="",
        action=action,
        before=None,
        after=None,
        stored_before=None,
        stored_after=None,
        was_inherited=False,
        secret=None,
        carries=None,
        restores=True,
    )


def _with_values(change: Change, undo: Change, holds: Stored | None, held: Stored | None) -> Change:
    return replace(
        undo,
        before=written(change, holds),
        after=written(change, held),
        stored_before=holds,
        stored_after=held,
    )


def written(change: Change, value: Stored | None) -> object:
    """Write a value as the change wrote it, where it is one of its two; otherwise as it is stored."""
    for stored, shown in ((change.stored_after, change.after), (change.stored_before, change.before)):
        if value is not None and stored is not None and same(change.kind, stored, value):
            return shown
    return plain(value)


def plain(value: Stored | None) -> object:
    """Give a stored value as JSON has it."""
    if isinstance(value, AccessList):
        allow = "all_except" if value.grant_by_default else "only_listed"
        return {"allow": allow, "addresses": list(value.addresses), "domains": list(value.domains)}
    if isinstance(value, bytes):
        return value.hex()
    return list(value) if isinstance(value, tuple) else value


def same(kind: Kind, one: Stored, other: Stored) -> bool:
    """Tell whether Windows makes no difference between two values of a kind."""
    one, other = coerce(kind, one) or one, coerce(kind, other) or other
    if isinstance(one, AccessList) and isinstance(other, AccessList):
        return _comparable(one) == _comparable(other)
    if kind is Kind.ACL and isinstance(one, tuple) and isinstance(other, tuple):
        return sorted(map(str.casefold, one)) == sorted(map(str.casefold, other))
    return type(one) is type(other) and one == other


def _comparable(value: AccessList) -> tuple[bool, frozenset[str], frozenset[str]]:
    addresses = frozenset("".join(entry.split()) for entry in value.addresses)
    return value.grant_by_default, addresses, frozenset(map(str.casefold, value.domains))


def word_change(change: Change, wanted: str | None, now: Observed) -> Iterator[Change]:
    """Give the change that makes a service or a firewall rule what it was; None deletes."""
    current = now.find(Address(change.store, change.path, change.name))
    holds = None if current is None else str(current.value)
    if holds == wanted:
        return
    action = Action.DELETE if wanted is None else Action.UPDATE if holds is not None else Action.CREATE
    yield replace(_undo(change, action), before=holds, after=wanted, stored_before=holds, stored_after=wanted)
