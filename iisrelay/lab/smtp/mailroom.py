"""The folders of a virtual server: what was accepted is dropped here or queued for elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.smtp.message import ENVELOPE_STREAM, Envelope, domain_of, hop_count, unique_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.smtp.server_settings import ServerSettings

SOURCE = "SMTPSVC"


class Mailroom:
    """The mail folders of one virtual server."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.files = settings.machine.files

    def accept(self, envelope: Envelope, content: bytes) -> bool:
        """Keep a message; tell whether a part of it has to go on to other servers."""
        if hop_count(content) > self.settings.number("HopCount"):
            self.give_up(envelope, content, "The message has travelled too far: the hop count is exceeded.")
            return False
        local = {name for name in envelope.recipients if self.settings.is_local(domain_of(name))}
        if local:
            self._drop(envelope, content, sorted(local))
        remote = envelope.without(local)
        if remote.recipients:
            self.store(f"NTFS_{self._unique_name()}.EML", remote, content)
        return bool(remote.recipients)

    def store(self, name: str, envelope: Envelope, content: bytes) -> None:
        """Put a message into the queue, with its envelope in a stream of the file."""
        path = self._put("QueueDirectory", name, content)
        self.files.file(path).streams[ENVELOPE_STREAM] = envelope.to_json()

    def queued(self) -> Iterator[tuple[str, Envelope, bytes]]:
        """Give the messages of the queue: name, envelope, content."""
        folder = self.settings.folder("QueueDirectory")
        for name in self.files.list(folder) if self.files.is_directory(folder) else ():
            node = self.files.find(f"{folder}\\{name}")
            if node is not None and ENVELOPE_STREAM in node.streams:
                yield name, Envelope.from_json(node.streams[ENVELOPE_STREAM]), node.data

    def keep(self, name: str, envelope: Envelope) -> None:
        """Note what is left to do for a message of the queue; without recipients it is done."""
        path = f"{self.settings.folder('QueueDirectory')}\\{name}"
        if not envelope.recipients:
            self.files.delete(path)
        else:
            self.files.file(path).streams[ENVELOPE_STREAM] = envelope.to_json()

    def give_up(self, envelope: Envelope, content: bytes, reason: str) -> None:
        """Put a message into Badmail.

        The real service first sends a report to the sender and leaves in Badmail what cannot be reported. Reports are
        not simulated, so everything undeliverable is found there.
        """
        name = self._unique_name()
        self._put("BadMailDirectory", f"{name}.BAD", content)
        self._put("BadMailDirectory", f"{name}.BDR", f"{envelope.sender}\r\n{reason}\r\n".encode())

    def warn(self, event_id: int, message: str) -> None:
        """Write a warning of the service into the System log."""
        self.settings.machine.event_log.write("System", SOURCE, event_id, message, level="Warning")

    def _drop(self, envelope: Envelope, content: bytes, recipients: list[str]) -> None:
        head = f"x-sender: {envelope.sender}\r\n" + "".join(f"x-receiver: {name}\r\n" for name in recipients)
        self._put("DropDirectory", f"{self._unique_name()}.eml", head.encode() + content)

    def _unique_name(self) -> str:
        return unique_name(self.settings.machine.clock.now())

    def _put(self, folder_property: str, name: str, content: bytes) -> str:
        folder = self.settings.folder(folder_property)
        try:
            self.files.make_directory(folder)
        except NetError as error:
            raise OSError(f"{folder_property} {folder!r}: {error.message}") from error
        path = f"{folder}\\{name}"
        self.files.write_bytes(path, content)
        return path
