"""WS-Management faults, with the codes and sentences of the Windows service.

The code of an operation timeout (2150858793) is known from clients that depend on it. The others, and all sentences,
are from published error lists; they were not compared with a live service.
"""

from dataclasses import dataclass
from http import HTTPStatus

OPERATION_TIMEOUT = 2150858793
UNKNOWN_SHELL = 2150858843
UNKNOWN_RESOURCE = 2150858811
UNSUPPORTED_ACTION = 2150859177
INVALID_XML = 2150858752
TOO_MANY_SHELLS = 2150859173
PIPE_CLOSING = 2147942632  # HRESULT of ERROR_NO_DATA


@dataclass
class WsManFault(Exception):  # noqa: N818 - a fault is what the protocol calls it
    """A fault that goes back to the client as a SOAP message."""

    code: int
    message: str
    subcode: str
    sender: bool = True
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR


def operation_timeout() -> WsManFault:
    """Nothing happened within the OperationTimeout of a Receive: the client is to ask again."""
    message = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
    return WsManFault(OPERATION_TIMEOUT, message, "w:TimedOut", sender=False)


def shell_not_found(shell_id: str) -> WsManFault:
    """No shell has this identifier (any more)."""
    message = (
        f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was not found on "
        "the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the "
        "server. Provide the correct ShellId or create a new shell and retry the operation."
    )
    return WsManFault(UNKNOWN_SHELL, message, "w:InvalidSelectors")


def command_not_found(command_id: str) -> WsManFault:
    """The shell has no command with this identifier (any more)."""
    message = f"The WS-Management service cannot find the command {command_id} of the shell."
    return WsManFault(UNKNOWN_SHELL, message, "w:InvalidSelectors")


def unknown_resource(uri: str) -> WsManFault:
    """The lab has the command shell only: no PowerShell remoting, no WMI, no configuration."""
    message = (
        f"The WS-Management service cannot process the request. The resource URI is missing or not simulated: {uri}"
    )
    return WsManFault(UNKNOWN_RESOURCE, message, "w:InvalidParameter")


def unsupported_action(action: str) -> WsManFault:
    """The action is none of the shell verbs."""
    message = f"The WS-Management service cannot process the request: the action is not supported: {action}"
    return WsManFault(UNSUPPORTED_ACTION, message, "a:ActionNotSupported")


def invalid_xml(reason: str) -> WsManFault:
    """The message is not a SOAP envelope."""
    message = f"The WS-Management service cannot process the request. The XML is invalid: {reason}"
    return WsManFault(INVALID_XML, message, "w:SchemaValidationError", status=HTTPStatus.BAD_REQUEST)


def too_many_shells(limit: int) -> WsManFault:
    """The user has as many shells open as the quota allows."""
    message = (
        "The WS-Management service cannot process the request. This user is allowed a maximum number of "
        f"{limit} concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user."
    )
    return WsManFault(TOO_MANY_SHELLS, message, "w:QuotaLimit")


def pipe_closing() -> WsManFault:
    """Input arrives for a program that has ended, or whose input was closed."""
    return WsManFault(PIPE_CLOSING, "The pipe is being closed.", "w:InternalError", sender=False)
