"""The COM errors of the metabase and its ADSI and WMI faces.

The numbers are documented in the SDK headers; which of them a mistake raises is inferred where a comment says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import com_error

if TYPE_CHECKING:
    from iisrelay.lab.powershell.errors import NetError

PATH_NOT_FOUND = 0x80070003
ACCESS_DENIED = 0x80070005
INVALID_DATA = 0x8007000D
FILE_EXISTS = 0x80070050
INVALID_PARAMETER = 0x80070057
DISK_FULL = 0x80070070
ALREADY_EXISTS = 0x800700B7
NO_MORE_ITEMS = 0x80070103
BAD_PATHNAME = 0x80005000
PROPERTY_NOT_SUPPORTED = 0x80005006
BAD_PARAMETER = 0x80005008
CANNOT_CONVERT = 0x8000500C
PROPERTY_NOT_FOUND = 0x8000500D
OVERFLOW = 0x8002000A
UNKNOWN_NAME = 0x80020006
INVALID_VERSION = 0x800CC802
READ_METABASE_FILE = 0x800CC819
NO_SESSION_KEY = 0x800CC81D

_TEXTS = {
    PATH_NOT_FOUND: "The system cannot find the path specified.\r\n",
    ACCESS_DENIED: "Access is denied.\r\n",
    INVALID_DATA: "The data is invalid.\r\n",
    FILE_EXISTS: "The file exists.\r\n",
    INVALID_PARAMETER: "The parameter is incorrect.\r\n",
    DISK_FULL: "There is not enough space on the disk.\r\n",
    ALREADY_EXISTS: "Cannot create a file when that file already exists.\r\n",
    NO_MORE_ITEMS: "No more data is available.\r\n",
    PROPERTY_NOT_FOUND: "The directory property cannot be found in the cache.\r\n",
    OVERFLOW: "Out of present range. (Exception from HRESULT: 0x8002000A (DISP_E_OVERFLOW))",
    UNKNOWN_NAME: "Unknown name. (Exception from HRESULT: 0x80020006 (DISP_E_UNKNOWNNAME))",
}

# What Winsock and the service control manager say when a virtual server or its service does not start.
_WIN32_TEXTS = {
    1053: "The service did not respond to the start or control request in a timely fashion.\r\n",
    87: "The parameter is incorrect.\r\n",
    1058: "The service cannot be started, either because it is disabled or because it has no enabled devices "
    "associated with it.\r\n",
    1062: "The service has not been started.\r\n",
    10048: "Only one usage of each socket address (protocol/network address/port) is normally permitted.\r\n",
}


def failure(hresult: int) -> NetError:
    """Make the COMException of a number; ADSI has no text for its own numbers and says "Unknown error"."""
    return com_error(hresult, _TEXTS.get(hresult, f"Unknown error (0x{hresult:08x})"))


def win32_failure(code: int) -> NetError:
    """Make the COMException of a Win32 error code."""
    hresult = 0x80070000 | (code & 0xFFFF)
    return com_error(hresult, _WIN32_TEXTS.get(code, _TEXTS.get(hresult, f"Unknown error (0x{hresult:08x})")))
