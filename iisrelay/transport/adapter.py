"""How HTTP requests leave: no look-ups in the environment, and one set of trusted certificates for all hosts.

Requests would ask for proxies in the environment 17 times a script, and load the trust store again for every host.
"""

import ssl
from functools import cache
from typing import Any

import requests
import winrm.transport
from requests.adapters import HTTPAdapter

from iisrelay.errors import TlsError
from iisrelay.site.target import Connection


def configure(protocol: Any, connection: Connection) -> None:
    """Make a pywinrm Protocol send its requests our way."""
    theirs = protocol.transport
    ours = _Transport.__new__(_Transport)
    ours.__dict__.update(theirs.__dict__)
    ours.connection = connection
    protocol.transport = ours


class _Transport(winrm.transport.Transport):
    connection: Connection

    def build_session(self) -> requests.Session:
        """Build the session; the handshake for message encryption is part of it."""
        session: requests.Session = super().build_session()
        self._prepare(session)
        return session

    def setup_encryption(self, session: requests.Session) -> None:
        """Shake hands, after the session has been made ours."""
        self._prepare(session)
        super().setup_encryption(session)

    def _prepare(self, session: requests.Session) -> None:
        if not session.trust_env:
            return
        session.trust_env = False
        if self.connection.https:
            session.mount("https://", _TlsAdapter(self.connection))


class _TlsAdapter(HTTPAdapter):
    """Checks certificates by a context that hosts share, instead of one that urllib3 fills for each connection."""

    def __init__(self, connection: Connection) -> None:
        self._context = _context(
            connection.verify_certificate, connection.ca_file, connection.certificate, connection.certificate_key
        )
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Put the shared context in the place of file names."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._context, "cert_reqs": self._context.verify_mode}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the connection as it is: the context knows what to check."""


@cache
def _context(verify: bool, ca_file: str | None, certificate: str | None, key: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise TlsError(
            f"The CA file {ca_file} cannot be read: {error}.", "It has to hold certificates in PEM form."
        ) from error
    # Python 3.13 insists on extensions that the certificates of many internal authorities do not have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate:
        try:
            context.load_cert_chain(certificate, key, password=_no_password)
        except (OSError, ssl.SSLError, ValueError) as error:
            raise TlsError(
                f"The client certificate {certificate} cannot be used: {error}.",
                "Certificate and key have to be PEM files that belong together, the key without a password.",
            ) from error
    return context


def _no_password() -> str:
    raise ValueError("its key is protected by a password")
