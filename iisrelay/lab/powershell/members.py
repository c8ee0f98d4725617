"""Properties and methods of values: what ``$value.Name`` and ``$value.Method()`` mean for every kind of value."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.block_calls import call_block
from iisrelay.lab.powershell.collection_methods import COLLECTION_METHODS
from iisrelay.lab.powershell.collections import ArrayList, Dictionary, enumerate_value
from iisrelay.lab.powershell.conversions import one_or_array
from iisrelay.lab.powershell.errors import NetError, language_error
from iisrelay.lab.powershell.indexing import get_index, set_index
from iisrelay.lab.powershell.invocation import call, method_failed, missing_method, overload_of
from iisrelay.lab.powershell.membertable import (
    AddedMember,
    AliasProperty,
    MemberTable,
    NoteProperty,
    PropertySet,
    ScriptMethod,
    ScriptProperty,
)
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.object_views import ObjectView, PSMethod
from iisrelay.lab.powershell.values import DynamicObject, PSArray, PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

__all__ = [
    "MISSING",
    "MemberTable",
    "PSObjectWrapper",
    "call_method",
    "enumerate_value",
    "find_member",
    "get_index",
    "get_member",
    "set_index",
    "set_member",
]


class _Missing:
    """What a look-up gives for a member that does not exist ($null is a value)."""

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()


def get_member(engine: Engine | None, value: object, name: str) -> object:
    """Give a property's value; $null when there is none, an error in strict mode."""
    found = find_member(engine, value, name)
    if found is not MISSING:
        return found
    if is_strict(engine, 2):
        raise language_error(
            f"The property '{name}' cannot be found on this object. Verify that the property exists.",
            "PropertyNotFoundStrict",
            "NotSpecified",
            value=value,
        )
    lower = name.lower()
    if lower in {"count", "length"} and has_member_enumeration(engine):
        return 0 if value is None else 1  # since 3.0 every value counts itself
    return None


def is_strict(engine: Engine | None, version: int) -> bool:
    """Tell whether Set-StrictMode asks for a version's checks."""
    strict = None if engine is None else engine.strict_version
    return bool(strict) and float(str(strict)) >= version


def has_member_enumeration(engine: Engine | None) -> bool:
    """Tell whether the language is 3.0 or newer, where lists give the members of their items."""
    return engine is None or engine.version != "2.0"


def find_member(engine: Engine | None, value: object, name: str) -> object:
    """Give a property's value, or MISSING."""
    kind = type(value)
    if kind is PSCustomObject:
        member = value.members.get(name)  # type: ignore[attr-defined]
        if member is not None:
            return member.value if type(member) is NoteProperty else read_added(engine, value, member)
    elif isinstance(value, Dictionary) and name in value:
        return value[name]
    elif kind is PSObjectWrapper:
        return _find_wrapped(engine, value, name)  # type: ignore[arg-type]
    elif isinstance(value, DynamicObject):
        found = _find_dynamic(engine, value, name)
        if found is not MISSING:
            return found
    elif value is None:
        return MISSING
    return _find_typed(engine, value, name)


def _find_typed(engine: Engine | None, value: object, name: str) -> object:
    """Look a property up in the value's .NET type, then among those every object has, then in the items of a list."""
    net = type_of(value)
    found = net.find("getters", name)
    if found is not None:
        return run_getter(engine, value, found)
    intrinsic = _INTRINSIC.get(name.lower())
    if intrinsic is not None:
        return intrinsic(value)
    if net.find_methods("methods", name) is not None:
        return PSMethod(value, net.find_methods("methods", name)[0])  # type: ignore[index]
    if not isinstance(value, Dictionary) and has_member_enumeration(engine):
        items = enumerate_value(value)
        found_in_items = MISSING if items is None else _from_items(engine, list(items), name)
        if found_in_items is not MISSING:
            return found_in_items
    member = kept_member(value, name)
    return MISSING if member is None else read_added(engine, value, member)


def kept_member(value: object, name: str) -> AddedMember | None:
    """Find a member that was added to a bare object: since 3.0 it belongs to the object, not to one wrapper of it."""
    kept = getattr(value, "added_members", None)
    return kept.get(name) if isinstance(kept, MemberTable) else None


def run_getter(engine: Engine | None, value: object, found: tuple[str, Callable[..., object]]) -> object:
    """Run a getter; a .NET exception comes wrapped in GetValueInvocationException."""
    name, function = found
    try:
        return function(engine, value) if _takes_engine(function) else function(value)
    except NetError as error:
        raise _accessor_failed("Get", f'Exception getting "{name}": "{error.message}"', error) from error


