"""Checks of what runs: the state of the service, of virtual servers, and what the service makes of both."""

from collections.abc import Iterator, Sequence

from iisrelay.settings.codec import quoted
from iisrelay.settings.host import Service, service_may_run
from iisrelay.settings.raw import RawSection
from iisrelay.site.model import VirtualServer
from iisrelay.site.problems import Finding, Location
from iisrelay.site.resolve import Server

AUTO_START = "ServerAutoStart"


def check_service(service: Service | None) -> Iterator[Finding]:
    """Find a service that is to run and must not."""
    if service is not None and service.startup == "disabled" and service.state == "running":
        yield Finding(("service", "state"), "a service with startup: disabled cannot be started")


def check_states(service: Service | None, servers: Sequence[Server]) -> Iterator[tuple[Server, Finding]]:
    """Find virtual servers that are to run although the service is not."""
    if service is None or service_may_run(service):
        return
    reason = "state: stopped" if service.state == "stopped" else "startup: disabled"
    for server in servers:
        if server.model.state == "started":
            yield server, Finding(("state",), f"started needs a running service, and service: says {reason}")


def check_automatic_start(server: VirtualServer) -> Iterator[Finding]:
    """Find values of automatic start that the service would write over: it notes there whether a server runs."""
    for location, written in _automatic_start(server):
        if written is None:
            yield Finding(location, "cannot be cleared: the service writes it on every start and stop")
        elif server.state in ("started", "stopped") and written is not (server.state == "started"):
            kept = quoted(server.state == "started")
            yield Finding(location, f"with state: {server.state} the service keeps this at {kept}; leave it out")


def _automatic_start(server: VirtualServer) -> Iterator[tuple[Location, object]]:
    if server.general is not None and "auto_start" in server.general.model_fields_set:
        yield ("general", "auto_start"), server.general.auto_start
    if isinstance(server.metabase, RawSection) and AUTO_START in server.metabase.model_fields_set:
        yield ("metabase", AUTO_START), getattr(server.metabase, AUTO_START)
