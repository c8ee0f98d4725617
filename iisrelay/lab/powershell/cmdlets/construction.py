"""Cmdlets that make objects and look at their members: New-Object, Add-Member, Get-Member, Add-Type."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.binding import new_object as construct_object
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.member_listing import MemberEntry, list_members, list_static_members
from iisrelay.lab.powershell.members import set_member
from iisrelay.lab.powershell.membertable import (
    AddedMember,
    AliasProperty,
    MemberTable,
    NoteProperty,
    PropertySet,
    ScriptMethod,
    ScriptProperty,
)
from iisrelay.lab.powershell.nettypes import NetType, find_type, type_of
from iisrelay.lab.powershell.values import PSArray, PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INPUT_OBJECT = Param("InputObject", pipeline=True)

_KNOWN_ASSEMBLIES_WORDS = (
    "microsoft.csharp microsoft.powershell.commands.utility microsoft.visualbasic mscorlib presentationcore "
    "presentationframework system system.collections system.configuration system.core system.data "
    "system.directoryservices system.directoryservices.accountmanagement system.drawing system.io.compression "
    "system.io.compression.filesystem system.management system.management.automation system.net system.net.http "
    "system.numerics system.runtime.serialization system.security system.serviceprocess system.web "
    "system.web.extensions system.windows.forms system.xml system.xml.linq windowsbase"
)
KNOWN_ASSEMBLIES = frozenset(_KNOWN_ASSEMBLIES_WORDS.split())


@cmdlet(
    "New-Object",
    Param("TypeName", "string", 0),
    Param("ArgumentList", "object[]", 1, aliases=("Args",)),
    Param("ComObject", "string"),
    Param("Property"),
    Param("Strict", "switch"),
)
def new_object(call: Call) -> Iterator[object]:
    """New-Object: an object of a .NET type, or a COM object."""
    made = _make_com(call) if call.has("ComObject") else _make(call)
    properties = call.get("Property")
    if isinstance(properties, Dictionary):
        for key, value in properties.items():
            _set_property(call, made, to_string(call.engine, key), value)
    yield made


def _make_com(call: Call) -> object:
    name = to_string(None, call.get("ComObject"))
    create = getattr(call.engine.machine, "create_com_object", None)
    if create is None:
        call.engine.fail(
            f"Retrieving the COM class factory for component with CLSID {{00000000-0000-0000-0000-000000000000}} "
            f"failed: {name} is "
            "not simulated.",
            "NoCOMClassIdentified",
            "ResourceUnavailable",
        )
    return create(call.engine, name)  # type: ignore[misc]


def _make(call: Call) -> object:
    name = to_string(None, call.get("TypeName"))
    arguments = call.get("ArgumentList")
    given = [] if arguments is None else list(enumerate_value(arguments) or [arguments])
    if not name:
        call.engine.fail(
            "Cannot process command because of one or more missing mandatory parameters: TypeName.",
            "MissingMandatoryParameter",
            "InvalidArgument",
            exception="System.Management.Automation.ParameterBindingException",
        )
    if name.lower() in {
        "psobject",
        "pscustomobject",
        "object",
        "system.management.automation.psobject",
        "system.object",
    }:
        return _make_bag(name, given)
    if find_type(name) is None:
        call.engine.fail(
            f"Cannot find type [{name}]: verify that the assembly containing this type is loaded.",
            "TypeNotFound",
            "InvalidType",
            exception="System.Management.Automation.PSArgumentException",
        )
    return construct_object(call.engine, name, given)


def _make_bag(name: str, given: list[object]) -> object:
    del name
    return given[0] if given and not isinstance(given[0], Dictionary) else PSCustomObject()


def _set_property(call: Call, made: object, name: str, value: object) -> None:
    if isinstance(made, PSCustomObject):
        made.members.set(name, value)
        return
    try:
        set_member(call.engine, made, name, value)
    except NetError as error:
        call.error(
            f'The member "{name}" was not found for the specified {type_of(made).name} object: {error.message}',
            category="InvalidOperation",
            identifier="InvalidOperationException",
            exception="System.InvalidOperationException",
        )


@cmdlet(
    "Add-Member",
    Param("MemberType", position=0, aliases=("Type",)),  # since 3.0 the table of new properties may stand here
    Param("Name", "string", 1),
    Param("Value", position=2),
    Param("SecondValue", position=3),
    Param("NotePropertyName", "string", since="3.0"),
    Param("NotePropertyValue", since="3.0"),
    Param("NotePropertyMembers", since="3.0"),
    Param("TypeName", "string", since="3.0"),
    Param("Force", "switch"),
    Param("PassThru", "switch"),
    Param("InputObject", pipeline=True, mandatory=True),
    streaming=True,
)
def add_member(call: Call) -> Iterator[object]:
    """Add-Member: members of an object's own; a bare value is wrapped, so only -PassThru gives it with its members."""
    target = call.get("InputObject")
    holder = target if isinstance(target, PSCustomObject | PSObjectWrapper) else _wrapper_for(target)
    if call.has("TypeName"):
        holder.type_names.insert(0, to_string(None, call.get("TypeName")))
    for member in _new_members(call):
        if member.name in holder.members and not call.has("Force"):
            call.error(
                f'Cannot add a member with the name "{member.name}" because a member with that name already exists. '
                + _overwriting(call),
                category="InvalidOperation",
                identifier="MemberAlreadyExists",
                target=target,
                exception="System.InvalidOperationException",
            )
            return
        holder.members.add(member)
    if call.has("PassThru"):
        yield holder


