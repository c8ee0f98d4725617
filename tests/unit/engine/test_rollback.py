"""Rolling back lab hosts over WinRM: all that metabase, services and firewall hold is compared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iisrelay.engine import History, OnFailure, Safety, SecretLedger, apply_hosts, plan_hosts, rollback_hosts
from iisrelay.lab import control
from iisrelay.lab.faults import Fault, Kind, as_endpoint, points_of
from iisrelay.site.target import Target
from iisrelay.status import ExitCode, HostStatus, Outcome
from iisrelay.transport.connect import connect

HOSTS = (
    "passing",
    "folders",
    "whole",
    "twice",
    "failing",
    "hurt",
    "secretive",
    "late",
    "cut",
    "again",
    "making",
    "nameless",
)
BEFORE = """
$service = [ADSI]'IIS://localhost/SmtpSvc'
$server = $service.Create('IIsSmtpServer', '4')
$server.Put('ServerComment', 'Old relay'); $server.Put('HopCount', 7); $server.Put('ServerAutoStart', $false)
$server.Put('ServerBindings', [object[]]@('127.0.0.1:2599:')); $server.SetInfo()
$domains = $server.Create('IIsSmtpDomain', 'Domain'); $domains.SetInfo()
$domain = $domains.Create('IIsSmtpDomain', 'partner.example'); $domain.Put('RouteAction', 6)
$domain.Put('RouteActionString', '[10.0.0.9]'); $domain.SetInfo()
$first = [ADSI]'IIS://localhost/SmtpSvc/1'
$first.Put('MaxMessageSize', 1000000); $first.SetInfo()
"""
SITE = """
version: 1
hosts: {%s: {}}
virtual_servers:
  - {name: Old relay, state: absent}
  - name: '[SMTP Virtual Server #1]'
    messages: {max_size: 25MB, max_session_size: 50MB}
    delivery: {hop_count: 30}
    domains: [{name: alias.example, type: alias}]
  - name: New relay
    state: started
    general: {bindings: ['127.0.0.1:2525']}
    access: {relay: {allow: only_listed, addresses: [10.0.0.0/24]}}
    folders: {root: 'D:\\mail\\new'}
