"""The Typer application, and the one place where failures become exit codes."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import iisrelay
from iisrelay.cli import (
    apply,
    check_tls,
    history,
    init,
    lab,
    plan,
    render,
    rollback,
    schema,
    settings,
    validate,
    verify,
)
from iisrelay.errors import IisRelayError, of_system
from iisrelay.status import ExitCode

HELP = """Set up Windows SMTP relays (IIS SMTP virtual servers) from one site file.

A site file says what each relay should look like. `plan` shows the difference to a host, `apply` makes it so and reads
it back, `verify` tells later whether it still is. Add `--lab` to try it on a simulated Windows Server on this machine.

\b
  iisrelay init > site.yaml        start with a commented site file
  iisrelay plan site.yaml --lab    see what would change, on the lab
  iisrelay apply site.yaml         change the real hosts, after a question
  iisrelay rollback                bring back what was before the last apply
  iisrelay check-tls site.yaml     tell whether mail leaves with TLS 1.2

\b
Exit codes:
    0  done, or nothing to do
    1  failed (check-tls: unknown)
    2  differences (verify; plan --detailed-exitcode; check-tls: not ready)
    3  site file or secret invalid
    4  host unreachable, or login refused
    5  partly done
    6  host not supported
    7  refused (guard, stale plan, no confirmation)
    8  done, but reboot required
   64  wrong command line
  130  interrupted
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (init, validate, schema, settings, render, plan, apply, verify, rollback, history, check_tls, lab):
    command.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"iisrelay {iisrelay.__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback where the program itself fails.")] = False,
) -> None:
    """Carry the options that every command has."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; nothing but a defect of iisrelay prints a traceback."""
    try:
        code = app(list(arguments), standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted; what had been applied stays, run plan to see where the host stands", err=True)
        return ExitCode.INTERRUPTED
    except typer.TyperException as error:
        typer.echo(f"error: {error}", err=True)
        typer.echo("next:  see `iisrelay --help`, or --help after the command", err=True)
        return ExitCode.USAGE
    except IisRelayError as error:
        typer.echo(f"error: {error.message}", err=True)
        if error.hint:
            typer.echo(f"next:  {error.hint}", err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing to tell, nobody to tell it to
        return ExitCode.FAILED
    except OSError as error:
        refused = of_system(error)
        typer.echo(f"error: {refused.message}\nnext:  {refused.hint}", err=True)
        return refused.exit_code
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _defect(error, show_traceback="--debug" in arguments)
    return int(code or 0)


def _defect(error: Exception, *, show_traceback: bool) -> int:
    typer.echo(f"error: iisrelay failed ({type(error).__name__}); this is a defect of the program", err=True)
    if show_traceback:
        import traceback

        typer.echo("".join(traceback.format_exception(error)), err=True)
    else:
        typer.echo("next:  run again with `iisrelay --debug ...` and report what it prints", err=True)
    return ExitCode.FAILED
