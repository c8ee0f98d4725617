"""The nodes of an XML document, their text, and how the language shows them: children and attributes as properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions_text import to_string
from iisrelay.lab.powershell.values import DynamicObject, PSArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

ELEMENT, ATTRIBUTE, TEXT, CDATA, INSTRUCTION, COMMENT, DOCUMENT, DOCTYPE, FRAGMENT, DECLARATION = (
    1,
    2,
    3,
    4,
    7,
    8,
    9,
    10,
    11,
    17,
)
XMLNS = "http://www.w3.org/2000/xmlns/"
XML = "http://www.w3.org/XML/1998/namespace"


def escape_text(text: str) -> str:
    """Escape a text between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(text: str) -> str:
    """Escape an attribute's value."""
    escaped = escape_text(text).replace('"', "&quot;")
    return escaped.replace("\r", "&#xD;").replace("\n", "&#xA;").replace("\t", "&#x9;")


class XmlNode(DynamicObject):
    """A node. ``name`` is as written, with its prefix."""

    net_type = "System.Xml.XmlNode"
    hides_typed_properties = True
    kind = 0

    def __init__(self, name: str, value: str | None = None) -> None:
        self.name = name
        self.value = value
        self.parent: XmlNode | None = None
        self.children: list[XmlNode] = []
        self.attributes: dict[str, XmlAttribute] = {}

    @property
    def prefix(self) -> str:
        """The part of the name before the colon."""
        return self.name.partition(":")[0] if ":" in self.name else ""

    @property
    def local_name(self) -> str:
        """The part of the name after the colon."""
        return self.name.rpartition(":")[2]

    @property
    def namespace(self) -> str:
        """The namespace of the name, found by the declarations around."""
        if self.kind not in {ELEMENT, ATTRIBUTE} or (self.kind == ATTRIBUTE and not self.prefix):
            return XMLNS if self.name == "xmlns" else ""
        return self.resolve(self.prefix)

    def resolve(self, prefix: str) -> str:
        """Give the namespace that a prefix stands for here."""
        if prefix in {"xml", "xmlns"}:
            return XML if prefix == "xml" else XMLNS
        declaration = f"xmlns:{prefix}" if prefix else "xmlns"
        node: XmlNode | None = self
        while node is not None:
            if declaration in node.attributes:
                return node.attributes[declaration].value or ""
            node = node.parent
        return ""

    @property
    def document(self) -> XmlDocument | None:
        """The document the node is in."""
        node: XmlNode | None = self
        while node is not None and not isinstance(node, XmlDocument):
            node = node.parent
        return node

    @property
    def inner_text(self) -> str:
        """All text below."""
        if self.kind in {ELEMENT, DOCUMENT, FRAGMENT}:
            return "".join(
                child.inner_text for child in self.children if child.kind not in {COMMENT, INSTRUCTION, DECLARATION}
            )
        return self.value or ""

    @property
    def outer_xml(self) -> str:
        """The node as text."""
        return escape_text(self.value or "")

    @property
    def inner_xml(self) -> str:
        """The children as text."""
        return "".join(child.outer_xml for child in self.children)

    def append(self, child: XmlNode, before: XmlNode | None = None) -> None:
        """Put a child at the end or before another; it leaves its old place."""
        if isinstance(child, XmlFragment):
            for each in list(child.children):
                self.append(each, before)
            return
        if child.parent is not None:
            child.parent.remove(child)
        place = len(self.children) if before is None else self.children.index(before)
        self.children.insert(place, child)
        child.parent = self

    def remove(self, child: XmlNode) -> None:
        """Take a child out."""
        self.children.remove(child)
        child.parent = None

    def elements(self) -> list[XmlElement]:
        """List the children that are elements."""
        return [child for child in self.children if isinstance(child, XmlElement)]

    def descendants(self) -> Iterator[XmlNode]:
        """Go through everything below in document order."""
        for child in self.children:
            yield child
            yield from child.descendants()

    def clone(self, *, deep: bool) -> XmlNode:
        """Copy the node, with what is below when asked."""
        copied: XmlNode = type(self).__new__(type(self))
        XmlNode.__init__(copied, self.name, self.value)
        for name, attribute in self.attributes.items():
            copied.attributes[name] = XmlAttribute(name, attribute.value or "")
            copied.attributes[name].parent = copied
        if deep:
            for child in self.children:
                copied.append(child.clone(deep=True))
        return copied

    def set_inner_text(self, text: str) -> None:
        """Replace what is below by a text."""
        if self.kind not in {ELEMENT, DOCUMENT, FRAGMENT}:
            self.value = text
            return
        for child in list(self.children):
            self.remove(child)
        if text:
            self.append(XmlText("#text", text))

    def __str__(self) -> str:
        return self.local_name

    # -- as the language shows it

    def adapted(self) -> dict[str, list[object]]:
        """Collect attributes and children by name without prefix: a child that is nothing but text as text."""
        members: dict[str, list[object]] = {}
        for attribute in self.attributes.values():
            members.setdefault(attribute.local_name, []).append(attribute.value or "")
        for child in self.children:
            members.setdefault(child.local_name, []).append(child.simple)
        return members

    @property
    def simple(self) -> object:
        """What a property shows of the node: an element with only text is its text."""
        return self.value

    def get_member(self, engine: Engine, name: str) -> object:
        """Give attributes and children of that name: one as it is, several as an array."""
        del engine
        lower = name.lower()
        found = [item for known, items in self.adapted().items() if known.lower() == lower for item in items]
        if not found:
            raise AttributeError(name)
        return found[0] if len(found) == 1 else PSArray(found)

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set an attribute, or the text of the only child of that name."""
        text = to_string(engine, value)
        lower = name.lower()
        for attribute in self.attributes.values():
            if attribute.local_name.lower() == lower:
                attribute.value = text
                return
        children = [child for child in self.children if child.local_name.lower() == lower]
        if len(children) != 1:
            raise AttributeError(name)
        children[0].set_inner_text(text)

    def member_names(self) -> list[tuple[str, str]]:
        """List the adapted properties."""
        return [(name, "Property") for name in self.adapted()]


class XmlAttribute(XmlNode):
    """An attribute; ``parent`` is the element that has it."""

    net_type = "System.Xml.XmlAttribute"
    kind = ATTRIBUTE

    @property
    def outer_xml(self) -> str:
        """name="value"."""
        return f'{self.name}="{escape_attribute(self.value or "")}"'


class XmlElement(XmlNode):
    """An element; ``value`` is an empty text when it has nothing in it but was written with an end tag."""

    net_type = "System.Xml.XmlElement"
    kind = ELEMENT

    def remove(self, child: XmlNode) -> None:
        """Take a child out; without the last one the end tag stays."""
        super().remove(child)
        self.value = ""

    def set_attribute(self, name: str, value: str) -> XmlAttribute:
        """Set an attribute, adding it when it is new."""
        if name not in self.attributes:
            self.attributes[name] = XmlAttribute(name)
            self.attributes[name].parent = self
        self.attributes[name].value = value
        return self.attributes[name]

    @property
    def start_tag(self) -> str:
        """The tag without its end."""
        return "".join([f"<{self.name}", *(f" {attribute.outer_xml}" for attribute in self.attributes.values())])

    @property
    def outer_xml(self) -> str:
        """The element as text."""
        if not self.children:
            return f"{self.start_tag} />" if self.value is None else f"{self.start_tag}></{self.name}>"
        return f"{self.start_tag}>{self.inner_xml}</{self.name}>"

    @property
    def simple(self) -> object:
        """An element without attributes and elements shows as its text."""
        if self.attributes or any(child.kind != TEXT for child in self.children):
            return self
        return self.inner_text


class XmlText(XmlNode):
    """Text."""

    net_type = "System.Xml.XmlText"
    kind = TEXT


class XmlCDataSection(XmlNode):
    """A CDATA section."""

    net_type = "System.Xml.XmlCDataSection"
    kind = CDATA

    @property
    def outer_xml(self) -> str:
        """The section as text."""
        return f"<![CDATA[{self.value or ''}]]>"


class XmlComment(XmlNode):
    """A comment."""

    net_type = "System.Xml.XmlComment"
    kind = COMMENT

    @property
    def outer_xml(self) -> str:
        """The comment as text."""
        return f"<!--{self.value or ''}-->"


class XmlInstruction(XmlNode):
    """A processing instruction."""

    net_type = "System.Xml.XmlProcessingInstruction"
    kind = INSTRUCTION

    @property
    def outer_xml(self) -> str:
        """The instruction as text."""
        return f"<?{self.name} {self.value or ''}?>"


class XmlDeclaration(XmlInstruction):
    """The XML declaration."""

    net_type = "System.Xml.XmlDeclaration"
    kind = DECLARATION


class XmlFragment(XmlNode):
    """A document fragment: its children go where it is put."""

    net_type = "System.Xml.XmlDocumentFragment"
    kind = FRAGMENT

    @property
    def outer_xml(self) -> str:
        """The children as text."""
        return self.inner_xml


class XmlDocument(XmlNode):
    """A document."""

    net_type = "System.Xml.XmlDocument"
    kind = DOCUMENT

    def __init__(self) -> None:
        super().__init__("#document")
        self.preserve_whitespace = False

    @property
    def root(self) -> XmlElement | None:
        """The document element."""
        return next(iter(self.elements()), None)

    @property
    def outer_xml(self) -> str:
        """The document as text."""
        return self.inner_xml