service: {startup: delayed-automatic}
tls: {policy: tls12}
firewall: {manage: true}
"""


@pytest.fixture(scope="module")
def lab(lab):
    control.start(lab, "fresh")
    return lab


@pytest.fixture
def on_lab(target_of):
    return lambda name, site=SITE: target_of(name, site % name)


def run(target: Target, script: str) -> str:
    with connect(target.connection) as transport:
        result = transport.run(script, {}, 60)
    assert not result.stderr.strip(), result.stderr
    return result.stdout.strip()


def held(lab: Path, target: Target) -> dict[str, Any]:
    """Give what the host holds: the metabase by path, and what else is managed."""
    machine = control.show(lab, target.name)["state"]
    rest = {"services": machine["services"]["states"], "firewall": machine["firewall"], "starts": starts(machine)}
    return {**dict(flat(machine["metabase"]["root"], "")), **rest}


def flat(key: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    path = f"{above}/{key['name']}"
    yield path, [key["type"], *sorted(map(str, key.get("records", [])))]
    for child in key.get("children", []):
        yield from flat(child, path)


def starts(machine: dict[str, Any]) -> list[str]:
    """Give the start type; sc.exe leaves a zero for "not delayed" behind, which is as good as nothing."""
    return [part[:40] for part in str(machine["registry"]).split("SMTPSVC")[1:2] for part in part.split("'Start'")[1:]]


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {key: (one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def roll_back(target: Target, history: History, ledger: SecretLedger, **options):
    entries = history.entries(target.name)[-1:]
    return rollback_hosts([target], {target.name: entries}, connect, history=history, ledger=ledger, **options).hosts[0]


def test_a_rollback_brings_everything_back_and_can_be_rolled_back(on_lab, lab, history, ledger):
    target = on_lab("whole")
    run(target, BEFORE)
    old = held(lab, target)
    applied = apply_hosts([target], connect, history=history, ledger=ledger).hosts[0]
    assert applied.status is HostStatus.APPLIED
    new = held(lab, target)
    assert new != old
    back = roll_back(target, history, ledger)
    assert (back.status, back.not_restored, back.error) == (HostStatus.APPLIED, (), None)
    assert differences(old, held(lab, target)) == {}
    forth = roll_back(target, history, ledger)
    assert (forth.status, forth.error) == (HostStatus.APPLIED, None)
    again = plan_hosts([target], connect, ledger=ledger).hosts[0]
    assert [(result.change.setting, result.change.path) for result in again.changes] == []
    assert differences(new, held(lab, target)) == {}


def test_a_failure_undoes_everything_and_says_so(on_lab, lab, history, ledger):
    site = SITE.replace("D:\\mail", "D:\\blocked")
    target = on_lab("failing", site)
    run(target, BEFORE + "[IO.File]::WriteAllText('D:\\blocked', 'a file where a folder is wanted')")
    old = held(lab, target)
    failed = apply_hosts([target], connect, history=history, ledger=ledger).hosts[0]
    outcomes = {result.outcome for result in failed.changes}
    assert (failed.status, failed.rolled_back, failed.not_restored) == (HostStatus.FAILED, True, ())
    assert Outcome.FAILED in outcomes
    assert Outcome.APPLIED not in outcomes
    assert differences(old, held(lab, target)) == {}
    (entry,) = history.entries()
    assert (entry.status, entry.left_something) == ("failed", False)
    stopped = apply_hosts([target], connect, history=history, ledger=ledger, safety=Safety(OnFailure.STOP)).hosts[0]
    assert {result.outcome for result in stopped.changes} == {Outcome.FAILED, Outcome.SKIPPED}


def test_folders_go_and_come_over_several_ways_back(on_lab, lab, history, ledger):
    server = "{name: Moved, general: {bindings: ['127.0.0.1:2533']}FOLDERS}"
    site = f"version: 1\nhosts: {{%s: {{}}}}\nvirtual_servers: [{server}]\n"
    plain = on_lab("folders", site.replace("FOLDERS", ""))
    # Nothing has a folder above it, so that on the way back none shows again.
    assert apply_hosts([plain], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    old = held(lab, plain)
    target = on_lab("folders", site.replace("FOLDERS", ", folders: {root: 'D:\\tree\\moved'}"))
    assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    new = held(lab, target)
    is_there = "[IO.Directory]::Exists('D:\\tree')"
    for before, answer in ((old, "False"), (new, "True"), (old, "False"), (new, "True")):
        back = roll_back(target, history, ledger)
        assert (back.status, back.not_restored, back.error) == (HostStatus.APPLIED, (), None)
        assert differences(before, held(lab, target)) == {}
        assert run(target, is_there) == answer
    undoes = {"folders": history.entries("folders")[1:]}
    whole = rollback_hosts([target], undoes, connect, history=history, ledger=ledger).hosts[0]
    assert (whole.status, whole.error) == (HostStatus.APPLIED, None)
    assert (differences(old, held(lab, target)), run(target, is_there)) == ({}, "False")


def test_one_that_came_changed_its_state_and_went_leaves_nothing_to_undo(on_lab, lab, history, ledger):
    server = "{name: Passing, general: {bindings: ['127.0.0.1:2534']}STATE}"
    site = f"version: 1\nhosts: {{%s: {{}}}}\nvirtual_servers: [{server}]\n"
    old = held(lab, on_lab("passing", site.replace("STATE", "")))
    for state in ("", ", state: stopped", ", state: absent"):
        target = on_lab("passing", site.replace("STATE", state))
        done = apply_hosts([target], connect, history=history, ledger=ledger, allow=frozenset({"no-listener"})).hosts[0]
        assert done.status is HostStatus.APPLIED
    undoes = {"passing": history.entries("passing")}
    back = rollback_hosts([target], undoes, connect, history=history, ledger=ledger).hosts[0]
    assert (back.exit_code, back.error, back.not_restored) == (ExitCode.OK, None, ())
    assert differences(old, held(lab, target)) == {}


def test_several_applies_are_undone_together(on_lab, lab, history, ledger):
    target = on_lab("twice")
    run(target, BEFORE)
    old = held(lab, target)
    assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    second = on_lab("twice", SITE.replace("hop_count: 30", "hop_count: 44"))
    assert apply_hosts([second], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    undoes = {"twice": history.entries("twice")}
    back = rollback_hosts([second], undoes, connect, history=history, ledger=ledger).hosts[0]
    assert (back.status, back.error) == (HostStatus.APPLIED, None)
    assert differences(old, held(lab, target)) == {}


@pytest.mark.parametrize("at", [1, 12])
def test_a_rollback_that_a_restart_cuts_off_is_finished(on_lab, lab, history, ledger, at):
    target = on_lab("cut")
    if "Old relay" not in run(target, "([ADSI]'IIS://localhost/SmtpSvc').psbase.Children | % { $_.ServerComment }"):
        run(target, BEFORE)
    old = held(lab, target)
    assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    control.set_faults(lab, target.name, as_endpoint([Fault(Kind.RESTART, at=at)]))
    back = roll_back(target, history, ledger)
    control.set_faults(lab, target.name, {})
    assert (back.status, back.error) == (HostStatus.APPLIED, None)
    now = held(lab, target)
    assert differences(old, now).keys() <= {"services"}  # a restart of Windows starts others, too
    assert now["services"]["smtpsvc"] == old["services"]["smtpsvc"]


MADE = """
version: 1
hosts: {%s: {}}
virtual_servers: [{name: Made, general: {bindings: ['127.0.0.1:2525']}}]
"""
KEYS = """
foreach ($server in ([ADSI]'IIS://localhost/SmtpSvc').psbase.Children) {
    if ($server.psbase.SchemaClassName -eq 'IIsSmtpServer') {
        foreach ($key in $server.psbase.Children) { "$($server.psbase.Name)/$($key.psbase.Name)" }
        $server.psbase.Name
    }
}
"""


@pytest.mark.parametrize("at", range(1, 6))
def test_a_virtual_server_that_was_begun_is_finished_by_the_next_apply(on_lab, lab, history, ledger, at):
    control.reset(lab, "making", smtp=True)
    target = on_lab("making", MADE)
    control.set_faults(lab, "making", as_endpoint([Fault(Kind.RESTART, at=at)]))
    apply_hosts([target], connect, history=history, ledger=ledger, safety=Safety(OnFailure.STOP))
    assert [fault.fired for fault in points_of(control.faults(lab, "making"))] == [1]
    control.set_faults(lab, "making", {})
    assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    keys = set(run(target, KEYS).split())
    (number,) = {key.split("/")[0] for key in keys} - {"1"}
    assert {f"{number}/Domain", f"{number}/RoutingSources"} <= keys


@pytest.mark.parametrize("kind", [Kind.FAIL_WRITE, Kind.IGNORE_WRITE])
def test_a_virtual_server_without_its_name_is_not_set_up(on_lab, lab, history, ledger, kind):
    target = on_lab("nameless")
    if "Old relay" not in run(target, "([ADSI]'IIS://localhost/SmtpSvc').psbase.Children | % { $_.ServerComment }"):
        run(target, BEFORE)
    old = held(lab, target)
    assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    fault = Fault(kind, at=1, name="ServerComment")
    control.set_faults(lab, target.name, as_endpoint([fault]))
    back = roll_back(target, history, ledger)
    assert [found.fired for found in points_of(control.faults(lab, target.name))] == [1]
    control.set_faults(lab, target.name, {})
    assert (back.status, back.error) == (HostStatus.APPLIED, None)
    assert differences(old, held(lab, target)) == {}


def test_what_fails_once_while_an_apply_is_undone_is_tried_again(on_lab, lab, history, ledger):
    target = on_lab("again")
    run(target, BEFORE)
    old = held(lab, target)
    undoing = Fault(Kind.FAIL_WRITE, at=2, path="SmtpSvc/1", name="HopCount")
    faults = [Fault(Kind.FAIL_WRITE, path="SmtpSvc/1", name="MaxMessageSize"), undoing]
    control.set_faults(lab, target.name, as_endpoint(faults))
    failed = apply_hosts([target], connect, history=history, ledger=ledger).hosts[0]
    assert [fault.fired for fault in points_of(control.faults(lab, target.name))] == [1, 1]
    control.set_faults(lab, target.name, {})
    assert (failed.status, failed.not_restored) == (HostStatus.FAILED, ())
    assert differences(old, held(lab, target)) == {}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.FAIL_WRITE, path="SmtpSvc/1", name="HopCount"),
        Fault(Kind.IGNORE_WRITE, path="SmtpSvc/2", name="PickupDirectory"),
        Fault(Kind.FAIL_WRITE, at=12),
        Fault(Kind.STUCK_START, at=1),
    ],
    ids=["refused", "ignored", "in-the-middle", "does-not-start"],
)
def test_whatever_fails_the_old_state_comes_back(on_lab, lab, history, ledger, fault):
    target = on_lab("hurt")
    if "Old relay" not in run(target, "([ADSI]'IIS://localhost/SmtpSvc').psbase.Children | % { $_.ServerComment }"):
        run(target, BEFORE)
    old = held(lab, target)
    control.set_faults(lab, target.name, as_endpoint([fault]))
    failed = apply_hosts([target], connect, history=history, ledger=ledger).hosts[0]
    control.set_faults(lab, target.name, {})
    assert (failed.status, failed.not_restored) == (HostStatus.FAILED, ())
    assert {result.outcome for result in failed.changes} & {Outcome.FAILED, Outcome.NOT_VERIFIED}
    assert differences(old, held(lab, target)) == {}


def test_a_secret_that_was_overwritten_is_named(on_lab, history, ledger, monkeypatch):
    site = """
