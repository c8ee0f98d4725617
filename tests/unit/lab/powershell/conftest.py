"""Runs expressions of the language and gives what they print."""

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

FOLDER = "C:\\Work"


def run_lines(machine, script):
    path = f"{FOLDER}\\case.ps1"
    machine.files.write_text(path, script, "utf-8-sig")
    output = []
    run_powershell(
        machine,
        ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", path],
        read_line=lambda: None,
        read_all=lambda: "",
        out=output.append,
        err=lambda _text: None,
        environment=dict(machine.environment),
        current_directory=FOLDER,
    )
    text = "".join(output).replace("\r\n", "\n").removesuffix("\n")
    return text.split("\n") if text else []


@pytest.fixture(scope="module")
def lines():
    """Give a function that runs a script and lists the lines it printed."""
    machine = Machine.create("LAB01", "2019")
    machine.files.make_directory(FOLDER)
    return lambda script: run_lines(machine, script)


@pytest.fixture(scope="module")
def message(lines):
    """Give a function that runs a failing script and gives the exception's message on one line."""
    return lambda script: "\n".join(lines(f"try {{ {script} }} catch {{ $_.Exception.Message }}"))
