"""Which virtual server of the host each virtual server of the site is. Identity is the name; numbers never change."""

from collections.abc import Iterator
from dataclasses import dataclass

from iisrelay.errors import RefusedError
from iisrelay.settings.stored import Address, Store
from iisrelay.site.target import Target, VirtualServerTarget
from iisrelay.state.observed import STOPPED, Observed, ObservedServer

# Setup makes virtual server 1, unnamed and on port 25 of all addresses. A plan that installs the feature counts on it.
INSTALLED_BY_SETUP = ObservedServer(number=1, comment=None, state=STOPPED)
INSTALLED_BINDING = ("", 25)


@dataclass(frozen=True)
class Placement:
    """A virtual server of the site, its number on the host (None: it is absent and shall be), and what stands there.

    ``adopted`` marks an unnamed virtual server that is taken over under the name of the site.
    """

    server: VirtualServerTarget
    number: int | None
    existing: ObservedServer | None = None
    adopted: bool = False

    @property
    def path(self) -> str:
        """Give the path below /LM."""
        return f"SmtpSvc/{self.number}"

    @property
    def prefix(self) -> str:
        """Give the beginning of the key paths of its settings."""
        return f"virtual_servers[{self.server.name}]"

    @property
    def endpoints(self) -> set[tuple[str, int]]:
        """Give the managed endpoints."""
        return {endpoint(binding) for binding in self.server.bindings}


def place(target: Target, observed: Observed) -> tuple[Placement, ...]:
    """Match by name first, then take over unnamed servers on the same endpoint, then give out the lowest free numbers.

    An unnamed virtual server that holds an endpoint which the site wants could never run beside a new one, so it is
    taken over: that is how the one that Setup makes becomes the relay of a small site.

    Raises:
        RefusedError: when several virtual servers of the host have the name of one of the site.
    """
    standing = observed.servers if observed.smtp_ready else (INSTALLED_BY_SETUP,)
    matched = {server.name: _match(server, standing) for server in target.virtual_servers}
    taken = {found.number for found in matched.values() if found}
    adopted: dict[str, ObservedServer] = {}
    for server in target.virtual_servers:
        if matched[server.name] is None and server.state != "absent":
            candidate = _adoptable(server, standing, taken, observed)
            if candidate:
                adopted[server.name] = candidate
                taken.add(candidate.number)
    numbers = _free_numbers({server.number for server in standing})
    return tuple(_placement(server, matched[server.name], adopted.get(server.name), numbers)
                 for server in target.virtual_servers)  # fmt: skip


def _placement(
    server: VirtualServerTarget, found: ObservedServer | None, adopted: ObservedServer | None, numbers: Iterator[int]
) -> Placement:
    if found:
        return Placement(server, found.number, found)
    if adopted:
        return Placement(server, adopted.number, adopted, adopted=True)
    return Placement(server, None if server.state == "absent" else next(numbers))


def _match(server: VirtualServerTarget, standing: tuple[ObservedServer, ...]) -> ObservedServer | None:
    exact = [candidate for candidate in standing if candidate.label == server.name]
    # Windows folds letters one by one: "ss" and a sharp s are different names.
    loose = [candidate for candidate in standing if candidate.label.lower() == server.name.lower()]
    found = exact or loose
    if len(found) > 1:
        paths = " and ".join(candidate.path for candidate in found)
        raise RefusedError(
            f'"{server.name}" is the name of {len(found)} virtual servers of the host: {paths}',
            hint="nobody can tell which one is meant: rename the others in the console, or remove them, and plan again",
        )
    return found[0] if found else None


def _adoptable(
    server: VirtualServerTarget, standing: tuple[ObservedServer, ...], taken: set[int], observed: Observed
) -> ObservedServer | None:
    wanted = {endpoint(binding) for binding in server.bindings}
    return next(
        (
            candidate
            for candidate in standing
            if not candidate.comment
            and candidate.number not in taken
            and wanted & observed_endpoints(observed, candidate)
        ),
        None,
    )


def observed_endpoints(observed: Observed, server: ObservedServer) -> set[tuple[str, int]]:
    """Give the endpoints that a virtual server of the host has."""
    if not observed.smtp_ready:
        return {INSTALLED_BINDING}
    value = observed.find(Address(Store.METABASE, server.path, "ServerBindings"))
    bindings = value.value if value else ()
    if isinstance(bindings, str):
        bindings = (bindings,)
    return {endpoint(binding) for binding in bindings} if isinstance(bindings, tuple) else set()


def endpoint(binding: str) -> tuple[str, int]:
    """Read "IP:port", "*:port" or the stored "IP:port:host"; the address of "all unassigned" is ""."""
    address, _, rest = binding.partition(":")
    port = rest.partition(":")[0]
    return ("" if address == "*" else address), int(port) if port.isdigit() else 0


def _free_numbers(used: set[int]) -> Iterator[int]:
    number = 1
    while True:
        if number not in used:
            yield number
        number += 1
