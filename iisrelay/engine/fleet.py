"""Many hosts at once: a bounded pool, one report a host in the given order, one host's failure nobody else's."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from iisrelay.engine.ledger import SecretLedger
from iisrelay.engine.session import Connect, HostSession, Options, Progress, silent
from iisrelay.errors import RefusedError
from iisrelay.plan.saved import SavedPlans
from iisrelay.results import HostReport, Report
from iisrelay.site.target import Target

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
) -> Report:
    """Observe hosts and plan for them; nothing is changed. Each report carries its plan."""
    options = Options("plan", connect, ledger or SecretLedger(), progress, allow)
    return _planned(targets, options, jobs)


def verify_hosts(
    targets: Sequence[Target],
    connect: Connect,
    *,
    jobs: int = DEFAULT_JOBS,
    progress: Progress = silent,
    ledger: SecretLedger | None = None,
) -> Report:
    """Observe hosts and report where they differ from their targets."""
    return _planned(targets, Options("verify", connect, ledger or SecretLedger(), progress), jobs)


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
    snapshots: Path | None = None,
) -> Report:
    """Bring hosts to their targets and verify it.

    ``confirm`` sees all plans before anything is changed, and may say no; without it every host goes ahead as soon as
    its own plan is made. With ``saved`` plans a host is refused whose plan is not the saved one any more.

    Raises:
        RefusedError: when ``confirm`` says no.
    """
    options = Options("apply", connect, ledger or SecretLedger(), progress, allow, snapshots)
    if confirm is None:
        return Report("apply", _each(targets, lambda target: _planned_and_applied(target, options, saved), jobs))
    return _confirmed(targets, options, jobs, confirm, saved)


def _planned(targets: Sequence[Target], options: Options, jobs: int) -> Report:
    def run(target: Target) -> HostReport:
        session = HostSession(target, options)
        try:
            return session.plan()
        finally:
            session.close()

    return Report(options.command, _each(targets, run, jobs))


def _planned_and_applied(target: Target, options: Options, saved: SavedPlans | None) -> HostReport:
    session = HostSession(target, options)
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
    targets: Sequence[Target], options: Options, jobs: int, confirm: Confirm, saved: SavedPlans | None
) -> Report:
    """Plan for all, ask once, apply to all: over the same connections, so that a host is observed only once before."""
    sessions = [HostSession(target, options) for target in targets]
    try:
        planned = _each(sessions, lambda session: _plan(session, saved), jobs)
        shown = Report("plan", tuple(replace(report, command="plan") for report in planned))
        changing = any(report.changes and report.error is None for report in planned)
        if changing and not confirm(shown):
            raise RefusedError("nothing was changed, because nobody confirmed it")
        work = list(zip(sessions, planned, strict=True))
        return Report("apply", _each(work, _apply_one, jobs))
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
