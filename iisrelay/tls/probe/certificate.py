"""Certificates as they are sent, read into words and times. Needs the package cryptography."""

import datetime as dt
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from iisrelay.tls.probe.model import Certificate

UNREADABLE = (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm)


def read_certificate(der: bytes, now: dt.datetime) -> Certificate:
    """Read a certificate.

    Raises:
        ValueError: this is no certificate, or not one that anybody could read.
    """
    try:
        return _read(x509.load_der_x509_certificate(der), now)
    except UNREADABLE as error:
        raise ValueError(str(error)) from error


def _read(certificate: x509.Certificate, now: dt.datetime) -> Certificate:
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


def _names(certificate: x509.Certificate) -> Iterator[str]:
    """Give DNS names and addresses; a certificate without any is for its common name, as it was of old."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        yield from (str(attribute.value) for attribute in common)
        return
    yield from extension.get_values_for_type(x509.DNSName)
    yield from (str(address) for address in extension.get_values_for_type(x509.IPAddress))


def _key(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return certificate.public_key_algorithm_oid.dotted_string
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey").strip("_")


def _signature(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string
    return algorithm.name if algorithm else "built in"
