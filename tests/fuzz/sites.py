"""Random site files that are valid, with what a host must hold afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from fuzz.samples import (
    HOSTS,
    MAXIMUM,
    RELAY_FOR_AUTH,
    NotZero,
    OneOf,
    Sample,
    bit,
    bits,
    count,
    odd_text,
    server_settings,
    size,
    text,
    verbs,
    word,
)

from iisrelay.settings.metabase_schema import PROPERTIES, PropertySchema
from iisrelay.settings.stored import Kind

OWN_ADDRESSES = ("10.99.0.1",)  # replaced by those of the lab host
PRESETS = {
    "exchange-online": ("smtp.office365.com", 587, 0x108, 4),
    "sendgrid": ("smtp.sendgrid.net", 587, 0x108, 4),
}
DELIVERY_KEYS = (
    *("delivery.smart_host", "delivery.attempt_direct_delivery", "delivery.masquerade_domain", "esmtp.outbound"),
    *(f"delivery.outbound_security.{key}" for key in ("method", "tls", "username", "password")),
)
LOGIN_BITS, TLS_BIT, ALIAS, SMART_HOST, RELAY, HELO, ETRN = 0x200188, 0x4, 0x10, 0x2, 0x1000, 0x400000, 0x200
# Raw names that a site file can set by a key that says more, or that would stop the host from doing its work.
NOT_RAW = frozenset(
    {"ServerBindings", "SecureBindings", "ServerComment", "ServerAutoStart", "SSLCertHash", "SSLStoreName"}
)


@dataclass(frozen=True)
class Check:
    """A place below a virtual server ("" for itself) and what it must hold; a mask limits that to some bits."""

    below: str
    name: str
    stored: object
    mask: int | None = None

    def holds(self, value: object) -> bool:
        """Tell whether a value that was read is right, in type and content."""
        if isinstance(self.stored, NotZero):
            return bool(value)
        if isinstance(self.stored, OneOf):
            return value in self.stored.numbers
        if isinstance(self.stored, frozenset) and isinstance(value, str):
            value = frozenset([value])  # ADSI shows a list of one text as that text
        if self.mask is not None and isinstance(value, int):
            value &= self.mask
        return value == self.stored and type(value) is type(self.stored)


@dataclass
class Server:
    """A virtual server of a site: settings by key (None: null), checks, and the places that must be cleared."""

    name: str
    state: str | None
    bindings: list[str]
    written: dict[str, object] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    cleared: dict[str, tuple[str, str]] = field(default_factory=dict)
    domains: list[dict[str, Any]] = field(default_factory=list)
    domain_checks: dict[str, list[Check]] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Give the virtual server as a site file has it."""
        made: dict[str, Any] = {"name": self.name}
        if self.state is not None:
            made["state"] = self.state
        for key, value in {"general.bindings": list(self.bindings), **self.written}.items():
            nest(made, key, value)
        if self.domains:
            made["domains"] = [dict(domain) for domain in self.domains]
        if self.raw:
            made["metabase"] = dict(self.raw)
        return made

    def expected(self) -> Iterator[Check]:
        """Give everything that must be stored for it."""
        stored = tuple((binding.removeprefix("*")) + ":" for binding in self.bindings)
        yield Check("", "ServerBindings", frozenset(stored))
        yield from self.checks.values()
        for checks in self.domain_checks.values():
            yield from checks

    def set(self, key: str, below: str, name: str, sample: Sample) -> None:
        """Write a setting."""
        if key in {"access.relay", "access.connections"}:
            for part, value in sample.written.items():  # type: ignore[attr-defined]
                self.written[f"{key}.{part}"] = value
        else:
            self.written[key] = sample.written
        self.cleared.pop(key, None)
        self.checks[key] = Check(below, name, sample.stored, sample.mask)

    def clear(self, key: str, below: str, name: str) -> None:
        """Write null for a setting."""
        self.drop(key)
        self.written[f"{key}.allow" if key in ("access.relay", "access.connections") else key] = None
        self.cleared[key] = (below, name)

    def drop(self, key: str) -> None:
        """Do not name a setting any more."""
        for written in [one for one in self.written if one == key or one in (f"{key}.allow", f"{key}.addresses")]:
            del self.written[written]
        self.checks.pop(key, None)
        self.cleared.pop(key, None)


def nest(document: dict[str, Any], key: str, value: object) -> None:
    """Put a value at a key path."""
    *sections, last = key.split(".")
    for section in sections:
        document = document.setdefault(section, {})
    document[last] = value


