import pytest

from iisrelay.lab.windows.registry import ValueKind

CLIENT = r"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client"
VERSION = r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("(Get-ItemProperty $v).CurrentBuild", "17763"),
        ("(Get-ItemProperty $v ProductName).ProductName", "Windows Server 2019 Standard"),
        ("Get-ItemPropertyValue $v UBR, ReleaseId", "5576\n1809"),
        ("(Get-ItemProperty $v).PSChildName", "CurrentVersion"),
        ("(Get-Item $v).Name", r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"),
        ("(Get-Item $v).GetValue('nope', 'default')", "default"),
        ("$null = New-Item $k -Force; Set-ItemProperty $k Enabled 1; (Get-Item $k).GetValueKind('Enabled')", "DWord"),
        ("$null = New-Item $k -Force; Set-ItemProperty $k Name text; (Get-Item $k).GetValueKind('Name')", "String"),
        ("$null = New-Item $k -Force; $null = New-ItemProperty $k N -Value 4294967295 -Type DWord; (gp $k).N", "-1"),
        (
            (
                "$null = New-Item $k -Force; $null = New-ItemProperty $k N -Value 5 -PropertyType QWord; "
                "(gp $k).N.GetType().Name"
            ),
            "Int64",
        ),
        ("$null = New-Item $k -Force; Set-ItemProperty $k M a, b -Type MultiString; (gp $k).M -join '+'", "a+b"),
        (
            "$null = New-Item $k -Force; Set-ItemProperty $k B ([byte[]](1, 255)) -Type Binary; (gp $k).B -join '+'",
            "1+255",
        ),
        (
            r"$null = New-Item $k -Force; Set-ItemProperty $k E '%windir%\x' -Type ExpandString; (gp $k).E",
            r"C:\Windows\x",
        ),
        ("$null = New-Item $k -Force; Set-Item $k dflt; (gp $k).'(default)'; (Get-Item $k).GetValue('')", "dflt\ndflt"),
        (
            (
                "$null = New-Item $k -Force; $k2 = Get-Item $k; Set-ItemProperty $k A 1; "
                "Clear-ItemProperty $k A; $k2.GetValue('A')"
            ),
            "0",
        ),
        (
            "$null = New-Item $k -Force; Set-ItemProperty $k A 1; Remove-ItemProperty $k A; (Get-Item $k).ValueCount",
            "0",
        ),
        ("$null = New-Item $k -Force; Remove-Item (Split-Path $k) -Recurse; Test-Path $k", "False"),
        ("(Get-ChildItem (Split-Path (Split-Path $k)) | % PSChildName) -join ','", "SSL 2.0"),
        (r"$null = New-Item HKCU:\Software\X; Test-Path Registry::HKEY_CURRENT_USER\Software\X", "True"),
        (r"Copy-Item $v HKCU:\Software\V; (gp HKCU:\Software\V).UBR", "5576"),
        ("$null = New-Item $k -Force; Rename-Item $k Server; Test-Path ($k -replace 'Client', 'Server')", "True"),
    ],
)
def test_values_through_the_provider(shell, script, expected):
    ran = shell(f"$k = '{CLIENT}'; $v = '{VERSION}'; {script}")
    assert (ran.output, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "Get-ItemProperty $v nope",
            r"Property nope does not exist at path HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion.",
        ),
        ("New-ItemProperty $v UBR -Value 1", "The property already exists."),
        ("New-Item $v", "A key in this path already exists."),
        (r"New-Item HKLM:\SOFTWARE\no\such\key", "The registry key at the specified path does not exist."),
        ("Set-ItemProperty $v UBR abc", 'Cannot convert value "abc"'),
        ("New-ItemProperty $v Z -PropertyType Word -Value 1", "Unable to match the identifier name Word"),
        ("New-ItemProperty $v Z -PropertyType DWord -Value 4294967296", "too large or too small for a UInt32"),
    ],
)
def test_errors_are_worded_as_powershell_does(shell, script, words):
    errors = shell(f"$v = '{VERSION}'; {script}").errors
    assert words in errors.replace("\n", " ")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "$b = [Microsoft.Win32.Registry]::LocalMachine; $b.Name; $b.OpenSubKey('NOPE') -eq $null",
            "HKEY_LOCAL_MACHINE\nTrue",
        ),
        (
            (
                r"[Microsoft.Win32.Registry]::GetValue('HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows "
                r"NT\CurrentVersion', 'UBR', 7)"
            ),
            "5576",
        ),
        (r"[Microsoft.Win32.Registry]::SetValue('HKEY_CURRENT_USER\Software\X', 'a', 5); (gp HKCU:\Software\X).a", "5"),
        (
            (
                r"$w = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey('S\T'); $w.SetValue('a', 'x'); "
                "$w.DeleteValue('a'); $w.ValueCount"
            ),
            "0",
        ),
        (
            (
                "$w = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SOFTWARE', $true); "
                "$w.SetValue('m', [string[]]('a', 'b')); $w.GetValueKind('m')"
            ),
            "MultiString",
        ),
        (
            (
                "$w = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry32'); "
                r"$null = $w.CreateSubKey('SOFTWARE\Q'); Test-Path HKLM:\SOFTWARE\Wow6432Node\Q"
            ),
            "True",
        ),
        (
            (
                r"$w = [Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\E'); "
                "$w.SetValue('e', '%windir%', 'ExpandString'); $w.GetValue('e'); "
                "$w.GetValue('e', '', 'DoNotExpandEnvironmentNames')"
            ),
            "C:\\Windows\n%windir%",
        ),
    ],
)
def test_values_through_dotnet(shell, script, expected):
    ran = shell(script)
    assert (ran.output, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "[Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SOFTWARE').SetValue('a', 1)",
            "Cannot write to the registry key.",
        ),
        ("[Microsoft.Win32.Registry]::CurrentUser.DeleteValue('nope')", "No value exists with that name."),
        (
            "[Microsoft.Win32.Registry]::CurrentUser.SetValue('a', 'x', 'DWord')",
            "did not match the specified RegistryValueKind",
        ),
        (r"[Microsoft.Win32.Registry]::GetValue('SOFTWARE\X', 'a', 1)", "must start with a valid base key name"),
    ],
)
def test_dotnet_errors(shell, script, words):
    assert words in shell(script).errors.replace("\n", " ")


def test_open_base_key_came_with_net_4(shell_on):
    ran = shell_on("2008r2")("[Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')")
    assert "OpenBaseKey" in ran.errors


def test_only_administrators_write_to_the_machines_hive(shell):
    user = shell.machine.accounts.login("user", is_administrator=False)
    with shell.machine.signed_in(user):
        refused = shell(r"New-Item HKLM:\SOFTWARE\X").errors
        assert "Requested registry access is not allowed." in refused
        assert shell(r"$null = New-Item HKCU:\Software\X; Test-Path HKCU:\Software\X").output == "True"


def test_what_the_provider_wrote_is_in_the_registry(shell):
    shell(f"$null = New-Item '{CLIENT}' -Force; New-ItemProperty '{CLIENT}' Enabled -Value 1 -PropertyType DWord")
    value = shell.machine.registry.open(CLIENT.replace(":", "", 1)).values["enabled"]
    assert (value.name, value.kind, value.data) == ("Enabled", ValueKind.DWord, 1)
