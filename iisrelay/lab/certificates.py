"""Self-signed certificates of a lab host: one for its HTTPS listener, one for a client that logs on with it."""

import datetime as dt
import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FOR = dt.timedelta(days=3650)
CLOCK_SKEW = dt.timedelta(days=1)
MAX_COMMON_NAME = 64


@dataclass(frozen=True)
class CertificateFiles:
    """A certificate and its key, both PEM."""

    certificate: Path
    key: Path

    @property
    def der(self) -> bytes:
        """Give the certificate in DER form."""
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text(encoding="ascii"))


def server_files(folder: Path) -> CertificateFiles:
    """Name the files of the listener's certificate."""
    return CertificateFiles(folder / "certificate.pem", folder / "certificate.key")


def client_files(folder: Path) -> CertificateFiles:
    """Name the files of the client's certificate."""
    return CertificateFiles(folder / "client.pem", folder / "client.key")


def ensure(
    files: CertificateFiles,
    common_name: str,
    *,
    addresses: tuple[str, ...] = (),
    valid_for: dt.timedelta = VALID_FOR,
) -> CertificateFiles:
    """Make a self-signed certificate unless its files are there."""
    if not (files.certificate.exists() and files.key.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _self_signed(key, common_name, addresses, valid_for)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return files


def _self_signed(
    key: ec.EllipticCurvePrivateKey, common_name: str, addresses: tuple[str, ...], valid_for: dt.timedelta
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:MAX_COMMON_NAME])])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    now = dt.datetime.now(dt.UTC)
    ends = now + valid_for
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, ends) - CLOCK_SKEW)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )


def listener_context(server: CertificateFiles, client: CertificateFiles) -> ssl.SSLContext:
    """Give the TLS settings of the HTTPS listener, which asks for the client's certificate but does not insist."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key)
    context.load_verify_locations(client.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context
