"""The lab server of the WinRM tests, and connections to it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "wsman"))

from serving import PASSWORD, serving

from iisrelay.secret import Secret
from iisrelay.site.target import Connection


@pytest.fixture
def running(tmp_path):
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def connection(running, monkeypatch):
    """Make a connection to the running host: NTLM over HTTP unless told otherwise."""
    monkeypatch.setenv("LAB_PASSWORD", PASSWORD)

    def make(**changes):
        https = changes.get("https", False)
        values = {
            "kind": "winrm",
            "address": "127.0.0.1",
            "port": running.listener.https_port if https else running.listener.http_port,
            "https": https,
            "auth": "ntlm",
            "username": "Administrator",
            "password": Secret("env:LAB_PASSWORD"),
            "ca_file": str(running.folder / "certificate.pem") if https else None,
        }
        return Connection(**(values | changes))

    return make
