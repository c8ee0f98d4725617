import pytest


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("(Get-Item .).FullName", ["C:\\"]),
        ("(Get-Item C:/windows/SYSTEM32).FullName", [r"C:\Windows\System32"]),
        (r"(Get-ChildItem C:\inetpub\mailroot).Name -join ','", ["Badmail,Drop,Pickup,Queue"]),
        (
            r"Get-ChildItem C:\inetpub -Recurse -Name",
            ["mailroot", *(f"mailroot\\{f}" for f in ("Badmail", "Drop", "Pickup", "Queue"))],
        ),
        (r"Get-ChildItem C:\inetpub\mailroot\* -Include D*,P* | % Name", ["Drop", "Pickup"]),
        (r"(Get-ChildItem C:\inetpub\mailroot -Exclude Queue).Count", ["3"]),
        (r"Get-ChildItem C:\inetpub\mailroot -Include Drop | % Name", []),
        (r"(Get-Item C:\inetpub).PSIsContainer", ["True"]),
        (r"(gi C:\Windows\System32\inetsrv\smtpsvc.dll).VersionInfo.FileVersion", ["10.0.17763.1697"]),
        (r"(Get-Item C:\inetpub).PSPath", [r"Microsoft.PowerShell.Core\FileSystem::C:\inetpub"]),
        (
            r"$d = Get-Item C:\inetpub\mailroot; $d.Parent.FullName; $d.Root.Name; $d.Exists",
            [r"C:\inetpub", "C:\\", "True"],
        ),
        (r"Test-Path C:\inetpub; Test-Path C:\inetpub -PathType Leaf; Test-Path C:\inet*", ["True", "False", "True"]),
        (r"Test-Path HKLM:\SOFTWARE; Test-Path HKLM:\NOPE; Test-Path Registry::HKEY_USERS", ["True", "False", "True"]),
        ("Test-Path function:nope; function nope {1}; Test-Path function:nope", ["False", "True"]),
        ("$x = 5; (Get-Item variable:x).Value; Set-Item variable:x 6; $x", ["5", "6"]),
        ("$env:A = '1'; Remove-Item Env:A; Test-Path Env:A", ["False"]),
        (r"New-Item Env:\B -Value 2 | Out-Null; $env:B", ["2"]),
    ],
)
def test_looking(shell, script, expected):
    ran = shell(script)
    assert (ran.lines, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (r"New-Item C:\n\m -ItemType Directory | Out-Null; Test-Path C:\n\m", ["True"]),
        (r"(New-Item C:\f.txt -ItemType File -Value abc).Length", ["3"]),
        (r"$null = New-Item -Path C:\ -Name g -ItemType Directory; (Get-Item C:\g).GetType().Name", ["DirectoryInfo"]),
        (r"$null = New-Item C:\x\y.txt -ItemType File -Force; Test-Path C:\x\y.txt", ["True"]),
        (r"$null = mkdir C:\mk -ErrorAction Stop; Test-Path C:\mk", ["True"]),
        (r"Copy-Item C:\inetpub D:\ -Recurse; Test-Path D:\inetpub\mailroot\Queue", ["True"]),
        (r"Copy-Item C:\inetpub D:\; (Get-ChildItem D:\inetpub | Measure-Object).Count", ["0"]),
        (r"Move-Item C:\inetpub D:\web; Test-Path C:\inetpub; Test-Path D:\web\mailroot", ["False", "True"]),
        (r"Rename-Item C:\inetpub web; Test-Path C:\web\mailroot", ["True"]),
        (r"Get-Item C:\inetpub | Rename-Item -NewName { $_.Name + '2' }; Test-Path C:\inetpub2", ["True"]),
        (r"'a' | Set-Content C:\a.txt; Get-ChildItem C:\*.txt | Remove-Item; Test-Path C:\a.txt", ["False"]),
        (r"'a' > C:\b.txt; Get-Content C:\b.txt", ["a"]),
        (r"Remove-Item C:\inetpub -Recurse; Test-Path C:\inetpub", ["False"]),
        (
            (
                "Set-Content C:\\r.txt x; (Get-Item C:\\r.txt).IsReadOnly = $true; "
                "Remove-Item C:\\r.txt -Force; Test-Path C:\\r.txt"
            ),
            ["False"],
        ),
    ],
)
def test_changing(shell, script, expected):
    ran = shell(script)
    assert (ran.lines, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "identifier", "words"),
    [
        (
            "Get-Item /no/such",
            "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand",
            r"Cannot find path 'C:\no\such' because it does not exist.",
        ),
        (r"Get-ChildItem HKLM:\NOPE", "PathNotFound", r"Cannot find path 'HKLM:\NOPE' because it does not exist."),
        (r"Get-Item Q:\x", "DriveNotFound", "Cannot find drive. A drive with the name 'Q' does not exist."),
        (
            r"New-Item C:\inetpub -ItemType Directory",
            "DirectoryExist",
            r"An item with the specified name C:\inetpub already exists.",
        ),
        (
            r"New-Item C:\no\f -ItemType File",
            "DirectoryNotFoundException",
            r"Could not find a part of the path 'C:\no\f'.",
        ),
        (
            r"New-Item C:\f -ItemType Nonsense",
            "PSArgumentException",
            "The type is not a known type for the file system.",
        ),
        (r"Remove-Item C:\inetpub", "InvalidOperation", "NonInteractive mode"),
        (r"Get-Content C:\inetpub", "UnauthorizedAccess", r"Access to the path 'C:\inetpub' is denied."),
        (
            "Get-Item ''",
            "EmptyStringNotAllowed",
            "Cannot bind argument to parameter 'Path' because it is an empty string.",
        ),
        ("Test-Path $null", "NullNotAllowed", "Cannot bind argument to parameter 'Path' because it is null."),
        ("Get-Item", "MissingMandatoryParameter", "missing mandatory parameters: Path."),
        (
            r"Get-Item C:\ -Nonsense",
            "NamedParameterNotFound",
            "A parameter cannot be found that matches parameter name 'Nonsense'.",
        ),
        (
            r"Set-Content C:\r x; (Get-Item C:\r).IsReadOnly = $true; Remove-Item C:\r",
            "RemoveFileSystemItemUnAuthorizedAccess",
            "sufficient access rights",
        ),
    ],
)
def test_errors_are_worded_as_powershell_does(shell, script, identifier, words):
    errors = shell(script).errors.replace("\n", " ")
    assert identifier in errors
    assert words in errors


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            (
                "'a','b','c' | Set-Content C:\\l; (Get-Content C:\\l).Count; Get-Content C:\\l -TotalCount 1; "
                "Get-Content C:\\l -Tail 1"
            ),
            ["3", "a", "c"],
        ),
        (r"Set-Content C:\l 'a','b'; Add-Content C:\l 'c'; (Get-Content C:\l -Raw).Length", ["9"]),
        (
            r"Set-Content C:\l é -Encoding UTF8; (Get-Content C:\l -Encoding Byte) -join ' '",
            ["239 187 191 195 169 13 10"],
        ),
        (r"Set-Content C:\l é; (Get-Content C:\l -Encoding Byte) -join ' '", ["233 13 10"]),
        (r"Set-Content C:\l é -Encoding Unicode; Add-Content C:\l x; (Get-Content C:\l) -join '+'", ["é+x"]),
        (r"[byte[]](1,2) | Set-Content C:\l -Encoding Byte; (Get-Item C:\l).Length", ["2"]),
        (r"Set-Content C:\l abc; Clear-Content C:\l; (Get-Item C:\l).Length", ["0"]),
        (r"'x' | Set-Content C:\l; (Get-Content C:\l).GetType().Name", ["String"]),
        (
            r"Get-Content C:\Windows\System32\drivers\etc\hosts | Select-Object -First 1",
            ["# Copyright (c) 1993-2009 Microsoft Corp."],
        ),
        (r"(Get-FileHash C:\Windows\System32\cmd.exe).Algorithm", ["SHA256"]),
    ],
)
def test_content(shell, script, expected):
    ran = shell(script)
    assert (ran.lines, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (r"Split-Path C:\a\b.txt", r"C:\a"),
        (r"Split-Path C:\a\b.txt -Leaf", "b.txt"),
        (r"Split-Path C:\a", "C:\\"),
        (r"Split-Path C:\a -Qualifier", "C:"),
        (r"Split-Path C:\a\b -NoQualifier", r"\a\b"),
        (r"Split-Path 'HKLM:\SOFTWARE\X' -Leaf", "X"),
        (r"Split-Path a\b", "a"),
        (r"Join-Path C:\a b", r"C:\a\b"),
        (r"Join-Path C:\a\ \b", r"C:\a\b"),
        ("Join-Path a b", r"a\b"),
        ("Join-Path C: b", r"C:\b"),
        (r"(Resolve-Path C:\inet*).Path", r"C:\inetpub"),
        (r"Convert-Path HKLM:\SOFTWARE", r"HKEY_LOCAL_MACHINE\SOFTWARE"),
        (r"cd C:\inetpub; Resolve-Path .\mailroot -Relative", r".\mailroot"),
        (r'cd C:\inetpub\mailroot; cd ..; $pwd.Path; "$pwd"', "C:\\inetpub\nC:\\inetpub"),
        (
            r"Push-Location HKLM:\SOFTWARE; (Get-Location).Path; Pop-Location; (Get-Location).Path",
            "HKLM:\\SOFTWARE\nC:\\",
        ),
        (r"Set-Location HKLM:\SOFTWARE; Test-Path Microsoft", "True"),
        (
            (
                "$null = New-PSDrive -Name M -PSProvider FileSystem -Root C:\\inetpub\\mailroot; "
                "(Get-ChildItem M:\\).Count; (Get-Item M:\\Drop).FullName"
            ),
            "4\nC:\\inetpub\\mailroot\\Drop",
        ),
        ("$null = New-PSDrive HKU Registry HKEY_USERS; Test-Path HKU:\\", "True"),
        ("(Get-PSDrive -PSProvider FileSystem | % Name) -join ','", "C,D"),
        ("(Get-PSDrive C).Free -lt (Get-PSDrive C).Free + (Get-PSDrive C).Used", "True"),
    ],
)
def test_paths_and_locations(shell, script, expected):
    ran = shell(script)
    assert (ran.output, ran.errors) == (expected, "")