@lru_cache(maxsize=4096)
def _takes_engine(function: Callable[..., object]) -> bool:
    return overload_of(function, instance=True).takes_engine


def _accessor_failed(kind: str, message: str, error: NetError) -> NetError:
    return NetError(
        f"System.Management.Automation.{kind}ValueInvocationException",
        message,
        inner=error,
        hresult=error.hresult,
        identifier=f"Exception{'Getting' if kind == 'Get' else 'WhenSetting'}",
        category="NotSpecified",
    )


def _find_dynamic(engine: Engine | None, value: DynamicObject, name: str) -> object:
    try:
        return value.get_member(engine, name)  # type: ignore[arg-type]
    except AttributeError:
        return MISSING
    except NetError as error:
        if value.asks_for_members:
            raise _not_retrieved(name, error) from error
        raise _accessor_failed("Get", f'Exception getting "{name}": "{error.message}"', error) from error


def _not_retrieved(name: str, error: NetError) -> NetError:
    """Make the error of an adapter that could not even find out whether there is such a member."""
    return NetError(
        "System.Management.Automation.ExtendedTypeSystemException",
        f'The following exception occurred while retrieving member "{name}": "{error.message}"',
        inner=error,
        hresult=error.hresult,
        identifier="CatchFromBaseGetMember",
        category="NotSpecified",
    )


def _find_wrapped(engine: Engine | None, value: PSObjectWrapper, name: str) -> object:
    member = value.members.get(name)
    if member is not None:
        return read_added(engine, value, member)
    if name.lower() in _INTRINSIC:
        return _INTRINSIC[name.lower()](value)
    return find_member(engine, value.value, name)


def read_added(engine: Engine | None, owner: object, member: AddedMember) -> object:
    """Give the value of an added member."""
    if isinstance(member, NoteProperty):
        return member.value
    if isinstance(member, AliasProperty):
        return get_member(engine, owner, member.target)
    if isinstance(member, ScriptProperty):
        return run_script(engine, member.getter, [], owner)
    if isinstance(member, PropertySet):
        return PSArray(member.names, "System.String")
    return PSMethod(owner, member.name)


def run_script(engine: Engine | None, script: object, arguments: list[object], this: object) -> object:
    """Run the script block of an added member and give what it returned as one value."""
    return one_or_array(call_block(engine, script, arguments, this=this))


def _from_items(engine: Engine | None, items: list[object], name: str) -> object:
    """Collect a property from the items of a list (since 3.0)."""
    found = [result for item in items if (result := find_member(engine, item, name)) is not MISSING]
    if not found and (items or name.lower() not in {"count", "length"}):
        return MISSING
    return one_or_array(flatten(found))


def flatten(results: list[object]) -> list[object]:
    """Spread lists among results, as collecting members of items does."""
    flat: list[object] = []
    for result in results:
        items = enumerate_value(result)
        flat.extend([result] if items is None else items)
    return flat


def _type_names(value: object) -> ArrayList:
    names = ArrayList()
    if isinstance(value, PSCustomObject):
        names.items = value.type_names  # type: ignore[assignment] # shared: scripts insert names here
        return names
    own = value.type_names if isinstance(value, PSObjectWrapper) else []
    lineage = [kind.name for kind in type_of(value).lineage() if not kind.interface]
    names.items = list(dict.fromkeys([*own, *lineage]))
    return names


_INTRINSIC: dict[str, Callable[[object], object]] = {
    "psobject": ObjectView,
    "psbase": lambda value: value.value if isinstance(value, PSObjectWrapper) else value,
    "psadapted": lambda value: value,
    "psextended": lambda value: value,
    "pstypenames": _type_names,
}


# -- setting ---------------------------------------------------------------------------------------------------------


def set_member(engine: Engine | None, value: object, name: str, item: object) -> None:
    """Set a property; a dictionary takes it as a key."""
    if isinstance(value, Dictionary):
        value[name] = item
    elif isinstance(value, PSCustomObject | PSObjectWrapper) and (member := value.members.get(name)) is not None:
        write_added(engine, value, member, item)
    elif isinstance(value, PSObjectWrapper):
        set_member(engine, value.value, name, item)
    elif isinstance(value, DynamicObject):
        _set_dynamic(engine, value, name, item)
    else:
        _set_typed(engine, value, name, item)


def write_added(engine: Engine | None, owner: object, member: AddedMember, item: object) -> None:
    """Set an added property."""
    if isinstance(member, NoteProperty):
        member.value = item
    elif isinstance(member, AliasProperty):
        set_member(engine, owner, member.target, item)
    elif isinstance(member, ScriptProperty) and member.setter is not None:
        run_script(engine, member.setter, [item], owner)
    elif isinstance(member, ScriptProperty):
        raise language_error(
            f'Set accessor for property "{member.name}" is unavailable.', "PropertyAssignmentException"
        )
    else:
        raise language_error(f"The method '{member.name}' cannot be assigned.", "PropertyAssignmentException")


