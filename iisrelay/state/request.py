"""What a plan needs to know of a host, and how the question travels: as lines of data, never as script text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from iisrelay.errors import IisRelayError
from iisrelay.settings.metabase_schema import PROPERTIES, find
from iisrelay.settings.stored import Address, Kind, Store
from iisrelay.site.target import Assignment, Target

T = TypeVar("T")

OUTBOUND_ESMTP = "SmtpOutboundCommandSupportOptions"
QUEUE = "QueueDirectory"
MAIL_FOLDERS = (QUEUE, "PickupDirectory", "DropDirectory", "BadMailDirectory")

# Read for every virtual server, whatever the site file manages: plans, guards and warnings look at them.
ALWAYS = (
    ("ServerBindings", Kind.MULTISZ),
    ("ServerAutoStart", Kind.BOOL),
    ("RelayIpList", Kind.IPSECLIST),
    ("IPSecurity", Kind.IPSECLIST),
    (OUTBOUND_ESMTP, Kind.DWORD),
    (QUEUE, Kind.STRING),
)
SERVICE_CLASS = "IIsSmtpService"
DOMAIN_CLASS = "IIsSmtpDomain"
SERVICE_SCOPE = "service"
SERVER_SCOPE = "server"
DOMAIN_SCOPE = "domain"
WHOLE_SCOPE = "whole"
SERVICES = ("SMTPSVC", "IISADMIN")
SMTP_FEATURE = "SMTP-Server"
FIREWALL_PREFIX = "iisrelay SMTP "


@dataclass(frozen=True, order=True)
class PropertyQuestion:
    """A property to read at every key of a scope: the service, each virtual server (or a key below), each domain."""

    scope: str
    name: str
    kind: Kind
    sensitive: bool = False


@dataclass(frozen=True)
class Request:
    """Everything that one run of the observing script reads."""

    properties: tuple[PropertyQuestion, ...] = ()
    registry: tuple[Address, ...] = ()
    services: tuple[str, ...] = SERVICES
    folders: tuple[str, ...] = ()
    features: tuple[str, ...] = (SMTP_FEATURE,)
    firewall: bool = False
    whole: tuple[str, ...] = ()  # virtual servers, by name, to be read with everything that stands at and below them

    @classmethod
    def of(cls, target: Target) -> "Request":
        """Ask for what a target manages, and for what guards look at."""
        host = target.assignments
        return cls(
            properties=tuple(sorted(_properties(target))),
            registry=_unique(item.address for item in _all_assignments(target) if item.address.store is Store.REGISTRY),
            services=_unique([*SERVICES, *(item.address.path for item in host if item.address.store is Store.SERVICE)]),
            folders=_unique(_with_parents(folder for server in target.virtual_servers for folder in server.folders)),
            features=_unique([SMTP_FEATURE, *target.features]),
            firewall=target.firewall.manage,
            whole=tuple(server.name for server in target.virtual_servers if server.state == "absent"),
        )

    @classmethod
    def of_whole(cls, names: Iterable[str]) -> "Request":
        """Ask for everything that virtual servers of these names hold, and for all that domains hold."""
        wholes = (item for name in classes() for item in _everything(f"{WHOLE_SCOPE}/{name}", name))
        return cls(properties=(*wholes, *_everything(DOMAIN_SCOPE, DOMAIN_CLASS)), whole=_unique(names))

    def also(self, other: "Request") -> "Request":
        """Ask for what another request asks for as well."""
        return Request(
            properties=tuple(sorted({*self.properties, *other.properties})),
            registry=_unique([*self.registry, *other.registry]),
            services=_unique([*self.services, *other.services]),
            folders=_unique([*self.folders, *other.folders]),
            features=_unique([*self.features, *other.features]),
            firewall=self.firewall or other.firewall,
            whole=_unique([*self.whole, *other.whole]),
        )

    def inputs(self) -> dict[str, str]:
        """Give the question as the named texts that travel beside the observing script."""
        return {
            "properties": _lines((q.scope, q.name, q.kind.value, str(int(q.sensitive))) for q in self.properties),
            "registry": _lines((address.path, address.name) for address in self.registry),
            "services": _lines((name,) for name in self.services),
            "folders": _lines((folder,) for folder in self.folders),
            "features": _lines((name,) for name in self.features),
            "firewall": FIREWALL_PREFIX if self.firewall else "",
            "whole": _lines((name,) for name in self.whole),
        }

    def document(self) -> dict[str, Any]:
        """Give the request as a JSON document."""
        return {
            "properties": [[q.scope, q.name, q.kind.value, q.sensitive] for q in self.properties],
            "registry": [[address.path, address.name] for address in self.registry],
            "services": list(self.services),
            "folders": list(self.folders),
            "features": list(self.features),
            "firewall": self.firewall,
            "whole": list(self.whole),
        }

    @classmethod
    def of_document(cls, document: dict[str, Any]) -> "Request":
        """Read a request from its JSON document.

        Raises:
            TypeError: when it is none.
        """
        return cls(
            properties=tuple(_question(*item) for item in document["properties"]),
            registry=tuple(Address(Store.REGISTRY, *_texts([path, name])) for path, name in document["registry"]),
            services=_texts(document["services"]),
            folders=_texts(document["folders"]),
            features=_texts(document["features"]),
            firewall=bool(document["firewall"]),
            whole=_texts(document["whole"]),
        )


def _question(scope: object, name: object, kind: str, hidden: object) -> PropertyQuestion:
    scope_text, name_text = _texts([scope, name])
    return PropertyQuestion(scope_text, name_text, Kind(kind), bool(hidden))


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("no list of texts")
    return tuple(values)


def _properties(target: Target) -> set[PropertyQuestion]:
    questions = {PropertyQuestion(SERVER_SCOPE, name, kind) for name, kind in ALWAYS}
    questions.update(_questions(SERVICE_SCOPE, target.assignments))
    for server in target.virtual_servers:
        questions.update(_questions(SERVER_SCOPE, server.assignments))
        for domain in server.domains:
            questions.update(_questions(DOMAIN_SCOPE, domain.assignments))
            if not domain.present:
                questions.update(_everything(DOMAIN_SCOPE, DOMAIN_CLASS))
        if server.state == "absent":
            questions.update(item for name in classes() for item in _everything(f"{WHOLE_SCOPE}/{name}", name))
    return questions | {replace(item, scope=SERVICE_SCOPE) for item in questions if _is_inherited(item)}


@cache
def classes() -> frozenset[str]:
    """Give the classes of keys that the schema knows."""
    return frozenset(name for schema in PROPERTIES.values() for name in schema.classes)


def _everything(scope: str, class_name: str) -> Iterator[PropertyQuestion]:
    """Ask for all that a key of a class may hold and that can be written back; secrets only for whether they are."""
    for schema in PROPERTIES.values():
        is_writable = schema.writable or schema.type is Kind.ACL
        if class_name in schema.classes and is_writable and schema.parent_property is None:
            yield PropertyQuestion(scope, schema.name, schema.type, schema.secure and schema.type is not Kind.ACL)


def _with_parents(folders: Iterable[str]) -> Iterator[str]:
    """Give folders behind those that they stand in: making one may make all of them."""
    for folder in folders:
        parts = folder.rstrip("\\").split("\\")
        yield from ("\\".join(parts[:depth]) for depth in range(2, len(parts)))
        yield folder


def _is_inherited(question: PropertyQuestion) -> bool:
    """Tell whether a new virtual server gets the property from the service: then that is what it starts with."""
    schema = find(question.name)
    return question.scope == SERVER_SCOPE and schema is not None and schema.inherit and SERVICE_CLASS in schema.classes


def _questions(scope: str, assignments: Iterable[Assignment]) -> Iterable[PropertyQuestion]:
    for item in assignments:
        if item.address.store is not Store.METABASE:
            continue
        below = item.address.path if scope == SERVER_SCOPE else ""
        place = f"{scope}/{below}" if below else scope
        yield PropertyQuestion(place, item.address.name, item.kind, item.sensitive)


def _all_assignments(target: Target) -> Iterable[Assignment]:
    yield from target.assignments
    for server in target.virtual_servers:
        yield from server.assignments


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _lines(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join("\t".join(_field(field) for field in row) for row in rows)


def _field(text: str) -> str:
    if any(ord(character) < 32 for character in text):
        raise IisRelayError(
            f"{text!r} has a control character, which no path or name on Windows can have",
            hint="remove it from the site file",
        )
    return text
