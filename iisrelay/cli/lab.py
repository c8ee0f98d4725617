"""``iisrelay lab``: simulated Windows Servers on this machine."""

import sys
from typing import Annotated

import typer

from iisrelay.cli import lab_faults
from iisrelay.cli.options import LAB_FOLDER, LabNameArgument, Output, OutputOption

NamesArgument = Annotated[list[str], typer.Argument(help="Names of lab hosts.", metavar="NAME...")]

lab_app = typer.Typer(
    help="""Simulated Windows Servers to try everything on.

They have WinRM, PowerShell, metabase, registry, services and features.
They behave like the Windows version they are started with, listen on loopback, and keep their state in .iisrelay/lab.
What works here is worth trying on a real host; it is no proof for one.
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    lab_faults.register(lab_app)
    app.add_typer(lab_app, name="lab")


@lab_app.command("start")
def start(
    names: NamesArgument,
    *,
    windows: Annotated[
        str, typer.Option("--os", help="2008r2, 2012, 2012r2, 2016, 2019, 2022 or 2025 (new hosts only).")
    ] = "2019",
    smtp: Annotated[
        bool, typer.Option("--smtp", help="Install the SMTP Server feature on a new host (else plan and apply do it).")
    ] = False,
) -> None:
    """Start lab hosts; a name seen before comes back as it was left."""
    from iisrelay.lab import control

    for host in control.start(LAB_FOLDER, names, windows=windows, smtp=smtp):
        typer.echo(f"{host.name}: {host.product}, {host.url}")


@lab_app.command("stop")
def stop(names: Annotated[list[str] | None, typer.Argument(help="Default: all.", metavar="[NAME...]")] = None) -> None:
    """Stop lab hosts; their state is kept."""
    from iisrelay.lab import control

    for name in control.stop(LAB_FOLDER, names or ()):
        typer.echo(f"{name}: stopped")


@lab_app.command("status")
def status(*, output: OutputOption = Output.HUMAN) -> None:
    """List the lab hosts: Windows version, running or not, endpoint."""
    import json
    from dataclasses import asdict

    from iisrelay.lab import control

    hosts = control.status(LAB_FOLDER)
    if output is Output.JSON:
        typer.echo(json.dumps([asdict(host) for host in hosts], indent=2))
        return
    if not hosts:
        typer.echo("No lab hosts. Start one with `iisrelay lab start NAME --os 2019`.")
    for host in hosts:
        state = f"running at {host.url} as {host.username}" if host.running else "stopped"
        typer.echo(f"{host.name}: {host.product}, {state}")


@lab_app.command("show")
def show(name: LabNameArgument) -> None:
    """Print a lab host's endpoint, password and state as JSON.

    The password was made for this host and opens nothing else.
    """
    import json

    from iisrelay.lab import control

    typer.echo(json.dumps(control.show(LAB_FOLDER, name), indent=2, ensure_ascii=False))


@lab_app.command("reset")
def reset(
    names: NamesArgument,
    *,
    windows: Annotated[str | None, typer.Option("--os", help="Come back as this Windows version.")] = None,
    smtp: Annotated[bool, typer.Option("--smtp", help="With the SMTP Server feature installed.")] = False,
) -> None:
    """Put lab hosts back to a fresh installation."""
    from iisrelay.lab import control

    for host in control.reset(LAB_FOLDER, names, windows=windows, smtp=smtp):
        typer.echo(f"{host.name}: fresh {host.product}")


@lab_app.command("exec")
def execute(
    name: LabNameArgument,
    script: Annotated[str, typer.Argument(help="PowerShell to run, or - for standard input.", metavar="SCRIPT")],
) -> None:
    """Run PowerShell on a lab host over WinRM.

    Prints what the script prints and exits with its exit code.
    """
    from iisrelay.lab import control

    text = sys.stdin.read() if script == "-" else script
    result = control.execute(LAB_FOLDER, name, text)
    typer.echo(result.stdout, nl=False)
    typer.echo(result.stderr, nl=False, err=True)
    raise typer.Exit(result.exit_code)
