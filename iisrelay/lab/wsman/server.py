"""Serves lab hosts on loopback: connections, authentication, encryption, and the shell verbs behind them."""

import asyncio
import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from iisrelay.lab.faults import Event, FaultBoard, Kind
from iisrelay.lab.wsman import encryption, soap
from iisrelay.lab.wsman.accounts import Account
from iisrelay.lab.wsman.authentication import Authentication, Headers
from iisrelay.lab.wsman.faults import WsManFault
from iisrelay.lab.wsman.http import MAX_HEAD_BYTES, SOAP_CONTENT_TYPE, BadRequestError, Request, Response, read_request
from iisrelay.lab.wsman.pipes import Lock
from iisrelay.lab.wsman.policy import InjectedFaults, Policy
from iisrelay.lab.wsman.shells import Run
from iisrelay.lab.wsman.verbs import ShellService

LOOPBACK = "127.0.0.1"
ENCRYPTION_OVERHEAD = 4096  # boundaries and signatures around a sealed envelope
SERVICE_PATH = "/wsman"
IDENTIFY_PATH = "/wsman-anon/identify"
BACKLOG = 256
Control = Callable[[Request], Awaitable[Response | None]]


@dataclass
class ServedHost:
    """A lab host as the network sees it; ``control`` may answer requests outside /wsman, ``faults`` may change."""

    name: str
    account: Account
    policy: Policy
    run: Run
    tls: ssl.SSLContext
    build: str
    faults: InjectedFaults = field(default_factory=InjectedFaults)
    control: Control | None = None
    board: FaultBoard = field(default_factory=FaultBoard)
    lock: Lock = field(default_factory=threading.RLock)
    request_count: int = 0
    is_down: bool = False

    def __post_init__(self) -> None:
        self.service = ShellService(self.name, self.policy, self.run, self.lock)


