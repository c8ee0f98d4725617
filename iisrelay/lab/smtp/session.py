"""One inbound connection: the commands of a client, answered as SMTPSVC answers."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.smtp import security
from iisrelay.lab.smtp.message import Envelope, Hop, domain_of, stamped, unique_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.smtp.logs import ProtocolLog
    from iisrelay.lab.smtp.server_settings import ServerSettings
    from iisrelay.lab.smtp.wire import Wire

_PATH = re.compile(r"^(?:FROM|TO):\s*<(?:@[^:>]*:)?([^>]*)>\s*(.*)$", re.IGNORECASE)
_SIZE = re.compile(r"\bSIZE=(\d+)", re.IGNORECASE)
# SmtpInboundCommandSupportOptions; TURN and SIZE and VRFY have no bit of their own that would be documented.
_OPTIONS = {
    0x400: ("TURN",),
    0x80: ("ETRN",),
    0x40: ("DSN",),
    0x1000: ("ENHANCEDSTATUSCODES",),
    0x400000: ("8bitmime",),
    0x200000: ("BINARYMIME",),
    0x100000: ("CHUNKING",),
}
_ORDER = (
    "TURN",
    "SIZE",
    "ETRN",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "8bitmime",
    "BINARYMIME",
    "CHUNKING",
    "VRFY",
)
CHUNKING = 0x100000
BAD_ARGUMENTS = "501 5.5.4 Invalid arguments"
BAD_ADDRESS = "501 5.5.4 Invalid Address"


class Ended(Exception):  # noqa: N818 - the end of a session is no error
    """The session ends after the answer that this carries."""


@dataclass
class Transaction:
    """The message that is being handed over."""

    sender: str | None = None
    recipients: tuple[str, ...] = ()
    chunks: bytes = b""


@dataclass(frozen=True)
class Callbacks:
    """What a session needs of the service."""

    logon: security.Logon
    accept: Callable[[ServerSettings, Envelope, bytes], None]
    log: ProtocolLog


class Session:
    """The state of one connection, and the answer to each command."""

    def __init__(self, wire: Wire, settings: ServerSettings, client: str, callbacks: Callbacks) -> None:
        self.wire = wire
        self.settings = settings
        self.client = client
        self.callbacks = callbacks
        self.greeting = ""
        self.user = ""
        self.transaction = Transaction()
        self.messages = 0
        self.session_bytes = 0
        self.verbs: dict[str, Callable[[str], str]] = {
            "HELO": self.helo, "EHLO": self.ehlo, "MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data,
            "BDAT": self.bdat, "RSET": self.rset, "NOOP": self.noop, "QUIT": self.quit, "VRFY": self.vrfy,
            "HELP": self.help, "STARTTLS": self.starttls, "AUTH": self.auth,
        }  # fmt: skip

    def run(self) -> None:
        """Serve the client until it leaves."""
        self.wire.write_line(self._banner())
        try:
            while True:
                self._answer(self.wire.read_line().decode("utf-8", "replace"))
        except Ended as ended:
            self.wire.write_line(str(ended))
        except (EOFError, OSError):
            return

    def _banner(self) -> str:
        own = self.settings.text("ConnectResponse")
        if own:
            return f"220 {self.settings.fqdn} {own}"  # that the name stays in front is inferred
        date = format_datetime(self.settings.machine.clock.now()).replace("-0000", "+0000")
        return (
            f"220 {self.settings.fqdn} Microsoft ESMTP MAIL Service, Version: {self.settings.version} ready at  {date} "
        )

    def _answer(self, line: str) -> None:
        verb, _, argument = line.strip().partition(" ")
        handler = self.verbs.get(verb.upper())
        if handler is None or not self._is_switched_on(verb.upper()):
            self.wire.write_line("500 5.3.3 Unrecognized command")
            return
        answer = handler(argument.strip())
        if answer:
            self.callbacks.log.inbound(self.client, self.greeting, verb.upper(), argument.strip(), answer)
            self.wire.write_line(answer)

    def _is_switched_on(self, verb: str) -> bool:
        return verb != "BDAT" or bool(self.settings.number("SmtpInboundCommandSupportOptions") & CHUNKING)

    # -- greetings

    def helo(self, argument: str) -> str:
        """HELO."""
        self.greeting = argument or self.client
        self.transaction = Transaction()
        return f"250 {self.settings.fqdn} Hello [{self.client}]"

    def ehlo(self, argument: str) -> str:
        """EHLO: the extensions that are switched on."""
        first = self.helo(argument)
        lines = [first.removeprefix("250 "), *self._extensions(), "OK"]
        return "\r\n".join(f"250{'-' if line != 'OK' else ' '}{line}" for line in lines)

    def _extensions(self) -> Iterator[str]:
        methods = self._methods()
        if methods:
            yield f"AUTH {' '.join(methods)}"
            if "LOGIN" in methods:
                yield "AUTH=LOGIN"
        options = self.settings.number("SmtpInboundCommandSupportOptions")
        missing = {name for bit, names in _OPTIONS.items() if not options & bit for name in names}
        size = self.settings.limit("MaxMessageSize")
        for name in _ORDER:
            if name == "SIZE":
                yield f"SIZE {size}" if size else "SIZE"
            elif name not in missing:
                yield name
        if not self.wire.tls_version and security.server_certificate(self.settings) is not None:
            yield "TLS"
            yield "STARTTLS"

    def _methods(self) -> list[str]:
        flags = self.settings.number("AuthFlags")
        integrated = ["GSSAPI", "NTLM"] if flags & security.AUTH_NTLM else []
        return integrated + (["LOGIN"] if flags & security.AUTH_BASIC else [])

    def starttls(self, argument: str) -> str:
        """STARTTLS, with what Schannel allows the server."""
        if argument:
            return BAD_ARGUMENTS
        certificate = security.server_certificate(self.settings)
        context = certificate and security.server_context(self.settings, certificate)
        if self.wire.tls_version or not context:
            return "554 5.7.3 Unable to initialize security subsystem"
        self.wire.write_line("220 2.0.0 SMTP server ready")
        try:
            self.wire.start_tls(context, server_side=True)
        except ssl.SSLError as error:
            self._note_failed_handshake(error)
            raise EOFError from error
        self.greeting = self.user = ""
        self.transaction = Transaction()
        return ""

    def _note_failed_handshake(self, error: ssl.SSLError) -> None:
        alert = 70 if error.reason in {"UNSUPPORTED_PROTOCOL", "WRONG_VERSION_NUMBER"} else 40
        message = (
            "A fatal alert was generated and sent to the remote endpoint. "
            f"The TLS protocol defined fatal error code is {alert}."
        )
        self.settings.machine.event_log.write("System", "Schannel", 36888, message, level="Error")

    def auth(self, argument: str) -> str:
        """AUTH LOGIN. The exchange of tokens of NTLM and GSSAPI is not simulated."""
        method, _, initial = argument.partition(" ")
        if self._needs_tls():
            return "530 5.7.0 Must issue a STARTTLS command first"
        if method.upper() != "LOGIN" or "LOGIN" not in self._methods():
            return "504 5.7.4 Unrecognized authentication type"
        user = security.decoded(initial or self._ask(security.USER_PROMPT))
        password = security.decoded(self._ask(security.PASSWORD_PROMPT))
        if user is None or password is None:
            return "501 5.5.4 Unable to decode response"
        if not self.callbacks.logon(user, password):
            return "535 5.7.3 Authentication unsuccessful"
        self.user = user
        return "235 2.7.0 Authentication successful"

    def _ask(self, prompt: str) -> bytes:
        self.wire.write_line(prompt)
        return self.wire.read_line()

    def _needs_tls(self) -> bool:
        return bool(self.settings.number("AccessSSLFlags") & security.ACCESS_SSL) and not self.wire.tls_version

    # -- the envelope

    def mail(self, argument: str) -> str:
        """MAIL FROM."""
        refusal = self._refusal_to_send()
        if refusal:
            return refusal
        found = _PATH.match(argument)
        if found is None or argument[:4].upper() != "FROM":
            return BAD_ADDRESS
        size = _SIZE.search(found.group(2))
        limit = self.settings.limit("MaxMessageSize")
        if size and limit and int(size.group(1)) > limit:
            return "552 5.3.4 Message size exceeds fixed maximum message size"
        self.transaction = Transaction(found.group(1))
        return f"250 2.1.0 {found.group(1)}....Sender OK"

    def _refusal_to_send(self) -> str:
        if not self.greeting and self.settings.value("SmtpMailNoHelo") is False:
            return "503 5.5.2 Send hello first"
        if self._needs_tls():
            return "530 5.7.0 Must issue a STARTTLS command first"
        if not self.user and not self.settings.number("AuthFlags") & security.AUTH_ANONYMOUS:
            return "454 5.7.3 Client was not authenticated."
        if self.transaction.sender is not None:
            return "503 5.5.2 Sender already specified"
        most = self.settings.limit("MaxBatchedMessages")
        if most and self.messages >= most:
            # The documentation says that the connection ends then, and not with which answer.
            raise Ended("421 4.4.2 Too many messages in this connection, closing transmission channel")
        return ""

    def rcpt(self, argument: str) -> str:
        """RCPT TO: relaying or not is decided here."""
        if self.transaction.sender is None:
            return "503 5.5.2 Need mail command."
        found = _PATH.match(argument)
        if found is None or argument[:2].upper() != "TO" or not found.group(1):
            return BAD_ADDRESS
        recipient = found.group(1)
        most = self.settings.limit("MaxRecipients")
        if most and len(self.transaction.recipients) >= most:
            return "452 4.5.3 Too many recipients"
        if not self._takes(domain_of(recipient)):
            return f"550 5.7.1 Unable to relay for {recipient}"
        self.transaction.recipients += (recipient,)
        return f"250 2.1.5 {recipient} "

    def _takes(self, domain: str) -> bool:
        return (
            self.settings.is_local(domain)
            or self.settings.relays_for_all(domain)
            or self.settings.may_relay(self.client, authenticated=bool(self.user))
        )

    # -- the message

    def data(self, argument: str) -> str:
        """DATA."""
        if argument:
            return BAD_ARGUMENTS
        if not self.transaction.recipients:
            return "503 5.5.2 Need Rcpt command."
        self.wire.write_line("354 Start mail input; end with <CRLF>.<CRLF>")
        return self._take_over(self._read_message())

    def _read_message(self) -> bytes:
        lines = []
        while (line := self.wire.read_line()) != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)
        return b"".join(line + b"\r\n" for line in lines)

    def bdat(self, argument: str) -> str:
        """BDAT: a chunk, or the last one."""
        size, _, last = argument.partition(" ")
        if not size.isdecimal() or last.upper() not in {"", "LAST"}:
            return BAD_ARGUMENTS
        chunk = self.wire.read_bytes(int(size))
        if not self.transaction.recipients:
            return "503 5.5.2 Need Rcpt command."
        self.transaction.chunks += chunk
        if not last:
            return f"250 2.1.5 {size} octets received"
        return self._take_over(self.transaction.chunks)

    def _take_over(self, content: bytes) -> str:
        """Judge the size, stamp the message and keep it."""
        sender, recipients = self.transaction.sender, self.transaction.recipients
        self.transaction = Transaction()
        self.session_bytes += len(content)
        for name, size in (("Message", len(content)), ("Session", self.session_bytes)):
            limit = self.settings.limit(f"Max{name}Size")
            if limit and size > limit:
                return f"552 5.3.4 {name} size exceeds fixed maximum {name.lower()} size"
        self.messages += 1
        now = self.settings.machine.clock.now()
        identifier = f"<{self.settings.machine.name.upper()[:8]}{unique_name(now)}@{self.settings.fqdn}>"
        over_tls = self.wire.tls_version is not None
        hop = Hop(self.greeting or self.client, self.client, self.settings.fqdn, self.settings.version, over_tls, now)
        try:
            self.callbacks.accept(self.settings, Envelope(sender or "", recipients), stamped(content, hop, identifier))
        except (NetError, OSError):
            return "452 4.3.1 Insufficient system storage"
        return f"250 2.6.0 {identifier} Queued mail for delivery"

    # -- the rest

    def rset(self, _argument: str) -> str:
        """RSET."""
        self.transaction = Transaction()
        return "250 2.0.0 Resetting"

    def noop(self, _argument: str) -> str:
        """NOOP."""
        return "250 2.0.0 OK"

    def vrfy(self, argument: str) -> str:
        """VRFY: no user is told."""
        return f"252 2.1.5 Cannot VRFY user, but will take message for <{argument}>"

    def help(self, _argument: str) -> str:
        """HELP: the commands."""
        verbs = " ".join(self.verbs)
        return f"214-This server supports the following commands:\r\n214 {verbs}"

    def quit(self, _argument: str) -> str:
        """QUIT."""
        raise Ended(f"221 2.0.0 {self.settings.fqdn} Service closing transmission channel")
