"""Small scripts and what they print, construct by construct."""

import pytest

CASES = [
    # values and unrolling
    ("$a = , 1; $a.Count; (, (1, 2)).Count; @(@(1, 2)).Count", "1 1 2"),
    ("$x = & { }; @($x).Count; foreach ($i in $x) { 'never' }; \"[$x]\"", "0 []"),
    ("$h = @{}; $h['n'] += 5; $h.n; $h.m++; $h.m", "5 1"),
    ('$a = 1, 2, 3; $a[0] += 10; $a[-1]++; "$a"', "11 2 4"),
    ('$a, $null, $b = 1, 2, 3; "$a$b"', "13"),
    ('$a = 1; $b = 2; $a, $b = $b, $a; "$a$b"', "21"),
    ("[int]$i = '4'; $i += '3'; $i", "7"),
    ('$x = $y = 3; "$x$y"', "33"),
    ("$s = 'a'; $s += 'b'; $s *= 2; $s", "abab"),
    ("[void](1 + 1); $null = 2; 3 > $null; 'end'", "end"),
    # strings
    ("$h = @{ k = 'v' }; \"$($h.k)|$h.k\"", "v|System.Collections.Hashtable.k"),
    ('"$(1; 2)"; "$(if ($false) { 1 })|"', "1 2 |"),
    ("$OFS = '-'; \"$(1..3)\"", "1-2-3"),
    # members
    ("$p = 'Length'; 'abc'.$p; 'abc'.\"Len$('gth')\"", "3 3"),
    ("$m = 'ToUpper'; 'a'.$m()", "A"),
    ("$t = [string]; $t::Empty.Length; $n = 'Join'; [string]::$n('-', (1, 2))", "0 1-2"),
    ("$null.Anything -eq $null; try { $null.Call() } catch { $_.FullyQualifiedErrorId }", "True InvokeMethodOnNull"),
    ("try { 'x'.Nope() } catch { $_.FullyQualifiedErrorId }", "MethodNotFound"),
    ("[Math]::Max(1, 2); [int]::MaxValue.GetType().Name", "2 Int32"),
    # blocks
    ("$b = { param($x) $x * 2 }; & $b 2; $b.Invoke(3); . $b 4", "4 6 8"),
    ("& { $args.Count; $args[0] } a b", "2 a"),
    ('1, 2 | & { process { $_ + 1 } }; 1, 2 | & { "$input" }', "2 3 1 2"),
    ("$b = [scriptblock]::Create('1 + 1'); & $b; $b.ToString()", "2 1 + 1"),
    ("function f { 'f' }; $n = 'f'; & $n; & (Get-Command f); ${function:g} = { 'g' }; g", "f f g"),
    ("function f { f2 }; function f2 { 'late' }; f", "late"),
    ("$function:nope -eq $null; Test-Path function:nope", "True False"),
    # environment and drives
    ("$env:LAB_X = 'v'; $env:LAB_X; ${env:LAB_X}; \"$env:LAB_X!\"; $env:LAB_X = ''; $env:LAB_X -eq $null",
     "v v v! True"),
    ("$variable:x = 5; $x; Test-Path variable:x; $global:y = 6; $y; $local:y -eq 6", "5 True 6 True"),
    # commands
    ("Microsoft.PowerShell.Utility\\Write-Output 1", "1"),
    ("Write-Output -InputObject 1 | Write-Output", "1"),
    ("function show { \"$args\" }; show -a 1 --b /c c:\\d 'e f' $true", "-a 1 --b /c c:\\d e f True"),
    ("$s = @{ InputObject = 7 }; Write-Output @s", "7"),
    ("data { 1 + 1 }; $d = data { 'x' }; $d", "2 x"),
    ("Write-Output a | Out-String | ForEach-Object { $_.Trim() }", "a"),
    ("if (Get-Variable nope -ErrorAction SilentlyContinue) { 1 } else { 2 }", "2"),
    # automatic variables
    ("$MyInvocation.MyCommand.Name; function f { $MyInvocation.MyCommand.Name }; f", "case.ps1 f"),
    ("$PSScriptRoot; $PSCommandPath", "C:\\Work C:\\Work\\case.ps1"),
    ('$true.GetType().Name; $PID -gt 0; $Host.Name; "$PWD"', "Boolean True ConsoleHost C:\\Work"),
    ("'abc' -match '(?<x>b)'; $Matches.x; $Matches[0]", "True b b"),
    ("1..3 | ForEach-Object { $PSItem }", "1 2 3"),
    # closures over scopes
    ("$x = 1; $b = { $x }; $x = 2; & $b; & { $x = 3; & $b }", "2 3"),
    ("$c = 0; & { $c++ }; $c; . { $c++ }; $c; 1..2 | ForEach-Object { $c++ }; $c", "0 1 3"),
    ("function f { $script:n++; $n }; f; f", "1 2"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), CASES)
def test_language(run, script, expected):
    assert " ".join(run(script).lines) == expected
