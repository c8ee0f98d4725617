"""One host in one run: its transport, what was observed, its plan. Used by one thread at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from iisrelay.engine.judge import applied_secrets, judge
from iisrelay.engine.ledger import SecretLedger
from iisrelay.engine.reboot import observe_after_reboot
from iisrelay.engine.scripts import run_apply, run_observe
from iisrelay.errors import IisRelayError, UnsupportedHostError
from iisrelay.plan.diff import make_plan
from iisrelay.plan.model import Plan
from iisrelay.plan.saved import SavedPlan
from iisrelay.results import DONE, ChangeResult, HostReport
from iisrelay.secret import Secret
from iisrelay.site.target import Connection, Target
from iisrelay.state.observed import Observed
from iisrelay.state.request import Request
from iisrelay.state.snapshot import Snapshot
from iisrelay.transport.base import Transport

Connect = Callable[[Connection], Transport]
Progress = Callable[[str, str], None]
DONE_PHASE = "done"


def silent(_host: str, _phase: str) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class Options:
    """What the hosts of a run share."""

    command: str
    connect: Connect
    ledger: SecretLedger
    progress: Progress = silent
    allow: frozenset[str] = frozenset()
    snapshots: Path | None = None


@dataclass(frozen=True)
class Round:
    """What came of applying a plan once."""

    results: tuple[ChangeResult, ...]
    remaining: Plan
    saved: bool | None
    asked_for_reboot: bool
    rebooted: bool

    @property
    def reboot(self) -> bool:
        """Tell whether a reboot is still to come."""
        return self.asked_for_reboot and not self.rebooted

    def followed_by(self, other: "Round") -> "Round":
        """Give the outcome of both: the second has the last word on what the first left undone."""
        finished = tuple(result for result in self.results if result.outcome in DONE)
        return replace(other, results=(*finished, *other.results), saved=other.saved or self.saved)


class HostSession:
    """The steps of a command on one host. Each gives a report; a failure is this host's report and nobody else's."""

    def __init__(self, target: Target, options: Options) -> None:
        self.target = target
        self.options = options
        self.request = Request.of(target)
        self._transport: Transport | None = None
        self._observed: Observed | None = None
        self._plan: Plan | None = None

    def plan(self, saved: SavedPlan | None = None) -> HostReport:
        """Observe the host and plan; a saved plan must still be the plan."""
        return self._reported(lambda: self._planned(saved))

    def apply(self) -> HostReport:
        """Apply the plan that was made, observe again, and judge."""
        return self._reported(self._applied)

    def close(self) -> None:
        """Let go of the host."""
        self._disconnect()
        self._observed = None
        self.options.progress(self.target.name, DONE_PHASE)

    def _disconnect(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def _reported(self, step: Callable[[], HostReport]) -> HostReport:
        try:
            return step()
        except IisRelayError as error:
            return self._failure(error)
        except Exception as error:  # noqa: BLE001 - a defect met on one host must not lose the results of the others
            defect = IisRelayError(
                f"iisrelay itself failed on this host ({type(error).__name__}: {error})",
                hint="this is a defect of the program: report it with what --debug prints",
            )
            defect.__cause__ = error
            return self._failure(defect)

    def _failure(self, error: IisRelayError) -> HostReport:
        changes = tuple(ChangeResult(change) for change in self._plan.changes) if self._plan else ()
        warnings = self._plan.warnings if self._plan else self.target.warnings
        return HostReport(self.target.name, self.options.command, changes=changes, warnings=warnings, error=error)

    def _planned(self, saved: SavedPlan | None) -> HostReport:
        self._observed = self._observe("observing")
        is_verify = self.options.command == "verify"
        plan = make_plan(
            self.target,
            self._observed,
            self.options.ledger.check(self.target, unknown_is_current=is_verify),
        )
        self._plan = plan
        if saved is not None:
            plan.refuse_if_stale(saved.basis, saved.checksum)
        if self.options.command == "apply":
            plan.refuse_if_dangerous(self.options.allow)
        return HostReport(
            host=self.target.name,
            command=self.options.command,
            changes=tuple(ChangeResult(change) for change in plan.changes),
            warnings=self._warnings(plan),
            checksum=plan.checksum,
            plan=plan,
        )

    def _warnings(self, plan: Plan) -> tuple[str, ...]:
        """Add what apply would refuse, where that is not asked for now."""
        if self.options.command == "verify":
            return plan.warnings
        allowed = self.options.allow
        dangers = [
            f"{finding.message} [{finding.guard}]"
            + ("" if finding.guard in allowed else f"; apply refuses that without --allow {finding.guard}")
            for finding in plan.findings
        ]
        return (*plan.warnings, *dangers)

    def _applied(self) -> HostReport:
        plan, observed = self._plan, self._observed
        if plan is None or observed is None:
            raise IisRelayError("there is no plan for this host")
        report = HostReport(self.target.name, "apply", warnings=self._warnings(plan), checksum=plan.checksum, plan=plan)
        if plan.is_empty:
            return report
        self._snapshot(observed)
        done = self._round(plan, observed)
        if done.rebooted and not done.remaining.is_empty:
            # What had to wait for the restart, and services that Windows starts late or not by itself.
            done = done.followed_by(self._round(replace(done.remaining, reboot_allowed=False), observed))
        self._plan = None
        return replace(report, changes=done.results, reboot_required=done.reboot, saved_to_disk=done.saved)

    def _round(self, plan: Plan, before: Observed) -> Round:
        """Apply a plan, restart the host if that is needed and allowed, observe, judge."""
        self.options.progress(self.target.name, f"applying {len(plan.changes)} changes")
        answers = run_apply(self._connected(), plan, self.target.connection.timeout_s)
        applied = dict(applied_secrets(plan, answers))
        self.options.ledger.remember(self.target, applied.items())
        rebooted = answers.reboot and plan.reboot_allowed
        if rebooted:
            self.options.progress(self.target.name, "restarting Windows")
            after = observe_after_reboot(self._observe_anew, before.facts.booted)
        else:
            after = self._observe("verifying")
        remaining = self._remaining(plan, after, applied)
        return Round(judge(plan, answers, remaining), remaining, answers.saved, answers.reboot, rebooted)

    def _observe_anew(self) -> Observed:
        """Observe over a new connection: the old one ends with the Windows that it belongs to."""
        self._disconnect()
        return run_observe(self._connected(), self.request, self.target.connection.timeout_s)

    def _remaining(self, plan: Plan, after: Observed, applied: dict[str, Secret]) -> Plan:
        """Plan again. A secret that the host has just taken is current; of the others the ledger knows."""
        known = self.options.ledger.check(self.target)
        try:
            return make_plan(self.target, after, lambda setting, secret: setting in applied or known(setting, secret))
        except UnsupportedHostError:
            # A feature that needs a reboot before it works: nothing of the plan can be seen on the host yet.
            return plan

    def _snapshot(self, observed: Observed) -> None:
        if self.options.snapshots is not None:
            Snapshot(self.target.name, datetime.now(UTC), "apply", observed).save(self.options.snapshots)

    def _observe(self, phase: str) -> Observed:
        self.options.progress(self.target.name, phase)
        return run_observe(self._connected(), self.request, self.target.connection.timeout_s)

    def _connected(self) -> Transport:
        if self._transport is None:
            self._transport = self.options.connect(self.target.connection)
        return self._transport
