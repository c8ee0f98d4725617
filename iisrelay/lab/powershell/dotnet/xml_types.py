"""System.Xml: XmlDocument and its nodes."""

from __future__ import annotations

from iisrelay.lab.powershell.collections import ReadOnlyCollection
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.xml_nodes import (
    ATTRIBUTE,
    CDATA,
    COMMENT,
    DECLARATION,
    DOCTYPE,
    DOCUMENT,
    ELEMENT,
    FRAGMENT,
    INSTRUCTION,
    TEXT,
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
from iisrelay.lab.powershell.dotnet.xml_parsing import load, parse_fragment
from iisrelay.lab.powershell.dotnet.xpath import select
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import NetEnum

declare_enum(
    "System.Xml.XmlNodeType",
    {
        "None": 0,
        "Element": ELEMENT,
        "Attribute": ATTRIBUTE,
        "Text": TEXT,
        "CDATA": CDATA,
        "ProcessingInstruction": INSTRUCTION,
        "Comment": COMMENT,
        "Document": DOCUMENT,
        "DocumentType": DOCTYPE,
        "DocumentFragment": FRAGMENT,
        "XmlDeclaration": DECLARATION,
    },
)


class XmlNodeList(ReadOnlyCollection):
    """System.Xml.XmlNodeList."""

    __slots__ = ()


class NamespaceManager:
    """System.Xml.XmlNamespaceManager."""

    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}


node_list = declare("System.Xml.XmlNodeList", python=XmlNodeList, bases=("System.Collections.ReadOnlyCollectionBase",))
manager = declare("System.Xml.XmlNamespaceManager", python=NamespaceManager)
manager.constructor(lambda _table: NamespaceManager())
manager.method("LookupNamespace")(lambda value, prefix: value.prefixes.get(prefix))
_table = declare("System.Xml.NameTable")


@manager.method("AddNamespace")
def add_namespace(value: NamespaceManager, prefix: str, namespace: str) -> None:
    """Give a prefix its namespace."""
    value.prefixes[prefix] = namespace


# -- nodes -----------------------------------------------------------------------------------------------------------

node_type = declare("System.Xml.XmlNode", python=XmlNode, bases=("System.Object", "System.ICloneable"))
node_type.properties("Name", "LocalName", "Prefix", "Value", "InnerText", "OuterXml", "InnerXml")
node_type.getter("NamespaceURI")(lambda value: value.namespace)
node_type.getter("NodeType")(lambda value: NetEnum(value.kind, "System.Xml.XmlNodeType"))
node_type.getter("ParentNode")(lambda value: None if value.kind == ATTRIBUTE else value.parent)
node_type.getter("ChildNodes")(lambda value: XmlNodeList(value.children))
node_type.getter("HasChildNodes")(lambda value: bool(value.children))
node_type.getter("FirstChild")(lambda value: value.children[0] if value.children else None)
node_type.getter("LastChild")(lambda value: value.children[-1] if value.children else None)
node_type.getter("NextSibling")(lambda value: sibling(value, 1))
node_type.getter("PreviousSibling")(lambda value: sibling(value, -1))
node_type.getter("OwnerDocument")(lambda value: None if value.kind == DOCUMENT else value.document)
node_type.getter("Attributes")(lambda value: AttributeCollection(value) if value.kind == ELEMENT else None)
node_type.getter("IsReadOnly")(lambda _value: False)


def sibling(value: XmlNode, step: int) -> XmlNode | None:
    """Give the node before or after."""
    if value.parent is None or value.kind == ATTRIBUTE:
        return None
    children = value.parent.children
    place = next(index for index, child in enumerate(children) if child is value) + step
    return children[place] if 0 <= place < len(children) else None


@node_type.setter("Value")
def set_value(value: XmlNode, item: str) -> None:
    """Set the text of an attribute, text or comment."""
    if value.kind in {ELEMENT, DOCUMENT}:
        message = f"Cannot set a value on node type '{'Element' if value.kind == ELEMENT else 'Document'}'."
        raise NetError("System.InvalidOperationException", message)
    value.value = item


@node_type.setter("InnerText")
def set_inner_text(value: XmlNode, item: str) -> None:
    """Replace what is below by a text."""
    value.set_inner_text(item)


@node_type.setter("InnerXml")
def set_inner_xml(value: XmlNode, item: str) -> None:
    """Replace what is below by parsed text."""
    if isinstance(value, XmlDocument):
        load(value, item)
        return
    fragment = parse_fragment(item, value)
    value.set_inner_text("")
    value.append(fragment)


@node_type.method("SelectNodes")
def select_nodes(value: XmlNode, expression: str, namespaces: NamespaceManager | None = None) -> XmlNodeList:
    """Give the nodes that an XPath expression selects."""
    return XmlNodeList(select(value, expression, namespaces.prefixes if namespaces else None))


@node_type.method("SelectSingleNode")
def select_single_node(value: XmlNode, expression: str, namespaces: NamespaceManager | None = None) -> XmlNode | None:
    """Give the first node that an XPath expression selects."""
    return next(iter(select(value, expression, namespaces.prefixes if namespaces else None)), None)


@node_type.method("AppendChild")
def append_child(value: XmlNode, child: XmlNode) -> XmlNode:
    """Put a child at the end."""
    value.append(child)
    return child


