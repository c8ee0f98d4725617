"""How HTTP requests leave, and within which bounds answers come in.

Nothing is looked up in the environment, and one set of trusted certificates serves all hosts: Requests would ask for
proxies in the environment 17 times a script, and load the trust store again for every host.

A host is not trusted with time (one alarm for all of an answer), with memory (an answer has a largest size, is never
packed, and its XML has bounds), or with our login (no redirects).
"""

import ssl
from collections.abc import Iterator
from functools import cache
from typing import Any

import requests
import winrm.transport
from requests.adapters import HTTPAdapter

from iisrelay.errors import BrokenAnswerError, TlsError
from iisrelay.site.target import Connection
from iisrelay.transport.alarm import Alarm, watched
from iisrelay.transport.envelope import is_harmless
from iisrelay.transport.mapping import OTHER_SERVICE, name_of

# Windows keeps its envelopes to the 150 KB that it is asked for.
LARGEST_ANSWER = 4 * 1024 * 1024
PIECE_BYTES = 65_536
NOT_SOAP = b"(no SOAP)"


def configure(protocol: Any, connection: Connection, alarm: Alarm) -> None:
    """Make a pywinrm Protocol send its requests our way."""
    theirs = protocol.transport
    ours = _Transport.__new__(_Transport)
    ours.__dict__.update(theirs.__dict__)
    ours.connection = connection
    ours.alarm = alarm
    protocol.transport = ours


class _Transport(winrm.transport.Transport):
    connection: Connection
    alarm: Alarm

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
        # A redirect could lead the login to another host.
        session.max_redirects = 0
        session.headers["Accept-Encoding"] = "identity"
        adapter = _TlsAdapter(self.connection, self.alarm) if self.connection.https else _Adapter(self.alarm)
        session.mount(f"{'https' if self.connection.https else 'http'}://", adapter)

    def _send_message_request(
        self, session: requests.Session, prepared_request: requests.PreparedRequest
    ) -> requests.Response:
        with self.alarm.armed():
            return super()._send_message_request(session, prepared_request)

    def _get_message_response_text(self, response: requests.Response) -> bytes:
        """Open a sealed answer. Only a sealed one is known to come from the host; of an error the status is enough."""
        if self.encryption is not None and not _is_sealed(response):
            if not response.ok:
                return NOT_SOAP
            raise BrokenAnswerError(
                f"{name_of(self.connection)} answered in clear, although messages are encrypted.",
                "Somebody on the way may have put it there; use https, which tells that from a mistake of the host.",
            )
        text: bytes = super()._get_message_response_text(response)
        if is_harmless(text):
            return text
        if not response.ok:
            return NOT_SOAP if text else b""
        raise BrokenAnswerError(f"{name_of(self.connection)} answered with something that is not WinRM.", OTHER_SERVICE)


def _is_sealed(response: requests.Response) -> bool:
    return response.headers.get("Content-Type", "").lower().startswith("multipart/")


class _Answer(requests.Response):
    """An answer that is read up to the largest size, and as it stands: what is packed is not opened."""

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]:
        """Give the body in pieces."""
        del chunk_size, decode_unicode
        size = 0
        while piece := self.raw.read(PIECE_BYTES, decode_content=False):
            size += len(piece)
            if size > LARGEST_ANSWER:
                self.raw.close()
                raise BrokenAnswerError(
                    f"An answer is larger than {LARGEST_ANSWER // 2**20} MB, which no answer of WinRM is.",
                    OTHER_SERVICE,
                )
            yield piece


class _Adapter(HTTPAdapter):
    """Opens connections that the alarm knows of, and gives answers that have bounds."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm
        super().__init__()

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """Give the pool for a request."""
        return watched(super().get_connection_with_tls_context(*arguments, **options), self._alarm)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Make an answer of ours out of urllib3's."""
        answer = _Answer()
        answer.__dict__.update(super().build_response(req, resp).__dict__)
        return answer


class _TlsAdapter(_Adapter):
    """Checks certificates by a context that hosts share, instead of one that urllib3 fills for each connection."""

    def __init__(self, connection: Connection, alarm: Alarm) -> None:
        self._context = _context(
            connection.verify_certificate, connection.ca_file, connection.certificate, connection.certificate_key
        )
        super().__init__(alarm)

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
