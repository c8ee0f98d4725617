"""Names for parameters of .NET members that take typed arrays or enumerations.

The binding reads them as text; type checkers see the Python class behind them.
"""

from __future__ import annotations

from typing import TypeAlias

from iisrelay.lab.powershell.values import NetEnum, PSArray

CharArray: TypeAlias = PSArray
StringArray: TypeAlias = PSArray
ByteArray: TypeAlias = PSArray
ObjectArray: TypeAlias = PSArray
StringComparison: TypeAlias = NetEnum
StringSplitOptions: TypeAlias = NetEnum
NumberStyles: TypeAlias = NetEnum
MidpointRounding: TypeAlias = NetEnum
RegexOptions: TypeAlias = NetEnum
DateTimeStyles: TypeAlias = NetEnum
DateTimeKind: TypeAlias = NetEnum
BindingFlags: TypeAlias = NetEnum
UriKind: TypeAlias = NetEnum
Base64FormattingOptions: TypeAlias = NetEnum
EnvironmentVariableTarget: TypeAlias = NetEnum
SpecialFolder: TypeAlias = NetEnum
CompressionMode: TypeAlias = NetEnum
SeekOrigin: TypeAlias = NetEnum
FileMode: TypeAlias = NetEnum
FileAccess: TypeAlias = NetEnum
SearchOption: TypeAlias = NetEnum
