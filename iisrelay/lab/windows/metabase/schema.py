"""Which classes the metabase knows, what they contain, and which properties they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase.failures import PROPERTY_NOT_SUPPORTED, failure
from iisrelay.lab.windows.metabase.tree import Attribute
from iisrelay.settings.metabase_schema import PROPERTIES, PropertySchema, find
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class KeyClass:
    """A class of keys. ``contains`` names the classes that may stand below it."""

    name: str
    contains: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()  # beside those that the property schema assigns to the class


_DOMAIN = "IIsSmtpDomain"
_DIRECTORY = "IIsSmtpVirtualDir"
# The plain classes below a virtual server have a name only; where their keys stand is inferred from the class names.
_NAMED_ONLY = ("IIsSmtpAlias", "IIsSmtpUser", "IIsSmtpDL", "IIsSmtpSessions")

CLASSES: Mapping[str, KeyClass] = {
    entry.name.lower(): entry
    for entry in (
        KeyClass("IIsComputer", ("IIsSmtpService", "IIsLogModules"), ("AdminACL", "MaxBandwidth")),
        KeyClass("IIsSmtpService", ("IIsSmtpServer", "IIsSmtpInfo")),
        KeyClass("IIsSmtpInfo"),
        KeyClass("IIsSmtpServer", (_DOMAIN, "IIsSmtpRoutingSource", _DIRECTORY, *_NAMED_ONLY)),
        KeyClass(_DOMAIN, (_DOMAIN,)),
        KeyClass("IIsSmtpRoutingSource"),
        KeyClass(_DIRECTORY, (_DIRECTORY,), ("Path",)),
        *(KeyClass(name) for name in _NAMED_ONLY),
        KeyClass("IIsLogModules", ("IIsLogModule",), ("AdminACL",)),
        KeyClass("IIsLogModule"),
        KeyClass("IIsObject", ("IIsObject",)),
    )
}

# A virtual directory's Path is named in the help, its number in the SDK headers (MD_VR_PATH).
_PATH = PropertySchema(
    "Path", 3001, Kind.STRING, "IIS_MD_UT_FILE", frozenset({"INHERIT"}), (_DIRECTORY,), "Folder of a virtual directory."
)
_EVERY_CLASS = ("KeyType",)


def key_class(name: str) -> KeyClass:
    """Give a class by its name; keys without a known class are plain objects."""
    return CLASSES.get(name.lower(), CLASSES["iisobject"])


def find_property(class_name: str, name: str) -> PropertySchema | None:
    """Give the property of a class, by its name in any case, or None when the class does not have it."""
    return _class_properties(class_name.lower()).get(name.lower())


def class_property(class_name: str, name: str) -> PropertySchema:
    """Give the property of a class.

    Raises:
        NetError: 0x80005006 when the class does not have it.
    """
    found = find_property(class_name, name)
    if found is None:
        raise failure(PROPERTY_NOT_SUPPORTED)
    return found


def properties_of(class_name: str) -> list[PropertySchema]:
    """List the properties of a class, as the schema orders them."""
    return list(_class_properties(class_name.lower()).values())


def attributes_of(schema: PropertySchema) -> Attribute:
    """Give the attributes that a value of this property is stored with."""
    attributes = Attribute.NONE
    for word in schema.attributes:
        attributes |= Attribute[word]
    return attributes


@cache
def _class_properties(class_name: str) -> Mapping[str, PropertySchema]:
    entry = key_class(class_name)
    found = {
        schema.name.lower(): schema
        for schema in PROPERTIES.values()
        if entry.name in schema.classes or schema.name in (*entry.properties, *_EVERY_CLASS)
    }
    if entry.name == _DIRECTORY:
        found["path"] = _PATH
    return found


def mask_property(schema: PropertySchema) -> tuple[PropertySchema, int] | None:
    """Give the DWORD and the bit that a BOOL folds into, or None for a property that stands by itself."""
    if not schema.parent_property or not schema.bit:
        return None
    parent = find(schema.parent_property)
    return (parent, schema.bit) if parent else None
