"""System.Net.Mail.SmtpClient: real SMTP to wherever the machine's network leads, or a file in a pickup folder."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.async_results import Task
from iisrelay.lab.powershell.dotnet.file_access import absolute, files_of
from iisrelay.lab.powershell.dotnet.mail_message import MailMessage, new_message_with
from iisrelay.lab.powershell.dotnet.mail_text import written
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.security_types import NetworkCredential
from iisrelay.lab.powershell.dotnet.smtp_conversation import Conversation
from iisrelay.lab.powershell.dotnet.smtp_errors import SMTP_EXCEPTION, sending_failed, timed_out
from iisrelay.lab.powershell.dotnet.socket_errors import TIMED_OUT
from iisrelay.lab.powershell.dotnet.time_values import now
from iisrelay.lab.powershell.errors import NetError, argument_error, argument_null, out_of_range
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import NetEnum as SmtpDeliveryMethod

DELIVERY_METHOD = "System.Net.Mail.SmtpDeliveryMethod"
NETWORK, FOLDER, IIS_FOLDER = range(3)
DEFAULT_PORT = 25
DEFAULT_TIMEOUT_MS = 100_000
_AS_IT_IS = (SMTP_EXCEPTION, "System.Security.Authentication.AuthenticationException")
declare_enum(
    DELIVERY_METHOD, {"Network": NETWORK, "SpecifiedPickupDirectory": FOLDER, "PickupDirectoryFromIis": IIS_FOLDER}
)


class SmtpClient:
    """A sender of mail. Every message has a connection of its own, where .NET may use one for several."""

    def __init__(self, host: str = "", port: int = DEFAULT_PORT) -> None:
        self.host = host
        self.port = port
        self.credentials: NetworkCredential | None = None
        self.use_default_credentials = False
        self.enable_ssl = False
        self.timeout = DEFAULT_TIMEOUT_MS
        self.delivery_method = NetEnum(NETWORK, DELIVERY_METHOD)
        self.pickup_directory_location = ""

    def __str__(self) -> str:
        return "System.Net.Mail.SmtpClient"

    def send(self, engine: Engine, message: MailMessage) -> None:
        """Send a message; raises the exceptions of SmtpClient.Send."""
        if self.delivery_method == NETWORK and not self.host:
            raise NetError("System.InvalidOperationException", "The SMTP host was not specified.")
        message.check()
        try:
            failure = self._post(engine, message)
        except NetError as error:
            raise _sending_error(error) from error
        if failure is not None:
            raise failure

    def _post(self, engine: Engine, message: MailMessage) -> NetError | None:
        if self.delivery_method == NETWORK:
            return self._speak(engine, message)
        if self.enable_ssl:
            text = "SSL must not be enabled for pickup-directory delivery methods."
            raise NetError(SMTP_EXCEPTION, text)
        self._put_down(engine, message)
        return None

    def _speak(self, engine: Engine, message: MailMessage) -> NetError | None:
        """Send over the network.

        UseDefaultCredentials logs in with NTLM where a server offers it; the lab simulates no NTLM, the mail goes
        without a login.
        """
        conversation = Conversation(engine, self.host, self.port, self.timeout)
        try:
            conversation.greet()
            if self.enable_ssl:
                conversation.start_tls()
            if self.credentials is not None:
                conversation.log_in(self.credentials)
            content = written(message, now(engine))
            failure = conversation.send(_sender(message), message.recipients, content, message.notification)
            conversation.quit()
        finally:
            conversation.close()
        return failure

    def _put_down(self, engine: Engine, message: MailMessage) -> None:
        folder = self.pickup_directory_location if self.delivery_method == FOLDER else _iis_folder(engine)
        if folder[1:3] != ":\\" and not folder.startswith("\\\\"):
            raise NetError(SMTP_EXCEPTION, "Only absolute directories are allowed for pickup directory.")
        receivers = "".join(f"X-Receiver: {name}\r\n" for name in message.recipients)
        head = f"X-Sender: {_sender(message)}\r\n{receivers}"
        path = absolute(engine, f"{folder}\\{uuid.uuid4()}.eml")
        files_of(engine).write_bytes(path, head.encode() + written(message, now(engine)))


def _sender(message: MailMessage) -> str:
    """Give the envelope's sender: Sender where that is set."""
    sender = message.sender or message.sender_address
    return sender.address if sender is not None else ""


