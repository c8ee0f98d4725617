"""What Select-Object, Sort-Object, Group-Object and the like take as a property: a name, a script block, a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.conversions import to_bool, to_string
from iisrelay.lab.powershell.inline_blocks import InlineBlock
from iisrelay.lab.powershell.member_listing import property_names
from iisrelay.lab.powershell.members import MISSING, find_member
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue
from iisrelay.lab.powershell.wildcards import has_wildcards, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

NAME_KEYS = ("name", "n", "label", "l")
EXPRESSION_KEYS = ("expression", "e")


@dataclass
class PropertyExpression:
    """One property: a name (wildcards allowed) or a block; ``label`` is its name, ``descending`` None when not said."""

    label: str
    block: InlineBlock | None = None
    descending: bool | None = None

    def value(self, engine: Engine, item: object) -> object:
        """Compute the property of an object; $null when it has none."""
        if self.block is not None:
            return self.block.value(item)
        found = find_member(engine, item, self.label)
        return None if found is MISSING else found

    def exists(self, engine: Engine, item: object) -> bool:
        """Tell whether an object has the property."""
        return self.block is not None or find_member(engine, item, self.label) is not MISSING

    def expand(self, engine: Engine, item: object) -> Iterator[tuple[str, object]]:
        """Give (name, value) of the properties of an object that the expression means."""
        if self.block is None and has_wildcards(self.label):
            for name in property_names(item):
                if matches(self.label, name):
                    found = find_member(engine, item, name)
                    yield name, None if found is MISSING else found
        else:
            yield self.label, self.value(engine, item)


def property_expressions(engine: Engine, value: object) -> list[PropertyExpression]:
    """Read a -Property argument."""
    found = enumerate_value(value)
    items = ([] if value is None else [value]) if found is None else list(found)
    return [_expression(engine, item) for item in items]


def _expression(engine: Engine, item: object) -> PropertyExpression:
    if isinstance(item, ScriptBlockValue):
        return PropertyExpression(item.text, InlineBlock(engine, item))
    if isinstance(item, Dictionary):
        return _from_table(engine, item)
    return PropertyExpression(to_string(engine, item))


def _from_table(engine: Engine, table: Dictionary) -> PropertyExpression:
    settings = {to_string(engine, key).lower(): value for key, value in table.items()}
    expression = next((settings[key] for key in settings if _stands_for(key, EXPRESSION_KEYS)), None)
    label = next((settings[key] for key in settings if _stands_for(key, NAME_KEYS)), None)
    made = _expression(engine, expression if expression is not None else label)
    if label is not None:
        made.label = to_string(engine, label) if made.block is not None else made.label
        if made.block is None and expression is not None:
            made = _renamed(engine, made.label, to_string(engine, label))
    direction = {key: to_bool(value) for key, value in settings.items() if key in {"ascending", "descending"}}
    if direction:
        made.descending = direction.get("descending", not direction.get("ascending", True))
    return made


def _stands_for(key: str, names: tuple[str, ...]) -> bool:
    """Tell whether a key is a name or an abbreviation of it."""
    return any(name.startswith(key) for name in names if len(name) > 1) or key in names


def _renamed(engine: Engine, source: str, label: str) -> PropertyExpression:
    """``@{n='Label'; e='Property'}``: a property under another name."""
    made = _RenamedProperty(label)
    made.source = PropertyExpression(source)
    del engine
    return made


class _RenamedProperty(PropertyExpression):
    source: PropertyExpression

    def value(self, engine: Engine, item: object) -> object:
        """Compute the property it stands for."""
        return self.source.value(engine, item)
