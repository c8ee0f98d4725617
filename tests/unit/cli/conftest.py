"""The command line run in a folder of its own, with its lab."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from iisrelay.cli.app import run
from iisrelay.lab import control

SITE = """\
version: 1
hosts: {relay01: {}}
virtual_servers:
  - name: Scanners
    state: started
    general: {bindings: ['127.0.0.1:2526']}
    access: {relay: {allow: only_listed, addresses: [127.0.0.1]}}
    delivery:
      smart_host: smtp.example.com
      outbound_port: 587
      outbound_security: {method: basic, username: scanner, password: env:SCANNER_PASSWORD, tls: true}
      hop_count: 20
features: {install: true}
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Ran:
        self.capture.readouterr()
        code = run(list(arguments))
        captured = self.capture.readouterr()
        return Ran(int(code), captured.out, captured.err)


@pytest.fixture
def iisrelay(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCANNER_PASSWORD", "Marker-9f2c41aa")
    Path("site.yaml").write_text(SITE, encoding="utf-8")
    yield CommandLine(capsys)
    control.stop(Path(".iisrelay/lab"))
