"""What a host holds, read as other people's scripts do: ADSI by its properties, access lists by reflection, and WMI."""

import base64
from collections.abc import Iterable

from fuzz.lab_host import LabHost

READER = r"""
$get = [Reflection.BindingFlags]'Public,Instance,GetProperty'
function Get-Part($object, $name) { $object.GetType().InvokeMember($name, $get, $null, $object, $null) }
function Get-Base64($text) { [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]$text)) }
function Show($value) {
    if ($null -eq $value) { return 'none' }
    if ($value -is [bool]) { return "flag:$value" }
    if ($value -is [int]) { return 'number:' + ([long]$value -band 4294967295L) }
    if ($value -is [string]) { return 'text:' + (Get-Base64 $value) }
    if ($value -is [array]) { return 'texts:' + (@($value | ForEach-Object { Get-Base64 $_ }) -join ' ') }
    $open = Get-Part $value 'GrantByDefault'
    $side = 'Grant'
    if ($open) { $side = 'Deny' }
    $entries = @(Get-Part $value "IP$side") + @(Get-Part $value "Domain$side")
    "access:$open;" + (@($entries | Where-Object { $_ }) -join ';')
}
"""


def literal(value: str) -> str:
    """Quote a text for PowerShell."""
    for quote in "'\u2018\u2019\u201a\u201b":
        value = value.replace(quote, quote * 2)
    return f"'{value}'"


def read_adsi(host: LabHost, places: Iterable[tuple[str, str]]) -> list[object]:
    """Give what ADSI shows at places (path below the computer, property)."""
    lines = [
        f"Show ([ADSI]{literal('IIS://localhost/' + path)}).Properties[{literal(name)}].Value" for path, name in places
    ]
    return _values(host, READER + "\n".join(lines))


def read_wmi(host: LabHost, places: Iterable[tuple[str, str]]) -> list[object]:
    """Give what WMI shows of virtual servers (path below the computer, property)."""
    lines = [f"Show ({settings_of(path)}).{name}" for path, name in places]
    return _values(host, READER + "\n".join(lines))


def settings_of(path: str) -> str:
    """Give the expression for the WMI object of a virtual server."""
    name = literal(f"Name='{path}'")
    return rf"Get-WmiObject -Namespace root\MicrosoftIISv2 -Class IIsSmtpServerSetting -Filter {name}"


def server_paths(host: LabHost) -> dict[str, str]:
    """Give the paths of the virtual servers by name."""
    script = (
        READER
        + r"""
foreach ($child in ([ADSI]'IIS://localhost/SmtpSvc').psbase.Children) {
    if ($child.psbase.SchemaClassName -ne 'IIsSmtpServer') { continue }
    [string]$child.psbase.Name
    Show $child.psbase.Properties['ServerComment'].Value
}"""
    )
    lines = run(host, script).split()
    numbers, names = lines[::2], [_value(line) for line in lines[1::2]]
    return {
        str(name or f"[SMTP Virtual Server #{number}]"): f"SmtpSvc/{number}"
        for number, name in zip(numbers, names, strict=True)
    }


def run(host: LabHost, script: str) -> str:
    """Run a script that must succeed."""
    result = host.powershell(script)
    assert not result.stderr.strip(), f"{result.stderr}\n{script}"
    assert result.exit_code == 0, script
    return result.stdout


def _values(host: LabHost, script: str) -> list[object]:
    return [_value(line) for line in run(host, script).replace("\r\n", "\n").strip().split("\n") if line]


def _value(line: str) -> object:
    kind, _, rest = line.partition(":")
    if kind == "none":
        return None
    if kind == "flag":
        return rest == "True"
    if kind == "number":
        return int(rest)
    if kind == "text":
        return base64.b64decode(rest).decode()
    if kind == "texts":
        return frozenset(base64.b64decode(item).decode() for item in rest.split())
    opened, _, entries = rest.partition(";")
    return (opened == "True", frozenset(entry for entry in entries.split(";") if entry))
