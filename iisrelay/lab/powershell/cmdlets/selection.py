"""Select-Object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Call, Param, Processor, processor
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.evaluator.base import emit_value
from iisrelay.lab.powershell.flow import StopPipelineSignal
from iisrelay.lab.powershell.members import MISSING, find_member
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.ordering import same_values
from iisrelay.lab.powershell.property_expressions import PropertyExpression, property_expressions
from iisrelay.lab.powershell.values import PSCustomObject, PSObjectWrapper
from iisrelay.lab.powershell.wildcards import matches

if TYPE_CHECKING:
    from collections.abc import Callable

UNTYPED = "System.Object"


@processor(
    "Select-Object",
    Param("Property", "object[]", 0),
    Param("ExcludeProperty", "string[]"),
    Param("ExpandProperty", "string"),
    Param("First", "int"),
    Param("Last", "int"),
    Param("Skip", "int"),
    Param("SkipLast", "int", since="5.0"),
    Param("Index", "int[]"),
    Param("Unique", "switch"),
    Param("Wait", "switch", since="3.0"),
    Param("InputObject", pipeline=True),
    aliases=("select",),
)
class SelectObject(Processor):
    """Select-Object: some of the objects, or some of their properties."""

    def __init__(self, call: Call, write: Callable[[object], None]) -> None:
        super().__init__(call, write)
        self.properties = property_expressions(self.engine, call.get("Property"))
        self.excluded = [to_string(None, name) for name in call.get("ExcludeProperty") or ()]  # type: ignore[attr-defined]
        self.expanded = to_string(None, call.get("ExpandProperty"))
        self.first, self.last = call.get("First"), call.get("Last")
        self.skip = int(str(call.get("Skip", 0)))
        self.skip_last = int(str(call.get("SkipLast", 0)))
        self.indexes = {int(str(index)) for index in call.get("Index") or ()}  # type: ignore[attr-defined]
        self.count = self.written = 0
        self.seen: list[object] = []
        self.kept: list[object] = []

    def process(self, item: object) -> None:
        """Take an object: pass it, keep it for the end, or let it go."""
        if item is None and not self.call.has_input:
            return
        position = self.count
        self.count += 1
        if self.last is not None or self.skip_last:
            self.kept.append(item)
        if self.indexes:
            if position in self.indexes:
                self.select(item)
        elif (self.last is not None and self.first is None) or self.skip_last:
            return
        elif position >= self.skip and (self.first is None or self.written < int(str(self.first))):
            self.written += 1
            self.select(item)
        self._stop_when_done()

    def _stop_when_done(self) -> None:
        done = self.first is not None and self.written >= int(str(self.first)) and self.last is None
        if self.indexes:
            done = self.count > max(self.indexes)
        if done and self.call.has_input and not self.call.has("Wait") and self.engine.version_number >= 3:
            raise StopPipelineSignal(self.stage)

    def end(self) -> None:
        """Give the last objects."""
        if self.skip_last:
            for item in self.kept[self.skip : len(self.kept) - self.skip_last]:
                self.select(item)
        elif self.last is not None:
            kept = self.kept[self.written if self.first is not None else 0 : len(self.kept) - self.skip]
            for item in kept[max(0, len(kept) - int(str(self.last))) :]:
                self.select(item)

    def select(self, item: object) -> None:
        """Write an object, or what was asked of it."""
        if self.expanded:
            self.expand(item)
            return
        selected: object = item
        if self.properties or self.excluded:
            selected = self.pick(item)
        if self.call.has("Unique"):
            if any(self._alike(selected, other) for other in self.seen):
                return
            self.seen.append(selected)
        self.write(selected)

    def pick(self, item: object) -> PSCustomObject:
        """Make an object of the selected properties."""
        made = PSCustomObject(type_names=[f"Selected.{type_of(item).name}"])
        for expression in self.properties or [PropertyExpression("*")]:
            for name, value in expression.expand(self.engine, item):
                if any(matches(pattern, name) for pattern in self.excluded):
                    continue
                made.members.set(name, value)
        return made

    def expand(self, item: object) -> None:
        """Write the items of a property."""
        found = find_member(self.engine, item, self.expanded)
        if found is MISSING:
            self.call.error(
                f'Property "{self.expanded}" cannot be found.',
                category="InvalidArgument",
                identifier="ExpandPropertyNotFound",
                target=item,
                exception="System.Management.Automation.PSArgumentException",
            )
            return
        if not self.properties:
            emit_value(self.write, found)
            return
        notes = self.pick(item).members.notes()
        emit_value(lambda single: self.write(_with_notes(single, notes)), found)

    def _alike(self, left: object, right: object) -> bool:
        if isinstance(left, PSCustomObject) and isinstance(right, PSCustomObject):
            first, second = left.members.notes(), right.members.notes()
            return [name for name, _ in first] == [name for name, _ in second] and all(
                self._alike(one, other) for (_, one), (_, other) in zip(first, second, strict=True)
            )
        try:
            return type(left) is type(right) and same_values(self.engine, left, right, case_sensitive=True)
        except NetError:
            return left is right


def _with_notes(item: object, notes: list[tuple[str, object]]) -> object:
    """Give an expanded item the other selected properties."""
    holder = item if isinstance(item, PSCustomObject | PSObjectWrapper) else PSObjectWrapper(item)
    for name, value in notes:
        holder.members.set(name, value)
    return holder
