"""Where the output streams other than the first go: 2 errors, 3 warnings, 4 verbose, 5 debug, 6 information."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {2: "error", 3: "warning", 4: "verbose", 5: "debug", 6: "information"}


@dataclass(frozen=True, slots=True)
class Streams:
    """A sink for each stream. Error records arrive as they are, the others as message records."""

    error: Callable[[object], None]
    warning: Callable[[object], None]
    verbose: Callable[[object], None]
    debug: Callable[[object], None]
    information: Callable[[object], None]

    def redirected(self, stream: int, sink: Callable[[object], None]) -> Streams:
        """Give these streams with one of them (0: all) sent elsewhere."""
        if stream == 0:
            return Streams(sink, sink, sink, sink, sink)
        if stream not in NAMES:
            return self
        return replace(self, **{NAMES[stream]: sink})


class MessageRecord:
    """A warning, verbose, debug or information record; prints as its message."""

    __slots__ = ("message", "stream")

    def __init__(self, message: str, stream: int) -> None:
        self.message = message
        self.stream = stream

    def __str__(self) -> str:
        return self.message


class HostMessage:
    """What Write-Host writes: an information record that the console shows without asking a preference."""

    __slots__ = ("message", "no_new_line")

    def __init__(self, message: str, *, no_new_line: bool = False) -> None:
        self.message = message
        self.no_new_line = no_new_line

    def __str__(self) -> str:
        return self.message
