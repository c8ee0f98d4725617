"""The order of changes: what must exist before what, and nothing open in between."""

from collections.abc import Iterable
from dataclasses import replace

from iisrelay.plan.change import Change
from iisrelay.plan.mail import Moves
from iisrelay.plan.openness import openness
from iisrelay.plan.servers import AUTO_START, SERVER_COMMENT, SERVER_STATE
from iisrelay.settings.stored import Kind, Store
from iisrelay.state.observed import KEY_TYPE, STARTED
from iisrelay.status import Action

RESTARTS = 13  # between settings and the start of services stands the restart of what runs with old settings
FIRST = 0


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Sort changes into the order in which they are to be made, and give each its identity."""
    changes = tuple(changes)
    moves = Moves.of(changes)

    def key(change: Change) -> tuple[int | str, ...]:
        step, *rest = rank(change)
        return step, moves.turn(change), *rest, change.path, change.setting, change.name

    ranked = sorted(changes, key=key)
    return tuple(replace(change, identity=f"c{number}") for number, change in enumerate(ranked, start=1))


def rank(change: Change) -> tuple[int, int, int]:
    """Give a change's step, its virtual server, and its turn within both."""
    number = server_number(change.path) if change.store is Store.METABASE else 0
    return _step(change), number, _turn(change)


def is_server_removal(change: Change) -> bool:
    """Tell whether a change removes a whole virtual server."""
    is_key = change.store is Store.METABASE and change.name == KEY_TYPE
    return is_key and change.action is Action.DELETE and change.path.count("/") == 1


def server_number(path: str) -> int:
    """Give the number of the virtual server that a metabase path belongs to; 0 for the service itself."""
    parts = path.split("/")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def _step(change: Change) -> int:
    if change.store is Store.METABASE:
        return _metabase_step(change)
    if change.store is Store.SERVICE:
        return RESTARTS + (1 if change.name == "startup" else 2)
    if change.store is Store.FOLDER and change.action is Action.DELETE:
        return RESTARTS + 6
    return {Store.FEATURE: 0, Store.FOLDER: 1, Store.REGISTRY: RESTARTS - 3, Store.FIREWALL: RESTARTS + 5}[change.store]


def _metabase_step(change: Change) -> int:
    """First come new keys, stops, settings (service, server, domains), and starts.

    What nobody can undo comes as late as it can: a secret that is overwritten, or that goes with its virtual server, is
    lost. So everything else has a chance to fail before.
    """
    depth = change.path.count("/")
    if is_server_removal(change):
        return RESTARTS + 4
    if change.name == KEY_TYPE and depth == 1:
        return 3
    if change.secret is not None:
        return RESTARTS - 2
    if change.name == AUTO_START:
        return RESTARTS - 1
    if change.name == SERVER_STATE:
        return RESTARTS + 3 if change.stored_after == STARTED else 4
    if depth == 0:
        return 5
    if "/domain/" in change.path.casefold() + "/":
        return 8
    return 6 if change.name == KEY_TYPE else 7


def _turn(change: Change) -> int:
    """Within a key: the key and its name, then who may connect and relay, then the rest.

    Of two lists the one that lets the world in comes second: the other one may be what keeps the relay closed.
    Keys and folders come before what is in them, unless they are removed.
    """
    if change.store is Store.FOLDER and change.action is Action.DELETE:
        return -change.path.count("\\")
    if change.name in (KEY_TYPE, SERVER_COMMENT):
        return FIRST
    if change.kind is Kind.IPSECLIST:
        return FIRST + (2 if openness(change.stored_after) else 1)
    return FIRST + 3
