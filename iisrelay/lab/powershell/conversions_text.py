"""Any value as text: what a string with a variable in it, [string] and -join show."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.block_calls import call_block
from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.membertable import AliasProperty, MemberTable, NoteProperty, PropertySet, ScriptMethod
from iisrelay.lab.powershell.nettypes import NetType, type_of
from iisrelay.lab.powershell.numeric import format_decimal, format_double
from iisrelay.lab.powershell.values import Char, DynamicObject, NetEnum, PSCustomObject, PSObjectWrapper, Single

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iisrelay.lab.powershell.engine import Engine


def to_string(engine: Engine | None, value: object) -> str:
    """Convert to String as the language does: arrays joined with $OFS, numbers and dates without culture."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is int:
        return str(value)
    if value is None:
        return ""
    if kind is PSCustomObject and isinstance(value.members.get("ToString"), ScriptMethod):  # type: ignore[attr-defined]
        return _own_text(engine, value)  # type: ignore[arg-type]
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, PSObjectWrapper):
        return _wrapper_text(engine, value)
    return _object_text(engine, value)


def _wrapper_text(engine: Engine | None, value: PSObjectWrapper) -> str:
    if isinstance(value.members.get("ToString"), ScriptMethod):
        return _own_text(engine, value)
    return to_string(engine, value.value)


def _own_text(engine: Engine | None, value: PSObjectWrapper | PSCustomObject) -> str:
    """Give the text of an object that has got a ToString of its own."""
    method = value.members.get("ToString")
    if isinstance(method, ScriptMethod) and engine is not None:
        return to_string(engine, one_or_array(call_block(engine, method.script, this=value)))
    return members_text(value.members)


def one_or_array(results: list[object]) -> object:
    """Give what a script block returned as one value: nothing, the only object, or an array."""
    from iisrelay.lab.powershell.values import PSArray  # noqa: PLC0415 - rare

    if len(results) == 1:
        return results[0]
    return PSArray(results) if results else None


def _object_text(engine: Engine | None, value: object) -> str:
    items = None if type(value).__str__ is not object.__str__ else enumerate_value(value)
    if items is None:
        return plain_text(value)
    return join(engine, items)


def join(engine: Engine | None, items: Iterable[object]) -> str:
    """Join items with $OFS (a blank when it is not set); an array inside shows as its type."""
    separator = None if engine is None else engine.get_variable("OFS")
    return (" " if separator is None else to_string(None, separator)).join(item_text(engine, item) for item in items)


def item_text(engine: Engine | None, item: object) -> str:
    """Convert an item among those that are joined: an array inside shows as its type."""
    return to_string(engine, item) if enumerate_value(item) is None else plain_text(item)


def plain_text(value: object) -> str:
    """Convert to text without going into collections: they show as their type."""
    if isinstance(value, Dictionary) or type(value).__str__ is object.__str__:
        return type_of(value).name
    return str(value)


def members_text(members: MemberTable) -> str:
    """Show a property bag: ``@{Name=a; Size=3}``."""
    parts = []
    for member in members:
        if isinstance(member, ScriptMethod | PropertySet):
            continue
        shown = member.value if isinstance(member, NoteProperty) else None
        if isinstance(member, AliasProperty):
            target = members.get(member.target)
            shown = target.value if isinstance(target, NoteProperty) else None
        # The language does not descend: a bag within the bag shows as nothing, an array as its type.
        nested = isinstance(shown, PSCustomObject)
        parts.append(f"{member.name}={'' if nested else to_flat_string(shown)}")
    return f"@{{{'; '.join(parts)}}}" if parts else ""


def to_flat_string(value: object) -> str:
    """Convert to text, collections as their type name."""
    return to_string(None, value) if enumerate_value(value) is None else plain_text(value)


def enum_text(value: NetEnum) -> str:
    """Show an enumeration value: its name, the names of its flags, or the number."""
    net = type_of(value)
    names = {number: name for name, number in reversed((net.enum or {}).items())}
    if int(value) in names:
        return names[int(value)]
    return (flags_text(int(value), names) if net.flags else None) or str(int(value))


def flags_text(value: int, names: dict[int, str]) -> str | None:
    """Write a number as the names of its bits, lowest first; None when bits have no name."""
    found: list[str] = []
    for number in sorted(names, reverse=True):
        if number and value & number == number:
            found.append(names[number])
            value &= ~number
    return None if value else ", ".join(reversed(found))


def type_text(net: NetType) -> str:
    """Show a type in a string: its short name where the language has one."""
    return net.short or net.name


def exception_text(error: NetError) -> str:
    """Show an exception as ToString() does."""
    inner = (
        f" ---> {exception_text(error.inner)}\r\n   --- End of inner exception stack trace ---" if error.inner else ""
    )
    return f"{error.type_name}: {error.message}{inner}"


_PLAIN: dict[type, Callable[..., str]] = {
    bool: str,
    float: format_double,
    Decimal: format_decimal,
    NetEnum: enum_text,
    NetType: type_text,
    NetError: exception_text,
    Char: str.__str__,
    Single: format_double,
    PSCustomObject: lambda value: members_text(value.members),
}


def describe(value: object) -> str:
    """Show a value in an error message."""
    if isinstance(value, DynamicObject):
        return value.net_type
    return to_flat_string(value)
