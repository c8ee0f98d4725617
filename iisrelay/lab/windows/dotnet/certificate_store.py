"""X509Store: the certificate stores of the machine as .NET shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.x509 import SPACE, Certificate
from iisrelay.lab.powershell.dotnet.x509_names import shown
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.formatting.views import TableView, ViewColumn, register_view
from iisrelay.lab.powershell.values import NetEnum
from iisrelay.lab.windows.certificates import STORES
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import NetEnum as OpenFlags
    from iisrelay.lab.powershell.values import NetEnum as X509FindType
    from iisrelay.lab.windows.certificates import Certificates

LOCATION = f"{SPACE}.StoreLocation"
_LOCATIONS = {"CurrentUser": 1, "LocalMachine": 2}
_CLOSED = "The X509 certificate store has not been opened."
_READ_WRITE = 1

declare_enum(LOCATION, _LOCATIONS)
declare_enum(
    f"{SPACE}.StoreName",
    {"AddressBook": 1, "AuthRoot": 2, "CertificateAuthority": 3, "Disallowed": 4, "My": 5, "Root": 6,
     "TrustedPeople": 7, "TrustedPublisher": 8},
)  # fmt: skip
declare_enum(
    f"{SPACE}.OpenFlags",
    {"ReadOnly": 0, "ReadWrite": 1, "MaxAllowed": 2, "OpenExistingOnly": 4, "IncludeArchived": 8},
    flags=True,
)
declare_enum(
    f"{SPACE}.X509FindType",
    {"FindByThumbprint": 0, "FindBySubjectName": 1, "FindBySubjectDistinguishedName": 2, "FindByIssuerName": 3,
     "FindBySerialNumber": 5},
)  # fmt: skip


class CertificateCollection(ArrayList):
    """System.Security.Cryptography.X509Certificates.X509Certificate2Collection."""

    __slots__ = ()


class Store:
    """A store of a machine; ``name`` as the stores are called in paths (CA, not CertificateAuthority)."""

    def __init__(self, certificates: Certificates, location: str, name: str) -> None:
        self.source = certificates
        self.location = location
        self.name = name
        self.is_open = False
        self.is_writable = False

    @property
    def certificates(self) -> CertificateCollection:
        """Give what is in the store."""
        return CertificateCollection(self.source.store(self.location, self.name))

    def check_writable(self) -> None:
        """Fail unless the store was opened for writing."""
        if not self.is_open:
            raise NetError("System.Security.Cryptography.CryptographicException", _CLOSED)
        if not self.is_writable:
            raise NetError("System.Security.Cryptography.CryptographicException", "Access is denied.\r\n")


def _store(engine: Engine, name: object, location: object) -> Store:
    wanted = to_string(engine, name)
    wanted = "CA" if wanted.lower() == "certificateauthority" else wanted
    number = int(location) if isinstance(location, int) else 0
    place = next((text for text, value in _LOCATIONS.items() if value == number), to_string(engine, location))
    known = next((text for text in STORES if text.lower() == wanted.lower()), wanted)
    return Store(machine_of(engine).certificates, place, known)


store_type = declare(f"{SPACE}.X509Store", python=Store, bases=("System.IDisposable",))
store_type.properties("Name", "Certificates")
store_type.getter("Location")(lambda value: NetEnum(_LOCATIONS.get(value.location, 0), LOCATION))
collection = declare(
    f"{SPACE}.X509Certificate2Collection", python=CertificateCollection, bases=("System.Collections.ArrayList",)
)
register_view(
    TableView((ViewColumn("Thumbprint", width=40), ViewColumn("Subject")), group=ViewColumn("PSParentPath")),
    f"{SPACE}.X509Certificate2",
)  # fmt: skip


@store_type.constructor
def new_store(engine: Engine, name: object = "My", location: object = "CurrentUser") -> Store:
    """Name a store; it is opened later."""
    if isinstance(name, NetEnum) and name.net_type == LOCATION:
        return _store(engine, "My", name)
    return _store(engine, name, location)


@store_type.method("Open")
def open_store(engine: Engine, value: Store, flags: OpenFlags) -> None:
    """Open the store; only administrators may write to those of the machine."""
    value.is_writable = bool(int(flags) & (_READ_WRITE | 2))
    if int(flags) & _READ_WRITE and value.location == "LocalMachine" and not machine_of(engine).is_administrator:
        raise NetError("System.Security.Cryptography.CryptographicException", "Access is denied.\r\n")
    value.is_open = True


@store_type.method("Close", "Dispose")
def close_store(value: Store) -> None:
    """Close the store."""
    value.is_open = value.is_writable = False


@store_type.method("Add")
def add(value: Store, certificate: Certificate) -> None:
    """Put a certificate into the store."""
    value.check_writable()
    value.source.add(value.location, value.name, certificate)


@store_type.method("Remove")
def remove(value: Store, certificate: Certificate) -> None:
    """Take a certificate out of the store."""
    value.check_writable()
    value.source.remove(value.location, value.name, certificate.thumbprint)


@collection.method("Find")
def find(value: CertificateCollection, kind: X509FindType, wanted: object, _valid_only: bool) -> CertificateCollection:
    """Give the certificates that match."""
    text = to_string(None, wanted).lower()
    return CertificateCollection(
        each for each in value.items if isinstance(each, Certificate) and _fits(each, int(kind), text)
    )


def _fits(certificate: Certificate, kind: int, text: str) -> bool:
    subject, issuer = shown(certificate.parsed.subject).lower(), shown(certificate.parsed.issuer).lower()
    if kind == 0:
        return certificate.thumbprint.lower() == text.replace(" ", "")
    if kind == 2:
        return subject == text
    return text in {1: subject, 3: issuer}.get(kind, certificate.serial_number.lower())
