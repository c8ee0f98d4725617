"""What scripts reach for by reflection to learn when a registry key was written: .NET shows it nowhere.

They take the field ``hkey`` of a RegistryKey and hand it to the internal Microsoft.Win32.Win32Native.RegQueryInfoKey.
"""

from __future__ import annotations

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.type_type import HIDDEN_FIELDS
from iisrelay.lab.powershell.values import PSArray
from iisrelay.lab.windows.dotnet.registry_key import RegistryKeyObject

ERROR_INVALID_HANDLE = 6
FILETIME_OF_1970 = 116444736000000000


class KeyHandle:
    """Microsoft.Win32.SafeHandles.SafeRegistryHandle: only good for being handed on."""

    def __init__(self, key: RegistryKeyObject) -> None:
        self.key = key


declare("Microsoft.Win32.SafeHandles.SafeRegistryHandle", python=KeyHandle)
native = declare("Microsoft.Win32.Win32Native")


def _handle(key: object) -> KeyHandle | None:
    return KeyHandle(key) if isinstance(key, RegistryKeyObject) else None


HIDDEN_FIELDS["Microsoft.Win32.RegistryKey", "hkey"] = _handle


@native.static("RegQueryInfoKey")
def query_info_key(handle: object, *outputs: object) -> int:
    """Write the time of the key, a FILETIME in two halves, into the last array; the counts are not simulated."""
    if not isinstance(handle, KeyHandle) or not outputs:
        return ERROR_INVALID_HANDLE
    time = outputs[-1]
    if isinstance(time, PSArray) and len(time) == 2:
        ticks = FILETIME_OF_1970 + round(handle.key.key.written * 10_000_000)
        time.items[:] = [_signed(ticks & 0xFFFFFFFF), _signed(ticks >> 32)]
    return 0


def _signed(half: int) -> int:
    return half - 2**32 if half >= 2**31 else half
