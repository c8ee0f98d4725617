"""Errors: what stops what, and what is told."""


def test_statement_errors_do_not_stop_a_script_but_throw_does(run):
    outcome = run("nosuch\n1 / 0\n'still here'\nthrow 'end'\n'never'")
    assert outcome.lines == ["still here"]
    assert outcome.code == 1
    assert "CommandNotFoundException" in outcome.errors
    assert "Attempted to divide by zero." in outcome.errors


def test_try_catches_what_happens_in_called_functions(run):
    assert run("function f { 1 / 0; 'never' }\ntry { f } catch { 'caught' }").lines == ["caught"]


def test_stop_preference_ends_the_script(run):
    outcome = run("$ErrorActionPreference = 'Stop'\nnosuch\n'never'")
    assert (outcome.lines, outcome.code) == ([], 1)


def test_error_action_stop_ends_the_script_and_can_be_caught(run):
    script = """
function f { Write-Error 'oops' -ErrorAction Stop; 'never' }
try { f } catch { "caught $_" }
f
'never'
"""
    assert run(script).lines == ["caught oops"]


def test_silent_errors_are_remembered_ignored_ones_are_not(run):
    script = """
Write-Error a -ErrorAction SilentlyContinue
$Error.Count
Write-Error b -ErrorAction Ignore
$Error.Count
"$($Error[0])"
"""
    assert run(script).lines == ["1", "1", "a"]


def test_typed_catch_sees_inner_exceptions(run):
    script = """
try { [int]::Parse('x') } catch [System.FormatException] { $_.Exception.GetType().Name }
try { [int]::Parse('x') } catch { $_.Exception.GetType().Name }
try { throw 'x' }
catch [System.ArgumentException] { 'no' }
catch [System.Management.Automation.RuntimeException] { 'runtime' }
"""
    assert run(script).lines == ["FormatException", "MethodInvocationException", "runtime"]


def test_finally_runs_on_every_way_out(run):
    script = """
function f { try { return 'r' } finally { 'f' } }
f
foreach ($i in 1..3) { try { if ($i -eq 2) { break } $i } finally { "f$i" } }
try { try { throw 'x' } finally { 'inner' } } catch { 'outer' }
"""
    assert run(script).lines == ["r", "f", "1", "f1", "f2", "inner", "outer"]


def test_rethrow_keeps_the_record(run):
    script = """
try { try { throw 'a' } catch { throw } } catch { $_.Exception.Message }
try { try { nosuch } catch { throw $_ } } catch { $_.CategoryInfo.Category }
"""
    assert run(script).lines == ["a", "ObjectNotFound"]


def test_throwing_objects(run):
    script = """
try { throw @{ code = 5 } } catch { $_.TargetObject.code }
try { throw } catch { $_.Exception.Message }
"""
    assert run(script).lines == ["5", "ScriptHalted"]


def test_traps(run):
    script = """
function continues { trap { "t:$_"; continue } throw 'x'; 'next' }
function breaks { trap { 'b'; break } throw 'y'; 'never' }
function typed { trap [System.DivideByZeroException] { 'zero'; continue } $z = 0; 1 / $z; 'on' }
continues
try { breaks } catch { "out:$_" }
typed
"""
    assert run(script).lines == ["t:x", "next", "b", "out:y", "zero", "on"]


def test_success_variable(run):
    script = "nosuch\n$?\n'x' | Out-Null\n$?\nWrite-Error e -ErrorAction SilentlyContinue\n$?"
    assert run(script).lines == ["False", "True", "False"]


def test_records_tell_where_and_what(run):
    script = """function f {
    Get-Variable nope -ErrorAction Stop
}
try { f } catch {
    $_.InvocationInfo.ScriptLineNumber
    $_.InvocationInfo.Line.Trim()
    $_.InvocationInfo.MyCommand.Name
    $_.CategoryInfo.Activity
    $_.FullyQualifiedErrorId
    $_.ScriptStackTrace
}"""
    assert run(script).lines == [
        "2",
        "Get-Variable nope -ErrorAction Stop",
        "Get-Variable",
        "Get-Variable",
        "VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand",
        "at f, C:\\Work\\case.ps1: line 2",
        "at <ScriptBlock>, C:\\Work\\case.ps1: line 4",
        "at <ScriptBlock>, <No file>: line 1",
    ]


def test_uncaught_errors_are_shown_with_their_place(run):
    errors = run("function f { throw 'bad' }\nf").errors.replace("\r\n", "\n")
    assert errors == (
        "bad\nAt C:\\Work\\case.ps1:1 char:14\n+ function f { throw 'bad' }\n+              ~~~~~~~~~~~\n"
        "    + CategoryInfo          : OperationStopped: (bad:String) [], RuntimeException\n"
        "    + FullyQualifiedErrorId : bad\n \n"
    )


def test_old_versions_point_with_an_arrow(run_old):
    assert "char:6\r\n+ throw <<<<  'bad'" in run_old("throw 'bad'").errors
    assert "char:9\r\n+ Get-Item <<<<  C:\\none" in run_old("Get-Item C:\\none").errors
    assert "char:10\r\n+ $null.Foo <<<< ()" in run_old("$null.Foo()").errors


def test_strict_mode(run):
    script = """
function f { Set-StrictMode -Version 2.0; try { $unset } catch { 'strict' } }
f
$unset -eq $null
Set-StrictMode -Version Latest
try { 'x'.Nope } catch { 'no property' }
Set-StrictMode -Off
'x'.Nope -eq $null
"""
    assert run(script).lines == ["strict", "True", "no property", "True"]


def test_error_records_of_advanced_functions(run):
    script = """
function f { [CmdletBinding()] param()
    $e = New-Object System.InvalidOperationException 'bad state'
    $r = New-Object System.Management.Automation.ErrorRecord $e, 'BadState', 'InvalidOperation', 'thing'
    $PSCmdlet.WriteError($r)
    'went on'
    $PSCmdlet.ThrowTerminatingError($r)
    'never'
}
f -ErrorAction SilentlyContinue
'after'
try { f -ErrorAction SilentlyContinue } catch { $_.FullyQualifiedErrorId }
"""
    assert run(script).lines == ["went on", "after", "went on", "BadState,f"]
