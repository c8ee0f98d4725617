"""X509Chain: from a certificate to a root that the machine trusts, and what SslStream makes of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from iisrelay.lab.powershell.dotnet import x509_names
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.x509 import SPACE, Certificate, certificate_type
from iisrelay.lab.powershell.values import NetEnum, PSArray, PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iisrelay.lab.powershell.engine import Engine

NOT_AVAILABLE, NAME_MISMATCH, CHAIN_ERRORS = 1, 2, 4  # SslPolicyErrors
NOT_TIME_VALID, UNTRUSTED_ROOT, PARTIAL_CHAIN = 1, 32, 65536  # X509ChainStatusFlags
MAX_LENGTH = 10
_INFORMATION = {
    NOT_TIME_VALID: "A required certificate is not within its validity period when verifying against the current "
    "system clock or the timestamp in the signed file.\r\n",
    UNTRUSTED_ROOT: "A certificate chain processed, but terminated in a root certificate which is not trusted by the "
    "trust provider.\r\n",
    PARTIAL_CHAIN: "A certificate chain could not be built to a trusted root authority.\r\n",
}


class Trust(Protocol):
    """What a machine says of certificates."""

    def trusted_roots(self) -> Sequence[Certificate]:
        """List the roots that the machine trusts."""


class Chain:
    """System.Security.Cryptography.X509Certificates.X509Chain."""

    def __init__(self) -> None:
        self.policy = PSCustomObject(
            (
                ("RevocationMode", NetEnum(1, f"{SPACE}.X509RevocationMode")),
                ("RevocationFlag", NetEnum(2, f"{SPACE}.X509RevocationFlag")),
                ("VerificationFlags", NetEnum(0, f"{SPACE}.X509VerificationFlags")),
            ),
            [f"{SPACE}.X509ChainPolicy"],
        )
        self.elements: list[tuple[Certificate, list[int]]] = []

    @property
    def statuses(self) -> list[int]:
        """Give what is wrong, each thing once."""
        return list(dict.fromkeys(status for _, found in self.elements for status in found))

    def build(
        self, certificate: Certificate, extra: Iterable[Certificate], roots: Sequence[Certificate], now: dt.datetime
    ) -> bool:
        """Follow the issuers; tell whether that ends well. Revocation is not looked up."""
        self.elements = []
        known = [*roots, *extra]
        current: Certificate | None = certificate
        while current is not None and len(self.elements) < MAX_LENGTH:
            issuer = _issuer(current, known)
            self.elements.append((current, _problems(current, issuer, roots, now)))
            current = None if issuer == current else issuer
        return not self.statuses


def _issuer(certificate: Certificate, known: Iterable[Certificate]) -> Certificate | None:
    """Find who issued a certificate, by name and signature: itself, or one of those at hand."""
    return next((other for other in (certificate, *known) if _issued(other.parsed, certificate.parsed)), None)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _problems(
    certificate: Certificate, issuer: Certificate | None, roots: Sequence[Certificate], now: dt.datetime
) -> list[int]:
    found = []
    if not certificate.parsed.not_valid_before_utc <= now <= certificate.parsed.not_valid_after_utc:
        found.append(NOT_TIME_VALID)
    if issuer is None:
        found.append(PARTIAL_CHAIN)
    elif issuer == certificate and certificate not in roots:
        found.append(UNTRUSTED_ROOT)
    return found


def build_on(engine: Engine, chain: Chain, certificate: Certificate, extra: Iterable[Certificate]) -> bool:
    """Build a chain with what a machine trusts, at the machine's time."""
    machine: Any = engine.machine
    trust: Trust | None = getattr(machine, "certificates", None)
    roots = trust.trusted_roots() if trust is not None else ()
    now = machine.clock.now() if hasattr(machine, "clock") else dt.datetime.now(dt.UTC)
    return chain.build(certificate, extra, roots, now)


def policy_errors(
    engine: Engine, certificate: Certificate | None, host: str, chain: Chain, sent: Iterable[bytes]
) -> int:
    """Give the SslPolicyErrors of a server's certificate."""
    if certificate is None:
        return NOT_AVAILABLE
    built = build_on(engine, chain, certificate, map(Certificate, sent))
    return (0 if built else CHAIN_ERRORS) | (0 if is_for(certificate, host) else NAME_MISMATCH)


def is_for(certificate: Certificate, host: str) -> bool:
    """Tell whether a certificate is for a host; a star stands for one label."""
    if host in x509_names.alternative_names(certificate.parsed, x509.IPAddress):
        return True
    _, _, parent = host.lower().partition(".")
    return bool(host) and any(
        name.lower() in {host.lower(), f"*.{parent}" if parent else host.lower()} for name in certificate.dns_names
    )


declare_enum(f"{SPACE}.X509RevocationMode", {"NoCheck": 0, "Online": 1, "Offline": 2})
declare_enum(f"{SPACE}.X509RevocationFlag", {"EndCertificateOnly": 0, "EntireChain": 1, "ExcludeRoot": 2})
declare_enum(
    f"{SPACE}.X509VerificationFlags",
    {"NoFlag": 0, "IgnoreNotTimeValid": 1, "AllowUnknownCertificateAuthority": 16, "AllFlags": 4095},
    flags=True,
)
declare_enum(
    f"{SPACE}.X509ChainStatusFlags",
    {"NoError": 0, "NotTimeValid": 1, "Revoked": 4, "NotSignatureValid": 8, "UntrustedRoot": 32, "PartialChain": 65536},
    flags=True,
)
chain_type = declare(f"{SPACE}.X509Chain", python=Chain, bases=("System.IDisposable",))
chain_type.constructor(lambda: Chain())  # noqa: PLW0108 - a class has no signature of its own here
chain_type.static("Create")(lambda: Chain())  # noqa: PLW0108 - as above
chain_type.getter("ChainPolicy")(lambda value: value.policy)
chain_type.getter("ChainStatus")(lambda value: status_objects(value.statuses))
chain_type.method("Reset", "Dispose")(lambda value: value.elements.clear())


@chain_type.method("Build")
def build(engine: Engine, value: Chain, certificate: Certificate) -> bool:
    """Build the chain of a certificate; tell whether it ends at a trusted root."""
    return build_on(engine, value, certificate, ())


@chain_type.getter("ChainElements")
def elements(value: Chain) -> PSArray:
    """List the chain's certificates, from the one asked about to the root."""
    return PSArray(
        PSCustomObject(
            (("Certificate", certificate), ("ChainElementStatus", status_objects(found)), ("Information", "")),
            [f"{SPACE}.X509ChainElement"],
        )
        for certificate, found in value.elements
    )


def status_objects(statuses: Iterable[int]) -> PSArray:
    """Make X509ChainStatus objects."""
    return PSArray(
        (
            PSCustomObject(
                (
                    ("Status", NetEnum(status, f"{SPACE}.X509ChainStatusFlags")),
                    ("StatusInformation", _INFORMATION[status]),
                ),
                [f"{SPACE}.X509ChainStatus"],
            )
            for status in statuses
        ),
    )


@certificate_type.method("Verify")
def verify(engine: Engine, value: Certificate) -> bool:
    """Tell whether the certificate leads to a trusted root."""
    return build_on(engine, Chain(), value, ())
