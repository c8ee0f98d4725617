"""powershell.exe as a program that others start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.powershell.native import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.native import NativeCall


@native("powershell")
def powershell(call: NativeCall) -> int:
    """powershell.exe: a new process with its own variables; what is piped to it is its standard input."""
    piped = iter(call.input)
    out, flush_out = _lines(call.out)
    err, flush_err = _lines(call.err)
    code = run_powershell(
        call.engine.machine,
        call.arguments,
        read_line=(lambda: next(piped, None)) if call.has_input else call.engine.read_line,
        read_all=(lambda: "\r\n".join(piped)) if call.has_input else call.engine.read_all,
        out=out,
        err=err,
        environment=dict(call.engine.environment),
        current_directory=call.engine.current_directory,
    )
    flush_out()
    flush_err()
    return code


def _lines(sink: Callable[[str], None]) -> tuple[Callable[[str], None], Callable[[], None]]:
    """Turn a stream of text into lines: what writes, and what hands on an unfinished last line."""
    pending = ""

    def write(text: str) -> None:
        nonlocal pending
        *complete, pending = (pending + text).replace("\r\n", "\n").split("\n")
        for line in complete:
            sink(line)

    def flush() -> None:
        if pending:
            sink(pending)

    return write, flush
