"""What a command found and did: one report a run, one host report a host. Status is derived, never stored."""

from dataclasses import dataclass

from iisrelay.errors import IisRelayError
from iisrelay.plan.change import Change
from iisrelay.status import ExitCode, HostStatus, Outcome


@dataclass(frozen=True)
class ChangeResult:
    """A change and what became of it; ``message`` explains a failure (with its HRESULT) in one sentence."""

    change: Change
    outcome: Outcome = Outcome.PENDING
    message: str = ""


@dataclass(frozen=True)
class HostReport:
    """The result for one host. ``error`` is set when the host could not be dealt with at all."""

    host: str
    command: str
    changes: tuple[ChangeResult, ...] = ()
    warnings: tuple[str, ...] = ()
    error: IisRelayError | None = None
    reboot_required: bool = False
    saved_to_disk: bool | None = None
    checksum: str = ""

    @property
    def status(self) -> HostStatus:
        """Derive the one-word status."""
        raise NotImplementedError

    @property
    def exit_code(self) -> ExitCode:
        """Derive the exit code that this host alone would give."""
        raise NotImplementedError


@dataclass(frozen=True)
class Report:
    """The result of a run over hosts, in the order of the site file."""

    command: str
    hosts: tuple[HostReport, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Fold the hosts' codes: one distinct failure code stays itself, a mixture of failure and success is PARTIAL."""
        raise NotImplementedError
