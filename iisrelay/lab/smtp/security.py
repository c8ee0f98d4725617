"""TLS and logins of the service's inbound side."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.schannel import Side

if TYPE_CHECKING:
    import ssl

    from iisrelay.lab.powershell.dotnet.x509 import Certificate
    from iisrelay.lab.smtp.server_settings import ServerSettings

Logon = Callable[[str, str], bool]  # (user, password)
AUTH_ANONYMOUS, AUTH_BASIC, AUTH_NTLM = 1, 2, 4
ACCESS_SSL = 8
USER_PROMPT, PASSWORD_PROMPT = "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"  # "Username:", "Password:"


def server_certificate(settings: ServerSettings) -> Certificate | None:
    """Find the certificate of a virtual server: the one assigned to it, or the machine's for its name."""
    certificates = settings.machine.certificates
    assigned = settings.value("SSLCertHash")
    if isinstance(assigned, bytes) and assigned:
        store = certificates.store("LocalMachine", settings.text("SSLStoreName") or "My")
        wanted = assigned.hex().upper()
        return next((found for found in store if found.thumbprint == wanted and found.has_private_key), None)
    return certificates.for_server(settings.fqdn, settings.machine.clock.now())


def server_context(settings: ServerSettings, certificate: Certificate) -> ssl.SSLContext | None:
    """Make the TLS settings with what the service's process got from Schannel; None when that is nothing."""
    try:
        return settings.machine.schannel.mail_credential(Side.SERVER).context(certificate.pem)
    except NetError:
        return None


def decoded(line: bytes | str) -> str | None:
    """Give the text of a Base64 line, or None."""
    try:
        return base64.b64decode(line, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None
