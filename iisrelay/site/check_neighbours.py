"""Checks between the virtual servers of one host: names, endpoints, folders."""

from collections.abc import Iterator, Sequence

from iisrelay.settings.lists import parse_binding
from iisrelay.site.problems import Finding, Location
from iisrelay.site.resolve import Server

# Two services of mail in one of these folders take each other's files.
OWN_FOLDERS: tuple[Location, ...] = (("folders", "queue"), ("folders", "pickup"))
OTHER_FOLDERS: tuple[Location, ...] = (("folders", "drop"), ("messages", "bad_mail_folder"))


def check_neighbours(servers: Sequence[Server]) -> Iterator[tuple[Server, Finding]]:
    """Find what two virtual servers of a host cannot both have."""
    yield from _names(servers)
    present = [server for server in servers if server.model.state != "absent"]
    yield from _endpoints(present)
    yield from _folders(present)


def _names(servers: Sequence[Server]) -> Iterator[tuple[Server, Finding]]:
    seen: dict[str, str] = {}
    for server in servers:
        name = server.model.name
        earlier = seen.get(name.lower())
        seen.setdefault(name.lower(), name)
        if earlier is not None:
            reason = "is there twice" if earlier == name else f"differs from {earlier!r} only in the case of letters"
            yield server, Finding(("name",), f"{name!r} {reason}; the name tells virtual servers apart")


def _endpoints(servers: Sequence[Server]) -> Iterator[tuple[Server, Finding]]:
    taken: dict[str, Server] = {}
    for server in servers:
        bindings = [parse_binding(item) for item in (server.model.general and server.model.general.bindings) or ()]
        for index, binding in enumerate(bindings):
            yield from ((server, finding) for finding in _conflicts(binding, index, taken))
        for binding in bindings:
            taken.setdefault(binding, server)


def _conflicts(binding: str, index: int, taken: dict[str, Server]) -> Iterator[Finding]:
    here = ("general", "bindings", index)
    address, _, port = binding.partition(":")
    if binding in taken:
        owner = taken[binding].model.name
        yield Finding(here, f"{binding} is taken by {owner!r}: only one virtual server can listen there")
        return
    for other_binding, other in taken.items():
        other_address, _, other_port = other_binding.partition(":")
        if port == other_port and "*" in (address, other_address):
            yield Finding(
                here,
                f"{binding} and {other_binding} of {other.model.name!r} overlap; one of them may not start",
                is_warning=True,
            )


def _folders(servers: Sequence[Server]) -> Iterator[tuple[Server, Finding]]:
    taken: dict[tuple[Location, str], Server] = {}
    for server in servers:
        for location in (*OWN_FOLDERS, *OTHER_FOLDERS):
            folder = _folder(server, location)
            if folder is None:
                continue
            other = taken.setdefault((location, folder.rstrip("\\/").casefold()), server)
            if other is not server:
                message = f"{folder} is the folder of {other.model.name!r} too; every virtual server needs its own"
                yield server, Finding(location, message, is_warning=location in OTHER_FOLDERS)


def _folder(server: Server, location: Location) -> str | None:
    section = getattr(server.model, str(location[0]))
    folder = getattr(section, str(location[1]), None)
    return folder if isinstance(folder, str) else None
