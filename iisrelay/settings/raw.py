"""The raw escape hatch: any writable property of the metabase by its own name, typed by the schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model

from iisrelay.settings.codec import Codec, JsonSchema, plain, quoted
from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.lists import AddressRules, Names
from iisrelay.settings.metabase_schema import PROPERTIES, PropertySchema, find, similar
from iisrelay.settings.numbers import MAXIMUM, Number
from iisrelay.settings.stored import Kind, Stored
from iisrelay.settings.texts import SecretReference, Text
from iisrelay.settings.words import Bit, Bits, Flag

SERVICE_CLASS = "IIsSmtpService"
SERVER_CLASS = "IIsSmtpServer"
DOMAIN_CLASS = "IIsSmtpDomain"


@dataclass(frozen=True)
class FlagNumber(Number):
    """A DWORD, as a number or as the names of its flags."""

    flags: tuple[tuple[str, int], ...] = ()

    def store(self, written: object) -> int:
        """Give the number."""
        if not isinstance(written, list):
            return super().store(written)
        return Bits(dict(self.flags)).store(written)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        names: JsonSchema = {"type": "array", "items": {"enum": [name for name, _ in self.flags]}}
        return {"anyOf": [super().schema(), names]} if self.flags else super().schema()


class ExpandableText(Text):
    """A text whose environment variables Windows expands."""

    kind: ClassVar[Kind] = Kind.EXPANDSZ


class Hexadecimal(Codec):
    """Bytes, written in hexadecimal digits."""

    kind: ClassVar[Kind] = Kind.BINARY

    def store(self, written: object) -> bytes:
        """Give the bytes."""
        try:
            return bytes.fromhex(written if isinstance(written, str) else "?")
        except ValueError:
            raise ValueError(f"expected hexadecimal digits, not {quoted(written)}") from None

    def show(self, stored: Stored) -> object:
        """Give the digits."""
        return plain(stored)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "string", "pattern": "^([0-9A-Fa-f]{2})*$"}


@cache
def raw_codec(name: str) -> Codec:
    """Give the codec of a property by its type in the schema."""
    schema = PROPERTIES[name]
    if schema.secure:
        return SecretReference()
    if schema.type is Kind.BOOL:
        return Bit(schema.bit) if schema.bit is not None else Flag()
    if schema.type is Kind.DWORD:
        return FlagNumber(schema.lower or 0, schema.upper or MAXIMUM, flags=tuple(schema.flags.items()))
    codecs: Mapping[Kind, Codec] = {
        Kind.STRING: Text(),
        Kind.EXPANDSZ: ExpandableText(),
        Kind.MULTISZ: Names(),
        Kind.BINARY: Hexadecimal(),
        Kind.IPSECLIST: AddressRules(),
    }
    return codecs[schema.type]


class RawSection(Section):
    """A ``metabase:`` key; ``node_class`` is the class of the nodes that it is for."""

    node_class: ClassVar[str] = ""


@cache
def raw_section(class_name: str) -> type[RawSection]:
    """Give the section that a ``metabase:`` key is, for nodes of a class: a field for every writable property."""
    fields: dict[str, Any] = {
        schema.name: (
            Annotated[Any, Metabase(schema.parent_property or schema.name, raw_codec(schema.name))],
            Field(None, description=schema.meaning),
        )
        for schema in writable(class_name)
    }
    section: type[RawSection] = create_model(f"Raw{class_name}", __base__=RawSection, **fields)
    section.node_class = class_name
    return section


def writable(class_name: str) -> list[PropertySchema]:
    """Give the properties that may be set on nodes of a class."""
    return [entry for entry in PROPERTIES.values() if entry.writable and class_name in entry.classes]


def refusal(name: object, class_name: str) -> str:
    """Say why a property cannot be set on nodes of a class, or give an empty text."""
    schema = find(name) if isinstance(name, str) else None
    if schema is None:
        meant = similar(str(name))
        return "is not a property of the SMTP service" + (f"; did you mean {meant!r}?" if meant else "")
    if schema.name != name:
        return f"is not a property of the SMTP service; did you mean {schema.name!r}?"
    if not schema.writable:
        return f"cannot be set: {schema.read_only or 'it lives in memory only'}"
    if class_name not in schema.classes:
        return f"does not belong to this node but to {' and '.join(schema.classes)}"
    return ""
