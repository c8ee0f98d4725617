"""Mail that waits on a lab host is there afterwards: after a move of its folder, a removal, and whatever fails then."""

import pytest

from iisrelay.engine import SecretLedger, apply_hosts, plan_hosts, rollback_hosts
from iisrelay.lab import control
from iisrelay.lab.faults import Fault, Kind, as_endpoint
from iisrelay.site.target import Target
from iisrelay.status import ExitCode, HostStatus, Outcome
from iisrelay.transport.connect import connect

SITE = """
version: 1
hosts: {%s: {}}
virtual_servers:
  - name: Relay
    state: started
    general: {bindings: ['127.0.0.1:2525']}
    folders: {root: '%s'}
"""
GONE = "version: 1\nhosts: {%s: {}}\nvirtual_servers: [{name: Relay, state: absent}]\n"
HOSTS = ("chained", "near", "far", "full", "cut", "clash", "removed", "late", "stopped", "stranded")
FILL = "1..%d | ForEach-Object { [IO.File]::WriteAllText(\"%s\\Queue\\NTFS_$_.EML\", ('mail ' * $_)) }"
LIST = (
    "[IO.Directory]::GetFiles('%s\\Queue') | Sort-Object |"
    "ForEach-Object { [IO.Path]::GetFileName($_) + ' ' + (New-Object IO.FileInfo $_).Length }"
)
MAKE = (
    "'Queue', 'Pickup', 'Drop', 'Badmail' | ForEach-Object { [void][IO.Directory]::CreateDirectory(\"D:\\new\\$_\") };"
)
CUT_OFF = f"""{MAKE}
1..5 | ForEach-Object {{ [IO.File]::Move("C:\\old\\Queue\\NTFS_$_.EML", "D:\\new\\Queue\\NTFS_$_.EML") }}
$server = [ADSI]'IIS://localhost/SmtpSvc/2'
$server.Put('QueueDirectory', 'D:\\new\\Queue')
$server.SetInfo()
$key = [Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\\iisrelay\\Apply')
$key.SetValue('Moving', "SmtpSvc/2`tQueueDirectory`tC:\\old\\Queue")
$key.SetValue('State', 'running')
$key.SetValue('Process', '1')
"""
ANYTHING = frozenset({"no-listener"})


@pytest.fixture
def on_lab(target_of):
    return target_of


@pytest.fixture
def apply(tmp_path, history):
    def run(target: Target, *allow: str):
        ledger = SecretLedger(tmp_path / "secrets.json")
        return apply_hosts([target], connect, ledger=ledger, history=history, allow=frozenset(allow)).hosts[0]

    return run


def run(target: Target, script: str) -> str:
    with connect(target.connection) as transport:
        result = transport.run(script, {}, 60)
    assert not result.stderr.strip(), result.stderr
    return result.stdout.replace("\r\n", "\n").strip()


def filled(on_lab, apply, name: str, count: int = 12) -> tuple[Target, str]:
    """Give a host with a relay in C:\\old and mail in its queue, and a listing of that."""
    old = on_lab(name, SITE % (name, "C:\\old"))
    assert apply(old).status is HostStatus.APPLIED
    run(old, FILL % (count, "C:\\old"))
    return old, run(old, LIST % "C:\\old")


@pytest.mark.parametrize("place", [("near", "C:\\new"), ("far", "D:\\new")])
def test_mail_moves_with_its_folder_and_back(on_lab, apply, history, tmp_path, place):
    name, new = place
    old, mail = filled(on_lab, apply, name)
    moving = on_lab(name, SITE % (name, new))
    planned = plan_hosts([moving], connect).hosts[0]
    assert [result.change.carries for result in planned.changes if result.change.name == "QueueDirectory"] == [12]
    assert apply(moving).status is HostStatus.APPLIED
    assert (run(old, LIST % "C:\\old"), run(old, LIST % new)) == ("", mail)
    assert run(old, "([ADSI]'IIS://localhost/SmtpSvc/2').ServerState.Value") == "2"
    undoes = {name: history.entries(name)[-1:]}
    ledger = SecretLedger(tmp_path / "secrets.json")
    back = rollback_hosts([moving], undoes, connect, history=history, ledger=ledger).hosts[0]
    assert back.status is HostStatus.APPLIED
    assert run(old, LIST % "C:\\old") == mail
    assert run(old, f"[IO.Directory]::Exists('{new}')") == "False"


