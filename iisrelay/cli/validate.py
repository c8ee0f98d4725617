"""``iisrelay validate``: everything that is wrong with a site file, at once."""

from pathlib import Path

import typer

from iisrelay.cli.options import HostOption, Output, OutputOption, SiteArgument


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate")(validate)


def validate(
    site: SiteArgument = Path("site.yaml"), *, host: HostOption = None, output: OutputOption = Output.HUMAN
) -> None:
    """Check a site file without touching any host.

    Every problem is reported at once, each with file, line and key path. Exit code 0 when the file is good, 3 when it
    is not. Secrets are not resolved.
    """
    from iisrelay.cli.session import error_console, failures_as, load_targets

    with failures_as(output, "validate"):
        targets = load_targets(site, host or (), lab=False, quiet=True)
    warnings = [(target.name, warning) for target in targets for warning in target.warnings]
    if output is Output.JSON:
        typer.echo(_document([target.name for target in targets], warnings))
        return
    console = error_console()
    for name, warning in warnings:
        console.print(f"{name}: warning: {warning}", soft_wrap=True, highlight=False, markup=False)
    servers = sum(len(target.virtual_servers) for target in targets)
    typer.echo(f"{site} is valid: {_count(len(targets), 'host')}, {_count(servers, 'virtual server')}.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _document(names: list[str], warnings: list[tuple[str, str]]) -> str:
    import json

    hosts = [
        {"host": name, "status": "in_sync", "error": None, "changes": [],
         "warnings": [warning for owner, warning in warnings if owner == name]}
        for name in names
    ]  # fmt: skip
    return json.dumps({"format": "1.0", "command": "validate", "status": "valid", "hosts": hosts}, indent=2)
