"""The part of HTTP/1.1 that WinRM clients use: keep-alive, Content-Length, chunked bodies and 100-continue."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

MAX_HEAD_BYTES = 64 * 1024
SOAP_CONTENT_TYPE = "application/soap+xml;charset=UTF-8"


class BadRequestError(Exception):
    """A request that cannot be understood or is too large; the connection ends with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status


@dataclass(frozen=True)
class Request:
    """A request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """Give the content type, or nothing."""
        return self.headers.get("content-type", "")

    @property
    def keeps_alive(self) -> bool:
        """Tell whether the client goes on using the connection."""
        return self.headers.get("connection", "").lower() != "close"


@dataclass(frozen=True)
class Response:
    """A response; ``closes`` ends the connection after it."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    closes: bool = False

    def render(self) -> bytes:
        """Give the response as it goes over the wire."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", "Server: Microsoft-HTTPAPI/2.0"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.content_type:
            lines.append(f"Content-Type: {self.content_type}")
        if self.closes:
            lines.append("Connection: close")
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, body_limit: int
) -> Request | None:
    """Read the next request of a connection; None when the client has closed it.

    Raises:
        BadRequestError: the request is malformed, or its body is larger than the limit.
    """
    try:
        first = await reader.readexactly(1)
        if not first.isalpha():  # a TLS handshake, most likely: say no at once instead of waiting for more
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        head = first + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from error
    method, path, headers = _parse_head(head.decode("latin-1"))
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        body = await _read_body(reader, headers, body_limit)
    except asyncio.IncompleteReadError:
        return None
    return Request(method, path, headers, body)


def _parse_head(head: str) -> tuple[str, str, dict[str, str]]:
    request_line, *header_lines = head.rstrip("\r\n").split("\r\n")
    words = request_line.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    headers = {}
    for line in header_lines:
        name, separator, value = line.partition(":")
        if not separator:
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        headers[name.strip().lower()] = value.strip()
    return words[0], words[1], headers


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str], limit: int) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _read_chunks(reader, limit)
    length = _number(headers.get("content-length", "0"), 10)
    if length > limit:
        raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return await reader.readexactly(length)


async def _read_chunks(reader: asyncio.StreamReader, limit: int) -> bytes:
    body = bytearray()
    while True:
        size = _number((await _read_line(reader)).split(";")[0], 16)
        if size == 0:
            break
        if len(body) + size > limit:
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body += await reader.readexactly(size)
        await _read_line(reader)
    while await _read_line(reader):
        pass  # trailers
    return bytes(body)


async def _read_line(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\r\n")).decode("latin-1").strip()


def _number(text: str, base: int) -> int:
    try:
        number = int(text.strip(), base)
    except ValueError as error:
        raise BadRequestError(HTTPStatus.BAD_REQUEST) from error
    if number < 0:
        raise BadRequestError(HTTPStatus.BAD_REQUEST)
    return number
