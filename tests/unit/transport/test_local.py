"""The local transport; a small program stands where powershell.exe is on Windows, started and spoken to for real."""

import sys

import pytest

from iisrelay.errors import BrokenAnswerError, DeadlineError, UnsupportedHostError
from iisrelay.site.target import Connection
from iisrelay.transport.connect import connect
from iisrelay.transport.local import LocalTransport, powershell_path


def test_a_machine_that_is_not_windows_says_so(monkeypatch):
    monkeypatch.delenv("SystemRoot", raising=False)
    with pytest.raises(UnsupportedHostError, match="not Windows") as caught:
        connect(Connection(kind="local", address="here"))
    assert "winrm" in caught.value.hint


@pytest.mark.parametrize(
    ("environment", "is_32_bit", "folder"),
    [
        ({"SystemRoot": r"C:\Windows"}, False, "System32"),
        ({"SystemRoot": r"C:\Windows", "PROCESSOR_ARCHITEW6432": "AMD64"}, True, "Sysnative"),
        ({"SystemRoot": r"C:\Windows"}, True, "System32"),  # 32-bit Windows
    ],
)
def test_powershell_is_found_by_its_full_path(environment, is_32_bit, folder):
    expected = rf"C:\Windows\{folder}\WindowsPowerShell\v1.0\powershell.exe"
    assert powershell_path(environment, is_32_bit=is_32_bit) == expected


@pytest.fixture
def program(tmp_path):
    """Make a program from Python code."""

    def make(code):
        path = tmp_path / "program"
        path.write_text(f"#!{sys.executable}\nimport sys, time\n{code}\n")
        path.chmod(0o700)
        return LocalTransport(str(path))

    return make


def test_what_the_program_prints_comes_back(program):
    transport = program(
        "data = sys.stdin.read().splitlines()\n"
        "print(len(data), data[2], sys.argv[1:3])\n"
        "sys.stderr.write('#< CLIXML\\n')\nsys.exit(3)"
    )
    with transport:
        result = transport.run("'x'", {"a": "b"}, 20)
    assert result.stdout == "3 IISRELAY-END ['-NoLogo', '-NoProfile']\n"
    assert (result.stderr, result.exit_code) == ("", 3)


def test_a_program_that_takes_too_long_is_ended(program):
    with pytest.raises(DeadlineError, match=r"within 0\.2 seconds"):
        program("time.sleep(600)").run("'x'", {}, 0.2)


def test_text_in_another_code_page(program):
    with pytest.raises(BrokenAnswerError, match="code page"):
        program(r"sys.stdout.buffer.write(b'\x81\xff')").run("'x'", {}, 20)


def test_a_program_that_is_not_there(tmp_path):
    with pytest.raises(UnsupportedHostError, match="cannot be started"):
        LocalTransport(str(tmp_path / "nothing")).run("'x'", {}, 20)
