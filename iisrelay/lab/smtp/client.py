"""One outbound connection: a delivery to the smart host, or to the server of a domain."""

from __future__ import annotations

import base64
import contextlib
import re
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.smtp.server_settings import RouteAction
from iisrelay.lab.smtp.wire import Wire
from iisrelay.lab.windows.schannel import Side

if TYPE_CHECKING:
    from iisrelay.lab.smtp.logs import ProtocolLog
    from iisrelay.lab.smtp.message import Envelope
    from iisrelay.lab.smtp.server_settings import ServerSettings

_LINE = re.compile(rb"^\d{3}([ -]|$)")
_AUTHENTICATES = RouteAction.SASL | RouteAction.CLEAR_TEXT | RouteAction.NTLM


class DeliveryFailed(Exception):  # noqa: N818 - named as the service's event words it
    """The connection did not do; the mail stays in the queue."""


@dataclass(frozen=True)
class Reply:
    """An answer: its code and its lines."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give the last line as it was sent."""
        return self.lines[-1]

    @property
    def is_good(self) -> bool:
        """Tell whether the command was obeyed."""
        return self.code < 400

    @property
    def is_final(self) -> bool:
        """Tell whether trying again is no use."""
        return self.code >= 500


@dataclass(frozen=True)
class Route:
    """Where mail goes, and how: ``source`` is what holds RouteAction, user and password."""

    host: str
    port: int
    source: ServerSettings
    server: ServerSettings

    @property
    def action(self) -> RouteAction:
        """Give the bits that say how; AlwaysUseSsl asks for TLS everywhere."""
        always = RouteAction.TLS if self.server.value("AlwaysUseSsl") is True else RouteAction(0)
        return self.source.route | always

    @property
    def address(self) -> str:
        """Give the host without the brackets that mark an address."""
        return self.host.strip().removeprefix("[").removesuffix("]")


