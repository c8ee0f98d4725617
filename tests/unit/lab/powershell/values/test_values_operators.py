"""Operators: the left operand decides."""

import pytest

RESULTS = [
    ("1 + '1'", "2"),
    ("'1' + 1", "11"),
    ("1 + $null", "1"),
    ("$null + 'x'", "x"),
    ("$true + 1", "2"),
    ("[char]'a' + 1", "a1"),
    ("1 + [char]'a'", "98"),
    ("1 + '0x10'", "17"),
    ("'1kb' / 1", "1024"),
    ("7 / 2", "3.5"),
    ("(6 / 3).GetType().Name", "Int32"),
    ("-7 % 3", "-1"),
    ("5.5 % 2", "1.5"),
    ("(2147483647 + 1).GetType().Name", "Double"),
    ("([long]1 + 1).GetType().Name", "Int64"),
    ("([byte]200 + [byte]100).GetType().Name", "Int32"),
    ("([uint32]1 + [uint32]1).GetType().Name", "UInt32"),
    ("([uint32]1 + 1).GetType().Name", "Int64"),
    ("(1.5d + 1).GetType().Name", "Decimal"),
    ("([single]1 + [single]1).GetType().Name", "Double"),
    ("1d / 3", "0.3333333333333333333333333333"),
    ("1.10d + 2.20d", "3.30"),
    ("5 / 0.0", "Infinity"),
    ("'ab' * 3", "ababab"),
    ("(@(1, 2) * 2) -join ','", "1,2,1,2"),
    ("(@{ a = 1 } + @{ b = 2 }).Count", "2"),
    ("(1, 2 + 3).Count", "3"),
    ("5 -band 3", "1"),
    ("-bnot 5", "-6"),
    ("1 -shl 33", "2"),
    ("-16 -shr 2", "-4"),
    ("0xFFFFFFFF -band 0xFF", "255"),
    ("[IO.FileAttributes]3 -band [IO.FileAttributes]::Hidden", "Hidden"),
    ("10 -lt '9'", "False"),
    ("'10' -lt 9", "True"),
    ("5 -eq '5.0'", "True"),
    ("'5.0' -eq 5", "False"),
    ("$true -eq 'false'", "True"),
    ("0 -eq $null", "False"),
    ("$null -lt 0", "True"),
    ("(1, 2, 3, 2 -eq 2) -join ','", "2,2"),
    ("(1, $null -eq $null).Count", "1"),
    ("'A' -clt 'a'", "False"),
    ("'a' -lt 'B'", "True"),
    ("'-a' -lt 'b'", "True"),
    ("[version]'1.10' -gt '1.9'", "True"),
    ("[datetime]'2020-01-01' -lt '2020-01-02'", "True"),
    ("[guid]::Empty -eq '00000000-0000-0000-0000-000000000000'", "True"),
    ("'x' -in 'X', 'y'", "True"),
    ("1..3 -contains 2", "True"),
    ("5 -is [int]", "True"),
    ("5 -is [ValueType]", "True"),
    ("@(1) -is [System.Collections.IEnumerable]", "True"),
    ("$null -is [object]", "False"),
    ("'a*b' -like 'a`*b'", "True"),
    ("'b' -like '[a-c]'", "True"),
    ("'ABC' -clike 'abc'", "False"),
    ("'a.b' -replace '\\.', '/'", "a/b"),
    ("'john smith' -replace '(\\w+) (\\w+)', '$2, $1'", "smith, john"),
    ("'abc' -replace '(?<x>b)', '[${x}]'", "a[b]c"),
    ("'abc' -replace 'b', '$$$&$0'", "a$bbc"),
    ("('a1b2' -split '(\\d)') -join '|'", "a|1|b|2|"),
    ("('a=b=c' -split '=', 2) -join '|'", "a|b=c"),
    ("('a.b.c' -split '.', 0, 'SimpleMatch') -join '|'", "a|b|c"),
    ("('axbxc' -split { $_ -eq 'x' }) -join '|'", "a|b|c"),
    ("(-split '  a b  c ') -join '|'", "a|b|c"),
    ("-join ('a', 'b')", "ab"),
    ("(3..1) -join ','", "3,2,1"),
    ("('1'..'3') -join ','", "1,2,3"),
    ("-'5'", "-5"),
    ("-[int]::MinValue", "2147483648"),
]


@pytest.mark.parametrize(("expression", "expected"), RESULTS)
def test_result(lines, expression, expected):
    assert lines(f'"$({expression})"') == [expected]


FAILURES = [
    ("1 / 0", "Attempted to divide by zero."),
    (
        "1 + 'abc'",
        'Cannot convert value "abc" to type "System.Int32". Error: "Input string was not in a correct format."',
    ),
    ("1 + (1, 2)", 'Cannot convert the "System.Object[]" value of type "System.Object[]" to type "System.Int32".'),
    (
        "(1, 2) - 1",
        "Method invocation failed because [System.Object[]] does not contain a method named 'op_Subtraction'.",
    ),
    ("@{} + 1", "A hash table can only be added to another hash table."),
    ("@{ a = 1 } + @{ A = 2 }", "Item has already been added. Key in dictionary: 'a'  Key being added: 'A'"),
    (
        "5 -lt 'x'",
        (
            'Could not compare "5" to "x". Error: "Cannot convert value "x" to type "System.Int32". '
            'Error: "Input string was not in a correct format.""'
        ),
    ),
    ("'x' -match '('", 'parsing "(" - Not enough )\'s.'),
    ("'x' -replace '('", "The regular expression pattern ( is not valid."),
    (
        "'{1}' -f 1",
        (
            "Error formatting a string: Index (zero based) must be greater than or equal to zero "
            "and less than the size of the argument list.."
        ),
    ),
]


@pytest.mark.parametrize(("expression", "expected"), FAILURES)
def test_failure(message, expression, expected):
    assert message(expression) == expected


def test_match_fills_matches(lines):
    script = "$null = 'key=val' -match '(?<k>\\w+)=(\\w+)'; $Matches[0]; $Matches.k; $Matches[1]; $Matches.Count"
    assert lines(script) == ["key=val", "key", "val", "3"]


def test_failed_match_leaves_matches(lines):
    assert lines("$null = 'ab' -match 'a'; $null = 'x' -match 'y'; $Matches[0]") == ["a"]


def test_match_on_a_list_filters(lines):
    assert lines("'a1', 'b', 'c2' -match '\\d'") == ["a1", "c2"]
