"""Effective values: what a key holds, what it inherits, what the schema supplies, and bits of a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase.schema import attributes_of, mask_property
from iisrelay.lab.windows.metabase.tree import Attribute, Key, Record, Value
from iisrelay.settings.stored import AccessList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.settings.metabase_schema import PropertySchema


@dataclass(frozen=True)
class Found:
    """An effective value. ``key`` is where it is stored; None: the schema supplies it."""

    value: Value
    attributes: Attribute
    user_type: str
    key: Key | None

    @property
    def is_inherited(self) -> bool:
        """Tell whether the value comes from above."""
        return bool(self.attributes & Attribute.IS_INHERITED)


def look_up(key: Key, schema: PropertySchema) -> Found | None:
    """Give the effective value of a property at a key, or None when nothing supplies one."""
    mask = mask_property(schema)
    if mask is None:
        return _look_up_whole(key, schema)
    parent, bit = mask
    found = _look_up_whole(key, parent)
    if found is None or not isinstance(found.value, int):
        return None
    return Found(bool(found.value & bit), found.attributes, found.user_type, found.key)


def write(key: Key, schema: PropertySchema, value: Value, attributes: Attribute | None = None) -> None:
    """Store a value at a key. A BOOL that is a bit changes that bit of the effective mask and stores the whole."""
    mask = mask_property(schema)
    if mask is not None:
        schema, bit = mask
        found = look_up(key, schema)
        whole = found.value if found is not None and isinstance(found.value, int) else 0
        value = (whole | bit) if value else (whole & ~bit)
    stored_attributes = attributes_of(schema) if attributes is None else attributes
    own = key.records.get(schema.name.lower())
    key.store(Record(schema.name, value, stored_attributes, own.user_type if own else schema.user_type))


def clear(key: Key, schema: PropertySchema) -> bool:
    """Delete the key's own value, so that the inherited one shows again; tell whether there was one."""
    mask = mask_property(schema)
    return key.records.pop((mask[0] if mask else schema).name.lower(), None) is not None


def data_keys(key: Key, name: str, *, inheritable_only: bool) -> Iterator[Key]:
    """Give the key and all keys below it that hold a value of their own."""
    for below in key.walk():
        record = below.records.get(name.lower())
        if record is not None and (not inheritable_only or record.attributes & Attribute.INHERIT):
            yield below


def _look_up_whole(key: Key, schema: PropertySchema) -> Found | None:
    name = schema.name.lower()
    own = key.records.get(name)
    if own is not None:
        return Found(own.value, own.attributes, own.user_type, key)
    for above in key.ancestors():
        record = above.records.get(name)
        if record is not None and record.attributes & Attribute.INHERIT:
            return Found(record.value, record.attributes | Attribute.IS_INHERITED, record.user_type, above)
    if schema.schema_default is None:
        return None
    if isinstance(schema.schema_default, AccessList):
        raise TypeError(f"{schema.name} has a list of addresses as its default, which no property of the schema has")
    return Found(schema.schema_default, attributes_of(schema), schema.user_type, None)