version: 1
hosts: {%s: {}}
virtual_servers:
  - name: Relay
    general: {bindings: ['127.0.0.1:2525']}
    delivery: {outbound_security: {method: basic, username: u, password: env:ROLLBACK_PASSWORD, tls: true}}
"""
    target = on_lab("secretive", site)
    for password in ("marker-one", "marker-two"):
        monkeypatch.setenv("ROLLBACK_PASSWORD", password)
        assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    assert "marker" not in "".join(path.read_text(encoding="utf-8") for path in history.folder.rglob("*.json"))
    back = roll_back(target, history, ledger)
    assert back.status is HostStatus.PARTIAL
    assert ["password" in name for name in back.not_restored] == [True]
    assert run(target, "([ADSI]'IIS://localhost/SmtpSvc/2').Get('RoutePassword')") == "marker-two"


def test_a_secret_that_was_cleared_is_named(on_lab, history, ledger, monkeypatch):
    monkeypatch.setenv("ROLLBACK_PASSWORD", "marker-one")
    site = """
version: 1
hosts: {%s: {}}
virtual_servers:
  - {name: Cleared, general: {bindings: ['127.0.0.1:2526']}, delivery: {outbound_security: {SECURITY}}}
"""
    secret = "method: basic, username: u, password: env:ROLLBACK_PASSWORD, tls: true"
    cleared = "method: anonymous, username: null, password: null"
    for security in (secret, cleared):
        target = on_lab("secretive", site.replace("SECURITY", security))
        assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    back = roll_back(target, history, ledger)
    lost = "virtual_servers[Cleared].delivery.outbound_security.password (the host does not give secrets back)"
    assert (back.status, back.not_restored) == (HostStatus.PARTIAL, (lost,))


RELAYS = """
version: 1
hosts: {%s: {}}
virtual_servers:
  - name: Relay
    state: started
    general: {bindings: ['127.0.0.1:2525']}
    delivery:
      hop_count: 20
      outbound_security: {method: basic, username: u, password: env:ROLLBACK_PASSWORD, tls: true}
  - name: Obsolete
    state: started
    general: {bindings: ['127.0.0.1:2526']}
    delivery: {outbound_security: {method: basic, username: o, password: env:ROLLBACK_PASSWORD, tls: true}}
