"""Send-MailMessage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.encoding import (
    ASCII,
    BIG_ENDIAN,
    OEM_437,
    UNICODE,
    UTF7,
    UTF8,
    UTF32,
    WINDOWS_1252,
    Encoding,
)
from iisrelay.lab.powershell.dotnet.mail_addresses import parse_address
from iisrelay.lab.powershell.dotnet.mail_attachments import attach_file
from iisrelay.lab.powershell.dotnet.mail_message import NOTIFICATION, PRIORITY, MailMessage, set_subject
from iisrelay.lab.powershell.dotnet.security_types import PSCredential, get_network_credential
from iisrelay.lab.powershell.dotnet.smtp_client import DEFAULT_PORT, SmtpClient
from iisrelay.lab.powershell.dotnet.smtp_errors import FAILED_RECIPIENTS, SMTP_EXCEPTION
from iisrelay.lab.powershell.error_records import ErrorRecord, PowerShellError, cmdlet_class
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.nettypes import type_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.dotnet.mail_addresses import MailAddresses

CLASS = cmdlet_class("Send-MailMessage")
NO_SERVER = (
    "The email cannot be sent because no SMTP server was specified. You must specify an SMTP server by using either "
    "the SmtpServer parameter or the $PSEmailServer variable."
)
ENCODINGS = {
    "ASCII": ASCII, "UTF8": UTF8, "UTF7": UTF7, "UTF32": UTF32, "Unicode": UNICODE, "BigEndianUnicode": BIG_ENDIAN,
    "Default": WINDOWS_1252, "OEM": OEM_437,
}  # fmt: skip
_BY_NAME = {name.lower(): found for name, found in ENCODINGS.items()}
# The errors that the cmdlet writes and goes on; others end it.
_WRITTEN = (
    FAILED_RECIPIENTS,
    SMTP_EXCEPTION,
    "System.InvalidOperationException",
    "System.Security.Authentication.AuthenticationException",
)


@cmdlet(
    "Send-MailMessage",
    Param("To", "string[]", 0, mandatory=True),
    Param("Subject", "string", 1, mandatory=True, aliases=("sub",)),
    Param("Body", "string", 2, filled=True),
    Param("SmtpServer", "string", 3, aliases=("ComputerName",), filled=True),
    Param("From", "string", mandatory=True),
    Param("Attachments", "string[]", pipeline=True, aliases=("PsPath",), filled=True),
    Param("Bcc", "string[]", filled=True),
    Param("BodyAsHtml", "switch", aliases=("BAH",)),
    Param("Cc", "string[]", filled=True),
    Param("Credential", "pscredential", filled=True),
    Param("DeliveryNotificationOption", NOTIFICATION, aliases=("DNO",), filled=True),
    Param("Encoding", aliases=("BE",), filled=True),
    Param("Port", "int", since="3.0"),
    Param("Priority", PRIORITY, filled=True),
    Param("UseSsl", "switch"),
)
def send_mail_message(call: Call) -> None:
    """Send-MailMessage: send a message; what fails on the way to the server is no terminating error."""
    message = _message(call)
    client = _client(call)
    paths = enumerate_value(call.get("Attachments")) or call.input
    try:
        message.attachments.items += [attach_file(call.engine, _path(call, path)) for path in paths]
        client.send(call.engine, message)
    except NetError as error:
        _report(call, error, client)
    finally:
        message.attachments.dispose()


def _path(call: Call, given: object) -> str:
    return call.engine.resolve_path(to_string(call.engine, given))


def _message(call: Call) -> MailMessage:
    message = MailMessage()
    try:
        message.sender_address = parse_address(str(call.get("From")))
    except NetError as error:
        raise _fatal(call, error, "FormatException", "InvalidType", call.get("From")) from error
    for name, addresses in (("To", message.to), ("Bcc", message.blind_copies), ("Cc", message.copies)):
        _add_addresses(call, name, addresses)
    encoding = _encoding(call)
    message.subject_encoding = message.body_encoding = encoding
    set_subject(message, str(call.get("Subject")))
    message.body = str(call.get("Body", ""))
    message.is_body_html = call.has("BodyAsHtml")
    for name, attribute in (("Priority", "priority"), ("DeliveryNotificationOption", "delivery_notification_options")):
        setattr(message, attribute, call.get(name, getattr(message, attribute)))
    return message


def _add_addresses(call: Call, name: str, addresses: MailAddresses) -> None:
    """Take what reads as addresses; the others are errors, and the mail goes without them."""
    for text in enumerate_value(call.get(name)) or ():
        try:
            addresses.items.append(parse_address(str(text)))
        except NetError as error:
            record = ErrorRecord(error, f"FormatException,{CLASS}", "InvalidType", activity=call.name)
            call.engine.write_error_record(record)


def _encoding(call: Call) -> Encoding:
    given = call.get("Encoding", ASCII)
    if isinstance(given, Encoding):
        return given
    name = to_string(call.engine, given)
    if name.lower() in _BY_NAME:
        return _BY_NAME[name.lower()]
    # That another name is refused before anything is sent is known, the words are not.
    message = (
        f"Cannot process argument transformation on parameter 'Encoding'. '{name}' is not a supported encoding name. "
        f"Specify one of: {', '.join(ENCODINGS)}."
    )
    error = NetError("System.Management.Automation.ParameterBindingArgumentTransformationException", message)
    raise _fatal(call, error, "ParameterArgumentTransformationError", "InvalidData")


def _client(call: Call) -> SmtpClient:
    host = to_string(None, call.get("SmtpServer") or call.engine.get_variable("PSEmailServer"))
    if not host:
        raise _fatal(call, NetError("System.InvalidOperationException", NO_SERVER), "", "InvalidArgument")
    port = call.get("Port", 0)
    client = SmtpClient(host, port if isinstance(port, int) and port else DEFAULT_PORT)
    client.enable_ssl = call.has("UseSsl")
    credential = call.get("Credential")
    if isinstance(credential, PSCredential):
        client.credentials = get_network_credential(credential)
    else:
        client.use_default_credentials = not client.enable_ssl
    return client


def _report(call: Call, error: NetError, client: SmtpClient) -> None:
    """Write an error of sending; of an SmtpException with a cause, only the words of the cause are shown."""
    kind = next((name for name in _WRITTEN if type_of(error).inherits(name)), None)
    if kind is None:
        raise error
    if kind == SMTP_EXCEPTION and error.inner is not None:
        error = NetError(SMTP_EXCEPTION, error.inner.message)
    identifier = f"{kind.rsplit('.', 1)[-1]},{CLASS}"
    record = ErrorRecord(
        error, identifier, "InvalidOperation", client, activity=call.name, target_type="SmtpClient"
    )  # fmt: skip
    call.engine.write_error_record(record)


def _fatal(
    call: Call, error: NetError, identifier: str, category: str, target: object = None
) -> PowerShellError:  # fmt: skip
    """Make the error that ends the cmdlet."""
    name = f"{identifier},{CLASS}" if identifier else CLASS
    record = ErrorRecord(
        error, name, category, target, activity=call.name, target_type="" if target is None else "String"
    )  # fmt: skip
    record.invocation = call.engine.context.invocation
    return PowerShellError(record)
