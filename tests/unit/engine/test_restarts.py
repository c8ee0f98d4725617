"""Virtual servers that stand still for a moment, because settings or folders change, run again whatever happens."""

import pytest

from iisrelay.engine import History, SecretLedger, apply_hosts
from iisrelay.lab import control
from iisrelay.lab.faults import Fault, Kind, as_endpoint
from iisrelay.results import HostReport
from iisrelay.site.target import Target
from iisrelay.status import HostStatus
from iisrelay.transport.connect import connect

HOSTS = ("stuck", "lame", "quiet", "owing", "cutoff")
RELAYS = """
$service = [ADSI]'IIS://localhost/SmtpSvc'
foreach ($number in 2, 3, 4) {
    $server = $service.Create('IIsSmtpServer', "$number")
    $server.Put('ServerComment', "Relay $number"); $server.Put('ServerAutoStart', $false)
    $server.Put('ServerBindings', [object[]]@("127.0.0.1:270$($number):"))
    $server.Put('QueueDirectory', "D:\\q$number"); $server.SetInfo()
    ([ADSI]"IIS://localhost/SmtpSvc/$number").psbase.Invoke('Start')
}
# Runs, but would not start by itself.
$last = [ADSI]'IIS://localhost/SmtpSvc/4'; $last.Put('ServerAutoStart', $false); $last.SetInfo()
"""
STATES = """
foreach ($number in 2, 3, 4) {
    $server = [ADSI]"IIS://localhost/SmtpSvc/$number"
    "$($server.ServerState) $($server.ServerBindings) $($server.ServerAutoStart)"
}
"""
RUNNING = ["2 127.0.0.1:2702: True", "2 127.0.0.1:2703: True", "2 127.0.0.1:2704: False"]
MOVED = [state.replace(":270", ":280") for state in RUNNING]
# Says nothing of their state: whether they run is nobody's business but theirs.
SITE = """
version: 1
hosts: {%s: {}}
virtual_servers:
  - {name: Relay 2, general: {bindings: ['127.0.0.1:2802']}}
  - {name: Relay 3, general: {bindings: ['127.0.0.1:2803']}}
  - {name: Relay 4, general: {bindings: ['127.0.0.1:2804']}}
"""


@pytest.fixture
def on_lab(target_of):
    return lambda name, site=SITE: target_of(name, site % name)


@pytest.fixture
def apply(tmp_path):
    def run_apply(target: Target) -> HostReport:
        ledger, history = SecretLedger(tmp_path / "secrets.json"), History(tmp_path / "history")
        allow = frozenset({"many-changes"})
        return apply_hosts([target], connect, ledger=ledger, history=history, allow=allow).hosts[0]

    return run_apply


def run(target: Target, script: str) -> list[str]:
    with connect(target.connection) as transport:
        result = transport.run(script, {}, 60)
    assert not result.stderr.strip(), result.stderr
    return result.stdout.split("\n")[:-1] if "\r" not in result.stdout else result.stdout.split("\r\n")[:-1]


def test_one_that_does_not_stop_keeps_no_other_from_running(on_lab, lab, apply):
    target = on_lab("stuck")
    run(target, RELAYS)
    assert run(target, STATES) == RUNNING
    control.set_faults(lab, target.name, as_endpoint([Fault(Kind.STUCK_STOP, name="SmtpSvc/3")]))
    failed = apply(target)
    control.set_faults(lab, target.name, {})
    assert (failed.status, failed.rolled_back, failed.not_restored) == (HostStatus.FAILED, True, ())
    assert run(target, STATES) == RUNNING
    assert apply(target).status is HostStatus.APPLIED
    assert run(target, STATES) == MOVED


def test_one_that_does_not_start_is_named_and_the_others_run(on_lab, lab, apply):
    target = on_lab("lame")
    run(target, RELAYS)
    control.set_faults(lab, target.name, as_endpoint([Fault(Kind.STUCK_START, name="SmtpSvc/3")]))
    failed = apply(target)
    control.set_faults(lab, target.name, {})
    assert (failed.rolled_back, failed.not_restored) == (True, ("virtual_servers[Relay 3].state",))
    assert [state[0] for state in run(target, STATES)] == ["2", "4", "2"]
    healed = apply(target)
    assert healed.status is HostStatus.APPLIED
    assert run(target, STATES) == MOVED


def test_a_restart_of_the_service_takes_all_along_that_ran(on_lab, apply):
    target = on_lab("quiet", "version: 1\nhosts: {%s: {}}\ntls: {policy: tls12}\n")
    run(target, RELAYS)
    assert apply(target).status is HostStatus.APPLIED
    assert run(target, STATES) == RUNNING


def test_what_an_earlier_apply_owes_is_told_until_it_is_done(on_lab, lab, apply):
    site = "version: 1\nhosts: {%s: {}}\nvirtual_servers: [{name: Relay 2, delivery: {hop_count: HOPS}}]\n"
    target = on_lab("owing", site.replace("HOPS", "21"))
    run(target, RELAYS)
    assert apply(target).status is HostStatus.APPLIED
    owed = (
        "[Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\\iisrelay\\Apply').SetValue('Restart', '%s')"
    )
    run(target, owed % "SmtpSvc/3" + "; ([ADSI]'IIS://localhost/SmtpSvc/3').psbase.Invoke('Stop')")
    control.set_faults(lab, target.name, as_endpoint([Fault(Kind.STUCK_START, name="SmtpSvc/3")]))
    second = apply(on_lab("owing", site.replace("HOPS", "22")))
    control.set_faults(lab, target.name, {})
    assert second.status is HostStatus.APPLIED
    assert [text for text in second.warnings if "restart of SmtpSvc/3 is still to come" in text]
    assert run(target, "(Get-ItemProperty HKLM:\\SOFTWARE\\iisrelay\\Apply).Held") == ["0"], "the host is let go"
    third = apply(on_lab("owing", site.replace("HOPS", "22")))
    assert not [text for text in third.warnings if "still to come" in text]
    assert [state[0] for state in run(target, STATES)] == ["2", "2", "2"]


def test_one_that_was_stopped_when_everything_ended_is_started_by_the_next_apply(on_lab, lab, apply):
    target = on_lab("cutoff")
    run(target, RELAYS)
    # Windows restarts while it stands still for its folder, and does not start what was stopped.
    site = "version: 1\nhosts: {%s: {}}\nvirtual_servers: [{name: Relay 2, folders: {queue: 'D:\\moved'}}]\n"
    fault = Fault(Kind.RESTART, at=1, path="SmtpSvc/2", name="QueueDirectory", seconds=1)
    control.set_faults(lab, target.name, as_endpoint([fault]))
    apply(on_lab("cutoff", site))
    fired = control.faults(lab, target.name)["points"][0]["fired"]
    control.set_faults(lab, target.name, {})
    assert fired == 1
    assert apply(on_lab("cutoff", site)).status in (HostStatus.APPLIED, HostStatus.IN_SYNC)
    assert run(target, STATES)[:1] == RUNNING[:1]
