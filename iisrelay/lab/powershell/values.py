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

Enumerations are ``NetEnum``, types themselves ``NetType`` (in ``nettypes``), exceptions ``NetError`` (in ``errors``).
A value that carries added members (Add-Member, Select-Object) is wrapped in ``PSObjectWrapper``.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Self

from iisrelay.lab.powershell.membertable import MemberTable

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


class NetEnum(int):
    """A value of an enumeration; ``net_type`` is the enumeration's full name."""

    net_type: str

    def __new__(cls, value: int, net_type: str) -> Self:
        """Make a value."""
        made = super().__new__(cls, value)
        made.net_type = net_type
        return made


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


class MultiArray:
    """A rectangular array of several dimensions; items lie in row-major order."""

    __slots__ = ("element", "items", "lengths")

    def __init__(self, lengths: Iterable[int], element: str, fill: object) -> None:
        self.lengths = tuple(lengths)
        self.element = element
        self.items: list[object] = [fill] * prod(self.lengths)

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def offset(self, indices: Iterable[int]) -> int:
        """Give the place of an element in ``items``; IndexError outside the bounds."""
        place = 0
        for index, length in zip(indices, self.lengths, strict=True):
            if not 0 <= index < length:
                raise IndexError(index)
            place = place * length + index
        return place

    def positions(self) -> Iterator[tuple[int, ...]]:
        """Give every index in the order of ``items``."""
        return product(*(range(length) for length in self.lengths))


class Reference:
    """``[ref]``: a place that a method may write to. The engine subclasses it for variables."""

    def __init__(self, value: object = None) -> None:
        self.value = value


class SwitchParameter:
    """System.Management.Automation.SwitchParameter: the value of a ``[switch]`` parameter."""

    __slots__ = ("is_present",)

    def __init__(self, is_present: bool = True) -> None:
        self.is_present = is_present

    def __bool__(self) -> bool:
        return self.is_present

    def __str__(self) -> str:
        return str(self.is_present)

    def __eq__(self, other: object) -> bool:
        return bool(other) == self.is_present if isinstance(other, bool | SwitchParameter) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.is_present)


class PSObjectWrapper:
    """A value together with the members that were added to it."""

    __slots__ = ("members", "type_names", "value")

    def __init__(self, value: object, members: MemberTable | None = None, type_names: Iterable[str] = ()) -> None:
        self.value = value
        self.members = members if members is not None else MemberTable()
        self.type_names = list(type_names)


def unwrap(value: object) -> object:
    """Give the value below added members."""
    return value.value if type(value) is PSObjectWrapper else value


class PSCustomObject:
    """A property bag: New-Object PSObject, [pscustomobject]@{}, Select-Object. Names keep case, compare without."""

    __slots__ = ("members", "type_names")

    def __init__(self, properties: Iterable[tuple[str, object]] = (), type_names: Iterable[str] = ()) -> None:
        self.members = MemberTable(properties)
        self.type_names = [*type_names, "System.Management.Automation.PSCustomObject", "System.Object"]


class DynamicObject:
    """Base of objects whose members are known only at run time (COM, ADSI, WMI). Names arrive as written, in any case.

    Members raise ``NetError`` (see ``errors``) for .NET exceptions; ``AttributeError`` means "no such member".
    """

    net_type = "System.__ComObject"
    hides_typed_properties = False  # whether listings leave out the properties of the .NET type below
    asks_for_members = False  # whether finding a member takes the object behind, as the adapter of ADSI does

    def get_member(self, engine: Engine, name: str) -> object:
        """Give a property's value."""
        del engine
        raise AttributeError(name)

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set a property."""
        del engine, value
        raise AttributeError(name)

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:
        """Call a method."""
        del engine, arguments
        raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List (name, "Property" | "Method") for Get-Member and formatting."""
        return []
