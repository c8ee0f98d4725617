"""System.Xml.XmlDocument: making nodes, reading and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.encoding import UTF8_WITHOUT_MARK, Encoding, detect, find_encoding
from iisrelay.lab.powershell.dotnet.file_access import absolute, files_of, read_file
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.streams import ByteStream
from iisrelay.lab.powershell.dotnet.text_streams import TextReader, TextWriter
from iisrelay.lab.powershell.dotnet.xml_nodes import (
    DECLARATION,
    XmlAttribute,
    XmlCDataSection,
    XmlComment,
    XmlDeclaration,
    XmlDocument,
    XmlElement,
    XmlFragment,
    XmlInstruction,
    XmlNode,
    XmlText,
)
from iisrelay.lab.powershell.dotnet.xml_parsing import indented, load
from iisrelay.lab.powershell.dotnet.xml_types import elements_by_tag
from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

document_type = declare(
    "System.Xml.XmlDocument", python=XmlDocument, bases=("System.Xml.XmlNode",), accelerators=("xml",)
)
document_type.constructor(lambda: XmlDocument())  # noqa: PLW0108 - a class has no signature of its own here
document_type.getter("DocumentElement")(lambda value: value.root)
document_type.getter("PreserveWhitespace")(lambda value: value.preserve_whitespace)
document_type.getter("NameTable")(lambda value: value)
document_type.method("GetElementsByTagName")(elements_by_tag)
document_type.method("CreateTextNode")(lambda _value, text: XmlText("#text", str(text)))
document_type.method("CreateComment")(lambda _value, text: XmlComment("#comment", str(text)))
document_type.method("CreateCDataSection")(lambda _value, text: XmlCDataSection("#cdata-section", str(text)))
document_type.method("CreateDocumentFragment")(lambda _value: XmlFragment("#document-fragment"))
document_type.method("CreateProcessingInstruction")(lambda _value, name, text: XmlInstruction(str(name), str(text)))


@document_type.setter("PreserveWhitespace")
def set_preserve_whitespace(value: XmlDocument, item: bool) -> None:
    """Keep blanks between elements, or not."""
    value.preserve_whitespace = item


@document_type.converter
def convert(engine: Engine | None, value: object) -> object:
    """Text is parsed; lines of text are joined first."""
    document = XmlDocument()
    load(document, to_string(engine, value))
    return document


@document_type.method("LoadXml")
def load_xml(value: XmlDocument, text: str) -> None:
    """Parse a text."""
    load(value, text)


@document_type.method("Load")
def load_file(engine: Engine, value: XmlDocument, source: object) -> None:
    """Read a file, a stream or a reader."""
    if isinstance(source, TextReader):
        load(value, source.read_rest())
        return
    data = source.read_rest() if isinstance(source, ByteStream) else read_file(engine, to_string(engine, source))
    encoding, rest = detect(data)
    load(value, encoding.decode(rest))


@document_type.method("Save")
def save(engine: Engine, value: XmlDocument, target: object) -> None:
    """Write to a file, a stream or a writer, indented unless blanks are kept."""
    text = value.outer_xml if value.preserve_whitespace else indented(value)
    if isinstance(target, TextWriter):
        target.write(text)
        return
    encoding = _encoding_of(value)
    data = encoding.mark + encoding.encode(text)
    if isinstance(target, ByteStream):
        target.write(data)
    else:
        files_of(engine).write_bytes(absolute(engine, to_string(engine, target)), data)


def _encoding_of(value: XmlDocument) -> Encoding:
    declaration = next((child.value or "" for child in value.children if child.kind == DECLARATION), "")
    _, found, rest = declaration.partition("encoding=")
    if not found:
        return UTF8_WITHOUT_MARK
    return find_encoding(rest[1:].partition(rest[0])[0])


@document_type.method("CreateElement")
def create_element(_value: XmlDocument, name: str, namespace: str = "") -> XmlElement:
    """Make an element."""
    made = XmlElement(name)
    if namespace:
        made.set_attribute(f"xmlns:{made.prefix}" if made.prefix else "xmlns", namespace)
    return made


@document_type.method("CreateElement")
def create_prefixed_element(value: XmlDocument, prefix: str, name: str, namespace: str) -> XmlElement:
    """Make an element with a prefix."""
    return create_element(value, f"{prefix}:{name}" if prefix else name, namespace)


@document_type.method("CreateAttribute")
def create_attribute(_value: XmlDocument, name: str) -> XmlAttribute:
    """Make an attribute."""
    return XmlAttribute(name, "")


@document_type.method("CreateXmlDeclaration")
def create_declaration(_value: XmlDocument, version: str, encoding: str, standalone: str) -> XmlDeclaration:
    """Make an XML declaration."""
    parts = [f'version="{version}"']
    if encoding:
        parts.append(f'encoding="{encoding}"')
    if standalone:
        parts.append(f'standalone="{standalone}"')
    return XmlDeclaration("xml", " ".join(parts))


@document_type.method("CreateNode")
def create_node(value: XmlDocument, kind: str, name: str, namespace: str) -> XmlNode:
    """Make a node of a kind."""
    made: dict[str, XmlNode] = {
        "element": create_element(value, name, namespace),
        "attribute": XmlAttribute(name, ""),
        "text": XmlText("#text", ""),
        "comment": XmlComment("#comment", ""),
    }
    if kind.lower() not in made:
        raise NetError("System.ArgumentException", f"'{kind}' does not represent any XmlNodeType.")
    return made[kind.lower()]


@document_type.method("ImportNode")
def import_node(_value: XmlDocument, node: XmlNode, deep: bool) -> XmlNode:
    """Copy a node of another document."""
    return node.clone(deep=deep)
