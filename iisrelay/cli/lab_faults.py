"""``iisrelay lab fault`` and ``iisrelay lab events``: what goes wrong on a lab host, and what it has logged."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iisrelay.cli.options import LAB_FOLDER, LabNameArgument, Output, OutputOption
from iisrelay.errors import UsageError

if TYPE_CHECKING:  # start-up stays small
    from collections.abc import Iterable

SpecificationsArgument = Annotated[
    list[str] | None, typer.Argument(help="Faults, in place of all others.", metavar="[SPEC...]")
]

FAULT_HELP = """Let things go wrong on a lab host.

Without SPEC, show what does, and how often it has gone off.

SPEC is KIND[@N][,path=P][,name=N][,code=C][,seconds=S]. It waits for events of its kind (at P, of the name N), and
goes off at the N-th of them, once; without @N at every one. Faults stay with the host until others replace them.

\b
HTTP requests to WinRM
  cut-before@3        the connection is cut, the request is not carried out
  cut-during@3        it is carried out, half of the answer arrives
  cut-after@3         it is carried out, no answer arrives
  stall@3,seconds=20  it is carried out, the answer comes that much later
  http-error@3,code=500   it is not carried out, the answer is that status
Changes in the metabase (path=SmtpSvc/1,name=HopCount)
  ignore-write        SetInfo succeeds, the value stays as it was
  fail-write@2,code=0x80070005
  restart@5,seconds=3     Windows restarts and is back after that time
  power-loss@5,seconds=3  the same, without what was not saved to disk
  clock-jump@5,seconds=-3600
  kill@5              the lab host itself dies
Everything else
  fail-save,name=SaveData,code=0x80070070   (or name=Backup)
  deny-registry,path=HKLM/SYSTEM/CurrentControlSet/Control
  stuck-stop,name=SMTPSVC     also stuck-start, and name=SmtpSvc/1
  full-disk,path=C:
  refuse-login  not-administrator  delay-s=2  drop-after-bytes=500   all the time

\b
Example: the second virtual server refuses its new hop count.
  iisrelay lab fault crm01 fail-write,path=SmtpSvc/2,name=HopCount,code=0x80070005
"""


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``lab``."""
    group.command("fault", help=FAULT_HELP)(fault)
    group.command("events")(events)


def fault(
    name: LabNameArgument,
    specifications: SpecificationsArgument = None,
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Take all faults back.")] = False,
) -> None:
    """Let things go wrong on a lab host."""
    from iisrelay.lab import control
    from iisrelay.lab.faults import parse_faults

    if specifications or clear:
        try:
            wanted = parse_faults(specifications or ())
        except ValueError as error:
            raise UsageError(f"{error}.", "`iisrelay lab fault --help` lists them.") from None
        control.set_faults(LAB_FOLDER, name, wanted)
    for line in _lines(control.faults(LAB_FOLDER, name)):
        typer.echo(f"{name}: {line}")


def _lines(faults: dict[str, Any]) -> "Iterable[str]":
    from iisrelay.lab.faults import POINTS, points_of

    for point in points_of(faults):
        place = "".join(f",{key}={value}" for key, value in (("path", point.path), ("name", point.name)) if value)
        occurrence = f"@{point.at}" if point.at else ""
        yield f"{point.kind}{occurrence}{place}  (went off {point.fired} times)"
    yield from (f"{key.replace('_', '-')}={value}" for key, value in faults.items() if key != POINTS)
    if not faults:
        yield "no faults"


def events(
    name: LabNameArgument,
    *,
    identifier: Annotated[int | None, typer.Option("--id", help="Only events of this number.", metavar="N")] = None,
    output: OutputOption = Output.HUMAN,
) -> None:
    """Print the event logs of a lab host, oldest first.

    They are shown as they were after its last command. Among them are 4104 (the text of every script that ran), 4688
    and 400 (command lines), and 4103 (the arguments of commands, as on Windows only where the policy
    EnableModuleLogging is set): what a password must never be in.
    """
    from iisrelay.lab import control

    found = [record for record in control.events(LAB_FOLDER, name) if identifier in (None, record["event_id"])]
    if output is Output.JSON:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for record in found:
        typer.echo(f"{_moment(record['time'])}  {record['event_id']}  {record['source']} ({record['log']})")
        for line in record["message"].splitlines():
            typer.echo(f"    {line}".rstrip())


def _moment(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
