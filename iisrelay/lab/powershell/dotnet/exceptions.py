"""System.Exception and the exceptions that scripts throw, catch and make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Hashtable
from iisrelay.lab.powershell.conversions_text import exception_text
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.nettypes import TYPES

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

exception = declare("System.Exception", python=NetError)
_DEFAULT_HRESULT = 0x80131500
_AUTOMATION = "System.Management.Automation"

_TREE = {
    "System.Exception": (
        "System.SystemException",
        "System.ApplicationException",
        "System.AggregateException",
        "System.Net.Mail.SmtpException",
    ),
    "System.SystemException": (
        "System.ArgumentException",
        "System.ArithmeticException",
        "System.FormatException",
        "System.IndexOutOfRangeException",
        "System.InvalidCastException",
        "System.InvalidOperationException",
        "System.NotImplementedException",
        "System.NotSupportedException",
        "System.NullReferenceException",
        "System.OutOfMemoryException",
        "System.TimeoutException",
        "System.TypeLoadException",
        "System.UnauthorizedAccessException",
        "System.OperationCanceledException",
        "System.RankException",
        "System.Collections.Generic.KeyNotFoundException",
        "System.IO.IOException",
        "System.IO.InvalidDataException",
        "System.Security.SecurityException",
        "System.Security.Cryptography.CryptographicException",
        "System.Security.Authentication.AuthenticationException",
        "System.Runtime.InteropServices.ExternalException",
        "System.Threading.WaitHandleCannotBeOpenedException",
        "System.Xml.XmlException",
        "System.Xml.XPath.XPathException",
        "System.ServiceProcess.TimeoutException",
        "System.Security.Principal.IdentityNotMappedException",
        f"{_AUTOMATION}.RuntimeException",
    ),
    "System.ApplicationException": (
        "System.Reflection.TargetInvocationException",
        "System.Reflection.TargetParameterCountException",
    ),
    "System.ArgumentException": (
        "System.ArgumentNullException",
        "System.ArgumentOutOfRangeException",
        "System.Globalization.CultureNotFoundException",
        "System.Text.DecoderFallbackException",
        f"{_AUTOMATION}.PSArgumentException",
    ),
    "System.ArgumentNullException": (f"{_AUTOMATION}.PSArgumentNullException",),
    "System.ArgumentOutOfRangeException": (f"{_AUTOMATION}.PSArgumentOutOfRangeException",),
    "System.ArithmeticException": ("System.DivideByZeroException", "System.OverflowException"),
    "System.FormatException": ("System.UriFormatException",),
    "System.InvalidCastException": (f"{_AUTOMATION}.PSInvalidCastException",),
    "System.InvalidOperationException": (
        "System.ObjectDisposedException",
        "System.Net.WebException",
        f"{_AUTOMATION}.PSInvalidOperationException",
        "Microsoft.PowerShell.Commands.ServiceCommandException",
    ),
    "System.NotSupportedException": ("System.PlatformNotSupportedException", f"{_AUTOMATION}.PSNotSupportedException"),
    "System.NotImplementedException": (f"{_AUTOMATION}.PSNotImplementedException",),
    "System.IO.IOException": (
        "System.IO.FileNotFoundException",
        "System.IO.DirectoryNotFoundException",
        "System.IO.DriveNotFoundException",
        "System.IO.PathTooLongException",
        "System.IO.EndOfStreamException",
        "System.IO.FileLoadException",
    ),
    "System.Runtime.InteropServices.ExternalException": (
        "System.Runtime.InteropServices.COMException",
        "System.ComponentModel.Win32Exception",
    ),
    "System.Runtime.InteropServices.COMException": ("System.DirectoryServices.DirectoryServicesCOMException",),
    "System.ComponentModel.Win32Exception": ("System.Net.Sockets.SocketException",),
    "System.Net.Mail.SmtpException": ("System.Net.Mail.SmtpFailedRecipientException",),
    "System.Net.Mail.SmtpFailedRecipientException": ("System.Net.Mail.SmtpFailedRecipientsException",),
    f"{_AUTOMATION}.RuntimeException": (
        f"{_AUTOMATION}.CommandNotFoundException",
        f"{_AUTOMATION}.ParameterBindingException",
        f"{_AUTOMATION}.ParseException",
        f"{_AUTOMATION}.ActionPreferenceStopException",
        f"{_AUTOMATION}.CmdletInvocationException",
        f"{_AUTOMATION}.ExtendedTypeSystemException",
        f"{_AUTOMATION}.MetadataException",
        f"{_AUTOMATION}.ScriptRequiresException",
        f"{_AUTOMATION}.ScriptCallDepthException",
        f"{_AUTOMATION}.SessionStateException",
        f"{_AUTOMATION}.RemoteException",
        f"{_AUTOMATION}.PSSecurityException",
        "Microsoft.PowerShell.Commands.WriteErrorException",
    ),
    f"{_AUTOMATION}.ParseException": (f"{_AUTOMATION}.IncompleteParseException",),
    f"{_AUTOMATION}.ParameterBindingException": (f"{_AUTOMATION}.ParameterBindingValidationException",),
    f"{_AUTOMATION}.MetadataException": (f"{_AUTOMATION}.ValidationMetadataException",),
    f"{_AUTOMATION}.ExtendedTypeSystemException": (
        f"{_AUTOMATION}.MethodException",
        f"{_AUTOMATION}.GetValueException",
        f"{_AUTOMATION}.SetValueException",
    ),
    f"{_AUTOMATION}.MethodException": (f"{_AUTOMATION}.MethodInvocationException",),
    f"{_AUTOMATION}.GetValueException": (f"{_AUTOMATION}.GetValueInvocationException",),
    f"{_AUTOMATION}.SetValueException": (f"{_AUTOMATION}.SetValueInvocationException",),
    f"{_AUTOMATION}.SessionStateException": (
        f"{_AUTOMATION}.ItemNotFoundException",
        f"{_AUTOMATION}.DriveNotFoundException",
        f"{_AUTOMATION}.ProviderNotFoundException",
        f"{_AUTOMATION}.SessionStateUnauthorizedAccessException",
        f"{_AUTOMATION}.SessionStateOverflowException",
    ),
}
_HRESULTS = {
    "System.ArgumentException": 0x80070057,
    "System.ArgumentNullException": 0x80004003,
    "System.ArgumentOutOfRangeException": 0x80131502,
    "System.DivideByZeroException": 0x80020012,
    "System.FormatException": 0x80131537,
    "System.IndexOutOfRangeException": 0x80131508,
    "System.InvalidCastException": 0x80004002,
    "System.InvalidOperationException": 0x80131509,
    "System.IO.DirectoryNotFoundException": 0x80070003,
    "System.IO.FileNotFoundException": 0x80070002,
    "System.IO.IOException": 0x80131620,
    "System.NotImplementedException": 0x80004001,
    "System.NotSupportedException": 0x80131515,
    "System.NullReferenceException": 0x80004003,
    "System.OverflowException": 0x80131516,
    "System.Reflection.TargetInvocationException": 0x80131604,
    "System.Runtime.InteropServices.COMException": 0x80004005,
    "System.SystemException": 0x80131501,
    "System.TimeoutException": 0x80131505,
    "System.UnauthorizedAccessException": 0x80070005,
}
_DEFAULT_MESSAGES = {
    "System.ArgumentNullException": "Value cannot be null.",
    "System.ArgumentOutOfRangeException": "Specified argument was out of the range of valid values.",
    "System.ArgumentException": "Value does not fall within the expected range.",
    "System.FormatException": "One of the identified items was in an invalid format.",
    "System.InvalidOperationException": "Operation is not valid due to the current state of the object.",
    "System.NotImplementedException": "The method or operation is not implemented.",
    "System.NotSupportedException": "Specified method is not supported.",
    "System.UnauthorizedAccessException": "Attempted to perform an unauthorized operation.",
    "System.TimeoutException": "The operation has timed out.",
    "System.DivideByZeroException": "Attempted to divide by zero.",
    "System.OverflowException": "Arithmetic operation resulted in an overflow.",
}
_PARAMETER_FIRST = frozenset({"System.ArgumentNullException", "System.ArgumentOutOfRangeException"})


def _declare_constructors(declared: Declaration) -> None:
    name = declared.net.name

    @declared.constructor
    def new_without_message() -> NetError:
        return NetError(name, _DEFAULT_MESSAGES.get(name, f"Exception of type '{name}' was thrown."))

    @declared.constructor
    def new_with_message(message: str) -> NetError:
        if name in _PARAMETER_FIRST:
            return NetError(name, f"{_DEFAULT_MESSAGES[name]}\r\nParameter name: {message}")
        return NetError(name, message)

    @declared.constructor
    def new_with_detail(message: str, detail: object) -> NetError:
        return _with_detail(name, message, detail)

    @declared.constructor
    def new_with_parameter(message: str, parameter: str, inner: object) -> NetError:
        made = NetError(name, f"{message}\r\nParameter name: {parameter}")
        made.inner = inner if isinstance(inner, NetError) else None
        return made


def _with_detail(name: str, message: str, detail: object) -> NetError:
    """The second argument is an inner exception, an HRESULT, or (argument exceptions) a parameter's name."""
    if isinstance(detail, NetError):
        return NetError(name, message, inner=detail)
    if isinstance(detail, int):
        return NetError(name, message, hresult=int(detail))
    if detail and TYPES[name.lower()].inherits("System.ArgumentException"):
        if name in _PARAMETER_FIRST:
            message, detail = str(detail), message
        return NetError(name, f"{message}\r\nParameter name: {detail}")
    return NetError(name, message)


