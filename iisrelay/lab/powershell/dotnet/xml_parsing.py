"""XML text to nodes, and nodes to indented text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from iisrelay.lab.powershell.dotnet.xml_nodes import (
    CDATA,
    ELEMENT,
    TEXT,
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
from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARATION = re.compile(r"\s*<\?xml\s+(.*?)\s*\?>", re.DOTALL)
_ENTITY_DECLARATION = re.compile(r"<!ENTITY", re.IGNORECASE)


def xml_error(message: str) -> NetError:
    """Make an XmlException."""
    return NetError("System.Xml.XmlException", message)


class _Builder:
    """Takes the parser's events and builds nodes below a node."""

    def __init__(self, target: XmlNode, *, preserve_whitespace: bool) -> None:
        self.node = target
        self.preserve_whitespace = preserve_whitespace
        self.text: list[str] = []
        self.in_section = False

    def finish_text(self) -> None:
        """Make a text node of what has come together."""
        text = "".join(self.text)
        self.text.clear()
        if self.in_section:
            self.node.append(XmlCDataSection("#cdata-section", text))
        elif text and (text.strip() or self.preserve_whitespace):
            self.node.append(XmlText("#text", text))

    def start(self, name: str, attributes: list[str]) -> None:
        """Open an element."""
        self.finish_text()
        element = XmlElement(name)
        for place in range(0, len(attributes), 2):
            element.set_attribute(attributes[place], attributes[place + 1])
        self.node.append(element)
        self.node = element

    def end(self, _name: str) -> None:
        """Close an element."""
        self.finish_text()
        self.node = self.node.parent or self.node

    def comment(self, text: str) -> None:
        """Add a comment."""
        self.finish_text()
        self.node.append(XmlComment("#comment", text))

    def instruction(self, name: str, text: str) -> None:
        """Add a processing instruction."""
        self.finish_text()
        self.node.append(XmlInstruction(name, text))

    def section(self, *, begins: bool) -> None:
        """Begin or end a CDATA section."""
        self.finish_text() if begins or self.in_section else None
        self.in_section = begins


def _feed(builder: _Builder, text: str) -> None:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text.append
    parser.CommentHandler = builder.comment
    parser.ProcessingInstructionHandler = builder.instruction
    parser.StartCdataSectionHandler = lambda: builder.section(begins=True)
    parser.EndCdataSectionHandler = lambda: builder.section(begins=False)
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        reason = _reason(builder, error)
        raise xml_error(f"{reason} Line {error.lineno}, position {error.offset + 1}.") from None


def _reason(builder: _Builder, error: expat.ExpatError) -> str:
    """Word what is wrong; the usual mistakes as .NET words them."""
    text = expat.ErrorString(error.code)
    is_open = [node.name for node in _ancestry(builder.node) if node.kind == ELEMENT]
    if text == expat.errors.XML_ERROR_NO_ELEMENTS:
        if not is_open:
            return "Root element is missing."
        return f"Unexpected end of file has occurred. The following elements are not closed: {', '.join(is_open)}."
    if text == expat.errors.XML_ERROR_TAG_MISMATCH and is_open:
        return f"The '{is_open[0]}' start tag does not match the end tag."
    return f"{text[:1].upper()}{text[1:]}."


def load(document: XmlDocument, text: str) -> None:
    """Replace a document's content by parsed text."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise xml_error("Root element is missing.")
    if _ENTITY_DECLARATION.search(text):
        raise xml_error("For security reasons DTD is prohibited in this XML document.")
    for child in list(document.children):
        document.remove(child)
    declaration = _DECLARATION.match(text)
    if declaration is not None:
        if not text.startswith("<?xml"):
            raise xml_error(
                "Unexpected XML declaration. The XML declaration must be the first node in the document, "
                "and no white space characters are allowed to appear before it. Line 1, position 1."
            )
        document.append(XmlDeclaration("xml", declaration[1]))
        text = text[declaration.end() :]
    builder = _Builder(document, preserve_whitespace=document.preserve_whitespace)
    _feed(builder, text)


def parse_fragment(text: str, context: XmlNode, *, preserve_whitespace: bool = False) -> XmlFragment:
    """Parse the inside of an element."""
    names = {name for node in _ancestry(context) for name in node.attributes if name.startswith("xmlns")}
    spaces = "".join(f' {name}="{context.resolve(name.partition(":")[2])}"' for name in sorted(names))
    holder = XmlFragment("#document-fragment")
    _feed(_Builder(holder, preserve_whitespace=preserve_whitespace), f"<r{spaces}>{text}</r>")
    root = holder.children[0]
    holder.remove(root)
    for child in list(root.children):
        holder.append(child)
    return holder


def _ancestry(node: XmlNode | None) -> Iterator[XmlNode]:
    while node is not None:
        yield node
        node = node.parent


def indented(node: XmlNode, depth: int = 0, indent: str = "  ") -> str:
    """Write a node with line ends and indentation; an element with text of its own stays on one line."""
    if node.kind != ELEMENT:
        parts = [indented(child, depth, indent) for child in node.children]
        return "\r\n".join(parts) if node.children else node.outer_xml
    if not node.children or any(child.kind in {TEXT, CDATA} for child in node.children):
        return node.outer_xml
    margin = "\r\n" + indent * (depth + 1)
    inner = margin.join(indented(child, depth + 1, indent) for child in node.children)
    assert isinstance(node, XmlElement)  # noqa: S101 - its kind says so
    return f"{node.start_tag}>{margin}{inner}\r\n{indent * depth}</{node.name}>"