"""
SECRETS = "2, 3 | % { ([ADSI]\"IIS://localhost/SmtpSvc/$_\").Get('RoutePassword') }"
RUNNING = "$it = [ADSI]'IIS://localhost/SmtpSvc/3'; $it.ServerState.Value; $it.ServerAutoStart.Value"


@pytest.mark.parametrize("mode", list(OnFailure))
def test_what_cannot_be_undone_is_done_last(on_lab, lab, history, monkeypatch, mode):
    ledger = SecretLedger(history.folder / "secrets.json")
    monkeypatch.setenv("ROLLBACK_PASSWORD", "marker-one")
    old = on_lab("late", RELAYS)
    assert apply_hosts([old], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    before = held(lab, old)
    monkeypatch.setenv("ROLLBACK_PASSWORD", "marker-two")
    site = RELAYS.replace("hop_count: 20", "hop_count: 30")
    new = on_lab("late", f"{site[: site.index('  - name: Obsolete')]}  - {{name: Obsolete, state: absent}}\n")
    control.set_faults(lab, "late", as_endpoint([Fault(Kind.FAIL_WRITE, name="HopCount")]))
    failed = apply_hosts([new], connect, history=history, ledger=ledger, safety=Safety(mode)).hosts[0]
    control.set_faults(lab, "late", {})
    assert failed.status is (HostStatus.PARTIAL if mode is OnFailure.CONTINUE else HostStatus.FAILED)
    if mode is not OnFailure.CONTINUE:
        assert run(new, SECRETS).split() == ["marker-one", "marker-one"]
        assert run(new, RUNNING).split() == ["2", "True"]
        assert differences(before, held(lab, old)) == {}


def test_an_installation_stays_and_is_named_when_the_rest_is_undone(on_lab, history, ledger):
    site = """
version: 1
hosts: {%s: {}}
virtual_servers: [{name: Relay, state: started, general: {bindings: ['127.0.0.1:2525']}}]
features: {install: true}
"""
    target = on_lab("fresh", site)
    assert apply_hosts([target], connect, history=history, ledger=ledger).hosts[0].status is HostStatus.APPLIED
    back = roll_back(target, history, ledger)
    assert (back.status, ["SMTP-Server" in name for name in back.not_restored]) == (HostStatus.PARTIAL, [True])
    assert run(target, "[ADSI]::Exists('IIS://localhost/SmtpSvc/2')").endswith("False")
