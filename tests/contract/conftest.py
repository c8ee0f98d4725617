"""The host under contract: a lab host, or with IISRELAY_CONTRACT_HOST=local the Windows Server the tests run on."""

import os
from dataclasses import replace

import pytest

from iisrelay.engine import SecretLedger, apply_hosts, plan_hosts
from iisrelay.lab import control
from iisrelay.site.loader import load_site
from iisrelay.site.target import Connection
from iisrelay.site.targets import targets
from iisrelay.transport.connect import connect


class Host:
    """Applies site files to the host, and runs other people's PowerShell on it."""

    def __init__(self, connection, folder):
        self.connection = connection
        self.folder = folder
        self.ledger = SecretLedger(folder / "secrets.json")

    def target(self, servers):
        path = self.folder / "site.yaml"
        path.write_text("version: 1\nhosts: {contract: {}}\n" + servers, encoding="utf-8")
        return replace(targets(load_site(path))[0], connection=self.connection)

    def plan(self, servers):
        return plan_hosts([self.target(servers)], connect, ledger=self.ledger).hosts[0]

    def apply(self, servers, *allow):
        allowed = frozenset(allow)
        return apply_hosts([self.target(servers)], connect, ledger=self.ledger, allow=allowed).hosts[0]

    def powershell(self, script):
        with connect(self.connection) as transport:
            result = transport.run(script, {}, 120.0)
        assert result.exit_code == 0, result.stderr
        return result.stdout.split()


@pytest.fixture
def host(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRACT_PASSWORD", "p'\u2019\"$(1)`x")
    if os.environ.get("IISRELAY_CONTRACT_HOST") == "local":
        yield Host(Connection(kind="local", address="localhost"), tmp_path)
        return
    control.start(tmp_path / "lab", "contract", windows="2022", smtp=True)
    yield Host(control.connection(tmp_path / "lab", "contract"), tmp_path)
    control.stop(tmp_path / "lab")
