"""Names and extensions of certificates as Windows words them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.values import PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = {
    NameOID.COMMON_NAME: "CN",
    NameOID.COUNTRY_NAME: "C",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "S",
    NameOID.EMAIL_ADDRESS: "E",
    NameOID.DOMAIN_COMPONENT: "DC",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
    NameOID.STREET_ADDRESS: "STREET",
}
_FRIENDLY = {
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME: "Subject Alternative Name",
    ExtensionOID.BASIC_CONSTRAINTS: "Basic Constraints",
    ExtensionOID.KEY_USAGE: "Key Usage",
    ExtensionOID.EXTENDED_KEY_USAGE: "Enhanced Key Usage",
    ExtensionOID.SUBJECT_KEY_IDENTIFIER: "Subject Key Identifier",
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER: "Authority Key Identifier",
    ExtensionOID.CRL_DISTRIBUTION_POINTS: "CRL Distribution Points",
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS: "Authority Information Access",
    ExtensionOID.CERTIFICATE_POLICIES: "Certificate Policies",
}
_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "Server Authentication",
    ExtendedKeyUsageOID.CLIENT_AUTH: "Client Authentication",
}
_SIGNATURES = {
    "1.2.840.113549.1.1.5": "sha1RSA",
    "1.2.840.113549.1.1.11": "sha256RSA",
    "1.2.840.113549.1.1.12": "sha384RSA",
    "1.2.840.113549.1.1.13": "sha512RSA",
    "1.2.840.10045.4.3.2": "sha256ECDSA",
    "1.2.840.10045.4.3.3": "sha384ECDSA",
}


def shown(name: x509.Name) -> str:
    """Give a distinguished name as Windows writes it: the last part of the encoded name first."""
    return ", ".join(" + ".join(map(_part, part)) for part in reversed(name.rdns))


def _part(attribute: x509.NameAttribute[str | bytes]) -> str:
    text = attribute.value if isinstance(attribute.value, str) else attribute.value.hex()
    if any(letter in text for letter in ',+="\n<>#;') or text != text.strip():
        text = '"' + text.replace('"', '""') + '"'
    return f"{_KEYS.get(attribute.oid, 'OID.' + attribute.oid.dotted_string)}={text}"


def simple_name(name: x509.Name) -> str:
    """Give the common name, or else the organization's unit or name."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return ""


def email(name: x509.Name) -> str:
    """Give the address in a name."""
    found = name.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
    return str(found[0].value) if found else ""


def alternative_names(certificate: x509.Certificate, kind: type[x509.DNSName | x509.IPAddress]) -> list[str]:
    """Give the alternative names of one kind."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [str(name) for name in extension.value.get_values_for_type(kind)]


def signature_name(identifier: x509.ObjectIdentifier) -> str:
    """Give Windows' name of a signature algorithm."""
    return _SIGNATURES.get(identifier.dotted_string, identifier.dotted_string)


def oid(number: str, name: str) -> PSCustomObject:
    """Make an Oid: its number and its name."""
    return PSCustomObject((("Value", number), ("FriendlyName", name)), ["System.Security.Cryptography.Oid"])


def formatted(extension: x509.Extension[x509.ExtensionType], *, lines: bool) -> str:
    """Give an extension's content as text, one entry a line or all in one."""
    entries = list(_entries(extension.value))
    if not entries:
        return extension.value.public_bytes().hex(" ")
    return "\r\n".join([*entries, ""]) if lines else ", ".join(entries)


def _entries(value: x509.ExtensionType) -> Iterator[str]:
    if isinstance(value, x509.SubjectAlternativeName):
        yield from (_alternative(name) for name in value)
    elif isinstance(value, x509.ExtendedKeyUsage):
        yield from (f"{_PURPOSES.get(each, 'Unknown Key Usage')} ({each.dotted_string})" for each in value)
    elif isinstance(value, x509.BasicConstraints):
        yield f"Subject Type={'CA' if value.ca else 'End Entity'}"
        yield f"Path Length Constraint={'None' if value.path_length is None else value.path_length}"


def _alternative(name: x509.GeneralName) -> str:
    labels = {x509.DNSName: "DNS Name", x509.IPAddress: "IP Address", x509.RFC822Name: "RFC822 Name"}
    return f"{labels.get(type(name), 'Other Name')}={name.value}"


extension_type = declare(
    "System.Security.Cryptography.X509Certificates.X509Extension",
    python=x509.Extension,
    bases=("System.Security.Cryptography.AsnEncodedData",),
)
declare("System.Security.Cryptography.AsnEncodedData")
extension_type.properties("Critical")
extension_type.getter("RawData")(lambda value: byte_array(value.value.public_bytes()))
extension_type.method("Format")(lambda value, lines: formatted(value, lines=bool(lines)))


@extension_type.getter("Oid")
def extension_oid(value: x509.Extension[x509.ExtensionType]) -> PSCustomObject:
    """Give what the extension is."""
    return oid(value.oid.dotted_string, _FRIENDLY.get(value.oid, value.oid.dotted_string))
