"""The first conversation with a server, which finds out how it speaks, and one attempt with each version of TLS."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from iisrelay.tls.ciphers import standard_name
from iisrelay.tls.probe import contexts
from iisrelay.tls.probe.dialogue import Hello, ask_for_tls, read_greeting, say_goodbye, say_hello
from iisrelay.tls.probe.endpoint import Endpoint
from iisrelay.tls.probe.failure import HandshakeError, Kind, Stage, TalkError
from iisrelay.tls.probe.model import Handshake, Outcome, ProtocolResult, TlsMode
from iisrelay.tls.probe.wire import Wire

# Here TLS usually begins with the first byte, so a server that says nothing is not waited for.
IMPLICIT_PORTS = frozenset({465, 2465, 8465, 443})
FIRST_WORD_S = 3.0


@dataclass
class Look:
    """What a conversation has shown so far; ``failure`` is how it ended before its end."""

    mode: TlsMode = TlsMode.NONE
    address: str | None = None
    banner: str | None = None
    before: Hello | None = None
    after: Hello | None = None
    handshake: Handshake | None = None
    certificates: tuple[bytes, ...] = ()
    verification_error: str | None = None
    failure: TalkError | None = None
    transcript: list[str] = field(default_factory=list)


def look(endpoint: Endpoint, context: ssl.SSLContext) -> Look:
    """Find out how a server speaks: the usual way, or with TLS from the first byte."""
    first, second = _implicit, _usual
    if endpoint.port not in IMPLICIT_PORTS:
        first, second = _usual, _implicit
    seen = first(endpoint, context)
    if not _may_speak_the_other_way(seen):
        return seen
    other = second(endpoint, context)
    # Two ways failed: the usual one has more to say.
    return other if other.handshake or other.banner else (seen if first is _usual else other)


def check_trust(endpoint: Endpoint, mode: TlsMode, context: ssl.SSLContext) -> str | None:
    """Tell what is wrong with the chain in words, nothing ("") if it is trusted, None if nobody can tell."""
    try:
        with _shaken_hands(endpoint, mode, context, Look()) as wire:
            say_goodbye(wire)
    except HandshakeError as error:
        return error.words if error.kind is Kind.UNTRUSTED else None
    except TalkError:
        return None
    return ""


def try_version(
    endpoint: Endpoint, mode: TlsMode, version: str, context: ssl.SSLContext | None = None
) -> ProtocolResult:
    """Shake hands with exactly one version of TLS, and see whether the server answers inside."""
    if not contexts.can_offer(version):
        words = "cannot be tested from here: the TLS library of this machine does not offer it"
        return ProtocolResult(version, Outcome.UNTESTABLE, explanation=words)
    seen = Look()
    try:
        with _shaken_hands(endpoint, mode, context or contexts.pinned(version), seen) as wire:
            if version == "TLS 1.3":
                _wait_for_word(wire, mode)
            say_goodbye(wire)
    except HandshakeError as error:
        return ProtocolResult(version, error.outcome, explanation=error.words)
    except TalkError as error:
        return ProtocolResult(version, Outcome.UNCLEAR, explanation=f"{error.words} ({error.stage})")
    agreed = seen.handshake or Handshake(version, "", 0)
    return ProtocolResult(version, Outcome.ACCEPTED, agreed.cipher, agreed.bits)


def _wait_for_word(wire: Wire, mode: TlsMode) -> None:
    """See whether the server goes on: one that wants a client certificate ends TLS 1.3 after it seems agreed on."""
    wire.hurry(FIRST_WORD_S)
    try:
        if mode is TlsMode.IMPLICIT:
            read_greeting(wire, [])
        else:
            say_hello(wire, [])
    except TalkError as error:
        if error.kind in (Kind.HANDSHAKE, Kind.CLOSED):
            raise


def _usual(endpoint: Endpoint, context: ssl.SSLContext) -> Look:
    return _converse(endpoint, TlsMode.STARTTLS, context, _after_starttls)


def _implicit(endpoint: Endpoint, context: ssl.SSLContext) -> Look:
    return _converse(endpoint, TlsMode.IMPLICIT, context, _inside_implicit)


def _converse(endpoint: Endpoint, mode: TlsMode, context: ssl.SSLContext, go_on: Callable[[Wire, Look], None]) -> Look:
    seen = Look()
    try:
        with _shaken_hands(endpoint, mode, context, seen) as wire:
            go_on(wire, seen)
            say_goodbye(wire)
    except TalkError as error:
        seen.failure = error
    return seen


def _after_starttls(wire: Wire, seen: Look) -> None:
    seen.after = say_hello(wire, seen.transcript)


def _inside_implicit(wire: Wire, seen: Look) -> None:
    seen.banner = read_greeting(wire, seen.transcript)
    seen.after = say_hello(wire, seen.transcript)


@contextmanager
def _shaken_hands(endpoint: Endpoint, mode: TlsMode, context: ssl.SSLContext, seen: Look) -> Iterator[Wire]:
    """Connect and get TLS going; what is seen on the way is noted."""
    with endpoint.connect() as wire:
        seen.address = wire.peer
        if mode is TlsMode.STARTTLS:
            seen.banner = read_greeting(wire, seen.transcript)
            seen.before = say_hello(wire, seen.transcript)
            if not seen.before.offers_starttls:
                say_goodbye(wire)
                raise TalkError(Stage.EHLO, Kind.NO_STARTTLS, "does not offer STARTTLS")
            ask_for_tls(wire, seen.transcript)
            seen.mode = mode  # the server is willing, whatever becomes of this handshake
        agreed = wire.start_tls(context, endpoint.indicated_name)
        seen.mode = mode
        seen.handshake = replace(agreed, cipher=standard_name(agreed.cipher))
        seen.certificates = wire.certificates()
        seen.transcript.append(f"({agreed.version}, {seen.handshake.cipher})")
        yield wire


def _may_speak_the_other_way(seen: Look) -> bool:
    failure = seen.failure
    if failure is None or seen.handshake is not None:
        return False
    if failure.stage is Stage.GREETING:
        return failure.kind in (Kind.SILENT, Kind.CLOSED, Kind.NOT_SMTP)
    return failure.stage is Stage.HANDSHAKE and seen.before is None
