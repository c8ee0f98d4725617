"""System.Net.Mail.Attachment, with the parts of System.Net.Mime that describe it."""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList
from iisrelay.lab.powershell.dotnet.encoding import ASCII, UTF8, Encoding
from iisrelay.lab.powershell.dotnet.file_access import open_file
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.streams import ByteStream, MemoryStream
from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

BINARY, PLAIN_TEXT = "application/octet-stream", "text/plain"


class ContentType:
    """System.Net.Mime.ContentType."""

    def __init__(self, media_type: str, name: str = "", char_set: str = "") -> None:
        self.media_type = media_type
        self.name = name
        self.char_set = char_set

    def __str__(self) -> str:
        given = [("charset", self.char_set), ("name", self.name)]
        return "; ".join([self.media_type, *(f"{name}={value}" for name, value in given if value)])


class ContentDisposition:
    """System.Net.Mime.ContentDisposition."""

    def __init__(self) -> None:
        self.inline = False
        self.file_name = ""

    @property
    def disposition_type(self) -> str:
        """Give the word that the header begins with."""
        return "inline" if self.inline else "attachment"


class Attachment:
    """System.Net.Mail.Attachment: a stream that is read when the message is sent."""

    def __init__(self, stream: ByteStream, content_type: ContentType) -> None:
        self.content_stream = stream
        self.content_type = content_type
        self.content_disposition = ContentDisposition()
        self.content_id = ""

    def content(self) -> bytes:
        """Read the whole stream, whoever has read of it before."""
        if not self.content_stream.is_closed:
            self.content_stream.position = 0
        return self.content_stream.read_rest()


class Attachments(ArrayList):
    """System.Net.Mail.AttachmentCollection."""

    __slots__ = ()

    def dispose(self) -> None:
        """Close the streams, which lets go of the files."""
        for item in self.items:
            if isinstance(item, Attachment):
                item.content_stream.close()


def attach_file(engine: Engine, path: str, media_type: str = BINARY) -> Attachment:
    """Make an attachment of a file."""
    return Attachment(open_file(engine, path, "open"), ContentType(media_type or BINARY, ntpath.basename(path)))


content_type = declare("System.Net.Mime.ContentType", python=ContentType)
content_type.properties("MediaType", "Name", "CharSet")
content_type.method("ToString")(str)
content_disposition = declare("System.Net.Mime.ContentDisposition", python=ContentDisposition)
content_disposition.properties("Inline", "FileName", "DispositionType")
attachment_base = declare("System.Net.Mail.AttachmentBase", bases=("System.IDisposable",))
attachment = declare("System.Net.Mail.Attachment", python=Attachment, bases=("System.Net.Mail.AttachmentBase",))
attachment.properties("ContentStream", "ContentType", "ContentDisposition", "ContentId")
attachment.getter("Name")(lambda value: value.content_type.name)
attachment.method("Dispose")(lambda value: value.content_stream.close())
attachments = declare(
    "System.Net.Mail.AttachmentCollection", python=Attachments, bases=("System.Collections.ArrayList",)
)
attachments.method("Dispose")(lambda value: value.dispose())


@content_type.constructor
def new_content_type(media_type: str = BINARY) -> ContentType:
    """Make a content type."""
    if "/" not in media_type.strip("/"):
        raise NetError("System.FormatException", "The specified content type is invalid.")
    return ContentType(media_type)


@content_type.setter("MediaType")
def set_media_type(value: ContentType, item: str) -> None:
    """Set the media type."""
    value.media_type = item


@content_type.setter("Name")
def set_content_name(value: ContentType, item: str) -> None:
    """Set the name."""
    value.name = item


@content_type.setter("CharSet")
def set_char_set(value: ContentType, item: str) -> None:
    """Set the name of the encoding."""
    value.char_set = item


@content_disposition.setter("Inline")
def set_inline(value: ContentDisposition, item: bool) -> None:
    """Let the attachment be shown within the message."""
    value.inline = item


@content_disposition.setter("FileName")
def set_file_name(value: ContentDisposition, item: str) -> None:
    """Set the name under which the file is to be saved."""
    value.file_name = item


@attachments.method("Add")
def add_attachment(value: Attachments, item: Attachment) -> None:
    """Add an attachment."""
    value.items.append(item)


@attachment.constructor
def new_attachment(engine: Engine, path: str, media_type: str = BINARY) -> Attachment:
    """Attach a file."""
    return attach_file(engine, path, media_type)


@attachment.constructor
def new_attachment_of_stream(stream: ByteStream, name: str, media_type: str = BINARY) -> Attachment:
    """Attach a stream under a name."""
    return Attachment(stream, ContentType(media_type or BINARY, name))


@attachment.constructor
def new_attachment_of_type(stream: ByteStream, kind: ContentType) -> Attachment:
    """Attach a stream as something."""
    return Attachment(stream, kind)


@attachment.static("CreateAttachmentFromString")
def attachment_of_text(content: str, name: str, encoding: Encoding | None = None, media_type: str = "") -> Attachment:
    """Attach a text under a name."""
    chosen = encoding or (ASCII if content.isascii() else UTF8)
    kind = ContentType(media_type or PLAIN_TEXT, name, chosen.web_name)
    return Attachment(MemoryStream(chosen.encode(content)), kind)


@attachment.setter("Name")
def set_name(value: Attachment, item: str) -> None:
    """Set the name that the recipient sees."""
    value.content_type.name = item


@attachment.setter("ContentId")
def set_content_id(value: Attachment, item: str) -> None:
    """Set what the HTML of the message refers to."""
    value.content_id = item
