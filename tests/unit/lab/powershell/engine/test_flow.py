"""Loops, switch, labels, exit."""


def test_labels(run):
    script = """
:outer foreach ($i in 1..3) {
    foreach ($j in 1..3) { if ($j -eq 2) { continue outer } if ($i -eq 3) { break outer } "$i$j" }
}
$label = 'here'
:here while ($true) { while ($true) { break $label } }
'done'
"""
    assert run(script).lines == ["11", "21", "done"]


def test_break_leaves_the_caller_s_loop(run):
    script = "function f { break }\nforeach ($i in 1..3) { $i; f; 'never' }\n'after'"
    assert run(script).lines == ["1", "after"]


def test_break_outside_of_loops_ends_the_script(run):
    outcome = run("'a'\n1..3 | ForEach-Object { break }\n'never'")
    assert (outcome.lines, outcome.code) == (["a"], 0)


def test_switch_flags(run):
    script = """
switch -Regex ('abc', 'xyz') { '^a(.)' { "A$($Matches[1])" } 'z$' { 'Z' } default { 'no' } }
switch -Wildcard ('file.txt') { '*.txt' { 'text' } '*.doc' { 'doc' } }
switch -CaseSensitive ('A') { 'a' { 'lower' } 'A' { 'upper' } }
switch (1, 2, 3) { 1 { 'one'; continue } { $_ -gt 1 } { "big $_" } default { 'never' } }
switch ('x') { 'x' { 'first'; break } 'x' { 'never' } }
"""
    assert run(script).lines == ["Ab", "Z", "text", "upper", "one", "big 2", "big 3", "first"]


def test_switch_over_a_file(run):
    run.machine.files.write_text("C:\\Work\\lines.txt", "one\r\ntwo\r\n")
    assert run("switch -File C:\\Work\\lines.txt { 'two' { 'found' } default { \"d:$_\" } }").lines == [
        "d:one",
        "found",
    ]


def test_foreach_over_null(run, run_old):
    script = "foreach ($x in $null) { 'round' }\n'end'"
    assert run(script).lines == ["end"]
    assert run_old(script).lines == ["round", "end"]


def test_statements_as_values(run):
    script = """
$a = if ($true) { 1 } else { 2 }
$b = foreach ($i in 1..3) { $i * 2 }
$c = switch (5) { 5 { 'five' } }
$d = while ($true) { 'w'; break }
"$a|$b|$c|$d"
"""
    assert run(script).lines == ["1|2 4 6|five|w"]


def test_exit_codes(run):
    assert run("exit 7").code == 7
    assert run("function f { exit 3 }\nf\n'never'").code == 3
    assert run("1..3 | ForEach-Object { exit 9 }").code == 9
    assert run("'x'").code == 0


def test_exit_of_a_called_script_file_sets_the_exit_code_variable(run):
    run.machine.files.write_text("C:\\Work\\inner.ps1", "'in'; exit 5; 'never'")
    assert run("& C:\\Work\\inner.ps1\n$?\n$LASTEXITCODE").lines == ["in", "False", "5"]


def test_increments_write_nothing_unless_in_parentheses(run):
    assert run("$i = 1; $i++; ++$i; ($i++); $i").lines == ["3", "4"]


def test_do_until_and_do_while(run):
    assert run("$n = 0; do { $n++ } until ($n -ge 3); $n; do { $n-- } while ($n -gt 1); $n").lines == ["3", "1"]


def test_multiple_and_chained_assignment(run):
    script = """
$a, $b = 1, 2, 3
"$a|$b"
$x = $y = 4
"$x$y"
$h = @{ n = 1 }
$h.n += 5; $h['m'] = 2; $h.n, $h.m -join ','
"""
    assert run(script).lines == ["1|2 3", "44", "6,2"]
