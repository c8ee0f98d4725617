"""``iisrelay rollback``: bring back what was before an apply."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iisrelay.cli.options import (
    AllowOption,
    BreakLockOption,
    HostOption,
    JobsOption,
    JunitOption,
    LabOption,
    Output,
    OutputOption,
    QuietOption,
    RequireBackupOption,
)
from iisrelay.errors import UsageError

if TYPE_CHECKING:  # the engine is imported when the command runs: start-up stays small
    from collections.abc import Sequence

    from iisrelay.engine.history import Entry, History
    from iisrelay.site.target import Target


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rollback")(rollback)


def rollback(
    history_id: Annotated[
        str | None,
        typer.Argument(help="The entry of `iisrelay history` to undo; without it the last one of each host."),
    ] = None,
    *,
    site: Annotated[
        Path, typer.Option("--site", help="The site file that tells how to reach the hosts.", envvar="IISRELAY_SITE")
    ] = Path("site.yaml"),
    host: HostOption = None,
    lab: LabOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can be asked.")] = False,
    allow: AllowOption = None,
    output: OutputOption = Output.HUMAN,
    junit: JunitOption = None,
    jobs: JobsOption = 10,
    quiet: QuietOption = False,
    require_backup: RequireBackupOption = False,
    break_lock: BreakLockOption = False,
) -> None:
    """Bring back what a host held before an apply.

    Values, virtual servers with all they had, services, firewall rules. Undoes the entry and everything that was
    applied to its host after it. What was inherited inherits again. Shows the plan and asks, and is an apply like any
    other: guarded, verified, kept in the history, so it can be undone itself. Passwords that were overwritten cannot
    come back (no host gives them away), features stay installed; both are named.
    """
    from iisrelay.cli.session import failures_as, history, load_targets, question, run_rollback, show
    from iisrelay.engine.options import Safety

    with failures_as(output, "rollback"):
        named = [history().find(history_id).host] if history_id else list(host or ())
        chosen, undoes = _chosen(load_targets(site, named, lab=lab, quiet=quiet), history(), history_id)
        report = run_rollback(
            chosen,
            undoes,
            allow=frozenset(allow or ()),
            jobs=jobs,
            quiet=quiet,
            confirm=None if yes else question(output, "rollback"),
            safety=Safety(require_backup=require_backup, break_lock=break_lock),
        )
    show(report, output, junit)
    raise typer.Exit(report.exit_code)


def _chosen(
    targets: "Sequence[Target]", history: "History", history_id: str | None
) -> "tuple[list[Target], dict[str, list[Entry]]]":
    """Give the hosts that have something to undo, with the entries to undo, oldest first."""
    undoes = {target.name: _undone(target, history, history_id) for target in targets}
    chosen = [target for target in targets if undoes[target.name]]
    if not chosen:
        what = f"{history_id} is not of a host at this address" if history_id else "nothing was applied to these hosts"
        raise UsageError(
            f"There is nothing to roll back: {what}.", "`iisrelay history` lists what was applied from here."
        )
    return chosen, undoes


def _undone(target: "Target", history: "History", history_id: str | None) -> "list[Entry]":
    entries = [entry for entry in history.entries(target.name) if entry.address == target.connection.address]
    if history_id is None:
        return [entry for entry in entries if entry.left_something][-1:]
    return [entry for entry in entries if entry.identity >= history_id]
