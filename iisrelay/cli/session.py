"""What the commands that deal with hosts have in common: consoles, the lab, reports, failures."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from iisrelay.cli.options import Output
from iisrelay.errors import IisRelayError, RefusedError, UsageError, of_system
from iisrelay.report.human import print_error, print_report
from iisrelay.report.machine import error_json, junit, report_json
from iisrelay.report.progress import ProgressLine
from iisrelay.results import Report
from iisrelay.site.target import Target

if TYPE_CHECKING:
    from iisrelay.engine.fleet import Confirm
    from iisrelay.engine.history import Entry, History
    from iisrelay.engine.options import Safety
    from iisrelay.plan.saved import SavedPlans

STATE_FOLDER = Path(".iisrelay")


def output_console() -> Console:
    """Give the console for results; rich honours NO_COLOR and drops colours where nobody looks."""
    return Console(file=sys.stdout, force_terminal=sys.stdout.isatty(), soft_wrap=True)


def error_console() -> Console:
    """Give the console for progress, warnings and errors."""
    return Console(file=sys.stderr, force_terminal=sys.stderr.isatty(), soft_wrap=True)


@contextmanager
def failures_as(output: Output, command: str) -> Iterator[None]:
    """Turn a failure of the whole command into its result: an error text, or the JSON document of the contract."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (IisRelayError, OSError) as failure:
        error = failure if isinstance(failure, IisRelayError) else of_system(failure)
        if output is Output.JSON:
            typer.echo(error_json(command, error))
        else:
            print_error(error, error_console())
        raise typer.Exit(error.exit_code) from None


def show(report: Report, output: Output, junit_file: Path | None = None) -> None:
    """Print a report in the wanted form, and write its JUnit file."""
    _print(report, output)
    if junit_file is not None:
        junit_file.write_text(junit(report), encoding="utf-8")


def _print(report: Report, output: Output) -> None:
    if output is Output.JSON:
        typer.echo(report_json(report))
    else:
        print_report(report, output_console())


def load_targets(site: Path, hosts: Sequence[str], *, lab: bool, quiet: bool) -> tuple[Target, ...]:
    """Load a site file and merge it for the wanted hosts; with ``lab``, start their lab hosts and point to them."""
    from iisrelay.site.loader import load_site
    from iisrelay.site.targets import targets

    chosen = targets(load_site(site), hosts)
    return _on_lab(chosen, quiet=quiet) if lab else chosen


def _on_lab(chosen: tuple[Target, ...], *, quiet: bool) -> tuple[Target, ...]:
    from iisrelay.lab import control

    folder = STATE_FOLDER / "lab"
    started = control.ensure_running(folder, [target.name for target in chosen])
    for host in () if quiet else started:
        with suppress(OSError):  # work goes on where nobody can be told
            error_console().print(
                f"{host.name}: lab host started ({host.product})", soft_wrap=True, highlight=False, markup=False
            )
    return tuple(replace(target, connection=control.connection(folder, target.name)) for target in chosen)


def run_plan(
    targets: Sequence[Target], *, allow: frozenset[str], jobs: int, quiet: bool, rotate: bool = False
) -> Report:
    """Plan for hosts, with progress."""
    from iisrelay.engine.fleet import plan_hosts
    from iisrelay.transport.connect import connect

    _check_guards(allow)
    with ProgressLine(error_console(), quiet=quiet) as progress:
        return plan_hosts(targets, connect, jobs=jobs, progress=progress, allow=allow, rotate=rotate)


def run_verify(targets: Sequence[Target], *, jobs: int, quiet: bool) -> Report:
    """Verify hosts, with progress."""
    from iisrelay.engine.fleet import verify_hosts
    from iisrelay.transport.connect import connect

    with ProgressLine(error_console(), quiet=quiet) as progress:
        return verify_hosts(targets, connect, jobs=jobs, progress=progress)


def run_apply(
    targets: Sequence[Target],
    *,
    allow: frozenset[str],
    jobs: int,
    quiet: bool,
    saved: "SavedPlans | None",
    confirm: "Confirm | None",
    safety: "Safety",
) -> Report:
    """Apply to hosts, with progress that makes way for the question."""
    from iisrelay.engine.fleet import apply_hosts
    from iisrelay.transport.connect import connect

    _check_guards(allow)
    with ProgressLine(error_console(), quiet=quiet) as progress:
        return apply_hosts(
            targets,
            connect,
            jobs=jobs,
            progress=progress,
            allow=allow,
            saved=saved,
            confirm=_paused(progress, confirm),
            history=history(),
            safety=safety,
        )


def run_rollback(
    targets: Sequence[Target],
    undoes: "Mapping[str, Sequence[Entry]]",
    *,
    allow: frozenset[str],
    jobs: int,
    quiet: bool,
    confirm: "Confirm | None",
    safety: "Safety",
) -> Report:
    """Roll hosts back, with progress that makes way for the question."""
    from iisrelay.engine.fleet import rollback_hosts
    from iisrelay.transport.connect import connect

    _check_guards(allow)
    with ProgressLine(error_console(), quiet=quiet) as progress:
        return rollback_hosts(
            targets,
            undoes,
            connect,
            jobs=jobs,
            progress=progress,
            allow=allow,
            confirm=_paused(progress, confirm),
            history=history(),
            safety=safety,
        )


def history() -> "History":
    """Give the history of this folder."""
    from iisrelay.engine.history import History

    return History(STATE_FOLDER / "history")


def _paused(progress: ProgressLine, confirm: "Confirm | None") -> "Confirm | None":
    """Take the live line away while somebody is asked."""
    if confirm is None:
        return None

    def ask(plans: Report) -> bool:
        with progress.paused():
            return confirm(plans)

    return ask


def question(output: Output, command: str) -> "Confirm":
    """Give the function that asks whether plans are to be applied.

    Raises:
        RefusedError: when there is nobody to ask.
    """
    if output is Output.JSON or not (sys.stdin.isatty() and sys.stderr.isatty()):
        look = "iisrelay plan" if command == "apply" else "iisrelay history"
        raise RefusedError(
            f"{command} has to be confirmed, and there is nobody to ask.",
            f"Look at `{look}`, then run {command} with --yes"
            + (", or apply a plan saved by `plan --out`." if command == "apply" else "."),
        )
    return _ask


def _ask(plans: Report) -> bool:
    console = error_console()
    print_report(plans, console)
    answer = typer.prompt("Apply this? Only 'yes' is taken for a yes", default="no", err=True)
    return bool(answer.strip().lower() == "yes")


def _check_guards(allow: frozenset[str]) -> None:
    from iisrelay.plan.guard import GUARDS
    from iisrelay.plan.model import STALE_PLAN

    known = (*GUARDS, STALE_PLAN)
    unknown = sorted(allow - set(known))
    if unknown:
        raise UsageError(f"There is no guard {unknown[0]!r}.", f"The guards are {', '.join(known)}.")
