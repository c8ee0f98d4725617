"""How a conversation with a mail server fails, in words. These exceptions never leave the probe."""

import socket
import ssl
from enum import StrEnum

from iisrelay.tls.probe.model import Outcome


class Stage(StrEnum):
    """How far the conversation had got."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    HANDSHAKE = "handshake"
    AFTER_TLS = "after_tls"


class Kind(StrEnum):
    """What went wrong."""

    NETWORK = "network"
    SILENT = "silent"
    CLOSED = "closed"
    NOT_SMTP = "not_smtp"
    ANSWER = "answer"  # an answer by the protocol, but not the hoped-for one
    NO_STARTTLS = "no_starttls"
    HANDSHAKE = "handshake"
    UNTRUSTED = "untrusted"


class TalkError(Exception):
    """The conversation ended early; ``words`` continue the sentence "The server ..."."""

    def __init__(self, stage: Stage, kind: Kind, words: str) -> None:
        super().__init__(words)
        self.stage = stage
        self.kind = kind
        self.words = words


class HandshakeError(TalkError):
    """The TLS handshake failed; ``outcome`` tells whose doing that was."""

    def __init__(self, outcome: Outcome, words: str, kind: Kind = Kind.HANDSHAKE) -> None:
        super().__init__(Stage.HANDSHAKE, kind, words)
        self.outcome = outcome


EXPIRED = "a certificate of the chain has expired"
NOT_YET_VALID = "a certificate of the chain is not valid yet"
# By the numbers of OpenSSL (X509_V_ERR_...), whose words differ from version to version.
TRUST_WORDS = {
    9: NOT_YET_VALID,
    10: EXPIRED,
    18: "the certificate is self-signed, so nobody vouches for it",
    19: "the chain ends in a root that this machine does not trust",
    20: "the issuer is not known here: the server does not send its intermediate certificate, or this machine does not "
    "trust the root",
    21: "the server does not send its intermediate certificates",
    23: "the certificate has been revoked",
    26: "the certificate is not meant for a server",
}
ALERTS = {
    "PROTOCOL_VERSION": "refuses this version of TLS (alert protocol_version)",
    "HANDSHAKE_FAILURE": "refuses the handshake (alert handshake_failure): it does not speak this version, "
    "has no cipher suite in common, or wants a client certificate",
    "INSUFFICIENT_SECURITY": "finds the offered cipher suites too weak (alert insufficient_security)",
    "CERTIFICATE_REQUIRED": "wants a client certificate (alert certificate_required)",
    "UNRECOGNIZED_NAME": "does not know the name it was asked for (alert unrecognized_name)",
    "INTERNAL_ERROR": "has an error of its own (alert internal_error)",
}
SERVER_CHOSE_ANOTHER = frozenset({"UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "UNSUPPORTED_SSL_VERSION"})
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "BAD_RECORD_TYPE"})
# Here the server's answer was fine by its own lights, but the library of this machine does not want to go on.
LOCAL_LIMITS = frozenset(
    {
        "NO_PROTOCOLS_AVAILABLE",
        "NO_CIPHERS_AVAILABLE",
        "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED",
        "NO_SUITABLE_SIGNATURE_ALGORITHM",
        "NO_SUITABLE_DIGEST_ALGORITHM",
        "INTERNAL_ERROR",
        "WRONG_SIGNATURE_TYPE",
        "DH_KEY_TOO_SMALL",
        "EE_KEY_TOO_SMALL",
        "CA_KEY_TOO_SMALL",
        "CA_MD_TOO_WEAK",
        "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    }
)


def handshake_error(error: OSError) -> HandshakeError:
    """Tell from the error of a handshake who ended it, and why."""
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"the certificate is not trusted here: {error.verify_message}"
        return HandshakeError(Outcome.UNCLEAR, TRUST_WORDS.get(error.verify_code, words), Kind.UNTRUSTED)
    if isinstance(error, TimeoutError):
        return HandshakeError(Outcome.UNCLEAR, "does not answer the TLS handshake in time", Kind.SILENT)
    reason = getattr(error, "reason", None) or ""
    if "ALERT" in reason or reason == "UNRECOGNIZED_NAME":
        return HandshakeError(Outcome.REFUSED, _alert(reason))
    if reason in SERVER_CHOSE_ANOTHER:
        return HandshakeError(Outcome.REFUSED, "answers with another version of TLS than the one it was offered")
    if reason in NOT_TLS:
        return HandshakeError(
            Outcome.UNCLEAR, "answers the TLS handshake with something that is not TLS", Kind.NOT_SMTP
        )
    if reason in LOCAL_LIMITS:
        return HandshakeError(
            Outcome.UNTESTABLE, f"cannot be tested from here: the TLS library of this machine refuses ({reason})"
        )
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError) or "EOF" in reason:
        return HandshakeError(Outcome.REFUSED, "closes the connection at the first message of the TLS handshake")
    return HandshakeError(Outcome.UNCLEAR, f"fails in the TLS handshake: {reason or error}")


def _alert(reason: str) -> str:
    for name, words in ALERTS.items():
        if name in reason:
            return words
    name = reason.rpartition("ALERT_")[2].lower()
    return f"refuses the handshake (alert {name})"


def talk_error(stage: Stage, error: OSError) -> TalkError:
    """Tell in words what happened to a conversation before, or after, the handshake."""
    reason = getattr(error, "reason", None) or ""
    if isinstance(error, ssl.SSLError) and "ALERT" in reason:
        return HandshakeError(Outcome.REFUSED, _alert(reason))
    if isinstance(error, TimeoutError):
        return TalkError(stage, Kind.SILENT, "does not answer in time")
    if isinstance(error, ConnectionError | ssl.SSLError):
        return TalkError(stage, Kind.CLOSED, "closes the connection")
    return TalkError(stage, Kind.NETWORK, f"cannot be talked to: {error.strerror or error}")


def connect_words(error: OSError) -> str:
    """Say why no connection came about."""
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused: nothing listens on this port, or a firewall rejects it"
    if isinstance(error, TimeoutError):
        return "no answer in time: a firewall drops the packets, or the host is down"
    return f"no connection: {error.strerror or error}"


def resolve_words(host: str, error: OSError | UnicodeError) -> str:
    """Say why a name has no address."""
    if isinstance(error, UnicodeError):
        return f"{host!r} is not a host name"
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return f"the DNS servers of this machine do not answer for {host}"
    return f"DNS knows no address of {host}"
