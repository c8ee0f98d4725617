"""A 2.0 engine refuses what came later."""


def test_later_cmdlets_are_unknown(run_old):
    assert run_old("try { ConvertTo-Json 1 } catch { $_.FullyQualifiedErrorId }").lines == ["CommandNotFoundException"]


def test_no_member_enumeration_and_no_count_of_scalars(run, run_old):
    script = "(('ab', 'c') | ForEach-Object { $_ }).Length\n(5).Count -eq $null\n('ab', 'c').ToUpper.Name -eq $null"
    assert run(script).lines[1] == "False"
    assert run_old(script).lines[1] == "True"


def test_simplified_where_is_refused(run_old):
    assert run_old("try { 'ab' | Where-Object Length -gt 1 } catch { 'refused' }").lines == ["refused"]


def test_version_table(run, run_old):
    script = "$PSVersionTable.PSVersion.Major\n$PSVersionTable.PSVersion.ToString()"
    assert run_old(script).lines == ["2", "2.0"]
    assert run(script).lines[0] == "5"


def test_ordered_and_pscustomobject(run_old):
    script = "try { [ordered]@{ a = 1 } } catch { 'no ordered' }\n([pscustomobject]@{ a = 1 }).GetType().Name"
    assert run_old(script).lines == ["no ordered", "Hashtable"]
