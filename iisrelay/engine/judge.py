"""What became of a plan, judged by the host as it is afterwards; what the script said only explains it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iisrelay.engine.scripts import Answer, Answers
from iisrelay.plan.change import Change
from iisrelay.plan.model import Plan
from iisrelay.plan.servers import AUTO_START, SERVER_STATE
from iisrelay.results import DONE, ChangeResult
from iisrelay.script.steps import RESTART_STEP
from iisrelay.secret import Secret
from iisrelay.settings.stored import Address, Store
from iisrelay.status import Outcome, Restart

DONE_RESTART = Answer(Outcome.UNCHANGED, "")
NO_RESTART = Answer(Outcome.FAILED, "the script ended before it")
AWAITS_RESTART = "is stored, but takes effect with a restart, which was not tried"
SILENT = Answer(Outcome.FAILED, "the script did not come to this change")


def judge(plan: Plan, answers: Answers, remaining: Plan) -> tuple[ChangeResult, ...]:
    """Give the result of each change, and of what is different afterwards without having been planned."""
    still = {key: change for change in remaining.changes for key in _keys(change)}
    planned = {key for change in plan.changes for key in _keys(change)}
    unplanned = [change for change in remaining.changes if planned.isdisjoint(_keys(change))]
    return (
        *(_result(change, answers, _first(still, _keys(change))) for change in plan.changes),
        *(
            ChangeResult(change, Outcome.NOT_VERIFIED, "differs after all changes were made; apply again")
            for change in unplanned
        ),
    )


def _result(change: Change, answers: Answers, still: Change | None) -> ChangeResult:
    answer = answers.changes.get(change.identity, _silent(answers))
    if still is not None and answer.outcome in (Outcome.SKIPPED, Outcome.FAILED):
        return ChangeResult(change, answer.outcome, answer.message)
    if still is not None:
        is_told = answer.outcome is Outcome.UNKNOWN
        return ChangeResult(change, Outcome.NOT_VERIFIED, answer.message if is_told else _difference(still))
    if change.restart in (Restart.VIRTUAL_SERVER, Restart.SERVICE):
        restart = answers.changes.get(RESTART_STEP, NO_RESTART if answers.problem else DONE_RESTART)
        if restart.outcome is Outcome.SKIPPED:
            return ChangeResult(change, Outcome.NOT_VERIFIED, AWAITS_RESTART)
        if restart.outcome not in DONE:
            return ChangeResult(change, Outcome.NOT_VERIFIED, f"is stored, but the restart failed: {restart.message}")
    # What the service has changed on a start or a stop is changed, although the step for it found it so.
    is_unchanged = answer.outcome is Outcome.UNCHANGED and change.name not in (SERVER_STATE, AUTO_START)
    return ChangeResult(change, Outcome.UNCHANGED if is_unchanged else Outcome.APPLIED)


def _silent(answers: Answers) -> Answer:
    return replace(SILENT, message=f"{SILENT.message}: {answers.problem}") if answers.problem else SILENT


def _difference(still: Change) -> str:
    if still.sensitive:
        return "nobody can tell that the host holds it afterwards"
    return f"was written without an error, but reads back as {still.before!r}"


def contradicted(results: Iterable[ChangeResult], answers: Answers) -> Iterator[str]:
    """Tell of changes that the script calls failed although the host holds them: others were left out for that."""
    for result in results:
        answer = answers.changes.get(result.change.identity)
        if answer is not None and answer.outcome is Outcome.FAILED and result.outcome is not Outcome.FAILED:
            yield f"{result.change.setting} is as wanted, but the host said: {answer.message}"


def applied_secrets(plan: Plan, answers: Answers) -> Iterator[tuple[str, Secret]]:
    """Give the secrets that the host has taken, with their settings."""
    for change in plan.changes:
        answer = answers.changes.get(change.identity, SILENT)
        if change.secret is not None and answer.outcome in DONE:
            yield change.setting, change.secret


def _keys(change: Change) -> tuple[Address, ...]:
    """Give what makes two changes the same: their place, or what they are for.

    The place alone is not enough: a virtual server that could not get its number is planned with another one.
    """
    place = Address(change.store, change.path.casefold(), change.name.casefold())
    return (place, Address(change.store, change.setting, change.name)) if change.store is Store.METABASE else (place,)


def _first(still: Mapping[Address, Change], keys: Iterable[Address]) -> Change | None:
    return next((still[key] for key in keys if key in still), None)
