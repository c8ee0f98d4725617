"""``IIS://host/Schema``: the classes and properties as objects that scripts walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import PSArray
from iisrelay.lab.windows.adsi.native import NativeObject
from iisrelay.lab.windows.metabase.failures import PATH_NOT_FOUND, PROPERTY_NOT_SUPPORTED, failure
from iisrelay.lab.windows.metabase.schema import CLASSES, KeyClass, properties_of
from iisrelay.settings.metabase_schema import find
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.adsi.paths import AdsPath
    from iisrelay.lab.windows.machine import Machine
    from iisrelay.settings.metabase_schema import PropertySchema

SCHEMA = "schema"
_SYNTAXES = {
    Kind.DWORD: "Integer",
    Kind.BOOL: "Boolean",
    Kind.STRING: "String",
    Kind.EXPANDSZ: "ExpandSz",
    Kind.MULTISZ: "List",
    Kind.BINARY: "Binary",
    Kind.IPSECLIST: "IPSec",
    Kind.ACL: "NTAcl",
}


def bind_schema(machine: Machine, path: AdsPath) -> NativeObject:
    """Bind the schema container, a class or a property.

    Raises:
        NetError: 0x80070003 for a name that is neither.
    """
    if len(path.names) == 1:
        return SchemaContainer(machine, path, "Schema")
    entry, schema = CLASSES.get(path.name.lower()), find(path.name)
    if entry is not None:
        return SchemaObject(machine, path, "Class", _class_values(entry))
    if schema is not None:
        return SchemaObject(machine, path, "Property", _property_values(schema))
    raise failure(PATH_NOT_FOUND)


class SchemaContainer(NativeObject):
    """The container of all classes."""

    def children(self) -> Iterator[NativeObject]:
        """Give the classes."""
        for entry in CLASSES.values():
            yield SchemaObject(self.machine, self.path.child(entry.name), "Class", _class_values(entry))


class SchemaObject(NativeObject):
    """A class or a property, for reading."""

    def __init__(self, machine: Machine, path: AdsPath, class_name: str, values: dict[str, object]) -> None:
        super().__init__(machine, path, class_name)
        self.values = values

    def property_names(self) -> list[str]:
        """List the properties."""
        return list(self.values)

    def get(self, name: str) -> object:
        """Give a property."""
        for known, value in self.values.items():
            if known.lower() == name.lower():
                return value
        raise failure(PROPERTY_NOT_SUPPORTED)


def _class_values(entry: KeyClass) -> dict[str, object]:
    # Which properties of a class are mandatory is not documented; ServerBindings is the one a server cannot do without.
    mandatory = [schema.name for schema in properties_of(entry.name) if schema.name == "ServerBindings"]
    optional = [schema.name for schema in properties_of(entry.name) if schema.name not in mandatory]
    return {
        "MandatoryProperties": PSArray(mandatory),
        "OptionalProperties": PSArray(optional),
        "Containment": PSArray(entry.contains),
        "Container": bool(entry.contains),
    }


def _property_values(schema: PropertySchema) -> dict[str, object]:
    return {
        "PropName": schema.name,
        "MetaId": schema.id or 0,
        "Syntax": _SYNTAXES[schema.type],
        "MultiValued": schema.type is Kind.MULTISZ,
        "MinRange": schema.lower or 0,
        "MaxRange": schema.upper or 0,
        "Inherit": schema.inherit,
        "Secure": schema.secure,
        "Volatile": schema.volatile,
    }
