"""Views: how objects of a known type are shown by default; the rest get a table or list of all properties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.error_records import PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.members import MISSING, find_member
from iisrelay.lab.powershell.nettypes import NetType, type_of
from iisrelay.lab.powershell.values import PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

Getter = Callable[["Engine", object], object]


@dataclass(frozen=True)
class ViewColumn:
    """A column of a table or a line of a list. ``source`` is a property or a function; width 0 takes what is left."""

    label: str
    source: str | Getter = ""
    width: int = 0
    right: bool = False

    def value(self, engine: Engine, item: object) -> object:
        """Give the column's value of an object; one that cannot be read shows as nothing."""
        return read_property(engine, item, self.source or self.label)


@dataclass(frozen=True)
class TableView:
    """A table. ``group`` makes a new table whenever its value changes; ``group_lines`` is what then stands above."""

    columns: tuple[ViewColumn, ...]
    group: ViewColumn | None = None
    group_indent: int = 3
    group_gap: int = 1  # blank lines between the group's line and the table
    auto_size: bool = False
    wrap: bool = False


@dataclass(frozen=True)
class ListView:
    """A list of these properties."""

    columns: tuple[ViewColumn, ...]


@dataclass(frozen=True)
class TextView:
    """Free text. ``inline`` views never close what is being shown around them, and have no blank lines of their own."""

    text: Callable[[Engine, object], str]
    inline: bool = False


View = TableView | ListView | TextView
_VIEWS: dict[str, View] = {}
_DEFAULT_PROPERTIES: dict[str, tuple[str, ...]] = {}
_LIST_PROPERTIES: dict[str, tuple[str, ...]] = {}


def register_view(view: View, *type_names: str) -> None:
    """Make a view the default for types, given by their full names."""
    _VIEWS.update({name.lower(): view for name in type_names})


def register_default_properties(type_name: str, *names: str) -> None:
    """Say which properties stand for an object of a type when nobody asks for any."""
    _DEFAULT_PROPERTIES[type_name.lower()] = names


def register_list_properties(type_name: str, *names: str) -> None:
    """Say which properties Format-List shows of a type when none are asked for."""
    _LIST_PROPERTIES[type_name.lower()] = names


def find_view(value: object) -> View | None:
    """Find the default view of an object."""
    return next((_VIEWS[name] for name in _lower_type_names(value) if name in _VIEWS), None)


def default_properties(value: object) -> tuple[str, ...]:
    """Give the properties that stand for an object; none means all."""
    return _of_type(_DEFAULT_PROPERTIES, value)


def list_properties(value: object) -> tuple[str, ...]:
    """Give the properties that Format-List shows; none means all."""
    return _of_type(_LIST_PROPERTIES, value) or default_properties(value)


def _of_type(table: dict[str, tuple[str, ...]], value: object) -> tuple[str, ...]:
    return next((table[name] for name in _lower_type_names(value) if name in table), ())


def _lower_type_names(value: object) -> list[str]:
    if isinstance(value, PSCustomObject):
        return [name.lower() for name in value.type_names]
    added = value.type_names if isinstance(value, PSObjectWrapper) else []
    own = _lineage(type_of(value))
    specific = getattr(value, "type_names", None)  # WMI objects are known by their class
    classes = specific if isinstance(specific, list | tuple) and not isinstance(value, PSObjectWrapper) else []
    return [*(name.lower() for name in (*added, *classes)), *own]


def _lineage(net: NetType) -> list[str]:
    return [kind.name.partition("[")[0].lower() for kind in net.lineage()]


def read_property(engine: Engine, item: object, source: str | Getter) -> object:
    """Read a property or compute a value; what fails shows as nothing."""
    try:
        found = find_member(engine, item, source) if isinstance(source, str) else source(engine, item)
    except (NetError, PowerShellError):
        return None
    return None if found is MISSING else found
