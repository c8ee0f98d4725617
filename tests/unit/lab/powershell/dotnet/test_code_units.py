"""Characters outside of the basic plane are two characters to .NET."""

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

MAIL = "\U0001f4e7"


def shown(script):
    machine = Machine.create("crm01", "2019")
    out = []
    run_powershell(
        machine,
        ["-NoProfile", "-Command", script],
        read_line=lambda: None,
        read_all=lambda: "",
        out=out.append,
        err=out.append,
        environment=machine.environment,
        current_directory="C:\\",
    )
    return "".join(out).split()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("'x\U0001f4e7y'.Length", ["4"]),
        ("'\U0001f4e7'.ToCharArray() | ForEach-Object { [int]$_ }", ["55357", "56551"]),
        ("[int]'x\U0001f4e7'[2]", ["56551"]),
        ("'x\U0001f4e7y'.Substring(3)", ["y"]),
        ("'x\U0001f4e7y'.Substring(1, 2)", ["\U0001f4e7"]),
        ("-join 'x\U0001f4e7y'.ToCharArray()", ["x\U0001f4e7y"]),
        ("New-Object string (, 'x\U0001f4e7y'.ToCharArray())", ["x\U0001f4e7y"]),
        ('$b = New-Object Text.StringBuilder; $text.ToCharArray() | % { [void]$b.Append($_) }; "$b"', [MAIL]),
        ("'' + [char]0xD83D + [char]0xDCE7", [MAIL]),
        ('$a = [char]0xD83D; $b = [char]0xDCE7; "$a$b"', [MAIL]),
        ("[string]::Concat([char]0xD83D, [char]0xDCE7); [string]::Join('', $text.ToCharArray())", [MAIL, MAIL]),
        ("[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes((-join '\U0001f4e7'.ToCharArray())))", ["8J+Tpw=="]),
    ],
)  # fmt: skip
def test_code_units(script, expected):
    assert shown(f"$text = '{MAIL}'; {script}") == expected
