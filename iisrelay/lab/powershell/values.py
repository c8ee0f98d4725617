"""Values of the simulated language, as Python objects.

========================  ==========================================================================
PowerShell / .NET         Python
========================  ==========================================================================
$null                     ``None``
Boolean                   ``bool``
Int32                     ``int`` itself (exactly type int)
Int64, Byte, ...          subclasses of int below, one for each .NET type
Double / Single           ``float`` / ``Single``
Decimal                   ``decimal.Decimal``
String / Char             ``str`` / ``Char``
Object[], String[], ...   ``PSArray`` (fixed length, shared by reference, typed elements)
Hashtable, ordered        ``Hashtable`` (case-insensitive keys), ``OrderedDictionary`` in ``collections``
PSObject, PSCustomObject  ``PSCustomObject``
DateTime, TimeSpan ...    a Python class each, in ``dotnet/``
COM, ADSI, WMI objects    subclasses of ``DynamicObject`` (in ``lab/windows``)
========================  ==========================================================================

A value that carries added members (Add-Member, Select-Object) is wrapped in ``PSObjectWrapper``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iisrelay.lab.powershell.engine import Engine


class Int64(int):
    """System.Int64."""

    __slots__ = ()


class UInt64(int):
    """System.UInt64."""

    __slots__ = ()


class UInt32(int):
    """System.UInt32."""

    __slots__ = ()


class Int16(int):
    """System.Int16."""

    __slots__ = ()


class UInt16(int):
    """System.UInt16."""

    __slots__ = ()


class Byte(int):
    """System.Byte."""

    __slots__ = ()


class SByte(int):
    """System.SByte."""

    __slots__ = ()


class BigInteger(int):
    """System.Numerics.BigInteger."""

    __slots__ = ()


class Single(float):
    """System.Single."""

    __slots__ = ()


class Char(str):
    """System.Char: a string of length one that is not a String."""

    __slots__ = ()


class PSArray:
    """A one-dimensional .NET array. ``element`` is the full .NET name of the element type (System.Object ...)."""

    __slots__ = ("element", "items")

    def __init__(self, items: Iterable[object] = (), element: str = "System.Object") -> None:
        self.items: list[object] = list(items)
        self.element = element

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class PSCustomObject:
    """A property bag: New-Object PSObject, [pscustomobject]@{}, Select-Object. Property names keep case, compare without."""

    __slots__ = ("members", "type_names")

    def __init__(self, properties: Iterable[tuple[str, object]] = (), type_names: Iterable[str] = ()) -> None:
        from iisrelay.lab.powershell.members import MemberTable  # noqa: PLC0415 - members needs the value types above

        self.members = MemberTable(properties)
        self.type_names = [*type_names, "System.Management.Automation.PSCustomObject", "System.Object"]


class DynamicObject:
    """Base of objects whose members are known only at run time (COM, ADSI, WMI). Names arrive as written, in any case.

    Members raise ``NetError`` (see ``errors``) for .NET exceptions; ``AttributeError`` means "no such member".
    """

    net_type = "System.__ComObject"

    def get_member(self, engine: Engine, name: str) -> object:
        """Give a property's value."""
        raise AttributeError(name)

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set a property."""
        raise AttributeError(name)

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:
        """Call a method."""
        raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List (name, "Property" | "Method") for Get-Member and formatting."""
        return []
