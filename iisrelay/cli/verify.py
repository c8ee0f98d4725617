"""``iisrelay verify``: is every host still as the site file says?"""

from pathlib import Path

import typer

from iisrelay.cli.options import (
    HostOption,
    JobsOption,
    JunitOption,
    LabOption,
    Output,
    OutputOption,
    QuietOption,
    SiteArgument,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    site: SiteArgument = Path("site.yaml"),
    *,
    host: HostOption = None,
    lab: LabOption = False,
    output: OutputOption = Output.HUMAN,
    junit: JunitOption = None,
    jobs: JobsOption = 10,
    quiet: QuietOption = False,
) -> None:
    """Tell whether the hosts are as the site file says.

    Exit code 0 when they are, 2 when one differs: made for a scheduler or a pipeline (`--junit drift.xml`).
    """
    from iisrelay.cli.session import failures_as, load_targets, run_verify, show

    with failures_as(output, "verify"):
        targets = load_targets(site, host or (), lab=lab, quiet=quiet)
        report = run_verify(targets, jobs=jobs, quiet=quiet)
    show(report, output, junit)
    raise typer.Exit(report.exit_code)
