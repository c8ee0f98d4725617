"""The end of the time for requests: connections are cut then, however busy the other side keeps them.

A time-out of a socket counts from one byte to the next; a host that drips bytes would never meet it.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from weakref import WeakSet

from urllib3.connection import HTTPConnection, HTTPSConnection

from iisrelay.errors import DeadlineError


class Alarm:
    """Knows the connections of one host, and cuts them when it goes off."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._end = time.monotonic()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._has_gone_off = False

    def allow(self, seconds: float) -> None:
        """Give requests so much time from now on, all together."""
        self._end = time.monotonic() + seconds

    def watch(self, wire: socket.socket | None) -> None:
        """Cut this connection, too. A connection of urllib3 may forget its socket before an answer is read."""
        if wire is not None:
            self._sockets.add(wire)

    @contextlib.contextmanager
    def armed(self) -> Iterator[None]:
        """Go off when the time is up within the block.

        Raises:
            DeadlineError: it went off.
        """
        self._has_gone_off = False
        timer = threading.Timer(self._end - time.monotonic(), self._go_off)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if self._has_gone_off:
                raise self._error() from error
            raise
        finally:
            timer.cancel()
        if self._has_gone_off:
            raise self._error()

    def _error(self) -> DeadlineError:
        return DeadlineError(
            f"{self._host} did not complete its answer in time.",
            "The script may have run or not: plan again to see what the host is like now.",
        )

    def _go_off(self) -> None:
        self._has_gone_off = True
        for wire in list(self._sockets):
            with contextlib.suppress(OSError):
                # Not an SSLSocket's own shutdown, which would take TLS from under the thread that reads.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)


def watched(pool: Any, alarm: Alarm) -> Any:
    """Make a pool of urllib3 open connections that an alarm knows of."""
    kind = _HttpsConnection if issubclass(_class_of(pool), HTTPSConnection) else _HttpConnection
    pool.ConnectionCls = partial(kind, alarm=alarm)
    return pool


def _class_of(pool: Any) -> type[HTTPConnection]:
    made: type[HTTPConnection] = type(pool).ConnectionCls
    return made


class _HttpConnection(HTTPConnection):
    def __init__(self, *arguments: Any, alarm: Alarm, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._alarm = alarm

    def _new_conn(self) -> socket.socket:
        wire = super()._new_conn()
        self._alarm.watch(wire)
        return wire


class _HttpsConnection(HTTPSConnection):
    def __init__(self, *arguments: Any, alarm: Alarm, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._alarm = alarm
        self._twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        wire = super()._new_conn()
        # TLS takes the socket over before its handshake, which never returns while a host sends empty messages.
        self._twin = wire.dup()
        self._alarm.watch(self._twin)
        return wire

    def connect(self) -> None:
        """Connect under the alarm: the way through a proxy, and the handshake of TLS."""
        try:
            super().connect()
        finally:
            if self._twin is not None:
                self._twin.close()
        self._alarm.watch(self.sock)
