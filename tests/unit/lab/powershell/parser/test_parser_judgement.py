"""What the language accepts and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.parser import PowerShellSyntaxError, parse
from iisrelay.lab.powershell.syntax import ScriptBlock

ACCEPTED = [
    "",
    "# only a comment",
    ";;\n;",
    "if ($a) { } else { } 5",
    "function f { } f",
    "$x = 1; $y = 2",
    "$a\n    .b",
    "foo a,\n b",
    "'a' +\n'b'",
    "else { 1 }",
    "1; process { 2 }",
    "if ($x == 5) { }",
    "$x = foreach ($i in 1..3) { $i }",
    "[void] $x.Add(1)",
    "[int] - 5",
    "$obj.Item(1) = 5",
    "$a ++",
    "echo $",
    "echo a>b",
    "foo -a:b -c",
    "foo { 1 } { 2 }",
    "foo(1)",
    "try { } finally { }",
    "switch (1) { 1 { } 1 { } }",
    "@{ a = 1\n\n b = 2; }",
    "@{ a = 1, 2; b = foo -x y }",
    "param($a,\n\n$b = 1)\n$a",
    "function global:f { }",
    "$function:f",
    "${C:\\x y.txt}",
    "$$; $?; $^",
    "while (1) { break }\ndo { } while (0)",
    "begin { } process { } end { }",
    "[regex]::Matches('a', 'b')[0].Value",
    '"$(if ($x) { "a" } else { \'b\' })"',
    "$x = @'\r\na\r\n'@\r\n$y",
    "& 'a b.exe' -c /d",
    "from_file",
    "$a = [ordered]@{ x = 1 }",
    "return",
    "throw 'x'",
    "exit 3",
    "$x.y.z.w()[0].v",
    "\u201csmart\u201d",
    "{ param($x) $x }.Invoke(1)",
    "ls | foreach { $_ } | where { $_ -like '*x' }",
    "$s -split ',' -join ';'",
]

REFUSED = {
    "1 2": (1, 3),
    "}": (1, 1),
    ")": (1, 1),
    "(1": (1, 3),
    "()": (1, 2),
    "{ 1": (1, 4),
    "'abc": (1, 1),
    '"abc': (1, 1),
    "@'abc": (1, 3),
    "@'\nabc": (1, 1),
    "@' \nabc\n '@": (1, 1),
    "<# a": (1, 1),
    "$x = ": (1, 6),
    "5 = 1": (1, 1),
    "5++": (1, 1),
    "$a = $b | 5": (1, 11),
    "1 +": (1, 4),
    "1 -foo 2": (1, 3),
    "-not": (1, 5),
    "a |": (1, 4),
    "a | | b": (1, 5),
    "| a": (1, 1),
    "a && b": (1, 3),
    "a || b": (1, 3),
    "a &": (1, 3),
    "a < b": (1, 3),
    "a >": (1, 4),
    "a > b > c": (1, 7),
    "a 1>&2": (1, 3),
    "a b,": (1, 5),
    "a ,b": (1, 3),
    "$x.": (1, 4),
    "$x[": (1, 4),
    "$x[]": (1, 4),
    "$x.f(": (1, 6),
    "$x.f(1,)": (1, 8),
    "$x.f (1)": (1, 6),
    "$x [0]": (1, 4),
    "[int": (1, 5),
    "[]": (1, 2),
    "@{a}": (1, 4),
    "@{a=}": (1, 5),
    "@{a=1 b=2}": (1, 7),
    "@{a-b=1}": (1, 3),
    "@{a=1;A=2}": (1, 7),
    "if": (1, 3),
    "if ($x) 5": (1, 9),
    "if ($x": (1, 7),
    "if () {}": (1, 5),
    "if (1) {} else 5": (1, 16),
    "while () {}": (1, 8),
    "do {}": (1, 6),
    "for (1) {}": None,
    "foreach (x in 1) {}": (1, 10),
    "foreach ($x of 1) {}": (1, 12),
    "foreach ($x in) {}": (1, 15),
    "switch (1)": (1, 11),
    "switch (1) { 1 }": (1, 16),
    "switch -bad (1) { }": (1, 8),
    "switch (1) { default {1} default {2} }": (1, 26),
    "try {}": (1, 7),
    "try {} catch {} catch {}": (1, 17),
    "function": (1, 9),
    "function f": (1, 11),
    "function f($a $b) {}": (1, 15),
    "function f($a,) {}": (1, 15),
    "function f($a, $A) {}": (1, 16),
    "function f($a) { param($b) }": (1, 16),
    "param($a": (1, 9),
    "begin {} begin {}": (1, 10),
    "begin {} 1": (1, 10),
    '"$x:"': (1, 2),
    "$x:": (1, 1),
    "${}": (1, 1),
    "@x": (1, 1),
    "0xFFFFFFFFFFFFFFFFF": (1, 1),
    "99999999999999999999l": (1, 1),
    "[CmdletBinding()] 5 [x()]": None,
    "class C { }": (1, 1),
    "enum E { A }": (1, 1),
    "using namespace System": (1, 1),
    "var x": (1, 1),
    ":label 5": (1, 1),
    "& ": (1, 3),
    "a -b:": (1, 6),
    "\n\n  $x = (1\n+ 2)": (4, 1),
}


@pytest.mark.parametrize("script", ACCEPTED)
def test_accepts(script):
    assert isinstance(parse(script), ScriptBlock)


@pytest.mark.parametrize("script", [script for script, place in REFUSED.items() if place])
def test_refuses_with_the_place(script):
    with pytest.raises(PowerShellSyntaxError) as caught:
        parse(script)
    assert (caught.value.line, caught.value.column) == REFUSED[script]


@pytest.mark.parametrize("script", ["(1", "{ 1", "'abc", "@'\nabc", "if ($x) {", "1 +", "a |", "$x = @{ a = 1"])
def test_unclosed_constructs_are_incomplete(script):
    with pytest.raises(PowerShellSyntaxError) as caught:
        parse(script)
    assert caught.value.incomplete


@pytest.mark.parametrize(
    "script", ["1 -in 2", "1 -notin 2", "1 -shl 2", "a *>&1", "a 3>&1", "$using:x", "param([Parameter(Mandatory)]$x)"]
)
def test_version_2_refuses_what_came_later(script):
    parse(script)
    with pytest.raises(PowerShellSyntaxError):
        parse(script, "2.0")


def test_class_is_an_ordinary_word_before_version_5():
    assert isinstance(parse("class C { }", "4.0"), ScriptBlock)


@pytest.mark.parametrize(
    "opening", ["(", "@(", "{", "$(", "$x[", "-not ", "if (1) {", '"$(', "$a = ", "echo (", "[int]"]
)
def test_deep_nesting_is_an_error_of_the_script(opening):
    with pytest.raises(PowerShellSyntaxError, match="nested too deeply"):
        parse(opening * 5000)


def test_long_chains_are_not_deep():
    chains = [" + ".join(["1"] * 5000), ", ".join(["'x'"] * 5000), "$x" + ".a" * 5000, " | ".join(["foo"] * 5000)]
    assert all(isinstance(parse(chain), ScriptBlock) for chain in chains)


SNIPPETS = [
    *("$x", "'a'", '"$(', "(", ")", "{", "}", "@{", "[int]", "-eq ", "if ", "1", "\n", ";", ",", "|", ".", "::", "a "),
    *(
        "@'\n",
        "\n'@",
        "`",
        "#",
        "<#",
        "> ",
        "2>&1",
        "param(",
        "function f",
        "foreach(",
        "switch ",
        "=",
        "++",
        "--",
        "&",
    ),
    *("\u201c", "\u2019", "\u2013", "try ", "catch ", "${", "$", "@", "[", "]", "!", "0x", "1.", "..", "\0"),
]
SCRIPTS = st.one_of(st.text(), st.lists(st.sampled_from(SNIPPETS), max_size=25).map("".join))


def failure_of(script, version):
    try:
        parse.__wrapped__(script, version)
    except PowerShellSyntaxError as error:
        return error
    return None


@given(SCRIPTS, st.sampled_from(["2.0", "5.1"]))
def test_arbitrary_text_parses_or_is_a_syntax_error(script, version):
    error = failure_of(script, version)
    if error is not None:
        assert error.line >= 1
        assert error.column >= 1
        assert error.message