def test_parameters_of_later_versions_are_refused(shell_on):
    old = shell_on("2008r2")
    assert "parameter name 'Raw'" in old(r"Get-Content C:\x -Raw").errors
    assert "parameter name 'Directory'" in old(r"Get-ChildItem C:\ -Directory").errors
    assert "'Get-FileHash' is not recognized" in old(r"Get-FileHash C:\x").errors
    assert "'Get-ItemPropertyValue' is not recognized" in shell_on("2012r2")(r"Get-ItemPropertyValue HKLM:\ x").errors


def test_access_rules_reach_the_folder(shell):
    script = """
$acl = Get-Acl C:\\inetpub
$rule = New-Object System.Security.AccessControl.FileSystemAccessRule('NETWORK SERVICE', 'Modify', 'ContainerInherit,ObjectInherit', 'None', 'Allow')
$acl.SetAccessRule($rule)
Set-Acl C:\\inetpub $acl
(Get-Acl C:\\inetpub\\mailroot).Access | Where-Object { $_.IdentityReference.Value -eq 'NT AUTHORITY\\NETWORK SERVICE' } |
    ForEach-Object { "$($_.FileSystemRights)|$($_.IsInherited)|$($_.InheritanceFlags)" }
"""  # noqa: E501 - a script line
    ran = shell(script)
    assert (ran.lines, ran.errors) == (["Modify, Synchronize|True|ContainerInherit, ObjectInherit"], "")


def test_an_unknown_identity_is_refused(shell):
    ran = shell(
        "$r = New-Object System.Security.AccessControl.FileSystemAccessRule('nobody', 'Read', 'Allow');"
        r"$a = Get-Acl C:\inetpub; $a.AddAccessRule($r)"
    )
    assert "Some or all identity references could not be translated." in ran.errors


def test_protection_drops_inherited_rules(shell):
    ran = shell(
        r"$a = Get-Acl C:\inetpub; $a.SetAccessRuleProtection($true, $false); Set-Acl C:\inetpub $a;"
        r"(Get-Acl C:\inetpub).Access.Count; (Get-Acl D:\).AreAccessRulesProtected"
    )
    assert ran.lines == ["0", "False"]
