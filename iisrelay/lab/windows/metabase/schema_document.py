"""MBSchema.xml: the schema as IIS writes it beside the metabase. Scripts look property numbers up in it."""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import quoteattr

from iisrelay.lab.windows.metabase.document import flag_names
from iisrelay.lab.windows.metabase.schema import CLASSES, KeyClass, properties_of
from iisrelay.settings.metabase_schema import PROPERTIES, PropertySchema

_HEAD = (
    '<?xml version ="1.0"?>\r\n<MetaData xmlns="x-schema:CatMeta.xms">\r\n\t<DatabaseMeta InternalName="METABASE">\r\n'
)
_FOOT = "\t</DatabaseMeta>\r\n</MetaData>\r\n"


@cache
def write_schema_document() -> str:
    """Write the property definitions, then one collection a class."""
    base = "".join(_property(schema) for schema in PROPERTIES.values())
    collections = "".join(_collection(entry) for entry in CLASSES.values())
    head = '\t\t<Collection InternalName="MetabaseBaseClass" MetaFlags="GLOBAL">\r\n'
    return f"{_HEAD}{head}{base}\t\t</Collection>\r\n{collections}{_FOOT}"


def _collection(entry: KeyClass) -> str:
    names = "".join(f"\t\t\t<Property InheritsFrom={quoteattr('MetabaseBaseClass:' + schema.name)}/>\r\n"
                    for schema in properties_of(entry.name))  # fmt: skip
    contained = ",".join(entry.contains)
    return (
        f"\t\t<Collection InternalName={quoteattr(entry.name)} ContainerClassList={quoteattr(contained)} "
        f'InheritsPropertiesFrom="MetabaseBaseClass">\r\n{names}\t\t</Collection>\r\n'
    )


def _property(schema: PropertySchema) -> str:
    attributes = {
        "InternalName": schema.name,
        "ID": "" if schema.id is None else str(schema.id),
        "Type": schema.type.value,
        "UserType": schema.user_type,
        "Attributes": " | ".join(sorted(schema.attributes)) or "NO_ATTRIBUTES",
        "MetaFlagsEx": "CACHE_PROPERTY_MODIFIED",
        "DefaultValue": "" if schema.schema_default is None else str(schema.schema_default),
    }
    text = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    flags = "".join(
        f'\t\t\t\t<Flag InternalName="{name}" Value="{bit}"/>\r\n' for name, bit in flag_names(schema.name).items()
    )
    return f"\t\t\t<Property {text}>\r\n{flags}\t\t\t</Property>\r\n" if flags else f"\t\t\t<Property {text}/>\r\n"
