"""Running script blocks from .NET members, operators and added members, which know them only as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from iisrelay.lab.powershell.errors import language_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.script_blocks import ScriptBlockValue


def call_block(
    engine: Engine | None,
    block: object,
    arguments: Sequence[object] = (),
    *,
    this: object = None,
    underscore: object = None,
) -> list[object]:
    """Call a script block and collect its output."""
    if engine is None:
        raise language_error("There is no engine to run the script block.", "ScriptBlockWithoutEngine")
    return engine.call_block(cast("ScriptBlockValue", block), list(arguments), this=this, underscore=underscore)
