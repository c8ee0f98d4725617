"""XmlDocument, the properties the language shows of it, and XPath."""

import pytest

from iisrelay.lab.powershell.dotnet.xml_nodes import XmlDocument
from iisrelay.lab.powershell.dotnet.xml_parsing import indented, load
from iisrelay.lab.powershell.dotnet.xpath import evaluate, select
from iisrelay.lab.powershell.errors import NetError

TEXT = """<?xml version="1.0" encoding="utf-8"?>
<c v="1"><!--note--><s n="a">1</s><s n="b">2</s><e />
<g xmlns="urn:x"><h k="v">text</h></g><d><![CDATA[<raw>]]></d></c>"""


@pytest.fixture
def document():
    made = XmlDocument()
    load(made, TEXT)
    return made


SELECTED = [
    ("/c/s", ["1", "2"]),
    ("//s[@n='b']", ["2"]),
    ("//s[2]", ["2"]),
    ("/c/s[last()]/@n", ["b"]),
    ("//s[. = '1' or @n = 'b']", ["1", "2"]),
    ("//s[not(@n='a')]", ["2"]),
    ("//s[contains(@n, 'a')] | //d", ["1", "<raw>"]),
    ("/c/*[local-name()='g']/*", ["text"]),
    ("//x:h", ["text"]),
    ("//s/following-sibling::s", ["2"]),
    ("//comment()", ["note"]),
    ("//s/text()", ["1", "2"]),
    ("//@k/../..", ["text"]),
    ("//s[position() < 2]", ["1"]),
    ("//none", []),
]


@pytest.mark.parametrize(("expression", "expected"), SELECTED)
def test_select(document, expression, expected):
    assert [node.inner_text for node in select(document, expression, {"x": "urn:x"})] == expected


VALUES = [
    ("count(//s)", 2.0),
    ("string(/c/@v)", "1"),
    ("sum(//s) * 2 - 1", 5.0),
    ("concat('a', 'b')", "ab"),
    ("starts-with('abc', 'ab') and true()", True),
    ("substring('hello', 2, 3)", "ell"),
    ("translate('abc', 'ab', 'x')", "xc"),
    ("normalize-space('  a  b ')", "a b"),
    ("10 mod 3", 1.0),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_evaluate(document, expression, expected):
    assert evaluate(document, expression) == expected


@pytest.mark.parametrize("expression", ["//[", "a b", "nothing(1)", "x:y", "/c/s[", "count(//s)!"])
def test_what_is_no_expression_is_refused(document, expression):
    with pytest.raises(NetError):
        select(document, expression)


def test_text_comes_back(document):
    assert document.outer_xml == TEXT.replace("\n", "")


def test_indentation(document):
    assert indented(document).split("\r\n")[:4] == [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<c v="1">',
        "  <!--note-->",
        '  <s n="a">1</s>',
    ]


@pytest.mark.parametrize(
    "text", ["", "<a>", "<a></b>", "text", "<a/><b/>", ' <?xml version="1.0"?><a/>', "<a b='1' b='2'/>"]
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(NetError):
        load(XmlDocument(), text)


def test_entities_are_refused():
    with pytest.raises(NetError, match="DTD is prohibited"):
        load(XmlDocument(), '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>')


def test_properties_of_the_language(lines):
    script = """
$x = [xml]'<c v="1"><s n="a">1</s><s n="b">2</s><t>text</t><e/></c>'
$x.c.v; $x.c.s.Count; $x.c.s[1].n; $x.c.s[0].'#text'; $x.c.t; $x.c.e -eq ''
$x.c.t = 'new'; $x.c.s[0].n = 'q'; $x.c.t; $x.SelectSingleNode('//s').n
$n = $x.CreateElement('k'); $n.SetAttribute('a', '<&"'); [void]$x.DocumentElement.AppendChild($n); $n.OuterXml
[void]$x.c.RemoveChild($x.c.s[0]); $x.c.ChildNodes.Count; "$($x.c)"; $x.c.GetType().Name
"""
    assert lines(script) == [
        "1",
        "2",
        "b",
        "1",
        "text",
        "True",
        "new",
        "q",
        '<k a="&lt;&amp;&quot;" />',
        "4",
        "c",
        "XmlElement",
    ]


def test_save_and_load(lines):
    script = """
$x = [xml]'<a><b k="1">t</b></a>'; $x.Save('C:\\Work\\x.xml'); Get-Content C:\\Work\\x.xml
$y = New-Object Xml; $y.Load('C:\\Work\\x.xml'); $y.a.b.k
"""
    assert lines(script) == ["<a>", '  <b k="1">t</b>', "</a>", "1"]
