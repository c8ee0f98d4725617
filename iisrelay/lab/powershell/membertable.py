"""Members that objects carry themselves: what Add-Member, Select-Object and [pscustomobject] make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(slots=True)
class NoteProperty:
    """A property with a value."""

    name: str
    value: object = None
    kind = "NoteProperty"


@dataclass(slots=True)
class AliasProperty:
    """Another name for a property."""

    name: str
    target: str
    kind = "AliasProperty"


@dataclass(slots=True)
class ScriptProperty:
    """A property computed by script blocks, which see the object as ``$this``."""

    name: str
    getter: object
    setter: object = None
    kind = "ScriptProperty"


@dataclass(slots=True)
class ScriptMethod:
    """A method that is a script block, which sees the object as ``$this``."""

    name: str
    script: object
    kind = "ScriptMethod"


@dataclass(slots=True)
class PropertySet:
    """A named list of properties, for Select-Object and formatting."""

    name: str
    names: tuple[str, ...] = ()
    kind = "PropertySet"


AddedMember = NoteProperty | AliasProperty | ScriptProperty | ScriptMethod | PropertySet


class MemberTable:
    """Added members by name, in the order they were added; names keep their case and compare without it."""

    __slots__ = ("_members",)

    def __init__(self, properties: Iterable[tuple[str, object]] = ()) -> None:
        self._members: dict[str, AddedMember] = {
            name.lower(): NoteProperty(name, value) for name, value in properties
        }  # fmt: skip

    def __iter__(self) -> Iterator[AddedMember]:
        return iter(list(self._members.values()))

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def get(self, name: str) -> AddedMember | None:
        """Find a member by name."""
        return self._members.get(name.lower())

    def add(self, member: AddedMember) -> None:
        """Add a member, or replace the one of that name."""
        self._members[member.name.lower()] = member

    def set(self, name: str, value: object) -> None:
        """Give a note property a value, adding it when it is new."""
        member = self._members.get(name.lower())
        if isinstance(member, NoteProperty):
            member.value = value
        else:
            self.add(NoteProperty(name, value))

    def remove(self, name: str) -> bool:
        """Remove a member; tell whether there was one."""
        return self._members.pop(name.lower(), None) is not None

    def notes(self) -> list[tuple[str, object]]:
        """List the note properties as (name, value)."""
        return [(member.name, member.value) for member in self._members.values() if isinstance(member, NoteProperty)]

    def copy(self) -> MemberTable:
        """Copy the table; the values are shared."""
        table = MemberTable(self.notes())
        table._members = {  # keeps the order across kinds
            name: table._members.get(name, member) for name, member in self._members.items()
        }  # fmt: skip
        return table
