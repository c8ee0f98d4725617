"""Properties, methods and indexing."""

import pytest

RESULTS = [
    ("(5).Count; 'abc'.Count; $null.Count; @().Count", ["1", "1", "0", "0"]),
    ("('ab', 'cde').Length; ('ab', 'cde').ToUpper() -join ' '", ["2", "AB CDE"]),
    ("$a = [pscustomobject]@{ n = 1 }, [pscustomobject]@{ n = 2 }; $a.N -join ','", ["1,2"]),
    ("$h = @{ Count = 'key' }; $h.Count; $h['COUNT']", ["key", "key"]),
    ("$h = @{ a = 1; b = 2 }; $h['a', 'b'] -join ','; $h.c -eq $null", ["1,2", "True"]),
    ("$a = 1, 2, 3; $a[-1]; $a[0, 2] -join ','; $a[1..5] -join ','; $a[9] -eq $null", ["3", "1,3", "2,3", "True"]),
    ("'hello'[1]; 'hello'[-1]; 'hello'[0..2] -join ''", ["e", "o", "hel"]),
    ("$g = New-Object 'int[,]' 2, 3; $g[1, 2] = 9; $g[1, 2]; $g.Rank; $g.GetLength(1)", ["9", "2", "3"]),
    ("$o = [ordered]@{ z = 1; a = 2 }; $o[0]; $o['a']; $o.Insert(0, 'n', 9); $o.Keys -join ','", ["1", "2", "n,z,a"]),
    ("(5).psobject.TypeNames[0]; (5).pstypenames[1]", ["System.Int32", "System.ValueType"]),
    ("$m = 'abc'.ToUpper; $m.Invoke()", ["ABC"]),
    ("$n = 'Length'; 'abc'.$n; 'abc'.\"Sub$('string')\"(1)", ["3", "bc"]),
]


@pytest.mark.parametrize(("script", "expected"), RESULTS)
def test_result(lines, script, expected):
    assert lines(script) == expected


def test_added_members(lines):
    script = """
$o = New-Object PSObject -Property @{ a = 1 }
$o | Add-Member NoteProperty b 2
$o | Add-Member AliasProperty c b
$o | Add-Member ScriptProperty d { $this.a + 10 } { param($v) $this.a = $v }
$o | Add-Member ScriptMethod Twice { param($n) $n * 2 }
$o.c; $o.d; $o.d = 5; $o.a; $o.Twice(4)
($o.psobject.Properties | ForEach-Object { $_.Name }) -join ','
"""
    assert lines(script) == ["2", "11", "5", "8", "a,b,c,d"]


def test_a_value_with_added_members_stays_the_value(lines):
    script = (
        "$s = 'text' | Add-Member NoteProperty Extra 7 -PassThru; $s.Extra; $s.Length; $s.GetType().Name; $s -eq 'TEXT'"
    )
    assert lines(script) == ["7", "4", "String", "True"]


def test_to_string_method_of_a_property_bag_gives_nothing(lines):
    assert lines("([pscustomobject]@{ a = 1 }).ToString().Length") == ["0"]


FAILURES = [
    ("$null.Foo()", "You cannot call a method on a null-valued expression."),
    ("'x'.Foo()", "Method invocation failed because [System.String] does not contain a method named 'Foo'."),
    ("'x'.Substring(1, 2, 3)", 'Cannot find an overload for "Substring" and the argument count: "3".'),
    (
        "'x'.Substring('a')",
        (
            'Cannot convert argument "0", with value: "a", for "Substring" to type "System.Int32": '
            '"Cannot convert value "a" to type "System.Int32". Error: "Input string was not in a correct format.""'
        ),
    ),
    ("$x = 'a'; $x.Length = 5", "'Length' is a ReadOnly property."),
    (
        "$o = [pscustomobject]@{ a = 1 }; $o.zzz = 1",
        "The property 'zzz' cannot be found on this object. Verify that the property exists and can be set.",
    ),
    ("$null[0]", "Cannot index into a null array."),
    ("(5)[0]", "Unable to index into an object of type System.Int32."),
    ("$a = 1, 2; $a[5] = 1", "Index was outside the bounds of the array."),
    ("New-Object No.Such", "Cannot find type [No.Such]: verify that the assembly containing this type is loaded."),
]


@pytest.mark.parametrize(("script", "expected"), FAILURES)
def test_failure(message, script, expected):
    assert message(script) == expected


STRICT = [
    (
        "2",
        "$h = @{}; $h.missing",
        "The property 'missing' cannot be found on this object. Verify that the property exists.",
    ),
    (
        "2",
        "(New-Object PSObject).x",
        "The property 'x' cannot be found on this object. Verify that the property exists.",
    ),
    ("2", "$null.x", "The property 'x' cannot be found on this object. Verify that the property exists."),
    ("3", "@(1)[5]", "Index was outside the bounds of the array."),
]


@pytest.mark.parametrize(("version", "script", "expected"), STRICT)
def test_strict_mode(message, version, script, expected):
    assert message(f"Set-StrictMode -Version {version}; {script}") == expected


def test_method_failure_wraps_the_exception(lines):
    script = (
        "try { 'abc'.Substring(10) } catch { $_.Exception.GetType().Name; $_.Exception.InnerException.GetType().Name }"
    )
    assert lines(script) == ["MethodInvocationException", "ArgumentOutOfRangeException"]
