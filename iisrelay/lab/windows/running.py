"""From the interpreter to the Windows it runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine


def machine_of(engine: Engine) -> Machine:
    """Give the machine that an engine runs on; the language itself knows it as an object only."""
    return engine.machine  # type: ignore[return-value]
