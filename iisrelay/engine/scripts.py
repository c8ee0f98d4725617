"""The two scripts of the engine, run over a transport, with their answers read."""

from dataclasses import dataclass
from typing import Any

from iisrelay.errors import RefusedError, ScriptError
from iisrelay.plan.model import Plan
from iisrelay.script import Terms, apply_script, observe_script
from iisrelay.state.answer import BEGIN, broken, clean, extract, parse_observed, rows_of, text_of
from iisrelay.state.observed import ApplyRecord, Observed
from iisrelay.state.request import Request
from iisrelay.status import Outcome
from iisrelay.transport.base import ScriptResult, Transport

MESSAGE_LENGTH = 600
READ_LENGTH = 20_000
REFUSED_HINT = (
    "nothing was changed; wait until the other apply is done, or use --break-lock when nobody is at work; a failed "
    "backup tells why it failed: without --require-backup it is a warning"
)


@dataclass(frozen=True)
class Answer:
    """What the applying script says of one change."""

    outcome: Outcome
    message: str


@dataclass(frozen=True)
class Answers:
    """What the applying script says: of each change by its identity, and of the whole."""

    changes: dict[str, Answer]
    saved: bool | None
    reboot: bool
    backup: str = ""
    backup_problem: str = ""
    problem: str = ""  # why the script, or its answer, was cut off

    @classmethod
    def of_record(cls, record: ApplyRecord | None, identity: str, problem: str) -> "Answers":
        """Read what the script of an apply would have said out of the record that it left on the host."""
        steps = record.steps if record is not None and record.identity == identity else {}
        changes = {name: _recorded(text) for name, text in steps.items()}
        return cls(changes, saved=None, reboot=False, problem=problem)


def _recorded(text: str) -> Answer:
    word, _, message = text.partition("\t")
    if word == "begun":
        return Answer(Outcome.UNKNOWN, "the script ended in the middle of this change")
    return Answer(_outcome(word), message)


def run_observe(transport: Transport, request: Request, timeout_s: float) -> Observed:
    """Observe a host.

    Raises:
        TransportError: the host cannot be talked to, or its answer is not ours.
        ScriptError: the script itself failed on the host.
    """
    result = transport.run(observe_script(), request.inputs(), timeout_s)
    return parse_observed(answer_of(result))


def run_apply(transport: Transport, plan: Plan, terms: Terms, timeout_s: float) -> Answers:
    """Apply a plan, and give what the host says of it; whether that is so has to be observed.

    Raises:
        TransportError: the host cannot be talked to, or its answer is not ours.
        ScriptError: the script itself failed on the host.
        SecretError: a secret of the plan does not resolve.
        RefusedError: somebody else holds the host, or a backup was insisted on and failed.
    """
    script = apply_script(plan, terms)
    document = answer_of(transport.run(script.text, script.secrets, timeout_s))
    if "refused" in document:
        raise RefusedError(text_of(document, "refused"), hint=REFUSED_HINT)
    saved, reboot = document.get("saved"), document.get("reboot")
    if saved not in (True, False, None) or not isinstance(reboot, bool):
        raise broken("does not say whether it saved and whether a reboot is needed")
    rows = rows_of(document, "results")
    changes = {text_of(row, "id"): Answer(_outcome(text_of(row, "outcome")), text_of(row, "message")) for row in rows}
    backup = "" if document.get("backup") is None else text_of(document, "backup")
    return Answers(changes, saved, reboot, backup, text_of(document, "backup_problem"))


def answer_of(result: ScriptResult) -> dict[str, Any]:
    """Give the answer of any of our scripts.

    Raises:
        BrokenAnswerError: the answer is not ours.
        ScriptError: the script itself failed on the host.
    """
    return extract(_answered(result))


def _outcome(word: str) -> Outcome:
    try:
        return Outcome(word)
    except ValueError:
        raise broken(f"has an unknown outcome {word[:MESSAGE_LENGTH]!r}") from None


def _answered(result: ScriptResult) -> str:
    """Tell a script that failed from one that was cut off."""
    if BEGIN in result.stdout:
        return result.stdout
    said = clean(" ".join((result.stderr or result.stdout)[:READ_LENGTH].split()))[:MESSAGE_LENGTH]
    if result.exit_code or said:
        raise ScriptError(
            f"the script ended with exit code {result.exit_code} on the host: {said or 'no message'}",
            hint="look at the script with `iisrelay render`; the message above is PowerShell's own",
        )
    raise broken("is empty")
