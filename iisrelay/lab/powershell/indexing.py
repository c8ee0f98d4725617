"""Indexing: ``$value[index]`` for arrays, strings, dictionaries, lists and whatever has an Item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.code_units import units
from iisrelay.lab.powershell.collections import (
    ArrayList,
    Dictionary,
    GenericDictionary,
    GenericList,
    OrderedDictionary,
    ReadOnlyCollection,
)
from iisrelay.lab.powershell.conversions import convert, convert_to
from iisrelay.lab.powershell.errors import NetError, language_error
from iisrelay.lab.powershell.invocation import call, method_failed
from iisrelay.lab.powershell.nettypes import require_type, type_of
from iisrelay.lab.powershell.values import Char, DynamicObject, MultiArray, PSArray, unwrap

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


def get_index(engine: Engine | None, value: object, index: object) -> object:
    """Give the item at an index; several indices give an array of items."""
    if type(value) is PSArray and type(index) is int:
        items = value.items
        return items[index] if -len(items) <= index < len(items) else _outside(engine)
    value, index = unwrap(value), unwrap(index)
    if value is None:
        raise language_error("Cannot index into a null array.", "NullArray")
    if isinstance(value, Dictionary):
        return _dictionary_item(value, index)
    if isinstance(value, MultiArray):
        return _grid_item(engine, value, index)
    if isinstance(index, PSArray | ArrayList):
        return _several(engine, value, list(index))
    named = isinstance(index, str) and isinstance(value, ReadOnlyCollection)  # the groups of a match, for example
    if isinstance(value, str | PSArray | ArrayList) and not named:
        return _list_item(engine, value, index)
    return _item_property(engine, value, index)


def _outside(engine: Engine | None) -> object:
    """An index outside the bounds gives $null, in strict mode 3 an error."""
    strict = None if engine is None else engine.strict_version
    if strict and float(str(strict)) >= 3:
        raise _bad_bounds()
    return None


def _several(engine: Engine | None, value: object, indices: list[object]) -> PSArray:
    """Collect items; indices outside the bounds are left out."""
    length = len(value) if isinstance(value, str | PSArray | ArrayList) else None
    found = []
    for index in indices:
        if length is not None:
            place = _place(engine, index)
            if not -length <= place < length:
                continue
        found.append(get_index(engine, value, index))
    return PSArray(found)


def _place(engine: Engine | None, index: object) -> int:
    return index if type(index) is int else int(convert(engine, index, "int"))  # type: ignore[call-overload]


def _list_item(engine: Engine | None, value: str | PSArray | ArrayList, index: object) -> object:
    place = _place(engine, index)
    value = units(value) if isinstance(value, str) else value
    if not -len(value) <= place < len(value):
        return _outside(engine)
    return Char(value[place]) if isinstance(value, str) else value.items[place]


def _dictionary_item(value: Dictionary, index: object) -> object:
    if isinstance(index, PSArray):
        return PSArray([_dictionary_item(value, key) for key in index])
    if isinstance(value, OrderedDictionary) and isinstance(index, int) and index not in value:
        return value.at(index) if -len(value) <= index < len(value) else None
    if index is None:
        raise language_error("Index operation failed; the array index evaluated to null.", "NullArrayIndex")
    if isinstance(value, GenericDictionary):
        key = convert_to(None, index, value.type_arguments[0])
        return value.get(key)
    return value.get(index)


def _grid_item(engine: Engine | None, value: MultiArray, index: object) -> object:
    indices = [_place(engine, each) for each in (index if isinstance(index, PSArray) else [index])]
    if len(indices) != len(value.lengths):
        raise _wrong_dimensions(value, indices)
    try:
        return value.items[value.offset(indices)]
    except IndexError:
        return _outside(engine)


def _wrong_dimensions(value: MultiArray, indices: list[int]) -> NetError:
    return language_error(
        f"The array reference has {len(indices)} index(es), the array {len(value.lengths)} dimensions.",
        "NeedMultidimensionalIndex",
    )


def _item_property(engine: Engine | None, value: object, index: object) -> object:
    """Use the default indexer of a .NET or COM object."""
    if isinstance(value, DynamicObject):
        try:
            return value.call_member(engine, "Item", [index])  # type: ignore[arg-type]
        except AttributeError:
            raise _not_indexable(value) from None
        except NetError as error:
            raise method_failed("get_Item", 1, error) from error
    found = type_of(value).find_methods("methods", "Item")
    if found is None:
        raise _not_indexable(value)
    arguments = list(index) if isinstance(index, PSArray) else [index]
    return call(engine, "get_Item", found[1], arguments, [value])


def _not_indexable(value: object) -> NetError:
    return language_error(f"Unable to index into an object of type {type_of(value).name}.", "CannotIndex")


def set_index(engine: Engine | None, value: object, index: object, item: object) -> None:
    """Set the item at an index."""
    value, index = unwrap(value), unwrap(index)
    if value is None:
        raise language_error("Cannot index into a null array.", "NullArray")
    if isinstance(value, Dictionary):
        _set_dictionary_item(engine, value, index, item)
    elif isinstance(value, MultiArray):
        indices = [_place(engine, each) for each in (index if isinstance(index, PSArray) else [index])]
        if len(indices) != len(value.lengths):
            raise _wrong_dimensions(value, indices)
        try:
            value.items[value.offset(indices)] = convert(engine, item, value.element)
        except IndexError:
            raise _bad_bounds() from None
    elif isinstance(value, PSArray | ArrayList):
        _set_list_item(engine, value, _place(engine, index), item)
    else:
        _set_item_property(engine, value, index, item)


def _set_dictionary_item(engine: Engine | None, value: Dictionary, index: object, item: object) -> None:
    if index is None:
        raise language_error("Index operation failed; the array index evaluated to null.", "NullArrayIndex")
    if isinstance(value, GenericDictionary):
        value[convert_to(engine, index, value.type_arguments[0])] = convert_to(engine, item, value.type_arguments[1])
    elif isinstance(value, OrderedDictionary) and isinstance(index, int) and index not in value:
        if not 0 <= index < len(value):
            raise _bad_bounds()
        value.set_at(index, item)
    else:
        value[index] = item


def _set_list_item(engine: Engine | None, value: PSArray | ArrayList, place: int, item: object) -> None:
    if not -len(value) <= place < len(value):
        raise _bad_bounds()
    if isinstance(value, GenericList):
        item = convert_to(engine, item, value.element)
    elif isinstance(value, PSArray) and value.element != "System.Object":
        item = convert_to(engine, item, require_type(value.element))
    value.items[place] = item


def _bad_bounds() -> NetError:
    return NetError(
        "System.IndexOutOfRangeException",
        "Index was outside the bounds of the array.",
        identifier="System.IndexOutOfRangeException",
        category="OperationStopped",
    )


def _set_item_property(engine: Engine | None, value: object, index: object, item: object) -> None:
    if isinstance(value, DynamicObject):
        try:
            value.call_member(engine, "set_Item", [index, item])  # type: ignore[arg-type]
        except AttributeError:
            raise _not_indexable(value) from None
        except NetError as error:
            raise method_failed("set_Item", 2, error) from error
        return
    found = type_of(value).find_methods("methods", "set_Item")
    if found is None:
        raise _not_indexable(value)
    call(engine, "set_Item", found[1], [index, item], [value])
