"""``iisrelay apply``: make hosts as the site file says, and prove it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iisrelay.cli.options import (
    AllowOption,
    BreakLockOption,
    Failure,
    HostOption,
    JobsOption,
    JunitOption,
    LabOption,
    Output,
    OutputOption,
    QuietOption,
    RequireBackupOption,
)

if TYPE_CHECKING:  # the engine is imported when the command runs: start-up stays small
    from iisrelay.plan.saved import SavedPlans


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
    on_failure: Annotated[
        Failure,
        typer.Option(
            "--on-failure",
            help="When a change fails: undo everything, stop there, or continue with the others.",
        ),
    ] = Failure.ROLLBACK,
    require_backup: RequireBackupOption = False,
    break_lock: BreakLockOption = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Write all passwords again, also those that have not changed.")
    ] = False,
) -> None:
    """Make the hosts as the site file says, and read all of it back.

    Shows the plan and asks before anything is changed. Every change is tried by itself and judged by what the host
    holds afterwards; when one fails, everything is brought back to what it was before (--on-failure). At the end the
    host saves the configuration to disk. What was there before is kept for `iisrelay rollback`, and as a backup of the
    metabase on the host. A saved plan is applied without a question, and refused when the host or the site file has
    changed since it was made.
    """
    from iisrelay.cli.session import failures_as, load_targets, question, run_apply, show
    from iisrelay.engine.options import OnFailure, Safety
    from iisrelay.plan.saved import read_plans

    with failures_as(output, "apply"):
        saved = read_plans(file) if file.suffix == ".json" else None
        targets = load_targets(Path(saved.site) if saved else file, _hosts(host, saved), lab=lab, quiet=quiet)
        confirm = None if yes or saved else question(output, "apply")
        safety = Safety(OnFailure(on_failure.value), require_backup, break_lock, rotate)
        report = run_apply(
            targets,
            allow=frozenset(allow or ()),
            jobs=jobs,
            quiet=quiet,
            saved=saved,
            confirm=confirm,
            safety=safety,
        )
    show(report, output, junit)
    raise typer.Exit(report.exit_code)


def _hosts(named: list[str] | None, saved: "SavedPlans | None") -> list[str]:
    """A saved plan is for its hosts, unless some of them are named."""
    return named or (list(saved.plans) if saved else [])
