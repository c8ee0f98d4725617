"""Functions: parameters, scopes, output."""

import pytest


def test_named_positional_and_switch_parameters(run):
    script = """
function f([string]$Name, [int]$Port = 25, [switch]$Tls) { "$Name/$Port/$Tls" }
f a 26
f -Port 27 b -Tls
f -n c -Tls:$false
"""
    assert run(script).lines == ["a/26/False", "b/27/True", "c/25/False"]


def test_what_no_parameter_takes_goes_to_args(run):
    assert run("function f($a) { \"$a|$args\" }\nf 1 -x 2 'y z'").lines == ["1|-x 2 y z"]


def test_advanced_functions_refuse_what_they_do_not_know(run):
    script = """
function f { [CmdletBinding()] param($a) $a }
try { f -Nope 1 } catch { $_.FullyQualifiedErrorId }
try { f 1 2 } catch { $_.FullyQualifiedErrorId }
"""
    assert run(script).lines == ["NamedParameterNotFound,f", "PositionalParameterNotFound,f"]


@pytest.mark.parametrize(
    ("attribute", "good", "bad"),
    [
        ("[ValidateSet('a', 'b')]", "'B'", "'c'"),
        ("[ValidateRange(1, 5)]", "5", "6"),
        ("[ValidatePattern('^x')]", "'xy'", "'y'"),
        ("[ValidateLength(2, 3)]", "'ab'", "'a'"),
        ("[ValidateCount(1, 2)]", "1, 2", "1, 2, 3"),
        ("[ValidateScript({ $_ -gt 3 })]", "4", "3"),
        ("[ValidateNotNull()]", "1", "$null"),
        ("[ValidateNotNullOrEmpty()]", "'x'", "''"),
    ],
)
def test_validation(run, attribute, good, bad):
    script = f"""
function f {{ param({attribute}$a) 'ok' }}
f ({good})
try {{ f ({bad}) }} catch {{ 'refused' }}
"""
    assert run(script).lines == ["ok", "refused"]


def test_mandatory_parameters_fail_without_a_prompt(run):
    script = """
function f {
    param([Parameter(Mandatory = $true)]$a, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$b)
    'ok'
}
f 1 ''
try { f 1 } catch { $_.Exception.Message }
"""
    assert run(script).lines == [
        "ok",
        "Cannot process command because of one or more missing mandatory parameters: b.",
    ]


def test_parameter_sets(run):
    script = """
function f {
    [CmdletBinding(DefaultParameterSetName = 'ByName')]
    param([Parameter(ParameterSetName = 'ByName')]$Name, [Parameter(ParameterSetName = 'ById')]$Id)
    $PSCmdlet.ParameterSetName
}
f
f -Id 1
try { f -Id 1 -Name x } catch { $_.FullyQualifiedErrorId }
"""
    assert run(script).lines == ["ByName", "ById", "AmbiguousParameterSet,f"]


def test_pipeline_input_by_value_and_by_property_name(run):
    script = """
function f {
    param([Parameter(ValueFromPipeline = $true)]$Item, [Parameter(ValueFromPipelineByPropertyName = $true)]$Length)
    process { "$Item=$Length" }
}
'ab', 'cde' | f
"""
    assert run(script).lines == ["ab=2", "cde=3"]


def test_remaining_arguments(run):
    script = """
function f { param($a, [Parameter(ValueFromRemainingArguments = $true)]$rest) "$a|$($rest -join '+')" }
f 1 2 3
"""
    assert run(script).lines == ["1|2+3"]


def test_splatting(run):
    script = """
function f($a, $b, [switch]$c) { "$a $b $c" }
$named = @{ a = 1; c = $true }; $listed = 2, 3
f @named
f @listed
f @named -b 9
"""
    assert run(script).lines == ["1  True", "2 3 False", "1 9 True"]


def test_default_values_see_earlier_parameters(run):
    assert run("function f($a, $b = $a * 2) { $b }\nf 4").lines == ["8"]


def test_bound_parameters(run):
    assert run("function f($a, $b = 1) { $PSBoundParameters.Keys -join ',' }\nf -a 1").lines == ["a"]


