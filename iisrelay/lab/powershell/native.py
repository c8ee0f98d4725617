"""Programs (sc.exe, netsh, reg ...) as the interpreter calls them: a registry that the simulated Windows fills.

@native("hostname")
def hostname(call: NativeCall) -> int:
    call.out(call.engine.machine.name)
    return 0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine


@dataclass
class NativeCall:
    """One run of a program. ``arguments`` are already strings; ``input`` are the lines piped to it."""

    engine: Engine
    name: str
    arguments: list[str] = field(default_factory=list)
    input: list[str] = field(default_factory=list)
    has_input: bool = False
    out: Callable[[str], None] = lambda _line: None
    err: Callable[[str], None] = lambda _line: None

    def read_input(self) -> str:
        """Give everything that was piped to the program."""
        return "\r\n".join(self.input)


NATIVE: dict[str, Callable[[NativeCall], int]] = {}
"""Programs by lower-case name without folder and without ".exe"."""


def native(name: str) -> Callable[[Callable[[NativeCall], int]], Callable[[NativeCall], int]]:
    """Register the decorated function as a program; it returns the exit code."""

    def register(function: Callable[[NativeCall], int]) -> Callable[[NativeCall], int]:
        NATIVE[name.lower().removesuffix(".exe")] = function
        return function

    return register


def find_native(name: str) -> Callable[[NativeCall], int] | None:
    """Find a program by name or path, with or without ".exe"."""
    base = name.replace("/", "\\").rsplit("\\", 1)[-1].lower()
    return NATIVE.get(base) or NATIVE.get(base.removesuffix(".exe"))
