"""``iisrelay settings``: every setting, where it is stored, and where the console shows it."""

import json
from typing import Annotated

import typer

from iisrelay.cli.options import Output, OutputOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("settings")(settings)


def settings(
    filter_text: Annotated[
        str, typer.Argument(help="Show only settings whose key, property or meaning has this text.", metavar="[TEXT]")
    ] = "",
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page of the documentation.")] = False,
    output: OutputOption = Output.HUMAN,
) -> None:
    """List the settings: key, meaning, default, property, ID, tab.

    Try `iisrelay settings relay` or `iisrelay settings HopCount`. What has no key of its own can be set through the raw
    `metabase:` key of a virtual server.
    """
    from iisrelay.settings.catalog import CATALOG, settings_markdown

    if markdown:
        typer.echo(settings_markdown(), nl=False)
        return
    wanted = filter_text.lower()
    rows = [setting.row() for setting in CATALOG]
    rows = [row for row in rows if wanted in " ".join(map(str, row.values())).lower()]
    if output is Output.JSON:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['key']}\n    {row['meaning']}")
        details = [f"{name}: {row[name]}" for name in ("values", "default", "stored as", "in the console") if row[name]]
        typer.echo("    " + "; ".join(details) + "\n")
    typer.echo(f"{len(rows)} settings.", err=True)
