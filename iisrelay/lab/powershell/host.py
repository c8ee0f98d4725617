"""powershell.exe: its command line, its exit codes, its streams."""

from __future__ import annotations

import base64
import binascii
import sys
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iisrelay.lab.powershell import automation_types, cmdlets, dotnet, evaluator
from iisrelay.lab.powershell.binder import Argument
from iisrelay.lab.powershell.engine import Engine
from iisrelay.lab.powershell.error_records import InvocationInfo, PowerShellError, Source
from iisrelay.lab.powershell.evaluator.statements import FAILURES
from iisrelay.lab.powershell.flow import ExitSignal, FlowSignal
from iisrelay.lab.powershell.functions import FunctionStage
from iisrelay.lab.powershell.script_blocks import FunctionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence

REGISTERED = (automation_types, cmdlets, dotnet, evaluator)
"""Modules whose import fills the tables of cmdlets, types and syntax."""

RECURSION_LIMIT = 60_000  # a call of the language takes about 20 Python frames; the language's own limit is 1000 calls
LAB_FAILURE = 70  # EX_SOFTWARE: no exit code of powershell.exe
BAD_ARGUMENT = (
    -196608
)  # the exit code of powershell.exe for a file that is not there, as an unsigned 16-bit shift (0xFFFD0000)

# Parameters of powershell.exe by lower-case name: whether a value follows.
PARAMETERS = {
    "command": True,
    "configurationname": True,
    "encodedarguments": True,
    "encodedcommand": True,
    "executionpolicy": True,
    "file": True,
    "help": False,
    "inputformat": True,
    "mta": False,
    "noexit": False,
    "nologo": False,
    "noninteractive": False,
    "noprofile": False,
    "outputformat": True,
    "psconsolefile": True,
    "sta": False,
    "version": True,
    "windowstyle": True,
}
SHORT_NAMES = {
    "?": "help",
    "c": "command",
    "e": "encodedcommand",
    "ec": "encodedcommand",
    "ep": "executionpolicy",
    "ex": "executionpolicy",
    "f": "file",
    "h": "help",
    "i": "inputformat",
    "if": "inputformat",
    "m": "mta",
    "n": "noprofile",
    "noe": "noexit",
    "nol": "nologo",
    "noni": "noninteractive",
    "nop": "noprofile",
    "o": "outputformat",
    "of": "outputformat",
    "s": "sta",
    "v": "version",
    "w": "windowstyle",
}


@dataclass
class CommandLine:
    """The command line, understood."""

    options: dict[str, str] = field(default_factory=dict)
    command: str | None = None
    file: str | None = None
    arguments: list[str] = field(default_factory=list)
    is_encoded: bool = False
    problem: str = ""


def parse_command_line(words: Sequence[str]) -> CommandLine:
    """Read the words after powershell.exe."""
    line = CommandLine()
    index = 0
    while index < len(words) and not line.problem:
        word = words[index]
        if word[:1] not in {"-", "/"} or len(word) < 2:
            line.command = " ".join(words[index:])
            return line
        name = _full_name(word[1:].lower())
        if name is None:
            # An unknown word makes powershell.exe take it and the rest as a command.
            line.command = " ".join(words[index:])
            return line
        rest = list(words[index + 1 :])
        if _take_script(line, name, rest):
            return line
        if PARAMETERS[name]:
            line.options[name] = rest[0] if rest else ""
            index += 1
        else:
            line.options[name] = "true"
        index += 1
    return line


