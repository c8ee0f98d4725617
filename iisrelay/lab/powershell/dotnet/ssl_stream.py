"""System.Net.Security.SslStream: TLS over any stream, as far as the machine's Schannel lets programs speak it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Protocol

from iisrelay.lab.powershell.block_calls import call_block
from iisrelay.lab.powershell.conversions import to_bool
from iisrelay.lab.powershell.dotnet import tls_names
from iisrelay.lab.powershell.dotnet.async_results import Task
from iisrelay.lab.powershell.dotnet.live_streams import LiveStream
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.tls_errors import CLOSED, handshake_error, nothing_in_common, sspi_failed
from iisrelay.lab.powershell.dotnet.x509 import Certificate
from iisrelay.lab.powershell.dotnet.x509_chain import Chain, policy_errors
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.nettypes import is_script_block
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.dotnet.streams import ByteStream
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import NetEnum as SslProtocols  # the binding reads the name of the enumeration

CHUNK_SIZE = 16384
POLICY_ERRORS = "System.Net.Security.SslPolicyErrors"
SSL_PROTOCOLS = "System.Security.Authentication.SslProtocols"


class Credential(Protocol):
    """What a program may speak."""

    def context(self) -> ssl.SSLContext:
        """Make the TLS settings; raises NetError when nothing is left to speak."""

    def admits(self, version: str | None) -> bool:
        """Tell whether the negotiated version may be spoken."""


class Schannel(Protocol):
    """What a machine offers to programs that speak TLS."""

    def program_credential(self, bits: int) -> Credential:
        """Give a client's credential for the protocols named (0: Windows' own choice)."""


class SslStream(LiveStream):
    """System.Net.Security.SslStream, client side."""

    def __init__(self, base: ByteStream, *, leave_open: bool, validation: object) -> None:
        super().__init__()
        self.base = base
        self.leave_open = leave_open
        self.validation = validation
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.session: ssl.SSLObject | None = None
        self.remote_certificate: Certificate | None = None

    def set_timeouts(self, *, read_ms: int | None = None, write_ms: int | None = None) -> None:
        """Set the timeouts of the stream below, where the waiting is done."""
        if isinstance(self.base, LiveStream):
            self.base.set_timeouts(read_ms=read_ms, write_ms=write_ms)
        super().set_timeouts(read_ms=read_ms, write_ms=write_ms)

    def authenticate(self, engine: Engine, host: str, bits: int) -> None:
        """Shake hands as a client and judge the certificate."""
        credential = _credential(engine, bits)
        session = _context(credential).wrap_bio(self.incoming, self.outgoing, server_hostname=_server_name(host))
        try:
            while not self._step(session):
                pass
        except ssl.SSLError as error:
            self._send()
            raise handshake_error(error) from error
        if not credential.admits(session.version()):
            raise sspi_failed(nothing_in_common())
        self.session = session
        self._judge(engine, session, host)

    def _step(self, session: ssl.SSLObject) -> bool:
        try:
            session.do_handshake()
        except ssl.SSLWantReadError:
            self._send()
            self._receive_in_handshake()
            return False
        self._send()
        return True

    def _receive_in_handshake(self) -> None:
        chunk = self.base.read(CHUNK_SIZE)
        if not chunk:
            raise NetError("System.IO.IOException", CLOSED)
        self.incoming.write(chunk)

    def _judge(self, engine: Engine, session: ssl.SSLObject, host: str) -> None:
        found = session.getpeercert(binary_form=True)
        certificate = Certificate(found) if found else None
        self.remote_certificate = certificate
        chain = Chain()
        errors = policy_errors(engine, certificate, host, chain, tls_names.sent_certificates(session))
        if not self._accepts(engine, certificate, chain, errors):
            self.session = None
            raise NetError(
                "System.Security.Authentication.AuthenticationException",
                "The remote certificate is invalid according to the validation procedure.",
            )

    def _accepts(self, engine: Engine, certificate: Certificate | None, chain: Chain, errors: int) -> bool:
        callback = self.validation
        if not is_script_block(callback):
            return not errors
        answer = call_block(engine, callback, [self, certificate, chain, NetEnum(errors, POLICY_ERRORS)])
        return bool(answer) and to_bool(answer[-1])

    def read(self, count: int) -> bytes:
        """Read decrypted bytes."""
        session = self.authenticated()
        while True:
            try:
                return session.read(count)
            except ssl.SSLWantReadError:
                self._send()
                chunk = self.base.read(CHUNK_SIZE)
                self.incoming.write(chunk) if chunk else self.incoming.write_eof()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise handshake_error(error) from error

    def write(self, part: bytes) -> None:
        """Encrypt and send."""
        self.authenticated().write(part)
        self._send()

    def close(self) -> None:
        """End the session; closes the stream below unless it is to stay open."""
        if self.is_closed:
            return
        self.is_closed = True
        if not self.leave_open:
            self.base.close()

    def authenticated(self) -> ssl.SSLObject:
        """Give the session, or refuse before there is one."""
        if self.session is None:
            raise NetError(
                "System.InvalidOperationException",
                "This operation is only allowed using a successfully authenticated context.",
            )
        return self.session

    def _send(self) -> None:
        pending = self.outgoing.read()
        if pending:
            self.base.write(pending)


class _PlainCredential:
    """What Python speaks: for an engine without a machine."""

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def admits(self, version: str | None) -> bool:
        return bool(version)


def _credential(engine: Engine, bits: int) -> Credential:
    schannel: Schannel | None = getattr(engine.machine, "schannel", None)
    return _PlainCredential() if schannel is None else schannel.program_credential(bits)


def _context(credential: Credential) -> ssl.SSLContext:
    try:
        return credential.context()
    except NetError as error:
        raise sspi_failed(error) from error


def _server_name(host: str) -> str | None:
    """Addresses and empty names are not sent as server name."""
    return host if host and not host.replace(".", "").isdigit() and ":" not in host else None


def _checked(engine: Engine, protocols: SslProtocols) -> int:
    if not protocols and engine.version == "2.0":
        message = "The specified value is not valid in the 'SslProtocolType' enumeration."
        raise NetError("System.ArgumentException", f"{message}\r\nParameter name: sslProtocolType")
    return int(protocols)


ssl_stream = declare("System.Net.Security.SslStream", python=SslStream, bases=("System.IO.LiveStream",))
ssl_stream.getter("IsAuthenticated", "IsEncrypted", "IsSigned")(lambda value: value.session is not None)
ssl_stream.getter("IsServer", "IsMutuallyAuthenticated")(lambda _value: False)
ssl_stream.getter("CheckCertRevocationStatus")(lambda _value: False)
ssl_stream.getter("RemoteCertificate")(lambda value: value.remote_certificate)
ssl_stream.getter("LocalCertificate")(lambda _value: None)
ssl_stream.getter("SslProtocol")(lambda value: tls_names.protocol(value.authenticated()))
ssl_stream.getter("CipherAlgorithm")(lambda value: tls_names.cipher(value.authenticated()))
ssl_stream.getter("CipherStrength")(lambda value: tls_names.cipher_strength(value.authenticated()))
ssl_stream.getter("HashAlgorithm")(lambda value: tls_names.hash_algorithm(value.authenticated()))
ssl_stream.getter("HashStrength")(lambda value: tls_names.hash_strength(value.authenticated()))
ssl_stream.getter("KeyExchangeAlgorithm")(lambda value: tls_names.key_exchange(value.authenticated()))
ssl_stream.getter("KeyExchangeStrength")(lambda value: tls_names.key_exchange_strength(value.authenticated()))


@ssl_stream.constructor
def new_ssl_stream(
    base: ByteStream,
    leave_open: bool = False,
    validation: object = None,
    _selection: object = None,
    _policy: object = 0,
) -> SslStream:
    """Put TLS on a stream."""
    return SslStream(base, leave_open=leave_open, validation=validation)


@ssl_stream.getter("TransportContext")
def no_transport_context(_value: SslStream) -> None:
    """Give nothing: channel bindings are not simulated."""


@ssl_stream.method("AuthenticateAsClient")
def authenticate(engine: Engine, value: SslStream, host: str) -> None:
    """Shake hands with the protocols that Windows chooses.

    What powershell.exe gets here depends on updates and on values under .NETFramework; taken is what an updated .NET
    does: it leaves the choice to Schannel, as the SMTP service does.
    """
    value.authenticate(engine, host, 0)


@ssl_stream.method("AuthenticateAsClient")
def authenticate_with(
    engine: Engine, value: SslStream, host: str, _certificates: object, protocols: SslProtocols, _revocation: bool
) -> None:
    """Shake hands with the protocols that the caller names."""
    value.authenticate(engine, host, _checked(engine, protocols))


@ssl_stream.method("AuthenticateAsClient")
def authenticate_by_default(
    engine: Engine, value: SslStream, host: str, _certificates: object, _revocation: bool
) -> None:
    """Shake hands with the protocols that Windows chooses."""
    value.authenticate(engine, host, 0)


@ssl_stream.method("AuthenticateAsClientAsync")
def authenticate_async(
    engine: Engine,
    value: SslStream,
    host: str,
    _certificates: object = None,
    protocols: SslProtocols | None = None,
    _revocation: bool = False,
) -> Task:
    """Shake hands as a task."""
    return Task(lambda: value.authenticate(engine, host, int(protocols or 0)))