def test_mail_that_has_no_room_stays_where_it_was(on_lab, lab, apply):
    old, mail = filled(on_lab, apply, "full")
    run(old, MAKE)
    control.set_faults(lab, "full", as_endpoint([Fault(Kind.FULL_DISK, at=8, path="D:")]))
    host = apply(on_lab("full", SITE % ("full", "D:\\new")))
    control.set_faults(lab, "full", {})
    assert (host.status, host.not_restored) == (HostStatus.FAILED, ())
    assert (run(old, LIST % "C:\\old"), run(old, LIST % "D:\\new")) == (mail, "")
    assert apply(on_lab("full", SITE % ("full", "D:\\new"))).status is HostStatus.APPLIED
    assert run(old, LIST % "D:\\new") == mail


def test_what_stopped_a_move_is_told_although_the_mail_has_moved(on_lab, lab, apply):
    old, mail = filled(on_lab, apply, "stopped")
    control.set_faults(lab, "stopped", as_endpoint([Fault(Kind.FAIL_WRITE, at=1, name="ServerAutoStart")]))
    host = apply(on_lab("stopped", SITE % ("stopped", "D:\\new")))
    control.set_faults(lab, "stopped", {})
    assert (host.status, host.rolled_back) == (HostStatus.FAILED, True)
    assert any("is as wanted, but the host said: Access is denied" in text for text in host.warnings)
    assert run(old, LIST % "C:\\old") == mail


def test_mail_that_can_move_neither_on_nor_back_is_named_and_fetched_by_the_next_apply(on_lab, lab, apply):
    old = on_lab("stranded", SITE % ("stranded", "D:\\old"))
    assert apply(old).status is HostStatus.APPLIED
    run(old, FILL % (12, "D:\\old"))
    mail = run(old, LIST % "D:\\old")
    full = [Fault(Kind.FULL_DISK, at=8, path="C:\\new"), Fault(Kind.FULL_DISK, path="D:")]
    control.set_faults(lab, "stranded", as_endpoint(full))
    host = apply(on_lab("stranded", SITE % ("stranded", "C:\\new")))
    control.set_faults(lab, "stranded", {})
    (failed,) = [result for result in host.changes if result.outcome is Outcome.FAILED]
    assert "messages still lie in C:\\new\\Queue" in failed.message
    assert host.status is HostStatus.PARTIAL
    assert any("folder move that was interrupted" in text for text in plan_hosts([old], connect).hosts[0].warnings)
    assert apply(old).exit_code is ExitCode.OK
    assert (run(old, LIST % "D:\\old"), run(old, LIST % "C:\\new")) == (mail, "")


def test_another_message_of_the_same_name_is_not_overwritten(on_lab, apply):
    old, mail = filled(on_lab, apply, "clash")
    run(old, MAKE + "[IO.File]::WriteAllText('D:\\new\\Queue\\NTFS_3.EML', 'other')")
    host = apply(on_lab("clash", SITE % ("clash", "D:\\new")))
    (failed,) = [result for result in host.changes if result.outcome is Outcome.FAILED]
    assert "another message" in failed.message
    assert run(old, LIST % "C:\\old") == mail
    assert run(old, "[IO.File]::ReadAllText('D:\\new\\Queue\\NTFS_3.EML')") == "other"


