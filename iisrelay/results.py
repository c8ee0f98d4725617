"""What a command found and did: one report a run, one host report a host. Status is derived, never stored."""

from dataclasses import dataclass

from iisrelay.errors import IisRelayError, RefusedError, TransportError, UnsupportedHostError
from iisrelay.plan.change import Change
from iisrelay.plan.model import Plan
from iisrelay.status import ExitCode, HostStatus, Outcome

DONE = frozenset({Outcome.APPLIED, Outcome.UNCHANGED})
CHANGING = frozenset({"apply", "rollback"})
FAILURES = frozenset(
    {
        HostStatus.PARTIAL,
        HostStatus.FAILED,
        HostStatus.UNREACHABLE,
        HostStatus.UNSUPPORTED,
        HostStatus.REFUSED,
    }
)
EXIT_CODES = {
    HostStatus.IN_SYNC: ExitCode.OK,
    HostStatus.CHANGES: ExitCode.OK,
    HostStatus.APPLIED: ExitCode.OK,
    HostStatus.DRIFT: ExitCode.DRIFT,
    HostStatus.PARTIAL: ExitCode.PARTIAL,
    HostStatus.FAILED: ExitCode.FAILED,
    HostStatus.UNREACHABLE: ExitCode.UNREACHABLE,
    HostStatus.UNSUPPORTED: ExitCode.UNSUPPORTED,
    HostStatus.REFUSED: ExitCode.REFUSED,
    HostStatus.REBOOT_REQUIRED: ExitCode.REBOOT_REQUIRED,
}
# Where no host failed, the first of these that any host has is the status of the run.
PRECEDENCE = (HostStatus.REBOOT_REQUIRED, HostStatus.DRIFT, HostStatus.CHANGES, HostStatus.APPLIED, HostStatus.IN_SYNC)


@dataclass(frozen=True)
class ChangeResult:
    """A change and what became of it; ``message`` explains a failure (with its HRESULT) in one sentence."""

    change: Change
    outcome: Outcome = Outcome.PENDING
    message: str = ""


@dataclass(frozen=True)
class HostReport:
    """The result for one host. ``error`` is set when the host could not be dealt with at all.

    ``plan`` is what the changes come from, for whoever wants to save it; it holds references to secrets, never values.
    ``history`` names the entry of the history, ``backup`` the metabase backup on the host. ``not_restored`` names what
    a rollback could not bring back.
    """

    host: str
    command: str
    changes: tuple[ChangeResult, ...] = ()
    warnings: tuple[str, ...] = ()
    error: IisRelayError | None = None
    reboot_required: bool = False
    saved_to_disk: bool | None = None
    checksum: str = ""
    plan: Plan | None = None
    history: str = ""
    backup: str = ""
    not_restored: tuple[str, ...] = ()
    rolled_back: bool = False

    @property
    def status(self) -> HostStatus:
        """Derive the one-word status."""
        if self.error is not None:
            return _error_status(self.error)
        if self.command in CHANGING:
            return self._applied_status()
        if not self.changes:
            return HostStatus.IN_SYNC
        return HostStatus.DRIFT if self.command == "verify" else HostStatus.CHANGES

    def _applied_status(self) -> HostStatus:
        made = {Outcome.APPLIED} if self.rolled_back else DONE
        done = sum(result.outcome in made for result in self.changes)
        if done < len(self.changes):
            return HostStatus.PARTIAL if done or self.not_restored else HostStatus.FAILED
        if self.not_restored:
            return HostStatus.PARTIAL
        if self.saved_to_disk is False:
            return HostStatus.PARTIAL
        if self.reboot_required:
            return HostStatus.REBOOT_REQUIRED
        return HostStatus.APPLIED if self.changes else HostStatus.IN_SYNC

    @property
    def exit_code(self) -> ExitCode:
        """Derive the exit code that this host alone would give."""
        return self.error.exit_code if self.error is not None else EXIT_CODES[self.status]


def _error_status(error: IisRelayError) -> HostStatus:
    if isinstance(error, TransportError):
        return HostStatus.UNREACHABLE
    if isinstance(error, UnsupportedHostError):
        return HostStatus.UNSUPPORTED
    return HostStatus.REFUSED if isinstance(error, RefusedError) else HostStatus.FAILED


@dataclass(frozen=True)
class Report:
    """The result of a run over hosts, in the order of the site file."""

    command: str
    hosts: tuple[HostReport, ...]

    @property
    def status(self) -> HostStatus:
        """Fold the hosts' statuses into one word."""
        statuses = {host.status for host in self.hosts}
        failures = statuses & FAILURES
        if not failures:
            return next((status for status in PRECEDENCE if status in statuses), HostStatus.IN_SYNC)
        if statuses - FAILURES:
            return HostStatus.PARTIAL
        return failures.pop() if len(failures) == 1 else HostStatus.FAILED

    @property
    def exit_code(self) -> ExitCode:
        """Fold the hosts' codes: one distinct failure code stays itself, failure beside success is PARTIAL."""
        failures = {host.exit_code for host in self.hosts if host.status in FAILURES}
        if not failures:
            return EXIT_CODES[self.status]
        if any(host.status not in FAILURES for host in self.hosts):
            return ExitCode.PARTIAL
        if len(failures) == 1:
            return failures.pop()
        return ExitCode.PARTIAL if ExitCode.PARTIAL in failures else ExitCode.FAILED
