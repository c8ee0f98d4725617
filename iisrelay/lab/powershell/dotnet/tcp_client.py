"""System.Net.Sockets: TcpClient and NetworkStream over real sockets; the machine says where a name leads."""

from __future__ import annotations

import contextlib
import select
import socket
from typing import TYPE_CHECKING, Protocol, cast

from iisrelay.lab.powershell.dotnet.async_results import AsyncResult, Task
from iisrelay.lab.powershell.dotnet.live_streams import LiveStream
from iisrelay.lab.powershell.dotnet.network import IPEndPoint, parse_address
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare
from iisrelay.lab.powershell.dotnet.socket_errors import NOT_FOUND, code_of, socket_error, transport_error
from iisrelay.lab.powershell.errors import NetError, out_of_range
from iisrelay.lab.powershell.nettypes import TYPES

if TYPE_CHECKING:
    from iisrelay.lab.powershell.dotnet.network import IPAddress
    from iisrelay.lab.powershell.engine import Engine

MAX_PORT = 65535


class Network(Protocol):
    """What a machine offers to programs that connect."""

    def resolve(self, host: str) -> str:
        """Give the address that a name means; raises OSError."""

    def connect(self, host: str, port: int) -> socket.socket:
        """Open a connection; raises OSError."""


class _ProgramSocket(socket.socket):
    """A connection that a program may leave open: it ends with the program, and without a warning."""

    def __del__(self) -> None:
        self.close()


class NetworkStream(LiveStream):
    """System.Net.Sockets.NetworkStream."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self.connection = _ProgramSocket(fileno=connection.detach())

    def read(self, count: int) -> bytes:
        """Read what has come, or wait for it."""
        self._check_usable()
        self.connection.settimeout(_seconds(self.read_timeout))
        try:
            return self.connection.recv(count) if count else b""
        except OSError as error:
            raise transport_error("read data from", error) from error

    def write(self, part: bytes) -> None:
        """Send."""
        self._check_usable()
        self.connection.settimeout(_seconds(self.write_timeout))
        try:
            self.connection.sendall(part)
        except OSError as error:
            raise transport_error("write data to", error) from error

    def close(self) -> None:
        """Close the connection."""
        self.is_closed = True
        self.connection.close()

    @property
    def data_available(self) -> bool:
        """Tell whether reading would not have to wait."""
        return has_data(self.connection)

    def _check_usable(self) -> None:
        if self.is_closed or self.connection.fileno() < 0:
            raise disposed("System.Net.Sockets.NetworkStream")


class TcpClient:
    """System.Net.Sockets.TcpClient."""

    def __init__(self) -> None:
        self.stream: NetworkStream | None = None
        self.receive_timeout = 0
        self.send_timeout = 0
        self.no_delay = False
        self.is_closed = False

    @property
    def connected(self) -> bool:
        """Tell whether the client was connected and not closed since."""
        return self.stream is not None and self.stream.connection.fileno() >= 0

    @property
    def available(self) -> int:
        """Give the number of bytes that can be read at once, as far as one look tells."""
        if not self.connected or self.stream is None or not has_data(self.stream.connection):
            return 0
        return len(self.stream.connection.recv(65536, socket.MSG_PEEK))

    def connect(self, engine: Engine, host: str, port: int) -> None:
        """Connect to a port of a host."""
        if self.is_closed:
            raise disposed("System.Net.Sockets.Socket")
        if not 0 < port <= MAX_PORT:
            raise out_of_range("port")
        network = network_of(engine)
        place = ""
        try:
            place = f"{network.resolve(host)}:{port}"
            connection = network.connect(host, port)
        except OSError as error:
            raise socket_error(code_of(error) if place else NOT_FOUND, place) from error
        if self.is_closed:  # while it was being connected in the background
            connection.close()
            return
        self.stream = NetworkStream(connection)
        self._apply_timeouts()

    def get_stream(self) -> NetworkStream:
        """Give the stream of the connection."""
        if self.is_closed:
            raise disposed("System.Net.Sockets.TcpClient")
        if self.stream is None:
            raise NetError("System.InvalidOperationException", "The operation is not allowed on non-connected sockets.")
        return self.stream

    def set_timeouts(self, *, receive_ms: int | None = None, send_ms: int | None = None) -> None:
        """Set how long reading and writing wait; 0 is for ever."""
        self.receive_timeout = self.receive_timeout if receive_ms is None else receive_ms
        self.send_timeout = self.send_timeout if send_ms is None else send_ms
        self._apply_timeouts()

    def close(self) -> None:
        """Close the client and its stream."""
        self.is_closed = True
        if self.stream is not None:
            self.stream.close()

    def _apply_timeouts(self) -> None:
        if self.stream is not None:
            self.stream.read_timeout = self.receive_timeout or -1
            self.stream.write_timeout = self.send_timeout or -1


def network_of(engine: Engine) -> Network:
    """Give the machine's network; an engine without a machine has that of Python."""
    return cast("Network", getattr(engine.machine, "network", _PlainNetwork()))


