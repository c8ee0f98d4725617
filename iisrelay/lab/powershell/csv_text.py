"""Comma-separated text as Windows PowerShell writes and reads it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def csv_line(cells: Iterable[str | None], delimiter: str) -> str:
    """Write a line: every value in quotes, nothing at all for $null."""
    return delimiter.join("" if cell is None else '"' + cell.replace('"', '""') + '"' for cell in cells)


def csv_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Read the rows of a text; empty lines do not count."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    return (row for row in reader if row)


def column_names(cells: Sequence[str]) -> list[str]:
    """Give the names of columns; an empty one is called H1, H2 ..."""
    names: list[str] = []
    for cell in cells:
        names.append(cell or f"H{sum(not earlier for earlier in cells[: len(names)]) + 1}")
    return names
