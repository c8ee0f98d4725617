"""Mail folders that move: the mail in them moves along, unless other virtual servers use the same folder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from iisrelay.plan.change import Change
from iisrelay.settings.stored import Address, Store
from iisrelay.state.observed import Observed, ObservedServer
from iisrelay.state.request import MAIL_FOLDERS, QUEUE

Place = tuple[str, str]
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
    return {_folded(change.stored_before): change.carries or 0 for change in moves}


@dataclass(frozen=True)
class Moves:
    """Mail folders that move, by path and name, and for each the one that has to leave its new folder before."""

    changes: Mapping[Place, Change]
    ahead: Mapping[Place, Place]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> "Moves":
        """Find out what moves into a folder that something else moves out of: else its mail would be taken along."""
        moving = {(change.path, change.name): change for change in changes if change.carries is not None}
        leaving = {_folded(change.stored_before): place for place, change in moving.items() if change.stored_before}
        ahead = {place: leaving.get(_folded(change.stored_after), place) for place, change in moving.items()}
        return cls(moving, {place: other for place, other in ahead.items() if other != place})

    def turn(self, change: Change) -> int:
        """Tell how many moves come before a change."""
        return sum(1 for _ in self._before((change.path, change.name)))

    def circles(self) -> Iterator[Change]:
        """Give those that have to wait for themselves: folders that change places."""
        return (change for place, change in self.changes.items() if place in self._before(place))

    def _before(self, place: Place) -> Iterator[Place]:
        for _ in self.changes:
            if place not in self.ahead:
                return
            place = self.ahead[place]
            yield place


def _folded(folder: object) -> str:
    return str(folder).rstrip("\\").casefold()


def sharing(observed: Observed, server: ObservedServer, folder: str) -> tuple[ObservedServer, ...]:
    """Give the other virtual servers that use a folder, as far as their folders were asked for."""
    others = (other for other in observed.servers if other.number != server.number)
    return tuple(other for other in others if any(folder_of(observed, other, name) == folder for name in MAIL_FOLDERS))