class _PlainNetwork:
    def resolve(self, host: str) -> str:
        return socket.gethostbyname(host)

    def connect(self, host: str, port: int) -> socket.socket:
        return socket.create_connection((host, port))


def has_data(connection: socket.socket) -> bool:
    """Tell whether a socket can be read without waiting."""
    return connection.fileno() >= 0 and bool(select.select([connection], [], [], 0)[0])


def disposed(name: str) -> NetError:
    """Make the error of using what was closed."""
    message = f"Cannot access a disposed object.\r\nObject name: '{name}'."
    return NetError("System.ObjectDisposedException", message)


def _seconds(timeout_ms: int) -> float | None:
    return timeout_ms / 1000 if timeout_ms > 0 else None


declare("System.Net.Sockets.Socket")
_exception = Declaration(TYPES["system.net.sockets.socketexception"])
_exception.getter("ErrorCode")(lambda value: value.data.get("NativeErrorCode", 0))
stream = declare("System.Net.Sockets.NetworkStream", python=NetworkStream, bases=("System.IO.LiveStream",))
stream.properties("DataAvailable")
client = declare("System.Net.Sockets.TcpClient", python=TcpClient, bases=("System.IDisposable",))
client.constructor(lambda: TcpClient())  # noqa: PLW0108 - a class has no signature of its own here
client.properties("Connected", "Available", "ReceiveTimeout", "SendTimeout", "NoDelay")
client.method("GetStream")(lambda value: value.get_stream())
client.method("Close", "Dispose")(lambda value: value.close())
client.getter("Client")(lambda value: value)  # the socket's few members that scripts ask for are the client's own
client.setter("ReceiveTimeout")(lambda value, item: value.set_timeouts(receive_ms=int(item)))
client.setter("SendTimeout")(lambda value, item: value.set_timeouts(send_ms=int(item)))


@client.constructor
def new_connected(engine: Engine, host: str, port: int) -> TcpClient:
    """Make a client that is connected."""
    made = TcpClient()
    made.connect(engine, host, port)
    return made


@client.setter("NoDelay")
def set_no_delay(value: TcpClient, item: bool) -> None:
    """Note the wish; it makes no difference on loopback."""
    value.no_delay = item


@client.method("Connect")
def connect(engine: Engine, value: TcpClient, host: str, port: int) -> None:
    """Connect by name."""
    value.connect(engine, host, port)


@client.method("Connect")
def connect_address(engine: Engine, value: TcpClient, address: IPAddress, port: int) -> None:
    """Connect by address."""
    value.connect(engine, str(address), port)


@client.method("Connect")
def connect_end_point(engine: Engine, value: TcpClient, end_point: IPEndPoint) -> None:
    """Connect to an end point."""
    value.connect(engine, str(end_point.address), end_point.port)


@client.method("BeginConnect")
def begin_connect(
    engine: Engine, value: TcpClient, host: object, port: int, _callback: object, state: object
) -> AsyncResult:
    """Connect in the background."""
    return AsyncResult(lambda: value.connect(engine, str(host), port), state)


@client.method("EndConnect")
def end_connect(value: TcpClient, work: AsyncResult) -> None:
    """Wait for the connection; raise what went wrong."""
    del value
    work.result()


@client.method("ConnectAsync")
def connect_async(engine: Engine, value: TcpClient, host: object, port: int) -> Task:
    """Connect in the background, as a task."""
    return Task(lambda: value.connect(engine, str(host), port))


@client.getter("RemoteEndPoint")
def remote_end_point(value: TcpClient) -> IPEndPoint | None:
    """Give the other side's address."""
    with contextlib.suppress(OSError):
        host, port = value.get_stream().connection.getpeername()[:2]
        return IPEndPoint(parse_address(host), port)
    return None
