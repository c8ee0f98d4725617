"""Casts: what every type accepts, and the words of a refusal."""

import pytest

CASTS = [
    ("[int]'42'", "42"),
    ("[int]' 7 '", "7"),
    ("[int]'0x1F'", "31"),
    ("[int]'1e3'", "1000"),
    ("[int]'1,000'", "1000"),
    ("[int]'2.5'", "2"),
    ("[int]3.5", "4"),
    ("[int]-2.5", "-2"),
    ("[int]''", "0"),
    ("[int]$null", "0"),
    ("[int]$true", "1"),
    ("[int][char]'A'", "65"),
    ("[long]'9999999999'", "9999999999"),
    ("[byte]'0xFF'", "255"),
    ("[double]'1,234.5'", "1234.5"),
    ("[double]'1e3'", "1000"),
    ("[decimal]'1.50'", "1.50"),
    ("[decimal]0.1", "0.1"),
    ("[bool]'False'", "True"),
    ("[bool]''", "False"),
    ("[bool]@(0)", "False"),
    ("[bool]@(0, 0)", "True"),
    ("[bool]@{}", "True"),
    ("[char]65", "A"),
    ("[char]'x'", "x"),
    ("[string](1, 2, 3)", "1 2 3"),
    ("[string]1.50", "1.5"),
    ("[string][datetime]'2020-01-02'", "01/02/2020 00:00:00"),
    ("[string]@{}", "System.Collections.Hashtable"),
    ("([string]$null).Length", "0"),
    ("[DayOfWeek]1", "Monday"),
    ("[DayOfWeek]'friday'", "Friday"),
    ("[int][DayOfWeek]'Fri'", "5"),
    ("[IO.FileAttributes]'ReadOnly, Hidden'", "ReadOnly, Hidden"),
    ("[IO.FileAttributes]3", "ReadOnly, Hidden"),
    ("([int[]]('1', '2'))[1] + 1", "3"),
    ("([int[]]'5').Length", "1"),
    ("([char[]]'abc').Length", "3"),
    ("([string[]](1, 2)).GetType().Name", "String[]"),
    ("([array]5).GetType().Name", "Object[]"),
    ("@([array]$null).Length", "1"),
    ("([pscustomobject]@{ a = 1; b = 2 }).b", "2"),
    ('"$([pscustomobject]@{ a = 1; l = 1, 2 })"', "@{a=1; l=System.Object[]}"),
    ("[version]'10.0.17763' -gt [version]'9.9'", "True"),
    ("[nullable[int]]$null -eq $null", "True"),
    ("([nullable[int]]'5') + 1", "6"),
    ("[timespan]'01:30:15'", "01:30:15"),
    ("[type]'System.Int32' -eq [int]", "True"),
    ("([System.Collections.ArrayList](1, 2)).Count", "2"),
    ("[System.Collections.Generic.List[string]](1, 2) -join '|'", "1|2"),
    ("[hashtable][ordered]@{ a = 1 } | ForEach-Object { $_.Count }", "1"),
    ("[switch]1 -eq $true", "True"),
    ("'42' -as [int]", "42"),
    ("('x' -as [int]) -eq $null", "True"),
]


@pytest.mark.parametrize(("expression", "expected"), CASTS)
def test_cast(lines, expression, expected):
    assert lines(f'"$({expression})"') == [expected]


REFUSALS = [
    (
        "[int]'abc'",
        'Cannot convert value "abc" to type "System.Int32". Error: "Input string was not in a correct format."',
    ),
    (
        "[int]'99999999999'",
        (
            'Cannot convert value "99999999999" to type "System.Int32". '
            'Error: "Value was either too large or too small for an Int32."'
        ),
    ),
    (
        "[byte]256",
        (
            'Cannot convert value "256" to type "System.Byte". '
            'Error: "Value was either too large or too small for an unsigned byte."'
        ),
    ),
    (
        "[int]@{}",
        (
            'Cannot convert the "System.Collections.Hashtable" value of type "System.Collections.Hashtable" '
            'to type "System.Int32".'
        ),
    ),
    ("[datetime]$null", 'Cannot convert null to type "System.DateTime".'),
    (
        "[char]'ab'",
        'Cannot convert value "ab" to type "System.Char". Error: "String must be exactly one character long."',
    ),
    (
        "[guid]'x'",
        (
            'Cannot convert value "x" to type "System.Guid". Error: '
            '"Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."'
        ),
    ),
    (
        "[xml]'<a>'",
        (
            'Cannot convert value "<a>" to type "System.Xml.XmlDocument". Error: "Unexpected end of file has occurred. '
            'The following elements are not closed: a. Line 1, position 4."'
        ),
    ),
    ("[No.Such]::Type", "Unable to find type [No.Such]."),
]


@pytest.mark.parametrize(("expression", "expected"), REFUSALS)
def test_refusal(message, expression, expected):
    assert message(expression) == expected


def test_cast_error_carries_its_causes(lines):
    script = "try { [int]'x' } catch { $e = $_.Exception; while ($e) { $e.GetType().Name; $e = $e.InnerException } }"
    assert lines(script) == ["RuntimeException", "PSInvalidCastException", "FormatException"]


def test_enumeration_names_its_members(message):
    assert message("[DayOfWeek]'Foo'").endswith(
        'try again: Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday"'
    )


def test_ofs_joins_arrays(lines):
    assert lines("$a = 1, 2; $OFS = ','; \"$a\"; [string]$a; $OFS = ''; \"$a\"") == ["1,2", "1,2", "12"]


def test_typed_variable_converts_what_is_assigned(lines):
    assert lines("[int]$n = '5'; $n = '7'; $n + 1; [string]$s = 5; $s + 1") == ["8", "51"]
