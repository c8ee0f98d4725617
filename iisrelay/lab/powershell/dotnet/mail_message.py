"""System.Net.Mail.MailMessage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.collections_more import NameValueCollection
from iisrelay.lab.powershell.dotnet.encoding import ASCII, UTF8, Encoding
from iisrelay.lab.powershell.dotnet.mail_addresses import MailAddress, MailAddresses, add_addresses, parse_address
from iisrelay.lab.powershell.dotnet.mail_attachments import Attachments
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, argument_null
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.values import NetEnum as DeliveryNotificationOptions
    from iisrelay.lab.powershell.values import NetEnum as MailPriority

PRIORITY = "System.Net.Mail.MailPriority"
NOTIFICATION = "System.Net.Mail.DeliveryNotificationOptions"
NEVER = 0x08000000
NOTIFIED = {1: "SUCCESS", 2: "FAILURE", 4: "DELAY"}
declare_enum(PRIORITY, {"Normal": 0, "Low": 1, "High": 2})
declare_enum(NOTIFICATION, {"None": 0, "OnSuccess": 1, "OnFailure": 2, "Delay": 4, "Never": NEVER}, flags=True)


class MailMessage:
    """A message with its envelope."""

    def __init__(self) -> None:
        self.sender_address: MailAddress | None = None
        self.sender: MailAddress | None = None
        self.to = MailAddresses()
        self.copies = MailAddresses()
        self.blind_copies = MailAddresses()
        self.reply_to_list = MailAddresses()
        self.subject = ""
        self.subject_encoding: Encoding | None = None
        self.body = ""
        self.body_encoding: Encoding | None = None
        self.is_body_html = False
        self.headers = NameValueCollection()
        self.attachments = Attachments()
        self.priority = NetEnum(0, PRIORITY)
        self.delivery_notification_options = NetEnum(0, NOTIFICATION)

    @property
    def recipients(self) -> list[str]:
        """List whom the server is asked to take the message for."""
        return [*self.to.plain, *self.copies.plain, *self.blind_copies.plain]

    @property
    def notification(self) -> str:
        """Give the value of NOTIFY, "" where the sender leaves it to the servers."""
        chosen = int(self.delivery_notification_options)
        if chosen == NEVER:
            return "NEVER"
        return ",".join(word for bit, word in NOTIFIED.items() if chosen & bit)

    def check(self) -> None:
        """Refuse to be sent without sender or recipient."""
        if self.sender_address is None:
            raise NetError("System.InvalidOperationException", "A from address must be specified.")
        if not self.recipients:
            raise NetError("System.InvalidOperationException", "A recipient must be specified.")


def set_subject(value: MailMessage, text: str) -> None:
    """Set the subject; line breaks would be headers of their own."""
    if "\r" in text or "\n" in text:
        message = "The specified string is not in the form required for a subject."
        raise NetError("System.ArgumentException", message)
    value.subject = text
    if value.subject_encoding is None and not text.isascii():
        value.subject_encoding = UTF8


def set_body(value: MailMessage, text: str) -> None:
    """Set the body; its letters choose an encoding unless one was chosen."""
    value.body = text
    value.body_encoding = value.body_encoding or (ASCII if text.isascii() else UTF8)


message_type = declare("System.Net.Mail.MailMessage", python=MailMessage, bases=("System.IDisposable",))
message_type.properties(
    "To", "Subject", "SubjectEncoding", "Body", "BodyEncoding", "IsBodyHtml", "Headers", "Attachments", "Priority",
    "DeliveryNotificationOptions", "ReplyToList", "Sender",
)  # fmt: skip
message_type.getter("From")(lambda value: value.sender_address)
message_type.getter("CC")(lambda value: value.copies)
message_type.getter("Bcc")(lambda value: value.blind_copies)
message_type.getter("ReplyTo")(lambda value: next(iter(value.reply_to_list), None))
message_type.method("Dispose")(lambda value: value.attachments.dispose())
message_type.setter("Subject")(set_subject)
message_type.setter("Body")(set_body)


@message_type.constructor
def new_message() -> MailMessage:
    """Make an empty message."""
    return MailMessage()


@message_type.constructor
def new_message_between(sender: MailAddress, recipient: MailAddress) -> MailMessage:
    """Make a message from one to another."""
    made = MailMessage()
    made.sender_address = sender
    made.to.items.append(recipient)
    return made


@message_type.constructor
def new_message_with(sender: str, recipients: str, subject: str = "", body: str = "") -> MailMessage:
    """Make a message; recipients stand with commas between them."""
    if not sender or not recipients:
        name = "to" if sender else "from"
        text = f"The parameter '{name}' cannot be an empty string.\r\nParameter name: {name}"
        raise NetError("System.ArgumentException", text)
    made = MailMessage()
    set_from(made, parse_address(sender))
    add_addresses(made.to, recipients)
    set_subject(made, subject)
    set_body(made, body)
    return made


@message_type.setter("From")
def set_from(value: MailMessage, item: MailAddress) -> None:
    """Set who sends."""
    if item is None:
        raise argument_null("value")
    value.sender_address = item


@message_type.setter("Sender")
def set_sender(value: MailMessage, item: MailAddress | None) -> None:
    """Set on whose behalf the sender acts."""
    value.sender = item


@message_type.setter("ReplyTo")
def set_reply_to(value: MailMessage, item: MailAddress) -> None:
    """Set where answers go."""
    value.reply_to_list.items[:] = [item]


@message_type.setter("IsBodyHtml")
def set_is_html(value: MailMessage, item: bool) -> None:
    """Tell that the body is HTML."""
    value.is_body_html = item


@message_type.setter("BodyEncoding")
def set_body_encoding(value: MailMessage, item: Encoding | None) -> None:
    """Set the encoding of the body."""
    value.body_encoding = item


@message_type.setter("SubjectEncoding")
def set_subject_encoding(value: MailMessage, item: Encoding | None) -> None:
    """Set the encoding of the subject."""
    value.subject_encoding = item


@message_type.setter("Priority")
def set_priority(value: MailMessage, item: MailPriority) -> None:
    """Set the priority."""
    value.priority = item


@message_type.setter("DeliveryNotificationOptions")
def set_notification(value: MailMessage, item: DeliveryNotificationOptions) -> None:
    """Set which reports on the delivery are wanted."""
    value.delivery_notification_options = item
