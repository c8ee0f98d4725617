"""Runs every case of tests/cases/apply through everything: plan, script, lab over WinRM, and all of it once more.

A case is one file:

    description: what it shows
    windows: "2019"            # Windows version of the lab host
    smtp: true                 # whether the feature is installed before
    environment: {NAME: value} # where secrets come from
    before: PowerShell that somebody ran on the host earlier
    site: the site file without version and hosts
    allow: [open-relay]
    changes: every planned change, as "action setting"
    status: applied            # what apply comes to (default)
    host:                      # PowerShell of other people, and what it prints afterwards
      - {run: "...", prints: "..."}
    standalone: false          # where the self-contained script cannot be compared, with the reason in a comment
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from iisrelay.engine import History, SecretLedger, apply_hosts, plan_hosts, rollback_hosts, verify_hosts
from iisrelay.lab import control
from iisrelay.lab.powershell.parser import parse
from iisrelay.plan.guard import GUARDS
from iisrelay.results import Report
from iisrelay.script import apply_script, render_standalone
from iisrelay.script.literal import write
from iisrelay.site.loader import load_site
from iisrelay.site.target import Target
from iisrelay.site.targets import targets
from iisrelay.status import ExitCode, Outcome
from iisrelay.transport.connect import connect

FOLDER = Path(__file__).parent / "cases" / "apply"
TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Case:
    name: str
    site: Any
    description: str
    windows: str = "2019"
    smtp: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    allow: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    status: str = "applied"
    host: tuple[Mapping[str, str], ...] = ()
    standalone: bool = True


def load(path: Path) -> Case:
    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return Case(path.stem, **document)


CASES = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Path]:
    """Start a lab host for every case, another one for its self-contained script, and one for the way back."""
    folder = tmp_path_factory.mktemp("lab")
    for smtp in (True, False):
        hosts = {f"{case.name}-{way}": case.windows for case in CASES for way in ("a", "b", "c") if case.smtp is smtp}
        if hosts:
            control.start_many(folder, hosts, smtp=smtp)
    yield folder
    control.stop(folder)


def target_of(case: Case, lab: Path, way: str, tmp_path: Path) -> Target:
    name = f"{case.name}-{way}"
    path = tmp_path / f"{name}.yaml"
    YAML().dump({"version": 1, "hosts": {name: {}}, **case.site}, path)
    (target,) = targets(load_site(path))
    return replace(target, connection=control.connection(lab, name))


def run(target: Target, script: str) -> tuple[str, int]:
    with connect(target.connection) as transport:
        result = transport.run(script, {}, TIMEOUT_S)
    assert not result.stderr.strip(), result.stderr
    return result.stdout.replace("\r\n", "\n").strip(), result.exit_code


def changes_of(report: Report) -> list[str]:
    assert report.hosts[0].error is None, report.hosts[0].error
    return [f"{result.change.action} {result.change.setting}" for result in report.hosts[0].changes]


def failures_of(report: Report) -> list[str]:
    (host,) = report.hosts
    if host.error is not None:
        return [f"{host.error.message} / {host.error.__cause__!r}"]
    done = (Outcome.APPLIED, Outcome.UNCHANGED)
    return [
        f"{result.change.setting} {result.change.path} {result.change.name}: {result.outcome} {result.message}"
        for result in host.changes
        if result.outcome not in done
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_apply(case, lab, tmp_path, monkeypatch):
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    target = target_of(case, lab, "a", tmp_path)
    if case.before:
        run(target, case.before)
    ledger = SecretLedger(tmp_path / "secrets.json")
    planned = plan_hosts([target], connect, ledger=ledger)
    assert changes_of(planned) == list(case.changes)
    parse(apply_script(planned.hosts[0].plan).text, "2.0")

    applied = apply_hosts([target], connect, ledger=ledger, allow=frozenset(case.allow), history=History(tmp_path))
    assert failures_of(applied) == []
    assert applied.status == case.status
    again = plan_hosts([target], connect, ledger=ledger)
    assert changes_of(again) == []
    assert verify_hosts([target], connect, ledger=ledger).exit_code is ExitCode.OK
    for check in case.host:
        assert run(target, check["run"]) == (check["prints"].strip(), 0), check["run"]
    for path in tmp_path.rglob("*.json"):
        kept = path.read_text(encoding="utf-8")
        assert not [value for value in case.environment.values() if value in kept], f"a secret is in {path.name}"


@pytest.mark.parametrize("case", [case for case in CASES if case.standalone], ids=lambda case: case.name)
def test_standalone(case, lab, tmp_path, monkeypatch):
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    target = target_of(case, lab, "b", tmp_path)
    if case.before:
        run(target, case.before)
    script = render_standalone(target, allow=frozenset(case.allow))
    parse(script, "2.0")
    given = "".join(f"$env:{name} = {write(value)}\n" for name, value in case.environment.items())

    first, code = run(target, given + script)
    assert code == 0, first
    summary = json.loads(first.splitlines()[-1])
    assert summary["status"] in ("applied", "in_sync")
    assert [change for change in summary["changes"] if change["outcome"] != "applied"] == []

    second, code = run(target, given + script)
    assert code == 0, second
    assert json.loads(second.splitlines()[-1])["changes"] == []
    ledger = SecretLedger(tmp_path / "secrets.json")
    drift = verify_hosts([target], connect, ledger=ledger)
    assert changes_of(drift) == []
    for check in case.host:
        assert run(target, check["run"]) == (check["prints"].strip(), 0), check["run"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rollback(case, lab, tmp_path, monkeypatch):
    """After the way back the same plan is made again; where the feature came with it, the host has it still."""
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    target = target_of(case, lab, "c", tmp_path)
    if case.before:
        run(target, case.before)
    ledger, history = SecretLedger(tmp_path / "secrets.json"), History(tmp_path / "history")
    apply_hosts([target], connect, ledger=ledger, allow=frozenset(case.allow), history=history)
    undoes = {target.name: history.entries(target.name)}
    back = rollback_hosts([target], undoes, connect, ledger=ledger, history=history, allow=frozenset(GUARDS))
    assert failures_of(back) == []
    again = [
        f"{result.change.action} {result.change.setting}" for result in plan_hosts([target], connect).hosts[0].changes
    ]
    if case.smtp:
        assert (again, back.hosts[0].not_restored) == (list(case.changes), ())
    else:
        assert {change.split(".")[0] for change in again} >= {
            change for change in case.changes if change.startswith("create virtual_servers[") and change.endswith("]")
        }
