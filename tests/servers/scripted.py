"""A peer that does what a test says: any bytes, any silence, and TLS in the middle of it."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from servers.certificates import Pair

Serve = Callable[[socket.socket], None]


@contextmanager
def scripted(serve: Serve, host: str = "127.0.0.1") -> Iterator[int]:
    """Listen, and let a function serve every connection in a thread of its own; give the port."""
    listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    stopped = threading.Event()
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def run(connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            serve(connection)

    def accept() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threads.append(threading.Thread(target=run, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in [acceptor, *threads]:
            thread.join(10)


def answers(*replies: bytes) -> Serve:
    """Greet with the first answer, and give one more for every line that arrives; then close."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(replies[0])
        lines = connection.makefile("rb")
        for reply in replies[1:]:
            if not lines.readline():
                return
            connection.sendall(reply)

    return serve


def starttls_host(
    make_context: Callable[[], ssl.SSLContext],
    *,
    before: bytes = b"250-host.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n",
    after: bytes = b"250-host.example\r\n250 AUTH LOGIN PLAIN\r\n",
) -> Serve:
    """Be a mail server with STARTTLS that answers EHLO with the given lines, before and inside TLS."""

    def serve(connection: socket.socket) -> None:
        answers(b"220 host.example ESMTP\r\n", before, b"220 go ahead\r\n")(connection)
        with make_context().wrap_socket(connection, server_side=True) as inside:
            lines = inside.makefile("rb")
            while line := lines.readline():
                inside.sendall(b"221 bye\r\n" if line.startswith(b"QUIT") else after)

    return serve


def before_raw_tls(port: int) -> Serve:
    """Speak SMTP up to STARTTLS, then hand the connection to a server that speaks TLS from the first byte."""

    def serve(connection: socket.socket) -> None:
        answers(b"220 host.example ESMTP\r\n", b"250-host.example\r\n250 STARTTLS\r\n", b"220 go\r\n")(connection)
        with socket.create_connection(("127.0.0.1", port)) as inner:
            back = threading.Thread(target=_pump, args=(inner, connection), daemon=True)
            back.start()
            _pump(connection, inner)
            back.join(10)

    return serve


def server_context(pair: Pair, ciphers: str = "ALL:@SECLEVEL=0") -> ssl.SSLContext:
    """Make the context of a server; the security level 0 lets old versions and short keys pass."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    context.load_cert_chain(pair.certificate, pair.key)
    return context


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
