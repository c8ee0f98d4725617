"""Cmdlets of the pipeline itself: ForEach-Object, Where-Object, Write-Output and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, Processor, processor
from iisrelay.lab.powershell.conversions import to_bool, to_string
from iisrelay.lab.powershell.evaluator.base import emit_value
from iisrelay.lab.powershell.inline_blocks import InlineBlock
from iisrelay.lab.powershell.members import MISSING, call_method, find_member, get_member
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.operators import binary
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable

INPUT_OBJECT = Param("InputObject", pipeline=True)


def blocks_of(value: object) -> list[object]:
    """Give the items of an argument that may be one value or an array."""
    if value is None:
        return []
    found = enumerate_value(value)
    return [value] if found is None else list(found)


@processor(
    "ForEach-Object",
    Param("Process", position=0),
    Param("Begin"),
    Param("End"),
    Param("RemainingScripts", remaining=True),
    Param("MemberName", since="3.0"),
    Param("ArgumentList", aliases=("Args",), since="3.0"),
    INPUT_OBJECT,
    aliases=("%", "foreach"),
)
class ForEachObject(Processor):
    """ForEach-Object: run script blocks, or read a property or call a method, for every object."""

    def __init__(self, call: Call, write: Callable[[object], None]) -> None:
        super().__init__(call, write)
        scripts = [*blocks_of(call.get("Process")), *blocks_of(call.get("RemainingScripts"))]
        self.member = self._member_name(scripts)
        self.arguments = [*blocks_of(call.get("ArgumentList")), *(scripts[1:] if self.member else [])]
        begin, end = blocks_of(call.get("Begin")), blocks_of(call.get("End"))
        if call.has("RemainingScripts") and not self.member:
            if not call.has("Begin") and len(scripts) > 1:
                begin = [scripts.pop(0)]
            if not call.has("End") and len(scripts) > 1 and not call.has("Begin"):
                end = [scripts.pop()]
        self.begin_blocks = self._inline(begin)
        self.process_blocks = [] if self.member else self._inline(scripts)
        self.end_blocks = self._inline(end)

    def _member_name(self, scripts: list[object]) -> str:
        if self.call.has("MemberName"):
            return to_string(self.engine, self.call.get("MemberName"))
        if scripts and isinstance(scripts[0], str) and self.engine.version_number >= 3:
            return scripts[0]
        return ""

    def _inline(self, scripts: list[object]) -> list[InlineBlock]:
        for script in scripts:
            if not isinstance(script, ScriptBlockValue):
                self.engine.fail(
                    f"Cannot bind parameter 'Process'. Cannot convert the \"{to_string(self.engine, script)}\" "
                    f'value of type "{type_of(script).name}" to type "System.Management.Automation.ScriptBlock".',
                    "CannotConvertArgumentNoMessage",
                    "InvalidArgument",
                )
        return [InlineBlock(self.engine, script) for script in scripts if isinstance(script, ScriptBlockValue)]

    def begin(self) -> None:
        """Run the begin blocks."""
        for block in self.begin_blocks:
            block.run(None, self.write)

    def process(self, item: object) -> None:
        """Run the process blocks for an object."""
        for block in self.process_blocks:
            block.run(item, self.write)
        if self.member:
            self._read_member(item)

    def _read_member(self, item: object) -> None:
        found = MISSING if self.arguments else find_member(self.engine, item, self.member)
        if self.arguments or type(found).__name__ == "PSMethod":
            result = call_method(self.engine, item, self.member, self.arguments)
            if result is not None:
                emit_value(self.write, result)
        else:
            emit_value(self.write, get_member(self.engine, item, self.member))

    def end(self) -> None:
        """Run the end blocks."""
        for block in self.end_blocks:
            block.run(None, self.write)


_COMPARISONS_WORDS = (
    "EQ NE GT GE LT LE Like NotLike Match NotMatch Contains NotContains In NotIn Is IsNot CEQ CNE CGT CGE CLT CLE "
    "CLike CNotLike CMatch CNotMatch CContains CNotContains CIn CNotIn"
)
COMPARISONS = tuple(_COMPARISONS_WORDS.split())


@processor(
    "Where-Object",
    Param("FilterScript", position=0),
    Param("Property", since="3.0"),
    Param("Value", position=1, since="3.0"),
    *(Param(name, "switch", since="3.0") for name in COMPARISONS),
    Param("Not", "switch", since="5.1"),
    INPUT_OBJECT,
    aliases=("?", "where"),
)
class WhereObject(Processor):
    """Where-Object: let through what a script block, or a comparison of a property, says yes to."""

    def __init__(self, call: Call, write: Callable[[object], None]) -> None:
        super().__init__(call, write)
        script = call.get("FilterScript")
        self.block = InlineBlock(self.engine, script) if isinstance(script, ScriptBlockValue) else None
        self.property = to_string(self.engine, call.get("Property", "" if self.block else script))
        # With -Property by name the first word is the value; the binder gave it to FilterScript, which stands first.
        self.value = script if call.has("Property") and not call.has("Value") else call.get("Value")
        given = [name for name in COMPARISONS if call.has(name)]
        self.operator = f"-{given[0].lower()}" if given else ""

    def process(self, item: object) -> None:
        """Judge an object."""
        if self.block is not None:
            if to_bool(self.block.value(item)):
                self.write(item)
        elif self._compare(get_member(self.engine, item, self.property)):
            self.write(item)

    def _compare(self, value: object) -> bool:
        if not self.operator:
            return to_bool(value) is not self.call.has("Not")
        return to_bool(binary(self.engine, self.operator, value, self.value))


@processor(
    "Write-Output",
    Param("InputObject", position=0, pipeline=True, remaining=True, mandatory=True),
    Param("NoEnumerate", "switch", since="4.0"),
    aliases=("echo", "write"),
)
class WriteOutput(Processor):
    """Write-Output: objects to the output, collections item by item."""

    def process(self, item: object) -> None:
        """Write an object."""
        if self.call.has("NoEnumerate"):
            self.write(item)
            return
        if self.call.has_input:
            emit_value(self.write, item)
            return
        for each in item.items if isinstance(item, PSArray) else [item]:
            emit_value(self.write, each)


@processor(
    "Tee-Object",
    Param("FilePath", "string", 0),
    Param("Variable", "string"),
    Param("Append", "switch", since="3.0"),
    INPUT_OBJECT,
    aliases=("tee",),
)
class TeeObject(Processor):
    """Tee-Object: hand objects on, and keep them in a variable or a file."""

    def __init__(self, call: Call, write: Callable[[object], None]) -> None:
        super().__init__(call, write)
        self.kept: list[object] = []

    def process(self, item: object) -> None:
        """Keep an object and hand it on."""
        self.kept.append(item)
        self.write(item)

    def end(self) -> None:
        """Store what was kept."""
        if self.call.has("Variable"):
            value = self.kept[0] if len(self.kept) == 1 else PSArray(self.kept)
            self.engine.set_variable(to_string(self.engine, self.call.get("Variable")), value)
        if self.call.has("FilePath"):
            path = to_string(self.engine, self.call.get("FilePath"))
            self.engine.write_redirected(path, self.kept, append=self.call.has("Append"))
