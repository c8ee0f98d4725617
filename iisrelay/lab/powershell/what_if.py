"""What -WhatIf says instead of doing something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.powershell.engine import Engine

Describer = Callable[["Call"], Iterable[tuple[str, str]]]
DESCRIBERS: dict[str, Describer] = {}


def describes(*names: str) -> Callable[[Describer], Describer]:
    """Register what tells the (operation, target) pairs of cmdlets; others speak of their name and first argument."""

    def register(describer: Describer) -> Describer:
        DESCRIBERS.update({name.lower(): describer for name in names})
        return describer

    return register


def should_process_text(engine: Engine, operation: str, target: str) -> str:
    """Word an operation as -WhatIf and -Verbose do; version 2.0 had it a little different."""
    if engine.version_number < 3:
        return f'Performing operation "{operation}" on Target "{target}".'
    return f'Performing the operation "{operation}" on target "{target}".'
