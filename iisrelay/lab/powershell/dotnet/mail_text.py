"""The text of a MailMessage as System.Net.Mail writes it: headers in its order, then the body and attachments."""

from __future__ import annotations

import binascii
import uuid
from email import charset
from email.base64mime import body_encode
from email.header import Header
from email.message import Message
from email.policy import compat32
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.encoding import ASCII, UTF8, Encoding
from iisrelay.lab.powershell.dotnet.mail_addresses import MailAddress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.dotnet.mail_addresses import MailAddresses
    from iisrelay.lab.powershell.dotnet.mail_attachments import Attachment
    from iisrelay.lab.powershell.dotnet.mail_message import MailMessage
    from iisrelay.lab.powershell.dotnet.time_values import DateTime

_POLICY = compat32.clone(linesep="\r\n")
# Of MailPriority: X-Priority, Priority, Importance; a normal message has none.
_PRIORITIES = {1: ("5", "non-urgent", "low"), 2: ("1", "urgent", "high")}
_OWN = frozenset({"mime-version", "from", "sender", "to", "cc", "bcc", "date", "content-type"})


def written(message: MailMessage, moment: DateTime) -> bytes:
    """Write a message; ``moment`` is local time, which in the lab is UTC."""
    root = Message(policy=_POLICY)
    for name, text in _headers(message, moment):
        root[name] = text
    if not message.attachments:
        _fill_with_body(root, message)
        return root.as_bytes()
    root.add_header("Content-Type", "multipart/mixed", boundary=f"--boundary_0_{uuid.uuid4()}")
    body = Message(policy=_POLICY)
    _fill_with_body(body, message)
    root.attach(body)
    for item in message.attachments:
        root.attach(_part(item))  # type: ignore[arg-type] # the collection takes nothing else
    return root.as_bytes()


def _headers(message: MailMessage, moment: DateTime) -> Iterator[tuple[str, str]]:
    yield "MIME-Version", "1.0"
    yield "From", _shown(message.sender_address)
    if message.sender is not None:
        yield "Sender", _shown(message.sender)
    lists = (("To", message.to), ("Cc", message.copies), ("Reply-To", message.reply_to_list))
    yield from ((name, _listed(addresses)) for name, addresses in lists if addresses)
    words = _PRIORITIES.get(int(message.priority), ())
    yield from zip(("X-Priority", "Priority", "Importance"), words, strict=False)
    yield "Date", moment.format_with("d MMM yyyy HH:mm:ss") + " +0000"
    yield "Subject", _encoded(message.subject, message.subject_encoding or UTF8)
    for name, text in message.headers.items():
        if str(name).lower() not in _OWN:
            yield str(name), _encoded(str(text), UTF8)


def _listed(addresses: MailAddresses) -> str:
    return ", ".join(_shown(address) for address in addresses)


def _shown(address: object) -> str:
    if not isinstance(address, MailAddress) or address.display_name.isascii():
        return str(address)
    return f"{_encoded(address.display_name, UTF8)} <{address.address}>"


def _encoded(text: str, encoding: Encoding) -> str:
    """Write a header's text; UTF encodings take Base64, others Q. What an encoding cannot hold is a question mark."""
    text = encoding.decode(encoding.encode(text))
    if text.isascii():
        return text
    kind = charset.Charset(encoding.web_name.lower())
    kind.header_encoding = charset.BASE64 if encoding.codec.startswith("utf") else charset.QP
    return Header(text, kind).encode(linesep="\r\n")


def _fill_with_body(part: Message, message: MailMessage) -> None:
    encoding = message.body_encoding or ASCII
    subtype = "html" if message.is_body_html else "plain"
    part["Content-Type"] = f"text/{subtype}; charset={encoding.web_name}"
    # What is not ASCII goes as Base64, as System.Net.Mail does unless it is told otherwise.
    _fill(part, encoding.encode(message.body), quoted=message.body.isascii())


def _part(item: Attachment) -> Message:
    part = Message(policy=_POLICY)
    kind, disposition = item.content_type, item.content_disposition
    names = {"charset": kind.char_set, "name": kind.name}
    part.add_header("Content-Type", kind.media_type, **{name: text for name, text in names.items() if text})
    if item.content_id:
        part["Content-ID"] = f"<{item.content_id}>"
    file_name = {"filename": disposition.file_name} if disposition.file_name else {}
    part.add_header("Content-Disposition", disposition.disposition_type, **file_name)
    _fill(part, item.content(), quoted=False)
    return part


def _fill(part: Message, data: bytes, *, quoted: bool) -> None:
    part["Content-Transfer-Encoding"] = "quoted-printable" if quoted else "base64"
    part.set_payload(_quoted(data) if quoted else body_encode(data, maxlinelen=76, eol="\r\n"))


def _quoted(data: bytes) -> str:
    """Write as quoted-printable: only CR LF ends a line, a bare LF is written out as System.Net.Mail does."""
    lines = (binascii.b2a_qp(line, istext=False) for line in data.split(b"\r\n"))
    return "\r\n".join(line.decode("ascii").replace("=\n", "=\r\n") for line in lines)
