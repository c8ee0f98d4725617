"""find.exe, findstr.exe and netstat.exe, which command lines pipe into each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows.cmdlets.network import listening_ports
from iisrelay.lab.windows.native.console import not_simulated, write
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.native import NativeCall

_FIND_OPTIONS = {"/i", "/v", "/c", "/n"}
_FINDSTR_OPTIONS = {"/i", "/v", "/n", "/l", "/r", "/b", "/e", "/x"}
_FINDSTR_SIGNS = {r"\<": r"\b", r"\>": r"\b"}


def _lines(call: NativeCall, names: list[str]) -> Iterator[str]:
    if not names:
        yield from call.input
        return
    files = machine_of(call.engine).files
    for name in names:
        yield from files.read_text(files.resolve(name, call.engine.current_directory), "cp1252").splitlines()


def _split(call: NativeCall) -> tuple[set[str], list[str]]:
    options = {word.lower() for word in call.arguments if word.startswith("/")}
    return options, [word for word in call.arguments if not word.startswith("/")]


def _show(call: NativeCall, names: list[str], wanted: Callable[[str], bool], options: set[str]) -> int:
    lines = list(enumerate(_lines(call, names), 1))
    found = [(number, line) for number, line in lines if wanted(line) != ("/v" in options)]
    if "/c" in options:
        call.out(str(len(found)))
    elif "/n" in options:
        write(call, *(f"{number}:{line}" for number, line in found))
    else:
        write(call, *(line for _, line in found))
    return 0 if found else 1


@native("find")
def find(call: NativeCall) -> int:
    """find.exe: lines that hold a text."""
    options, words = _split(call)
    if not words or options - _FIND_OPTIONS:
        return not_simulated(call)
    text = words[0].lower() if "/i" in options else words[0]
    return _show(call, words[1:], lambda line: text in (line.lower() if "/i" in options else line), options)


@native("findstr")
def findstr(call: NativeCall) -> int:
    """findstr.exe: lines that match one of several texts or patterns; ``/c:"a b"`` is one text with its spaces."""
    options, words = _split(call)
    literal = [word[3:] for word in call.arguments if word.lower().startswith("/c:")]
    options -= {option for option in options if option.startswith("/c:")}
    if options - _FINDSTR_OPTIONS or not (words or literal):
        return not_simulated(call)
    texts = literal or words.pop(0).split()
    flags = re.IGNORECASE if "/i" in options else re.NOFLAG
    regular = "/r" in options or ("/l" not in options and not literal)
    patterns = [re.compile(_pattern(text, options, regular=regular), flags) for text in texts]
    return _show(call, words, lambda line: any(pattern.search(line) for pattern in patterns), options)


def _pattern(text: str, options: set[str], *, regular: bool) -> str:
    pattern = re.sub(r"[+?(){}|]", r"\\\g<0>", text) if regular else re.escape(text)
    for sign, meaning in _FINDSTR_SIGNS.items() if regular else ():
        pattern = pattern.replace(sign, meaning)
    start = "^" if options & {"/b", "/x"} else ""
    return start + pattern + ("$" if options & {"/e", "/x"} else "")


@native("netstat")
def netstat(call: NativeCall) -> int:
    """netstat.exe: the TCP ports on which the machine listens."""
    letters = "".join(word.lstrip("-/").lower() for word in call.arguments)
    if set(letters) - set("anop"):
        return not_simulated(call)
    with_process = "o" in letters
    heading = "  Proto  Local Address          Foreign Address        State" + "           PID" * with_process
    write(call, "", "Active Connections", "", heading)
    for port in sorted(listening_ports(machine_of(call.engine))):
        process = "           1512" if with_process else ""
        call.out(f"  TCP    {f'0.0.0.0:{port}':22} {'0.0.0.0:0':22} LISTENING{process}")
    return 0
