"""Folders on the way back: those that were made go again, together with what they were made in, if they are empty."""

from collections.abc import Iterable, Iterator, Mapping

from iisrelay.plan.change import Change
from iisrelay.settings.stored import Address, Kind, Store
from iisrelay.state.observed import FOLDER_ENTRIES, Observed
from iisrelay.status import Action

FOLDER = "folder"


def folder_removals(
    made: Iterable[tuple[Change, Observed]], now: Observed, leaving: Mapping[str, int]
) -> Iterator[Change]:
    """Give the changes that remove folders which did not exist before and hold nothing but each other.

    ``leaving`` tells of folders how much mail moves out of them before.
    """
    settings: dict[str, str] = {}
    for change, before in made:
        if change.store is Store.FOLDER and change.action is not Action.DELETE:
            new = [path for path in _upwards(change.path) if before.find(_place(path)) is None]
            settings.update({path: change.setting for path in new if now.find(_place(path)) is not None})
    going: set[str] = set()
    for path in sorted(settings, key=lambda path: -path.count("\\")):
        inside = sum(parent_of(other) == path.casefold() for other in going)
        if _entries(now, path) == inside + leaving.get(path.casefold(), 0):
            going.add(path.casefold())
            yield _removal(settings[path], path)


def _upwards(path: str) -> Iterator[str]:
    """Give a folder and those that it stands in; a drive is none."""
    while path.count("\\") > 0:
        yield path
        path = path.rpartition("\\")[0]


def parent_of(path: str) -> str:
    """Give the folder that a folder stands in."""
    return path.rpartition("\\")[0]


def _place(path: str) -> Address:
    return Address(Store.FOLDER, path, FOLDER)


def _entries(now: Observed, path: str) -> int:
    found = now.find(Address(Store.FOLDER, path, FOLDER_ENTRIES))
    return found.value if found is not None and isinstance(found.value, int) else 1


def _removal(setting: str, path: str) -> Change:
    return Change(
        identity="",
        setting=setting,
        store=Store.FOLDER,
        path=path,
        name=FOLDER,
        action=Action.DELETE,
        kind=Kind.WORD,
        before=path,
        stored_before=path,
    )
