"""Certificates in an administrator's words: whose, for which names, until when, trusted or not."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from iisrelay.tls.probe.model import Certificate, CertificateReport

if TYPE_CHECKING:
    from cryptography import x509

# OpenSSL's words for the one thing it stumbles over first, in ours.
TRUST_WORDS = {
    "certificate has expired": "a certificate of the chain has expired",
    "certificate is not yet valid": "a certificate of the chain is not valid yet",
    "self-signed certificate": "the certificate is self-signed, so nobody vouches for it",
    "self-signed certificate in certificate chain": "the chain ends in a root that this machine does not trust",
    "unable to get local issuer certificate": "the issuer is not known here: the server does not send its intermediate "
    "certificate, or this machine does not trust the root",
    "unable to verify the first certificate": "the server does not send its intermediate certificates",
    "certificate revoked": "the certificate has been revoked",
    "unsuitable certificate purpose": "the certificate is not meant for a server",
}
DATE_ERRORS = ("certificate has expired", "certificate is not yet valid")
SHOWN_NAMES = 10
WEAK_SIGNATURES = frozenset({"md5", "sha1"})
SMALLEST_RSA_BITS = 2048


def read_certificate(der: bytes, now: dt.datetime) -> Certificate:
    """Read a certificate.

    Raises:
        ImportError: the package cryptography is missing.
        ValueError: this is no certificate.
    """
    from cryptography import x509  # noqa: PLC0415 - large, and needed by a probe alone
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above

    certificate = x509.load_der_x509_certificate(der)
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        names=tuple(_names(certificate)),
        issuer=certificate.issuer.rfc4514_string(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        days_left=(certificate.not_valid_after_utc - now).days,
        self_signed=certificate.subject == certificate.issuer,
        key=_key(certificate),
        signature=_signature(certificate),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def report(
    chain: Sequence[Certificate], server_name: str, verification_error: str | None, now: dt.datetime
) -> CertificateReport:
    """Judge a chain; the error is what the verifying handshake said, empty where it was content, None without one."""
    leaf = chain[0]
    trusted = None if verification_error is None else not verification_error
    matches = name_matches(server_name, leaf.names)
    return CertificateReport(
        chain=tuple(chain),
        checked_name=server_name,
        trusted=trusted,
        name_matches=matches,
        problems=(
            *_date_problems(leaf, now),
            *_trust_problems(leaf, verification_error or "", now),
            *([] if matches else [_name_problem(leaf, server_name)]),
            *_strength_problems(leaf),
        ),
    )


def name_matches(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether a certificate with such names is one for a host; a star stands for exactly one label, the first."""
    try:
        address = str(ipaddress.ip_address(name))
    except ValueError:
        ascii_name = _ascii(name)
        return any(_matches(ascii_name, _ascii(pattern)) for pattern in patterns)
    return address in patterns


def _date_problems(leaf: Certificate, now: dt.datetime) -> Iterator[str]:
    if leaf.not_after < now:
        days = (now - leaf.not_after).days
        yield f"the certificate expired on {leaf.not_after:%Y-%m-%d}, {f'{days} days ago' if days else 'hours ago'}"
    if leaf.not_before > now:
        yield f"the certificate is not valid before {leaf.not_before:%Y-%m-%d}"


def _trust_problems(leaf: Certificate, verification_error: str, now: dt.datetime) -> Iterator[str]:
    is_told_by_date = verification_error in DATE_ERRORS and not leaf.not_before <= now <= leaf.not_after
    if verification_error and not is_told_by_date:
        yield TRUST_WORDS.get(verification_error, f"the certificate is not trusted here: {verification_error}")


def _name_problem(leaf: Certificate, name: str) -> str:
    shown = ", ".join(leaf.names[:SHOWN_NAMES]) or "none at all"
    return f"the certificate is not for {name}; the names it has: {shown}"


def _strength_problems(leaf: Certificate) -> Iterator[str]:
    if leaf.signature in WEAK_SIGNATURES and not leaf.self_signed:
        yield f"the certificate is signed with {leaf.signature.upper()}, which is no longer accepted"
    algorithm, _, size = leaf.key.partition(" ")
    if algorithm == "RSA" and int(size) < SMALLEST_RSA_BITS:
        yield f"the key of the certificate has only {size} bits"


def _names(certificate: x509.Certificate) -> Iterator[str]:
    """Give DNS names and addresses; a certificate without any is for its common name, as it was of old."""
    from cryptography import x509  # noqa: PLC0415 - as above

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        yield from (str(attribute.value) for attribute in common)
        return
    yield from extension.get_values_for_type(x509.DNSName)
    yield from (str(address) for address in extension.get_values_for_type(x509.IPAddress))


def _key(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415 - as above

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey").strip("_")


def _signature(certificate: x509.Certificate) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above

    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return algorithm.name if algorithm else "built in"


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        first, _, rest = name.partition(".")
        return bool(first) and rest == pattern[2:] and "." in rest
    return name == pattern


def _ascii(name: str) -> str:
    folded = name.casefold().rstrip(".")
    try:
        return folded if folded.isascii() else folded.encode("idna").decode("ascii")
    except UnicodeError:
        return folded
