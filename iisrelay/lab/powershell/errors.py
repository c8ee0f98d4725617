"""How failures travel inside the interpreter."""

from __future__ import annotations


class NetError(Exception):
    """A .NET exception, raised by simulated .NET, COM and Windows code.

    ``type_name`` is the full .NET name; ``hresult`` the signed or unsigned HRESULT (COMException), if any. The engine wraps it
    in MethodInvocationException (methods), GetValueInvocationException (properties) ... as the language does.
    """

    def __init__(
        self, type_name: str, message: str, *, hresult: int | None = None, inner: NetError | None = None, value: object = None
    ) -> None:
        super().__init__(message)
        self.type_name = type_name
        self.message = message
        self.hresult = hresult
        self.inner = inner
        self.value = value


def com_error(hresult: int, message: str) -> NetError:
    """Make the COMException that ADSI and WMI raise, for example ``com_error(0x80070003, "The system cannot find ...")``."""
    return NetError("System.Runtime.InteropServices.COMException", message, hresult=hresult)