def _overwriting(call: Call) -> str:
    if call.engine.version_number < 3:
        return "If you want to overwrite the member anyway, use the Force parameter to overwrite it."
    return "To overwrite the member anyway, add the Force parameter to your command."


def _wrapper_for(target: object) -> PSObjectWrapper:
    """Give what carries the members of a bare value; an object (not a value such as a number) keeps them itself."""
    kept = getattr(target, "added_members", None)
    if not isinstance(kept, MemberTable):
        kept = MemberTable()
        with contextlib.suppress(AttributeError):
            target.added_members = kept  # type: ignore[attr-defined]
    return PSObjectWrapper(target, kept)


def _new_members(call: Call) -> Iterator[AddedMember]:
    first = call.get("MemberType")
    table = call.get("NotePropertyMembers", first)
    if isinstance(table, Dictionary):
        for key, value in table.items():
            yield NoteProperty(to_string(None, key), value)
    elif call.has("NotePropertyName"):
        yield NoteProperty(to_string(None, call.get("NotePropertyName")), call.get("NotePropertyValue"))
    elif first is not None and to_string(None, first).lower() not in _KINDS and call.engine.version_number >= 3:
        yield NoteProperty(to_string(None, first), call.get("Name") if call.get("Value") is None else call.get("Value"))
    elif first is not None:
        yield _KINDS[_kind(call, first)](call, to_string(None, call.get("Name")))


def _kind(call: Call, value: object) -> str:
    kind = to_string(None, value).lower()
    if kind not in _KINDS:
        call.engine.fail(f'Cannot add a member of type "{kind}".', "CannotAddMemberType", "InvalidArgument")
    return kind


def _script_property(call: Call, name: str) -> AddedMember:
    return ScriptProperty(name, call.get("Value"), call.get("SecondValue"))


def _property_set(call: Call, name: str) -> AddedMember:
    found = enumerate_value(call.get("Value"))
    return PropertySet(name, tuple(to_string(None, item) for item in found or [call.get("Value")]))


_KINDS: dict[str, Callable[[Call, str], AddedMember]] = {
    "noteproperty": lambda call, name: NoteProperty(name, call.get("Value")),
    "scriptproperty": _script_property,
    "scriptmethod": lambda call, name: ScriptMethod(name, call.get("Value")),
    "aliasproperty": lambda call, name: AliasProperty(name, to_string(None, call.get("Value"))),
    "propertyset": _property_set,
}


