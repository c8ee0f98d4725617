"""Progress on standard error: a live line in a terminal, plain lines elsewhere."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status


class ProgressLine:
    """Shows which host is in which phase; callable from several threads (rich locks its console)."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._status: Status | None = None
        self._phases: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start the live line where the console is a terminal."""
        if self._console.is_terminal and not self._quiet:
            self._status = self._console.status("connecting")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the live line away while somebody is asked something."""
        if self._status is None:
            yield
            return
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()

    def __call__(self, host: str, phase: str) -> None:
        """Tell that ``host`` has entered ``phase``; the phase "done" ends it. Work goes on where that fails."""
        with contextlib.suppress(OSError):
            self._tell(host, phase)

    def _tell(self, host: str, phase: str) -> None:
        if self._quiet or (phase == "done" and self._status is None):
            return
        if self._status is None:
            self._console.print(f"{host}: {phase}", soft_wrap=True, highlight=False, markup=False, emoji=False)
            return
        if phase == "done":
            self._phases.pop(host, None)
        else:
            self._phases[host] = phase
        self._status.update(", ".join(f"{name}: {word}" for name, word in list(self._phases.items())[:4]) or "working")
