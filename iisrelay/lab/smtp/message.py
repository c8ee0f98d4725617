"""A message with its envelope, and the lines that SMTPSVC adds."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import datetime as dt

ENVELOPE_STREAM = "PROPERTIES"
_FILE_TIME_EPOCH_S = 11_644_473_600
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Envelope:
    """Who sends, and to whom. ``attempts`` counts the deliveries that failed."""

    sender: str
    recipients: tuple[str, ...]
    attempts: int = 0

    def without(self, recipients: set[str]) -> Self:
        """Give the envelope without recipients that are done."""
        return replace(self, recipients=tuple(name for name in self.recipients if name not in recipients))

    def to_json(self) -> str:
        """Give the text for the file's stream."""
        return json.dumps({"sender": self.sender, "recipients": self.recipients, "attempts": self.attempts})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the text of the file's stream."""
        data = json.loads(text)
        return cls(data["sender"], tuple(data["recipients"]), data["attempts"])


@dataclass(frozen=True)
class Hop:
    """How a message came: what its Received line tells."""

    greeting: str
    client: str
    fqdn: str
    version: str
    over_tls: bool
    when: dt.datetime

    @property
    def received(self) -> str:
        """Give the Received line as SMTPSVC writes it, which names neither the TLS version nor the cipher."""
        tls = " over TLS secured channel" if self.over_tls else ""
        date = format_datetime(self.when).replace("-0000", "+0000")
        return (
            f"Received: from {self.greeting} ([{self.client}]) by {self.fqdn}{tls} "
            f"with Microsoft SMTPSVC({self.version});\r\n\t {date}\r\n"
        )


def domain_of(address: str) -> str:
    """Give the domain of an address."""
    return address.rpartition("@")[2] if "@" in address else ""


def unique_name(when: dt.datetime) -> str:
    """Give a name that no other message has: the time in hexadecimal and a counter."""
    return f"{_file_time(when):016x}{next(_numbers):08x}"


class Arrival(Protocol):
    """How and when a message came."""

    @property
    def when(self) -> dt.datetime:
        """Give the moment."""

    @property
    def received(self) -> str:
        """Give the Received line."""


def stamped(content: bytes, hop: Arrival, message_id: str) -> bytes:
    """Add the lines that SMTPSVC adds: Received, and what the client left out."""
    head, separator, body = content.partition(b"\r\n\r\n")
    present = {line.partition(b":")[0].strip().lower() for line in head.split(b"\r\n")}
    added = ""
    if b"message-id" not in present:
        added += f"Message-ID: {message_id}\r\n"
    if b"date" not in present:
        added += f"Date: {format_datetime(hop.when).replace('-0000', '+0000')}\r\n"
    ticks = _file_time(hop.when)
    added += f"X-OriginalArrivalTime: {hop.when:%d %b %Y %H:%M:%S}.{hop.when.microsecond // 100:04d} (UTC) "
    added += f"FILETIME=[{ticks & 0xFFFFFFFF:08X}:{ticks >> 32:08X}]\r\n"
    if not separator:
        head, body = (head, b"") if b":" in head else (b"", head)
    lines = head + b"\r\n" if head else b""
    return hop.received.encode() + lines + added.encode() + b"\r\n" + body


def hop_count(content: bytes) -> int:
    """Count the Received lines."""
    head = content.partition(b"\r\n\r\n")[0]
    return len(re.findall(rb"^Received:", head, re.IGNORECASE | re.MULTILINE))


def _file_time(when: dt.datetime) -> int:
    return int((when.timestamp() + _FILE_TIME_EPOCH_S) * 10_000_000)
