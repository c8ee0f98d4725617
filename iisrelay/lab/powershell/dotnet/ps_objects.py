"""The language's own objects: PSReference, ``$x.psobject`` with its collections of members, added members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList, Dictionary, ReadOnlyCollection
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.members import MISSING, call_method, find_member, get_member, set_member
from iisrelay.lab.powershell.membertable import (
    AliasProperty,
    MemberTable,
    NoteProperty,
    PropertySet,
    ScriptMethod,
    ScriptProperty,
)
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.object_views import ObjectView, PSMethod
from iisrelay.lab.powershell.values import DynamicObject, NetEnum, PSCustomObject, PSObjectWrapper, Reference
from iisrelay.lab.powershell.wildcards import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iisrelay.lab.powershell.engine import Engine

_SPACE = "System.Management.Automation"
MEMBER_TYPES = {
    "AliasProperty": 1,
    "CodeProperty": 2,
    "Property": 4,
    "NoteProperty": 8,
    "ScriptProperty": 16,
    "Properties": 31,
    "PropertySet": 32,
    "Method": 64,
    "CodeMethod": 128,
    "ScriptMethod": 256,
    "Methods": 448,
    "ParameterizedProperty": 512,
    "MemberSet": 1024,
    "Event": 2048,
    "Dynamic": 4096,
    "All": 8191,
}
declare_enum(f"{_SPACE}.PSMemberTypes", MEMBER_TYPES, flags=True)

reference = declare(f"{_SPACE}.PSReference", python=Reference, accelerators=("ref",))
reference.getter("Value")(lambda value: value.value)


@reference.setter("Value")
def set_reference(value: Reference, item: object) -> None:
    """Write through the reference."""
    value.value = item


class MemberView:
    """A property or method of a value, as ``$x.psobject.Members`` shows it."""

    def __init__(self, owner: object, name: str, kind: str) -> None:
        self.owner = owner
        self.name = name
        self.kind = kind

    @property
    def is_method(self) -> bool:
        """Tell whether this is a method of any kind."""
        return self.kind.endswith("Method")


def list_members(value: object) -> list[MemberView]:
    """List the members of a value: added ones, those of its adapter, those of its .NET type."""
    views: dict[str, MemberView] = {}

    def add(name: str, kind: str) -> None:
        views.setdefault(name.lower(), MemberView(value, name, kind))

    if isinstance(value, PSCustomObject | PSObjectWrapper):
        for member in value.members:
            add(member.name, member.kind)
    base = value.value if isinstance(value, PSObjectWrapper) else value
    if isinstance(base, DynamicObject):
        for name, kind in base.member_names():
            add(name, kind)
    for net in type_of(base).lineage():
        for name, _ in () if isinstance(base, DynamicObject) else net.getters.values():
            add(name, "Property")  # an adapter (XML, ADSI, COM) hides the type's own properties
        for name, _ in net.methods.values():
            if name.lower() not in {"item", "set_item"}:
                add(name, "Method")
    return list(views.values())


class MemberCollection(ReadOnlyCollection):
    """Members of one value, by name; adding and removing changes the value."""

    __slots__ = ("owner",)

    def __init__(self, owner: object, members: Iterable[MemberView]) -> None:
        super().__init__(members)
        self.owner = owner


def views_in(members: MemberCollection) -> list[MemberView]:
    """List the members in a collection."""
    return [view for view in members.items if isinstance(view, MemberView)]


def properties_of(value: object) -> MemberCollection:
    """List the properties of a value (of a dictionary those of its type, as the language does)."""
    return MemberCollection(value, [view for view in list_members(value) if not view.is_method])


view_type = declare(f"{_SPACE}.PSMemberSet", python=ObjectView)
view_type.getter("Properties")(lambda view: properties_of(view.value))
view_type.getter("Members")(lambda view: MemberCollection(view.value, list_members(view.value)))
view_type.getter("Methods")(
    lambda view: MemberCollection(view.value, [each for each in list_members(view.value) if each.is_method])
)
view_type.getter("BaseObject", "ImmediateBaseObject")(
    lambda view: view.value.value if isinstance(view.value, PSObjectWrapper) else view.value
)
view_type.getter("TypeNames")(lambda view: find_member(None, view.value, "pstypenames"))


@view_type.method("Copy")
def copy(view: ObjectView) -> object:
    """Copy a property bag; other values give themselves."""
    value = view.value
    if isinstance(value, PSCustomObject):
        copied = PSCustomObject()
        copied.members = value.members.copy()
        copied.type_names = list(value.type_names)
        return copied
    if isinstance(value, PSObjectWrapper):
        return PSObjectWrapper(value.value, value.members.copy(), value.type_names)
    return value


# -- a member --------------------------------------------------------------------------------------------------------

member_type = declare(f"{_SPACE}.PSMemberInfo", python=MemberView)
member_type.getter("Name")(lambda view: view.name)
member_type.getter("MemberType")(lambda view: NetEnum(MEMBER_TYPES.get(view.kind, 4), f"{_SPACE}.PSMemberTypes"))
member_type.getter("IsInstance")(lambda view: view.kind not in {"Property", "Method"})
member_type.getter("IsGettable")(lambda view: not view.is_method)
member_type.method("ToString")(lambda view: view.name)


@member_type.getter("Value")
def member_value(engine: Engine, view: MemberView) -> object:
    """Give the property's value; a method as a value."""
    if view.is_method:
        return PSMethod(view.owner, view.name)
    if isinstance(view.owner, Dictionary):
        found = type_of(view.owner).find("getters", view.name)
        return found[1](view.owner) if found is not None else None
    return get_member(engine, view.owner, view.name)


