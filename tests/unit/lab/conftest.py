"""Servers on loopback that speak TLS in the versions that a test asks for."""

import contextlib
import datetime as dt
import functools
import socket
import ssl
import threading

import pytest

from iisrelay.lab.windows.certificates import self_signed
from iisrelay.lab.windows.schannel import Credential, Side
from iisrelay.lab.windows.schannel.suites import OPENSSL_NAMES


@functools.cache
def certificate(*names):
    now = dt.datetime.now(dt.UTC)
    return self_signed(names, now=now, ends=now + dt.timedelta(days=30))


@pytest.fixture
def server_context():
    """Give the function that makes TLS settings of a server with exactly these protocols."""

    def make(*protocols, suites=tuple(OPENSSL_NAMES), names=("localhost",)):
        return Credential(Side.SERVER, protocols, suites).context(certificate(*names).pem)

    return make


class Server:
    """Accepts connections and gives each to a function, in a thread of its own."""

    def __init__(self, serve):
        self.serve = serve
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.twins = []
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                twin = connection.dup()  # TLS takes the other one over
                self.twins.append(twin)
                self.threads.append(threading.Thread(target=self._run, args=(connection, twin)))
                self.threads[-1].start()

    def _run(self, connection, twin):
        with twin:
            with contextlib.suppress(OSError, ssl.SSLError), connection:
                self.serve(connection)
            _hang_up(twin)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for twin in self.twins:
            _hang_up(twin)
        for thread in self.threads:
            thread.join()


def _hang_up(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def serve():
    """Start servers that end with the test: ``serve(function)`` gives the server with its port."""
    servers = []

    def start(function):
        servers.append(Server(function))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def tls_server(serve, server_context):
    """Start a server that speaks TLS at once and echoes lines: ``tls_server("TLS 1.2")`` gives its port."""

    def start(*protocols, **options):
        context = server_context(*protocols, **options)

        def echo(connection):
            with context.wrap_socket(connection, server_side=True) as secured, secured.makefile("rwb") as stream:
                stream.write(b"220 ready\r\n")
                stream.flush()
                for line in stream:
                    stream.write(b"250 " + line)
                    stream.flush()

        return serve(echo).port

    return start
