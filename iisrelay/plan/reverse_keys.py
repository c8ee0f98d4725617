"""Keys of the metabase on the way back: new ones go, removed ones return with all that stood in and below them."""

from collections.abc import Iterator
from dataclasses import replace

from iisrelay.plan.change import Change
from iisrelay.plan.reverse_values import is_local, plain
from iisrelay.plan.servers import AUTO_START, SERVER_CLASS, SERVER_STATE
from iisrelay.settings.metabase_schema import find
from iisrelay.settings.stored import AccessList, Address, Kind, Store, Stored
from iisrelay.state.observed import KEY_TYPE, STARTED, STATE_WORDS, STOPPED, Observed, ObservedServer, ObservedValue
from iisrelay.status import Action

KINDS = (
    *((bool, Kind.BOOL), (int, Kind.DWORD), (bytes, Kind.BINARY)),
    *((tuple, Kind.MULTISZ), (AccessList, Kind.IPSECLIST)),
)


def server_path(path: str) -> str:
    """Give the virtual server's key that a path belongs to; "" for the service itself."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 1 and parts[1].isdigit() else ""


def is_ours(change: Change, now: Observed) -> bool:
    """Tell whether the virtual server at a change's number is the one that it was meant for: numbers can be taken."""
    server = server_of(now, change.path)
    if server is None:
        return False
    return is_begun(server) or f"{change.setting}.".startswith(f"virtual_servers[{server.label}].")


def is_begun(server: ObservedServer) -> bool:
    """Tell whether a virtual server was begun and not finished: consoles and scripts name what they make."""
    return not server.comment and server.state == STOPPED


def removed_key(change: Change, path: str, class_name: str, now: Observed) -> Change:
    """Give the change that removes a key which was not there before."""
    server = server_of(now, path)
    is_server = server is not None and class_name == SERVER_CLASS
    setting = f"virtual_servers[{server.label}]" if server is not None and is_server else change.setting
    return Change(
        identity="",
        setting=setting,
        store=Store.METABASE,
        path=path,
        name=KEY_TYPE,
        action=Action.DELETE,
        kind=Kind.STRING,
        before=path,
        stored_before=class_name,
    )


def server_of(observed: Observed, path: str) -> ObservedServer | None:
    """Give the virtual server that a path belongs to."""
    wanted = server_path(path).casefold()
    return next((server for server in observed.servers if server.path.casefold() == wanted), None)


def restored_key(change: Change, before: Observed) -> Iterator[Change]:
    """Give the changes that bring a key back with all local values in and below it. Secrets come without values.

    A secret is among them although it cannot be restored: it is marked as sensitive, and has no secret to write.
    """
    server = server_of(before, change.path)
    prefix = f"virtual_servers[{server.label}]" if server else change.setting
    rows = sorted(_rows(before, change.path), key=lambda row: (row[0].path.count("/"), row[0].path))
    for address, value in rows:
        below = address.path[len(server_path(address.path)) :].strip("/").replace("/", ".")
        setting = ".".join(part for part in (prefix, below) if part)
        if address.name == KEY_TYPE:
            yield _change(address, setting, Kind.STRING, value.value, shown=address.path)
        elif is_local(value):
            yield _value(address, f"{setting}.{address.name}", value)
    if server is not None and server.state == STARTED and change.path.casefold() == server.path.casefold():
        yield _state(f"{prefix}.state", server.path, STOPPED, STARTED)


def _rows(before: Observed, path: str) -> Iterator[tuple[Address, ObservedValue]]:
    folded = path.casefold()
    for address, value in before.values.items():
        place = address.path.casefold()
        if address.store is Store.METABASE and (place == folded or place.startswith(f"{folded}/")):
            yield address, value


def _value(address: Address, setting: str, value: ObservedValue) -> Change:
    if value.hidden or value.value is None:
        return replace(_change(address, setting, Kind.STRING, None, shown=None), sensitive=True)
    schema = find(address.name)
    kind = schema.type if schema else kind_of(value.value)
    return _change(address, setting, kind, value.value, shown=plain(value.value))


def kind_of(value: Stored) -> Kind:
    """Guess the kind of a property that the schema does not know."""
    return next((kind for python, kind in KINDS if isinstance(value, python)), Kind.STRING)


def _change(address: Address, setting: str, kind: Kind, value: Stored | None, *, shown: object) -> Change:
    return Change(
        identity="",
        setting=setting,
        store=Store.METABASE,
        path=address.path,
        name=address.name,
        action=Action.CREATE,
        kind=kind,
        after=shown,
        stored_after=value,
        restores=True,
    )


def auto_start(change: Change) -> Change:
    """Give the change of a virtual server's automatic start that goes along with one of its state."""
    setting = f"{change.setting.removesuffix('.state')}.general.auto_start"
    return _change(Address(change.store, change.path, AUTO_START), setting, Kind.BOOL, None, shown=None)


def state_change(change: Change, before: Observed, now: Observed) -> Iterator[Change]:
    """Give the change that starts or stops a virtual server as it was."""
    old, current = server_of(before, change.path), server_of(now, change.path)
    if old is None or current is None:
        return
    wanted = STARTED if old.state == STARTED else STOPPED
    if current.state != wanted:
        yield _state(change.setting, change.path, current.state, wanted)


def _state(setting: str, path: str, holds: int, wanted: int) -> Change:
    return Change(
        identity="",
        setting=setting,
        store=Store.METABASE,
        path=path,
        name=SERVER_STATE,
        action=Action.UPDATE,
        kind=Kind.DWORD,
        before=STATE_WORDS.get(holds, "unknown"),
        after=STATE_WORDS[wanted],
        stored_before=holds,
        stored_after=wanted,
    )
