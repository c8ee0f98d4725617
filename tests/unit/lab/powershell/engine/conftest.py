"""Runs scripts on a fresh machine."""

from dataclasses import dataclass

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

FOLDER = "C:\\Work"


@dataclass
class Outcome:
    """What a run of powershell.exe gave."""

    output: str
    errors: str
    code: int

    @property
    def lines(self):
        return self.output.replace("\r\n", "\n").removesuffix("\n").split("\n") if self.output else []


class Runner:
    """Runs powershell.exe on one machine."""

    def __init__(self, windows="2019"):
        self.machine = Machine.create("LAB01", windows)
        self.machine.files.make_directory(FOLDER)
        self.input = ""

    def __call__(self, script, *words):
        """Run a script file, as -File does."""
        path = f"{FOLDER}\\case.ps1"
        self.machine.files.write_text(path, script, "utf-8-sig")
        return self.host("-NoProfile", "-ExecutionPolicy", "Bypass", "-File", path, *words)

    def host(self, *words):
        """Run powershell.exe with a command line."""
        output, errors = [], []
        lines = iter(self.input.splitlines())
        code = run_powershell(
            self.machine,
            words,
            read_line=lambda: next(lines, None),
            read_all=lambda: "\n".join(lines),
            out=output.append,
            err=errors.append,
            environment=self.machine.environment,
            current_directory=FOLDER,
        )
        return Outcome("".join(output), "".join(errors), code)


@pytest.fixture
def run():
    return Runner()


@pytest.fixture
def run_old():
    """A server of 2008 R2, with version 2.0 of the language."""
    return Runner("2008r2")
