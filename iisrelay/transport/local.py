"""PowerShell on this machine, with the same bootstrap as over WinRM."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import PureWindowsPath
from types import TracebackType
from typing import Self

from iisrelay.errors import BrokenAnswerError, DeadlineError, UnsupportedHostError
from iisrelay.transport import bootstrap
from iisrelay.transport.base import Inputs, ScriptResult, resolved
from iisrelay.transport.clixml import readable


class LocalTransport:
    """Runs scripts with powershell.exe of this Windows."""

    def __init__(self, executable: str | None = None) -> None:
        self._executable = executable or powershell_path(os.environ, is_32_bit=sys.maxsize < 2**32)

    def __repr__(self) -> str:
        return f"LocalTransport({self._executable!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def run(self, script: str, inputs: Inputs, timeout_s: float) -> ScriptResult:
        """Run a script; it is ended when it takes longer than the time."""
        data = bootstrap.payload(script, resolved(inputs))
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program by its full path; the script is data
                [self._executable, *bootstrap.arguments()],
                input=data,
                capture_output=True,
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DeadlineError(
                f"PowerShell on this machine did not finish within {timeout_s:g} seconds.",
                "Raise the timeout of the connection, or look at what the machine is busy with.",
            ) from None
        except OSError as error:
            raise UnsupportedHostError(
                f"PowerShell cannot be started on this machine: {error.strerror}.",
                f"Check that {self._executable} exists and may be run.",
            ) from error
        return ScriptResult(_decoded(done.stdout), readable(done.stderr.decode("utf-8", "replace")), done.returncode)

    def close(self) -> None:
        """Do nothing: every script has a process of its own."""


def powershell_path(environment: Mapping[str, str], *, is_32_bit: bool) -> str:
    """Find the 64-bit powershell.exe by its full path, so that no other program of that name is taken.

    Raises:
        UnsupportedHostError: this machine is not Windows.
    """
    root = environment.get("SystemRoot")
    if not root:
        raise UnsupportedHostError(
            "The connection is local, but this machine is not Windows.",
            "Use `connection: winrm`, or run iisrelay on the Windows server itself.",
        )
    # A 32-bit process sees SysWOW64 under the name System32; Sysnative is its way to the real one.
    system = "Sysnative" if is_32_bit and "PROCESSOR_ARCHITEW6432" in environment else "System32"
    return str(PureWindowsPath(root, system, "WindowsPowerShell", "v1.0", "powershell.exe"))


def _decoded(data: bytes) -> str:
    # PowerShell prints in the console's code page; iisrelay's scripts print ASCII, which all of them share.
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(f"cp{_console_code_page()}")
    except (LookupError, UnicodeDecodeError) as error:
        raise BrokenAnswerError(
            "PowerShell on this machine printed text in an unknown code page.", "Run `chcp 65001` before iisrelay."
        ) from error


def _console_code_page() -> int:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only Windows has the call

        return int(ctypes.windll.kernel32.GetConsoleOutputCP()) or 65001
    return 65001
