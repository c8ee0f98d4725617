"""System.Security: SecureString, PSCredential, NetworkCredential, and Marshal's way of reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, argument_error, com_error, out_of_range
from iisrelay.lab.powershell.values import Char, Int64

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


class SecureString:
    """A text that shows itself nowhere."""

    __slots__ = ("is_read_only", "text")

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.is_read_only = False

    def __str__(self) -> str:
        return "System.Security.SecureString"


class UnmanagedString:
    """An IntPtr to a text in unmanaged memory; freeing it empties it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: str | None = text

    def __str__(self) -> str:
        return str(0 if self.text is None else id(self))


secure_string = declare(
    "System.Security.SecureString", python=SecureString, bases=("System.Object", "System.IDisposable")
)
secure_string.getter("Length")(lambda value: len(value.text))


@secure_string.constructor
def new_secure_string() -> SecureString:
    """Make an empty one."""
    return SecureString()


def _writable(value: SecureString) -> None:
    if value.is_read_only:
        raise NetError("System.InvalidOperationException", "Instance is read-only.")


@secure_string.method("AppendChar")
def append_char(value: SecureString, letter: Char) -> None:
    """Append a letter."""
    _writable(value)
    value.text += str.__str__(letter)


@secure_string.method("InsertAt")
def insert_at(value: SecureString, place: int, letter: Char) -> None:
    """Insert a letter."""
    _writable(value)
    value.text = value.text[:place] + str.__str__(letter) + value.text[place:]


@secure_string.method("RemoveAt")
def remove_at(value: SecureString, place: int) -> None:
    """Remove a letter."""
    _writable(value)
    if not 0 <= place < len(value.text):
        raise out_of_range("index")
    value.text = value.text[:place] + value.text[place + 1 :]


@secure_string.method("Clear", "Dispose")
def clear(value: SecureString) -> None:
    """Empty it."""
    value.text = ""


@secure_string.method("MakeReadOnly")
def make_read_only(value: SecureString) -> None:
    """Refuse changes from now on."""
    value.is_read_only = True


@secure_string.method("IsReadOnly")
def is_read_only(value: SecureString) -> bool:
    """Tell whether changes are refused."""
    return value.is_read_only


@secure_string.method("Copy")
def copy(value: SecureString) -> SecureString:
    """Copy it."""
    return SecureString(value.text)


class PSCredential:
    """System.Management.Automation.PSCredential."""

    def __init__(self, user_name: str, password: SecureString) -> None:
        self.user_name = user_name
        self.password = password


credential = declare("System.Management.Automation.PSCredential", python=PSCredential, accelerators=("pscredential",))
credential.properties("UserName", "Password")


@credential.constructor
def new_credential(user_name: str, password: SecureString) -> PSCredential:
    """Make a credential."""
    if not user_name:
        raise argument_error(
            "userName", 'Cannot process argument because the value of argument "userName" is not valid.'
        )
    return PSCredential(user_name, password)


class NetworkCredential:
    """System.Net.NetworkCredential."""

    def __init__(self, user_name: str, password: str, domain: str) -> None:
        self.user_name = user_name
        self.password = password
        self.domain = domain


network_credential = declare("System.Net.NetworkCredential", python=NetworkCredential)
network_credential.properties("UserName", "Password", "Domain")
network_credential.getter("SecurePassword")(lambda value: SecureString(value.password))


@network_credential.constructor
def new_network_credential(user_name: str, password: str, domain: str = "") -> NetworkCredential:
    """Make a credential of plain text."""
    return NetworkCredential(user_name, password, domain)


@network_credential.constructor
def new_secure_network_credential(user_name: str, password: SecureString, domain: str = "") -> NetworkCredential:
    """Make a credential of a SecureString."""
    return NetworkCredential(user_name, password.text, domain)


@network_credential.constructor
def new_empty_network_credential() -> NetworkCredential:
    """Make an empty credential."""
    return NetworkCredential("", "", "")


@credential.method("GetNetworkCredential")
def get_network_credential(value: PSCredential) -> NetworkCredential:
    """Give the credential with its password in clear."""
    domain, separator, name = value.user_name.rpartition("\\")
    return NetworkCredential(name if separator else value.user_name, value.password.text, domain)


@network_credential.converter
def convert_credential(_: Engine | None, value: object) -> object:
    """A PSCredential can be given where .NET wants its own."""
    return get_network_credential(value) if isinstance(value, PSCredential) else NotImplemented


# -- Marshal ---------------------------------------------------------------------------------------------------------

pointer = declare("System.IntPtr", python=UnmanagedString, bases=("System.ValueType",), value_type=True)
pointer.static_getter("Zero")(lambda: Int64(0))
pointer.constants(Size=8)
marshal = declare("System.Runtime.InteropServices.Marshal")


@marshal.static(
    "SecureStringToBSTR",
    "SecureStringToGlobalAllocUnicode",
    "SecureStringToCoTaskMemUnicode",
    "SecureStringToGlobalAllocAnsi",
)
def to_unmanaged(value: SecureString) -> UnmanagedString:
    """Write a SecureString in clear into unmanaged memory."""
    return UnmanagedString(value.text)


@marshal.static("StringToBSTR", "StringToHGlobalUni", "StringToHGlobalAuto")
def text_to_unmanaged(value: str) -> UnmanagedString:
    """Write a text into unmanaged memory."""
    return UnmanagedString(value)


@marshal.static("PtrToStringAuto", "PtrToStringBSTR", "PtrToStringUni", "PtrToStringAnsi")
def from_unmanaged(value: object, length: int = -1) -> str | None:
    """Read a text from unmanaged memory."""
    if not isinstance(value, UnmanagedString) or value.text is None:
        return None
    return value.text if length < 0 else value.text[:length]


@marshal.static(
    "ZeroFreeBSTR", "FreeBSTR", "ZeroFreeGlobalAllocUnicode", "ZeroFreeCoTaskMemUnicode", "FreeHGlobal", "FreeCoTaskMem"
)
def free(value: object) -> None:
    """Free unmanaged memory."""
    if isinstance(value, UnmanagedString):
        value.text = None


@marshal.static("ReleaseComObject", "FinalReleaseComObject")
def release(_value: object) -> int:
    """Let go of a COM object."""
    return 0


@marshal.static("BindToMoniker")
def bind_to_moniker(engine: Engine, moniker: str) -> object:
    """Bind a moniker such as IIS://localhost/SMTPSVC/1, as the machine offers them."""
    bind = getattr(engine.machine, "bind_moniker", None)
    if bind is None:
        raise com_error(0x800401E4, "Invalid syntax (Exception from HRESULT: 0x800401E4 (MK_E_SYNTAX))")
    return bind(moniker)


@marshal.static("GetActiveObject")
def get_active_object(_program_id: str) -> object:
    """No COM server runs beforehand in the lab."""
    raise com_error(0x800401E3, "Operation unavailable (Exception from HRESULT: 0x800401E3 (MK_E_UNAVAILABLE))")


@marshal.static("GetExceptionForHR")
def exception_for(hresult: int) -> NetError:
    """Give the exception of an HRESULT."""
    return com_error(hresult & 0xFFFFFFFF, f"Exception from HRESULT: 0x{hresult & 0xFFFFFFFF:08X}")


@marshal.static("GetLastWin32Error")
def last_win32_error() -> int:
    """No Win32 call has failed."""
    return 0
