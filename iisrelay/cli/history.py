"""``iisrelay history``: what was applied from this folder."""

from typing import TYPE_CHECKING, Annotated

import typer

from iisrelay.cli.options import HostOption, Output, OutputOption

if TYPE_CHECKING:  # the engine is imported when the command runs: start-up stays small
    from iisrelay.engine.history import Entry


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("history")(history)


def history(
    history_id: Annotated[str | None, typer.Argument(help="Show this entry with all its changes.")] = None,
    *,
    host: HostOption = None,
    output: OutputOption = Output.HUMAN,
) -> None:
    """List what was applied and rolled back from this folder.

    The oldest comes first; each entry can be undone by its name. Entries are kept in .iisrelay/history (the newest 50
    of each host). They hold no secrets.
    """
    from iisrelay.cli.session import failures_as, output_console
    from iisrelay.cli.session import history as kept
    from iisrelay.report.history import history_json, print_entries, print_entry

    with failures_as(output, "history"):
        found = [kept().find(history_id)] if history_id else _of_hosts(kept().entries(), host)
    if output is Output.JSON:
        typer.echo(history_json(found))
    elif history_id:
        print_entry(found[0], output_console())
    else:
        print_entries(found, output_console())


def _of_hosts(entries: "list[Entry]", hosts: list[str] | None) -> "list[Entry]":
    return [entry for entry in entries if not hosts or entry.host in hosts]