class Delivery:
    """A connection to another server."""

    def __init__(self, route: Route, log: ProtocolLog) -> None:
        self.route = route
        self.log = log
        self.extensions: dict[str, str] = {}
        self.wire = self._connected()

    def send(self, envelope: Envelope, content: bytes) -> dict[str, Reply]:
        """Hand a message over; give the last answer for every recipient.

        Raises:
            DeliveryFailed: before any recipient was asked for.
        """
        try:
            self._open()
            return self._hand_over(envelope, content)
        except EOFError as error:
            raise DeliveryFailed("The connection was dropped by the remote host.") from error
        except OSError as error:
            raise DeliveryFailed(f"The connection was dropped by the remote host. ({error})") from error
        finally:
            self.wire.close()

    def _connected(self) -> Wire:
        network = self.route.server.machine.network
        try:
            connection = network.connect(self.route.address, self.route.port)
        except OSError as error:
            raise DeliveryFailed("The remote server did not respond to a connection attempt.") from error
        return Wire(connection, self.route.server.number("RemoteTimeout") or None)

    def _open(self) -> None:
        self._expect(self._read(), "The remote server refused the connection")
        self._greet()
        if self.route.action & RouteAction.TLS:
            self._secure()
            self._greet()
        if self.route.action & _AUTHENTICATES:
            self._authenticate()

    def _greet(self) -> None:
        server = self.route.server
        helo = not server.speaks_esmtp_outbound or self.route.action & RouteAction.USE_HELO
        reply = self._command(f"{'HELO' if helo else 'EHLO'} {server.fqdn}")
        if not helo and reply.is_final:
            reply, helo = self._command(f"HELO {server.fqdn}"), True
        self._expect(reply, "The remote server refused the greeting")
        words = [line[4:].partition(" ") for line in reply.lines[1:]] if not helo else []
        self.extensions = {name.upper(): parameters for name, _, parameters in words}

    def _secure(self) -> None:
        if "STARTTLS" not in self.extensions:
            raise DeliveryFailed("TLS is required, but the remote server does not offer STARTTLS to this server.")
        self._expect(self._command("STARTTLS"), "The remote server refused STARTTLS")
        credential = self.route.server.machine.schannel.mail_credential(Side.CLIENT)
        host = self.route.address
        # Whether the service looks at the certificate is not known. By their names SmtpSSLCertHostnameValidation and
        # SmtpSSLRequireTrustedCA say so; the lab takes every certificate.
        try:
            self.wire.start_tls(credential.context(), server_side=False, host=None if _is_address(host) else host)
        except NetError as error:
            raise DeliveryFailed(f"TLS negotiation failed. {error.message}") from error
        except ssl.SSLError as error:
            raise DeliveryFailed(f"TLS negotiation failed. ({error.reason or error})") from error
        if not credential.admits(self.wire.tls_version):
            raise DeliveryFailed("TLS negotiation failed: the version is switched off.")

    def _authenticate(self) -> None:
        """Log in with AUTH LOGIN; the token exchange of integrated authentication is not simulated."""
        if self.route.action & RouteAction.NTLM:
            raise DeliveryFailed("Integrated authentication towards other servers is not simulated by the lab.")
        offered = f"{self.extensions.get('AUTH', '')} {self.extensions.get('AUTH=LOGIN', '')}".upper().split()
        if "LOGIN" not in offered and "AUTH=LOGIN" not in self.extensions:
            raise DeliveryFailed("The remote service rejected AUTH negotiation.")
        source = self.route.source
        lines = ("AUTH LOGIN", *(_base64(source.text(name)) for name in ("RouteUserName", "RoutePassword")))
        for number, line in enumerate(lines):
            reply = self._command(line, shown="AUTH" if not number else "")
            if not reply.is_good:
                raise DeliveryFailed(f"The remote service rejected AUTH negotiation. {reply.text}")

    def _hand_over(self, envelope: Envelope, content: bytes) -> dict[str, Reply]:
        size = f" SIZE={len(content)}" if "SIZE" in self.extensions else ""
        reply = self._command(f"MAIL FROM:<{envelope.sender}>{size}")
        if not reply.is_good:
            return dict.fromkeys(envelope.recipients, reply)
        replies = {name: self._command(f"RCPT TO:<{name}>") for name in envelope.recipients}
        accepted = [name for name, answer in replies.items() if answer.is_good]
        if accepted:
            answer = self._command("DATA")
            if answer.is_good:
                answer = self._send_content(content)
            replies.update(dict.fromkeys(accepted, answer))
        with contextlib.suppress(EOFError, OSError):  # the mail is handed over or refused; nothing depends on this
            self._command("QUIT")
        return replies

    def _send_content(self, content: bytes) -> Reply:
        lines = content.removesuffix(b"\r\n").split(b"\r\n")
        stuffed = (b"." + line if line.startswith(b".") else line for line in lines)
        self.wire.write(b"\r\n".join(stuffed) + b"\r\n.\r\n")
        return self._read()

    def _command(self, line: str, *, shown: str | None = None) -> Reply:
        logged = line if shown is None else shown
        if logged:
            self.log.outbound(self.route.address, self.route.port, command=logged)
        self.wire.write_line(line)
        return self._read()

    def _read(self) -> Reply:
        lines = []
        more = b"-"
        while more == b"-":
            lines.append(self.wire.read_line())
            found = _LINE.match(lines[-1])
            if found is None:
                raise OSError("the answer is not SMTP")
            more = found.group(1)
        texts = tuple(line.decode("utf-8", "replace") for line in lines)
        self.log.outbound(self.route.address, self.route.port, answer=texts[0])
        return Reply(int(texts[-1][:3]), texts)

    def _expect(self, reply: Reply, what: str) -> None:
        if not reply.is_good:
            raise DeliveryFailed(f"{what}: {reply.text}")


def _is_address(host: str) -> bool:
    return host.replace(".", "").isdecimal()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
