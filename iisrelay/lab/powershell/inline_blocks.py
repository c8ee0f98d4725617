"""Script blocks that run where they stand, for one object after the other: those of ForEach-Object and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.context import Context
from iisrelay.lab.powershell.conversions import one_or_array
from iisrelay.lab.powershell.flow import ReturnSignal
from iisrelay.lab.powershell.functions import call_script_block
from iisrelay.lab.powershell.scopes import Variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.script_blocks import ScriptBlockValue


class InlineBlock:
    """A script block, ready to run in the scope of whoever called the cmdlet that holds it."""

    def __init__(self, engine: Engine, block: ScriptBlockValue) -> None:
        self.engine = engine
        self.block = block
        compiled = block.compiled
        self.code = compiled.end or compiled.process
        self.is_plain = not compiled.parameters and not (compiled.begin or (compiled.process and compiled.end))
        around = engine.context
        if around.is_cmdlet and around.caller is not None:
            around = around.caller
        scope = block.module or around.scope
        self.context = Context(scope, block.source, engine.context.streams, around, around.invocation)
        self.holder = Variable("_", None)

    def run(self, item: object, emit: Callable[[object], None]) -> None:
        """Run the block with ``$_``; ``return`` ends it for this object."""
        if self.code is None:
            return
        engine = self.engine
        variables = self.context.scope.variables
        before, outer = variables.get("_"), engine.context
        self.holder.value = item
        variables["_"] = self.holder
        engine.context = self.context
        try:
            if self.is_plain:
                self.code(engine, emit)
            else:
                call_script_block(engine, self.block, emit=emit, new_scope=False, underscore=item)
        except ReturnSignal:
            return
        finally:
            engine.context = outer
            if before is None:
                variables.pop("_", None)
            else:
                variables["_"] = before

    def value(self, item: object) -> object:
        """Run the block and give its output as one value."""
        items: list[object] = []
        self.run(item, items.append)
        return one_or_array(items)
