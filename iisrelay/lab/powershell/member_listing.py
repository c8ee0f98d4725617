"""Which members a value has: for Get-Member and for wildcards in Select-Object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions_text import to_flat_string
from iisrelay.lab.powershell.membertable import AliasProperty, NoteProperty, ScriptMethod, ScriptProperty
from iisrelay.lab.powershell.nettypes import NetType, type_of
from iisrelay.lab.powershell.values import DynamicObject, PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.membertable import AddedMember, MemberTable


@dataclass(frozen=True)
class MemberEntry:
    """A member: name, kind as Get-Member says it (Property, NoteProperty, Method ...), definition."""

    name: str
    kind: str
    definition: str

    @property
    def is_property(self) -> bool:
        """Tell whether the member has a value."""
        return self.kind.endswith("Property")


def list_members(value: object) -> list[MemberEntry]:
    """List the members of a value: its type's, then added ones (which hide those of the same name)."""
    if isinstance(value, PSCustomObject):
        return [*_added(value.members), *_typed(type_of(value), properties=False)]
    if isinstance(value, PSObjectWrapper):
        added = _added(value.members)
        hidden = {entry.name.lower() for entry in added}
        return [entry for entry in list_members(value.value) if entry.name.lower() not in hidden] + added
    if isinstance(value, DynamicObject):
        names = [MemberEntry(name, kind, name) for name, kind in value.member_names()]
        known = {entry.name.lower() for entry in names}
        typed = _typed(type_of(value), properties=not (names and value.hides_typed_properties))
        return names + [entry for entry in typed if entry.name.lower() not in known]
    return _typed(type_of(value))


def list_static_members(net: NetType) -> list[MemberEntry]:
    """List the static members of a type."""
    found: dict[str, MemberEntry] = {}
    for kind in net.lineage():
        for name, _ in kind.static_getters.values():
            found.setdefault(name.lower(), MemberEntry(name, "Property", f"static {name} {{get;}}"))
        for name, _ in kind.statics.values():
            found.setdefault(name.lower(), MemberEntry(name, "Method", f"static {name}()"))
    return list(found.values())


def property_names(value: object) -> list[str]:
    """List the names of a value's properties."""
    return [entry.name for entry in list_members(value) if entry.is_property]


def _added(members: MemberTable) -> list[MemberEntry]:
    return [MemberEntry(member.name, member.kind, _definition(member)) for member in members]


def _definition(member: AddedMember) -> str:
    """Write an added member as Get-Member does since 3.0."""
    if isinstance(member, NoteProperty):
        kind = "object" if member.value is None else type_of(member.value).short or type_of(member.value).name
        kind = "Object[]" if kind == "object[]" else kind
        return f"{kind} {member.name}={'null' if member.value is None else to_flat_string(member.value)}"
    if isinstance(member, AliasProperty):
        return f"{member.name} = {member.target}"
    if isinstance(member, ScriptProperty):
        setter = "" if member.setter is None else f"set={member.setter};"
        return f"System.Object {member.name} {{get={member.getter};{setter}}}"
    if isinstance(member, ScriptMethod):
        return f"System.Object {member.name}();"
    return f"{member.name} {{{', '.join(member.names)}}}"


def _typed(net: NetType, *, properties: bool = True) -> list[MemberEntry]:
    found: dict[str, MemberEntry] = {}
    for entry in _declared(net, properties=properties):
        found.setdefault(entry.name.lower(), entry)
    return list(found.values())


def _declared(net: NetType, *, properties: bool) -> Iterator[MemberEntry]:
    kinds = list(net.lineage())
    if net.definition is not None:
        kinds.insert(1, net.definition)
    if properties:
        for kind in kinds:
            for name, _ in kind.getters.values():
                yield MemberEntry(name, "Property", f"{name} {{get;}}")
    for kind in kinds:
        for name, _ in kind.methods.values():
            yield MemberEntry(name, "Method", f"{name}()")
