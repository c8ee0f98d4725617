"""``iisrelay apply``: make hosts as the site file says, and prove it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iisrelay.cli.options import (
    AllowOption,
    HostOption,
    JobsOption,
    JunitOption,
    LabOption,
    Output,
    OutputOption,
    QuietOption,
)
from iisrelay.errors import RefusedError

if TYPE_CHECKING:  # the engine is imported when the command runs: start-up stays small
    from iisrelay.engine.fleet import Confirm
    from iisrelay.plan.saved import SavedPlans
    from iisrelay.results import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply)


def apply(
    file: Annotated[
        Path, typer.Argument(help="The site file, or a plan saved by `plan --out`.", metavar="SITE|PLAN.json")
    ] = Path("site.yaml"),
    *,
    host: HostOption = None,
    lab: LabOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be asked.")] = False,
    allow: AllowOption = None,
    output: OutputOption = Output.HUMAN,
    junit: JunitOption = None,
    jobs: JobsOption = 10,
    quiet: QuietOption = False,
) -> None:
    """Make the hosts as the site file says, read everything back, and save the configuration to disk.

    Shows the plan and asks before anything is changed. Every change is tried by itself and judged by what the host
    holds afterwards; a failed one does not stop the others. A saved plan is applied without a question, and refused
    when the host or the site file has changed since it was made.
    """
    from iisrelay.cli.session import failures_as, load_targets, run_apply, show
    from iisrelay.plan.saved import read_plans

    with failures_as(output, "apply"):
        saved = read_plans(file) if file.suffix == ".json" else None
        targets = load_targets(Path(saved.site) if saved else file, _hosts(host, saved), lab=lab, quiet=quiet)
        confirm = None if yes or saved else _question(output)
        report = run_apply(targets, allow=frozenset(allow or ()), jobs=jobs, quiet=quiet, saved=saved, confirm=confirm)
    show(report, output, junit)
    raise typer.Exit(report.exit_code)


def _hosts(named: list[str] | None, saved: "SavedPlans | None") -> list[str]:
    """A saved plan is for its hosts, unless some of them are named."""
    return named or (list(saved.plans) if saved else [])


def _question(output: Output) -> "Confirm":
    if output is Output.JSON or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError(
            "apply has to be confirmed, and there is nobody to ask.",
            "Look at `iisrelay plan`, then run apply with --yes, or apply a plan saved by `plan --out`.",
        )
    return _ask


def _ask(plans: "Report") -> bool:
    from iisrelay.cli.session import error_console
    from iisrelay.report.human import print_report

    console = error_console()
    print_report(plans, console)
    answer = typer.prompt("Apply this? Only 'yes' is taken for a yes", default="no", err=True)
    return bool(answer.strip().lower() == "yes")
