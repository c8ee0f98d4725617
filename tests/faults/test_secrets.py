"""Passwords are nowhere but in the metabase: not in events of Windows, command lines, environments, files, outputs."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fault_site import HOST, NEW_SECRET, SECRETS, write_sites
from fault_sweep import leaks

from iisrelay.lab import control
from iisrelay.lab.endpoint import Endpoint, host_folder

LAB = Path(".iisrelay/lab")
POLICY = r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ModuleLogging"
LOG_ALL = f"New-Item {POLICY} -Force | Set-ItemProperty -Name EnableModuleLogging -Value 1"
PROCESSES = Path("/proc")
pytestmark = pytest.mark.skipif(not PROCESSES.is_dir(), reason="looks at processes as Linux shows them")


@pytest.fixture
def sites(tmp_path, monkeypatch):
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    yield write_sites(work, tmp_path / "secrets")
    control.stop(LAB)


class ProcessWatch:
    """Looks again and again at the command lines and environments of processes whose numbers it is given."""

    def __init__(self):
        self.pids = set()
        self.seen = []
        self.looks = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._thread.join()

    def _run(self):
        while not self._closing.is_set():
            for pid in list(self.pids):
                self._look(pid)
            time.sleep(0.02)

    def _look(self, pid):
        for name in ("cmdline", "environ"):
            try:
                data = (PROCESSES / str(pid) / name).read_bytes()
            except OSError:
                continue  # it has just ended
            self.looks += 1
            self.seen += [f"{secret} in {name}" for secret in SECRETS if secret.encode() in data]


def iisrelay(watch, *arguments):
    words = [sys.executable, "-m", "iisrelay", *arguments]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        watch.pids.add(process.pid)
        out, err = process.communicate()
    return process.returncode, out + err


def test_passwords_are_nowhere(sites):
    old, new = sites
    control.start(LAB, HOST, smtp=True)
    control.execute(LAB, HOST, LOG_ALL)
    texts = []
    with ProcessWatch() as watch:
        watch.pids.add(Endpoint.load(host_folder(LAB, HOST)).pid)
        for words in (
            ("apply", old, "--yes"), ("plan", new, "--out", "plan.json"), ("plan", new, "-o", "json"),
            ("apply", "plan.json"), ("verify", new), ("apply", old, "--yes", "-o", "json"), ("render", new),
        ):  # fmt: skip
            lab = () if words[0] == "render" else ("--lab",)
            code, text = iisrelay(watch, *map(str, words), *lab)
            assert code == 0, text
            texts.append(text)
            assert list(leaks([text])) == []
    identifiers = {record["event_id"] for record in control.events(LAB, HOST)}
    assert {400, 4103, 4104, 4688} <= identifiers
    assert watch.looks > 20
    assert watch.seen == []


@pytest.mark.usefixtures("sites")
def test_the_lab_does_not_inherit_the_environment_of_who_starts_it(monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", NEW_SECRET)
    control.start(LAB, HOST)
    pid = Endpoint.load(host_folder(LAB, HOST)).pid
    assert pid != os.getpid()
    assert NEW_SECRET.encode() not in (PROCESSES / str(pid) / "environ").read_bytes()


@pytest.mark.usefixtures("sites")
def test_the_search_for_leaks_finds_what_it_should():
    assert list(leaks(["nothing"])) == []
    Path("log").write_text(f"password={NEW_SECRET}", encoding="utf-16-le")
    assert len(list(leaks([f"x {SECRETS[0]}"]))) == 2
