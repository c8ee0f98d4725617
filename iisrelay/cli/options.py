"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Output(StrEnum):
    """The form of a command's result."""

    HUMAN = "human"
    JSON = "json"


class Failure(StrEnum):
    """What becomes of a host when one of its changes fails."""

    ROLLBACK = "rollback"
    STOP = "stop"
    CONTINUE = "continue"


SiteArgument = Annotated[
    Path, typer.Argument(help="The site file (YAML).", metavar="SITE", envvar="IISRELAY_SITE", show_default=True)
]
HostOption = Annotated[
    list[str] | None, typer.Option("--host", help="Only this host of the site (repeatable).", metavar="NAME")
]
LabOption = Annotated[
    bool,
    typer.Option(
        "--lab",
        help="Use lab hosts of the same names (simulated Windows Servers on this machine, kept in .iisrelay/lab).",
    ),
]
LAB_FOLDER = Path(".iisrelay") / "lab"
LabNameArgument = Annotated[str, typer.Argument(help="Name of the lab host.", metavar="NAME")]
OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="Form of the result on standard output.", envvar="IISRELAY_OUTPUT")
]
JobsOption = Annotated[
    int, typer.Option("--jobs", help="How many hosts at once.", min=1, max=500, envvar="IISRELAY_JOBS")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow", help="Force a guard by its name, e.g. open-relay (repeatable).", metavar="GUARD"),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error.")]
JunitOption = Annotated[
    Path | None, typer.Option("--junit", help="Also write the result as JUnit XML to this file.", metavar="FILE")
]
RequireBackupOption = Annotated[
    bool,
    typer.Option("--require-backup", help="Change nothing on a host whose metabase cannot be backed up there first."),
]
BreakLockOption = Annotated[
    bool, typer.Option("--break-lock", help="Take hosts that another apply holds; it stops before its next change.")
]
