"""Message encryption of WinRM over HTTP: the multipart bodies of [MS-WSMV] 2.2.9.1, sealed by the security context."""

import re
import struct
from typing import Protocol

CREDSSP_CHUNK_BYTES = 16384
BOUNDARY = b"--Encrypted Boundary"
PARTS = re.compile(rb"--\s?Encrypted Boundary\r\n")
END = re.compile(rb"--\s?Encrypted Boundary--(\r\n)?$")
OCTET_STREAM = b"application/octet-stream\r\n"
PROTOCOL = re.compile(r'protocol="([^"]+)"')


class Wrapped(Protocol):
    """A sealed message: signature or TLS trailer, ciphertext, padding."""

    header: bytes
    data: bytes
    padding_length: int


class SecurityContext(Protocol):
    """What a completed authentication offers for sealing."""

    def wrap_winrm(self, data: bytes) -> Wrapped:
        """Seal a message."""

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Open a sealed message."""


def is_encrypted(content_type: str) -> bool:
    """Tell whether a body is sealed."""
    return content_type.lower().startswith("multipart/")


def decrypt(body: bytes, context: SecurityContext) -> bytes:
    """Open the sealed parts of a body.

    Raises:
        ValueError: the body is not in the form of a sealed message.
    """
    message = b""
    for part in PARTS.split(body):
        start = part.find(OCTET_STREAM)
        if start < 0:
            continue
        sealed = END.sub(b"", part[start + len(OCTET_STREAM) :])
        if len(sealed) < 4:
            raise ValueError("a sealed part without a signature")
        (header_length,) = struct.unpack("<i", sealed[:4])
        message += context.unwrap_winrm(sealed[4 : 4 + header_length], sealed[4 + header_length :])
    return message


def encrypt(message: bytes, context: SecurityContext, content_type: str) -> tuple[str, bytes]:
    """Seal a message the way the client sealed its own; gives the content type and the body."""
    found = PROTOCOL.search(content_type)
    protocol = found.group(1) if found else "application/HTTP-SPNEGO-session-encrypted"
    pieces = [message]
    if "credssp" in protocol.lower():
        pieces = [message[at : at + CREDSSP_CHUNK_BYTES] for at in range(0, len(message), CREDSSP_CHUNK_BYTES)]
    kind = "x-multi-encrypted" if len(pieces) > 1 else "encrypted"
    body = b"".join(_sealed_part(piece, context, protocol) for piece in pieces) + BOUNDARY + b"--\r\n"
    return f'multipart/{kind};protocol="{protocol}";boundary="Encrypted Boundary"', body


def _sealed_part(message: bytes, context: SecurityContext, protocol: str) -> bytes:
    wrapped = context.wrap_winrm(message)
    length = len(message) + wrapped.padding_length
    return (
        BOUNDARY + f"\r\n\tContent-Type: {protocol}\r\n"
        f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n".encode()
        + BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n"
        + struct.pack("<i", len(wrapped.header)) + wrapped.header + wrapped.data
    )  # fmt: skip