def _declare_tree() -> None:
    _declare_constructors(exception)
    for parent, children in _TREE.items():
        for child in children:
            _declare_constructors(declare(child, bases=(parent,)))


_declare_tree()


def signed(hresult: int) -> int:
    """Give an HRESULT as the Int32 that .NET shows."""
    return hresult - 2**32 if hresult >= 2**31 else hresult


@exception.getter("Message")
def message(value: NetError) -> str:
    """Give the message."""
    return value.message


@exception.getter("InnerException")
def inner_exception(value: NetError) -> NetError | None:
    """Give the cause."""
    return value.inner


@exception.getter("HResult")
def hresult(value: NetError) -> int:
    """Give the error's number."""
    if value.hresult is not None:
        return signed(value.hresult)
    kind = TYPES.get(value.type_name.lower())
    lineage = [value.type_name] if kind is None else [base.name for base in kind.lineage()]
    return signed(next((_HRESULTS[name] for name in lineage if name in _HRESULTS), _DEFAULT_HRESULT))


@exception.getter("ErrorRecord")
def error_record(engine: Engine, value: NetError) -> object:
    """Give the error record of an exception of the language."""
    from iisrelay.lab.powershell.error_records import ErrorRecord  # noqa: PLC0415 - only the language's own have one

    del engine
    identifier = value.identifier or value.type_name.rsplit(".", 1)[-1]
    return value.data.get("ErrorRecord") or ErrorRecord(
        value, identifier, value.category or "NotSpecified", value.value
    )