@cmdlet(
    "Get-Member",
    Param("Name", "string[]", 0),
    Param("MemberType", "string[]", aliases=("Type",)),
    Param("Force", "switch"),
    Param("Static", "switch"),
    Param("View", "string[]"),
    INPUT_OBJECT,
    aliases=("gm",),
)
def get_member(call: Call) -> Iterator[object]:
    """Get-Member: the members of the objects, once for each type."""
    seen = set()
    items = call.input if call.has_input else [call.get("InputObject")]
    if not [item for item in items if item is not None]:
        call.error(
            "You must specify an object for the Get-Member cmdlet.",
            category="CloseError",
            identifier="NoObjectInGetMember",
            exception="System.InvalidOperationException",
        )
        return
    for item in items:
        if call.has("Static"):
            net = item if isinstance(item, NetType) else type_of(item)
            members, kind = list_static_members(net), net.name
        else:
            members = list_members(item)
            kind = item.type_names[0] if isinstance(item, PSCustomObject) else type_of(item).name
        shape = kind, tuple(entry.name for entry in members)
        if shape not in seen:
            seen.add(shape)
            yield from _entries(call, members, kind)


def _entries(call: Call, members: list[MemberEntry], kind: str) -> Iterator[PSCustomObject]:
    from iisrelay.lab.powershell.wildcards import matches  # noqa: PLC0415 - keeps the imports above to values

    wanted = [to_string(None, name) for name in call.get("Name") or ()]  # type: ignore[attr-defined]
    kinds = [to_string(None, name).lower() for name in call.get("MemberType") or ()]  # type: ignore[attr-defined]
    kinds = [word.strip() for text in kinds for word in text.split(",")]
    for entry in sorted(members, key=lambda entry: (entry.is_property, entry.name.lower())):
        if wanted and not any(matches(pattern, entry.name) for pattern in wanted):
            continue
        if kinds and not _is_of_kind(entry.kind.lower(), kinds):
            continue
        yield PSCustomObject(
            [("TypeName", kind), ("Name", entry.name), ("MemberType", entry.kind), ("Definition", entry.definition)],
            ["Microsoft.PowerShell.Commands.MemberDefinition"],
        )


def _is_of_kind(kind: str, kinds: list[str]) -> bool:
    general = (
        {"all"}
        | ({"properties"} if kind.endswith("property") else set())
        | ({"methods"} if kind.endswith("method") else set())
    )
    return kind in kinds or bool(general & set(kinds))


@cmdlet(
    "Add-Type",
    Param("TypeDefinition", "string", 0),
    Param("AssemblyName", "string[]", aliases=("AN",)),
    Param("Path", "string[]", aliases=("PSPath",)),
    Param("LiteralPath", "string[]"),
    Param("MemberDefinition", "string[]"),
    Param("Name", "string"),
    Param("Namespace", "string"),
    Param("Language", "string"),
    Param("ReferencedAssemblies", "string[]", aliases=("RA",)),
    Param("UsingNamespace", "string[]"),
    Param("PassThru", "switch"),
    Param("IgnoreWarnings", "switch"),
)
def add_type(call: Call) -> None:
    """Add-Type: assemblies of Windows are there already; compiling C# is not simulated, and says so."""
    names = call.get("AssemblyName")
    if not isinstance(names, PSArray):
        call.engine.fail(
            "Add-Type with source code or a path is not simulated: the lab has no C# compiler.",
            "NotSimulated",
            "NotImplemented",
        )
        return
    for name in names.items:
        text = to_string(None, name)
        if text.partition(",")[0].strip().lower().removesuffix(".dll") not in KNOWN_ASSEMBLIES:
            call.engine.fail(
                f"Cannot add type. The assembly '{text}' could not be found.",
                "ASSEMBLY_NOT_FOUND",
                "ObjectNotFound",
                target=text,
            )
