"""MetaBase.xml: how the tree is written: one flat list of elements named by class, one attribute a line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from iisrelay.lab.windows.metabase.acl import AccessControl
from iisrelay.lab.windows.metabase.schema import attributes_of, find_property
from iisrelay.lab.windows.metabase.tree import Attribute, Key, Record
from iisrelay.settings.metabase_schema import PROPERTIES, PropertySchema, find
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.metabase.sealing import Sealer
    from iisrelay.lab.windows.metabase.tree import Value

NAMESPACE = "urn:microsoft-catalog-XML_Metabase_V64_0"  # general knowledge of IIS 6, not verified
GENERIC = "IIsConfigObject"

_KINDS_IN_XML = {Kind.BOOL: "BOOL", Kind.IPSECLIST: "IPSECLIST", Kind.ACL: "NTACL"}
_CONTROL = {"\r": "&#xD;", "\n": "&#xA;", "\t": "&#x9;", '"': "&quot;"}


def write_document(keys: Iterator[Key], sealer: Sealer, version: int) -> str:
    """Write keys, each with its full path; SECURE values are sealed."""
    elements = "".join(_element(key, sealer) for key in keys)
    head = _tag(
        "IIS_Global",
        {
            "Location": ".",
            "ChangeNumber": str(version),
            "HistoryMajorVersionNumber": str(version),
            "SessionKey": sealer.fingerprint,
        },
        "",
    )
    return (
        f'<?xml version ="1.0"?>\r\n<configuration xmlns="{NAMESPACE}">\r\n<MBProperty>\r\n'
        f"{head}{elements}</MBProperty>\r\n</configuration>\r\n"
    )


def flag_names(name: str) -> dict[str, int]:
    """Give the BOOL properties that are bits of a DWORD, by name."""
    return {
        schema.name: schema.bit
        for schema in PROPERTIES.values()
        if schema.parent_property == name and schema.bit is not None
    }


def _element(key: Key, sealer: Sealer) -> str:
    attributes: dict[str, str] = {}
    customs: list[str] = []
    for record in sorted(key.records.values(), key=lambda record: record.name):
        if record.attributes & Attribute.VOLATILE:
            continue
        schema = find_property(key.key_type, record.name)
        text = _text(record, schema, sealer)
        if schema is not None and _is_plain(record, schema):
            attributes[record.name] = text
        else:
            customs.append(_custom(record, schema or find(record.name), text))
    located = {"Location": key.path or "/"} | attributes
    return _tag(key.key_type or GENERIC, located, "".join(customs))


def _is_plain(record: Record, schema: PropertySchema) -> bool:
    """A record that is stored otherwise than its class says goes into a Custom element."""
    return record.user_type == schema.user_type and record.attributes == attributes_of(schema)


def _custom(record: Record, schema: PropertySchema | None, text: str) -> str:
    number = schema.id if schema else None
    words = " | ".join(word.name or "" for word in record.attributes) or "NO_ATTRIBUTES"
    return _tag(
        "Custom",
        {
            "Name": record.name,
            "ID": "0" if number is None else str(number),
            "Value": text,
            "Type": _KINDS_IN_XML.get(schema.type, schema.type.value) if schema else "STRING",
            "UserType": record.user_type,
            "Attributes": words,
        },
        "",
    )


def _text(record: Record, schema: PropertySchema | None, sealer: Sealer) -> str:
    if record.attributes & Attribute.SECURE:
        return sealer.seal(_plain_text(record.value, record.name, schema).encode()).hex()
    return _plain_text(record.value, record.name, schema)


def _plain_text(value: Value, name: str, schema: PropertySchema | None) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return _flags_text(value, flag_names(schema.name if schema else name))
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, AccessControl):
        return value.to_text()
    return "\n".join(value) if isinstance(value, tuple) else value


def _flags_text(value: int, flags: dict[str, int]) -> str:
    names = [name for name, bit in flags.items() if value & bit]
    rest = value & ~sum(flags.values())
    if not names:
        return str(value)
    return " | ".join([*names, str(rest)] if rest else names)


def _tag(name: str, attributes: dict[str, str], inner: str) -> str:
    lines = "".join(f'\r\n\t\t{key}="{escape(value, _CONTROL)}"' for key, value in attributes.items())
    return f"<{name}\t{lines.lstrip()}\r\n\t>\r\n{inner}</{name}>\r\n"