def test_a_move_that_is_cut_off_is_finished_by_the_next_apply(on_lab, apply):
    old, mail = filled(on_lab, apply, "cut")
    # As a script leaves it that ended after it had written the property and moved five messages.
    run(old, CUT_OFF)
    site = SITE.replace("    folders: {root: '%s'}\n", "    folders: {queue: 'D:\\new\\Queue'}\n") % "cut"
    target = on_lab("cut", site)
    warnings = plan_hosts([target], connect).hosts[0].warnings
    assert any("folder move that was interrupted" in text for text in warnings)
    assert apply(target).status is HostStatus.IN_SYNC
    assert (run(old, LIST % "C:\\old"), run(old, LIST % "D:\\new")) == ("", mail)
    assert not any("interrupted" in text for text in plan_hosts([target], connect).hosts[0].warnings)


def test_a_virtual_server_with_mail_is_not_removed(on_lab, apply):
    old, mail = filled(on_lab, apply, "removed")
    refused = apply(on_lab("removed", GONE % "removed"), "no-listener")
    assert (refused.exit_code, "12 queued messages" in refused.error.message) == (ExitCode.REFUSED, True)
    assert run(old, LIST % "C:\\old") == mail
    assert apply(on_lab("removed", GONE % "removed"), "no-listener", "queued-mail").status is HostStatus.APPLIED
    assert run(old, LIST % "C:\\old") == mail


def test_mail_stays_with_its_virtual_server_where_another_moves_into_its_folder(on_lab, apply, history):
    def both(one: str, two: str) -> Target:
        site = "version: 1\nhosts: {chained: {}}\nvirtual_servers:\n"
        for name, port, folder in (("One", 2541, one), ("Two", 2542, two)):
            place = f"general: {{bindings: ['127.0.0.1:{port}']}}, folders: {{root: 'D:\\{folder}'}}"
            site += f"  - {{name: {name}, state: started, {place}}}\n"
        return on_lab("chained", site)

    assert apply(both("a", "b")).status is HostStatus.APPLIED
    fill = "[IO.File]::WriteAllText('D:\\%s\\Queue\\%s.eml', 'mail')"
    run(both("a", "b"), "\n".join([fill % ("a", "one"), fill % ("b", "two")]))
    assert apply(both("b", "c")).status is HostStatus.APPLIED
    there = "[string]::Join(';', [IO.Directory]::GetFiles('D:\\%s\\Queue'))"
    target = both("b", "c")
    assert [run(target, there % folder) for folder in "bc"] == ["D:\\b\\Queue\\one.eml", "D:\\c\\Queue\\two.eml"]
    swapped = apply(both("c", "b"))
    assert swapped.exit_code is ExitCode.REFUSED
    assert "folders would change places" in swapped.error.message
    undoes = {"chained": history.entries("chained")[-1:]}
    ledger = SecretLedger(history.folder / "secrets.json")
    back = rollback_hosts([target], undoes, connect, history=history, ledger=ledger).hosts[0]
    assert (back.status, back.error) == (HostStatus.APPLIED, None)
    assert [run(target, there % folder) for folder in "ab"] == ["D:\\a\\Queue\\one.eml", "D:\\b\\Queue\\two.eml"]


def test_mail_that_comes_after_the_plan_keeps_the_virtual_server(on_lab, tmp_path):
    old = on_lab("late", SITE % ("late", "C:\\old"))
    ledger = SecretLedger(tmp_path / "secrets.json")
    assert apply_hosts([old], connect, ledger=ledger).hosts[0].status is HostStatus.APPLIED

    def mail_comes(_report: object) -> bool:
        run(old, FILL % (2, "C:\\old"))
        return True

    gone = on_lab("late", GONE % "late")
    host = apply_hosts([gone], connect, ledger=ledger, confirm=mail_comes, allow=ANYTHING).hosts[0]
    assert (host.status, ["2 messages" in result.message for result in host.changes]) == (HostStatus.FAILED, [True])
    assert run(old, "([ADSI]'IIS://localhost/SmtpSvc/2').ServerState.Value") == "2"
