"""The commands that cmd.exe carries out itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows import paths
from iisrelay.lab.windows.native.console import not_simulated, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.native import NativeCall
    from iisrelay.lab.windows.native.cmd import CommandProcessor


class Exit(Exception):  # noqa: N818 - a signal, not an error
    """Ends cmd.exe."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _echo(_processor: CommandProcessor, call: NativeCall, rest: str) -> int:
    text = rest[1:] if rest[:1] in (" ", ".", ":", ",", "\t") else rest
    if text.strip().lower() not in ("on", "off"):
        call.out(text if rest else "ECHO is on.")
    return 0


def _type(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    for name in call.arguments:
        text = processor.machine.files.read_text(processor.path(name), "cp1252")
        write(call, *text.removesuffix("\n").removesuffix("\r").split("\r\n"))
    return 0


def _dir(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    options = {word.lower() for word in call.arguments if word.startswith("/")}
    if options - {"/b", "/a", "/s"}:
        return not_simulated(call)
    names = [word for word in call.arguments if not word.startswith("/")] or ["."]
    path = processor.path(names[0])
    files = processor.machine.files
    folder, pattern = (path, "*") if files.is_directory(path) else paths.split(path)
    found = [name for name in files.list(folder) if matches(pattern, name)]
    if not found and pattern != "*":
        call.err("File Not Found")
        return 1
    if "/b" in options:
        write(call, *found)
        return 0
    write(call, " Volume in drive C has no label.", f"\r\n Directory of {folder}\r\n")
    for name in found:
        node = files.directory(folder).children[name.lower()]
        when = datetime.fromtimestamp(node.modified, UTC).strftime("%m/%d/%Y  %I:%M %p")
        size = "<DIR>         " if node.directory else f"{len(node.data):14,}"
        call.out(f"{when}    {size} {name}")
    return 0


def _mkdir(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    code = 0
    for name in call.arguments:
        path = processor.path(name)
        if processor.machine.files.exists(path):
            call.err(f"A subdirectory or file {name} already exists.")
            code = 1
        else:
            processor.machine.files.make_directory(path)
    return code


def _rmdir(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    recursive = "/s" in map(str.lower, call.arguments)
    for name in call.arguments:
        if not name.startswith("/"):
            processor.machine.files.delete(processor.path(name), recursive=recursive)
    return 0


def _del(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    for name in call.arguments:
        if name.startswith("/"):
            continue
        found = list(_matching(processor, name))
        if not found:
            call.err(f"Could Not Find {processor.path(name)}")
        for path in found:
            processor.machine.files.delete(path)
    return 0


def _matching(processor: CommandProcessor, name: str) -> Iterator[str]:
    folder, pattern = paths.split(processor.path(name))
    files = processor.machine.files
    for child in files.list(folder) if files.is_directory(folder) else ():
        path = paths.join(folder, child)
        if matches(pattern, child) and files.is_file(path):
            yield path


def _copy(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    names = [word for word in call.arguments if not word.startswith("/")]
    if len(names) != 2:
        return not_simulated(call)
    files = processor.machine.files
    sources, target = list(_matching(processor, names[0])), processor.path(names[1])
    if not sources:
        call.err("The system cannot find the file specified.")
        return 1
    for source in sources:
        files.copy(source, paths.join(target, paths.split(source)[1]) if files.is_directory(target) else target)
    call.out(f"        {len(sources)} file(s) copied.")
    return 0


def _move(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    names = [word for word in call.arguments if not word.startswith("/")]
    if len(names) != 2:
        return not_simulated(call)
    files = processor.machine.files
    source, target = processor.path(names[0]), processor.path(names[1])
    files.move(source, paths.join(target, paths.split(source)[1]) if files.is_directory(target) else target)
    call.out("        1 file(s) moved.")
    return 0


def _ren(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    if len(call.arguments) != 2:
        return not_simulated(call)
    source = processor.path(call.arguments[0])
    processor.machine.files.move(source, paths.join(paths.split(source)[0], call.arguments[1]))
    return 0


def _cd(processor: CommandProcessor, call: NativeCall, rest: str) -> int:
    target = rest.strip()
    if target.lower().startswith("/d"):
        target = target[2:].strip()
    if not target:
        call.out(processor.engine.current_directory)
        return 0
    path = processor.path(target)
    if not processor.machine.files.is_directory(path):
        call.err("The system cannot find the path specified.")
        return 1
    processor.engine.current_directory = processor.machine.files.true_path(path)
    return 0


def _set(processor: CommandProcessor, call: NativeCall, rest: str) -> int:
    text = rest.strip()
    if text.startswith("/"):
        return not_simulated(call)
    text = text[1:-1] if text.startswith('"') and text.endswith('"') else text
    name, equals, value = text.partition("=")
    variables = processor.engine.environment
    if not equals:
        found = sorted(key for key in variables if key.lower().startswith(name.lower()))
        write(call, *(f"{key}={variables[key]}" for key in found))
        if not found:
            call.err(f"Environment variable {name} not defined")
        return 0 if found else 1
    for key in [key for key in variables if key.lower() == name.lower()]:
        del variables[key]
    if value:
        variables[name] = value
    return 0


def _ver(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    write(call, "", f"Microsoft Windows [Version {processor.machine.windows.full_version}]")
    return 0


def _exit(processor: CommandProcessor, call: NativeCall, _rest: str) -> int:
    words = [word for word in call.arguments if word.lower() != "/b"]
    raise Exit(int(words[0]) if words else processor.exit_code)


def _rem(_processor: CommandProcessor, _call: NativeCall, _rest: str) -> int:
    return 0


def _if(processor: CommandProcessor, call: NativeCall, rest: str) -> int:
    """``if [not] exist PATH COMMAND`` and ``if [not] errorlevel N COMMAND``; other forms fail aloud."""
    words = rest.split(None, 1)
    negated = bool(words) and words[0].lower() == "not"
    words = words[1].split(None, 1) if negated and len(words) > 1 else words
    if len(words) < 2 or words[0].lower() not in ("exist", "errorlevel") or "(" in words[1]:
        return not_simulated(call)
    operand, _, command = words[1].partition(" ")
    if words[0].lower() == "exist":
        holds = processor.machine.files.exists(processor.path(operand))
    else:
        holds = processor.exit_code >= int(operand)
    if holds != negated:
        processor.run(command)
    return processor.exit_code


BUILTINS: dict[str, Callable[[CommandProcessor, NativeCall, str], int]] = {
    "echo": _echo, "type": _type, "dir": _dir, "mkdir": _mkdir, "md": _mkdir, "rmdir": _rmdir, "rd": _rmdir,
    "del": _del, "erase": _del, "copy": _copy, "move": _move, "ren": _ren, "rename": _ren, "cd": _cd, "chdir": _cd,
    "set": _set, "ver": _ver, "exit": _exit, "rem": _rem, "if": _if,
}  # fmt: skip
