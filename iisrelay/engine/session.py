"""One host in one run: what was observed, its plan, and what becomes of it. Used by one thread at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import iisrelay
from iisrelay.engine.history import Entry, owner
from iisrelay.engine.holding import taken_over, under_way
from iisrelay.engine.link import HostLink
from iisrelay.engine.options import OnFailure, Options
from iisrelay.engine.work import Round, Work
from iisrelay.errors import IisRelayError, LostHostError, SecretError, defect_on_host
from iisrelay.plan.advice import record_warnings
from iisrelay.plan.change import server_name
from iisrelay.plan.diff import make_plan
from iisrelay.plan.model import Plan
from iisrelay.plan.reverse import reverse_plan
from iisrelay.plan.saved import SavedPlan
from iisrelay.plan.values import SecretCheck
from iisrelay.results import CHANGING, ChangeResult, HostReport
from iisrelay.script.terms import BACKUP_LENGTH, BACKUP_PREFIX, LOCK_GRACE_S, Terms
from iisrelay.secret import Secret
from iisrelay.site.target import Target
from iisrelay.state.observed import Observed
from iisrelay.state.request import Request
from iisrelay.state.snapshot import Snapshot
from iisrelay.status import Outcome

DONE_PHASE = "done"


class HostSession:
    """The steps of a command on one host. Each gives a report; a failure is this host's report and nobody else's.

    With ``undoes``, the entries of the history to undo (oldest first), the plan leads back to what was before them.
    """

    def __init__(self, target: Target, options: Options, undoes: Sequence[Entry] = ()) -> None:
        self.target = target
        self.options = options
        self.undoes = tuple(undoes)
        self.link = HostLink(target, _request(target, self.undoes), options)
        self._observed: Observed | None = None
        self._plan: Plan | None = None
        self._entry: Entry | None = None
        self._work: Work | None = None
        self._notes: dict[str, None] = {}

    def plan(self, saved: SavedPlan | None = None) -> HostReport:
        """Observe the host and plan; a saved plan must still be the plan."""
        return self._reported(lambda: self._planned(saved))

    def apply(self) -> HostReport:
        """Apply the plan that was made, observe again, and judge."""
        return self._reported(self._applied)

    def close(self) -> None:
        """Let go of the host."""
        self.link.close()
        self._observed = None
        self.options.progress(self.target.name, DONE_PHASE)

    def _reported(self, step: Callable[[], HostReport]) -> HostReport:
        try:
            return step()
        except IisRelayError as error:
            return self._failure(error)
        except Exception as error:  # noqa: BLE001 - a defect met on one host must not lose the results of the others
            return self._failure(defect_on_host(error))

    def _failure(self, error: IisRelayError) -> HostReport:
        has_begun = self._work is not None and self._work.has_begun
        outcome = Outcome.UNKNOWN if has_begun or isinstance(error, LostHostError) else Outcome.PENDING
        changes = tuple(ChangeResult(change, outcome) for change in self._plan.changes) if self._plan else ()
        warnings = self._plan.warnings if self._plan else self.target.warnings
        report = HostReport(
            self.target.name,
            self.options.command,
            changes=changes,
            warnings=warnings,
            error=error,
            history=self._entry.identity if self._entry else "",
        )
        return self._finished(report)

    def _finished(self, report: HostReport) -> HostReport:
        """Note in the history what came of it; a history that cannot be written takes nothing from the report."""
        if self._entry and self.options.history:
            try:
                self.options.history.finish(self._entry, report)
            except IisRelayError as error:
                return replace(report, warnings=(*report.warnings, f"what came of this is not kept: {error}"))
        return report

    def _planned(self, saved: SavedPlan | None) -> HostReport:
        self._observed = self.link.observe("observing")
        plan = self._make_plan(self._observed, {})
        self._plan = plan
        if saved is not None:
            plan.refuse_if_stale(saved.basis, saved.checksum, self.options.allow)
        if self.options.command in CHANGING:
            taken_over(self._observed, break_lock=self.options.safety.break_lock)
            plan.refuse_if_dangerous(self.options.allow)
        return HostReport(
            host=self.target.name,
            command=self.options.command,
            changes=tuple(ChangeResult(change) for change in plan.changes),
            warnings=self._warnings(plan),
            checksum=plan.checksum,
            plan=plan,
        )

    def _make_plan(self, observed: Observed, applied: Mapping[str, Secret]) -> Plan:
        if not self.undoes:
            return make_plan(self.target, observed, self._secret_check(applied))
        touched = [item for entry in self.undoes for item in entry.touched()]
        return reverse_plan(self.target.name, touched, observed, save_to_disk=self.target.save_to_disk)

    def _secret_check(self, applied: Mapping[str, Secret]) -> SecretCheck:
        """A secret that the host has just taken is current; of the others the ledger knows."""
        is_verify = self.options.command == "verify"
        known = self.options.ledger.check(self.target, unknown_is_current=is_verify)

        def is_current(setting: str, secret: Secret) -> bool:
            if setting in applied or self.options.safety.rotate:
                return setting in applied
            try:
                return known(setting, secret)
            except SecretError as error:
                if not is_verify:
                    raise
                self._notes[f"{setting} is set, but could not be compared: {error.message}"] = None
                return True

        return is_current

    def _warnings(self, plan: Plan) -> tuple[str, ...]:
        """Add what apply would refuse, where that is not asked for now."""
        if self.options.command == "verify":
            return (*plan.warnings, *self._notes)
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
        is_unfinished = observed.record is not None and observed.record.is_unfinished
        if plan.is_empty and not is_unfinished:
            return self._report(plan)
        terms = self._terms(observed)
        with under_way(terms.identity):
            self._begin(plan, observed, terms)
            self._work = Work(self.link, self.options, terms, self._make_plan)
            report = self._worked(plan, observed, self._work)
        report = self._finished(report)
        self._plan = self._entry = self._work = None
        return report

    def _terms(self, observed: Observed) -> Terms:
        safety = self.options.safety
        identity = (
            self.options.history.new_identity(self.target.name) if self.options.history else _identity(self.target)
        )
        return Terms(
            identity=identity,
            owner=owner(),
            lock_s=int(self.target.connection.timeout_s) + LOCK_GRACE_S,
            seen=observed.record.identity if observed.record else "",
            over=taken_over(observed, break_lock=safety.break_lock),
            stops=safety.on_failure is not OnFailure.CONTINUE,
            keeps_lock=safety.on_failure is OnFailure.ROLLBACK,
            backup=(BACKUP_PREFIX + identity)[:BACKUP_LENGTH],
            require_backup=safety.require_backup,
            allow=self.options.allow,
        )

    def _begin(self, plan: Plan, observed: Observed, terms: Terms) -> None:
        """Keep what the host holds, before anything is changed."""
        if self.options.history is None or plan.is_empty:
            return
        now = datetime.now(UTC)
        self._entry = Entry(
            identity=terms.identity,
            host=self.target.name,
            address=self.target.connection.address,
            command=self.options.command,
            started=now,
            request=self.link.request,
            snapshot=Snapshot(self.target.name, now, self.options.command, observed),
            changes=plan.changes,
            owner=terms.owner,
            version=iisrelay.__version__,
            undoes=self.undoes[0].identity if self.undoes else "",
        )
        self.options.history.write(self._entry)

    def _note_more(self, plan: Plan) -> None:
        if self._entry is not None and self.options.history is not None:
            self._entry = replace(self._entry, changes=(*self._entry.changes, *plan.changes))
            self.options.history.write(self._entry)

    def _worked(self, plan: Plan, observed: Observed, work: Work) -> HostReport:
        done = work.make(plan, observed, self._note_more)
        report = self._report(plan, done)
        if work.must_undo(done):
            report = self._undone(report, done, observed, work)
        else:
            work.let_go(done)
        return replace(report, warnings=(*report.warnings, *work.notes))

    def _undone(self, report: HostReport, done: Round, observed: Observed, work: Work) -> HostReport:
        try:
            undone = work.undo(done, observed)
        except LostHostError:
            raise
        except IisRelayError as error:  # it has not begun: what was made still stands
            work.notes.append(f"nothing was undone: {error}")
            return report
        return replace(report, changes=undone.results, not_restored=undone.not_restored, rolled_back=True)

    def _report(self, plan: Plan, done: Round | None = None) -> HostReport:
        report = HostReport(
            self.target.name,
            self.options.command,
            warnings=self._warnings(plan),
            checksum=plan.checksum,
            plan=plan,
            not_restored=plan.not_restored,
        )
        if done is None:
            return report
        problem = done.answers.backup_problem
        backup = (f"the metabase could not be backed up on the host: {problem}",) if problem else ()
        return replace(
            report,
            changes=done.results,
            warnings=(*self._lasting(report.warnings, done), *backup),
            reboot_required=done.reboot,
            saved_to_disk=done.answers.saved,
            backup=done.answers.backup,
            history=self._entry.identity if self._entry else "",
        )

    def _lasting(self, warnings: Iterable[str], done: Round) -> Iterator[str]:
        """Put what is left of this apply in place of what was left of the one before."""
        before = self._observed.record if self._observed else None
        stale = set(record_warnings(before))
        yield from (text for text in warnings if text not in stale)
        if done.after.record is not None:
            yield from record_warnings(replace(done.after.record, seconds_left=0))


def _identity(target: Target) -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{target.name}"


def _request(target: Target, undoes: Sequence[Entry]) -> Request:
    """Ask for what the target needs, or for what the applies that are to be undone have asked for."""
    if not undoes:
        return Request.of(target)
    names = (server_name(change.setting) for entry in undoes for change in entry.changes)
    request = Request.of_whole(name for name in names if name)
    for entry in undoes:
        request = request.also(entry.request)
    return request
