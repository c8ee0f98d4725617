"""An authority of the tests' own, and server certificates of every state."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """A chain and its key, PEM files that servers take."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Signer:
    name: x509.Name
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate


class Authority:
    """A root, an intermediate below it, and the certificates that either signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = self._signer("Test Root", None)
        self.root_file = folder / "root.pem"
        self.root_file.write_bytes(pem(self.root.certificate))

    @cached_property
    def intermediate(self) -> Signer:
        return self._signer("Test Intermediate", self.root)

    def _signer(self, name: str, above: Signer | None) -> Signer:
        key = rsa.generate_private_key(65537, 2048)
        subject = common_name(name)
        certificate = signed(
            subject, key, above or Signer(subject, key, None), starts=-10 * DAY, ends=3650 * DAY, is_authority=True
        )
        return Signer(subject, key, certificate)

    def issue(
        self,
        name: str,
        *,
        names: tuple[str, ...] | None = None,
        starts: dt.timedelta = -10 * DAY,
        ends: dt.timedelta = 90 * DAY,
        signer: Signer | None = None,
        self_signed: bool = False,
        send: tuple[Signer, ...] = (),
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    ) -> Pair:
        """Make a certificate; ``names`` is the common name unless given, and ``send`` goes into the chain."""
        key = key or rsa.generate_private_key(65537, 2048)
        subject = common_name(name)
        own = Signer(subject, key, None)
        above = own if self_signed else signer or self.root
        certificate = signed(subject, key, above, starts=starts, ends=ends, names=(name,) if names is None else names)
        number = len(list(self.folder.iterdir()))
        pair = Pair(self.folder / f"{number}.pem", self.folder / f"{number}.key")
        pair.certificate.write_bytes(pem(certificate) + b"".join(pem(item.certificate) for item in send))
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        pair.key.chmod(0o600)
        return pair


def common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def signed(subject, key, above, *, starts, ends, is_authority=False, names=()) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), False)
    return builder.sign(above.key, hashes.SHA256())


def general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
