"""Pipelines, streams, redirections."""

import pytest


def test_objects_stream_one_by_one(run):
    script = '1..2 | ForEach-Object { "a$_"; $_ } | ForEach-Object { "b$_" }'
    assert run(script).lines == ["ba1", "b1", "ba2", "b2"]


def test_select_first_stops_what_feeds_it(run, run_old):
    script = '1..5 | ForEach-Object { Write-Host "made $_"; $_ } | Select-Object -First 2'
    assert run(script).lines == ["made 1", "1", "made 2", "2"]
    assert run_old(script).lines[-1] == "made 5"


def test_nothing_is_not_null(run):
    script = """
function none { }
$r = none
@($r).Count
$r | ForEach-Object { 'never' }
@($null).Count
$null | ForEach-Object { 'once' }
(none) -eq $null
"""
    assert run(script).lines == ["0", "1", "once", "True"]


def test_unary_comma_keeps_an_array_whole(run):
    script = "function f { , (1, 2) }\n(f).Count\n(f | Measure-Object).Count\n@(, (1, 2)).Count"
    assert run(script).lines == ["2", "1", "1"]


def test_dictionaries_and_strings_do_not_unroll(run):
    assert run(
        "@{ a = 1; b = 2 } | Measure-Object | ForEach-Object { $_.Count }\n('abc' | Measure-Object).Count"
    ).lines == ["1", "1"]


def test_merging_and_dropping_streams(run):
    script = """
function f { 'out'; Write-Error 'err'; Write-Warning 'warn' }
(f 2>&1 3>&1).Count
(f 2>$null 3>$null).Count
$e = f 2>&1 3>$null | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
"$e"
"""
    assert run(script).lines == ["3", "1", "err"]


def test_redirection_to_files(run):
    outcome = run("'one' > C:\\Work\\o.txt\n'two' >> C:\\Work\\o.txt\nWrite-Error 'bad' 2> C:\\Work\\e.txt")
    assert outcome.errors == ""
    assert run.machine.files.read_text("C:\\Work\\o.txt") == "one\r\ntwo\r\n"
    assert "bad" in run.machine.files.read_text("C:\\Work\\e.txt")


def test_a_redirected_command_in_the_middle(run):
    assert run("'a' | ForEach-Object { $_; Write-Error 'x' } 2>&1 | ForEach-Object { \"<$_>\" }").lines == [
        "<a>",
        "<x>",
    ]


def test_write_host_goes_to_the_console_and_stream_six(run):
    assert run("$x = Write-Host 'seen'\n$y = Write-Host 'kept' 6>&1\n\"[$x][$y]\"").lines == ["seen", "[][kept]"]


def test_tee_and_out_variable(run):
    script = '1..3 | Tee-Object -Variable t | Out-Null\n$t.Count\nWrite-Output 5 -OutVariable o | Out-Null\n"$o"'
    assert run(script).lines == ["3", "5"]


def test_foreach_object_blocks_members_and_methods(run):
    script = """
1..3 | ForEach-Object { $s = 0 } { $s += $_ } { "sum $s" }
'ab', 'cde' | ForEach-Object Length
'ab' | ForEach-Object ToUpper
'a,b' | ForEach-Object Split ','
"""
    assert run(script).lines == ["sum 6", "2", "3", "AB", "a", "b"]


def test_where_object_forms(run):
    script = """
1..4 | Where-Object { $_ % 2 }
'ab', 'c' | Where-Object Length -gt 1
'x', '' | Where-Object Length
"""
    assert run(script).lines == ["1", "3", "ab", "x"]


def test_underscore_of_nested_pipelines(run):
    assert run("1..2 | ForEach-Object { $o = $_; 'a', 'b' | ForEach-Object { \"$o$_\" }; \"end $_\" }").lines == [
        "1a", "1b", "end 1", "2a", "2b", "end 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("3, 1, 2 | Sort-Object -Descending", ["3", "2", "1"]),
        ("'b', 'A' | Sort-Object", ["A", "b"]),
        ("'bb', 'a', 'cc' | Sort-Object Length, @{ Expression = { $_ }; Descending = $true }", ["a", "cc", "bb"]),
        ("(1..5 | Measure-Object -Average).Average", ["3"]),
        ('(1..3 | Measure-Object -Sum -Maximum | ForEach-Object { "$($_.Sum) $($_.Maximum)" })', ["6 3"]),
        ("'a', 'b', 'A' | Group-Object | ForEach-Object { \"$($_.Name)$($_.Count)\" }", ["a2", "b1"]),
        ("1..5 | Select-Object -Last 2", ["4", "5"]),
        ("1..5 | Select-Object -Skip 3", ["4", "5"]),
        ("1..5 | Select-Object -Index 1, 3", ["2", "4"]),
        ("1, 2, 1 | Select-Object -Unique", ["1", "2"]),
        ('Compare-Object (1, 2) (2, 3) | ForEach-Object { "$($_.InputObject)$($_.SideIndicator)" }', ["3=>", "1<="]),
        ("'x' | Select-Object @{ n = 'L'; e = { $_.Length } } | ForEach-Object { $_.L }", ["1"]),
        ("'abc' | Select-Object -ExpandProperty Length", ["3"]),
        ("1, 1, 2 | Get-Unique", ["1", "2"]),
    ],
)
def test_collecting_cmdlets(run, script, expected):
    assert run(script).lines == expected


def test_native_programs(run):
    outcome = run("$n = hostname\n$n\n$LASTEXITCODE\nhostname.exe | ForEach-Object { $_.Length }")
    assert outcome.lines == ["LAB01", "0", "5"]


def test_words_behind_stop_parsing_go_to_a_program_as_they_are(run):
    assert run("cmd --% /c echo $x %COMPUTERNAME% 'a'").lines == ["$x LAB01 'a'"]


def test_unknown_commands_name_themselves(run):
    script = "try { Get-Nope -x 1 } catch { $_.TargetObject; $_.CategoryInfo.Category }"
    assert run(script).lines == ["Get-Nope", "ObjectNotFound"]
