"""Every recorded case of the language gives the same output and exit code as the real engine."""

import json
from pathlib import Path

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

CASES = Path(__file__).parents[4] / "tests" / "cases" / "powershell" / "visible.jsonl"
FOLDER = "C:\\Users\\Administrator\\Documents"


OLDEST, NEWEST = "2008r2", "2019"


def load_cases():
    """Give every case on a new Windows, and those that need nothing newer than 2.0 on the oldest one as well."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip()]
    old = [case for case in cases if case["min"] == "2.0"]
    return [pytest.param(windows, case, id=f"{case['id']}-{windows}") for windows, listed in
            ((NEWEST, cases), (OLDEST, old)) for case in listed]  # fmt: skip


@pytest.fixture(scope="module")
def machines():
    made = {windows: Machine.create("LAB01", windows) for windows in (OLDEST, NEWEST)}
    for machine in made.values():
        machine.files.make_directory(FOLDER)
    return made


def run_case(machine, script):
    path = f"{FOLDER}\\case.ps1"
    machine.files.write_text(path, script, "utf-8-sig")
    output = []
    code = run_powershell(
        machine,
        ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", path],
        read_line=lambda: None,
        read_all=lambda: "",
        out=output.append,
        err=lambda _text: None,
        environment=machine.environment,
        current_directory=FOLDER,
    )
    return "".join(output).replace("\r\n", "\n").rstrip("\n"), code


@pytest.mark.parametrize(("windows", "case"), load_cases())
def test_case(machines, windows, case):
    output, code = run_case(machines[windows], case["script"])
    assert output == case["stdout"].replace("\r\n", "\n").rstrip("\n")
    assert code == case["exit"]