def _full_name(word: str) -> str | None:
    if word in PARAMETERS:
        return word
    if word in SHORT_NAMES:
        return SHORT_NAMES[word]
    found = [name for name in PARAMETERS if name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _take_script(line: CommandLine, name: str, rest: list[str]) -> bool:
    """Take what is to be run; tell whether that ends the command line."""
    if name == "command":
        line.command = " ".join(rest)
        return True
    if name == "file":
        line.file, line.arguments = (rest[0] if rest else ""), rest[1:]
        return True
    if name == "encodedcommand" and rest:
        line.is_encoded = True
        try:
            line.command = base64.b64decode(rest[0], validate=True).decode("utf-16-le")
        except (binascii.Error, UnicodeDecodeError):
            line.problem = (
                "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. "
                "The value must be Base64 encoded."
            )
    return False


def run_powershell(
    machine: object,
    arguments: Sequence[str],
    *,
    read_line: Callable[[], str | None],
    read_all: Callable[[], str],
    out: Callable[[str], None],
    err: Callable[[str], None],
    environment: MutableMapping[str, str],
    current_directory: str,
) -> int:
    """Run powershell.exe with a command line; give its exit code."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    line = parse_command_line(arguments)
    if line.problem:
        err(line.problem + "\r\n")
        return 1
    engine = Engine(
        machine, version=_version(machine, line), out=out, err=err, read_line=read_line, read_all=read_all,
        environment=environment, current_directory=current_directory,
    )  # fmt: skip
    engine.log("engine_started", engine.version, " ".join(["powershell.exe", *arguments]))
    engine.reads_input = line.options.get("inputformat", "").lower() != "none"
    engine.process_policy = line.options.get("executionpolicy", "")
    engine.host_output.clixml = _uses_clixml(line)
    try:
        return _run(engine, line)
    finally:
        engine.host_output.close()


def _version(machine: object, line: CommandLine) -> str:
    installed = str(getattr(getattr(machine, "windows", None), "powershell_version", "5.1"))
    return "2.0" if line.options.get("version", "").startswith("2") else installed


def _uses_clixml(line: CommandLine) -> bool:
    given = line.options.get("outputformat", "").lower()
    return given == "xml" or (line.is_encoded and not given)


def _run(engine: Engine, line: CommandLine) -> int:
    if line.file is not None and line.file != "-":
        return _run_file(engine, line.file, line.arguments)
    text = line.command
    if text is None or text.strip() == "-" or line.file == "-":
        engine.reads_input = False
        text = engine.read_all()
    return _guarded(engine, lambda: _run_text(engine, text or ""))


def _run_text(engine: Engine, text: str) -> int:
    block = engine.parse_block(text)
    engine.context.source = block.source
    for run in (block.compiled.begin, block.compiled.process, block.compiled.end):
        if run is not None:
            run(engine, engine.host_output.write)
    return 0 if engine.success else 1


def _run_file(engine: Engine, path: str, words: Sequence[str]) -> int:
    full = engine.resolve_path(path)
    text = engine.read_file(full)
    if text is None or not full.lower().endswith(".ps1"):
        engine.err(
            f"The argument '{path}' to the -File parameter does not exist. Provide the path to an existing '.ps1' "
            "file as an "
            "argument to the -File parameter.\r\n"
        )
        return BAD_ARGUMENT
    return _guarded(engine, lambda: _run_script(engine, full, text, words))


def _run_script(engine: Engine, full: str, text: str, words: Sequence[str]) -> int:
    engine.check_script_policy(full)
    block = engine.parse_block(text, full)
    function = FunctionInfo(full.rpartition("\\")[2], block, "ExternalScript", path=full)
    invocation = InvocationInfo(full, Source(""), 0, 0, command=function)
    # -File runs the script as if it were dot-sourced into the new session: its scope is the global one.
    stage = FunctionStage(engine, function, _arguments(words), invocation=invocation, new_scope=False)
    stage.emit = engine.host_output.write
    stage.begin()
    stage.end()
    return stage.exit_code or 0


def _arguments(words: Sequence[str]) -> list[Argument]:
    """Words behind -File: ``-name`` and ``-name:value`` are parameters, everything else is text."""
    made = []
    for word in words:
        if word.startswith("-") and word[1:2].isalpha():
            name, colon, value = word[1:].partition(":")
            made.append(Argument(name, _switch_value(value), attached=bool(colon)))
        else:
            made.append(Argument(value=word))
    return made


def _switch_value(text: str) -> object:
    return {"$true": True, "$false": False}.get(text.lower(), text)


def _guarded(engine: Engine, run: Callable[[], int]) -> int:
    """Run a script; an error that nobody caught is shown and gives exit code 1."""
    try:
        return run()
    except ExitSignal as signal:
        return signal.code
    except FlowSignal:
        return 0  # break or continue outside of any loop ends the script quietly
    except FAILURES as raised:
        _show(engine, engine.as_error(raised))
        return 1
    except Exception:  # noqa: BLE001 - a defect of the lab must be loud, look like no error of Windows, and end this process only
        engine.err(f"The lab failed, not the script:\n{traceback.format_exc()}")
        return LAB_FAILURE


def _show(engine: Engine, error: PowerShellError) -> None:
    engine.log_error(error.record)
    engine.host_output.write_error(error.record)
