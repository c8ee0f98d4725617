"""The tree of the metabase: keys with a class, records with attributes, paths without regard to case."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase.acl import AccessControl
from iisrelay.lab.windows.metabase.failures import ALREADY_EXISTS, PATH_NOT_FOUND, failure

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = int | bool | str | bytes | tuple[str, ...] | AccessControl


class Attribute(IntFlag):
    """The attributes of a record, as numbered in the SDK headers."""

    NONE = 0
    INHERIT = 0x1
    PARTIAL_PATH = 0x2
    SECURE = 0x4
    REFERENCE = 0x8
    VOLATILE = 0x10
    IS_INHERITED = 0x20
    INSERT_PATH = 0x40
    LOCAL_MACHINE_ONLY = 0x80


@dataclass
class Record:
    """One stored value. ``name`` is spelt as in the schema."""

    name: str
    value: Value
    attributes: Attribute = Attribute.NONE
    user_type: str = "IIS_MD_UT_SERVER"


@dataclass(eq=False)
class Key:
    """A node. ``key_type`` is its class; "" is a node that no class was given to."""

    name: str
    key_type: str = ""
    parent: Key | None = field(default=None, repr=False)
    children: dict[str, Key] = field(default_factory=dict)  # by lower-case name
    records: dict[str, Record] = field(default_factory=dict)  # by lower-case name

    @property
    def path(self) -> str:
        """The absolute path: /LM/SmtpSvc/1."""
        return "" if self.parent is None else f"{self.parent.path}/{self.name}"

    def child(self, name: str) -> Key | None:
        """Give the child of that name."""
        return self.children.get(name.lower())

    def add(self, name: str, key_type: str = "") -> Key:
        """Add a child.

        Raises:
            NetError: 0x800700B7 when there is one of that name.
        """
        if name.lower() in self.children:
            raise failure(ALREADY_EXISTS)
        return self.attach(Key(name, key_type))

    def attach(self, key: Key) -> Key:
        """Hang a key, with all below it, under this one."""
        key.parent = self
        self.children[key.name.lower()] = key
        return key

    def remove(self, name: str) -> None:
        """Remove a child with all below it.

        Raises:
            NetError: 0x80070003 when there is none of that name.
        """
        if self.children.pop(name.lower(), None) is None:
            raise failure(PATH_NOT_FOUND)

    def copy(self, name: str) -> Key:
        """Give a detached copy, with all below it, under another name."""
        copied = Key(name, self.key_type)
        copied.records = {
            key: Record(record.name, record.value, record.attributes, record.user_type)
            for key, record in self.records.items()
        }
        for child in self.children.values():
            copied.attach(child.copy(child.name))
        return copied

    def store(self, record: Record) -> None:
        """Store a record, in place of one of that name."""
        self.records[record.name.lower()] = record

    def ancestors(self) -> Iterator[Key]:
        """Walk from the parent to the root."""
        key = self.parent
        while key is not None:
            yield key
            key = key.parent

    def walk(self) -> Iterator[Key]:
        """Walk this key and all below it, parents first."""
        yield self
        for child in self.children.values():
            yield from child.walk()


def split_path(path: str) -> list[str]:
    """Split a path into names; empty parts do not count."""
    return [part for part in path.replace("\\", "/").split("/") if part]


def find_key(root: Key, path: str) -> Key | None:
    """Give the key of a path below a root, or None."""
    key: Key | None = root
    for name in split_path(path):
        key = key.child(name) if key is not None else None
    return key


def open_key(root: Key, path: str) -> Key:
    """Give the key of a path below a root.

    Raises:
        NetError: 0x80070003 when there is no such key.
    """
    key = find_key(root, path)
    if key is None:
        raise failure(PATH_NOT_FOUND)
    return key
