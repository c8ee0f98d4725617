"""New-SelfSignedCertificate, Import-Certificate, Import-PfxCertificate, Export-Certificate."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.dotnet import x509
from iisrelay.lab.powershell.dotnet.time_values import DateTime
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import unwrap
from iisrelay.lab.windows.certificates import self_signed
from iisrelay.lab.windows.cmdlets.providers import resolve
from iisrelay.lab.windows.cmdlets.targets import number, output, strings
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.powershell.dotnet.x509 import Certificate
    from iisrelay.lab.windows.cmdlets.providers import ProviderPath

_DEFAULT_STORE = "Cert:\\LocalMachine\\My"
_YEAR = dt.timedelta(days=365)
STORE = Param("CertStoreLocation", "string")
FILE = Param("FilePath", "string", position=0, mandatory=True, aliases=("FullName",), pipeline_name=True)


@cmdlet(
    "New-SelfSignedCertificate",
    Param("DnsName", "string[]"),
    STORE,
    Param("Subject", "string", since="5.0"),
    Param("NotAfter", "datetime", since="5.0"),
    Param("KeyLength", "int", since="5.0"),
    Param("KeyAlgorithm", "string", since="5.0"),
    Param("KeyUsage", "string[]", since="5.0"),
    Param("KeyExportPolicy", "string[]", since="5.0"),
    Param("KeySpec", "string", since="5.0"),
    Param("HashAlgorithm", "string", since="5.0"),
    Param("Provider", "string", since="5.0"),
    Param("Type", "string", since="5.0"),
    Param("FriendlyName", "string", since="5.0"),
    since="3.0",
)
def new_self_signed_certificate(call: Call) -> Iterator[object]:
    """New-SelfSignedCertificate: an RSA certificate for servers and clients, with its key in the store."""
    now = machine_of(call.engine).clock.now()
    ends = unwrap(call.get("NotAfter"))
    last = now + _YEAR if not isinstance(ends, DateTime) else ends.to_python().replace(tzinfo=dt.UTC)
    names, subject = strings(call.get("DnsName")), str(call.get("Subject", ""))
    if not names and not subject:
        raise NetError("System.ArgumentException", "A DnsName or a Subject is needed.", category="InvalidArgument")
    made = self_signed(names, subject=subject, now=now, ends=last, key_bits=number(call, "KeyLength", 2048))
    made.friendly_name = str(call.get("FriendlyName", ""))
    yield _stored(call, made)


@cmdlet("Import-Certificate", FILE, STORE, since="3.0")
def import_certificate(call: Call) -> Iterator[object]:
    """Import-Certificate: put a certificate from a file into a store."""
    yield _stored(call, x509.load(_content(call)))


@cmdlet("Import-PfxCertificate", FILE, STORE, Param("Password"), Param("Exportable", "switch"), since="3.0")
def import_pfx_certificate(call: Call) -> Iterator[object]:
    """Import-PfxCertificate: put a certificate with its key from a file into a store."""
    secret = unwrap(call.get("Password"))
    yield _stored(call, x509.load(_content(call), str(getattr(secret, "text", secret or ""))))


@cmdlet(
    "Export-Certificate", FILE, Param("Cert", pipeline=True, mandatory=True), Param("Force", "switch"), since="3.0",
    streaming=True,
)  # fmt: skip
def export_certificate(call: Call) -> Iterator[object]:
    """Export-Certificate: write a certificate, without its key, into a file."""
    certificate = unwrap(call.get("Cert"))
    if isinstance(certificate, x509.Certificate):
        place = _file(call)
        place.provider.write_content(call.engine, place.path, certificate.der)
        yield output(call.engine, place)


def _file(call: Call) -> ProviderPath:
    return resolve(call.engine, str(call.get("FilePath")))


def _content(call: Call) -> bytes:
    place = _file(call)
    if not place.provider.exists(call.engine, place.path):
        raise NetError("System.IO.FileNotFoundException", f"The file cannot be found: {place.path}")
    content = place.provider.read_content(call.engine, place.path)
    return content if isinstance(content, bytes) else b""


def _stored(call: Call, certificate: Certificate) -> object:
    machine = machine_of(call.engine)
    place = resolve(call.engine, str(call.get("CertStoreLocation", _DEFAULT_STORE)))
    location, _, store = place.path.partition("\\")
    if place.provider.name != "Certificate" or not store:
        raise NetError("System.ArgumentException", "The store must be a path such as Cert:\\LocalMachine\\My.")
    if location == "LocalMachine" and not machine.is_administrator:
        raise NetError("System.UnauthorizedAccessException", "Access is denied.", category="PermissionDenied")
    machine.certificates.add(location, store, certificate)
    return output(call.engine, place.child(certificate.thumbprint))
