"""The command line: one short file a command. Start-up imports typer and nothing heavier."""

import sys


def main() -> None:
    """Run iisrelay with the arguments of this process and exit with its code."""
    from iisrelay.cli.app import run

    sys.exit(run(sys.argv[1:]))
