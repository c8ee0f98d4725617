"""System.Security.Cryptography.X509Certificates: certificates, their names and extensions."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from iisrelay.lab.powershell.dotnet import x509_names
from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.file_access import read_file
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.time_values import LOCAL, DateTime
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSArray, PSCustomObject

if TYPE_CHECKING:
    import datetime as dt

    from iisrelay.lab.powershell.annotations import ByteArray
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import NetEnum as X509NameType

SPACE = "System.Security.Cryptography.X509Certificates"
_PEM_MARK = b"-----BEGIN CERTIFICATE-----"

declare_enum(
    f"{SPACE}.X509NameType",
    {"SimpleName": 0, "EmailName": 1, "UpnName": 2, "DnsName": 3, "DnsFromAlternativeName": 4, "UrlName": 5},
)
declare_enum(f"{SPACE}.X509ContentType", {"Unknown": 0, "Cert": 1, "SerializedCert": 2, "Pfx": 3, "Pkcs12": 3})
declare_enum(
    f"{SPACE}.X509KeyStorageFlags",
    {"DefaultKeySet": 0, "UserKeySet": 1, "MachineKeySet": 2, "Exportable": 4, "UserProtected": 8, "PersistKeySet": 16},
    flags=True,
)


class Certificate:
    """A certificate, perhaps with its private key (PEM); the value behind X509Certificate2."""

    def __init__(self, der: bytes, key: bytes | None = None, friendly_name: str = "") -> None:
        self.der = der
        self.key = key
        self.friendly_name = friendly_name

    @cached_property
    def parsed(self) -> x509.Certificate:
        """Give the certificate in parts."""
        try:
            return x509.load_der_x509_certificate(self.der)
        except ValueError as error:
            raise not_found() from error

    @property
    def thumbprint(self) -> str:
        """Give the SHA-1 hash of the certificate."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()

    @property
    def serial_number(self) -> str:
        """Give the serial number in hexadecimal."""
        text = f"{self.parsed.serial_number:X}"
        return text.zfill(len(text) + len(text) % 2)

    @property
    def has_private_key(self) -> bool:
        """Tell whether the key is at hand."""
        return self.key is not None

    @property
    def pem(self) -> bytes:
        """Give the certificate in PEM form, with the key behind it when there is one."""
        return self.parsed.public_bytes(serialization.Encoding.PEM) + (self.key or b"")

    @property
    def dns_names(self) -> list[str]:
        """Give the names of hosts that the certificate is for; without any, its common name."""
        names = x509_names.alternative_names(self.parsed, x509.DNSName)
        return names or [name for name in (x509_names.simple_name(self.parsed.subject),) if name]

    def __eq__(self, other: object) -> bool:
        return self.der == other.der if isinstance(other, Certificate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.der)

    def __str__(self) -> str:
        parts = {
            "Subject": x509_names.shown(self.parsed.subject),
            "Issuer": x509_names.shown(self.parsed.issuer),
            "Serial Number": self.serial_number,
            "Not Before": f"{self.parsed.not_valid_before_utc:%m/%d/%Y %I:%M:%S %p}",
            "Not After": f"{self.parsed.not_valid_after_utc:%m/%d/%Y %I:%M:%S %p}",
            "Thumbprint": self.thumbprint,
        }
        return "\r\n\r\n".join(f"[{name}]\r\n  {text}" for name, text in parts.items()) + "\r\n"


def not_found() -> NetError:
    """Make the error for bytes that are no certificate."""
    return NetError("System.Security.Cryptography.CryptographicException", "Cannot find the requested object.\r\n")


def load(data: bytes, password: str = "") -> Certificate:
    """Read a certificate in DER, PEM or PFX form."""
    try:
        if _PEM_MARK in data:
            return Certificate(x509.load_pem_x509_certificate(data).public_bytes(serialization.Encoding.DER))
        return Certificate(x509.load_der_x509_certificate(data).public_bytes(serialization.Encoding.DER))
    except ValueError:
        return _load_pfx(data, password)


def _load_pfx(data: bytes, password: str) -> Certificate:
    try:
        content = pkcs12.load_pkcs12(data, password.encode() or None)
    except ValueError as error:
        if "password" in str(error).lower():
            message = "The specified network password is not correct.\r\n"
            raise NetError("System.Security.Cryptography.CryptographicException", message) from error
        raise not_found() from error
    if content.cert is None:
        raise not_found()
    key = content.key and content.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    friendly = (content.cert.friendly_name or b"").decode("utf-8", "replace")
    return Certificate(content.cert.certificate.public_bytes(serialization.Encoding.DER), key or None, friendly)


def moment(value: dt.datetime) -> DateTime:
    """Give a moment as .NET shows it: in local time, which is UTC in the lab."""
    return DateTime.from_python(value, LOCAL)


