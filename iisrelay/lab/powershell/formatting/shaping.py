"""Choosing the shape an object is shown in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.conversions import convert, to_bool, to_string
from iisrelay.lab.powershell.formatting.documents import Column, Document, from_view
from iisrelay.lab.powershell.formatting.views import (
    ListView,
    TableView,
    TextView,
    default_properties,
    find_view,
    list_properties,
)
from iisrelay.lab.powershell.member_listing import property_names
from iisrelay.lab.powershell.property_expressions import property_expressions

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

LARGEST_TABLE = 4  # more properties than this make a list
FITTING_VERSION = 5  # since then tables without a view fit their columns to the objects of the first 300 milliseconds


def default_document(engine: Engine, item: object) -> Document:
    """Start the document that an object gets when nobody asked for a shape."""
    view = find_view(item)
    if isinstance(view, TableView):
        return table_from_view(view)
    if isinstance(view, ListView):
        return Document("list", [from_view(column) for column in view.columns], bound=view)
    if isinstance(view, TextView):
        return Document("text", [Column("", view.text)], bound=view)
    names = default_properties(item) or property_names(item)
    if len(names) > LARGEST_TABLE:
        return Document("list")
    columns = [Column(name, name) for name in names]
    return Document("table", columns, auto_size=_fits(engine))


def _fits(engine: Engine) -> bool:
    return engine.version_number >= FITTING_VERSION


def table_from_view(view: TableView) -> Document:
    """Start a table as a view describes it."""
    return Document(
        "table",
        [from_view(column) for column in view.columns],
        group=None if view.group is None else from_view(view.group),
        group_indent=view.group_indent,
        group_gap=view.group_gap,
        auto_size=view.auto_size,
        wrap=view.wrap,
        bound=view,
    )


def complete(engine: Engine, document: Document, item: object) -> None:
    """Give a requested document its columns, now that the first object is known."""
    if document.columns:
        return
    if document.requested:
        document.columns = requested_columns(engine, document.requested, item)
        document.auto_size = document.auto_size or (document.shape == "table" and _fits(engine))
        return
    view = find_view(item)
    if document.shape == "table" and isinstance(view, TableView):
        made = table_from_view(view)
        document.columns, document.bound = made.columns, view
        if document.auto_size:  # -AutoSize outdoes the widths of the view
            document.columns = [replace(column, width=0) for column in made.columns]
        document.auto_size = document.auto_size or view.auto_size
        document.wrap = document.wrap or view.wrap
        if document.group is None:
            document.group, document.group_indent, document.group_gap = made.group, made.group_indent, made.group_gap
    elif document.shape == "table":
        document.columns = [Column(name, name) for name in default_properties(item) or property_names(item)]
        document.auto_size = document.auto_size or _fits(engine)
    elif document.shape == "wide":
        document.columns = [_wide_column(item)]


def _wide_column(item: object) -> Column:
    view = find_view(item)
    names = property_names(item)
    preferred = next((name for name in names if name.lower() in {"name", "id", "key"}), names[0] if names else "")
    if isinstance(view, TableView) and not preferred:
        return from_view(view.columns[-1])
    return Column(preferred, preferred)


def list_columns(engine: Engine, document: Document, item: object) -> list[Column]:
    """Give the lines that an object has in a list."""
    if document.requested:
        return requested_columns(engine, document.requested, item)
    if document.columns:
        return document.columns
    view = find_view(item)
    if isinstance(view, ListView):
        return [from_view(column) for column in view.columns]
    return [Column(name, name) for name in list_properties(item) or property_names(item)]


def foreign_document(item: object) -> Document:
    """Make the list that an object becomes when it comes after objects of a type with a view of its own."""
    return Document("list", [Column(name, name) for name in default_properties(item) or property_names(item)])


def requested_columns(engine: Engine, requested: list[object], item: object) -> list[Column]:
    """Read a -Property argument: names, wildcards, script blocks and tables with Width, Alignment, FormatString."""
    columns: list[Column] = []
    for entry in requested:
        settings = _settings(engine, entry)
        for expression in property_expressions(engine, entry):
            if expression.block is None and any(letter in expression.label for letter in "*?["):
                columns.extend(Column(name, name) for name, _ in expression.expand(engine, item))
            else:
                columns.append(
                    Column(
                        expression.label,
                        expression.value,
                        int(convert(engine, settings.get("width", 0), "int")),  # type: ignore[call-overload]
                        _alignment(engine, settings),
                        to_string(engine, settings.get("formatstring")),
                    )
                )
    return columns


def _settings(engine: Engine, entry: object) -> dict[str, object]:
    """Read the layout keys of a calculated property; they may be shortened."""
    if not isinstance(entry, Dictionary):
        return {}
    found = {}
    for key, value in entry.items():
        written = to_string(engine, key).lower()
        name = next((name for name in ("width", "alignment", "formatstring") if name.startswith(written)), written)
        found[name] = value
    return found


def _alignment(engine: Engine, settings: dict[str, object]) -> bool | None:
    if "alignment" not in settings:
        return None
    return to_string(engine, settings["alignment"]).lower() == "right"


def group_column(engine: Engine, value: object) -> Column | None:
    """Read a -GroupBy argument."""
    if value is None or (isinstance(value, str) and not to_bool(value)):
        return None
    (expression,) = property_expressions(engine, value)
    return Column(expression.label, expression.value)
