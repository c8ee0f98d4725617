"""Runs every case of tests/cases/tls: a lab host with a real Postfix as its smart host, and the verdict on it.

A case is one file:

    description: what it shows
    windows: "2019"      # Windows version of the lab host
    listener: tls12      # which of the Postfix listeners is the smart host
    method: anonymous    # how the relay logs in
    tls: {policy: tls12} # the site's tls section
    run: PowerShell that somebody runs on the host after apply
    verdict: ready
    findings: [ok handshake]   # severity and code, each found at least once
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from iisrelay.engine import SecretLedger, apply_hosts
from iisrelay.lab import control
from iisrelay.site.loader import load_site
from iisrelay.site.targets import targets
from iisrelay.tls.host import Subject, check_hosts
from iisrelay.transport.connect import connect

FOLDER = Path(__file__).parents[2] / "cases" / "tls"
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Case:
    name: str
    description: str
    windows: str
    listener: str
    verdict: str
    findings: tuple[str, ...]
    method: str = "anonymous"
    tls: Mapping[str, object] = field(default_factory=dict)
    run: str = ""


def load(path):
    return Case(path.stem, **YAML(typ="safe").load(path.read_text(encoding="utf-8")))


CASES = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    control.start_many(folder, {case.name: case.windows for case in CASES}, smtp=True)
    yield folder
    control.stop(folder)


@pytest.fixture
def target(request, lab, running_postfix, tmp_path, monkeypatch):
    """Give the target of a case, applied."""
    monkeypatch.setenv("RELAY_PASSWORD", "Marker-5c1d77e0")
    case = request.param
    security = {"method": case.method, "tls": True}
    if case.method == "basic":
        security |= {"username": "relay", "password": "env:RELAY_PASSWORD"}
    port = running_postfix.ports[case.listener]
    server = {
        "name": "Relay",
        "state": "started",
        "general": {"bindings": ["127.0.0.1:2525"]},
        "delivery": {"smart_host": "127.0.0.1", "outbound_port": port, "outbound_security": security},
        "esmtp": {"outbound": "full"},
    }
    service = {"startup": "automatic", "state": "running"}
    site = {"version": 1, "hosts": {case.name: {}}, "service": service, "virtual_servers": [server]}
    path = tmp_path / "site.yaml"
    YAML().dump(site | ({"tls": case.tls} if case.tls else {}), path)
    (loaded,) = targets(load_site(path))
    loaded = replace(loaded, connection=control.connection(lab, case.name))
    report = apply_hosts([loaded], connect, ledger=SecretLedger(tmp_path / "secrets.json"))
    assert report.hosts[0].status in ("applied", "reboot_required"), report
    return loaded


@pytest.mark.parametrize(
    ("case", "target"), [(case, case) for case in CASES], ids=lambda c: c.name, indirect=["target"]
)
def test_case(case, target, lab):
    if case.run:
        ran = control.execute(lab, case.name, case.run)
        assert (ran.stdout.strip(), ran.stderr.strip()) == ("", "")
    if "Restart-Computer" in case.run:
        wait_for(lab, case.name)
    (check,) = check_hosts([Subject(case.name, target.connection, target)], connect)
    assert check.error is None, f"{check.error} {check.error.__cause__!r}"
    found = {f"{finding.severity.value} {finding.code}" for finding in check.findings}
    assert not set(case.findings) - found, check.findings
    assert check.verdict == case.verdict, [f for f in check.findings if f.severity in ("problem", "unknown")]
    assert all(finding.fix for finding in check.findings if finding.severity in ("problem", "warning"))


def wait_for(lab, name):
    """Wait until a host that restarts is there again."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if control.execute(lab, name, "(Get-Service SMTPSVC).Status").stdout.strip() == "Running":
                return
        except Exception:  # noqa: BLE001, S110 - whatever a host says that is starting
            pass
        time.sleep(0.2)
    raise AssertionError(f"{name} does not come back")
