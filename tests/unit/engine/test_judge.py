from dataclasses import replace

import pytest

from iisrelay.engine.judge import applied_secrets, judge
from iisrelay.engine.scripts import Answer, Answers
from iisrelay.engine.undo import undone
from iisrelay.plan.change import Change
from iisrelay.plan.model import Plan
from iisrelay.script.steps import RESTART_STEP
from iisrelay.secret import Secret
from iisrelay.settings.stored import Kind, Store
from iisrelay.status import Action, Outcome, Restart

CHANGE = Change("c1", "x", Store.METABASE, "SmtpSvc/1", "HopCount", Action.UPDATE, Kind.DWORD, before=15, after=30)
EMPTY = Plan("h1", ())
STILL = Plan("h1", (CHANGE,))


def outcome(change, answers, remaining):
    (result,) = judge(Plan("h1", (change,)), Answers(answers, saved=None, reboot=False), remaining)
    return result.outcome, result.message


@pytest.mark.parametrize(
    ("said", "remaining", "judged"),
    [
        (Outcome.APPLIED, EMPTY, Outcome.APPLIED),
        (Outcome.UNCHANGED, EMPTY, Outcome.UNCHANGED),
        (Outcome.APPLIED, STILL, Outcome.NOT_VERIFIED),
        (Outcome.UNCHANGED, STILL, Outcome.NOT_VERIFIED),
        (Outcome.FAILED, STILL, Outcome.FAILED),
        (Outcome.FAILED, EMPTY, Outcome.APPLIED),
        (Outcome.NOT_VERIFIED, EMPTY, Outcome.APPLIED),
        (Outcome.SKIPPED, EMPTY, Outcome.APPLIED),
        (Outcome.SKIPPED, STILL, Outcome.SKIPPED),
    ],
)
def test_the_host_decides_and_the_script_explains(said, remaining, judged):
    assert outcome(CHANGE, {"c1": Answer(said, "why")}, remaining)[0] is judged


def test_a_change_that_the_script_never_came_to_has_failed():
    assert outcome(CHANGE, {}, STILL)[0] is Outcome.FAILED


def test_what_reads_back_otherwise_is_said():
    assert "15" in outcome(CHANGE, {"c1": Answer(Outcome.APPLIED, "")}, STILL)[1]


def test_differences_that_nobody_planned_are_reported():
    results = judge(EMPTY, Answers({}, saved=None, reboot=False), STILL)
    assert [(result.change, result.outcome) for result in results] == [(CHANGE, Outcome.NOT_VERIFIED)]


def test_a_failed_restart_leaves_what_needs_it_unverified():
    change = replace(CHANGE, restart=Restart.VIRTUAL_SERVER)
    answers = {"c1": Answer(Outcome.APPLIED, ""), RESTART_STEP: Answer(Outcome.FAILED, "busy")}
    assert outcome(change, answers, EMPTY) == (Outcome.NOT_VERIFIED, "is stored, but the restart failed: busy")
    assert outcome(CHANGE, answers, EMPTY)[0] is Outcome.APPLIED


@pytest.mark.parametrize(
    ("restart", "judged"), [(Outcome.SKIPPED, Outcome.ROLLED_BACK), (Outcome.FAILED, Outcome.NOT_VERIFIED)]
)
def test_what_only_awaited_its_restart_is_rolled_back_like_the_rest(restart, judged):
    change = replace(CHANGE, restart=Restart.VIRTUAL_SERVER)
    answers = {"c1": Answer(Outcome.APPLIED, ""), RESTART_STEP: Answer(restart, "why")}
    results = judge(Plan("h1", (change,)), Answers(answers, saved=None, reboot=False), EMPTY)
    assert results[0].outcome is Outcome.NOT_VERIFIED
    assert undone(results, EMPTY, EMPTY, {}).results[0].outcome is judged


def test_only_secrets_that_the_host_took_are_remembered():
    first = replace(CHANGE, secret=Secret("env:A"))
    second = replace(CHANGE, identity="c2", setting="y", secret=Secret("env:B"))
    answers = Answers({"c1": Answer(Outcome.APPLIED, ""), "c2": Answer(Outcome.FAILED, "no")}, saved=None, reboot=False)
    assert dict(applied_secrets(Plan("h1", (first, second)), answers)) == {"x": Secret("env:A")}
