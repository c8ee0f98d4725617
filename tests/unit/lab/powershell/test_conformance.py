"""Every recorded case of the language gives the same output and exit code as the real engine."""

import json
from pathlib import Path

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

CASES = Path(__file__).parents[4] / "tests" / "cases" / "powershell" / "visible.jsonl"
FOLDER = "C:\\Users\\Administrator\\Documents"


def load_cases():
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.fixture(scope="module")
def machine():
    made = Machine.create("LAB01", "2019")
    made.files.make_directory(FOLDER)
    return made


def run_case(machine, script):
    path = f"{FOLDER}\\case.ps1"
    machine.files.write_text(path, script, "utf-8-sig")
    output = []
    code = run_powershell(
        machine,
        ["-NoProfile", "-NonInteractive", "-File", path],
        read_line=lambda: None,
        read_all=lambda: "",
        out=output.append,
        err=lambda _text: None,
        environment=machine.environment,
        current_directory=FOLDER,
    )
    return "".join(output).replace("\r\n", "\n").rstrip("\n"), code


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case["id"])
def test_case(machine, case):
    output, code = run_case(machine, case["script"])
    assert output == case["stdout"].replace("\r\n", "\n").rstrip("\n")
    assert code == case["exit"]
