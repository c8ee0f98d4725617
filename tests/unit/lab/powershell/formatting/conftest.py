import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine


@pytest.fixture(scope="session")
def machine():
    return Machine.create("SRV01", "2019")


@pytest.fixture
def console(machine):
    """Run a script and give what it prints, with plain line ends; anything on standard error fails the test."""

    def run(script, version="2019"):
        out, err = [], []
        host = machine if version == "2019" else Machine.create("SRV02", version)
        run_powershell(
            host,
            ["-NoProfile", "-NonInteractive", "-Command", script],
            read_line=lambda: None,
            read_all=lambda: "",
            out=out.append,
            err=err.append,
            environment={},
            current_directory="C:\\",
        )
        assert not err, "".join(err)
        text = "".join(out)
        assert text.count("\n") == text.count("\r\n")
        return text.replace("\r\n", "\n")

    return run
