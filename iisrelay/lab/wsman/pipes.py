"""The standard streams of a running program: it lives in a thread of its own, the service on the event loop."""

import asyncio
import codecs
import threading
from collections.abc import Callable
from typing import Protocol, Self

OUTPUT_CHUNK_BYTES = 64 * 1024  # what the service hands over of a stream in one answer
FALLBACK_CODEC = "cp437"


class ProgramEndedError(BaseException):
    """Raised inside a program that is to end at once; no handler of the program's own may catch it."""


def codec_of(code_page: int) -> str:
    """Name the codec of a Windows code page; a code page nobody knows leaves the default in place, as chcp does."""
    if code_page == 65001:
        return "utf-8"
    try:
        return codecs.lookup(f"cp{code_page}").name
    except LookupError:
        return FALLBACK_CODEC


class Lock(Protocol):
    """A lock, reentrant or not."""

    def acquire(self) -> bool:
        """Wait for the lock and take it."""

    def release(self) -> None:
        """Give the lock back."""


class Turn:
    """The right to run on a host: programs take turns, and give theirs up while they wait for input."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self.is_held = False

    def __enter__(self) -> Self:
        self._lock.acquire()
        self.is_held = True
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_held:
            self.is_held = False
            self._lock.release()

    def wait_until(self, condition: threading.Condition, is_ready: Callable[[], bool]) -> None:
        """Wait for a condition; others may run meanwhile."""
        with condition:
            if is_ready():
                return
        self.__exit__()
        with condition:
            condition.wait_for(is_ready)
        self.__enter__()


class InputPipe:
    """Standard input: bytes arrive by Send, the program reads them as text in the shell's code page."""

    def __init__(self, code_page: int, *, is_console: bool) -> None:
        self.is_console = is_console
        self._codec = codec_of(code_page)
        self._data = bytearray()
        self._closed = False
        self._ended = False
        self._changed = threading.Condition()

    @property
    def is_closed(self) -> bool:
        """Tell whether no more input can arrive."""
        return self._closed or self._ended

    def feed(self, data: bytes, *, end: bool) -> None:
        """Take input from the client; ``end`` closes the pipe."""
        with self._changed:
            self._data += data
            self._closed = self._closed or end
            self._changed.notify_all()

    def end(self) -> None:
        """Make the program's next read end the program."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def read_line(self, turn: Turn) -> str | None:
        """Read a line without its end; None at the end of the input."""
        turn.wait_until(self._changed, lambda: b"\n" in self._data or self.is_closed)
        self._check()
        if not self._data:
            return None
        line, _, rest = bytes(self._data).partition(b"\n")
        self._data = bytearray(rest)
        return self._text(line.removesuffix(b"\r"))

    def read_all(self, turn: Turn) -> str:
        """Read everything up to the end of the input; a console is not read ahead."""
        if self.is_console:
            return ""
        turn.wait_until(self._changed, lambda: self.is_closed)
        self._check()
        data, self._data = bytes(self._data), bytearray()
        return self._text(data)

    def _check(self) -> None:
        if self._ended:
            raise ProgramEndedError

    def _text(self, data: bytes) -> str:
        return data.decode(self._codec, "replace")


class OutputPipe:
    """Standard output and standard error: written by the program's thread, collected by Receive on the event loop."""

    def __init__(self, code_page: int, loop: asyncio.AbstractEventLoop) -> None:
        self._codec = codec_of(code_page)
        self._loop = loop
        self._streams = {"stdout": bytearray(), "stderr": bytearray()}
        self._lock = threading.Lock()
        self._ended = False
        self.changed = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to hand over."""
        return not any(self._streams.values())

    def end(self) -> None:
        """Make the program's next write end the program."""
        self._ended = True

    def write(self, stream: str, text: str) -> None:
        """Take output of the program.

        Raises:
            ProgramEndedError: the program was ended meanwhile.
        """
        if self._ended:
            raise ProgramEndedError
        with self._lock:
            wakes = self.is_empty
            self._streams[stream] += text.encode(self._codec, "replace")
        if wakes:
            self._loop.call_soon_threadsafe(self.changed.set)

    def take(self) -> dict[str, bytes]:
        """Hand over output by stream, as much of it as the service sends at a time."""
        taken = {}
        with self._lock:
            for name, data in self._streams.items():
                taken[name] = bytes(data[:OUTPUT_CHUNK_BYTES])
                del data[:OUTPUT_CHUNK_BYTES]
        return taken
