"""Regular expressions in .NET's dialect."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.regexes import compile_regex, escape
from iisrelay.lab.powershell.wildcards import compile_wildcard
from iisrelay.lab.powershell.wildcards import escape as escape_wildcard

MATCHES = [
    (r"(?<n>\d+)", "a12", "12"),
    (r"(?'n'\d+)-\k<n>", "1-2 3-3", "3-3"),
    (r"\Aab\z", "ab", "ab"),
    (r"ab\Z", "ab\n", "ab"),
    (r"a(?i)B", "ab", "ab"),
    (r"a(?i)b|C", "c", "c"),
    (r"(a(?i)b)c", "aBc", "aBc"),
    (r"(?s)a.b", "a\nb", "a\nb"),
    (r"(?s-i:a.)b", "a\nb", "a\nb"),
    (r"(?x) a  b # comment", "ab", "ab"),
    (r"(?#note)ab", "ab", "ab"),
    (r"[a-z-[aeiou]]+", "east", "st"),
    (r"[^\W_]+", "_ab", "ab"),
    (r"\p{Lu}\p{Ll}+", "xAb", "Ab"),
    (r"[\p{L}-]+", "1a-b", "a-b"),
    (r"x{1", "x{1", "x{1"),
    (r"x{,2}", "x{,2}", "x{,2}"),
    (r"[[]", "[", "["),
    (r"[]a]", "]", "]"),
    (r"(?<=a)b", "ab", "b"),
    (r"(?<!a)b", "ab b", "b"),
    (r"(?>a+)b", "aab", "aab"),
    (r"\u0041\x42", "AB", "AB"),
    (r"\e", "\x1b", "\x1b"),
    (r"[a&&b]", "&", "&"),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHES)
def test_match(pattern, text, expected):
    match = compile_regex(pattern).compiled.search(text)
    assert match is not None
    assert match[0] == expected


def test_named_groups_are_numbered_after_unnamed_ones():
    regex = compile_regex(r"(?<first>a)(b)(?<last>c)")
    match = regex.compiled.search("abc")
    assert regex.names == ["0", "1", "first", "last"]
    assert [regex.group(match, name) for name in ("0", "1", "2", "3", "first")] == ["abc", "b", "a", "c", "a"]


def test_one_name_may_stand_twice():
    regex = compile_regex(r"(?<n>a)|(?<n>b)")
    assert regex.group(regex.compiled.search("b"), "n") == "b"


def test_explicit_capture_keeps_only_names():
    assert compile_regex(r"(a)(?<n>b)", 4).names == ["0", "n"]


REPLACEMENTS = [
    (r"b", "$$", "a$c"),
    (r"b", "[$&]", "a[b]c"),
    (r"b", "[$`]", "a[a]c"),
    (r"b", "[$']", "a[c]c"),
    (r"(b)", "$1$1", "abbc"),
    (r"(b)", "$9", "a$9c"),
    (r"(?<n>b)", "${n}!${x}", "ab!${x}c"),
    (r"b", r"\1", r"a\1c"),
]


@pytest.mark.parametrize(("pattern", "replacement", "expected"), REPLACEMENTS)
def test_replacement(pattern, replacement, expected):
    assert compile_regex(pattern).replace("abc", replacement) == expected


def test_split_keeps_captures_outside_the_limit():
    assert compile_regex(r"(,)").split("a,b,c", 2) == ["a", ",", "b,c"]


REFUSED = [
    ("(", "Not enough )'s."),
    (")", "Too many )'s."),
    ("[a", "Unterminated [] set."),
    ("a++", "Nested quantifier +."),
    (r"(?<a-b>x)", "Balancing groups are not simulated."),
    (r"\Gx", "is not simulated."),
    (r"\k<n>", "Reference to undefined group name n."),
    ("*", "Quantifier {x,y} following nothing."),
]


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_refused(pattern, reason):
    with pytest.raises(NetError, match=re.escape(reason)):
        compile_regex(pattern)


@given(st.text())
def test_escaped_text_matches_itself(text):
    match = compile_regex(rf"\A{escape(text)}\z").compiled.search(text)
    assert match is not None


@given(st.text(alphabet="ab*?[]`-^x"))
def test_escaped_wildcards_match_themselves(text):
    assert compile_wildcard(escape_wildcard(text)).fullmatch(text)


@given(st.text(alphabet="ab.", max_size=6), st.sampled_from(["a", "[ab]", "a|b", "(a)(b)?", "b+", "^a", "a$", "."]))
def test_plain_patterns_mean_what_they_mean_in_python(text, pattern):
    ours = compile_regex(pattern).compiled.search(text)
    python = re.search(pattern, text)
    assert (ours and ours.span()) == (python and python.span())
