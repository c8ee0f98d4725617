from collections.abc import Callable
from textwrap import dedent

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows import adsi, wmi
from iisrelay.lab.windows.machine import Machine

REGISTERED = (adsi, wmi)


@pytest.fixture
def machine() -> Machine:
    return Machine.create("crm01", "2019", smtp=True)


@pytest.fixture
def powershell() -> Callable[[Machine, str], list[str]]:
    """Give the function that runs a script on a machine and gives the lines it prints."""

    def run(machine: Machine, script: str) -> list[str]:
        out: list[str] = []
        err: list[str] = []
        run_powershell(
            machine,
            ["-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-Command", dedent(script)],
            read_line=lambda: None,
            read_all=lambda: "",
            out=out.append,
            err=err.append,
            environment=dict(machine.environment),
            current_directory="C:\\",
        )
        assert not err, "".join(err)
        return "".join(out).splitlines()

    return run


@pytest.fixture
def run(machine, powershell) -> Callable[[str], list[str]]:
    """Give the function that runs a script on the machine."""
    return lambda script: powershell(machine, script)
