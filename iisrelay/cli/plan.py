"""``iisrelay plan``: what would change, without changing it."""

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
    SiteArgument,
)
from iisrelay.errors import UsageError
from iisrelay.status import ExitCode, HostStatus

if TYPE_CHECKING:  # the engine is imported when the command runs: start-up stays small
    from iisrelay.results import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


def plan(
    site: SiteArgument = Path("site.yaml"),
    *,
    host: HostOption = None,
    lab: LabOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Save the plan to this file, for `apply FILE`.", metavar="FILE")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when changes are pending.")
    ] = False,
    allow: AllowOption = None,
    output: OutputOption = Output.HUMAN,
    junit: JunitOption = None,
    jobs: JobsOption = 10,
    quiet: QuietOption = False,
) -> None:
    """Show what apply would change; nothing is changed.

    Each host is observed and compared with the site file. Settings that the file does not name are left alone. A saved
    plan (--out) can be reviewed and then applied with `iisrelay apply FILE`; it holds no secrets, and apply refuses it
    when the host or the site file has changed since.
    """
    from iisrelay.cli.session import failures_as, load_targets, run_plan, show

    with failures_as(output, "plan"):
        targets = load_targets(site, host or (), lab=lab, quiet=quiet)
        report = run_plan(targets, allow=frozenset(allow or ()), jobs=jobs, quiet=quiet)
        if out is not None:
            _save(out, site, report, lab=lab)
    show(report, output, junit)
    pending = report.status is HostStatus.CHANGES
    raise typer.Exit(ExitCode.DRIFT if pending and detailed_exitcode else report.exit_code)


def _save(out: Path, site: Path, report: "Report", *, lab: bool) -> None:
    from iisrelay.plan.saved import write_plans

    plans = [host.plan for host in report.hosts if host.plan is not None]
    try:
        write_plans(out, plans, site=str(site))
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.", "Name a file in an existing folder.") from None
    again = f"iisrelay apply {out}{' --lab' if lab else ''}"
    typer.echo(f"Saved {len(plans)} of {len(report.hosts)} plans to {out}. Next: `{again}`.", err=True)
