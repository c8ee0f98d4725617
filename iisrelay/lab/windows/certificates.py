"""The certificate stores of a machine."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import ssl
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from iisrelay.lab.powershell.dotnet.x509 import Certificate
from iisrelay.lab.powershell.dotnet.x509_chain import is_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOCATIONS = ("CurrentUser", "LocalMachine")
STORES = ("AuthRoot", "CA", "Disallowed", "My", "Root", "TrustedPeople", "TrustedPublisher", "WebHosting")
_CLOCK_SKEW = dt.timedelta(minutes=10)


class Certificates:
    """All stores of a machine, by location and name, in any case; a store is a list without duplicates."""

    def __init__(self) -> None:
        self.stores: dict[tuple[str, str], list[Certificate]] = {
            (location.lower(), store.lower()): [] for location in LOCATIONS for store in STORES
        }

    def store(self, location: str, name: str) -> list[Certificate]:
        """Give a store, made when it is not there."""
        return self.stores.setdefault((location.lower(), name.lower()), [])

    def add(self, location: str, store: str, certificate: Certificate) -> None:
        """Put a certificate into a store, in place of a copy of it."""
        found = self.store(location, store)
        found[:] = [other for other in found if other != certificate] + [certificate]

    def remove(self, location: str, store: str, thumbprint: str) -> bool:
        """Take a certificate out of a store; tell whether it was there."""
        found = self.store(location, store)
        before = len(found)
        found[:] = [other for other in found if other.thumbprint != thumbprint.upper()]
        return len(found) < before

    def trusted_roots(self) -> Sequence[Certificate]:
        """List the roots that the machine trusts: its own store, and those of the system that the lab runs on.

        A real Windows fetches public roots from Windows Update when it meets one.
        """
        return [*self.store("LocalMachine", "Root"), *self.store("CurrentUser", "Root"), *_public_roots()]

    def for_server(self, name: str, now: dt.datetime) -> Certificate | None:
        """Find the machine's certificate, with its key, that a server of a name can show: the one that ends last."""
        fitting = [
            certificate
            for certificate in self.store("LocalMachine", "My")
            if certificate.has_private_key and is_for(certificate, name) and _is_valid(certificate, now)
        ]
        return max(fitting, key=lambda certificate: certificate.parsed.not_valid_after_utc, default=None)

    def to_json(self) -> list[dict[str, Any]]:
        """Give the JSON form."""
        return list(self._rows())

    def load_json(self, data: list[dict[str, Any]]) -> None:
        """Replace all stores by those of the JSON form."""
        self.stores = Certificates().stores
        for row in data:
            key = row["key"].encode() if row["key"] else None
            location, store = row["store"]
            self.add(location, store, Certificate(base64.b64decode(row["certificate"]), key, row["friendly_name"]))

    def _rows(self) -> Iterator[dict[str, Any]]:
        for store, certificates in self.stores.items():
            for certificate in certificates:
                yield {
                    "store": list(store),
                    "certificate": base64.b64encode(certificate.der).decode(),
                    "key": certificate.key.decode() if certificate.key else None,
                    "friendly_name": certificate.friendly_name,
                }


def _is_valid(certificate: Certificate, now: dt.datetime) -> bool:
    return certificate.parsed.not_valid_before_utc <= now <= certificate.parsed.not_valid_after_utc


def self_signed(
    names: Sequence[str], *, subject: str = "", now: dt.datetime, ends: dt.datetime, key_bits: int = 2048
) -> Certificate:
    """Make a self-signed server certificate with its key, as New-SelfSignedCertificate does."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_bits)
    common_name = subject.removeprefix("CN=").partition(",")[0] or names[0]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, ends) - _CLOCK_SKEW)
        .not_valid_after(ends)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(map(_general_name, names)), critical=False)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Certificate(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER), pem)


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


@lru_cache(maxsize=1)
def _public_roots() -> tuple[Certificate, ...]:
    file = ssl.get_default_verify_paths().cafile
    if not file or not Path(file).is_file():
        return ()
    found = ssl.create_default_context(cafile=file).get_ca_certs(binary_form=True)
    return tuple(map(Certificate, found))
