from textwrap import dedent

import pytest


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
