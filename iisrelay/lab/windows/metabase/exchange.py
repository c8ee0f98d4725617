"""Export and Import: parts of the metabase as XML files whose secrets are sealed with a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase.document import write_document
from iisrelay.lab.windows.metabase.document_reading import read_document
from iisrelay.lab.windows.metabase.failures import (
    ACCESS_DENIED,
    FILE_EXISTS,
    INVALID_PARAMETER,
    PATH_NOT_FOUND,
    failure,
)
from iisrelay.lab.windows.metabase.sealing import Sealer
from iisrelay.lab.windows.metabase.tree import Attribute, Key, Record, open_key, split_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.metabase.metabase import Metabase

INHERITED = 1
NODE_ONLY = 2
MERGE = 4


def export(metabase: Metabase, password: str, file_name: str, source: str, flags: int) -> None:
    """Write a key, and all below it unless NODE_ONLY, to a file.

    Raises:
        NetError: 0x80070057 for flags, 0x80070050 for a file that exists, 0x80070003 for a key that does not.
    """
    if flags & ~(INHERITED | NODE_ONLY):
        raise failure(INVALID_PARAMETER)
    if metabase.machine.files.exists(file_name):
        raise failure(FILE_EXISTS)
    key = open_key(metabase.root, source)
    keys = [key] if flags & NODE_ONLY else list(key.walk())
    if flags & INHERITED:
        keys[0] = _with_inherited(key)
    text = write_document(iter(keys), Sealer.from_password(password), metabase.disk.version)
    metabase.machine.files.write_text(file_name, text)


def read(metabase: Metabase, password: str, file_name: str, *, source: str, destination: str, flags: int) -> None:
    """Read a key of a file into a place of the metabase, in exchange for what is there or merged with it.

    Raises:
        NetError: 0x80070057 for flags, 0x80070003 for a file or key that does not exist, 0x80070005 for a wrong
            password.
    """
    if flags & ~(INHERITED | NODE_ONLY | MERGE):
        raise failure(INVALID_PARAMETER)
    if not metabase.machine.files.is_file(file_name):
        raise failure(PATH_NOT_FOUND)
    text = metabase.machine.files.read_text(file_name)
    sealer = Sealer.from_password(password)
    if f'SessionKey="{sealer.fingerprint}"' not in text:
        raise failure(ACCESS_DENIED)
    imported = open_key(read_document(text, sealer), source)
    _graft(metabase, imported, destination, flags)
    metabase.change_number += 1


def _graft(metabase: Metabase, imported: Key, destination: str, flags: int) -> None:
    *above, name = split_path(destination)
    parent = open_key(metabase.root, "/".join(above))
    target = parent.child(name)
    copied = imported.copy(name)
    if flags & NODE_ONLY:
        copied.children.clear()
    if target is None or not flags & (MERGE | NODE_ONLY):
        parent.attach(copied)
    elif flags & MERGE:
        _merge(target, copied)
    else:
        target.records = copied.records


def _merge(target: Key, source: Key) -> None:
    target.key_type = source.key_type or target.key_type
    target.records.update(source.records)
    for child in source.children.values():
        present = target.child(child.name)
        if present is None:
            target.attach(child)
        else:
            _merge(present, child)


def _with_inherited(key: Key) -> Key:
    """Give a copy at the same place that also holds what the key inherits."""
    copied = key.copy(key.name)
    copied.parent = key.parent
    for record in _inheritable(key):
        copied.records.setdefault(record.name.lower(), record)
    return copied


def _inheritable(key: Key) -> Iterator[Record]:
    for above in key.ancestors():
        yield from (record for record in above.records.values() if record.attributes & Attribute.INHERIT)