def _iis_folder(engine: Engine) -> str:
    """Give the pickup folder of the machine's first virtual server.

    The real client asks the metabase for the first one that runs; which one that is with several is not documented.
    """
    metabase = getattr(engine.machine, "metabase", None)
    key = next(metabase.server_keys(), None) if metabase is not None else None
    found = metabase.read(key, "PickupDirectory") if metabase is not None and key is not None else None
    if found is None:
        raise NetError(SMTP_EXCEPTION, "Cannot get IIS pickup directory.")
    return str(found.value)


def _sending_error(error: NetError) -> NetError:
    """Give the exception that leaves Send for one that came up within."""
    kind = type_of(error)
    if any(kind.inherits(name) for name in _AS_IT_IS):
        return error
    waited = error.inner is not None and error.inner.data.get("NativeErrorCode") == TIMED_OUT
    return timed_out() if waited and error.type_name == "System.IO.IOException" else sending_failed(error)


client_type = declare("System.Net.Mail.SmtpClient", python=SmtpClient, bases=("System.IDisposable",))
client_type.properties(
    "Host", "Port", "Credentials", "UseDefaultCredentials", "EnableSsl", "Timeout", "DeliveryMethod",
    "PickupDirectoryLocation",
)  # fmt: skip
client_type.getter("TargetName")(lambda value: f"SMTPSVC/{value.host}")
client_type.method("Dispose")(lambda _value: None)


@client_type.constructor
def new_client(host: str = "", port: int = DEFAULT_PORT) -> SmtpClient:
    """Make a client of a server."""
    if port < 0:
        raise out_of_range("port")
    return SmtpClient(host.strip(), port or DEFAULT_PORT)


@client_type.setter("Host")
def set_host(value: SmtpClient, item: str) -> None:
    """Set the server."""
    if not item:
        raise argument_error("value", "This property cannot be set to an empty string.")
    value.host = item.strip()


@client_type.setter("Port")
def set_port(value: SmtpClient, item: int) -> None:
    """Set the server's port."""
    if item <= 0:
        raise out_of_range("value")
    value.port = item


@client_type.setter("Credentials")
def set_credentials(value: SmtpClient, item: NetworkCredential | None) -> None:
    """Set how to log in."""
    value.credentials = item
    value.use_default_credentials = False


@client_type.setter("UseDefaultCredentials")
def set_default_credentials(value: SmtpClient, item: bool) -> None:
    """Log in as the user whom the program runs for; setting either value forgets other credentials, as in .NET."""
    value.use_default_credentials = item
    value.credentials = None


@client_type.setter("EnableSsl")
def set_ssl(value: SmtpClient, item: bool) -> None:
    """Ask for STARTTLS."""
    value.enable_ssl = item


@client_type.setter("Timeout")
def set_timeout(value: SmtpClient, item: int) -> None:
    """Set how long sending may wait, in milliseconds."""
    if item < 0:
        raise out_of_range("value")
    value.timeout = item


@client_type.setter("DeliveryMethod")
def set_method(value: SmtpClient, item: SmtpDeliveryMethod) -> None:
    """Set how mail goes: over the network, or by a pickup folder."""
    value.delivery_method = item


@client_type.setter("PickupDirectoryLocation")
def set_folder(value: SmtpClient, item: str) -> None:
    """Set the pickup folder."""
    value.pickup_directory_location = item


@client_type.method("Send")
def send_message(engine: Engine, value: SmtpClient, message: MailMessage) -> None:
    """Send a message."""
    if message is None:
        raise argument_null("message")
    value.send(engine, message)


@client_type.method("Send")
def send_text(  # noqa: PLR0917 - the parameters are .NET's
    engine: Engine, value: SmtpClient, sender: str, recipients: str, subject: str, body: str
) -> None:
    """Send a text."""
    value.send(engine, new_message_with(sender, recipients, subject, body))


@client_type.method("SendMailAsync")
def send_as_task(engine: Engine, value: SmtpClient, message: MailMessage) -> Task:
    """Send a message as a task."""
    return Task(lambda: value.send(engine, message))


declare("System.Net.CredentialCache").static_getter("DefaultNetworkCredentials", "DefaultCredentials")(
    lambda: NetworkCredential("", "", "")
)
