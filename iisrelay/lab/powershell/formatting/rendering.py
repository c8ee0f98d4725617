"""Out-String, Out-File and the console: any objects in, text out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import ErrorRecord, format_record
from iisrelay.lab.powershell.formatting.documents import Document, Insertion
from iisrelay.lab.powershell.formatting.shaping import complete, default_document, foreign_document
from iisrelay.lab.powershell.formatting.tables import document_lines, list_lines
from iisrelay.lab.powershell.formatting.texts import lines_of
from iisrelay.lab.powershell.formatting.views import TextView, find_view
from iisrelay.lab.powershell.member_listing import property_names
from iisrelay.lab.powershell.values import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iisrelay.lab.powershell.engine import Engine

CONSOLE_COLUMNS = 79  # a console of 80 columns; Windows PowerShell leaves the last one free
NEW_LINE = "\r\n"


def render(engine: Engine, objects: Iterable[object], width: int = CONSOLE_COLUMNS) -> str:
    """Write objects as the console shows them, in lines of at most ``width`` columns."""
    return "".join(line + NEW_LINE for line in render_lines(engine, objects, width))


def render_lines(engine: Engine, objects: Iterable[object], width: int = CONSOLE_COLUMNS) -> list[str]:
    """Write objects as lines."""
    page = Page(engine, width)
    for item in objects:
        page.show(item)
    page.close()
    return page.lines


class Page:
    """Lines written so far, and the document that further objects may join."""

    def __init__(self, engine: Engine, width: int) -> None:
        self.engine = engine
        self.width = width
        self.lines: list[str] = []
        self.open: Document | None = None

    def close(self) -> None:
        """End the open document."""
        if self.open is not None:
            self.lines += document_lines(self.engine, self.open, self.width)
            self.open = None

    def show(self, item: object) -> None:
        """Show an object; a collection is shown item by item."""
        if isinstance(item, Document):
            self.close()
            self.lines += document_lines(self.engine, arranged(self.engine, item, self.width), self.width)
            return
        for single in flattened(item):
            self._show_single(single)

    def _show_single(self, item: object) -> None:
        inline = inline_lines(self.engine, item)
        if inline is not None:
            self._insert(inline)
        elif self.open is None:
            self.open = default_document(self.engine, item)
            self.open.entries.append(item)
        elif self.open.bound is not None and find_view(item) is not self.open.bound:
            # An object of another type after a type's own table or list is shown as a list of its own.
            self._insert(list_lines(self.engine, foreign_document(item), item, self.width))
        else:
            self.open.entries.append(item)

    def _insert(self, lines: list[str]) -> None:
        if self.open is None:
            self.lines += lines
        else:
            self.open.entries.append(Insertion(lines))


def arranged(engine: Engine, document: Document, width: int) -> Document:
    """Prepare what Format-Table and its kin gathered: take collections apart, choose the columns."""
    entries: list[object] = []
    for item in (single for entry in document.entries for single in flattened(entry)):
        inline = None if document.forced and isinstance(item, ErrorRecord) else inline_lines(engine, item)
        if inline is not None:
            entries.append(Insertion(inline))
            continue
        complete(engine, document, item)
        foreign = document.bound is not None and find_view(item) is not document.bound and not document.requested
        entries.append(Insertion(list_lines(engine, foreign_document(item), item, width)) if foreign else item)
    document.entries = entries
    return document


def flattened(item: object) -> Iterator[object]:
    """Give the items of a collection, the entries of a dictionary, or the object itself."""
    if item is None:
        return
    plain = unwrap(item)
    items = iter(plain.entries()) if isinstance(plain, Dictionary) else enumerate_value(plain)
    if items is None:
        yield item
        return
    for single in items:
        yield from flattened(single)


def inline_lines(engine: Engine, item: object) -> list[str] | None:
    """Give the lines of what is shown as plain text: strings, numbers, errors, objects without properties."""
    plain = unwrap(item)
    if isinstance(plain, str | int | float | Decimal):
        return lines_of(to_string(engine, item))
    if isinstance(plain, ErrorRecord):
        return lines_of(format_record(plain, engine.version))
    view = find_view(item)
    if isinstance(view, TextView) and view.inline:
        return lines_of(view.text(engine, item))
    if view is None and not property_names(item):
        return lines_of(to_string(engine, item))
    return None
