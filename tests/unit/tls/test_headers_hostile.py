"""Headers written by nobody's friend: nothing raises, and work grows no faster than the text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.tls.headers import parse_message
from iisrelay.tls.headers.message import MAX_FIELD_CHARS, MAX_HOPS

PIECES = st.sampled_from(
    [
        *(
            "Received: ",
            "from ",
            "by ",
            "with ",
            "id ",
            "for ",
            "via ",
            "(",
            ")",
            "((",
            "))",
            ";",
            "\n ",
            "\r\n\t",
            "\n",
        ),
        *("Microsoft SMTPSVC(10.0.17763.1)", "Microsoft SMTP Server ", "(Postfix)", "(version=TLS1_2, cipher=X)"),
        *("over TLS secured channel ", "(TLS)", "ESMTPS ", "[192.0.2.1]", "(HELO ", "helo=", "[", "]", "@", "%", "::1"),
        *("Thu, 8 Jan 2026 17:57:38 +0100", "Thu, 31 Dec 9999 23:59:59 -2359", "1 Jan 0001 00:00:00 +2359", "99 Foo"),
        *("X.mail.protection.outlook.com ", "é", "\ud800", "\x00", "\x85", "\u2028", "\ufeff", '"', "\\"),
    ]
)


def checked(text):
    route = parse_message(text)
    json.dumps(route.to_json()).encode()
    assert [hop.number for hop in route.hops] == list(range(1, len(route.hops) + 1))
    assert route.explanation.endswith(".")
    assert "\n" not in route.explanation
    return route


@given(st.binary(max_size=2000))
def test_any_bytes(text):
    checked(text)


@given(st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join))
def test_any_header_made_of_real_pieces(text):
    checked("Received: " + text)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_the_same_as_bytes(text):
    checked(("Received: " + text).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "filler",
    [
        *("(", ")", "()", "(" * 50 + ")" * 50, ";", " ", "\t", "\n ", "a", "a ", "[", "]", "[a", "1", "1.", "1:", "::"),
        *(
            "from ",
            "by ",
            "with ",
            "tls A",
            "TLS: 1,",
            "version=",
            "version=TLS1_2 ",
            "version=TLS1_2 cipher=",
            "using x ",
        ),
        *(
            "using x with cipher ",
            "helo=",
            "HELO ",
            "(HELO a) ",
            "8 Jan 2026 ",
            "Thu, ",
            "@",
            "Microsoft ",
            "x\n",
            "x:\n",
        ),
    ],
)
def test_a_million_of_anything_is_read_in_linear_time(filler):
    """A quadratic step would take hours here, far beyond any limit that stops a test run."""
    for head in ("Received: ", "Received: from x (", "Received: from a by b with "):
        checked(head + filler * (1_000_000 // len(filler)))


def test_many_hops_are_cut_to_the_newest():
    route = checked("".join(f"Received: from a by host{number};\n" for number in range(MAX_HOPS + 20)))
    assert len(route.hops) == MAX_HOPS
    assert route.hops[-1].by == "host0"
    assert "only the newest" in route.notes[0]


def test_a_long_header_is_cut():
    route = checked("Received: from a by b (" + "x" * 20_000)
    assert len(route.hops[0].raw) == MAX_FIELD_CHARS
    assert route.hops[0].by == "b"
    assert "longer than" in route.notes[0]
