"""A WinRM host in plain HTTP that answers as it should, except where a test has it do its worst."""

import base64
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from servers.scripted import Serve

ACTION = re.compile(rb"/(Create|Command|Send|Receive|Signal|Delete)</a:Action>")
MESSAGE = re.compile(rb"<a:MessageID>(uuid:[^<]+)</a:MessageID>")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
SHELL_ID = "11111111-2222-3333-4444-555555555555"
DONE = (
    f'<r:CommandState CommandId="{SHELL_ID}" State="{SHELL}/CommandState/Done">'
    "<r:ExitCode>0</r:ExitCode></r:CommandState>"
)


@dataclass(frozen=True)
class Request:
    """One request; ``action`` is "" where it carries no SOAP."""

    head: bytes
    body: bytes

    @property
    def action(self) -> str:
        found = ACTION.search(self.body)
        return found.group(1).decode() if found else ""


Answer = Callable[[Request], Iterable[bytes]]


def nasty_host(everything: Answer | None = None, **by_action: Answer) -> Serve:
    """Serve connections by answers in pieces: to everything, or to single actions (``Receive=...``)."""

    def serve(connection: socket.socket) -> None:
        connection.settimeout(60)
        reader = connection.makefile("rb")
        while request := _read(reader):
            for piece in (everything or by_action.get(request.action, proper))(request):
                connection.sendall(piece)

    return serve


def proper(request: Request) -> Iterable[bytes]:
    """Answer as a host does whose scripts print nothing."""
    bodies = {
        "Create": f'<w:Selector xmlns:w="w" Name="ShellId">{SHELL_ID}</w:Selector>',
        "Command": f"<r:CommandId>{SHELL_ID}</r:CommandId>",
        "Receive": _streams(()) + DONE,
    }
    return [http(soap(bodies.get(request.action, ""), request))]


def printing(*stdout: bytes, stderr: bytes = b"", done: bool = True) -> Answer:
    """Answer Receive with what a script has printed."""

    def answer(request: Request) -> Iterable[bytes]:
        return [http(soap(_streams(stdout, stderr) + (DONE if done else ""), request))]

    return answer


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Make an HTTP answer of a body."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/soap+xml", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def soap(body: str, request: Request | None = None) -> bytes:
    """Make an envelope."""
    found = MESSAGE.search(request.body) if request else None
    relates = found.group(1).decode() if found else ""
    return (
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:r="{SHELL}" xmlns:a="a">'
        f"<s:Header><a:RelatesTo>{relates}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _streams(stdout: Iterable[bytes], stderr: bytes = b"") -> str:
    pieces = [("stdout", data) for data in stdout] + ([("stderr", stderr)] if stderr else [])
    return "".join(
        f'<r:Stream Name="{name}" CommandId="{SHELL_ID}">{base64.b64encode(data).decode()}</r:Stream>'
        for name, data in pieces
    )


def _read(reader) -> Request | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = reader.readline()
        if not line:
            return None
        head += line
    length = LENGTH.search(head)
    return Request(head, reader.read(int(length.group(1))) if length else b"")
