"""Select-Xml: nodes of documents by XPath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.dotnet.xpath import select
from iisrelay.lab.powershell.text_files import read_text
from iisrelay.lab.powershell.values import PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.dotnet.xml_nodes import XmlNode

INPUT_STREAM = "InputStream"


@cmdlet(
    "Select-Xml",
    Param("XPath", "string", 0, mandatory=True),
    Param("Xml", "", 1, pipeline=True, pipeline_name=True, aliases=("Node",)),
    Param("Path", "string[]", pipeline_name=True),
    Param("LiteralPath", "string[]", pipeline_name=True, aliases=("PSPath",)),
    Param("Content", "string[]"),
    Param("Namespace", "hashtable"),
    streaming=True,
)
def select_xml(call: Call) -> Iterator[object]:
    """Select-Xml: give every node that an expression selects, with where it was found."""
    expression = to_string(None, call.get("XPath"))
    table = call.get("Namespace")
    prefixes = None
    if isinstance(table, Dictionary):
        prefixes = {to_string(None, key): to_string(None, value) for key, value in table.items()}
    for place, node in _sources(call):
        for found in select(node, expression, prefixes):
            yield PSCustomObject(
                (("Node", found), ("Path", place), ("Pattern", expression)),
                ["Microsoft.PowerShell.Commands.SelectXmlInfo"],
            )


def _sources(call: Call) -> Iterator[tuple[str, XmlNode]]:
    for path in _items(call.get("Path")) + _items(call.get("LiteralPath")):
        text = read_text(call.engine, to_string(None, path))
        yield call.engine.resolve_path(to_string(None, path)), _document(call, text)
    for content in _items(call.get("Content")):
        yield INPUT_STREAM, _document(call, content)
    for node in _items(call.get("Xml")):
        yield INPUT_STREAM, _document(call, node)


def _document(call: Call, value: object) -> XmlNode:
    """Give a node as it is, text as a document."""
    return convert(call.engine, value, "xml") if isinstance(value, str) else value  # type: ignore[return-value]


def _items(value: object) -> list[object]:
    if value is None:
        return []
    found = enumerate_value(value) if not hasattr(value, "children") else None
    return [value] if found is None else list(found)
