"""``iisrelay render``: a script for hosts that no transport reaches."""

from pathlib import Path
from typing import Annotated

import typer

from iisrelay.cli.options import AllowOption, HostOption, Output, SiteArgument
from iisrelay.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("render")(render)


def render(
    site: SiteArgument = Path("site.yaml"),
    *,
    host: HostOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write HOST.ps1 files into this folder.", metavar="FOLDER")
    ] = None,
    allow: AllowOption = None,
) -> None:
    """Print the PowerShell script that makes a host so by itself.

    For Systems Manager, Azure Run Command, Group Policy or a console: Windows PowerShell 2.0 to 5.1, nothing else. It
    compares before it sets, so that a second run changes nothing; it holds no secrets, but takes them from environment
    variables or a prompt; it prints a line of JSON last and exits with iisrelay's codes. No host is contacted.
    """
    from iisrelay.cli.session import failures_as, load_targets
    from iisrelay.script.standalone import render_standalone

    with failures_as(Output.HUMAN, "render"):
        targets = load_targets(site, host or (), lab=False, quiet=True)
        if out is None and len(targets) > 1:
            names = ", ".join(target.name for target in targets)
            raise UsageError(f"The site has several hosts ({names}).", "Choose one with --host, or give --out FOLDER.")
        scripts = {target.name: render_standalone(target, allow=frozenset(allow or ())) for target in targets}
        if out is not None:
            _write(out, scripts)
            return
    for text in scripts.values():
        typer.echo(text, nl=False)


def _write(folder: Path, scripts: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in scripts.items():
            # Windows PowerShell reads a script without a byte order mark in the ANSI code page.
            (folder / f"{name}.ps1").write_text(text, encoding="utf-8-sig", newline="\r\n")
            typer.echo(f"Wrote {folder / name}.ps1", err=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.", "Name another folder.") from None
