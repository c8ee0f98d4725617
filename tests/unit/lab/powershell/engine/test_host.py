"""powershell.exe: command lines, exit codes, standard streams."""

import base64
import gzip

import pytest

BOOTSTRAP = r"""
$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue'
function d($b){$m=New-Object IO.MemoryStream(,[Convert]::FromBase64String($b))
$g=New-Object IO.Compression.GZipStream($m,[IO.Compression.CompressionMode]::Decompress)
$r=New-Object IO.StreamReader($g,[Text.Encoding]::UTF8);$r.ReadToEnd()}
try{$l=[Console]::In.ReadLine();$k=[Console]::In.ReadLine()
if([Console]::In.ReadLine() -ne 'END'){throw 'payload truncated'}
$s=@{};foreach($x in (d $k).Split("`n")){$i=$x.IndexOf('=')
if($i -gt 0){$s[$x.Substring(0,$i)]=[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($x.Substring($i+1)))}}
& ([ScriptBlock]::Create((d $l))) $s
exit 0}catch{[Console]::Error.WriteLine($_.Exception.Message);exit 1}
"""


def encoded(script):
    return base64.b64encode(script.encode("utf-16-le")).decode()


def packed(text):
    return base64.b64encode(gzip.compress(text.encode())).decode()


def test_command_joins_its_words(run):
    assert run.host("-NoProfile", "-Command", "1", "+", "2").lines == ["3"]
    assert run.host("Write-Output", "bare").lines == ["bare"]


def test_prefixes_and_slashes(run):
    assert run.host("-nop", "-noni", "-ex", "bypass", "/c", "'x'").lines == ["x"]


def test_encoded_command_writes_errors_as_clixml(run):
    outcome = run.host("-EncodedCommand", encoded("'out'; Write-Error 'bad <&>'; Write-Warning 'careful'"))
    assert outcome.output == "out\r\n"
    assert outcome.errors.startswith('#< CLIXML\r\n<Objs Version="1.1.0.1"')
    assert '<S S="Error">' in outcome.errors
    assert "bad &lt;&amp;&gt;" in outcome.errors
    assert '<S S="warning">careful' in outcome.errors
    assert outcome.errors.endswith("</Objs>")


def test_output_format_text_turns_clixml_off(run):
    outcome = run.host("-OutputFormat", "Text", "-EncodedCommand", encoded("throw 'bad'"))
    assert outcome.errors.startswith("bad\r\n")
    assert outcome.code == 1


def test_wrong_base64(run):
    assert run.host("-EncodedCommand", "###").code == 1


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("'x'", 0),
        ("exit 5", 5),
        ("throw 'x'", 1),
        ("nosuch", 1),
        ("nosuch; 'fine'", 0),
        ("Write-Error x", 1),
        ("1 / 0", 1),
        ("$ErrorActionPreference = 'Stop'; nosuch; 'never'", 1),
        ("if (", 1),
    ],
)
def test_exit_codes_of_commands(run, script, code):
    assert run.host("-Command", script).code == code


def test_syntax_errors_are_shown(run):
    outcome = run("'never printed'\nif (1 { }")
    assert outcome.lines == []
    assert outcome.code == 1
    assert "ParserError" in outcome.errors


def test_script_arguments(run):
    outcome = run(
        'param($Name, [switch]$Force, [int]$N)\n"$Name $Force $($N + 1)"', "-Name", "x y", "-Force", "-N", "4"
    )
    assert outcome.lines == ["x y True 5"]


def test_a_missing_file(run):
    outcome = run.host("-File", "C:\\nope.ps1")
    assert outcome.code == -196608
    assert "does not exist" in outcome.errors


def test_script_files_obey_the_execution_policy(run_old):
    run_old.machine.files.write_text("C:\\Work\\a.ps1", "'ran'")
    refused = run_old.host("-File", "C:\\Work\\a.ps1")
    assert (refused.lines, refused.code) == ([], 1)
    assert run_old.host("-ExecutionPolicy", "Bypass", "-File", "C:\\Work\\a.ps1").lines == ["ran"]


def test_standard_input_is_the_command_or_the_input(run):
    run.input = "1 + 1\n'two'"
    assert run.host("-Command", "-").lines == ["2", "two"]
    run.input = "a\nb"
    assert run.host("-Command", '$input | ForEach-Object { "<$_>" }').lines == ["<a>", "<b>"]


def test_a_script_and_its_data_come_on_standard_input(run):
    script = "param($s)\n\"user $($s['user']) ü\"\nWrite-Output $s.Count"
    data = "user=" + base64.b64encode("jö".encode()).decode() + "\n"
    run.input = f"{packed(script)}\n{packed(data)}\nEND\n"
    words = ("-NoLogo", "-NoProfile", "-NonInteractive", "-InputFormat", "None", "-OutputFormat", "Text")
    outcome = run.host(*words, "-EncodedCommand", encoded(BOOTSTRAP))
    assert (outcome.lines, outcome.errors, outcome.code) == (["user jö ü", "1"], "", 0)


def test_a_truncated_payload_fails(run):
    run.input = packed("'x'") + "\n"
    outcome = run.host("-InputFormat", "None", "-OutputFormat", "Text", "-EncodedCommand", encoded(BOOTSTRAP))
    assert (outcome.output, outcome.code) == ("", 1)
    assert "payload truncated" in outcome.errors


def test_dot_sourcing_and_calling_script_files(run):
    run.machine.files.write_text(
        "C:\\Work\\lib.ps1", "param($p)\n$made = $p\nfunction fromlib { 'lib' }\n$PSScriptRoot"
    )
    assert run(". .\\lib.ps1 7\n$made\nfromlib\n$MyInvocation.MyCommand.Name").lines == [
        "C:\\Work",
        "7",
        "lib",
        "case.ps1",
    ]


def test_script_blocks_are_logged(run):
    run.host("-Command", "Invoke-Expression '1 + 41'")
    messages = [record.message for record in run.machine.event_log.newest("Microsoft-Windows-PowerShell/Operational")]
    assert any("1 + 41" in message for message in messages)
