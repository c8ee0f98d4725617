"""What a host says of its TLS besides registry and metabase: times, certificates, and what probes from it came to."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from iisrelay.state.answer import broken, rows_of, text_of

DONE = "done"
UNNAMEABLE = "unnameable"
LEFT_TO_WINDOWS = "default"
BITS_OF_VERSIONS = {0xC0: "TLS 1.0", 0x300: "TLS 1.1", 0xC00: "TLS 1.2", 0x3000: "TLS 1.3"}
MAXIMUM_LINES = 200


@dataclass(frozen=True)
class Certificate:
    """A certificate as Windows shows it; times are None where they cannot be read."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: dt.datetime | None
    not_after: dt.datetime | None
    thumbprint: str
    has_private_key: bool = False

    @property
    def common_name(self) -> str:
        """Give the common name of the subject, which counts where there are no alternative names."""
        parts = (part.strip() for part in self.subject.split(","))
        return next((part[3:] for part in parts if part.upper().startswith("CN=")), "")

    def matches(self, host: str) -> bool:
        """Tell whether the certificate is for a host name."""
        return any(_covers(name, host) for name in self.names or (self.common_name,))

    def is_valid(self, now: dt.datetime) -> bool:
        """Tell whether the certificate is neither expired nor of the future."""
        begins, ends = self.not_before or now, self.not_after or now
        return begins <= now <= ends


@dataclass(frozen=True)
class Handshake:
    """One handshake that allowed one version: "done", "failed", or "unnameable" where .NET has no name for it."""

    protocol: str
    outcome: str
    message: str = ""
    negotiated: str = ""
    cipher: str = ""


@dataclass(frozen=True)
class HostProbe:
    """What asking one SMTP server from the host came to. ``problem`` says why it did not get to the end."""

    identity: str
    host: str
    port: int
    problem: str = ""
    greeting: str = ""
    ehlo: tuple[str, ...] = ()
    ehlo_after: tuple[str, ...] = ()
    handshakes: tuple[Handshake, ...] = ()
    certificate: Certificate | None = None
    certificate_errors: str = ""
    chain: tuple[str, ...] = ()

    @property
    def offers_starttls(self) -> bool:
        """Tell whether STARTTLS is among the verbs."""
        return any(line[4:].strip().upper() == "STARTTLS" for line in self.ehlo)

    def handshake(self, protocol: str) -> Handshake | None:
        """Give the handshake with a version."""
        return next((item for item in self.handshakes if item.protocol == protocol), None)

    def proof(self, protocol: str) -> Handshake | None:
        """Give the handshake that shows whether a version is spoken; one that was left to Windows may, too."""
        asked, left = self.handshake(protocol), self.handshake(LEFT_TO_WINDOWS)
        is_shown = left is not None and left.outcome == DONE and left.negotiated == protocol
        return left if is_shown else asked

    @property
    def spoken(self) -> tuple[str, ...]:
        """Give the versions that a handshake was done with."""
        return tuple(dict.fromkeys(item.negotiated for item in self.handshakes if item.outcome == DONE))


@dataclass(frozen=True)
class TlsFacts:
    """The answer of the checking script. Times are the host's own, None where it cannot tell.

    ``written`` holds for registry keys when they were last written; a key that is not there has None too.
    """

    now: dt.datetime
    booted: dt.datetime | None = None
    started: dt.datetime | None = None
    written: Mapping[str, dt.datetime | None] = field(default_factory=dict)
    clr: str = ""
    schannel: str = ""
    certificates: tuple[Certificate, ...] = ()
    certificate_problem: str = ""
    probes: tuple[HostProbe, ...] = ()

    def probe(self, identity: str) -> HostProbe | None:
        """Give the result of one probe."""
        return next((item for item in self.probes if item.identity == identity), None)


def parse_facts(document: dict[str, Any]) -> TlsFacts:
    """Read the answer of the checking script.

    Raises:
        BrokenAnswerError: with the first thing that is not as it must be.
    """
    now = _time(document.get("now"))
    written = document.get("written")
    if now is None or not isinstance(written, dict):
        raise broken("has no usable times")
    return TlsFacts(
        now=now,
        booted=_time(document.get("booted")),
        started=_time(document.get("started")),
        written=MappingProxyType({str(path): _time(time) for path, time in written.items()}),
        clr=text_of(document, "clr"),
        schannel=str(document.get("schannel") or ""),
        certificates=tuple(_certificate(row) for row in rows_of(document, "certificates")),
        certificate_problem=text_of(document, "certificate_problem"),
        probes=tuple(_probe(row) for row in rows_of(document, "probes")),
    )


def auth_mechanisms(ehlo: tuple[str, ...]) -> tuple[str, ...]:
    """Give the mechanisms of the AUTH line of a reply to EHLO."""
    lines = (line[4:].strip().upper().replace("=", " ", 1).split() for line in ehlo)
    return tuple(dict.fromkeys(word for words in lines if words[:1] == ["AUTH"] for word in words[1:]))


def _covers(pattern: str, host: str) -> bool:
    """Compare as browsers do: a star stands for the whole first label."""
    pattern, host = pattern.casefold().rstrip("."), host.casefold().rstrip(".")
    if pattern.startswith("*."):
        return "." in host and pattern[2:] == host.partition(".")[2]
    return bool(pattern) and pattern == host


def _time(value: Any) -> dt.datetime | None:
    if value is None:
        return None
    try:
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
    except (TypeError, ValueError):
        raise broken("has a time that is none") from None


def _certificate(row: dict[str, Any]) -> Certificate:
    return Certificate(
        subject=text_of(row, "subject"),
        issuer=text_of(row, "issuer"),
        names=_lines(row.get("names")),
        not_before=_time(row.get("not_before")),
        not_after=_time(row.get("not_after")),
        thumbprint=text_of(row, "thumbprint"),
        has_private_key=row.get("has_private_key") is True,
    )


def _probe(row: dict[str, Any]) -> HostProbe:
    certificate, port = row.get("certificate"), row.get("port")
    if not isinstance(port, int):
        raise broken("has a probe without a port")
    return HostProbe(
        identity=text_of(row, "id"),
        host=text_of(row, "host"),
        port=port,
        problem=text_of(row, "problem"),
        greeting=text_of(row, "greeting"),
        ehlo=_lines(row.get("ehlo")),
        ehlo_after=_lines(row.get("ehlo_after")),
        handshakes=tuple(_handshake(item) for item in rows_of(row, "handshakes")),
        certificate=_certificate(certificate) if isinstance(certificate, dict) else None,
        certificate_errors=text_of(row, "certificate_errors"),
        chain=_lines(row.get("chain")),
    )


def _handshake(row: dict[str, Any]) -> Handshake:
    return Handshake(
        protocol=text_of(row, "protocol"),
        outcome=text_of(row, "outcome"),
        message=text_of(row, "message"),
        negotiated=_negotiated(text_of(row, "negotiated")),
        cipher=text_of(row, "cipher"),
    )


def _negotiated(number: str) -> str:
    """Name the version that .NET gives as a number; client and server have a bit each."""
    bits = int(number) if number.isdigit() else 0
    return next((name for mask, name in BITS_OF_VERSIONS.items() if bits & mask), "")


def _lines(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MAXIMUM_LINES:
        raise broken("has a list of lines that is none")
    return tuple(text_of({"line": line}, "line") for line in value)
