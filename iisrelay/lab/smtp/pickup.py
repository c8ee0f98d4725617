"""The pickup folder of a virtual server: what a program puts there goes out as mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING

from iisrelay.lab.smtp.mailroom import Mailroom
from iisrelay.lab.smtp.message import Envelope, stamped, unique_name

if TYPE_CHECKING:
    import datetime as dt
    from email.message import Message

    from iisrelay.lab.smtp.server_settings import ServerSettings

_LINE_END = re.compile(rb"\r\n|\r|\n")
_ENVELOPE_LINES = re.compile(rb"^(?:x-sender|x-receiver|bcc):.*\r\n(?:[ \t].*\r\n)*", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class PickupHop:
    """How a message came: by the pickup folder, which the Received line tells in words of its own."""

    fqdn: str
    when: dt.datetime

    @property
    def received(self) -> str:
        """Give the Received line, as seen in mail; it names no version."""
        date = format_datetime(self.when).replace("-0000", "+0000")
        return f"Received: from mail pickup service by {self.fqdn} with Microsoft SMTPSVC;\r\n\t {date}\r\n"


def collect(settings: ServerSettings) -> bool:
    """Take the files from the pickup folder of a virtual server; tell whether there is mail for other servers.

    The relay list does not count here: who may write into the folder may send.
    """
    files, folder = settings.machine.files, settings.folder("PickupDirectory")
    if settings.value("ShouldPickupMail") is False or not folder or not files.is_directory(folder):
        return False
    is_queued = False
    for path in [f"{folder}\\{name}" for name in files.list(folder)]:
        if files.is_file(path) and files.size(path):  # an empty file is still being written
            is_queued |= _take(settings, files.read_bytes(path))
            files.delete(path)
    return is_queued


def _take(settings: ServerSettings, data: bytes) -> bool:
    content = _LINE_END.sub(b"\r\n", data)
    head, separator, body = content.partition(b"\r\n\r\n")
    envelope = _envelope(BytesHeaderParser().parsebytes(head))
    mailroom = Mailroom(settings)
    if not envelope.recipients:
        mailroom.give_up(envelope, data, "The message in the pickup folder names no recipient.")
        return False
    now = settings.machine.clock.now()
    identifier = f"<{settings.machine.name.upper()[:8]}{unique_name(now)}@{settings.fqdn}>"
    kept = _ENVELOPE_LINES.sub(b"", head + b"\r\n").removesuffix(b"\r\n")
    return mailroom.accept(envelope, stamped(kept + separator + body, PickupHop(settings.fqdn, now), identifier))


def _envelope(headers: Message) -> Envelope:
    """Read the envelope: X-Sender and X-Receiver where they stand, else what the message itself says."""
    sender = _addresses(headers, "X-Sender") or _addresses(headers, "From")
    recipients = _addresses(headers, "X-Receiver") or _addresses(headers, "To", "Cc", "Bcc")
    return Envelope(next(iter(sender), ""), tuple(dict.fromkeys(recipients)))


def _addresses(headers: Message, *names: str) -> list[str]:
    values = [str(value) for name in names for value in headers.get_all(name, [])]
    return [address for _, address in getaddresses(values) if "@" in address]
