from dataclasses import dataclass
from textwrap import dedent

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine


@dataclass
class Ran:
    output: str
    errors: str
    exit_code: int

    @property
    def lines(self):
        return self.output.splitlines()


class Shell:
    """Runs scripts on one machine."""

    def __init__(self, version="2019", *, smtp=True):
        self.machine = Machine.create("crm01", version, smtp=smtp)

    def __call__(self, script):
        output, errors = [], []
        code = run_powershell(
            self.machine,
            ["-NoProfile", "-NonInteractive", "-Command", script],
            read_line=lambda: None,
            read_all=lambda: "",
            out=output.append,
            err=errors.append,
            environment=self.machine.environment,
            current_directory="C:\\",
        )
        joined = "".join(output).replace("\r\n", "\n").removesuffix("\n")
        return Ran(joined, "".join(errors).replace("\r\n", "\n"), code)


@pytest.fixture
def shell():
    return Shell()


@pytest.fixture
def shell_on():
    return Shell


@pytest.fixture
def machine(shell):
    return shell.machine


@pytest.fixture
def powershell(shell):
    """Give the function that runs a script on any machine and gives the lines it prints; errors are none of them."""

    def run(machine, script: str) -> list[str]:
        shell.machine = machine
        ran = shell(dedent(script))
        assert not ran.errors
        return ran.lines

    return run


@pytest.fixture
def run(machine, powershell):
    """Give the function that runs a script on the machine."""
    return lambda script: powershell(machine, script)
