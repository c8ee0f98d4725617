"""A connection that carries SMTP: lines and blocks of bytes, in clear or under TLS."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    import ssl

CHUNK_SIZE = 65536
MAX_LINE = 65536


class Wire:
    """A socket with a buffer."""

    def __init__(self, connection: socket.socket, timeout_s: float | None) -> None:
        self.connection = connection
        self.buffer = b""
        self.tls_version: str | None = None
        connection.settimeout(timeout_s)

    def read_line(self) -> bytes:
        """Read a line without its end.

        Raises:
            EOFError: the other side has closed the connection.
            OSError: it has gone, or says nothing for too long.
        """
        while b"\n" not in self.buffer:
            if len(self.buffer) > MAX_LINE:
                raise OSError("the line is too long")
            self._receive()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.removesuffix(b"\r")

    def read_bytes(self, count: int) -> bytes:
        """Read exactly a number of bytes; raises as ``read_line``."""
        while len(self.buffer) < count:
            self._receive()
        part, self.buffer = self.buffer[:count], self.buffer[count:]
        return part

    def write_line(self, line: str) -> None:
        """Send a line."""
        self.write(line.encode("utf-8", "replace") + b"\r\n")

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self.connection.sendall(data)

    def start_tls(self, context: ssl.SSLContext, *, server_side: bool, host: str | None = None) -> None:
        """Shake hands; what was sent in clear before its time is thrown away. Raises ssl.SSLError or OSError."""
        self.buffer = b""
        secured = context.wrap_socket(self.connection, server_side=server_side, server_hostname=host)
        self.connection = secured
        self.tls_version = secured.version()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self.connection.close()

    def _receive(self) -> None:
        chunk = self.connection.recv(CHUNK_SIZE)
        if not chunk:
            raise EOFError
        self.buffer += chunk
