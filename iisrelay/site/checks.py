"""Checks across keys, virtual servers and hosts, after everything is merged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from iisrelay.errors import Problem
from iisrelay.site.check_delivery import check_delivery
from iisrelay.site.check_host import check_connection
from iisrelay.site.check_neighbours import check_neighbours
from iisrelay.site.check_raw import raw_twins
from iisrelay.site.check_server import check_server
from iisrelay.site.check_state import check_service, check_states
from iisrelay.site.problems import Finding, problem
from iisrelay.site.resolve import ResolvedHost, Settings


@dataclass
class Checked:
    """What the checks found: errors of the file, and warnings for each host."""

    errors: list[Problem] = field(default_factory=list)
    warnings: dict[str, tuple[Problem, ...]] = field(default_factory=dict)

    def warnings_of(self, host: str) -> tuple[str, ...]:
        """Give the warnings of a host as sentences."""
        return tuple(str(item) for item in self.warnings.get(host, ()))

    def all_warnings(self) -> list[Problem]:
        """Give the warnings of all hosts."""
        return [item for items in self.warnings.values() for item in items]


def check_hosts(hosts: Iterable[ResolvedHost], file: str, known: Iterable[Problem] = ()) -> Checked:
    """Check every host; settings that hosts share are checked once.

    ``known`` are problems that were found before: what stands in their sections is left out of the models, so a check
    that misses something there is silent.
    """
    checked = Checked()
    unreadable = frozenset(map(_section, known))
    shared: dict[int, tuple[Problem, ...]] = {}
    for host in hosts:
        key = id(host.settings)
        if key not in shared:
            errors, warnings = _sorted_out(_settings_findings(host.settings, file), unreadable)
            checked.errors += errors
            shared[key] = warnings
        errors, own = _sorted_out(_host_findings(host, file), unreadable)
        checked.errors += errors
        checked.warnings[host.name] = (*own, *shared[key])
    return checked


_Found = Iterator[tuple[Finding, Problem]]


def _settings_findings(settings: Settings, file: str) -> _Found:
    service = settings.common.service
    for finding in (*raw_twins(service.metabase if service else None, ("service",)), *check_service(service)):
        yield finding, problem(settings.tree, finding, file)
    for server in settings.servers:
        for finding in (*check_server(server.model), *check_delivery(server.model, server.preset)):
            yield finding, problem(server.tree, finding, file, server.prefix)
    for server, finding in (*check_neighbours(settings.servers), *check_states(service, settings.servers)):
        yield finding, problem(server.tree, finding, file, server.prefix)


def _host_findings(host: ResolvedHost, file: str) -> _Found:
    for finding in check_connection(host.host):
        yield finding, problem(host.tree, finding, file, f"hosts.{host.name}")


def _section(item: Problem) -> str:
    return item.key_path.rpartition(".")[0]


def _sections(item: Problem) -> frozenset[str]:
    """Give the section that a problem stands in, and the one in defaults that may have been merged into it."""
    section = _section(item)
    return frozenset({section, "defaults." + section.rpartition("].")[2]})


def _sorted_out(found: _Found, unreadable: frozenset[str]) -> tuple[list[Problem], tuple[Problem, ...]]:
    pairs = [pair for pair in found if not (pair[0].from_absence and unreadable & _sections(pair[1]))]
    errors = [item for finding, item in pairs if not finding.is_warning]
    return errors, tuple(item for finding, item in pairs if finding.is_warning)
