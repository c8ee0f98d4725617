import io
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from iisrelay.errors import TransportError
from iisrelay.report.human import print_line
from iisrelay.report.machine import junit
from iisrelay.results import HostReport, Report

NASTY = "[red]x[/] \x1b]0;title\x07 \x9b2J \u202eabc\u2028 :smile: {0.__class__} ..\\..\\x \ud800"


def printed(text):
    console = Console(file=io.StringIO(), width=80)
    print_line(console, Text(text))
    return console.file.getvalue()


def test_a_line_is_shown_as_it_is_but_for_what_plays_with_a_terminal():
    assert printed(NASTY) == (
        "[red]x[/] \ufffd]0;title \ufffd2J \ufffdabc\ufffd :smile: {0.__class__} ..\\..\\x \ufffd\n"
    )


@given(st.text(st.characters()))
def test_any_text_is_shown_without_escape_sequences(text):
    assert not set(printed(text)) & set("\x1b\x9b\r\x08\x7f\u202e\u2028")


@pytest.mark.parametrize("text", [NASTY, "".join(map(chr, [*range(0x3000), 0xFFFE, 0xFFFF]))])
def test_junit_is_xml_whatever_a_host_says(text):
    document = junit(Report("verify", (HostReport("h", "verify", error=TransportError(text, text)),)))
    error = ET.fromstring(document.encode()).find(".//error")  # noqa: S314 - our own
    assert error.text.startswith(text[0] if text[0] == "[" else "\ufffd")
