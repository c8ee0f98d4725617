"""Runs command lines on a simulated machine, as the command processor below a WinRM shell does."""

import re

from iisrelay.lab.powershell.engine import Engine
from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.powershell.native import NativeCall, find_native
from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.native.command_line import split_arguments
from iisrelay.lab.wsman.shells import Process

POWERSHELL = re.compile(
    r'\s*(?:"[^"%]*\\powershell(?:\.exe)?"|(?:[^\s"%]*\\)?powershell(?:\.exe)?)(?=\s|$)', re.IGNORECASE
)
QUOTED_OR_OPERATOR = re.compile(r'"[^"%]*"|[&|<>^%\r\n]')


def run_line(machine: Machine, process: Process, *, is_administrator: bool = True) -> int:
    """Run a process's command line on a machine; gives the exit code."""
    with machine.signed_in(machine.accounts.login(process.user, is_administrator=is_administrator)):
        environment = machine.environment
        environment.update(process.environment)
        directory = process.current_directory or environment["USERPROFILE"]
        machine.event_log.process_created(process.line, process.user)
        arguments = powershell_arguments(process.line)
        if arguments is None:
            return _run_command_processor(machine, process, environment, directory)
        return run_powershell(
            machine,
            arguments,
            read_line=process.read_line,
            read_all=process.read_all,
            out=process.out,
            err=process.err,
            environment=environment,
            current_directory=directory,
        )


def powershell_arguments(line: str) -> list[str] | None:
    """Split a line that does nothing but start PowerShell into its arguments.

    None means that the command processor has to look at the line. PowerShell is started directly where possible,
    because then what it prints arrives as it was written and not line by line.
    """
    program = POWERSHELL.match(line)
    if not program:
        return None
    rest = line[program.end() :]
    if any(not found.startswith('"') for found in QUOTED_OR_OPERATOR.findall(rest)):
        return None
    return split_arguments(rest)


def _run_command_processor(machine: Machine, process: Process, environment: dict[str, str], directory: str) -> int:
    command_processor = find_native("cmd")
    if command_processor is None:
        raise LookupError("cmd.exe is not simulated")
    engine = Engine(
        machine,
        version=machine.windows.powershell_version,
        out=process.out,
        err=process.err,
        read_line=process.read_line,
        read_all=process.read_all,
        environment=environment,
        current_directory=directory,
    )
    call = NativeCall(
        engine,
        "cmd",
        ["/c", process.line],
        out=lambda line: process.out(f"{line}\r\n"),
        err=lambda line: process.err(f"{line}\r\n"),
    )
    return command_processor(call)
