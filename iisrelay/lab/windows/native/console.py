"""What the native programs share: lines of output, the refusal of what is not simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iisrelay.lab.powershell.native import NativeCall


def write(call: NativeCall, *lines: str) -> None:
    """Print lines."""
    for line in lines:
        call.out(line)


def not_simulated(call: NativeCall) -> int:
    """Refuse a command line that the lab does not know, aloud; give the exit code."""
    call.err(f"{call.name} {' '.join(call.arguments)}: not simulated by the lab")
    return 1
