"""Cmdlets about variables, objects, dates, modules, commands."""

import pytest

CASES = [
    ("Set-Variable v 5; (Get-Variable v).Value; Get-Variable v -ValueOnly; Clear-Variable v; $v -eq $null", "5 5 True"),
    ("New-Variable n 1; New-Variable n 2 -ErrorAction SilentlyContinue; $n; $?", "1 True"),
    ("function f { Set-Variable x 1 -Scope 1; Set-Variable g 2 -Scope Global }; f; $x; $g", "1 2"),
    ("Remove-Variable nope -ErrorAction SilentlyContinue; $?", "False"),
    ("Set-Alias zz Write-Output; zz 1; (Get-Alias zz).Definition", "1 Write-Output"),
    ("New-Alias ls x -ErrorAction SilentlyContinue; $?; (Get-Alias %).Definition", "False ForEach-Object"),
    ("$o = New-Object PSObject -Property @{ a = 1 }; $o | Add-Member NoteProperty b 2; $o.a + $o.b", "3"),
    ("$o = New-Object PSObject; $o | Add-Member ScriptProperty d { 7 }; $o.d", "7"),
    ("$x = [xml]'<a b=\"1\"/>'; $x.a | Add-Member NoteProperty d 2; $x.a.d + 1; $x.a.d = 5; $x.a.d", "3 5"),
    ("$o = New-Object PSObject; $o | Add-Member ScriptMethod m { param($x) $x + 1 }; $o.m(4)", "5"),
    ("$o = New-Object PSObject -Property @{ a = 1 }; $o | Add-Member AliasProperty b a; $o.b", "1"),
    ("$o = New-Object PSObject; $o | Add-Member a 1; $o | Add-Member a 2 -ErrorAction SilentlyContinue; $o.a", "1"),
    ("('x' | Add-Member NoteProperty n 3 -PassThru).n", "3"),
    ("(New-Object PSObject -Property @{ b = 1; a = 2 } | Get-Member -MemberType NoteProperty).Count", "2"),
    ('New-Object System.Version 1, 2 | ForEach-Object { "$_" }', "1.2"),
    ("try { New-Object No.Such.Type } catch { $_.FullyQualifiedErrorId.Split(',')[0] }", "TypeNotFound"),
    ("try { Add-Type -TypeDefinition 'class C { }' } catch { $_.CategoryInfo.Category }", "NotImplemented"),
    ("Add-Type -AssemblyName System.Web; 'loaded'", "loaded"),
    ("try { Add-Type -AssemblyName No.Such } catch { 'missing' }", "missing"),
    ("Get-Date '2021-02-03 04:05:06' -Format 'yyyy.MM.dd HH-mm-ss'", "2021.02.03 04-05-06"),
    ("Get-Date -Year 2020 -Month 1 -Day 2 -Format yyyyMMdd", "20200102"),
    ("Get-Date '2021-02-03' -UFormat '%Y/%m/%d %j %%'", "2021/02/03 34 %"),
    ("(New-TimeSpan -Hours 1 -Minutes 30).TotalMinutes", "90"),
    ("(New-TimeSpan '2020-01-01' '2020-01-02').Days", "1"),
    ("(Measure-Command { Start-Sleep -Seconds 3 }).TotalSeconds -ge 3", "True"),
    ("Invoke-Expression '$made = 4'; $made", "4"),
    ("Invoke-Command { param($a) $a + $args.Count } -ArgumentList 1, 2, 3", "3"),
    ("try { Invoke-Command -ComputerName other { 1 } } catch { $_.CategoryInfo.Category }", "NotImplemented"),
    ("(Get-Random -Minimum 5 -Maximum 6); (1, 2, 3 | Get-Random -Count 2).Count", "5 2"),
    ("(Get-Command Get-Item).CommandType; Get-Command nope -ErrorAction SilentlyContinue; 'end'", "Cmdlet end"),
    ("function f { }; (Get-Command f).CommandType; (Get-Command -Name f*orEach-Obj*).Name", "Function ForEach-Object"),
    ("try { Import-Module Nope -ErrorAction Stop } catch { $_.CategoryInfo.Category }", "ResourceUnavailable"),
    ("$m = New-Module { $n = 5; function seen { $n } }; seen; $n -eq $null", "5 True"),
    ("Get-Module -ListAvailable | Where-Object { $_.Name -eq 'Microsoft.PowerShell.Utility' } | ForEach-Object Name",
     "Microsoft.PowerShell.Utility"),
    ("$s = ConvertTo-SecureString p -Force -AsPlainText; (ConvertFrom-SecureString $s).Length -gt 40", "True"),
    ("try { ConvertTo-SecureString pw -AsPlainText } catch { 'refused' }", "refused"),
    ("try { Get-Credential } catch { 'nobody to ask' }; try { Read-Host x } catch { 'nor here' }",
     "nobody to ask nor here"),
    ("try { Start-Job { 1 } } catch { $_.CategoryInfo.Category }", "NotImplemented"),
    ("Set-ExecutionPolicy AllSigned -Force; Get-ExecutionPolicy -Scope LocalMachine; Get-ExecutionPolicy",
     "AllSigned Bypass"),
    ("$ExecutionContext.InvokeCommand.ExpandString('<$(1 + 1)\"$PID>')", '<2"4711>'),
    ("(Get-Host).Name; (Get-Culture).Name; $Host.Version.Major", "ConsoleHost en-US 5"),
    ("Write-Information i -InformationAction Continue; Write-Information hidden; 'end'", "i end"),
    ("'a', 'b' | Compare-Object 'b', 'c' | ForEach-Object SideIndicator", "=> <="),
    ("('one two', 'x' | Measure-Object -Word).Words", "3"),
    ("(1..4 | Group-Object { $_ % 2 } -AsHashTable)[1].Count", "2"),
    ("Write-Output (1, 2), 3 | Measure-Object | ForEach-Object Count", "3"),
    ("(Get-Help Write-Output).Name", "Write-Output"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), CASES)
def test_cmdlets(run, script, expected):
    assert " ".join(run(script).lines) == expected


def test_what_if_changes_nothing(run):
    run.machine.files.write_text("C:\\Work\\kept.txt", "x")
    outcome = run("Remove-Item C:\\Work\\kept.txt -WhatIf; Get-Item C:\\Work\\kept.txt | Remove-Item -WhatIf")
    assert outcome.lines == ['What if: Performing the operation "Remove File" on target "C:\\Work\\kept.txt".'] * 2
    assert run.machine.files.exists("C:\\Work\\kept.txt")


def test_what_if_of_version_2(run_old):
    assert run_old("Stop-Service W32Time -WhatIf").lines == [
        'What if: Performing operation "Stop-Service" on Target "Windows Time (W32Time)".'
    ]


def test_what_if_of_a_function_reaches_what_it_calls_and_nothing_harmless(run):
    script = """
function f { [CmdletBinding(SupportsShouldProcess = $true)] param()
    $o = New-Object PSObject -Property @{ a = 1 }; $o | Add-Member b 2; Start-Sleep 0; $o.a + $o.b
    New-Item C:\\Work\\made.txt -ItemType File
}
f -WhatIf
"""
    assert [line.partition(":")[0] for line in run(script).lines] == ["3", "What if"]
    assert not run.machine.files.exists("C:\\Work\\made.txt")


def test_objects_are_shown_as_tables_between_text(run):
    assert run("'before'\nNew-Object PSObject -Property @{ A = 1 }\n'after'").lines == [
        "before", "", "A", "-", "1", "after", "", "",
    ]  # fmt: skip
