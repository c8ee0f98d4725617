"""Making a plan so on one host, whatever happens on the way: lost connections, failures, restarts, undoing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from iisrelay.engine.holding import REVIVE, UNDO
from iisrelay.engine.judge import applied_secrets, contradicted, judge
from iisrelay.engine.link import HostLink
from iisrelay.engine.options import OnFailure, Options
from iisrelay.engine.reboot import observe_after_reboot
from iisrelay.engine.revive import is_gone, revival
from iisrelay.engine.scripts import Answers
from iisrelay.engine.undo import Undone, in_the_dark, standing_still, touched_by, undone
from iisrelay.errors import IisRelayError, LostHostError, ScriptError, TransportError, UnsupportedHostError
from iisrelay.plan.model import Plan
from iisrelay.plan.reverse import Touched, reverse_plan
from iisrelay.results import DONE, ChangeResult
from iisrelay.script import Terms
from iisrelay.secret import Secret
from iisrelay.state.observed import Observed

LOST_HINT = "run plan when the host answers again: it tells how far the apply came"
Replan = Callable[[Observed, Mapping[str, Secret]], Plan]


@dataclass(frozen=True)
class Round:
    """What came of applying a plan once."""

    results: tuple[ChangeResult, ...]
    remaining: Plan
    after: Observed
    answers: Answers
    rebooted: bool = False

    @property
    def reboot(self) -> bool:
        """Tell whether a reboot is still to come."""
        return self.answers.reboot and not self.rebooted

    @property
    def has_failed(self) -> bool:
        """Tell whether a change is not as it should be."""
        return any(result.outcome not in DONE for result in self.results)

    def followed_by(self, other: "Round") -> "Round":
        """Give the outcome of both: the second has the last word on what the first left undone."""
        finished = tuple(result for result in self.results if result.outcome in DONE)
        answers = replace(
            other.answers, saved=other.answers.saved or self.answers.saved, backup=self.answers.backup,
            backup_problem=self.answers.backup_problem, reboot=other.answers.reboot or self.reboot,
        )  # fmt: skip
        return replace(other, results=(*finished, *other.results), answers=answers)


class Work:
    """An apply under way. ``replan`` plans anew from what the host holds, given the secrets it has just taken."""

    def __init__(self, link: HostLink, options: Options, terms: Terms, replan: Replan) -> None:
        self.link = link
        self.options = options
        self.terms = terms
        self.replan = replan
        self.applied: dict[str, Secret] = {}
        self.notes: list[str] = []
        self.has_begun = False  # from then on nobody may say that nothing was changed

    def make(self, plan: Plan, before: Observed, note: Callable[[Plan], None]) -> Round:
        """Apply a plan, and once more what only the first time has brought to light; ``note`` is told of that plan."""
        done = self._round(plan, before, self.terms)
        again = self._second_plan(done)
        if again is None:
            return done
        second = replace(self.terms, backup="", require_backup=False)
        with self._noting("the rest was not tried"):
            note(again)
            return done.followed_by(self._round(again, done.after, second))
        return done

    @contextmanager
    def _noting(self, what: str) -> Iterator[None]:
        """Note a failure of what follows on work that is done: its results stay true. A lost host leaves none."""
        try:
            yield
        except LostHostError:
            raise
        except IisRelayError as error:
            self.notes.append(f"{what}: {error}")

    def _second_plan(self, done: Round) -> Plan | None:
        """Give what is left after a restart (it had to wait for that), or after an installation (nobody knew of it).

        Where a failure stops nothing, also what was cut off; and what failed of a rollback, which nothing else undoes.
        """
        remaining = replace(done.remaining, reboot_allowed=False)
        goes_on = self.options.safety.on_failure is OnFailure.CONTINUE
        is_worth_it = goes_on and (done.answers.problem or self.options.command == "rollback")
        if remaining.is_empty or not (done.rebooted or self._is_news(done) or is_worth_it):
            return None
        is_dangerous = any(finding.guard not in self.options.allow for finding in remaining.findings)
        return None if is_dangerous else remaining

    def _is_news(self, done: Round) -> bool:
        """Tell whether everything planned was done, and more came to light."""
        planned = {answer_id for answer_id, answer in done.answers.changes.items() if answer.outcome not in DONE}
        return not done.answers.problem and not planned and not done.reboot

    def _round(self, plan: Plan, before: Observed, terms: Terms) -> Round:
        """Apply a plan, restart the host if that is needed and allowed, observe, judge."""
        self.options.progress(self.link.target.name, f"applying {len(plan.changes)} changes")
        answers, after = self._answers(plan, terms)
        if after is None or after.facts.booted == before.facts.booted:
            self._remember(plan, answers)
        rebooted = answers.reboot and plan.reboot_allowed
        if rebooted:
            self.options.progress(self.link.target.name, "restarting Windows")
            after = observe_after_reboot(self.link.observe_anew, before.facts.booted)
        elif after is None:
            after = self._seen()
        if is_gone(before, after):
            after = self._revived(before)
        remaining = self._remaining(plan, after)
        results = judge(plan, answers, remaining)
        self.notes += contradicted(results[: len(plan.changes)], answers)
        if is_gone(before, after):
            results = tuple(in_the_dark(results, after.smtp_problem))
        return Round(results, remaining, after, answers, rebooted)

    def _revived(self, before: Observed) -> Observed:
        """Start the services that the metabase lives in; what comes of it is seen by observing."""
        _, after = self._answers(revival(self.link.target.name, before), self._terms_after(REVIVE))
        return after or self._seen()

    def _seen(self) -> Observed:
        """Observe what a script has left.

        Raises:
            LostHostError: the host does not come back.
        """
        try:
            return self.link.observe_surely("verifying")
        except (TransportError, ScriptError) as error:
            raise LostHostError(f"the host was lost after it had applied: {error}", hint=LOST_HINT) from error

    def _terms_after(self, ending: str) -> Terms:
        """Give the terms of a script that follows on the first: it may take over the host from any of ours."""
        return replace(
            self.terms,
            identity=self.terms.identity + ending,
            ending=ending,
            stops=False,
            keeps_lock=False,
            backup="",
            require_backup=False,
        )

    def _answers(self, plan: Plan, terms: Terms) -> tuple[Answers, Observed | None]:
        """Give what the script says; where its answer was lost, what its record on the host says, and the host then.

        Raises:
            LostHostError: the host does not come back.
            TransportError: nothing had begun on the host yet.
            RefusedError: somebody else holds the host.
        """
        try:
            answers = self.link.apply(plan, terms)
        except (TransportError, ScriptError) as error:
            try:
                after = self.link.recover(terms.identity)
            except (TransportError, ScriptError) as gone:
                raise LostHostError(
                    f"the host was lost while it was applying: {error} It did not come back: {gone}",
                    hint=LOST_HINT,
                ) from error
            if after.record is None or after.record.identity != terms.identity:
                raise
            self.has_begun = True
            return Answers.of_record(after.record, terms.identity, str(error)), after
        self.has_begun = True
        return answers, None

    def _remember(self, plan: Plan, answers: Answers) -> None:
        """Note which secrets the host has taken; not for good where they would not survive a power loss."""
        taken = dict(applied_secrets(plan, answers))
        self.applied.update(taken)
        if answers.saved is False:
            return
        try:
            self.options.ledger.remember(self.link.target, taken.items())
        except IisRelayError as error:
            self.notes.append(str(error))  # no reason to lose sight of what was made

    def _remaining(self, plan: Plan, after: Observed) -> Plan:
        try:
            return self.replan(after, self.applied)
        except UnsupportedHostError:
            # A feature that needs a reboot before it works: nothing of the plan can be seen on the host yet.
            return plan

    def undo(self, done: Round, before: Observed) -> Undone:
        """Bring back what was before a failed apply, verify that, and judge each change anew."""
        if is_gone(before, done.after):
            return Undone(done.results, (f"anything: {done.after.smtp_problem}",))
        touched = touched_by(done.results, before)
        back = self._way_back(touched, done.after)
        self.options.progress(back.host, f"undoing {len(back.changes)} changes")
        after, reasons = self._undo_once(back)
        remaining = self._way_back(touched, after)
        if remaining.changes:  # what was cut off, or has failed once, may succeed now
            with self._noting("the rest of the way back was not tried again"):
                after, reasons = self._undo_once(remaining)
                remaining = self._way_back(touched, after)
        result = undone(done.results, back, remaining, reasons)
        lasting = dict.fromkeys([*result.not_restored, *standing_still(before, after)])
        return replace(result, not_restored=tuple(lasting))

    def _way_back(self, touched: Sequence[Touched], now: Observed) -> Plan:
        target = self.link.target
        return reverse_plan(target.name, touched, now, save_to_disk=target.save_to_disk)

    def _undo_once(self, back: Plan) -> tuple[Observed, dict[str, str]]:
        """Try a way back; gives the host afterwards, and what the script says of the settings that it failed at."""
        answers, after = self._answers(back, self._terms_after(UNDO))
        said = {change.identity: change.setting for change in back.changes}
        reasons = {
            said[key]: answer.message for key, answer in answers.changes.items() if key in said and answer.message
        }
        return after or self._seen(), reasons

    def let_go(self, done: Round) -> None:
        """Free a host that the script has kept for undoing, where that is not needed: all changes stand after all."""
        record = done.after.record
        if record is not None and record.holds and record.identity == self.terms.identity:
            nothing = Plan(host=self.link.target.name, changes=(), save_to_disk=False)
            try:
                self._answers(nothing, self._terms_after(UNDO))
            except IisRelayError as error:
                self.notes.append(f"the host stays held for a while: {error}")

    def must_undo(self, done: Round) -> bool:
        """Tell whether a failure is to be undone."""
        return done.has_failed and self.options.safety.on_failure is OnFailure.ROLLBACK
