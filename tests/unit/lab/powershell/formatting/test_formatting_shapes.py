import pytest

SHOWN = {
    "strings and numbers": ("'text'; 5; 1.5; $true; 10d", ["text", "5", "1.5", "True", "10"]),
    "null shows nothing": ("$null; 'x'", ["x"]),
    "small objects as a table": (
        "[pscustomobject]@{Name='x';Size=5}, [pscustomobject]@{Name='longer';Size=77}",
        ["", "Name   Size", "----   ----", "x         5", "longer   77", "", ""],
    ),
    "large objects as a list": (
        "[pscustomobject]@{a=1;bb=2;c=3;d=4;e=$null}",
        ["", "", "a  : 1", "bb : 2", "c  : 3", "d  : 4", "e  : ", "", "", ""],
    ),
    "later objects join the columns of the first": (
        "[pscustomobject]@{a=1;b=2}, [pscustomobject]@{b=3;c=4}",
        ["", "a b", "- -", "1 2", "  3", "", ""],
    ),
    "hashtables": (
        "[ordered]@{a=1;bc='x'} | Format-Table | Out-String -Width 50",
        ["", f"{'Name':30} {'Value':19}", f"{'----':30} {'-----':19}", f"{'a':30} {'1':19}", f"{'bc':30} {'x':19}",
         "", "", ""],
    ),
    "collections in braces": (
        "[pscustomobject]@{few=1,2;many=1..9;none=@();hash=@{k=1};nul=@($null)} | fl",
        ["", "", "few  : {1, 2}", "many : {1, 2, 3, 4...}", "none : {}", "hash : {k}", "nul  : {$null}", "", "", ""],
    ),
    "dates": ("[datetime]'2020-01-02'", ["", "Thursday, January 2, 2020 12:00:00 AM", "", ""]),
    "script blocks": ("{ 1 + 1 }", [" 1 + 1 "]),
    "exceptions": ("New-Object Exception 'bad'", ["bad"]),
    "a foreign object after a view": (
        "[version]'1.2.3.4'; [pscustomobject]@{a=1}",
        ["", "Major  Minor  Build  Revision", "-----  -----  -----  --------", "1      2      3      4       ", "a : 1",
         "", "", ""],
    ),
    "services": (
        "Get-Service W32Time",
        ["", f"Status   {'Name':18} {'DisplayName':38}", f"------   {'----':18} {'-----------':38}",
         f"Running  {'W32Time':18} {'Windows Time':38}", "", ""],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_default_output(console, name):
    script, lines = SHOWN[name]
    assert console(script).split("\n")[:-1] == lines


COMMANDS = {
    "$o | ft b, a": ["", "b   a", "-   -", "x   1", "yy 10", "", ""],
    "$o | ft -HideTableHeaders": ["", " 1 x ", "10 yy", "", ""],
    "$o | ft @{n='N';e={$_.a * 2};Width=5;Alignment='Left'}, @{l='F';e='a';f='000'}": [
        "", "N       F", "-       -", "2     001", "20    010", "", ""],
    "$o | fl b": ["", "", "b : x", "", "b : yy", "", "", ""],
    "$o | Select-Object -First 1 | fl *": ["", "", "a : 1", "b : x", "", "", ""],
    "'x', 'y' | ft": ["x", "y"],
    "$o | fw b": ["", f"{'x':39} {'yy':39}", "", ""],
    "$o | fw b -Column 3": ["", f"{'x':25} {'yy':25}", "", ""],
    "$o | ft a -GroupBy b": ["", "", "   b: x", "", "a", "-", "1", "", "", "   b: yy", "", " a", " -", "10", "", ""],
    "[pscustomobject]@{t='one two three'} | ft @{e='t';Width=7}": ["", "t      ", "-      ", "one ...", "", ""],
    "[pscustomobject]@{t='one two three'} | ft @{e='t';Width=7} -Wrap": [
        "", "t      ", "-      ", "one two", "three  ", "", ""],
    "[pscustomobject]@{t='a' * 100} | fl": ["", "", "t : " + "a" * 75, "    " + "a" * 25, "", "", ""],
    '[pscustomobject]@{t="a`nb"} | ft': ["", "t   ", "-   ", "a...", "", ""],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_format_commands(console, command):
    setup = "$o = [pscustomobject]@{a=1;b='x'}, [pscustomobject]@{a=10;b='yy'}; "
    assert console(setup + command).split("\n")[:-1] == COMMANDS[command]


def test_tables_of_version_2_share_the_width_evenly(console):
    text = console("New-Object PSObject -Property @{a='x'} | Select-Object a, b", version="2008R2")
    assert text.split("\n")[1] == f"{'a':39} {'b':39}"


def test_columns_that_do_not_fit_fall_away(console):
    lines = console("[pscustomobject]@{a='x' * 30;b='y' * 60;c='z'} | ft -AutoSize").split("\n")
    assert lines[3] == "x" * 30 + " " + "y" * 45 + "..."


def test_errors_are_objects_when_forced(console):
    assert "FullyQualifiedErrorId" in console("try { throw 'x' } catch { $_ | fl * -Force }")
    assert console("try { throw 'x' } catch { $_ | fl * }").startswith("x\nAt line:1 char:7\n")


def test_lists_of_types_have_their_own_properties(console):
    lines = console("Get-Service W32Time | fl").split("\n")
    assert [line.split(" : ")[1] for line in lines[2:5]] == ["W32Time", "Windows Time", "Running"]


def test_folders_stand_above_their_files(console):
    text = console("'x' | Set-Content C:\\a.txt; Get-Item C:\\a.txt")
    assert text.startswith("\n\n    Directory: C:\\\n\n\nMode                LastWriteTime         Length Name")
    assert "3 a.txt" in text


def test_registry_keys_show_their_values(console):
    console("New-Item HKLM:\\SOFTWARE\\T | New-ItemProperty -Name n -Value 5 | Out-Null")
    text = console("Get-Item HKLM:\\SOFTWARE\\T")
    assert text.startswith("\n\n    Hive: HKEY_LOCAL_MACHINE\\SOFTWARE\n\n\nName")
    assert f"{'T':30} n : 5" in text


def test_out_string(console):
    assert console("('a', 'b' | Out-String).Length") == "6\n"
    assert console("('a', [pscustomobject]@{x=1} | Out-String -Stream).Count") == "7\n"
    assert console("(1..3 | Out-String -Width 20).Trim() -replace \"`r`n\", ','") == "1,2,3\n"


def test_out_null_and_out_host(console):
    assert console("1 | Out-Null; $x = 2 | Out-Host; $x -eq $null") == "2\nTrue\n"


def test_out_file_and_its_encodings(console, machine):
    console("'é', 5 | Out-File C:\\out.txt; 'more' | Out-File C:\\out.txt -Append")
    assert machine.files.read_bytes("C:\\out.txt") == b"\xff\xfe" + "é\r\n5\r\nmore\r\n".encode("utf-16-le")
    console("'é' | Out-File C:\\out8.txt -Encoding UTF8 -NoNewline")
    assert machine.files.read_bytes("C:\\out8.txt") == b"\xef\xbb\xbf\xc3\xa9"
    assert console("try { 'x' | Out-File C:\\out.txt -NoClobber } catch { 'kept' }") == "kept\n"


def test_errors_in_a_property_leave_its_cell_empty(console):
    assert console("1 | ft @{n='x';e={throw 'no'}}, @{n='y';e={$_}}").split("\n")[0] == "1"
    lines = console("[pscustomobject]@{v=1} | ft @{n='x';e={throw 'no'}}, v").split("\n")
    assert lines[3] == "  1"
