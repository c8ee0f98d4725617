"""How .NET words what goes wrong on the network."""

from __future__ import annotations

import errno
import socket

from iisrelay.lab.powershell.errors import NetError

TIMED_OUT, REFUSED, RESET, ABORTED, UNREACHABLE, NOT_FOUND = 10060, 10061, 10054, 10053, 10051, 11001
_MESSAGES = {
    TIMED_OUT: "A connection attempt failed because the connected party did not properly respond after a period of "
    "time, or established connection failed because connected host has failed to respond",
    REFUSED: "No connection could be made because the target machine actively refused it",
    RESET: "An existing connection was forcibly closed by the remote host",
    ABORTED: "An established connection was aborted by the software in your host machine",
    UNREACHABLE: "A socket operation was attempted to an unreachable network",
    NOT_FOUND: "No such host is known",
}
_CODES = {
    errno.ECONNREFUSED: REFUSED,
    errno.ECONNRESET: RESET,
    errno.ECONNABORTED: ABORTED,
    errno.EPIPE: ABORTED,
    errno.ENETUNREACH: UNREACHABLE,
    errno.EHOSTUNREACH: UNREACHABLE,
    errno.ETIMEDOUT: TIMED_OUT,
}


def code_of(error: OSError) -> int:
    """Give the Winsock code of a failure."""
    if isinstance(error, TimeoutError):
        return TIMED_OUT
    if isinstance(error, socket.gaierror):
        return NOT_FOUND
    return _CODES.get(error.errno or 0, RESET)


def socket_error(code: int, place: str = "") -> NetError:
    """Make the SocketException of a Winsock code; connecting names the place after the sentence."""
    return NetError(
        "System.Net.Sockets.SocketException",
        f"{_MESSAGES[code]} {place}".rstrip(),
        hresult=0x80004005,
        data={"NativeErrorCode": code},
    )


def transport_error(verb: str, error: OSError) -> NetError:
    """Make the IOException of a failed read or write ("read data from", "write data to")."""
    inner = socket_error(code_of(error))
    message = f"Unable to {verb} the transport connection: {inner.message}."
    return NetError("System.IO.IOException", message, inner=inner)
