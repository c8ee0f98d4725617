"""What a probe of a mail server found: data only, every failure in words."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from iisrelay.tls.finding import Finding
from iisrelay.tls.plain import plain

VERSIONS = ("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")


class Role(StrEnum):
    """What the server is to the relay."""

    SMART_HOST = "smart_host"  # the relay delivers to it
    VIRTUAL_SERVER = "virtual_server"  # the relay itself, as programs see it


class TlsMode(StrEnum):
    """How TLS begins."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"  # from the first byte, as on port 465
    NONE = "none"


class Outcome(StrEnum):
    """How a handshake with one protocol version ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # by the server
    UNTESTABLE = "untestable"  # the TLS library of this machine cannot offer it
    UNCLEAR = "unclear"  # the attempt did not get as far, or broke off for another reason


@dataclass(frozen=True)
class Handshake:
    """What a successful handshake agreed on; ``cipher`` has the standard's name of the suite."""

    version: str
    cipher: str
    bits: int


@dataclass(frozen=True)
class ProtocolResult:
    """The attempt to speak exactly one version of TLS."""

    version: str
    outcome: Outcome
    cipher: str | None = None
    bits: int | None = None
    explanation: str = ""


@dataclass(frozen=True)
class Certificate:
    """One certificate that the server sent; ``names`` are its DNS names and addresses."""

    subject: str
    names: tuple[str, ...]
    issuer: str
    not_before: dt.datetime
    not_after: dt.datetime
    days_left: int
    self_signed: bool
    key: str
    signature: str
    sha256: str


@dataclass(frozen=True)
class CertificateReport:
    """The chain as sent, the server's certificate first, and whether this machine trusts it for the name.

    ``trusted`` is about the chain alone (signatures, dates, roots), ``name_matches`` about the name alone; None stands
    for what could not be checked. ``problems`` says in words whatever is wrong.
    """

    chain: tuple[Certificate, ...]
    checked_name: str
    trusted: bool | None
    name_matches: bool | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProbeResult:
    """Everything a probe found, as far as it got.

    ``address`` is None when no connection came about, ``esmtp`` is None when the server was never asked.
    """

    host: str
    port: int
    role: Role
    server_name: str
    address: str | None = None
    tls_mode: TlsMode = TlsMode.NONE
    banner: str | None = None
    esmtp: bool | None = None
    capabilities_before: tuple[str, ...] = ()
    auth_before: tuple[str, ...] = ()
    capabilities_after: tuple[str, ...] = ()
    auth_after: tuple[str, ...] = ()
    negotiated: Handshake | None = None
    protocols: tuple[ProtocolResult, ...] = ()
    certificate: CertificateReport | None = None
    findings: tuple[Finding, ...] = ()
    transcript: tuple[str, ...] = ()

    @property
    def starttls_offered(self) -> bool:
        """Tell whether the answer to EHLO lists STARTTLS."""
        return any(line.upper() == "STARTTLS" for line in self.capabilities_before)

    def protocol(self, version: str) -> ProtocolResult | None:
        """Give the attempt with a version, for example "TLS 1.2"; None when there was none."""
        return next((result for result in self.protocols if result.version == version), None)

    @property
    def accepts_tls12(self) -> bool | None:
        """Tell whether TLS 1.2 by STARTTLS works, which is what IIS SMTP needs; None when that is not known."""
        if self.address is None or self.tls_mode is not TlsMode.STARTTLS:
            return None if self.esmtp is None and self.tls_mode is TlsMode.NONE else False
        result = self.protocol("TLS 1.2")
        if result is None or result.outcome in (Outcome.UNTESTABLE, Outcome.UNCLEAR):
            return None
        return result.outcome is Outcome.ACCEPTED

    def to_json(self) -> dict[str, object]:
        """Give the result as plain data."""
        data = plain(self)
        assert isinstance(data, dict)  # noqa: S101 - a dataclass becomes a dictionary
        return data | {"starttls_offered": self.starttls_offered, "accepts_tls12": self.accepts_tls12}
