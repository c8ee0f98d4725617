"""How SslStream words a handshake that fails."""

from __future__ import annotations

import ssl

from iisrelay.lab.powershell.errors import NetError

CLOSED = "Authentication failed because the remote party has closed the transport stream."
_UNSUPPORTED = (0x80090302, "The function requested is not supported")
_BAD_MESSAGE = (0x80090326, "The message received was unexpected or badly formatted")
_NOTHING_IN_COMMON = (
    0x80090331,
    "The client and server cannot communicate, because they do not possess a common algorithm",
)
# What Schannel says of an alert or an answer, by OpenSSL's name of it; others count as a bad message. Inferred from
# public reports of these pairs, as no list is documented.
_STATUS = {
    "TLSV1_ALERT_PROTOCOL_VERSION": _UNSUPPORTED,
    "UNSUPPORTED_PROTOCOL": _NOTHING_IN_COMMON,
    "NO_PROTOCOLS_AVAILABLE": _NOTHING_IN_COMMON,
    "NO_CIPHERS_AVAILABLE": _NOTHING_IN_COMMON,
}
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_TOO_SMALL"})


def handshake_error(error: ssl.SSLError) -> NetError:
    """Make the exception for what OpenSSL reports."""
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return NetError("System.IO.IOException", CLOSED)
    if error.reason in _NO_TLS:
        return NetError("System.IO.IOException", "The handshake failed due to an unexpected packet format.")
    return sspi_failed(_win32(*_STATUS.get(error.reason, _BAD_MESSAGE)))


def nothing_in_common() -> NetError:
    """Make Schannel's error for an answer in a version that is switched off."""
    return _win32(*_NOTHING_IN_COMMON)


def _win32(status: int, message: str) -> NetError:
    code = status - 0x100000000
    return NetError("System.ComponentModel.Win32Exception", message, hresult=0x80004005, data={"NativeErrorCode": code})


def sspi_failed(inner: NetError) -> NetError:
    """Wrap what Schannel itself refused."""
    return NetError(
        "System.Security.Authentication.AuthenticationException",
        "A call to SSPI failed, see inner exception.",
        inner=inner,
    )
