"""Folders on the way back: those that were made go again, with what they were made in, and those that went return."""

from collections.abc import Iterable, Iterator, Mapping

from iisrelay.plan.change import Change
from iisrelay.settings.stored import Address, Kind, Store
from iisrelay.state.observed import FOLDER_ENTRIES, Observed
from iisrelay.status import Action

FOLDER = "folder"


def folder_changes(
    touched: Iterable[tuple[Change, Observed]], now: Observed, leaving: Mapping[str, int]
) -> Iterator[Change]:
    """Give the changes that make folders again which are gone, and remove those that did not exist before.

    Of several applies the first that had to do with a folder knows whether it existed; to make a folder makes those
    that it stands in. Only folders that hold nothing but each other are removed.
    ``leaving`` tells of folders how much mail moves out of them before.
    """
    existed: dict[str, tuple[bool, str, str]] = {}
    for change, before in touched:
        if change.store is Store.FOLDER:
            for path in _upwards(change.path):
                is_there = before.find(_place(path)) is not None
                existed.setdefault(path.casefold(), (is_there, path, change.setting))
    missing = [item for item in existed.values() if item[0] and now.find(_place(item[1])) is None]
    yield from (_change(Action.CREATE, setting, path) for _, path, setting in missing)
    new = [item for item in existed.values() if not item[0] and now.find(_place(item[1])) is not None]
    going: set[str] = set()
    for _, path, setting in sorted(new, key=lambda item: -item[1].count("\\")):
        inside = sum(parent_of(other) == path.casefold() for other in going)
        if _entries(now, path) == inside + leaving.get(path.casefold(), 0):
            going.add(path.casefold())
            yield _change(Action.DELETE, setting, path)


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


def _change(action: Action, setting: str, path: str) -> Change:
    before, after = (path, None) if action is Action.DELETE else (None, path)
    return Change(
        identity="",
        setting=setting,
        store=Store.FOLDER,
        path=path,
        name=FOLDER,
        action=action,
        kind=Kind.WORD,
        before=before,
        after=after,
        stored_before=before,
        stored_after=after,
    )
