"""Conversions of the language: casts, parameter binding, arguments of .NET methods, truth and text.

``convert`` takes the text between the brackets of a type literal, ``convert_to`` a type that has been found already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList, Dictionary, GenericList, Hashtable, enumerate_value
from iisrelay.lab.powershell.conversions_numbers import (
    cast_error,
    null_cast_error,
    to_char,
    to_decimal,
    to_double,
    to_enum,
    to_integer,
)
from iisrelay.lab.powershell.conversions_text import item_text, one_or_array, to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.nettypes import NetType, find_type, require_type, type_of
from iisrelay.lab.powershell.numeric import INTEGERS
from iisrelay.lab.powershell.values import (
    BigInteger,
    Char,
    MultiArray,
    PSArray,
    PSCustomObject,
    PSObjectWrapper,
    Reference,
    SwitchParameter,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

__all__ = [
    "convert",
    "convert_to",
    "default_value",
    "is_instance",
    "is_instance_of",
    "item_text",
    "one_or_array",
    "to_bool",
    "to_string",
    "try_convert",
]


def convert(engine: Engine | None, value: object, type_name: str) -> object:
    """Convert a value to the named type, as a cast does; NetError in the words of the language when it cannot be."""
    return convert_to(engine, value, require_type(type_name))


def convert_to(engine: Engine | None, value: object, net: NetType) -> object:
    """Convert a value to a type."""
    kind = type(value)
    if kind is net.python and not net.definition:
        return value
    if kind is PSObjectWrapper and net.name != "System.Object":
        return _convert_wrapper(engine, value, net)  # type: ignore[arg-type]
    converter = _CONVERTERS.get(net.name)
    if converter is not None:
        return converter(engine, value, net)
    if net.element is not None:
        return _to_array(engine, value, net)
    if net.enum is not None:
        return to_enum(value, net)
    if net.definition is not None and net.definition.name == "System.Nullable`1":
        return None if value is None else convert_to(engine, value, net.arguments[0])
    return _to_object(engine, value, net)


def _convert_wrapper(engine: Engine | None, value: PSObjectWrapper, net: NetType) -> object:
    if net.name == "System.String":
        return to_string(engine, value)
    if net.python is not None and isinstance(value.value, net.python):
        return value  # the added members stay visible through a typed variable
    return convert_to(engine, value.value, net)


def try_convert(engine: Engine | None, value: object, type_name: str) -> tuple[bool, object]:
    """Convert without failing: (whether it worked, the result)."""
    try:
        return True, convert(engine, value, type_name)
    except NetError:
        return False, None


def to_bool(value: object) -> bool:
    """Tell the truth of a value: empty text, zero, $null and empty lists are false; a list of one is its item."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[return-value]
    if value is None:
        return False
    if kind is Char:
        return value != "\0"
    if isinstance(value, PSArray | ArrayList):
        return _list_truth(value)
    if isinstance(value, PSObjectWrapper):
        return to_bool(value.value)
    if isinstance(value, Dictionary):
        return True
    return bool(value) if isinstance(value, str | int | float | SwitchParameter) or hasattr(kind, "__bool__") else True


def _list_truth(value: PSArray | ArrayList) -> bool:
    if len(value.items) != 1:
        return bool(value.items)
    item = value.items[0]
    return len(item.items) > 0 if isinstance(item, PSArray | ArrayList) else to_bool(item)


def is_instance(value: object, type_name: str) -> bool:
    """Tell whether a value is of a type, or of one that extends or implements it (-is, typed catch)."""
    net = require_type(type_name)
    return is_instance_of(value, net)


def is_instance_of(value: object, net: NetType) -> bool:
    """Tell whether a value is of a type that has been found already."""
    if value is None:
        return False
    if net.name in {"System.Management.Automation.PSObject", "System.Management.Automation.PSCustomObject"}:
        return isinstance(value, PSCustomObject | PSObjectWrapper)
    return type_of(value).inherits(net.name)


def default_value(net: NetType) -> object:
    """Give the value that new arrays and uninitialised numbers of a type hold."""
    if net.python in INTEGERS or net.enum is not None or net.name in _VALUE_DEFAULTS:
        return _from_null(net)
    if net.value_type:
        return convert_to(None, 0, net) if net.converter else None
    return None


def _from_null(net: NetType) -> object:
    if net.enum is not None:
        from iisrelay.lab.powershell.values import NetEnum  # noqa: PLC0415 - rare

        return NetEnum(0, net.name)
    return _CONVERTERS[net.name](None, None, net)


_VALUE_DEFAULTS = {"System.Double", "System.Single", "System.Decimal", "System.Boolean", "System.Char"}


# -- one function a kind of target -----------------------------------------------------------------------------------


def _to_text(engine: Engine | None, value: object, _net: NetType) -> str:
    return to_string(engine, value)


def _to_type(_engine: Engine | None, value: object, net: NetType) -> NetType | None:
    if value is None or isinstance(value, NetType):
        return value
    found = find_type(value) if isinstance(value, str) else None
    if found is None:
        raise cast_error(value, net, f'Could not load type "{to_string(None, value)}".', "System.TypeLoadException")
    return found


