"""A connection with a deadline and limits: lines before TLS, TLS, lines inside TLS."""

import contextlib
import socket
import ssl
import threading
import time
from types import TracebackType
from typing import Self

from iisrelay.tls.probe.failure import Kind, Stage, TalkError, handshake_error, talk_error
from iisrelay.tls.probe.model import Handshake

MAX_LINE_BYTES = 8_192
MAX_REPLY_BYTES = 65_536
READ_BYTES = 4_096
VERSION_NAMES = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}


class Wire:
    """A connected socket; ``peer`` is the server's address, ``stage`` is what errors are reported with."""

    def __init__(self, connection: socket.socket, peer: str, timeout_s: float) -> None:
        self.peer = peer
        self._socket = connection
        self._end = time.monotonic() + timeout_s
        self._buffer = bytearray()
        self.stage = Stage.GREETING
        # A server that sends messages without content keeps OpenSSL from ever looking at the time.
        self._twin = connection.dup()
        self._cutter = threading.Timer(timeout_s, self._cut)
        self._cutter.daemon = True
        self._cutter.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cutter.cancel()
        self._twin.close()
        self._socket.close()

    @property
    def local(self) -> str:
        """Give our own address."""
        return str(self._socket.getsockname()[0])

    @property
    def is_encrypted(self) -> bool:
        """Tell whether TLS is on."""
        return isinstance(self._socket, ssl.SSLSocket)

    def send_line(self, line: str) -> None:
        """Send a line."""
        try:
            self._arm()
            self._socket.sendall(line.encode("ascii") + b"\r\n")
        except OSError as error:
            raise talk_error(self.stage, error) from error

    def read_line(self) -> str:
        """Read a line; whatever encoding it has, it becomes printable text."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > MAX_LINE_BYTES:
                raise TalkError(self.stage, Kind.NOT_SMTP, f"sends a line of more than {MAX_LINE_BYTES} bytes")
            self._buffer += self._receive()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return "".join(
            letter if letter.isprintable() else "\ufffd" for letter in line.decode("utf-8", "replace").rstrip()
        )

    def hurry(self, timeout_s: float) -> None:
        """Allow no more time than this from now on."""
        self._end = min(self._end, time.monotonic() + timeout_s)

    def discard_input(self) -> bool:
        """Forget what the server sent without being asked; tell whether there was something."""
        had_input = bool(self._buffer)
        self._buffer.clear()
        return had_input

    def start_tls(self, context: ssl.SSLContext, server_name: str | None) -> Handshake:
        """Shake hands; lines that come and go are encrypted afterwards."""
        self.stage = Stage.HANDSHAKE
        try:
            self._arm()
            encrypted = context.wrap_socket(self._socket, server_hostname=server_name, suppress_ragged_eofs=False)
        except OSError as error:
            raise handshake_error(TimeoutError() if self._is_over else error) from error
        self._socket = encrypted
        self.stage = Stage.AFTER_TLS
        cipher, _, bits = encrypted.cipher() or ("", "", 0)
        return Handshake(VERSION_NAMES.get(encrypted.version() or "", "unknown"), cipher, bits)

    def certificates(self) -> tuple[bytes, ...]:
        """Give the certificates that the server sent, its own first, in DER."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return ()
        leaf = self._socket.getpeercert(binary_form=True)
        return _whole_chain(self._socket) or ((leaf,) if leaf else ())

    def _receive(self) -> bytes:
        try:
            self._arm()
            data = self._socket.recv(READ_BYTES)
        except OSError as error:
            raise talk_error(self.stage, TimeoutError() if self._is_over else error) from error
        if not data and self._is_over:
            raise talk_error(self.stage, TimeoutError())
        if not data:
            raise TalkError(self.stage, Kind.CLOSED, "closes the connection")
        return data

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._end

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            self._twin.shutdown(socket.SHUT_RDWR)

    def _arm(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def _whole_chain(connection: ssl.SSLSocket) -> tuple[bytes, ...]:
    """Give the chain, for which Python has a public name since 3.13, and a hidden one before."""
    chain = getattr(connection, "get_unverified_chain", None)
    if chain is not None:
        return tuple(chain())
    with contextlib.suppress(AttributeError):
        # Before 3.13: objects whose DER form has the number 2.
        certificates = connection._sslobj.get_unverified_chain() or ()  # type: ignore[attr-defined]  # noqa: SLF001
        return tuple(certificate.public_bytes(2) for certificate in certificates)
    return ()