def test_scopes_are_dynamic_and_assignments_local(run):
    script = """
$x = 1; $y = 1
function inner { "$x $y"; $x = 9; $script:y = 9 }
function outer { $x = 2; inner; $x }
outer
"$x $y"
. { $x = 5 }
$x
"""
    assert run(script).lines == ["2 1", "2", "1 9", "5"]


def test_private_variables_stay_in_their_scope(run):
    assert run("$private:p = 1\nfunction f { $p -eq $null }\nf\n$p").lines == ["True", "1"]


def test_closures_keep_their_variables(run):
    script = """
function make($n) { { param($x) $x + $n }.GetNewClosure() }
$add = make 5
$n = 100
& $add 1
"""
    assert run(script).lines == ["6"]


def test_functions_return_everything_they_write(run):
    assert run("function f { 1; return 2; 3 }\n(f) -join ','").lines == ["1,2"]


def test_begin_process_end_and_input(run):
    script = """
function f { begin { 'b' } process { "p$_" } end { 'e' } }
1, 2 | f
f
function g { "$($input | ForEach-Object { $_ * 2 })" }
1, 2 | g
filter h { $_ + 1 }
1, 2 | h
"""
    assert run(script).lines == ["b", "p1", "p2", "e", "b", "p", "e", "2 4", "2", "3"]


def test_should_process(run):
    script = """
function f {
    [CmdletBinding(SupportsShouldProcess = $true)] param()
    if ($PSCmdlet.ShouldProcess('disk', 'Format')) { 'done' }
}
f
f -WhatIf
"""
    assert run(script).lines == [
        "done",
        'What if: Performing the operation "Format" on target "disk".',
    ]


def test_common_parameters_set_preferences(run):
    script = """
function f { [CmdletBinding()] param() Write-Verbose 'v'; Write-Warning 'w'; Write-Error 'e' }
f -Verbose -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable seen
"$seen"
"""
    assert run(script).lines == ["VERBOSE: v", "e"]


def test_deep_recursion_is_an_error_of_the_language(run):
    script = "function f($n) { f ($n + 1) }\ntry { f 0 } catch { $_.FullyQualifiedErrorId }"
    assert run(script).lines == ["CallDepthOverflow"]


def test_recursion_of_some_hundred_calls(run):
    assert run("function f($n) { if ($n) { 1 + (f ($n - 1)) } else { 0 } }\nf 400").lines == ["400"]


def test_references(run):
    assert run("function f([ref]$r) { $r.Value += 1 }\n$n = 1\nf ([ref]$n)\n$n").lines == ["2"]


def test_typed_variables_convert(run):
    script = "[int]$n = '5'\n$n = '7'\n$n + 1\ntry { $n = 'x' } catch { 'refused' }"
    assert run(script).lines == ["8", "refused"]


def test_read_only_and_constant_variables(run):
    script = """
Set-Variable r 1 -Option ReadOnly
try { $r = 2 } catch { $_.FullyQualifiedErrorId }
Set-Variable r 3 -Force
$r
New-Variable c 1 -Option Constant
try { Remove-Variable c -Force -ErrorAction Stop } catch { 'kept' }
"""
    assert run(script).lines == ["VariableNotWritable", "3", "kept"]


def test_validated_variables(run):
    script = "[ValidateRange(1, 5)][int]$n = 3\n$n = '4'\n$n\ntry { $n = 9 } catch { 'refused' }\n$n"
    assert run(script).lines == ["4", "refused", "4"]


def test_messages_are_collected_even_when_they_are_silent(run):
    script = """
function f { [CmdletBinding()] param() Write-Warning 'w'; Write-Error 'e'; 'out' }
$quiet = @{ WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue' }
f @quiet -WarningVariable w -ErrorVariable e -OutVariable o | Out-Null
f @quiet -OutVariable +o | Out-Null
"$w $e $o"
"""
    assert run(script).lines == ["w e out out"]


def test_parameters_of_a_command(run):
    script = """
function f { [CmdletBinding()] param($Own) }
$p = (Get-Command f).Parameters
'Own', 'Debug', 'x' | ForEach-Object { $p.ContainsKey($_) }
"""
    assert run(script).lines == ["True", "True", "False"]
