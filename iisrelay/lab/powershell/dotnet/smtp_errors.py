"""SmtpException and its kin, in the words of System.Net.Mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import Declaration, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.nettypes import TYPES
from iisrelay.lab.powershell.values import NetEnum, PSArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iisrelay.lab.powershell.values import NetEnum as SmtpStatusCode

SMTP_EXCEPTION = "System.Net.Mail.SmtpException"
FAILED_RECIPIENT = "System.Net.Mail.SmtpFailedRecipientException"
FAILED_RECIPIENTS = "System.Net.Mail.SmtpFailedRecipientsException"
STATUS_CODE = "System.Net.Mail.SmtpStatusCode"
GENERAL_FAILURE = -1
# The name and the words of every code.
_STATUS = {
    211: ("SystemStatus", "System status, or system help reply."),
    214: ("HelpMessage", "Help message."),
    220: ("ServiceReady", "Service ready."),
    221: ("ServiceClosingTransmissionChannel", "Service closing transmission channel."),
    250: ("Ok", "Completed."),
    251: ("UserNotLocalWillForward", "User not local; will forward to specified path."),
    252: ("CannotVerifyUserWillAttemptDelivery", "Syntax error, command unrecognized."),
    354: ("StartMailInput", "Start mail input; end with <CRLF>.<CRLF>."),
    421: ("ServiceNotAvailable", "Service not available, closing transmission channel."),
    450: ("MailboxBusy", "Mailbox unavailable."),
    451: ("LocalErrorInProcessing", "Error in processing."),
    452: ("InsufficientStorage", "Insufficient system storage."),
    454: ("ClientNotPermitted", "Client does not have permission to submit mail to this server."),
    500: ("CommandUnrecognized", "Syntax error, command unrecognized."),
    501: ("SyntaxError", "Syntax error in parameters or arguments."),
    502: ("CommandNotImplemented", "Command not implemented."),
    503: ("BadCommandSequence", "Bad sequence of commands."),
    504: ("CommandParameterNotImplemented", "Command parameter not implemented."),
    530: (
        "MustIssueStartTlsFirst",
        "The SMTP server requires a secure connection or the client was not authenticated.",
    ),
    550: ("MailboxUnavailable", "Mailbox unavailable."),
    551: ("UserNotLocalTryAlternatePath", "User not local; please try a different path."),
    552: ("ExceededStorageAllocation", "Exceeded storage allocation."),
    553: ("MailboxNameNotAllowed", "Mailbox name not allowed."),
    554: ("TransactionFailed", "Transaction failed."),
}
_MEANINGLESS = _STATUS[500][1]  # also of codes that System.Net.Mail does not know
declare_enum(STATUS_CODE, {name: code for code, (name, _) in _STATUS.items()} | {"GeneralFailure": GENERAL_FAILURE})


def words_of(code: int) -> str:
    """Give the sentence of a status code."""
    return _STATUS.get(code, ("", _MEANINGLESS))[1]


def _with_response(sentence: str, response: str) -> str:
    return f"{sentence} The server response was: {response}"


def refused(code: int, response: str) -> NetError:
    """Make the SmtpException of a command that the server refused."""
    return NetError(SMTP_EXCEPTION, _with_response(words_of(code), response), data={"StatusCode": code})


def protocol_violation(response: str) -> NetError:
    """Make the SmtpException of an answer that has no business there."""
    return NetError(SMTP_EXCEPTION, _with_response("The server committed a protocol violation.", response))


def recipient_refused(code: int, response: str, recipient: str) -> NetError:
    """Make the exception of one recipient whom the server refused."""
    data: dict[str, object] = {"StatusCode": code, "FailedRecipient": f"<{recipient}>"}
    return NetError(FAILED_RECIPIENT, _with_response(words_of(code), response), data=data)


def recipients_refused(failures: Sequence[NetError], *, everybody: bool) -> NetError:
    """Make the exception of several refused recipients; of one it is that recipient's own."""
    if len(failures) == 1:
        return failures[0]
    message = "Unable to send to all recipients." if everybody else "Unable to send to a recipient."
    first = failures[0]
    data = {**first.data, "StatusCode": GENERAL_FAILURE, "InnerExceptions": PSArray(failures, FAILED_RECIPIENT)}
    return NetError(FAILED_RECIPIENTS, message, inner=first, data=data)


def sending_failed(cause: NetError) -> NetError:
    """Make the SmtpException of what went wrong below SMTP."""
    return NetError(SMTP_EXCEPTION, "Failure sending mail.", inner=cause)


def timed_out() -> NetError:
    """Make the SmtpException of SmtpClient.Timeout."""
    return NetError(SMTP_EXCEPTION, "The operation has timed out.")


_exception = Declaration(TYPES[SMTP_EXCEPTION.lower()])
_recipient = Declaration(TYPES[FAILED_RECIPIENT.lower()])
_recipients = Declaration(TYPES[FAILED_RECIPIENTS.lower()])
_recipient.getter("FailedRecipient")(lambda value: value.data.get("FailedRecipient"))
_recipients.getter("InnerExceptions")(lambda value: value.data.get("InnerExceptions"))


@_exception.getter("StatusCode")
def status_code(value: NetError) -> NetEnum:
    """Give what the server answered, or GeneralFailure."""
    code = value.data.get("StatusCode", GENERAL_FAILURE)
    return NetEnum(code if isinstance(code, int) else GENERAL_FAILURE, STATUS_CODE)


@_exception.constructor
def new_with_status(code: SmtpStatusCode, message: str | None = None) -> NetError:
    """Make an exception of a status code."""
    return NetError(SMTP_EXCEPTION, message or words_of(int(code)), data={"StatusCode": int(code)})