@node_type.method("PrependChild")
def prepend_child(value: XmlNode, child: XmlNode) -> XmlNode:
    """Put a child at the start."""
    value.append(child, value.children[0] if value.children else None)
    return child


@node_type.method("InsertBefore")
def insert_before(value: XmlNode, child: XmlNode, reference: XmlNode | None) -> XmlNode:
    """Put a child before another."""
    value.append(child, reference)
    return child


@node_type.method("InsertAfter")
def insert_after(value: XmlNode, child: XmlNode, reference: XmlNode | None) -> XmlNode:
    """Put a child behind another."""
    value.append(child, sibling(reference, 1) if reference is not None else next(iter(value.children), None))
    return child


@node_type.method("RemoveChild")
def remove_child(value: XmlNode, child: XmlNode) -> XmlNode:
    """Take a child out."""
    if not any(each is child for each in value.children):
        raise NetError("System.ArgumentException", "The node to be removed is not a child of this node.")
    value.remove(child)
    return child


@node_type.method("ReplaceChild")
def replace_child(value: XmlNode, new: XmlNode, old: XmlNode) -> XmlNode:
    """Put a child in another's place."""
    value.append(new, old)
    value.remove(old)
    return old


@node_type.method("RemoveAll")
def remove_all(value: XmlNode) -> None:
    """Remove children and attributes."""
    value.children.clear()
    value.attributes.clear()


@node_type.method("Clone", "CloneNode")
def clone_node(value: XmlNode, deep: bool = True) -> XmlNode:
    """Copy the node."""
    return value.clone(deep=deep)


@node_type.method("ToString")
def node_text(value: XmlNode) -> str:
    """Give the local name, as the language shows nodes."""
    return str(value)


element_type = declare("System.Xml.XmlElement", python=XmlElement, bases=("System.Xml.XmlNode",))
element_type.getter("HasAttributes")(lambda value: bool(value.attributes))
element_type.getter("IsEmpty")(lambda value: not value.children)


@element_type.method("GetAttribute")
def get_attribute(value: XmlElement, name: str) -> str:
    """Give an attribute's value, or an empty text."""
    attribute = value.attributes.get(name)
    return attribute.value or "" if attribute is not None else ""


@element_type.method("SetAttribute")
def set_attribute(value: XmlElement, name: str, text: str) -> None:
    """Set an attribute."""
    value.set_attribute(name, text)


@element_type.method("HasAttribute")
def has_attribute(value: XmlElement, name: str) -> bool:
    """Tell whether an attribute is there."""
    return name in value.attributes


@element_type.method("RemoveAttribute")
def remove_attribute(value: XmlElement, name: str) -> None:
    """Remove an attribute."""
    value.attributes.pop(name, None)


@element_type.method("GetAttributeNode")
def get_attribute_node(value: XmlElement, name: str) -> XmlAttribute | None:
    """Give an attribute as a node."""
    return value.attributes.get(name)


@element_type.method("SetAttributeNode")
def set_attribute_node(value: XmlElement, attribute: XmlAttribute) -> None:
    """Take an attribute as a node."""
    value.set_attribute(attribute.name, attribute.value or "")


def elements_by_tag(value: XmlNode, name: str) -> XmlNodeList:
    """List the elements below that have a name."""
    return XmlNodeList(each for each in value.descendants() if each.kind == ELEMENT and name in {"*", each.name})


element_type.method("GetElementsByTagName")(elements_by_tag)
for _name, _python in (
    ("XmlAttribute", XmlAttribute),
    ("XmlText", XmlText),
    ("XmlCDataSection", XmlCDataSection),
    ("XmlComment", XmlComment),
    ("XmlProcessingInstruction", XmlInstruction),
    ("XmlDeclaration", XmlDeclaration),
    ("XmlDocumentFragment", XmlFragment),
):
    declare(f"System.Xml.{_name}", python=_python, bases=("System.Xml.XmlNode",))


class AttributeCollection(XmlNodeList):
    """The attributes of an element, by place or name."""

    __slots__ = ("owner",)

    def __init__(self, owner: XmlNode) -> None:
        super().__init__(owner.attributes.values())
        self.owner = owner


attributes_type = declare(
    "System.Xml.XmlAttributeCollection", python=AttributeCollection, bases=("System.Xml.XmlNodeList",)
)
node_list.method("Item", "get_Item")(lambda value, place: value.items[place] if 0 <= place < len(value.items) else None)


@attributes_type.method("GetNamedItem", "Item", "get_ItemOf")
def get_named_item(value: AttributeCollection, key: object) -> XmlNode | None:
    """Give an attribute by name or place."""
    if isinstance(key, int):
        return list(value.owner.attributes.values())[key]
    return value.owner.attributes.get(to_string(None, key))


@attributes_type.method("Append", "SetNamedItem")
def append_attribute(value: AttributeCollection, attribute: XmlAttribute) -> XmlAttribute:
    """Add an attribute."""
    value.owner.attributes[attribute.name] = attribute
    attribute.parent = value.owner
    return attribute


@attributes_type.method("RemoveNamedItem")
def remove_named_item(value: AttributeCollection, name: str) -> XmlNode | None:
    """Remove an attribute."""
    return value.owner.attributes.pop(name, None)
