"""One apply at a time, and what a host remembers of applies that were cut off."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from iisrelay.engine import History, Safety, SecretLedger, apply_hosts, plan_hosts
from iisrelay.engine.history import owner
from iisrelay.errors import RefusedError
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
    delivery: {hop_count: %d}
"""
HOLD = """
$key = [Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\\iisrelay\\Apply')
$boot = [string](Get-WmiObject Win32_OperatingSystem).LastBootUpTime
$until = [DateTime]::UtcNow.AddSeconds(SECONDS).Ticks
$values = @{ Id = 'theirs'; Owner = 'OWNER'; Since = 'noon'; Until = 'one'; State = 'finished'; Held = '1'
    Boot = $boot; Expires = [string]$until; Total = '9'; Process = '1' }
foreach ($name in @($values.Keys)) { $key.SetValue($name, [string]$values[$name]) }
"""
HOSTS = ("held", "expired", "mine", "raced", "cut", "killed", "plain", "backed", "numbered")


@pytest.fixture
def on_lab(target_of):
    return lambda name, hop_count=30: target_of(name, SITE % (name, hop_count))


@pytest.fixture
def apply(tmp_path):
    def run(target: Target, **safety):
        return apply_hosts(
            [target], connect, ledger=SecretLedger(tmp_path / "secrets.json"), history=History(tmp_path / "history"),
            safety=Safety(**safety),
        ).hosts[0]  # fmt: skip

    return run


def run(target: Target, script: str) -> str:
    with connect(target.connection) as transport:
        return transport.run(script, {}, 60).stdout.strip()


def hold(target: Target, who: str, seconds: int) -> None:
    run(target, HOLD.replace("OWNER", who).replace("SECONDS", str(seconds)))


def test_a_held_host_is_refused_until_somebody_breaks_the_lock(on_lab, apply):
    target = on_lab("held")
    hold(target, "eve@elsewhere, process 7", 600)
    refused = apply(target)
    assert (refused.status, refused.exit_code) == (HostStatus.REFUSED, ExitCode.REFUSED)
    assert "eve@elsewhere" in refused.error.message
    assert "until one" in refused.error.message
    assert "--break-lock" in refused.error.hint
    assert any("eve@elsewhere" in text for text in plan_hosts([target], connect).hosts[0].warnings)
    assert apply(target, break_lock=True).status is HostStatus.APPLIED
    assert apply(on_lab("held", 31)).status is HostStatus.APPLIED


def test_a_lock_expires_and_one_left_behind_by_us_is_taken_over(on_lab, apply):
    hold(on_lab("expired"), "eve@elsewhere, process 7", -1)
    assert apply(on_lab("expired")).status is HostStatus.APPLIED
    hold(on_lab("mine"), owner(), 600)
    assert apply(on_lab("mine")).status is HostStatus.APPLIED


def test_a_host_with_a_long_name_is_backed_up_too(on_lab, apply):
    done = apply(replace(on_lab("plain", 35), name="a-very-long-name." * 8), require_backup=True)
    assert (done.status, done.backup[:9], len(done.backup)) == (HostStatus.APPLIED, "iisrelay-", 99)


def test_the_host_itself_refuses_who_comes_second(on_lab, tmp_path):
    target = on_lab("raced")

    def somebody_else_takes_it(_report: object) -> bool:
        hold(target, "eve@elsewhere, process 7", 600)
        return True

    ledger = SecretLedger(tmp_path / "secrets.json")
    (host,) = apply_hosts([target], connect, ledger=ledger, confirm=somebody_else_takes_it).hosts
    assert isinstance(host.error, RefusedError)
    assert "eve@elsewhere" in host.error.message
    assert run(target, "[DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/2')") == "False"


def test_two_applies_at_once_do_not_mix(on_lab, apply):
    done = []
    work = [
        threading.Thread(target=lambda count=count: done.append(apply(on_lab("plain", count)))) for count in (40, 41)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert HostStatus.APPLIED in [host.status for host in done]
    assert all(host.error is None or isinstance(host.error, RefusedError) for host in done)
    assert run(on_lab("plain"), "([ADSI]'IIS://localhost/SmtpSvc/2').HopCount.Value") in ("40", "41")


@pytest.mark.parametrize("kind", [Kind.CUT_BEFORE, Kind.CUT_DURING, Kind.CUT_AFTER])
def test_a_connection_that_is_cut_anywhere_does_no_harm(on_lab, lab, apply, kind):
    for at in range(1, 15):
        count = 10 + at + 20 * list(Kind).index(kind)
        control.set_faults(lab, "cut", as_endpoint([Fault(kind, at=at)]))
        host = apply(on_lab("cut", count))
        control.set_faults(lab, "cut", {})
        held = run(on_lab("cut"), "([ADSI]'IIS://localhost/SmtpSvc/2').HopCount.Value")
        if host.error is None:
            assert (host.status, held) == (HostStatus.APPLIED, str(count)), at
        else:
            assert held != str(count), f"{at}: {host.error}"
            assert {result.outcome for result in host.changes} <= {Outcome.PENDING}, at
        assert apply(on_lab("cut", count)).status in (HostStatus.APPLIED, HostStatus.IN_SYNC), at


def test_the_next_plan_tells_of_an_apply_that_was_cut_off(on_lab, lab, apply):
    control.set_faults(lab, "killed", as_endpoint([Fault(Kind.POWER_LOSS, at=4)]))
    host = apply(on_lab("killed"))
    control.set_faults(lab, "killed", {})
    assert host.status in (HostStatus.FAILED, HostStatus.UNREACHABLE)
    record = "$k = [Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\\iisrelay\\Apply');"
    run(on_lab("killed"), f"{record} $k.SetValue('State', 'running'); $k.SetValue('Process', '1')")
    (warning,) = [text for text in plan_hosts([on_lab("killed")], connect).hosts[0].warnings if "interrupted" in text]
    assert "changes" in warning
    assert apply(on_lab("killed")).status is HostStatus.APPLIED
    assert not [text for text in plan_hosts([on_lab("killed")], connect).hosts[0].warnings if "interrupted" in text]


def test_backups_are_made_pruned_and_insisted_on(on_lab, lab, apply):
    names = []
    for count in range(20, 27):
        host = apply(on_lab("backed", count))
        names.append(host.backup)
    folder = "$env:windir\\System32\\inetsrv\\MetaBack"
    listed = run(on_lab("backed"), f"[IO.Directory]::GetFiles(\"{folder}\", 'iisrelay-*.MD*')")
    assert sorted(Path(line.strip().replace("\\", "/")).stem for line in listed.splitlines()) == sorted(names)[-5:]
    control.set_faults(lab, "backed", as_endpoint([Fault(Kind.FAIL_SAVE, name="Backup")]))
    refused = apply(on_lab("backed", 50), require_backup=True)
    warned = apply(on_lab("backed", 50))
    control.set_faults(lab, "backed", {})
    assert (refused.status, "could not be backed up" in refused.error.message) == (HostStatus.REFUSED, True)
    assert (warned.status, any("could not be backed up" in text for text in warned.warnings)) == (
        HostStatus.APPLIED,
        True,
    )


def test_an_apply_takes_few_requests(on_lab, lab, apply):
    before = control.request_count(lab, "numbered")
    assert apply(on_lab("numbered")).status is HostStatus.APPLIED
    assert control.request_count(lab, "numbered") - before <= 16