exception.getter("StackTrace", "HelpLink", "TargetSite")(lambda _value: None)
exception.getter("Source")(lambda value: value.data.get("Source", "mscorlib"))
exception.getter("Data")(lambda value: Hashtable(value.data.items()))
exception.method("ToString")(exception_text)


@exception.setter("Source")
def set_source(value: NetError, item: str) -> None:
    """Set where the error came from."""
    value.data["Source"] = item


@exception.method("GetBaseException")
def base_exception(value: NetError) -> NetError:
    """Give the first cause."""
    while value.inner is not None:
        value = value.inner
    return value


_external = Declaration(TYPES["system.runtime.interopservices.externalexception"])
_external.getter("ErrorCode")(hresult)
_win32 = Declaration(TYPES["system.componentmodel.win32exception"])
_argument = Declaration(TYPES["system.argumentexception"])
_file = Declaration(TYPES["system.io.filenotfoundexception"])
_file.getter("FileName")(lambda value: value.data.get("FileName"))
_not_found = Declaration(TYPES["system.management.automation.commandnotfoundexception"])
_not_found.getter("CommandName")(lambda value: value.data.get("CommandName", value.value))
_missing_item = Declaration(TYPES["system.management.automation.itemnotfoundexception"])
_missing_item.getter("ItemName")(lambda value: value.data.get("ItemName", value.value))


@_win32.getter("NativeErrorCode")
def native_error(value: NetError) -> int:
    """Give the Win32 error code."""
    code = value.data.get("NativeErrorCode")
    return code if isinstance(code, int) else (value.hresult or 0) & 0xFFFF


@_win32.constructor
def new_win32(code: int) -> NetError:
    """Make the error of a Win32 code."""
    text = _WIN32_MESSAGES.get(code, f"Unknown error (0x{code:x})")
    return NetError("System.ComponentModel.Win32Exception", text, hresult=0x80004005, data={"NativeErrorCode": code})


_WIN32_MESSAGES = {
    2: "The system cannot find the file specified",
    3: "The system cannot find the path specified",
    5: "Access is denied",
    87: "The parameter is incorrect",
    1060: "The specified service does not exist as an installed service",
    1062: "The service has not been started",
}


@_argument.getter("ParamName")
def parameter_name(value: NetError) -> str | None:
    """Give the name of the parameter that was wrong."""
    _, found, name = value.message.partition("Parameter name: ")
    return name.partition("\r\n")[0] if found else None
