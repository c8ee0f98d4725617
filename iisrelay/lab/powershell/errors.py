"""How failures travel inside the interpreter."""

from __future__ import annotations


class NetError(Exception):
    """A .NET exception, raised by simulated .NET, COM and Windows code; also the exception's value in the language.

    ``type_name`` is the full .NET name; ``hresult`` the signed or unsigned HRESULT (COMException), if any. Members of
    .NET types raise the plain exception; ``invocation`` wraps it in MethodInvocationException (methods, constructors),
    GetValueInvocationException (properties) ... as the language does, so the engine need not. ``identifier`` and
    ``category`` are what an ErrorRecord made from it shows ("" lets the engine choose). ``data`` holds members of
    special exceptions.
    """

    def __init__(
        self,
        type_name: str,
        message: str,
        *,
        hresult: int | None = None,
        inner: NetError | None = None,
        value: object = None,
        identifier: str = "",
        category: str = "",
        data: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.type_name = type_name
        self.message = message
        self.hresult = hresult
        self.inner = inner
        self.value = value
        self.identifier = identifier
        self.category = category
        self.data = data or {}


def com_error(hresult: int, message: str) -> NetError:
    """Make the COMException that ADSI and WMI raise: ``com_error(0x80070003, "The system cannot find ...")``."""
    return NetError("System.Runtime.InteropServices.COMException", message, hresult=hresult)


def language_error(
    message: str, identifier: str, category: str = "InvalidOperation", *, value: object = None
) -> NetError:
    """Make a RuntimeException: a failure of the language itself (no such method, index into null ...)."""
    return NetError(
        "System.Management.Automation.RuntimeException", message, identifier=identifier, category=category, value=value
    )


def argument_error(name: str, message: str = "Value does not fall within the expected range.") -> NetError:
    """Make an ArgumentException the way .NET Framework words it, with the parameter's name on a line of its own."""
    return NetError("System.ArgumentException", f"{message}\r\nParameter name: {name}")


def argument_null(name: str) -> NetError:
    """Make an ArgumentNullException."""
    return NetError("System.ArgumentNullException", f"Value cannot be null.\r\nParameter name: {name}")


def out_of_range(name: str, message: str = "Specified argument was out of the range of valid values.") -> NetError:
    """Make an ArgumentOutOfRangeException."""
    return NetError("System.ArgumentOutOfRangeException", f"{message}\r\nParameter name: {name}")


def format_error(message: str = "Input string was not in a correct format.") -> NetError:
    """Make a FormatException."""
    return NetError("System.FormatException", message)


def overflow_error(message: str) -> NetError:
    """Make an OverflowException."""
    return NetError("System.OverflowException", message)
