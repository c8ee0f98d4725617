"""What remains of an apply that is undone: which of its changes are as they were before, and which are not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iisrelay.engine.judge import AWAITS_RESTART
from iisrelay.plan.change import Change
from iisrelay.plan.model import Plan
from iisrelay.plan.reverse import Touched
from iisrelay.results import ChangeResult
from iisrelay.settings.stored import Address, Store
from iisrelay.state.observed import KEY_TYPE, STARTED, Observed, fold
from iisrelay.status import Action, Outcome

WRITTEN = frozenset({Outcome.APPLIED, Outcome.NOT_VERIFIED})
MADE = WRITTEN | {Outcome.UNKNOWN}


@dataclass(frozen=True)
class Undone:
    """The results of an apply after it was undone, and what could not be brought back."""

    results: tuple[ChangeResult, ...]
    not_restored: tuple[str, ...]


def touched_by(results: Iterable[ChangeResult], before: Observed) -> tuple[Touched, ...]:
    """Give what may have to be undone. A secret or a feature counts only where it was really written."""
    return tuple(Touched(result.change, before) for result in results if _counts(result))


def _counts(result: ChangeResult) -> bool:
    if result.change.secret is not None or result.change.store is Store.FEATURE:
        return result.outcome in MADE
    if result.change.name == KEY_TYPE and result.change.action is Action.CREATE:
        # A key whose creation failed is not ours: it could be that of somebody who was quicker.
        return result.outcome in MADE
    return result.outcome is not Outcome.SKIPPED


def in_the_dark(results: Iterable[ChangeResult], problem: str) -> Iterator[ChangeResult]:
    """Say of what cannot be read any more that nobody knows."""
    for result in results:
        if result.change.store is Store.METABASE and result.outcome is Outcome.NOT_VERIFIED:
            yield replace(result, outcome=Outcome.UNKNOWN, message=f"the metabase cannot be read any more: {problem}")
        else:
            yield result


def undone(results: Iterable[ChangeResult], planned: Plan, remaining: Plan, reasons: dict[str, str]) -> Undone:
    """Judge an undone apply: ``remaining`` is what would still lead back, ``reasons`` why it was not done."""
    lasting = tuple(dict.fromkeys([*planned.not_restored, *remaining.not_restored]))
    left = {_place(change): change for change in remaining.changes}
    judged = tuple(_judged(result, left, lasting, reasons) for result in results)
    return Undone(judged, (*lasting, *dict.fromkeys(change.setting for change in remaining.changes)))


def standing_still(before: Observed, after: Observed) -> Iterator[str]:
    """Name virtual servers that ran before and stand still now, though nobody asked for that: a restart ended so."""
    running = {server.path for server in before.servers if server.state == STARTED}
    for server in after.servers:
        if server.path in running and server.state != STARTED:
            yield f"virtual_servers[{server.label}].state"


def _judged(
    result: ChangeResult, left: dict[Address, Change], lasting: tuple[str, ...], reasons: dict[str, str]
) -> ChangeResult:
    if result.outcome not in WRITTEN:
        return result
    if any(name.startswith(f"{result.change.setting} (") for name in lasting):
        return replace(result, message="cannot be undone")
    still = next(_in_the_way(result.change, left), None)
    if still is None:
        if result.outcome is Outcome.NOT_VERIFIED and result.message != AWAITS_RESTART:
            return replace(result, message=f"{result.message}; undone since")
        return replace(result, outcome=Outcome.ROLLED_BACK, message="")
    if _is_part(still, result.change):
        return replace(result, outcome=Outcome.NOT_VERIFIED, message=f"is back, but not as it was: {still.setting}")
    return replace(result, message=f"could not be undone: {reasons.get(still.setting) or 'differs afterwards'}")


def _in_the_way(change: Change, left: dict[Address, Change]) -> Iterator[Change]:
    for place, still in left.items():
        is_key_above = still.name == KEY_TYPE and f"{change.path}/".casefold().startswith(f"{still.path}/".casefold())
        if place == _place(change) or (is_key_above and still.store is change.store) or _is_part(still, change):
            yield still


def _is_part(still: Change, change: Change) -> bool:
    """Tell whether something is missing in or below a key that was removed and is back."""
    is_inside = f"{still.path}/".casefold().startswith(f"{change.path}/".casefold())
    is_removal = change.name == KEY_TYPE and change.action is Action.DELETE
    return is_removal and still.store is change.store and is_inside and _place(still) != _place(change)


def _place(change: Change) -> Address:
    return fold(Address(change.store, change.path, change.name))
