"""cmd.exe: runs command lines; what it does itself is in ``cmd_builtins``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.native import NativeCall, find_native, native
from iisrelay.lab.windows import environment
from iisrelay.lab.windows.native.cmd_builtins import BUILTINS, Exit
from iisrelay.lab.windows.native.command_line import Redirection, SimpleCommand, parse_line, split_arguments
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PROGRAM = re.compile(r'\s*@?("[^"]*"|[^\s"/=,;(]+)(.*)', re.DOTALL)
_STICKY_PROGRAM = re.compile(r"(?:cd|echo|dir|type)(?=[.\\])", re.IGNORECASE)  # "cd\", "echo." need no space
_NOT_RECOGNIZED = "'{}' is not recognized as an internal or external command,\r\noperable program or batch file."


@native("cmd")
def cmd(call: NativeCall) -> int:
    """cmd.exe: /c runs a line; without it the lines come from standard input."""
    rest = list(call.arguments)
    while rest and rest[0].startswith("/") and rest[0].lower()[:2] not in ("/c", "/k"):
        rest.pop(0)
    with_line = bool(rest) and rest[0].lower()[:2] in ("/c", "/k")
    lines = [(rest[0][2:] + " " + " ".join(rest[1:])).strip()] if with_line else call.read_input().splitlines()
    engine = call.engine
    saved = engine.environment, engine.current_directory
    engine.environment = dict(saved[0])
    try:
        processor = CommandProcessor(call)
        for line in lines:
            processor.run(_without_outer_quotes(line))
    except Exit as signal:
        return signal.code
    else:
        return processor.exit_code
    finally:
        engine.environment, engine.current_directory = saved


def _without_outer_quotes(line: str) -> str:
    """Drop the quotes around a whole line, as ``cmd /c "..."`` does unless they surround just a program's name."""
    if line.startswith('"') and line.endswith('"') and (line.count('"') != 2 or " " in line[1:-1].strip()):
        return line[1:-1]
    return line


class CommandProcessor:
    """A running cmd.exe. ``exit_code`` is ERRORLEVEL."""

    def __init__(self, call: NativeCall) -> None:
        self.call = call
        self.engine = call.engine
        self.machine = machine_of(call.engine)
        self.exit_code = 0

    def run(self, line: str) -> None:
        """Run one line."""
        for pipeline in parse_line(self.expand(line)):
            if (pipeline.connector == "&&" and self.exit_code) or (pipeline.connector == "||" and not self.exit_code):
                continue
            self._run_pipeline(pipeline.commands)

    def expand(self, line: str) -> str:
        """Replace ``%NAME%``."""
        variables = {**self.engine.environment, "ERRORLEVEL": str(self.exit_code), "CD": self.engine.current_directory}
        return environment.expand(line, variables)

    def _run_pipeline(self, commands: Sequence[SimpleCommand]) -> None:
        piped: list[str] | None = list(self.call.input) if self.call.has_input else None
        for command in commands[:-1]:
            lines: list[str] = []
            self._run_command(command, piped, lines.append)
            piped = [line for text in lines for line in text.split("\r\n")]
        self._run_command(commands[-1], piped, self.call.out)

    def _run_command(self, command: SimpleCommand, piped: list[str] | None, out: Callable[[str], None]) -> None:
        sinks = {1: out, 2: self.call.err}
        written: list[tuple[Redirection, list[str]]] = []
        for redirection in command.redirections:
            if redirection.stream == 0:
                piped = self.machine.files.read_text(self.path(redirection.target), "cp1252").splitlines()
            elif redirection.target.startswith("&"):
                sinks[redirection.stream] = sinks[int(redirection.target[1:])]
            else:
                lines: list[str] = []
                sinks[redirection.stream] = lines.append
                written.append((redirection, lines))
        self.exit_code = self._dispatch(command.text, piped, sinks)
        for redirection, lines in written:
            self._save(redirection, lines)

    def _dispatch(self, text: str, piped: list[str] | None, sinks: dict[int, Callable[[str], None]]) -> int:
        sticky = _STICKY_PROGRAM.match(text.strip())
        match = _PROGRAM.match(text)
        if sticky:
            name, rest = sticky.group(), text.strip()[sticky.end() :]
        elif match:
            name, rest = match.group(1).strip('"'), match.group(2)
        else:
            return self.exit_code
        call = NativeCall(self.engine, name, split_arguments(rest), piped or [], piped is not None, sinks[1], sinks[2])
        builtin = BUILTINS.get(name.lower())
        if builtin is not None:
            return self._run_builtin(builtin, call, rest)
        program = find_native(name)
        if program is not None:
            return program(call)
        call.err(_NOT_RECOGNIZED.format(name))
        return 1

    def _run_builtin(
        self, builtin: Callable[[CommandProcessor, NativeCall, str], int], call: NativeCall, rest: str
    ) -> int:
        try:
            return builtin(self, call, rest)
        except NetError as error:
            missing = error.type_name.endswith("NotFoundException")
            call.err("The system cannot find the file specified." if missing else error.message.strip())
            return 1

    def path(self, text: str) -> str:
        """Make a path absolute."""
        return self.machine.files.resolve(text.strip('"'), self.engine.current_directory)

    def _save(self, redirection: Redirection, lines: list[str]) -> None:
        if redirection.target.lower() in ("nul", "con"):
            return
        data = "".join(f"{line}\r\n" for line in lines).encode("cp1252", "replace")
        files = self.machine.files
        try:
            (files.append_bytes if redirection.append else files.write_bytes)(self.path(redirection.target), data)
        except NetError:
            self.call.err("The system cannot find the path specified.")
            self.exit_code = 1
