"""The .NET types of System.DirectoryServices, with PowerShell's ``[ADSI]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import TYPES, Declaration, declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import unwrap
from iisrelay.lab.windows.adsi.binding import SERVER_NOT_OPERATIONAL
from iisrelay.lab.windows.adsi.directory_entry import NET_TYPE, DirectoryEntry
from iisrelay.lab.windows.metabase.failures import PATH_NOT_FOUND

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_NO_SUCH_OBJECT = 0x80072030
_NO_SUCH_ACCOUNT = 0x800708AC

_entry = declare(NET_TYPE, python=DirectoryEntry, accelerators=("adsi",))
_searcher = declare("System.DirectoryServices.DirectorySearcher", accelerators=("adsisearcher",))
declare("System.DirectoryServices.PropertyValueCollection")
declare("System.DirectoryServices.PropertyCollection")
declare("System.DirectoryServices.DirectoryEntries")


_MARSHAL = "System.Runtime.InteropServices.Marshal"
_marshal = Declaration(TYPES[_MARSHAL.lower()]) if _MARSHAL.lower() in TYPES else declare(_MARSHAL)


@_marshal.static("BindToMoniker")
def bind_to_moniker(engine: Engine, moniker: str) -> object:
    """Give the native object of an ADsPath, without .NET's DirectoryEntry around it."""
    return _machine(engine).bind_moniker(moniker)


@_marshal.static("ReleaseComObject", "FinalReleaseComObject")
def release(_object: object) -> int:
    """Give back a COM object; nothing here counts references."""
    return 0


@_entry.constructor
def new_entry(
    engine: Engine, path: object = "", user: object = "", _password: object = "", _type: object = 0
) -> object:
    """Make an entry; the password of other credentials is not looked at, the rights are those of the script."""
    return DirectoryEntry(_machine(engine), str(unwrap(path) or ""), user=str(unwrap(user) or ""))


@_entry.converter
def entry_from_text(engine: Engine, value: object) -> object:
    """``[ADSI]'IIS://localhost/SmtpSvc'``."""
    plain = unwrap(value)
    return DirectoryEntry(_machine(engine), plain) if isinstance(plain, str) else NotImplemented


@_entry.static("Exists")
def exists(engine: Engine, path: str) -> bool:
    """Tell whether a path can be bound; a missing provider is an error, as in .NET."""
    try:
        _machine(engine).bind_moniker(path)
    except NetError as error:
        if error.hresult in (PATH_NOT_FOUND, _NO_SUCH_OBJECT, _NO_SUCH_ACCOUNT):
            return False
        raise
    return True


@_searcher.constructor
def new_searcher(_engine: Engine, *_arguments: object) -> object:
    """Refuse: the lab's machines are members of no domain.

    Raises:
        NetError: 0x8007203A.
    """
    raise NetError(
        "System.Runtime.InteropServices.COMException",
        "The server is not operational.\r\n",
        hresult=SERVER_NOT_OPERATIONAL,
    )


def _machine(engine: Engine) -> Machine:
    machine: Machine = engine.machine  # type: ignore[assignment]
    return machine
