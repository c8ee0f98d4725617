"""``iisrelay init``: a commented site file to start from."""

from pathlib import Path
from typing import Annotated

import typer

from iisrelay.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    path: Annotated[
        Path | None, typer.Argument(help="File to write (default: standard output).", metavar="FILE")
    ] = None,
) -> None:
    """Write a commented site file to start from.

    Without FILE it goes to standard output: `iisrelay init > site.yaml`. An existing FILE is never overwritten.
    """
    from iisrelay.site.starter import starter_text

    if path is None:
        typer.echo(starter_text(), nl=False)
        return
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter_text())
    except FileExistsError:
        raise UsageError(f"{path} exists already.", "Name another file, or remove this one first.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name a file in an existing folder.") from None
    typer.echo(f"Wrote {path}. Next: edit it, then run `iisrelay validate {path}`.", err=True)
