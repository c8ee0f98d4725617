"""The client's side of SMTP as System.Net.Mail speaks it."""

from __future__ import annotations

import base64
import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.network import service_setting
from iisrelay.lab.powershell.dotnet.smtp_errors import (
    SMTP_EXCEPTION,
    protocol_violation,
    recipient_refused,
    recipients_refused,
    refused,
)
from iisrelay.lab.powershell.dotnet.ssl_stream import SslStream
from iisrelay.lab.powershell.dotnet.tcp_client import TcpClient
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.dotnet.live_streams import LiveStream
    from iisrelay.lab.powershell.dotnet.security_types import NetworkCredential
    from iisrelay.lab.powershell.engine import Engine

CHUNK_SIZE = 4096
MAX_LINE = 65536
NAME_NOT_FOUND = 11001
READY, DONE, GO_AHEAD, AUTHENTICATED, ASKED = 220, 250, 354, 235, 334
_LINE = re.compile(rb"(\d{3})([ -]?)(.*)", re.DOTALL)
_UNKNOWN_COMMAND = frozenset({500, 502})
_TAKEN = frozenset({250, 251})
_RECIPIENT_REFUSED = frozenset({450, 452, 550, 551, 552, 553})  # other answers refuse the whole message


@dataclass(frozen=True)
class Reply:
    """An answer: the code, and the text of every line; errors show the first."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give the text of the first line."""
        return self.lines[0]

    def expect(self, code: int) -> Reply:
        """Give the reply, or raise what another code means."""
        if self.code == code:
            return self
        raise protocol_violation(self.text) if self.code < 400 else refused(self.code, self.text)


class Conversation:
    """A connection to a server that has greeted."""

    def __init__(self, engine: Engine, host: str, port: int, timeout_ms: int) -> None:
        self.engine = engine
        self.host = host
        self.client = TcpClient()
        self.buffer = b""
        self.extensions: dict[str, str] = {}
        self.client.set_timeouts(receive_ms=timeout_ms, send_ms=timeout_ms)
        self.stream: LiveStream = self._connected(port)
        self._read().expect(READY)

    def _connected(self, port: int) -> LiveStream:
        try:
            self.client.connect(self.engine, self.host, port)
        except NetError as error:
            unknown = error.data.get("NativeErrorCode") == NAME_NOT_FOUND
            reason = f"The remote name could not be resolved: '{self.host}'"
            message = reason if unknown else "Unable to connect to the remote server"
            raise NetError("System.Net.WebException", message, inner=None if unknown else error) from error
        return self.client.get_stream()

    def greet(self) -> None:
        """EHLO, or HELO where the server does not know that."""
        name = str(getattr(self.engine.machine, "name", "localhost"))
        reply = self.command(f"EHLO {name}")
        if reply.code in _UNKNOWN_COMMAND:
            self.command(f"HELO {name}").expect(DONE)
            self.extensions = {"AUTH": "LOGIN"}
            return
        words = [line.replace("=", " ", 1).partition(" ") for line in reply.expect(DONE).lines[1:]]
        self.extensions = {}
        for keyword, _, parameters in words:
            known = self.extensions.get(keyword.upper(), "")
            self.extensions[keyword.upper()] = f"{known} {parameters}".strip().upper()

    def start_tls(self) -> None:
        """STARTTLS, with what ServicePointManager says of protocols and certificates."""
        if "STARTTLS" not in self.extensions:
            raise NetError(SMTP_EXCEPTION, "Server does not support secure connections.")
        self.command("STARTTLS").expect(READY)
        callback = service_setting(self.engine, "ServerCertificateValidationCallback")
        protocols = service_setting(self.engine, "SecurityProtocol")
        secured = SslStream(self.stream, leave_open=False, validation=callback)
        secured.authenticate(self.engine, self.host, int(protocols) if isinstance(protocols, NetEnum) else 0)
        self.stream, self.buffer = secured, b""
        self.greet()

    def log_in(self, credential: NetworkCredential) -> None:
        """AUTH LOGIN, where it is offered: NTLM and Kerberos, which would be tried before, the lab does not simulate.

        A refusal is no failure to SmtpClient: it goes on, and the server says at MAIL what it thinks of that.
        """
        if not credential.user_name or "LOGIN" not in self.extensions.get("AUTH", "").split():
            return
        user = f"{credential.domain}\\{credential.user_name}" if credential.domain else credential.user_name
        if self.command(f"AUTH login {_base64(user)}").code == ASKED:
            self.command(_base64(credential.password))

    def send(self, sender: str, recipients: list[str], content: bytes, notify: str) -> NetError | None:
        """Hand a message over; give what became of recipients whom the server refused while it took others.

        Raises:
            NetError: nobody gets the message.
        """
        self.command(f"MAIL FROM:<{sender}>").expect(DONE)
        parameter = f" NOTIFY={notify}" if notify and "DSN" in self.extensions else ""
        failures = [failure for name in recipients if (failure := self._offer(name, parameter)) is not None]
        everybody = len(failures) == len(recipients)
        failure = recipients_refused(failures, everybody=everybody) if failures else None
        if failure is not None and everybody:
            raise failure
        self.command("DATA").expect(GO_AHEAD)
        self._write(_stuffed(content))
        self._read().expect(DONE)
        return failure

    def _offer(self, recipient: str, parameter: str) -> NetError | None:
        reply = self.command(f"RCPT TO:<{recipient}>{parameter}")
        if reply.code in _TAKEN:
            return None
        if reply.code in _RECIPIENT_REFUSED:
            return recipient_refused(reply.code, reply.text, recipient)
        reply.expect(DONE)
        return None

    def quit(self) -> None:
        """QUIT; nothing depends on the answer."""
        with contextlib.suppress(NetError):
            self.command("QUIT")

    def close(self) -> None:
        """Close the connection."""
        self.stream.close()

    def command(self, line: str) -> Reply:
        """Send a command and read the answer."""
        self._write(line.encode("utf-8", "replace") + b"\r\n")
        return self._read()

    def _write(self, data: bytes) -> None:
        self.stream.write(data)

    def _read(self) -> Reply:
        lines, code, more = [], 0, b"-"
        while more == b"-":
            found = _LINE.fullmatch(self._read_line())
            if found is None:
                raise NetError("System.FormatException", "Smtp server returned an invalid response.")
            code, more = int(found[1]), found[2]
            lines.append(found[3].decode("utf-8", "replace").strip())
        return Reply(code, tuple(lines))

    def _read_line(self) -> bytes:
        while b"\n" not in self.buffer:
            chunk = self.stream.read(CHUNK_SIZE) if len(self.buffer) < MAX_LINE else b""
            if not chunk:  # the words lack their text in System.dll itself
                message = "Unable to read data from the transport connection: net_io_connectionclosed."
                raise NetError("System.IO.IOException", message)
            self.buffer += chunk
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.removesuffix(b"\r")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _stuffed(content: bytes) -> bytes:
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