def _to_bag(engine: Engine | None, value: object, _net: NetType) -> object:
    """[pscustomobject]: a dictionary becomes a property bag, everything else stays what it is."""
    if isinstance(value, Dictionary):
        return PSCustomObject((to_string(engine, key), item) for key, item in value.items())
    return value


def _to_hashtable(_engine: Engine | None, value: object, net: NetType) -> object:
    if value is None:
        return None
    if isinstance(value, Dictionary):
        return Hashtable(value.items())
    raise cast_error(value, net)


def _to_any_array(engine: Engine | None, value: object, _net: NetType) -> object:
    """[array]: any array stays, everything else becomes Object[]."""
    if value is None or isinstance(value, PSArray | MultiArray):
        return value
    return _to_array(engine, value, require_type("object[]"))


def _to_array(engine: Engine | None, value: object, net: NetType) -> object:
    element = net.element
    if value is None or element is None:
        return None
    if isinstance(value, PSArray) and value.element == element.name:
        return value
    if isinstance(value, MultiArray):
        return value
    if net.rank > 1:
        raise cast_error(value, net)
    if element.python is Char and type(value) is str:
        return PSArray(map(Char, value), element.name)
    items = enumerate_value(value)
    listed = [value] if items is None else items
    return PSArray([convert_to(engine, item, element) for item in listed], element.name)


def _to_array_list(_engine: Engine | None, value: object, net: NetType) -> object:
    if value is None or isinstance(value, ArrayList):
        return value
    items = enumerate_value(value)
    if items is None:
        raise cast_error(value, net)
    return ArrayList(items)


def _to_big_integer(_engine: Engine | None, value: object, net: NetType) -> object:
    if value is None:
        raise null_cast_error(net)
    if isinstance(value, str | int | float):
        try:
            return BigInteger(int(value))
        except ValueError:
            raise cast_error(value, net, "The value could not be parsed.") from None
    raise cast_error(value, net)


def _to_reference(_engine: Engine | None, value: object, _net: NetType) -> object:
    return value if isinstance(value, Reference) else Reference(value)


def _same(_engine: Engine | None, value: object, _net: NetType) -> object:
    return value


def _to_object(engine: Engine | None, value: object, net: NetType) -> object:
    """Convert by what the type itself offers: its converter, its constructors, or properties from a dictionary."""
    if value is None:
        if net.value_type:
            raise null_cast_error(net)
        return None
    if type_of(value).inherits(net.name):
        return value
    converter = net.converter or (net.definition.converter if net.definition is not None else None)
    if converter is not None:
        made = _by_converter(engine, value, net, converter)
        if made is not NotImplemented:
            return made
    from iisrelay.lab.powershell import invocation  # noqa: PLC0415 - choosing a constructor converts arguments in turn

    if net.definition is not None and net.definition.python is GenericList:
        return _to_generic_list(engine, value, net)
    if net.definition is not None and net.definition.constructors and enumerate_value(value) is not None:
        return invocation.construct(engine, net, [value])
    return invocation.construct_from(engine, value, net)


def _by_converter(engine: Engine | None, value: object, net: NetType, converter: Callable[..., object]) -> object:
    try:
        return converter(engine, value)
    except NetError as error:
        if error.type_name.startswith("System.Management.Automation."):
            raise
        raise cast_error(value, net, error.message, error.type_name) from error


def _to_generic_list(engine: Engine | None, value: object, net: NetType) -> object:
    items = enumerate_value(value)
    listed = [value] if items is None else items
    return GenericList(net.arguments, [convert_to(engine, item, net.arguments[0]) for item in listed])


_CONVERTERS: dict[str, Callable[[Engine | None, object, NetType], object]] = {
    "System.Object": _same,
    "System.String": _to_text,
    "System.Boolean": lambda _engine, value, _net: to_bool(value),
    "System.Char": lambda _engine, value, net: to_char(value, net),
    "System.Double": lambda _engine, value, net: to_double(value, net),
    "System.Single": lambda _engine, value, net: to_double(value, net),
    "System.Decimal": lambda _engine, value, net: to_decimal(value, net),
    "System.Numerics.BigInteger": _to_big_integer,
    "System.Type": _to_type,
    "System.Void": lambda _engine, _value, _net: None,
    "System.Array": _to_any_array,
    "System.Collections.Hashtable": _to_hashtable,
    "System.Collections.ArrayList": _to_array_list,
    "System.Management.Automation.PSObject": _to_bag,
    "System.Management.Automation.PSCustomObject": _to_bag,
    "System.Management.Automation.PSReference": _to_reference,
    "System.Management.Automation.SwitchParameter": lambda _engine, value, _net: SwitchParameter(to_bool(value)),
    **{
        f"System.{integer.name}": lambda _engine, value, net: to_integer(value, net) for integer in INTEGERS.values()
    },
}  # fmt: skip