def _set_dynamic(engine: Engine | None, value: DynamicObject, name: str, item: object) -> None:
    try:
        value.set_member(engine, name, item)  # type: ignore[arg-type]
    except AttributeError:
        _set_typed(engine, value, name, item)
    except NetError as error:
        raise _accessor_failed("Set", f'Exception setting "{name}": "{error.message}"', error) from error


def _set_typed(engine: Engine | None, value: object, name: str, item: object) -> None:
    net = None if value is None else type_of(value)
    found = None if net is None else net.find("setters", name)
    if found is None:
        member = kept_member(value, name)
        if member is not None:
            write_added(engine, value, member, item)
            return
        if net is not None and net.find("getters", name) is not None:
            raise language_error(f"'{name}' is a ReadOnly property.", "PropertyAssignmentException")
        raise cannot_set(name, value)
    try:
        call(engine, found[0], [found[1]], [item], [value])
    except NetError as error:
        cause = error.inner or error
        raise _accessor_failed("Set", f'Exception setting "{found[0]}": "{cause.message}"', cause) from error


def cannot_set(name: str, value: object) -> NetError:
    """Make the error of assigning to a property that does not exist."""
    return language_error(
        f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
        "PropertyNotFound",
        value=value,
    )


# -- calling ---------------------------------------------------------------------------------------------------------


def call_method(engine: Engine | None, value: object, name: str, arguments: list[object]) -> object:
    """Call a method; .NET exceptions come wrapped in MethodInvocationException."""
    if value is None:
        raise language_error("You cannot call a method on a null-valued expression.", "InvokeMethodOnNull")
    if isinstance(value, PSCustomObject | PSObjectWrapper):
        member = value.members.get(name)
        if isinstance(member, ScriptMethod):
            return run_script(engine, member.script, arguments, value)
        if isinstance(value, PSObjectWrapper):
            return call_method(engine, value.value, name, arguments)
    kept = kept_member(value, name)
    if isinstance(kept, ScriptMethod):
        return run_script(engine, kept.script, arguments, value)
    if isinstance(value, DynamicObject):
        return _call_dynamic(engine, value, name, arguments)
    found = type_of(value).find_methods("methods", name)
    if found is not None:
        return call(engine, found[0], found[1], arguments, [value])
    return _call_missing(engine, value, name, arguments)


def _call_dynamic(engine: Engine | None, value: DynamicObject, name: str, arguments: list[object]) -> object:
    try:
        return value.call_member(engine, name, arguments)  # type: ignore[arg-type]
    except AttributeError:
        found = type_of(value).find_methods("methods", name)
        if found is None:
            accessed = _call_accessor(engine, value, name, arguments)
            if accessed is MISSING:
                raise missing_method(type_of(value), name) from None
            return accessed
        return call(engine, found[0], found[1], arguments, [value])
    except NetError as error:
        raise method_failed(name, len(arguments), error) from error


def _call_accessor(engine: Engine | None, value: object, name: str, arguments: list[object]) -> object:
    """Call ``get_Name()`` or ``set_Name(value)`` of a property; MISSING when it is neither."""
    accessor, _, property_name = name.partition("_")
    if not property_name or find_member(engine, value, property_name) is MISSING:
        return MISSING
    if accessor.lower() == "get" and not arguments:
        return get_member(engine, value, property_name)
    if accessor.lower() == "set" and len(arguments) == 1:
        set_member(engine, value, property_name, arguments[0])
        return None
    return MISSING


def _call_missing(engine: Engine | None, value: object, name: str, arguments: list[object]) -> object:
    """Call a method on every item of a list (since 3.0), or fail."""
    held = find_member(engine, value, name) if isinstance(value, Dictionary | PSCustomObject) else None
    if isinstance(held, PSMethod):
        return call_method(engine, held.target, held.name, arguments)
    intrinsic = COLLECTION_METHODS.get(name.lower())
    if intrinsic is not None and engine is not None and engine.version_number >= 4:
        return intrinsic(engine, value, arguments)
    accessed = _call_accessor(engine, value, name, arguments)
    if accessed is not MISSING:
        return accessed
    items = enumerate_value(value) if has_member_enumeration(engine) else None
    listed = [] if items is None else list(items)
    if not listed:
        raise missing_method(type_of(value), name)
    results = [call_method(engine, item, name, arguments) for item in listed]
    return one_or_array(flatten([result for result in results if result is not None]))
