"""What the Received headers of a message tell: hops in the order of travel, and a verdict on the one that counts."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from iisrelay.tls.plain import plain

UNKNOWN_VERSION = "unknown"  # the header says TLS, but not which


class Verdict(StrEnum):
    """How the message left the relay."""

    TLS12_OR_BETTER = "tls12_or_better"
    OLD_TLS = "old_tls"
    PLAIN = "plain"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Software:
    """The program that wrote a header; ``windows`` is the Windows Server version that a build of SMTPSVC belongs to."""

    name: str
    version: str | None = None
    windows: str | None = None

    def __str__(self) -> str:
        words = [self.name, *([self.version] if self.version else [])]
        return " ".join(words) + (f" (Windows Server {self.windows})" if self.windows else "")


@dataclass(frozen=True)
class Security:
    """What a header says about TLS on the connection that the message came by.

    ``tls`` is "TLS 1.2" and the like, "unknown" where the header says TLS but not which, None where it states nothing.
    ``at_least`` is the oldest version that has the stated cipher, where the version itself is unknown.
    ``secured`` is False only for software that always states TLS when there is some; None means that nobody can tell.
    """

    tls: str | None = None
    cipher: str | None = None
    at_least: str | None = None
    secured: bool | None = None


@dataclass(frozen=True)
class Hop:
    """One Received header: the message went from a host to the host that wrote it."""

    number: int
    from_name: str | None
    from_helo: str | None
    from_ip: str | None
    by: str | None
    software: Software | None
    protocol: str | None
    security: Security
    time: dt.datetime | None
    delay_s: float | None
    raw: str

    @property
    def tls(self) -> str | None:
        """Name the TLS version: "TLS 1.2", "unknown" (TLS, but not which), or None (not stated)."""
        return self.security.tls

    @property
    def cipher(self) -> str | None:
        """Name the cipher suite as the header does."""
        return self.security.cipher

    @property
    def verdict(self) -> Verdict:
        """Judge this connection alone."""
        version = self.security.tls if self.security.tls != UNKNOWN_VERSION else self.security.at_least
        if version in ("TLS 1.2", "TLS 1.3"):
            return Verdict.TLS12_OR_BETTER
        if version is not None:
            return Verdict.OLD_TLS
        return Verdict.PLAIN if self.security.secured is False else Verdict.UNKNOWN


@dataclass(frozen=True)
class Route:
    """The way of a message, oldest hop first; ``leaving`` is the number of the hop that leaves the relay."""

    hops: tuple[Hop, ...]
    leaving: int | None
    verdict: Verdict
    explanation: str
    notes: tuple[str, ...] = ()

    @property
    def leaving_hop(self) -> Hop | None:
        """Give the hop that leaves the relay."""
        return self.hops[self.leaving - 1] if self.leaving else None

    def to_json(self) -> dict[str, object]:
        """Give the route as plain data."""
        hops = [
            {
                "number": hop.number,
                "from": {"name": hop.from_name, "helo": hop.from_helo, "ip": hop.from_ip},
                "by": hop.by,
                "software": plain(hop.software),
                "protocol": hop.protocol,
                "tls": hop.tls,
                "tls_at_least": hop.security.at_least,
                "secured": hop.security.secured,
                "cipher": hop.cipher,
                "verdict": hop.verdict.value,
                "time": plain(hop.time),
                "delay_seconds": hop.delay_s,
                "raw": hop.raw,
            }
            for hop in self.hops
        ]
        return {
            "verdict": self.verdict.value,
            "explanation": self.explanation,
            "leaving_hop": self.leaving,
            "hops": hops,
            "notes": list(self.notes),
        }