class HostListener:
    """The listeners and the open connections of one host."""

    def __init__(self, host: ServedHost) -> None:
        self.host = host
        self.http_port = 0
        self.https_port = 0
        self._servers: list[asyncio.Server] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, http_port: int = 0, https_port: int = 0) -> None:
        """Listen; a wanted port that is taken (or 0) becomes one that is free."""
        self.http_port = await self._listen(http_port, None)
        self.https_port = await self._listen(https_port, self.host.tls)

    async def _listen(self, port: int, tls: ssl.SSLContext | None) -> int:
        listening = _bound(port)
        server = await asyncio.start_server(
            self._connected, sock=listening, ssl=tls, limit=MAX_HEAD_BYTES, backlog=BACKLOG
        )
        self._servers.append(server)
        return int(listening.getsockname()[1])

    async def close(self) -> None:
        """Stop listening, end all commands, cut all connections."""
        for server in self._servers:
            server.close()
        self.host.service.shells.close()
        self.drop_connections()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def go_down(self, seconds: float) -> None:
        """End commands and connections as a machine does that restarts, and serve none for so long.

        The ports stay open: the owner of the lab still has to be answered.
        """
        self.host.is_down = seconds > 0
        self.host.service.shells.close()
        self.drop_connections()
        await asyncio.sleep(seconds)
        self.host.is_down = False

    def drop_connections(self) -> None:
        """Cut all connections, as a server does with those that were idle for too long."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await Connection(self.host, reader, writer).serve()
        finally:
            self._writers.discard(writer)
            writer.close()


def _bound(port: int) -> socket.socket:
    for candidate in (port, 0):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere the option would share the port with another program
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, candidate))
        except OSError:
            listening.close()
            continue
        return listening
    raise OSError(f"no free port on {LOOPBACK}")


class Connection:
    """One connection: requests come one after another, authentication holds for all of them."""

    def __init__(self, host: ServedHost, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer
        self._sent_bytes = 0
        tls = writer.get_extra_info("ssl_object")
        self._authentication = Authentication(
            host.account, host.policy, tls=tls is not None,
            client_certificate=tls.getpeercert(binary_form=True) if tls is not None else None,
        )  # fmt: skip

    async def serve(self) -> None:
        """Answer requests until either side closes."""
        limit = self._host.policy.max_envelope_bytes + ENCRYPTION_OVERHEAD
        while True:
            try:
                request = await read_request(self._reader, self._writer, body_limit=limit)
            except BadRequestError as error:
                await self._send(Response(error.status, closes=True))
                return
            if request is None or not await self._serve(request):
                return

    async def _serve(self, request: Request) -> bool:
        """Answer a request; tell whether the connection goes on. A fault may cut it before, amid or after that."""
        is_for_windows = _path(request) == SERVICE_PATH
        if is_for_windows and self._host.is_down:
            return False
        fault = next(iter(self._host.board.meet(Event.REQUEST)), None) if is_for_windows else None
        kind = fault.kind if fault else None
        if kind is Kind.CUT_BEFORE:
            return False
        if fault is not None and kind is Kind.HTTP_ERROR:
            return await self._send(_refusal(fault.code)) and False
        response = await self._respond(request)
        if fault is not None and kind is Kind.STALL:
            await asyncio.sleep(fault.seconds)
        if kind is Kind.CUT_DURING:
            data = response.render()
            self._writer.write(data[: len(data) // 2])
        if kind in (Kind.CUT_DURING, Kind.CUT_AFTER):
            return False
        return await self._send(response) and not response.closes and request.keeps_alive

    async def _send(self, response: Response) -> bool:
        await asyncio.sleep(self._host.faults.delay_s)
        data = response.render()
        allowed = self._host.faults.drop_after_bytes
        if allowed is not None and self._sent_bytes + len(data) > allowed:
            self._writer.write(data[: max(0, allowed - self._sent_bytes)])
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()
            return False
        self._sent_bytes += len(data)
        self._writer.write(data)
        await self._writer.drain()
        return True

    async def _respond(self, request: Request) -> Response:
        path = _path(request)
        if path == IDENTIFY_PATH:
            return Response(HTTPStatus.OK, self._identity(), SOAP_CONTENT_TYPE)
        if self._host.control is not None:
            answer = await self._host.control(request)
            if answer is not None:
                return answer
        if path != SERVICE_PATH:
            return Response(HTTPStatus.NOT_FOUND)
        self._host.request_count += 1
        if request.method != "POST":
            return Response(HTTPStatus.METHOD_NOT_ALLOWED)
        verdict = self._authentication.check(request, refused=self._host.faults.refuse_login)
        if verdict.user is None:
            return Response(HTTPStatus.UNAUTHORIZED, headers=verdict.headers)
        return await self._authenticated(request, verdict.user, verdict.headers)

    async def _authenticated(self, request: Request, user: str, headers: Headers) -> Response:
        if not request.body:
            return Response(HTTPStatus.OK, headers=headers)
        if encryption.is_encrypted(request.content_type):
            return await self._sealed(request, user, headers)
        if not (self._authentication.tls or self._host.policy.allow_unencrypted):
            return Response(HTTPStatus.INTERNAL_SERVER_ERROR, headers=headers)
        if len(request.body) > self._host.policy.max_envelope_bytes:
            return Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers=headers)
        status, body = await self._answer(request.body, user)
        return Response(status, body, SOAP_CONTENT_TYPE, headers)

    async def _sealed(self, request: Request, user: str, headers: Headers) -> Response:
        context = self._authentication.context
        if not self._authentication.seals:
            return Response(HTTPStatus.BAD_REQUEST, headers=headers)
        try:
            envelope = encryption.decrypt(request.body, context)
        except Exception:  # noqa: BLE001 - ciphertext of another context fails in many ways inside the library
            return Response(HTTPStatus.BAD_REQUEST, headers=headers)
        if len(envelope) > self._host.policy.max_envelope_bytes:
            return Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers=headers)
        status, answer = await self._answer(envelope, user)
        content_type, body = encryption.encrypt(answer, context, request.content_type)
        return Response(status, body, content_type, headers)

    async def _answer(self, envelope: bytes, user: str) -> tuple[int, bytes]:
        message_id = ""
        try:
            message = soap.Message.parse(envelope)
            message_id = message.message_id
            if message.is_identify:
                return HTTPStatus.OK, self._identity()
            return HTTPStatus.OK, soap.response(message, await self._host.service.answer(message, user))
        except WsManFault as error:
            return error.status, soap.fault(message_id, error, self._host.name)

    def _identity(self) -> bytes:
        return soap.identify_response(self._host.build, "2.0" if self._host.build.startswith("6.1") else "3.0")


def _refusal(code: int) -> Response:
    """Give the answer of a service that fails; one without a status of HTTP is overloaded."""
    status = code if code in set(HTTPStatus) else HTTPStatus.SERVICE_UNAVAILABLE
    methods = (("WWW-Authenticate", "Negotiate"),) if status == HTTPStatus.UNAUTHORIZED else ()
    return Response(status, headers=methods, closes=True)


def _path(request: Request) -> str:
    return request.path.split("?")[0].rstrip("/").lower()
