import pytest


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("(Get-Item .).FullName", ["C:\\"]),
        ("(Get-Item C:/windows/SYSTEM32).FullName", ["C:\\Windows\\System32"]),
        ("(Get-ChildItem C:\\inetpub\\mailroot).Name -join ','", ["Badmail,Drop,Pickup,Queue"]),
        (
            "Get-ChildItem C:\\inetpub -Recurse -Name",
            ["mailroot", *(f"mailroot\\{f}" for f in ("Badmail", "Drop", "Pickup", "Queue"))],
        ),
        ("Get-ChildItem C:\\inetpub\\mailroot\\* -Include D*,P* | % Name", ["Drop", "Pickup"]),
        ("(Get-ChildItem C:\\inetpub\\mailroot -Exclude Queue).Count", ["3"]),
        ("Get-ChildItem C:\\inetpub\\mailroot -Include Drop | % Name", []),
        ("(Get-Item C:\\inetpub).PSIsContainer", ["True"]),
        ("(Get-Item C:\\inetpub).PSPath", ["Microsoft.PowerShell.Core\\FileSystem::C:\\inetpub"]),
        (
            "$d = Get-Item C:\\inetpub\\mailroot; $d.Parent.FullName; $d.Root.Name; $d.Exists",
            ["C:\\inetpub", "C:\\", "True"],
        ),
        ("Test-Path C:\\inetpub; Test-Path C:\\inetpub -PathType Leaf; Test-Path C:\\inet*", ["True", "False", "True"]),
        ("Test-Path HKLM:\\SOFTWARE; Test-Path HKLM:\\NOPE; Test-Path Registry::HKEY_USERS", ["True", "False", "True"]),
        ("Test-Path function:nope; function nope {1}; Test-Path function:nope", ["False", "True"]),
        ("$x = 5; (Get-Item variable:x).Value; Set-Item variable:x 6; $x", ["5", "6"]),
        ("$env:A = '1'; Remove-Item Env:A; Test-Path Env:A", ["False"]),
        ("New-Item Env:\\B -Value 2 | Out-Null; $env:B", ["2"]),
    ],
)
def test_looking(shell, script, expected):
    ran = shell(script)
    assert (ran.lines, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("New-Item C:\\n\\m -ItemType Directory | Out-Null; Test-Path C:\\n\\m", ["True"]),
        ("(New-Item C:\\f.txt -ItemType File -Value abc).Length", ["3"]),
        ("$null = New-Item -Path C:\\ -Name g -ItemType Directory; (Get-Item C:\\g).GetType().Name", ["DirectoryInfo"]),
        ("$null = New-Item C:\\x\\y.txt -ItemType File -Force; Test-Path C:\\x\\y.txt", ["True"]),
        ("$null = mkdir C:\\mk -ErrorAction Stop; Test-Path C:\\mk", ["True"]),
        ("Copy-Item C:\\inetpub D:\\ -Recurse; Test-Path D:\\inetpub\\mailroot\\Queue", ["True"]),
        ("Copy-Item C:\\inetpub D:\\; (Get-ChildItem D:\\inetpub | Measure-Object).Count", ["0"]),
        ("Move-Item C:\\inetpub D:\\web; Test-Path C:\\inetpub; Test-Path D:\\web\\mailroot", ["False", "True"]),
        ("Rename-Item C:\\inetpub web; Test-Path C:\\web\\mailroot", ["True"]),
        ("'a' | Set-Content C:\\a.txt; Get-ChildItem C:\\*.txt | Remove-Item; Test-Path C:\\a.txt", ["False"]),
        ("'a' > C:\\b.txt; Get-Content C:\\b.txt", ["a"]),
        ("Remove-Item C:\\inetpub -Recurse; Test-Path C:\\inetpub", ["False"]),
        (
            "Set-Content C:\\r.txt x; (Get-Item C:\\r.txt).IsReadOnly = $true; Remove-Item C:\\r.txt -Force; Test-Path C:\\r.txt",
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
        ("Get-Item /no/such", "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand", "Cannot find path 'C:\\no\\such' because it does not exist."),
        ("Get-ChildItem HKLM:\\NOPE", "PathNotFound", "Cannot find path 'HKLM:\\NOPE' because it does not exist."),
        ("Get-Item Q:\\x", "DriveNotFound", "Cannot find drive. A drive with the name 'Q' does not exist."),
        ("New-Item C:\\inetpub -ItemType Directory", "DirectoryExist", "An item with the specified name C:\\inetpub already exists."),
        ("New-Item C:\\no\\f -ItemType File", "DirectoryNotFoundException", "Could not find a part of the path 'C:\\no\\f'."),
        ("New-Item C:\\f -ItemType Nonsense", "PSArgumentException", "The type is not a known type for the file system."),
        ("Remove-Item C:\\inetpub", "InvalidOperation", "NonInteractive mode"),
        ("Get-Content C:\\inetpub", "UnauthorizedAccess", "Access to the path 'C:\\inetpub' is denied."),
        ("Get-Item C:\\ -Nonsense", "NamedParameterNotFound", "A parameter cannot be found that matches parameter name 'Nonsense'."),
        ("Set-Content C:\\r x; (Get-Item C:\\r).IsReadOnly = $true; Remove-Item C:\\r", "RemoveFileSystemItemUnAuthorizedAccess", "sufficient access rights"),
    ],
)  # fmt: skip
def test_errors_are_worded_as_powershell_does(shell, script, identifier, words):
    errors = shell(script).errors.replace("\n", " ")
    assert identifier in errors
    assert words in errors


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("'a','b','c' | Set-Content C:\\l; (Get-Content C:\\l).Count; Get-Content C:\\l -TotalCount 1; Get-Content C:\\l -Tail 1", ["3", "a", "c"]),
        ("Set-Content C:\\l 'a','b'; Add-Content C:\\l 'c'; (Get-Content C:\\l -Raw).Length", ["9"]),
        ("Set-Content C:\\l é -Encoding UTF8; (Get-Content C:\\l -Encoding Byte) -join ' '", ["239 187 191 195 169 13 10"]),
        ("Set-Content C:\\l é; (Get-Content C:\\l -Encoding Byte) -join ' '", ["233 13 10"]),
        ("Set-Content C:\\l é -Encoding Unicode; Add-Content C:\\l x; (Get-Content C:\\l) -join '+'", ["é+x"]),
        ("[byte[]](1,2) | Set-Content C:\\l -Encoding Byte; (Get-Item C:\\l).Length", ["2"]),
        ("Set-Content C:\\l abc; Clear-Content C:\\l; (Get-Item C:\\l).Length", ["0"]),
        ("'x' | Set-Content C:\\l; (Get-Content C:\\l).GetType().Name", ["String"]),
        ("Get-Content C:\\Windows\\System32\\drivers\\etc\\hosts | Select-Object -First 1", ["# Copyright (c) 1993-2009 Microsoft Corp."]),
        ("(Get-FileHash C:\\Windows\\System32\\cmd.exe).Algorithm", ["SHA256"]),
    ],
)  # fmt: skip
def test_content(shell, script, expected):
    ran = shell(script)
    assert (ran.lines, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("Split-Path C:\\a\\b.txt", "C:\\a"),
        ("Split-Path C:\\a\\b.txt -Leaf", "b.txt"),
        ("Split-Path C:\\a", "C:\\"),
        ("Split-Path C:\\a -Qualifier", "C:"),
        ("Split-Path C:\\a\\b -NoQualifier", "\\a\\b"),
        ("Split-Path 'HKLM:\\SOFTWARE\\X' -Leaf", "X"),
        ("Split-Path a\\b", "a"),
        ("Join-Path C:\\a b", "C:\\a\\b"),
        ("Join-Path C:\\a\\ \\b", "C:\\a\\b"),
        ("Join-Path a b", "a\\b"),
        ("Join-Path C: b", "C:\\b"),
        ("(Resolve-Path C:\\inet*).Path", "C:\\inetpub"),
        ("Convert-Path HKLM:\\SOFTWARE", "HKEY_LOCAL_MACHINE\\SOFTWARE"),
        ("cd C:\\inetpub; Resolve-Path .\\mailroot -Relative", ".\\mailroot"),
        ("cd C:\\inetpub\\mailroot; cd ..; $pwd.Path; \"$pwd\"", "C:\\inetpub\nC:\\inetpub"),
        ("Push-Location HKLM:\\SOFTWARE; (Get-Location).Path; Pop-Location; (Get-Location).Path", "HKLM:\\SOFTWARE\nC:\\"),
        ("Set-Location HKLM:\\SOFTWARE; Test-Path Microsoft", "True"),
        ("$null = New-PSDrive -Name M -PSProvider FileSystem -Root C:\\inetpub\\mailroot; (Get-ChildItem M:\\).Count; (Get-Item M:\\Drop).FullName", "4\nC:\\inetpub\\mailroot\\Drop"),
        ("$null = New-PSDrive HKU Registry HKEY_USERS; Test-Path HKU:\\", "True"),
        ("(Get-PSDrive -PSProvider FileSystem | % Name) -join ','", "C,D"),
        ("(Get-PSDrive C).Free -lt (Get-PSDrive C).Free + (Get-PSDrive C).Used", "True"),
    ],
)  # fmt: skip
def test_paths_and_locations(shell, script, expected):
    ran = shell(script)
    assert (ran.output, ran.errors) == (expected, "")


def test_parameters_of_later_versions_are_refused(shell_on):
    old = shell_on("2008r2")
    assert "parameter name 'Raw'" in old("Get-Content C:\\x -Raw").errors
    assert "parameter name 'Directory'" in old("Get-ChildItem C:\\ -Directory").errors
    assert "'Get-FileHash' is not recognized" in old("Get-FileHash C:\\x").errors
    assert "'Get-ItemPropertyValue' is not recognized" in shell_on("2012r2")("Get-ItemPropertyValue HKLM:\\ x").errors


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
        "$a = Get-Acl C:\\inetpub; $a.AddAccessRule($r)"
    )
    assert "Some or all identity references could not be translated." in ran.errors


def test_protection_drops_or_keeps_inherited_rules(shell):
    ran = shell(
        "$a = Get-Acl C:\\inetpub; $a.SetAccessRuleProtection($true, $false); Set-Acl C:\\inetpub $a; (Get-Acl C:\\inetpub).Access.Count;"
        "$b = Get-Acl D:\\; $b.AreAccessRulesProtected"
    )
    assert ran.lines == ["0", "False"]
