"""The engine against lab hosts over WinRM: several hosts, failures of one of them, questions, saved plans, races."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from iisrelay.engine import History, OnFailure, Safety, SecretLedger, apply_hosts, plan_hosts, verify_hosts
from iisrelay.errors import LoginError, RefusedError, SecretError, UnsupportedHostError
from iisrelay.lab import control
from iisrelay.plan.saved import read_plans, write_plans
from iisrelay.site.loader import load_site
from iisrelay.site.target import Target
from iisrelay.site.targets import targets
from iisrelay.status import ExitCode, HostStatus, Outcome
from iisrelay.transport.connect import connect

SITE = """
version: 1
hosts: {%s}
virtual_servers:
  - name: Relay
    state: started
    general: {bindings: ['127.0.0.1:2525']}
    delivery: {hop_count: 30}
"""
HOSTS = ("plain", "second", "locked", "limited", "asked", "unasked", "stale", "raced", "shared", "secret", "rotated")


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("lab")
    control.start_many(folder, {**dict.fromkeys(HOSTS, "2019"), "restarted": "2008r2"}, smtp=True)
    control.start(folder, "modern", windows="2025")
    control.set_faults(folder, "locked", {"refuse_login": True})
    control.set_faults(folder, "limited", {"not_administrator": True})
    yield folder
    control.stop(folder)


@pytest.fixture
def on_lab(lab, tmp_path):
    def build(*names: str, site: str = SITE) -> tuple[Target, ...]:
        path = tmp_path / "site.yaml"
        path.write_text(site % ", ".join(f"{name}: {{}}" for name in names), encoding="utf-8")
        chosen = targets(load_site(path))
        return tuple(replace(target, connection=control.connection(lab, target.name)) for target in chosen)

    return build


def run(target: Target, script: str) -> str:
    with connect(target.connection) as transport:
        return transport.run(script, {}, 60).stdout.strip()


def test_reports_come_in_order_and_failures_stay_with_their_host(on_lab, ledger):
    report = apply_hosts(on_lab("locked", "plain", "modern", "limited", "second"), connect, jobs=3, ledger=ledger)
    assert [host.host for host in report.hosts] == ["locked", "plain", "modern", "limited", "second"]
    locked, plain, modern, limited, second = report.hosts
    assert isinstance(locked.error, LoginError)
    assert (plain.status, second.status) == (HostStatus.APPLIED, HostStatus.APPLIED)
    assert isinstance(modern.error, UnsupportedHostError)
    assert isinstance(limited.error, UnsupportedHostError)
    assert "administrator" in limited.error.message
    assert report.exit_code is ExitCode.PARTIAL


def test_progress_tells_every_phase_and_ends_with_done(on_lab, ledger):
    phases: list[tuple[str, str]] = []
    lock = threading.Lock()

    def note(host: str, phase: str) -> None:
        with lock:
            phases.append((host, phase))

    plan_hosts(on_lab("plain", "second"), connect, progress=note, ledger=ledger)
    for name in ("plain", "second"):
        assert [phase for host, phase in phases if host == name] == ["observing", "done"]


def test_drift_is_found_and_repaired(on_lab, ledger):
    (target,) = on_lab("second")
    apply_hosts([target], connect, ledger=ledger)
    assert verify_hosts([target], connect, ledger=ledger).exit_code is ExitCode.OK
    run(target, "$s = [ADSI]'IIS://localhost/SmtpSvc/2'; $s.Put('HopCount', 9); $s.SetInfo()")
    drift = verify_hosts([target], connect, ledger=ledger)
    assert drift.exit_code is ExitCode.DRIFT
    assert [(r.change.before, r.change.after) for r in drift.hosts[0].changes] == [(9, 30)]
    assert apply_hosts([target], connect, ledger=ledger).hosts[0].status is HostStatus.APPLIED


def test_nobody_is_asked_when_nothing_would_change_and_no_means_no(on_lab, ledger):
    (target,) = on_lab("asked")
    with pytest.raises(RefusedError, match="nobody confirmed"):
        apply_hosts([target], connect, ledger=ledger, confirm=lambda _report: False)
    assert plan_hosts([target], connect, ledger=ledger).status is HostStatus.CHANGES
    seen = []
    report = apply_hosts([target], connect, ledger=ledger, confirm=lambda plans: not seen.append(plans.command))
    assert (report.status, seen) == (HostStatus.APPLIED, ["plan"])
    again = apply_hosts([target], connect, ledger=ledger, confirm=lambda _report: pytest.fail("asked"))
    assert again.status is HostStatus.IN_SYNC


def test_a_snapshot_is_kept_of_what_was_before(on_lab, ledger, tmp_path):
    (target,) = on_lab("unasked")
    apply_hosts([target], connect, ledger=ledger, history=History(tmp_path / "history"))
    (entry,) = History(tmp_path / "history").entries()
    snapshot = entry.snapshot
    assert (snapshot.host, [server.number for server in snapshot.observed.servers]) == ("unasked", [1])


def test_a_saved_plan_is_applied_until_the_host_changes(on_lab, ledger, tmp_path):
    (target,) = on_lab("stale")
    plan = plan_hosts([target], connect, ledger=ledger).hosts[0].plan
    write_plans(tmp_path / "plan.json", [plan], site="site.yaml")
    saved = read_plans(tmp_path / "plan.json")
    run(target, "$s = [ADSI]'IIS://localhost/SmtpSvc/1'; $s.Put('ServerBindings', ':26:'); $s.SetInfo()")
    refused = apply_hosts([target], connect, ledger=ledger, saved=saved)
    assert refused.exit_code is ExitCode.REFUSED
    assert "stale" in refused.hosts[0].error.message
    run(target, "$s = [ADSI]'IIS://localhost/SmtpSvc/1'; $s.Put('ServerBindings', ':25:'); $s.SetInfo()")
    assert apply_hosts([target], connect, ledger=ledger, saved=saved).hosts[0].status is HostStatus.APPLIED


def test_a_number_taken_since_the_plan_is_not_overwritten(on_lab, ledger):
    (target,) = on_lab("raced")

    def somebody_else_is_quicker(_report) -> bool:
        run(target, "$s = ([ADSI]'IIS://localhost/SmtpSvc').Create('IIsSmtpServer', '2');"
                    "$s.Put('ServerComment', 'Theirs'); $s.Put('HopCount', 5); $s.SetInfo()")  # fmt: skip
        return True

    report = apply_hosts([target], connect, ledger=ledger, confirm=somebody_else_is_quicker)
    outcomes = {result.outcome for result in report.hosts[0].changes}
    assert outcomes >= {Outcome.FAILED, Outcome.SKIPPED}
    assert Outcome.APPLIED not in outcomes
    failed = next(result for result in report.hosts[0].changes if result.outcome is Outcome.FAILED)
    assert "exists already" in failed.message
    assert run(target, "([ADSI]'IIS://localhost/SmtpSvc/2').HopCount.Value") == "5"
    assert apply_hosts([target], connect, ledger=ledger).hosts[0].status is HostStatus.APPLIED


def test_one_failed_change_is_reported_with_its_reason_and_stops_no_other(on_lab, ledger):
    site = SITE.replace("delivery: {hop_count: 30}", "folders: {pickup: 'Q:\\nowhere'}")
    (target,) = on_lab("shared", site=site)
    refused = apply_hosts([target], connect, ledger=ledger)
    assert (refused.exit_code, "drive Q:" in refused.hosts[0].error.message) == (ExitCode.REFUSED, True)
    patient = Safety(OnFailure.CONTINUE)
    allow = frozenset({"disk-space"})
    (host,) = apply_hosts([target], connect, ledger=ledger, safety=patient, allow=allow).hosts
    assert host.status is HostStatus.PARTIAL
    (failed,) = [result for result in host.changes if result.outcome is Outcome.FAILED]
    assert (failed.change.path, "Q:\\nowhere" in failed.message) == ("Q:\\nowhere", True)


def test_a_changed_password_is_seen_although_the_host_is_never_asked_for_it(on_lab, ledger, monkeypatch):
    site = SITE.replace("hop_count: 30", "outbound_security: {username: u, password: env:FLEET_PASSWORD, tls: true}")
    (target,) = on_lab("secret", site=site)
    (unresolved,) = apply_hosts([target], connect, ledger=ledger).hosts
    assert isinstance(unresolved.error, SecretError)
    monkeypatch.setenv("FLEET_PASSWORD", "marker-1")
    assert apply_hosts([target], connect, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    assert plan_hosts([target], connect, ledger=ledger).status is HostStatus.IN_SYNC
    monkeypatch.setenv("FLEET_PASSWORD", "marker-2")
    (result,) = verify_hosts([target], connect, ledger=ledger).hosts[0].changes
    assert (result.change.name, result.change.before, result.change.after) == ("RoutePassword", None, None)
    apply_hosts([target], connect, ledger=ledger)
    assert run(target, "([ADSI]'IIS://localhost/SmtpSvc/2').Get('RoutePassword')") == "marker-2"
    elsewhere = SecretLedger(ledger.path.with_name("other.json"))
    assert verify_hosts([target], connect, ledger=elsewhere).status is HostStatus.IN_SYNC
    assert plan_hosts([target], connect, ledger=elsewhere).status is HostStatus.CHANGES


def test_windows_is_restarted_where_a_change_needs_it_and_the_site_allows_it(on_lab, ledger):
    site = SITE + "tls: {policy: tls12}\nservice: {startup: automatic, state: running}\nreboot_allowed: true\n"
    (target,) = on_lab("restarted", site=site)
    boot = "(Get-WmiObject Win32_OperatingSystem).LastBootUpTime"
    before = run(target, boot)
    (host,) = apply_hosts([target], connect, ledger=ledger).hosts
    assert (host.status, host.reboot_required) == (HostStatus.APPLIED, False)
    assert run(target, boot) != before
    assert plan_hosts([target], connect, ledger=ledger).status is HostStatus.IN_SYNC


def test_verify_needs_no_secrets_and_rotate_writes_them_all(on_lab, ledger, monkeypatch):
    site = SITE.replace("hop_count: 30", "outbound_security: {username: u, password: env:ROTATED, tls: true}")
    (target,) = on_lab("rotated", site=site)
    monkeypatch.setenv("ROTATED", "marker-1")
    assert apply_hosts([target], connect, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    rotated = apply_hosts([target], connect, ledger=ledger, safety=Safety(rotate=True)).hosts[0]
    assert [(result.change.name, result.outcome) for result in rotated.changes] == [
        ("RoutePassword", Outcome.UNCHANGED)
    ]
    run(target, "$s = [ADSI]'IIS://localhost/SmtpSvc/2'; $s.Put('RoutePassword', 'theirs'); $s.SetInfo()")
    assert plan_hosts([target], connect, ledger=ledger).status is HostStatus.IN_SYNC
    rotated = apply_hosts([target], connect, ledger=ledger, safety=Safety(rotate=True)).hosts[0]
    assert (rotated.status, rotated.changes[0].outcome) == (HostStatus.APPLIED, Outcome.APPLIED)
    assert run(target, "([ADSI]'IIS://localhost/SmtpSvc/2').Get('RoutePassword')") == "marker-1"
    monkeypatch.delenv("ROTATED")
    (verified,) = verify_hosts([target], connect, ledger=ledger).hosts
    assert (verified.status, verified.error) == (HostStatus.IN_SYNC, None)
    assert any("could not be compared" in text for text in verified.warnings)


def test_a_defect_is_told_by_kind_and_place_but_not_in_its_words(on_lab, ledger):
    def fail(_connection):
        raise ValueError("invalid text: marker-word")

    (report,) = plan_hosts(on_lab("plain"), fail, ledger=ledger).hosts
    assert report.error is not None
    assert "(ValueError in test_fleet.py, line " in report.error.message
    assert "marker-word" not in report.error.message
