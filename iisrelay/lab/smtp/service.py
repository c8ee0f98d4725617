"""The SMTP service of a machine: a real listener for every end point of a started virtual server."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.smtp import pickup
from iisrelay.lab.smtp.logs import ProtocolLog
from iisrelay.lab.smtp.mailroom import Mailroom
from iisrelay.lab.smtp.queue import DeliveryQueue
from iisrelay.lab.smtp.server_settings import ServerSettings
from iisrelay.lab.smtp.session import Callbacks, Session
from iisrelay.lab.smtp.wire import Wire
from iisrelay.lab.windows.metabase.virtual_servers import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.smtp.message import Envelope
    from iisrelay.lab.smtp.security import Logon
    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.metabase.virtual_servers import RunTime

LOOPBACK = "127.0.0.1"
CONNECTION_TIMEOUT_S = 600
Endpoint = tuple[str, int]


@dataclass(frozen=True)
class Listener:
    """A socket in place of one end point of a virtual server."""

    endpoint: Endpoint
    server: str
    socket: socket.socket

    @property
    def port(self) -> int:
        """Give the real port."""
        return int(self.socket.getsockname()[1])


class SmtpService:
    """Follows the run-time state of the virtual servers: ``refresh`` opens and closes listeners accordingly.

    ``logon`` judges user and password of a client; ``changed`` is told when mail has changed the machine. All work is
    done in threads, without the machine's lock: the real service runs beside the programs of the machine, and a script
    that sends mail to it waits for the answer.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        logon: Logon = lambda _user, _password: False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.machine = machine
        self.logon = logon
        self.changed = changed
        self.listeners: dict[Endpoint, Listener] = {}
        self.logs: dict[str, ProtocolLog] = {}
        self._seen: dict[str, RunTime] = {}
        self.queue = DeliveryQueue(self._started_servers, changed)
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._closing = False
        machine.network.before_connect = self.refresh

    @property
    def ports(self) -> dict[str, int]:
        """Give the real loopback port for every end point, such as ``127.0.0.1:2525`` or ``*:25``."""
        return {f"{address or '*'}:{port}": found.port for (address, port), found in sorted(self.listeners.items())}

    def refresh(self) -> None:
        """Listen where started virtual servers listen, and nowhere else; take up what lies in their pickup folders."""
        with self._lock:
            wanted = self._wanted()
            for endpoint, listener in list(self.listeners.items()):
                if wanted.get(endpoint) != listener.server:
                    self._drop(listener)
            for endpoint, server in wanted.items():
                if endpoint not in self.listeners:
                    self._open(endpoint, server)
            self.machine.network.published = {endpoint: found.port for endpoint, found in self.listeners.items()}
            started = self._newly_started(set(wanted.values()))
        if self._has_mail(started):
            self.queue.notify(retry=True)
        self._pick_up()

    def _pick_up(self) -> None:
        """Look into the pickup folders, which the real service watches and the lab whenever a script has run."""
        with self._lock:
            for settings, _ in self._started_servers():
                with contextlib.suppress(NetError, OSError):  # what cannot be taken stays for the next look
                    if pickup.collect(settings):
                        self.queue.notify()

    def close(self) -> None:
        """Stop listening and delivering."""
        with self._lock:
            self._closing = True
            for listener in list(self.listeners.values()):
                self._drop(listener)
            self.machine.network.published = {}
            self._wake()
        self.queue.close()
        if self._thread is not None:
            self._thread.join()
        self._selector.close()
        self._waker.close()
        self._woken.close()

    def settings(self, server: str) -> ServerSettings | None:
        """Give the settings of a virtual server by its number, while it exists."""
        key = next((key for key in self.machine.metabase.server_keys() if key.name.lower() == server), None)
        return None if key is None else ServerSettings(self.machine, key)

    def _wanted(self) -> dict[Endpoint, str]:
        if self._closing:
            return {}
        run_times = self.machine.metabase.virtual_servers.run_times
        return {
            endpoint: server
            for server, run_time in list(run_times.items())
            if run_time.state is State.STARTED
            for endpoint in run_time.endpoints
        }

    def _newly_started(self, servers: set[str]) -> set[str]:
        """Give the virtual servers that were started since the last look; every start has run-time data of its own."""
        run_times = self.machine.metabase.virtual_servers.run_times
        before, self._seen = self._seen, {server: run_times[server] for server in servers if server in run_times}
        started = {server for server, run_time in self._seen.items() if before.get(server) is not run_time}
        for server in started:
            self.logs.pop(server, None)
        return started

    def _started_servers(self) -> list[tuple[ServerSettings, ProtocolLog]]:
        found = ((server, self.settings(server)) for server in dict.fromkeys(self._wanted().values()))
        return [(settings, self._log(server, settings)) for server, settings in found if settings is not None]

    def _has_mail(self, servers: set[str]) -> bool:
        found = (self.settings(server) for server in servers)
        return any(settings is not None and next(Mailroom(settings).queued(), None) for settings in found)

    def _log(self, server: str, settings: ServerSettings) -> ProtocolLog:
        return self.logs.setdefault(server, ProtocolLog(settings))

    # -- sockets

    def _open(self, endpoint: Endpoint, server: str) -> None:
        listener = Listener(endpoint, server, socket.create_server((LOOPBACK, 0), backlog=128))
        listener.socket.setblocking(False)
        self.listeners[endpoint] = listener
        self._selector.register(listener.socket, selectors.EVENT_READ, listener)
        self._wake()
        if self._thread is None:
            self._thread = threading.Thread(target=self._accept_all, name="smtp-listener", daemon=True)
            self._thread.start()

    def _drop(self, listener: Listener) -> None:
        del self.listeners[listener.endpoint]
        self._selector.unregister(listener.socket)
        listener.socket.close()
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")

    def _accept_all(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._woken.recv(4096)
                else:
                    self._accept(key.data)

    def _accept(self, listener: Listener) -> None:
        try:
            connection, peer = listener.socket.accept()
        except OSError:
            return  # closed meanwhile, or the client has gone
        connection.setblocking(True)
        threading.Thread(
            target=self._serve, args=(listener, connection, peer), name="smtp-session", daemon=True
        ).start()

    # -- sessions

    def _serve(self, listener: Listener, connection: socket.socket, peer: tuple[str, int]) -> None:
        client, _ = self.machine.network.peers.pop(peer[1], (peer[0], listener.endpoint[0]))
        settings = self.settings(listener.server)
        started = self._wanted().get(listener.endpoint) == listener.server
        # Who is not on the connection list is disconnected without a word; inferred, as no source quotes an answer.
        if settings is None or not started or not settings.may_connect(client):
            connection.close()
            return
        wire = Wire(connection, settings.number("ConnectionTimeout") or CONNECTION_TIMEOUT_S)
        try:
            callbacks = Callbacks(self.logon, self._accepted, self._log(listener.server, settings))
            Session(wire, settings, client, callbacks).run()
        finally:
            wire.close()

    def _accepted(self, settings: ServerSettings, envelope: Envelope, content: bytes) -> None:
        if Mailroom(settings).accept(envelope, content):
            self.queue.notify()
        self.changed()
