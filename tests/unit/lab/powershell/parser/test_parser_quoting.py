"""Quoted text comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.parser import parse

TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e`$(){}\r\n"),
    )
)


def value_of(script):
    (statement,) = parse.__wrapped__(script).end_block.statements
    return statement.elements[0].expression.value


@given(TEXT)
def test_single_quoted(text):
    quoted = "".join(letter * 2 if letter in "'\u2018\u2019\u201a\u201b" else letter for letter in text)
    assert value_of(f"'{quoted}'") == text


@given(TEXT)
def test_double_quoted(text):
    quoted = "".join("`" + letter if letter in '"\u201c\u201d\u201e`$' else letter for letter in text)
    assert value_of(f'"{quoted}"') == text


@given(TEXT)
def test_bare_words_with_every_letter_escaped(text):
    escaped = "".join("`" + letter for letter in text if letter not in "0abfnrtv")
    argument = parse.__wrapped__(f"echo x{escaped}").end_block.statements[0].elements[0].elements[0]
    assert argument.value == "x" + "".join(letter for letter in text if letter not in "0abfnrtv")


@given(TEXT)
def test_here_strings(text):
    lines = text.replace("@", "").rstrip("\r")
    assert value_of(f"@'\n{lines}\n'@") == lines


@given(st.integers(-(2**31), 2**31 - 1))
def test_integers(number):
    assert value_of(str(number)) == number