def key_size(certificate: Certificate) -> int:
    """Give the length of the public key in bits."""
    key = certificate.parsed.public_key()
    return key.key_size if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey) else 0


declare(f"{SPACE}.X509Certificate", bases=("System.IDisposable",))
certificate_type = declare(f"{SPACE}.X509Certificate2", python=Certificate, bases=(f"{SPACE}.X509Certificate",))
certificate_type.getter("Subject")(lambda value: x509_names.shown(value.parsed.subject))
certificate_type.getter("Issuer", "IssuerName")(lambda value: x509_names.shown(value.parsed.issuer))
certificate_type.getter("NotBefore")(lambda value: moment(value.parsed.not_valid_before_utc))
certificate_type.getter("NotAfter")(lambda value: moment(value.parsed.not_valid_after_utc))
certificate_type.getter("Version")(lambda value: value.parsed.version.value + 1)
certificate_type.getter("RawData")(lambda value: byte_array(value.der))
certificate_type.getter("DnsNameList")(lambda value: PSArray(map(dns_name, value.dns_names)))
certificate_type.properties("Thumbprint", "SerialNumber", "HasPrivateKey", "FriendlyName")
certificate_type.method("GetCertHashString")(lambda value: value.thumbprint)
certificate_type.method("GetCertHash")(lambda value: byte_array(bytes.fromhex(value.thumbprint)))
certificate_type.method("GetSerialNumberString")(lambda value: value.serial_number)
certificate_type.method("GetRawCertData")(lambda value: byte_array(value.der))
certificate_type.method("GetEffectiveDateString")(
    lambda value: f"{value.parsed.not_valid_before_utc:%m/%d/%Y %I:%M:%S %p}"
)
certificate_type.method("GetExpirationDateString")(
    lambda value: f"{value.parsed.not_valid_after_utc:%m/%d/%Y %I:%M:%S %p}"
)
certificate_type.method("ToString")(lambda value, _verbose=False: str(value))
certificate_type.method("Dispose", "Reset")(lambda _value: None)


@certificate_type.setter("FriendlyName")
def set_friendly_name(value: Certificate, name: str) -> None:
    """Name the certificate for people."""
    value.friendly_name = name


def dns_name(name: str) -> PSCustomObject:
    """Give a host name as PowerShell lists it."""
    return PSCustomObject(
        (("Punycode", name), ("Unicode", name)), ["Microsoft.PowerShell.Commands.DnsNameRepresentation"]
    )


@certificate_type.constructor
def new_copy(other: Certificate) -> Certificate:
    """Take a certificate over: X509Certificate2 of an X509Certificate."""
    return Certificate(other.der, other.key, other.friendly_name)


@certificate_type.constructor
def new_of_bytes(data: ByteArray, password: str = "", _flags: object = None) -> Certificate:
    """Read a certificate from bytes."""
    return load(to_bytes(data), password)


@certificate_type.constructor
def new_of_file(engine: Engine, path: str, password: str = "", _flags: object = None) -> Certificate:
    """Read a certificate from a file."""
    return load(read_file(engine, path), password)


@certificate_type.method("GetNameInfo")
def name_info(value: Certificate, kind: X509NameType, for_issuer: bool) -> str:
    """Give one name of the subject or the issuer."""
    name = value.parsed.issuer if for_issuer else value.parsed.subject
    alternative = [] if for_issuer else x509_names.alternative_names(value.parsed, x509.DNSName)
    if int(kind) in {3, 4}:
        return alternative[0] if alternative else "" if int(kind) == 4 else x509_names.simple_name(name)
    return x509_names.email(name) if int(kind) == 1 else x509_names.simple_name(name) if not int(kind) else ""


@certificate_type.getter("Extensions")
def extensions(value: Certificate) -> PSArray:
    """List the extensions."""
    return PSArray(value.parsed.extensions, f"{SPACE}.X509Extension")


@certificate_type.getter("SubjectName")
def subject_name(value: Certificate) -> PSCustomObject:
    """Give the subject as a distinguished name."""
    return PSCustomObject((("Name", x509_names.shown(value.parsed.subject)),), [f"{SPACE}.X500DistinguishedName"])


@certificate_type.getter("SignatureAlgorithm")
def signature_algorithm(value: Certificate) -> PSCustomObject:
    """Give the algorithm that the issuer signed with."""
    identifier = value.parsed.signature_algorithm_oid
    return x509_names.oid(identifier.dotted_string, x509_names.signature_name(identifier))


@certificate_type.getter("PublicKey")
def public_key(value: Certificate) -> PSCustomObject:
    """Give the public key: its length."""
    return PSCustomObject((("Key", PSCustomObject((("KeySize", key_size(value)),))),), [f"{SPACE}.PublicKey"])


@certificate_type.method("Export")
def export(value: Certificate, _kind: object) -> PSArray:
    """Give the certificate in DER form."""
    return byte_array(value.der)
