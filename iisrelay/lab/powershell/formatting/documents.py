"""What is being shown: objects in a shape. Format-Table and its kin make one, Out-* write it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.formatting.texts import property_text
from iisrelay.lab.powershell.formatting.views import Getter, ViewColumn, read_property

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


@dataclass(frozen=True)
class Column:
    """A column of a document. ``right`` None lets the first value decide: numbers stand to the right."""

    label: str
    source: str | Getter
    width: int = 0
    right: bool | None = None
    pattern: str = ""

    def value(self, engine: Engine, item: object) -> object:
        """Give the value of an object; what fails shows as nothing."""
        return read_property(engine, item, self.source)

    def text(self, engine: Engine, item: object) -> str:
        """Give the text of an object's value."""
        return property_text(engine, self.value(engine, item), self.pattern)


def from_view(column: ViewColumn) -> Column:
    """Turn a view's column into a document's."""
    return Column(column.label, column.source or column.label, column.width, column.right)


@dataclass
class Insertion:
    """Lines that stand between the rows, such as text that came along."""

    lines: list[str]


@dataclass
class Document:
    """Objects in one shape: "table", "list", "wide" or "text". Without columns those of each object's type are shown.

    ``bound`` documents come from a type's view and take only objects of that type; others take anything.
    """

    shape: str
    columns: list[Column] = field(default_factory=list)
    group: Column | None = None
    group_indent: int = 3
    group_gap: int = 1
    auto_size: bool = False
    hide_headers: bool = False
    wrap: bool = False
    wide_columns: int = 0
    forced: bool = False  # -Force: errors, too, are objects with properties
    bound: object = None
    requested: list[object] = field(default_factory=list)
    entries: list[object] = field(default_factory=list)


declare("Microsoft.PowerShell.Commands.Internal.Format.FormatStartData", python=Document)
