import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iisrelay.lab.powershell.parser import parse
from iisrelay.lab.powershell.syntax import Literal, Node
from iisrelay.script.literal import LiteralError, comment, comment_ascii, read, write, write_ascii

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
nasty = st.text(st.sampled_from("'\u2018\u2019\u201a\u201b\"$()`{}@#;\n\r a\U0001f600\u00e9"))
scalars = st.none() | st.booleans() | st.integers(-(2**31), 2**32) | text | nasty | st.binary()
names = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True)
literals = st.recursive(scalars, lambda inner: st.lists(inner).map(tuple) | st.dictionaries(names, inner))


@given(literals)
@example("O\u2019Brien's")
@example("'; Remove-Item C:\\ -Recurse; '")
def test_what_is_written_reads_back(value):
    assert read(write(value)) == value


@given(text | nasty)
def test_the_language_takes_a_written_text_for_one_string(value):
    (statement,) = parse(f"$value = {write(value)}", "2.0").end_block.statements
    assert _literals(statement) == [value]


@given(text | nasty)
def test_the_language_takes_the_ascii_form_for_one_statement(value):
    assert len(parse(f"$value = {write_ascii(value)}", "2.0").end_block.statements) == 1


def _literals(node):
    """Collect the string literals below a node of the syntax tree."""
    found = []
    for name in node.__dataclass_fields__:
        child = getattr(node, name)
        for item in child if isinstance(child, (list, tuple)) else [child]:
            if isinstance(item, Literal):
                found.append(item.value)
            elif isinstance(item, Node):
                found += _literals(item)
    return found


@given(text | nasty)
def test_ascii_form_is_ascii(value):
    assert write_ascii(value).isascii()
    assert write_ascii(value).isprintable()
    assert comment_ascii(value).isascii()


@given(st.text())
def test_a_comment_stays_on_its_line(value):
    assert len(f"# {comment(value)}|".splitlines()) == 1


@pytest.mark.parametrize(("value", "word"), [("a\0b", "NUL"), ("a\ud800b", "surrogate")])
def test_what_windows_cannot_hold_is_refused_with_the_reason(value, word):
    for form in (write, write_ascii):
        with pytest.raises(LiteralError, match=word):
            form(value)


@pytest.mark.parametrize("source", ["'a", "a", "'a' 'b'", "@('a' 'b')", "$x", "@('a'", "'a'; exit", "@{ a = }"])
def test_what_is_no_literal_is_refused(source):
    with pytest.raises(LiteralError):
        read(source)


def test_field_names_cannot_carry_code():
    with pytest.raises(LiteralError):
        write({"a = 1; b": "x"})
