"""Writing tables, lists and wide lists as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.formatting.columns import HIDDEN, SEPARATOR, distribute
from iisrelay.lab.powershell.formatting.documents import Column, Document, Insertion
from iisrelay.lab.powershell.formatting.shaping import list_columns
from iisrelay.lab.powershell.formatting.texts import cell_text, first_line, fitted, lines_of, wrapped
from iisrelay.lab.powershell.values import NetEnum, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

WIDE_DEFAULT = 2


def document_lines(engine: Engine, document: Document, width: int) -> list[str]:
    """Write a document down; nothing when it holds no objects."""
    if not document.entries:
        return []
    if all(isinstance(entry, Insertion) for entry in document.entries):
        return [line for entry in document.entries if isinstance(entry, Insertion) for line in entry.lines]
    lines = [""]
    for label, entries in _groups(engine, document):
        if document.group is not None:
            indent = " " * document.group_indent
            lines += ["", f"{indent}{document.group.label}: {label}", *[""] * document.group_gap]
        lines += _group_lines(engine, document, entries, width)
        lines.append("")
    return [*lines, ""]


def _groups(engine: Engine, document: Document) -> Iterator[tuple[str, list[object]]]:
    """Split the entries wherever the group's value changes."""
    if document.group is None:
        yield "", document.entries
        return
    label: str | None = None
    gathered: list[object] = []
    for entry in document.entries:
        found = label if isinstance(entry, Insertion) else cell_text(engine, document.group.value(engine, entry))
        if found != label and label is not None:
            yield label, gathered
            gathered = []
        label = found
        gathered.append(entry)
    yield label or "", gathered


def _group_lines(engine: Engine, document: Document, entries: list[object], width: int) -> list[str]:
    if document.shape == "table":
        return Table(engine, document, entries, width).lines()
    if document.shape == "list":
        return ["", *(line for entry in entries for line in list_lines(engine, document, entry, width))]
    if document.shape == "wide":
        return _wide_lines(engine, document, entries, width)
    return [line for entry in entries for line in _text_lines(engine, document, entry)]


def _text_lines(engine: Engine, document: Document, entry: object) -> list[str]:
    if isinstance(entry, Insertion):
        return entry.lines
    return lines_of(document.columns[0].text(engine, entry))


# -- lists -----------------------------------------------------------------------------------------------------------


def list_lines(engine: Engine, document: Document, entry: object, width: int) -> list[str]:
    """Write an object as ``label : value`` lines and a blank line."""
    if isinstance(entry, Insertion):
        return entry.lines
    columns = list_columns(engine, document, entry)
    label_width = max((len(column.label) for column in columns), default=0)
    lines = []
    for column in columns:
        prefix = f"{column.label.ljust(label_width)} : "
        for piece in wrapped(column.text(engine, entry), width - len(prefix)):
            lines.append(prefix + piece)
            prefix = " " * len(prefix)
    return [*lines, ""]


# -- wide lists ------------------------------------------------------------------------------------------------------


def _wide_lines(engine: Engine, document: Document, entries: list[object], width: int) -> list[str]:
    texts = [
        first_line(document.columns[0].text(engine, entry)) for entry in entries if not isinstance(entry, Insertion)
    ]
    count = document.wide_columns or WIDE_DEFAULT
    if document.auto_size and texts:
        count = max(1, (width + SEPARATOR) // (max(map(len, texts)) + SEPARATOR))
    cell = (width - SEPARATOR * (count - 1)) // count
    rows = [texts[start : start + count] for start in range(0, len(texts), count)]
    return [" ".join(fitted(text, cell) for text in row) for row in rows]


# -- tables ----------------------------------------------------------------------------------------------------------


class Table:
    """A table of one group."""

    def __init__(self, engine: Engine, document: Document, entries: list[object], width: int) -> None:
        self.document = document
        first = next(entry for entry in entries if not isinstance(entry, Insertion))
        self.right = [_stands_right(engine, column, first) for column in document.columns]
        self.rows: list[list[str] | Insertion] = [
            entry if isinstance(entry, Insertion) else [column.text(engine, entry) for column in document.columns]
            for entry in entries
        ]
        self.widths = distribute(self._wanted(), width)

    def _wanted(self) -> list[int]:
        if not self.document.auto_size:
            return [column.width for column in self.document.columns]
        return [self._natural(index, column) for index, column in enumerate(self.document.columns)]

    def _natural(self, index: int, column: Column) -> int:
        cells = [row[index] for row in self.rows if not isinstance(row, Insertion)]
        lengths = [
            len(line) for cell in cells for line in (lines_of(cell) if self.document.wrap else [first_line(cell)])
        ]
        return column.width or max([len(column.label), *lengths, 1])

    def lines(self) -> list[str]:
        """Write the header and the rows."""
        labels = [column.label for column in self.document.columns]
        lines = []
        if not self.document.hide_headers:
            lines = [self._line(labels), self._line(["-" * len(label) for label in labels], cut=True)]
        for row in self.rows:
            if isinstance(row, Insertion):
                lines += row.lines
            elif self.document.wrap:
                lines += self._wrapped(row)
            else:
                lines.append(self._line([first_line(cell) for cell in row]))
        return lines

    def _line(self, cells: list[str], *, cut: bool = False) -> str:
        shown = [
            fitted(cell[:width] if cut else cell, width, right=right)
            for cell, width, right in zip(cells, self.widths, self.right, strict=True)
            if width != HIDDEN
        ]
        return " ".join(shown)

    def _wrapped(self, row: list[str]) -> list[str]:
        broken = [wrapped(cell, max(width, 1)) for cell, width in zip(row, self.widths, strict=True)]
        height = max(len(lines) for lines in broken)
        return [self._line([lines[index] if index < len(lines) else "" for lines in broken]) for index in range(height)]


def _stands_right(engine: Engine, column: Column, first: object) -> bool:
    if column.right is not None:
        return column.right
    value = unwrap(column.value(engine, first))
    return value is not None and not isinstance(value, str | NetEnum)
