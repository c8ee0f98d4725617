"""Every exception that iisrelay raises on purpose.

IisRelayError (1)
├── SiteFileError (3)          the site file, with every problem in it
├── SecretError (3)            a secret reference that does not resolve
├── UsageError (64)            a command line that makes no sense
├── TransportError (4)         the host cannot be talked to
│   ├── UnreachableError       name, route, port
│   ├── TlsError               certificate or handshake
│   ├── LoginError             user, password, authentication method, rights to open a shell
│   ├── QuotaError             WinRM shells, processes, envelope size
│   ├── DeadlineError          no answer in time
│   ├── BrokenAnswerError      half an answer, or one that is not ours
│   └── LostHostError          gone while changes were being made, and not back
├── UnsupportedHostError (6)   feature removed, not an administrator, 32-bit, no Windows
├── RefusedError (7)           a guard, a stale plan, no confirmation possible
└── ScriptError (1)            the script itself failed on the host

Each class names its exit code. ``message`` is one sentence (what and where); ``hint`` is the next step.
"""

from dataclasses import dataclass
from pathlib import Path

from iisrelay.status import ExitCode


class IisRelayError(Exception):
    """Base class: one sentence that says what is wrong, and a hint that says what to do next."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a site file."""

    file: str
    line: int
    key_path: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.key_path}: {self.message}"


class SiteFileError(IisRelayError):
    """The site file has problems; all of them are in ``problems``."""

    exit_code = ExitCode.INVALID_SITE

    def __init__(self, problems: tuple[Problem, ...], hint: str = "") -> None:
        super().__init__("\n".join(str(problem) for problem in problems), hint)
        self.problems = problems


class SecretError(IisRelayError):
    """A secret reference does not resolve; never carries the value."""

    exit_code = ExitCode.INVALID_SITE


class UsageError(IisRelayError):
    """The command line asks for something that cannot be meant."""

    exit_code = ExitCode.USAGE


class TransportError(IisRelayError):
    """The host cannot be talked to."""

    exit_code = ExitCode.UNREACHABLE


class UnreachableError(TransportError):
    """Name, route or port: no connection comes about."""


class TlsError(TransportError):
    """The TLS handshake or the certificate check failed."""


class LoginError(TransportError):
    """The host refuses the user, the password, the method, or the right to open a shell."""


class QuotaError(TransportError):
    """A WinRM quota (shells, processes, envelope size) is used up."""


class DeadlineError(TransportError):
    """The host did not answer within the deadline."""


class BrokenAnswerError(TransportError):
    """The answer is cut off, or is not an answer of our script."""


class LostHostError(TransportError):
    """The host was lost while changes were being made: nobody knows yet which of them it holds."""


class UnsupportedHostError(IisRelayError):
    """The host cannot be managed: feature removed, no administrator, 32-bit, not Windows."""

    exit_code = ExitCode.UNSUPPORTED


class RefusedError(IisRelayError):
    """A guard, a stale plan, or a confirmation that nobody can give."""

    exit_code = ExitCode.REFUSED


class ScriptError(IisRelayError):
    """The script ended with an error of its own on the host."""


def defect_on_host(error: Exception) -> IisRelayError:
    """Give our exception for one that nobody foresaw: its kind and place, not its words, which may repeat a secret."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {Path(place.tb_frame.f_code.co_filename).name}, line {place.tb_lineno}" if place else ""
    defect = IisRelayError(
        f"iisrelay itself failed on this host ({type(error).__name__}{where})",
        hint="this is a defect of the program: report this line",
    )
    defect.__cause__ = error
    return defect


def of_system(error: OSError) -> IisRelayError:
    """Say what this machine refuses: a file that cannot be read or written, an output without room."""
    place = error.filename or "the output"
    return IisRelayError(
        f"{place}: {error.strerror or type(error).__name__}",
        hint="look at its rights, its folder and the room on the disk; what was applied to hosts stays applied",
    )