@member_type.setter("Value")
def set_member_value(engine: Engine, view: MemberView, item: object) -> None:
    """Set the property."""
    set_member(engine, view.owner, view.name, item)


@member_type.getter("IsSettable")
def is_settable(view: MemberView) -> bool:
    """Tell whether the property can be set."""
    if view.kind == "Property":
        return isinstance(view.owner, DynamicObject) or type_of(view.owner).find("setters", view.name) is not None
    return not view.is_method


@member_type.getter("TypeNameOfValue")
def type_name_of_value(engine: Engine, view: MemberView) -> str:
    """Name the type of the property's value."""
    found = member_value(engine, view)
    return "System.Object" if found is None or found is MISSING else type_of(found).name


@member_type.method("Invoke")
def invoke_member(engine: Engine, view: MemberView, *arguments: object) -> object:
    """Call the method."""
    return call_method(engine, view.owner, view.name, list(arguments))


method_type = declare(f"{_SPACE}.PSMethod", python=PSMethod)
method_type.getter("Name")(lambda value: value.name)
method_type.getter("OverloadDefinitions")(lambda value: ArrayList([f"{value.name}(...)"]))


@method_type.method("Invoke")
def invoke_method(engine: Engine, value: PSMethod, *arguments: object) -> object:
    """Call the method."""
    return call_method(engine, value.target, value.name, list(arguments))


# -- collections of members ------------------------------------------------------------------------------------------

collection_type = declare(
    f"{_SPACE}.PSMemberInfoCollection", python=MemberCollection, bases=("System.Collections.ReadOnlyCollectionBase",)
)


@collection_type.method("Item", "get_Item")
def member_by_name(value: MemberCollection, name: str) -> MemberView | None:
    """Find a member by name."""
    lower = name.lower()
    return next((view for view in views_in(value) if view.name.lower() == lower), None)


@collection_type.method("Match")
def match_members(value: MemberCollection, pattern: str) -> MemberCollection:
    """Find members by a wildcard pattern."""
    return MemberCollection(value.owner, [view for view in views_in(value) if matches(pattern, view.name)])


def _table(value: MemberCollection) -> MemberTable:
    if isinstance(value.owner, PSCustomObject | PSObjectWrapper):
        return value.owner.members
    message = "Members can be added only to objects that carry members of their own."
    raise NetError(f"{_SPACE}.ExtendedTypeSystemException", message)


@collection_type.method("Add")
def add_member(value: MemberCollection, member: object, _prevalidated: bool = False) -> None:
    """Add a member to the value."""
    table = _table(value)
    if not isinstance(member, NoteProperty | AliasProperty | ScriptProperty | ScriptMethod | PropertySet):
        raise NetError(
            "System.ArgumentException", "Only notes, aliases, script properties and script methods can be added."
        )
    if table.get(member.name) is not None:
        message = f'Cannot add a member with the name "{member.name}" because a member with that name already exists.'
        raise NetError(f"{_SPACE}.ExtendedTypeSystemException", message)
    table.add(member)


@collection_type.method("Remove")
def remove_member(value: MemberCollection, name: str) -> None:
    """Remove an added member from the value."""
    _table(value).remove(name)


def _declare_added(name: str, python: type, base: str) -> None:
    declared = declare(f"{_SPACE}.{name}", python=python, bases=(f"{_SPACE}.{base}",))
    declared.getter("Name")(lambda member: member.name)
    declared.getter("MemberType")(lambda member: NetEnum(MEMBER_TYPES[member.kind], f"{_SPACE}.PSMemberTypes"))
    declared.constructor(lambda name, *rest: python(str(name), *rest))


for _name, _python in (
    ("PSNoteProperty", NoteProperty),
    ("PSAliasProperty", AliasProperty),
    ("PSScriptProperty", ScriptProperty),
    ("PSScriptMethod", ScriptMethod),
    ("PSPropertySet", PropertySet),
):
    _declare_added(_name, _python, "PSMemberInfo")
