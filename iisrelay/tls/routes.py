"""The ways that mail takes out of a host, as its metabase has them, and what of the host a check asks for."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from iisrelay.plan.places import Placement, endpoint, place
from iisrelay.settings.delivery import TLS_BIT
from iisrelay.settings.host import DOTNET, WINHTTP
from iisrelay.settings.metabase_schema import find
from iisrelay.settings.stored import Address, Kind, Store, Stored
from iisrelay.site.target import Target
from iisrelay.state.observed import STARTED, Observed, ObservedServer
from iisrelay.state.request import DOMAIN_SCOPE, OUTBOUND_ESMTP, SERVER_SCOPE, PropertyQuestion, Request
from iisrelay.tls import suites
from iisrelay.tls.schannel import DISABLED_BY_DEFAULT, ENABLED, Read, key_of
from iisrelay.tls.windows import Side, protocols

SERVER_PROPERTIES = (
    "SmartHost", "SmartHostType", "RemoteSmtpPort", "RouteAction", "RouteUserName", "AlwaysUseSsl", OUTBOUND_ESMTP,
    "FullyQualifiedDomainName", "ServerBindings", "AccessSSLFlags",
)  # fmt: skip
DOMAIN_PROPERTIES = ("RouteAction", "RouteActionString")
DOTNET_4 = (r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full", "Release")
SMART_HOST_BIT, BASIC_BIT, NTLM_BIT = 0x2, 0x100, 0x80
DEFAULT_PORT = 25
SMART_HOST_NEVER, SMART_HOST_SECOND, SMART_HOST_ALWAYS = 0, 1, 2


@dataclass(frozen=True)
class Relay:
    """A virtual server as far as TLS goes; ``existing`` is None for one of the site that is not on the host yet."""

    name: str
    existing: ObservedServer | None
    fqdn: str = ""
    endpoints: tuple[tuple[str, int], ...] = ()
    requires_tls: bool = False

    @property
    def is_running(self) -> bool:
        """Tell whether the virtual server runs."""
        return self.existing is not None and self.existing.state == STARTED


@dataclass(frozen=True)
class Route:
    """One smart host that mail of a virtual server goes to; ``domain`` is "" for all mail that no domain is set for."""

    relay: Relay
    path: str  # the metabase key that decides
    host: str
    port: int
    tls: bool
    method: str  # anonymous, basic, integrated
    esmtp: int
    domain: str = ""
    always_tls: bool = False  # by the older switch, of which nobody says whether it still counts
    smart_host_type: int = SMART_HOST_ALWAYS

    @property
    def label(self) -> str:
        """Name the way for people."""
        return f'virtual server "{self.relay.name}"' + (f", domain {self.domain}" if self.domain else "")

    @property
    def setting(self) -> str:
        """Give the key path in a site file."""
        server = f"virtual_servers[{self.relay.name}]"
        return f"{server}.domains[{self.domain}]" if self.domain else f"{server}.delivery"

    @property
    def identity(self) -> str:
        """Name the probe: ways to the same place share one."""
        return f"{self.host}:{self.port}"

    @property
    def is_on_this_host(self) -> bool:
        """Tell whether the smart host is another program on the host itself."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.casefold() == "localhost"


def request() -> Request:
    """Ask for everything that a check judges by: properties of all virtual servers, values of the registry."""
    return Request(
        properties=tuple(
            PropertyQuestion(scope, name, schema.type if (schema := find(name)) else Kind.STRING)
            for scope, names in ((SERVER_SCOPE, SERVER_PROPERTIES), (DOMAIN_SCOPE, DOMAIN_PROPERTIES))
            for name in names
        ),
        registry=tuple(dict.fromkeys(Address(Store.REGISTRY, path, name) for path, name in _registry_questions())),
    )


