"""The container's methods: Create, Delete, GetObject, CopyHere, MoveHere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.adsi.paths import parse_path
from iisrelay.lab.windows.metabase.failures import ALREADY_EXISTS, BAD_PARAMETER, PATH_NOT_FOUND, failure
from iisrelay.lab.windows.metabase.schema import CLASSES, key_class
from iisrelay.lab.windows.metabase.tree import find_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.windows.adsi.ads_object import AdsObject
    from iisrelay.lab.windows.metabase.tree import Key

UNKNOWN_OBJECT = 0x80005004
SCHEMA_VIOLATION = 0x8000500F


def create(this: AdsObject, class_name: object, relative_name: object) -> AdsObject:
    """Make an object that SetInfo will store.

    Raises:
        NetError: 0x80005004 for an unknown class, 0x8000500F for one that may not stand here, 0x800700B7 for a name
            that is taken.
    """
    name = _name(relative_name)
    entry = CLASSES.get(str(class_name).lower())
    if entry is None:
        raise failure(UNKNOWN_OBJECT)
    if entry.name not in key_class(this.class_name).contains:
        raise failure(SCHEMA_VIOLATION)
    if this.stored_key().child(name) is not None:
        raise failure(ALREADY_EXISTS)
    return type(this)(this.machine, this.path.child(name), entry.name, is_new=True)


def delete(this: AdsObject, class_name: object, relative_name: object) -> None:
    """Delete at once, with everything below.

    Raises:
        NetError: 0x80070003 when there is no such object of that class.
    """
    name = _name(relative_name)
    _child(this, class_name, name)
    this.machine.metabase.delete(this.stored_key(), name)


def get_object(this: AdsObject, class_name: object, relative_name: object) -> AdsObject:
    """Give an object below; the name may go down several levels.

    Raises:
        NetError: 0x80070003 when there is no such object of that class.
    """
    name = _name(relative_name)
    key = _child(this, class_name, name)
    return type(this)(this.machine, this.path.child(name), key.key_type or "IIsObject")


def copy_here(this: AdsObject, source: object, new_name: object = None) -> AdsObject:
    """Copy an object, with all below it; the copy is stored by its SetInfo."""
    key, name = _source(this, source, new_name)
    if this.stored_key().child(name) is not None:
        raise failure(ALREADY_EXISTS)
    copied = type(this)(this.machine, this.path.child(name), key.key_type or "IIsObject", is_new=True)
    copied.template = key
    return copied


def move_here(this: AdsObject, source: object, new_name: object = None) -> AdsObject:
    """Move an object: a copy, and the source is deleted. This renames a domain (inferred)."""
    key, name = _source(this, source, new_name)
    moved = copy_here(this, source, name)
    moved.set_info()
    if key.parent is not None:
        this.machine.metabase.delete(key.parent, key.name)
    return moved


def delete_object(this: AdsObject, _flags: object = 0) -> None:
    """Delete this object itself (IADsDeleteOps)."""
    key = this.stored_key()
    if key.parent is not None:
        this.machine.metabase.delete(key.parent, key.name)


def _name(relative_name: object) -> str:
    name = str(relative_name if relative_name is not None else "").strip("/")
    if not name:
        raise failure(BAD_PARAMETER)
    return name


def _child(this: AdsObject, class_name: object, name: str) -> Key:
    key = find_key(this.stored_key(), name)
    if key is None or (class_name and key.key_type.lower() != str(class_name).lower()):
        raise failure(PATH_NOT_FOUND)
    return key


def _source(this: AdsObject, source: object, new_name: object) -> tuple[Key, str]:
    """The source is an ADsPath, or a name relative to this container."""
    text = str(source)
    try:
        path = parse_path(text)
    except NetError:
        path = this.path.child(text)
    name = _name(path.name if new_name in (None, "") else new_name)
    return this.machine.metabase.open(path.key_path), name


METHODS: dict[str, Callable[..., object]] = {
    "create": create,
    "delete": delete,
    "getobject": get_object,
    "copyhere": copy_here,
    "movehere": move_here,
    "deleteobject": delete_object,
}
