"""Mail folders that move: the mail in them moves along, unless other virtual servers use the same folder."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from iisrelay.plan.change import Change
from iisrelay.settings.stored import Address, Store
from iisrelay.state.observed import Observed, ObservedServer
from iisrelay.state.request import MAIL_FOLDERS, QUEUE

FOLDED = frozenset(name.casefold() for name in MAIL_FOLDERS)


def carrying(changes: Iterable[Change], observed: Observed) -> Iterator[Change]:
    """Give the changes, with the number of messages that each moves along."""
    servers = {server.path.casefold(): server for server in observed.servers}
    for change in changes:
        server = servers.get(change.path.casefold())
        if change.store is not Store.METABASE or change.name.casefold() not in FOLDED or server is None:
            yield change
        else:
            yield replace(change, carries=_messages(change, server, observed))


def _messages(change: Change, server: ObservedServer, observed: Observed) -> int | None:
    folder = folder_of(observed, server, change.name)
    if folder is None or sharing(observed, server, folder):
        return None
    return server.queued if change.name.casefold() == QUEUE.casefold() else (server.mail or {}).get(change.name, 0)


def folder_of(observed: Observed, server: ObservedServer, name: str) -> str | None:
    """Give a mail folder of a virtual server in a form that can be compared."""
    value = observed.find(Address(Store.METABASE, server.path, name))
    return value.value.rstrip("\\").casefold() if value is not None and isinstance(value.value, str) else None


def emptied(changes: Iterable[Change]) -> dict[str, int]:
    """Give the folders that mail moves out of, in a form that can be compared, each with its number of messages."""
    moves = [change for change in changes if change.carries and isinstance(change.stored_before, str)]
    return {str(change.stored_before).rstrip("\\").casefold(): change.carries or 0 for change in moves}


def sharing(observed: Observed, server: ObservedServer, folder: str) -> tuple[ObservedServer, ...]:
    """Give the other virtual servers that use a folder, as far as their folders were asked for."""
    others = (other for other in observed.servers if other.number != server.number)
    return tuple(other for other in others if any(folder_of(observed, other, name) == folder for name in MAIL_FOLDERS))
