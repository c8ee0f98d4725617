import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.csv_text import column_names, csv_line, csv_rows

COMMANDS = {
    "[pscustomobject]@{a=1;b='x \"y\"';c=$null} | ConvertTo-Csv -NoTypeInformation": '"a","b","c"\n"1","x ""y""",',
    "[pscustomobject]@{a=1} | ConvertTo-Csv": '#TYPE System.Management.Automation.PSCustomObject\n"a"\n"1"',
    "[pscustomobject]@{a=1;b=2} | ConvertTo-Csv -NoType -Delimiter ';'": '"a";"b"\n"1";"2"',
    "('a,b', '1,\"2,3\"' | ConvertFrom-Csv).b": "2,3",
    "('1,2' | ConvertFrom-Csv -Header x, y).y": "2",
    "('a,b', '1' | ConvertFrom-Csv).b -eq $null": "True",
    "[pscustomobject]@{a=1;b='ä'} | Export-Csv C:\\t.csv -Encoding UTF8; (Import-Csv C:\\t.csv).b": "ä",
    "[pscustomobject]@{a=1} | Export-Csv C:\\u.csv -NoTypeInformation; "
    "[pscustomobject]@{a=2} | Export-Csv C:\\u.csv -Append; "
    "(Import-Csv C:\\u.csv | ForEach-Object { $_.a }) -join ','": "1,2",
    "('abc', 'xbz' | Select-String 'b.$').Count": "2",
    "'abc', 'XBZ' | Select-String 'bz' | ForEach-Object { \"$($_.LineNumber) $($_.Line) $_\" }": "2 XBZ XBZ",
    "('abc' | Select-String 'B' -CaseSensitive) -eq $null": "True",
    "'a.c', 'abc' | Select-String -SimpleMatch 'a.c' | ForEach-Object { $_.Line }": "a.c",
    "'abc', 'xyz' | Select-String -NotMatch 'a' | ForEach-Object { $_.Line }": "xyz",
    "'abc' | Select-String -Quiet 'z'": "False",
    "('a1b2' | Select-String '\\d' -AllMatches).Matches.Count": "2",
    "('k=v' | Select-String '(\\w)=(\\w)').Matches[0].Groups[2].Value": "v",
    "'one', 'two' | Set-Content C:\\s.txt; Select-String -Path C:\\s.txt -Pattern 'tw' | ForEach-Object { \"$_\" }":
        "C:\\s.txt:2:two",
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_command(console, command):
    assert console(command) == COMMANDS[command] + "\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5))
def test_lines_come_back(cells):
    (row,) = csv_rows(csv_line(cells, ",") + "\r\n", ",")
    assert row == cells


def test_columns_without_a_name_are_numbered():
    assert column_names(["a", "", "b", ""]) == ["a", "H1", "b", "H2"]
