"""Checks within one virtual server: limits, address lists, and keys that mean one place."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from iisrelay.settings.access import ConnectionRules, RelayRules
from iisrelay.settings.catalog import CATALOG, Scope
from iisrelay.settings.lists import OWN_ADDRESSES, parse_address, parse_binding
from iisrelay.settings.messages import Messages
from iisrelay.settings.numbers import parse_duration
from iisrelay.site.check_raw import check_raw
from iisrelay.site.check_state import check_automatic_start
from iisrelay.site.model import VirtualServer
from iisrelay.site.problems import Finding, Location

FRESH_SESSION_SIZE = 10485760
EVERYBODY = IPv4Network("0.0.0.0/0")
_BY_KEY = {setting.key: setting for setting in CATALOG if setting.scope is Scope.VIRTUAL_SERVER}


def check_server(server: VirtualServer) -> Iterator[Finding]:
    """Find what contradicts itself in a virtual server."""
    yield from _bindings(server)
    yield from _limits(server.messages)
    yield from _retries(server)
    yield from _domain_names(server)
    if server.access is not None:
        yield from _rules(server.access.connections, "connections")
        yield from _rules(server.access.relay, "relay")
    yield from check_raw(server)
    yield from check_automatic_start(server)


def _bindings(server: VirtualServer) -> Iterator[Finding]:
    bindings = (server.general.bindings if server.general else None) or []
    seen: set[str] = set()
    for index, written in enumerate(bindings):
        binding = parse_binding(written)
        if binding in seen:
            yield Finding(("general", "bindings", index), f"{binding} is listed twice")
        seen.add(binding)


def _limits(messages: Messages | None) -> Iterator[Finding]:
    if messages is None or messages.max_size is None:
        return
    message = _stored("messages.max_size", messages.max_size)
    if "max_session_size" not in messages.model_fields_set:
        if message > FRESH_SESSION_SIZE or message == 0:
            yield Finding(
                ("messages", "max_size"),
                "is more than the 10MB that a fresh server allows in one session; set max_session_size too",
                is_warning=True,
            )
        return
    if messages.max_session_size is None:
        return
    session = _stored("messages.max_session_size", messages.max_session_size)
    if session and (message > session or message == 0):
        yield Finding(
            ("messages", "max_session_size"),
            f"{messages.max_session_size} is smaller than max_size {messages.max_size}: no such message could be sent",
        )


def _stored(key: str, written: object) -> int:
    stored = _BY_KEY[key].codec.store(written)
    return stored if isinstance(stored, int) else 0


def _retries(server: VirtualServer) -> Iterator[Finding]:
    for key in ("retry", "local"):
        section = getattr(server.delivery, key, None)
        if section is None or section.delay_notification is None or section.expiration is None:
            continue
        if parse_duration(section.delay_notification) >= parse_duration(section.expiration):
            yield Finding(
                ("delivery", key, "delay_notification"),
                f"{section.delay_notification} is not before the expiration of {section.expiration}, so nobody is told",
                is_warning=True,
            )


def _domain_names(server: VirtualServer) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, domain in enumerate(server.domains or []):
        if domain.name.lower() in seen:
            yield Finding(("domains", index, "name"), f"{domain.name} is there twice (case makes no difference)")
        seen.add(domain.name.lower())
        if domain.type == "alias" and domain.smart_host not in (None, "none"):
            yield Finding(("domains", index, "smart_host"), "an alias domain is local and has no smart host")


def _rules(rules: ConnectionRules | RelayRules | None, key: str) -> Iterator[Finding]:
    if rules is None:
        return
    here = ("access", key)
    entries = [parse_address(written) for written in rules.addresses or ()]
    if key == "relay":
        yield from _open_relay(rules.allow, entries, here)
    yield from _overlaps(entries, (*here, "addresses"))


def _open_relay(allow: str | None, entries: Sequence[str | IPv4Network], here: Location) -> Iterator[Finding]:
    if allow == "all_except" and not entries:
        yield Finding(
            (*here, "allow"),
            "all_except with no address is an open relay; apply will refuse it unless it is allowed by name",
            is_warning=True,
        )
    if allow != "all_except" and EVERYBODY in entries:
        yield Finding((*here, "addresses"), "0.0.0.0/0 makes this an open relay", is_warning=True)


def _overlaps(entries: Sequence[str | IPv4Network], here: Location) -> Iterator[Finding]:
    seen: set[str | IPv4Network] = set()
    networks = {entry for entry in entries if isinstance(entry, IPv4Network)}
    for index, entry in enumerate(entries):
        wider = _wider(entry, networks)
        if entry in seen:
            yield Finding((*here, index), f"{_shown(entry)} is listed twice; it is written once", is_warning=True)
        elif wider is not None:
            yield Finding((*here, index), f"{_shown(entry)} lies in {wider} and is left out", is_warning=True)
        seen.add(entry)


def _wider(entry: str | IPv4Network, networks: set[IPv4Network]) -> IPv4Network | None:
    if not isinstance(entry, IPv4Network):
        return None
    lengths = range(entry.prefixlen)
    return next((above for length in lengths if (above := entry.supernet(new_prefix=length)) in networks), None)


def _shown(entry: str | IPv4Network) -> str:
    return OWN_ADDRESSES if entry == OWN_ADDRESSES else str(entry).removesuffix("/32")