def _registry_questions() -> Iterator[tuple[str, str]]:
    for protocol in protocols():
        for side in Side:
            yield key_of(protocol, side), ENABLED
            yield key_of(protocol, side), DISABLED_BY_DEFAULT
    yield from suites.questions()
    yield DOTNET_4
    for path in DOTNET:
        yield path, "SystemDefaultTlsVersions"
        yield path, "SchUseStrongCrypto"
    for path in WINHTTP:
        yield path, "DefaultSecureProtocols"


def registry_of(observed: Observed) -> Read:
    """Give the function that reads registry values of an observed host."""

    def read(path: str, name: str) -> Stored | None:
        found = observed.find(Address(Store.REGISTRY, path, name))
        return found.value if found else None

    return read


def relays_of(observed: Observed, target: Target | None) -> tuple[Relay, ...]:
    """Give the virtual servers to judge: those of the site, or without a site all that the host has."""
    if target is None:
        return tuple(_relay(observed, server.label, server) for server in observed.servers)
    placements = [item for item in place(target, observed) if item.server.state != "absent"]
    return tuple(_relay(observed, item.server.name, _standing(observed, item)) for item in placements)


def routes_of(observed: Observed, relay: Relay) -> tuple[Route, ...]:
    """Give the ways of a virtual server: its smart host, then the domains that have one of their own."""
    if relay.existing is None:
        return ()
    path = relay.existing.path
    own = _route(observed, relay, path)
    routes = (
        _domain_route(observed, own, f"{path}/Domain/{name}", name) for name in observed.children(f"{path}/Domain")
    )
    return (own, *(route for route in routes if route is not None))


def _standing(observed: Observed, placement: Placement) -> ObservedServer | None:
    """Give the virtual server that the host has under the name; one that apply would take over is not it yet."""
    return placement.existing if placement.existing in observed.servers and not placement.adopted else None


def _relay(observed: Observed, name: str, server: ObservedServer | None) -> Relay:
    if server is None:
        return Relay(name, None)
    value = partial(_value, observed, server.path)
    bindings = value("ServerBindings") or ()
    return Relay(
        name=name,
        existing=server,
        fqdn=str(value("FullyQualifiedDomainName") or ""),
        endpoints=tuple(endpoint(binding) for binding in ((bindings,) if isinstance(bindings, str) else bindings)),
        requires_tls=bool(_number(value("AccessSSLFlags")) & 0x8),
    )


def _route(observed: Observed, relay: Relay, path: str) -> Route:
    value = partial(_value, observed, path)
    action = _number(value("RouteAction"))
    return Route(
        relay=relay,
        path=path,
        host=_host(value("SmartHost")),
        port=_number(value("RemoteSmtpPort")) or DEFAULT_PORT,
        tls=bool(action & TLS_BIT),
        always_tls=value("AlwaysUseSsl") in (True, 1),
        method=_method(action),
        esmtp=_number(value(OUTBOUND_ESMTP)),
        smart_host_type=_number(value("SmartHostType")),
    )


def _domain_route(observed: Observed, own: Route, path: str, name: str) -> Route | None:
    """Give the way of a domain; its RouteAction takes the place of the virtual server's."""
    action = _number(_value(observed, path, "RouteAction"))
    host = _host(_value(observed, path, "RouteActionString"))
    if not action & SMART_HOST_BIT or not host:
        return None
    return Route(
        relay=own.relay,
        path=path,
        host=host,
        port=own.port,
        tls=bool(action & TLS_BIT),
        method=_method(action),
        esmtp=own.esmtp,
        domain=name,
    )


def _value(observed: Observed, path: str, name: str) -> Any:
    found = observed.find(Address(Store.METABASE, path, name))
    return found.value if found else None


def _number(value: object) -> int:
    return int(value) if isinstance(value, int) else 0


def _host(value: object) -> str:
    """Give a smart host without the brackets that addresses are stored in."""
    text = value.strip() if isinstance(value, str) else ""
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def _method(action: int) -> str:
    if action & BASIC_BIT:
        return "basic"
    return "integrated" if action & NTLM_BIT else "anonymous"
