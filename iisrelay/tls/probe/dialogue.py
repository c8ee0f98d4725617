"""The part of SMTP that a probe speaks: greeting, EHLO or HELO, STARTTLS, QUIT."""

import contextlib
import ipaddress
import re
from dataclasses import dataclass

from iisrelay.tls.probe.failure import Kind, Stage, TalkError
from iisrelay.tls.probe.wire import MAX_REPLY_BYTES, Wire

REPLY_LINE = re.compile(r"(?P<code>[2-5]\d\d)(?P<more>[ -]?)(?P<text>.*)")
QUOTED_CHARS = 120


@dataclass(frozen=True)
class Reply:
    """An answer of the server, all its lines."""

    code: int
    lines: tuple[str, ...]

    @property
    def is_positive(self) -> bool:
        """Tell whether the server agrees."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.lines)}"[:QUOTED_CHARS].rstrip()


@dataclass(frozen=True)
class Hello:
    """What the answer to EHLO says; to HELO it says nothing."""

    esmtp: bool
    capabilities: tuple[str, ...] = ()

    @property
    def auth(self) -> tuple[str, ...]:
        """Give the AUTH mechanisms; "AUTH=LOGIN" is how old servers write them, and IIS SMTP in addition."""
        words = [word for line in self.capabilities if (word := line.upper()).startswith(("AUTH ", "AUTH="))]
        return tuple(dict.fromkeys(mechanism for line in words for mechanism in line[5:].split()))

    @property
    def offers_starttls(self) -> bool:
        """Tell whether STARTTLS is listed."""
        return any(line.upper() == "STARTTLS" for line in self.capabilities)


def read_reply(wire: Wire, transcript: list[str]) -> Reply:
    """Read an answer of one or many lines."""
    lines: list[str] = []
    size = 0
    while True:
        line = wire.read_line()
        transcript.append(f"S: {line}")
        size += len(line) + 2
        match = REPLY_LINE.fullmatch(line)
        if match is None:
            raise TalkError(
                wire.stage, Kind.NOT_SMTP, f"does not answer as a mail server does, but with {_quoted(line)}"
            )
        lines.append(match["text"].strip())
        if match["more"] != "-":
            return Reply(int(match["code"]), tuple(lines))
        if size > MAX_REPLY_BYTES:
            raise TalkError(wire.stage, Kind.NOT_SMTP, f"sends an answer of more than {MAX_REPLY_BYTES} bytes")


def read_greeting(wire: Wire, transcript: list[str]) -> str:
    """Read the greeting."""
    wire.stage = Stage.GREETING
    reply = read_reply(wire, transcript)
    if reply.code != 220:
        raise TalkError(Stage.GREETING, Kind.ANSWER, f'turns connections away with "{reply}"')
    return str(reply)


def say_hello(wire: Wire, transcript: list[str]) -> Hello:
    """Say EHLO, and HELO to a server that does not know it."""
    wire.stage = Stage.AFTER_TLS if wire.is_encrypted else Stage.EHLO
    name = _own_name(wire.local)
    reply = _ask(wire, f"EHLO {name}", transcript)
    if reply.is_positive:
        return Hello(esmtp=True, capabilities=reply.lines[1:])
    if reply.code // 100 == 4:
        raise TalkError(wire.stage, Kind.ANSWER, f'answers EHLO with "{reply}"')
    refusal = _ask(wire, f"HELO {name}", transcript)
    if not refusal.is_positive:
        raise TalkError(wire.stage, Kind.ANSWER, f'answers EHLO with "{reply}" and HELO with "{refusal}"')
    return Hello(esmtp=False)


def ask_for_tls(wire: Wire, transcript: list[str]) -> None:
    """Say STARTTLS; the handshake may begin when this returns."""
    wire.stage = Stage.STARTTLS
    reply = _ask(wire, "STARTTLS", transcript)
    if reply.code != 220:
        raise TalkError(Stage.STARTTLS, Kind.ANSWER, f'answers STARTTLS with "{reply}"')
    # Lines that follow in clear text could have been put there by anybody: what counts is said inside TLS.
    if wire.discard_input():
        transcript.append("(clear text behind the answer to STARTTLS was thrown away)")


def say_goodbye(wire: Wire) -> None:
    """Say QUIT, and do not wait for what comes of it."""
    with contextlib.suppress(TalkError):
        wire.send_line("QUIT")


def _ask(wire: Wire, line: str, transcript: list[str]) -> Reply:
    transcript.append(f"C: {line}")
    wire.send_line(line)
    return read_reply(wire, transcript)


def _own_name(address: str) -> str:
    """Greet with an address literal, which is right everywhere; names of workstations seldom are."""
    plain = ipaddress.ip_address(address.partition("%")[0])
    return f"[IPv6:{plain}]" if plain.version == 6 else f"[{plain}]"


def _quoted(line: str) -> str:
    return f'"{line[:QUOTED_CHARS]}"' if line else "an empty line"
