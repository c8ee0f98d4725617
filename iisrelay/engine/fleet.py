"""Many hosts at once: a bounded pool, one report a host in the given order, one host's failure nobody else's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from iisrelay.engine.history import Entry, History
from iisrelay.engine.ledger import SecretLedger
from iisrelay.engine.options import Connect, OnFailure, Options, Progress, Safety, silent
from iisrelay.engine.session import HostSession
from iisrelay.errors import RefusedError
from iisrelay.plan.saved import SavedPlans
from iisrelay.results import HostReport, Report
from iisrelay.site.target import Target

CAREFUL = Safety()
DEFAULT_JOBS = 10
Confirm = Callable[[Report], bool]
Item = TypeVar("Item")


def plan_hosts(
    targets: Sequence[Target],
    connect: Connect,
    *,
    jobs: int = DEFAULT_JOBS,
    progress: Progress = silent,
    allow: frozenset[str] = frozenset(),
    ledger: SecretLedger | None = None,
    rotate: bool = False,
) -> Report:
    """Observe hosts and plan for them; nothing is changed. Each report carries its plan."""
    options = Options("plan", connect, ledger or SecretLedger(), progress, allow, safety=Safety(rotate=rotate))
    return _planned([HostSession(target, options) for target in targets], options, jobs)


def verify_hosts(
    targets: Sequence[Target],
    connect: Connect,
    *,
    jobs: int = DEFAULT_JOBS,
    progress: Progress = silent,
    ledger: SecretLedger | None = None,
) -> Report:
    """Observe hosts and report where they differ from their targets."""
    options = Options("verify", connect, ledger or SecretLedger(), progress)
    return _planned([HostSession(target, options) for target in targets], options, jobs)


def apply_hosts(
    targets: Sequence[Target],
    connect: Connect,
    *,
    jobs: int = DEFAULT_JOBS,
    progress: Progress = silent,
    allow: frozenset[str] = frozenset(),
    ledger: SecretLedger | None = None,
    saved: SavedPlans | None = None,
    confirm: Confirm | None = None,
    history: History | None = None,
    safety: Safety = CAREFUL,
) -> Report:
    """Bring hosts to their targets and verify it.

    ``confirm`` sees all plans before anything is changed, and may say no; without it every host goes ahead as soon as
    its own plan is made. With ``saved`` plans a host is refused whose plan is not the saved one any more.

    Raises:
        RefusedError: when ``confirm`` says no.
    """
    options = Options("apply", connect, ledger or SecretLedger(), progress, allow, history, safety)
    return _changed([HostSession(target, options) for target in targets], options, jobs, confirm, saved)


def rollback_hosts(
    targets: Sequence[Target],
    undoes: Mapping[str, Sequence[Entry]],
    connect: Connect,
    *,
    history: History,
    jobs: int = DEFAULT_JOBS,
    progress: Progress = silent,
    allow: frozenset[str] = frozenset(),
    ledger: SecretLedger | None = None,
    confirm: Confirm | None = None,
    safety: Safety = CAREFUL,
) -> Report:
    """Bring hosts back to what they were before some applies (given by host, oldest first), and verify it.

    Raises:
        RefusedError: when ``confirm`` says no.
    """
    # Half a way back is better than none: what fails stops nothing else.
    patient = replace(safety, on_failure=OnFailure.CONTINUE)
    options = Options("rollback", connect, ledger or SecretLedger(), progress, allow, history, patient)
    sessions = [HostSession(target, options, undoes[target.name]) for target in targets]
    return _changed(sessions, options, jobs, confirm, None)


def _planned(sessions: Sequence[HostSession], options: Options, jobs: int) -> Report:
    def run(session: HostSession) -> HostReport:
        try:
            return session.plan()
        finally:
            session.close()

    return Report(options.command, _each(sessions, run, jobs))


def _changed(
    sessions: Sequence[HostSession], options: Options, jobs: int, confirm: Confirm | None, saved: SavedPlans | None
) -> Report:
    if confirm is None:
        return Report(options.command, _each(sessions, lambda session: _planned_and_applied(session, saved), jobs))
    return _confirmed(sessions, options, jobs, confirm, saved)


def _planned_and_applied(session: HostSession, saved: SavedPlans | None) -> HostReport:
    try:
        report = _plan(session, saved)
        return report if report.error is not None else session.apply()
    finally:
        session.close()


def _plan(session: HostSession, saved: SavedPlans | None) -> HostReport:
    if saved is None:
        return session.plan()
    name = session.target.name
    if name not in saved.plans:
        refusal = RefusedError(f"the saved plans have none for {name}", hint="make a new plan")
        return HostReport(name, "apply", error=refusal)
    return session.plan(saved.plans[name])


def _confirmed(
    sessions: Sequence[HostSession], options: Options, jobs: int, confirm: Confirm, saved: SavedPlans | None
) -> Report:
    """Plan for all, ask once, apply to all: over the same connections, so that a host is observed only once before."""
    try:
        planned = _each(sessions, lambda session: _plan(session, saved), jobs)
        shown = Report("plan", tuple(replace(report, command="plan") for report in planned))
        changing = any(report.changes and report.error is None for report in planned)
        if changing and not confirm(shown):
            raise RefusedError("nothing was changed, because nobody confirmed it")
        work = list(zip(sessions, planned, strict=True))
        return Report(options.command, _each(work, _apply_one, jobs))
    finally:
        for session in sessions:
            session.close()


def _apply_one(work: tuple[HostSession, HostReport]) -> HostReport:
    session, planned = work
    try:
        return planned if planned.error is not None else session.apply()
    finally:
        session.close()


def _each(items: Iterable[Item], run: Callable[[Item], HostReport], jobs: int) -> tuple[HostReport, ...]:
    with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="host") as pool:
        return tuple(pool.map(run, items))
