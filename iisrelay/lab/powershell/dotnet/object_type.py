"""System.Object and the interfaces and bases that other types name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import NetType, declare
from iisrelay.lab.powershell.formatstrings import format_value
from iisrelay.lab.powershell.nettypes import OBJECT, find_type, type_of
from iisrelay.lab.powershell.operators import equals
from iisrelay.lab.powershell.values import Char, PSCustomObject, SwitchParameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

RESULTS = "Microsoft.PowerShell.Commands."
_object = declare(OBJECT, bases=(), accelerators=("object",))


@_object.constructor
def new_object() -> PSCustomObject:
    """Make an object without members of its own."""
    return PSCustomObject()


@_object.method("GetType")
def get_type(value: object) -> NetType:
    """Give the type of a value; results of cmdlets (groups, measures ...) have types of their own in .NET."""
    if isinstance(value, PSCustomObject) and value.type_names[0].startswith(RESULTS):
        return find_type(value.type_names[0]) or declare(value.type_names[0]).net
    return type_of(value)


@_object.method("ToString")
def to_text(engine: Engine, value: object) -> str:
    """Give the text that .NET's ToString() gives."""
    return format_value(engine, value, "")


@_object.method("Equals")
def is_equal(engine: Engine, value: object, other: object) -> bool:
    """Tell whether two values are of one type and equal."""
    return value is other or (type(value) is type(other) and equals(engine, value, other, False))


@_object.method("GetHashCode")
def hash_code(value: object) -> int:
    """Give a number that equal values share."""
    return hash(value) & 0x7FFFFFFF


@_object.static("ReferenceEquals")
def reference_equals(left: object, right: object) -> bool:
    """Tell whether two references are the same object."""
    return left is right


@_object.static("Equals")
def static_equals(engine: Engine, left: object, right: object) -> bool:
    """Tell whether two values are equal; null equals null."""
    return left is right or (left is not None and is_equal(engine, left, right))


declare("System.ValueType")
for _name in (
    "System.IComparable",
    "System.IConvertible",
    "System.IFormattable",
    "System.IFormatProvider",
    "System.ICloneable",
    "System.IDisposable",
    "System.IEquatable`1",
    "System.Collections.IEnumerable",
    "System.Collections.IEnumerator",
    "System.Collections.IComparer",
    "System.Collections.IEqualityComparer",
    "System.Runtime.Serialization.ISerializable",
):
    declare(_name, bases=(), interface=True)
for _name, _bases in (
    ("System.Collections.ICollection", ("System.Collections.IEnumerable",)),
    ("System.Collections.IList", ("System.Collections.ICollection",)),
    ("System.Collections.IDictionary", ("System.Collections.ICollection",)),
    ("System.Collections.Generic.IEnumerable`1", ("System.Collections.IEnumerable",)),
    ("System.Collections.Generic.ICollection`1", ("System.Collections.Generic.IEnumerable`1",)),
    ("System.Collections.Generic.IList`1", ("System.Collections.Generic.ICollection`1",)),
    ("System.Collections.Generic.IDictionary`2", ("System.Collections.Generic.ICollection`1",)),
):
    declare(_name, bases=_bases, interface=True)

declare("System.Void", accelerators=("void",), value_type=True)


class DBNull:
    """System.DBNull: no value, of a database or a registry."""

    def __str__(self) -> str:
        return ""


_nothing = declare("System.DBNull", python=DBNull)
_nothing.constants(Value=DBNull())
declare("System.Nullable`1", value_type=False)
declare("System.Management.Automation.PSObject", accelerators=("psobject",))
_bag = declare(
    "System.Management.Automation.PSCustomObject",
    python=PSCustomObject,
    accelerators=("pscustomobject", "PSCustomObject"),
)
_switch = declare(
    "System.Management.Automation.SwitchParameter",
    python=SwitchParameter,
    bases=("System.ValueType",),
    accelerators=("switch",),
    value_type=True,
)
_switch.properties("IsPresent")


@_bag.method("ToString")
def bag_text(_value: PSCustomObject) -> str:
    """Give nothing: a long-standing quirk of calling ToString() on a property bag."""
    return ""


@_switch.method("ToBool")
def switch_bool(value: SwitchParameter) -> bool:
    """Give the switch as a Boolean."""
    return value.is_present


_char = declare(
    "System.Char",
    python=Char,
    bases=("System.ValueType", "System.IComparable", "System.IConvertible"),
    accelerators=("char",),
    value_type=True,
)
_char.constants(MinValue=Char("\0"), MaxValue=Char("\uffff"))
_TESTS: dict[str, Callable[[str], bool]] = {
    "IsDigit": str.isdecimal,
    "IsNumber": str.isnumeric,
    "IsLetter": str.isalpha,
    "IsLetterOrDigit": str.isalnum,
    "IsUpper": str.isupper,
    "IsLower": str.islower,
    "IsWhiteSpace": str.isspace,
    "IsPunctuation": lambda letter: not letter.isalnum() and not letter.isspace() and letter not in "$+<=>^`|~",
    "IsControl": lambda letter: ord(letter) < 32 or 127 <= ord(letter) < 160,
}


def _declare_test(name: str) -> None:
    test: Callable[[str], bool] = _TESTS[name]

    @_char.static(name)
    def of_char(letter: Char) -> bool:
        return bool(test(letter))

    @_char.static(name)
    def of_text(text: str, index: int) -> bool:
        return bool(test(text[index]))


for _test in _TESTS:
    _declare_test(_test)


@_char.static("ToUpper", "ToUpperInvariant")
def char_upper(letter: Char) -> Char:
    """Give the upper-case letter."""
    return Char(letter.upper())


@_char.static("ToLower", "ToLowerInvariant")
def char_lower(letter: Char) -> Char:
    """Give the lower-case letter."""
    return Char(letter.lower())


@_char.static("GetNumericValue")
def numeric_value(letter: Char) -> float:
    """Give a digit's value, or -1."""
    return float(letter) if letter.isdecimal() else -1.0


@_char.static("ConvertFromUtf32")
def from_utf32(code: int) -> str:
    """Give the text of a code point."""
    return chr(code)


@_char.static("Parse")
def parse_char(text: str) -> Char:
    """Read a text of one character."""
    return Char(text)