class Maker:
    """Makes virtual servers out of one source of chance."""

    def __init__(self, random: Random, own: tuple[str, ...]) -> None:
        self.random = random
        self.settings = server_settings(own)
        self.reserved: set[str] = set()  # properties that raw keys leave to defaults
        self.port = 2000
        self.names = 0

    def server(self, share: float) -> Server:
        """Make a virtual server with a share of all settings."""
        random = self.random
        self.names += 1
        name = f"{odd_text(random).strip()}{self.names}" if random.random() < 0.4 else f"relay {self.names}"
        server = Server(name.strip() or "x", random.choice(("started", "started", "stopped", None)), self.endpoints())
        for key in self.settings:
            if random.random() < share:
                self.change(server, key)
        self.delivery(server)
        if random.random() < 0.4:
            self.sizes(server)
        if random.random() < 0.4:
            server.set("access.relay.authenticated", "", "RelayForAuth", RELAY_FOR_AUTH(random))
        self.make_domains(server)
        self.make_raw(server, share)
        return server

    def endpoints(self) -> list[str]:
        """Make endpoints that nobody else has."""
        made = []
        for _ in range(self.random.choice((1, 1, 2))):
            self.port += 1
            made.append(f"{self.random.choice(('127.0.0.1', '*', '10.0.0.5'))}:{self.port}")
        return made

    def change(self, server: Server, key: str) -> None:
        """Write another value for a setting, or null."""
        below, name, maker = self.settings[key]
        if self.random.random() < 0.12:
            server.clear(key, below, name)
        else:
            server.set(key, below, name, maker(self.random))

    def sizes(self, server: Server) -> None:
        """Write sizes of which the session is not smaller than the message."""
        message, session = sorted(
            (size(1024, 0)(self.random) for _ in range(2)), key=lambda item: item.stored or MAXIMUM + 1
        )  # type: ignore[operator,return-value]
        server.set("messages.max_size", "", "MaxMessageSize", message)
        server.set("messages.max_session_size", "", "MaxSessionSize", session)

    def delivery(self, server: Server) -> None:
        """Write a smart host with what belongs to it, and with what it implies."""
        random = self.random
        for key in DELIVERY_KEYS:
            server.drop(key)
        for key in ("delivery.outbound_port", "delivery.masquerade"):
            if key not in server.written:
                server.checks.pop(key, None)
        kind = random.choice(("", "name", "address", "none", "preset"))
        if not kind:
            server.set("esmtp.outbound", "", "SmtpOutboundCommandSupportOptions", verbs(random))
            return
        route, port, method, tls = random.choice(HOSTS), None, None, None
        written: Any = route
        if kind == "address":
            written, route = "10.7.8.9", "[10.7.8.9]"
        elif kind == "none":
            written, route = "none", ""
        elif kind == "preset":
            written = random.choice(list(PRESETS))
            route, port, method, tls = PRESETS[written]
            server.drop("delivery.outbound_port")
            server.checks["delivery.outbound_port"] = Check("", "RemoteSmtpPort", port)
        server.set("delivery.smart_host", "", "SmartHost", Sample(written, route))
        direct = word({False: 2, True: 1, "unused": 0})(random)
        if random.random() < 0.3:
            server.set("delivery.attempt_direct_delivery", "", "SmartHostType", direct)
        else:
            server.checks["delivery.attempt_direct_delivery"] = Check("", "SmartHostType", 0 if kind == "none" else 2)
        self._masquerading(server)
        if kind == "preset" or random.random() < 0.5:
            self._login(server, method, tls)

    def _masquerading(self, server: Server) -> None:
        if self.random.random() < 0.3:
            name = self.random.choice(HOSTS)
            server.set("delivery.masquerade_domain", "", "MasqueradeDomain", Sample(name, name))
            if server.written.get("delivery.masquerade") is None:
                server.drop("delivery.masquerade")
                server.checks["delivery.masquerade"] = Check("", "DoMasquerade", True)

    def _login(self, server: Server, method: int | None, tls: int | None) -> None:
        prefix = "delivery.outbound_security"
        user = text(self.random)
        server.set(f"{prefix}.username", "", "RouteUserName", user)
        server.written[f"{prefix}.password"] = f"env:FUZZ_PASSWORD_{self.random.randint(1, 3)}"
        server.checks[f"{prefix}.method"] = Check("", "RouteAction", 0x108, LOGIN_BITS)
        if method is None or self.random.random() < 0.3:
            server.set(f"{prefix}.method", "", "RouteAction", Sample("basic", 0x108, LOGIN_BITS))
        if tls is None:
            server.set(f"{prefix}.tls", "", "RouteAction", Sample(True, TLS_BIT, TLS_BIT))
        else:
            server.checks[f"{prefix}.tls"] = Check("", "RouteAction", TLS_BIT, TLS_BIT)

    def make_domains(self, server: Server) -> None:
        """Write domains of all kinds."""
        random = self.random
        server.domains, server.domain_checks = [], {}
        for name in random.sample(
            ("contoso.example", "*.branch.example", "Partner.Example", "old.example"), random.randint(0, 3)
        ):
            domain, checks = self._domain(name)
            server.domains.append(domain)
            server.domain_checks[name] = checks

    def _domain(self, name: str) -> tuple[dict[str, Any], list[Check]]:
        random, below = self.random, f"Domain/{name}"
        if random.random() < 0.15:
            return {"name": name, "state": "absent"}, []
        domain: dict[str, Any] = {"name": name}
        value = mask = 0
        makers = {"type": word({"alias": ALIAS, "remote": 0}, ALIAS), "relay": bit(RELAY), "use_helo": bit(HELO),
                  "queue_for_remote_delivery": bit(ETRN), "outbound_security.tls": bit(TLS_BIT)}  # fmt: skip
        for key, maker in makers.items():
            if random.random() < 0.5:
                sample = maker(random)
                nest(domain, key, sample.written)
                value |= int(sample.stored)  # type: ignore[call-overload]
                mask |= sample.mask or 0
        checks = []
        if random.random() < 0.5 and domain.get("type") != "alias":
            host = random.choice(HOSTS)
            domain["smart_host"] = host
            checks.append(Check(below, "RouteActionString", host))
            value, mask = value | SMART_HOST, mask | SMART_HOST
        if random.random() < 0.3:
            entries = [odd_text(random) for _ in range(random.randint(1, 3))]
            domain["etrn_accounts"] = entries
            checks.append(Check(below, "AuthTurnList", frozenset(entries)))
        if random.random() < 0.3:
            sample = text(random)
            domain["client_etrn_domains"] = sample.written
            checks.append(Check(below, "CSideEtrnDomains", sample.stored))
        if mask:
            checks.append(Check(below, "RouteAction", value, mask))
        return domain, checks

    def make_raw(self, server: Server, share: float) -> None:
        """Write properties by their own names, of those that no key of this server manages."""
        for name in server.raw:
            server.checks.pop(f"metabase.{name}", None)
            server.cleared.pop(f"metabase.{name}", None)
        server.raw = {}
        managed = {check.name for check in server.checks.values()} | {name for _, name in server.cleared.values()}
        managed |= self.reserved
        managed |= {"SmartHostType", "DoMasquerade", "RemoteSmtpPort", "RouteAction", "RouteUserName", "RoutePassword"}
        for schema in PROPERTIES.values():
            place = schema.parent_property or schema.name
            free = schema.writable and "IIsSmtpServer" in schema.classes and not schema.secure and place not in managed
            if not free or schema.name in NOT_RAW or self.random.random() > share / 3:
                continue
            managed.add(schema.name if schema.parent_property else place)
            if not schema.parent_property:
                managed.update(other.name for other in PROPERTIES.values() if other.parent_property == place)
            self._raw(server, schema, place)

    def _raw(self, server: Server, schema: PropertySchema, place: str) -> None:
        key = f"metabase.{schema.name}"
        if self.random.random() < 0.1 and not schema.parent_property:
            server.raw[schema.name] = None
            server.cleared[key] = ("", schema.name)
            return
        sample = raw_sample(self.random, schema)
        if sample is not None:
            server.raw[schema.name] = sample.written
            server.checks[key] = Check("", place, sample.stored, sample.mask)


def raw_sample(random: Random, schema: PropertySchema) -> Sample | None:
    """Make a value for a property by its type in the schema."""
    if schema.type is Kind.BOOL:
        return bit(schema.bit)(random) if schema.bit is not None else word({True: True, False: False})(random)
    if schema.type is Kind.DWORD:
        if schema.flags and random.random() < 0.5:
            named = bits({name: number for name, number in schema.flags.items() if number})(random)
            return Sample(named.written, named.stored)
        return count(schema.lower or 0, schema.upper or MAXIMUM)(random)
    if schema.type in (Kind.STRING, Kind.EXPANDSZ):
        return text(random)
    if schema.type is Kind.MULTISZ:
        entries = [odd_text(random) for _ in range(random.randint(1, 3))]
        return Sample(entries, frozenset(entries))
    return None
