"""The methods that every value has since 4.0: ``.Where({ })`` and ``.ForEach({ })``."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import convert_to, to_bool, to_string
from iisrelay.lab.powershell.errors import argument_error
from iisrelay.lab.powershell.nettypes import NetType, is_script_block
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

MODES = ("default", "first", "last", "skipuntil", "until", "split")


def _items(value: object) -> list[object]:
    found = enumerate_value(value)
    return [value] if found is None else list(found)


def where(engine: Engine, value: object, arguments: list[object]) -> object:
    """Filter by a script block; a mode says which of the hits count, a number how many."""
    if not arguments or not is_script_block(arguments[0]):
        raise argument_error("expression", "The Where operator needs a script block.")
    mode = to_string(engine, arguments[1]).lower() if len(arguments) > 1 else "default"
    if mode not in MODES:
        raise argument_error("mode", f"The mode '{mode}' is not one of {', '.join(MODES)}.")
    limit = int(to_string(engine, arguments[2])) if len(arguments) > 2 else 0
    items, accepts = _items(value), _predicate(engine, arguments[0])
    if mode == "skipuntil":
        skipped = len(list(takewhile(lambda item: not accepts(item), items)))
        return _first(items[skipped:], limit)
    if mode == "until":
        return _first(list(takewhile(lambda item: not accepts(item), items)), limit)
    hits = [accepts(item) for item in items]
    found = [item for item, hit in zip(items, hits, strict=True) if hit]
    if mode == "split":
        return PSArray([_first(found, limit), PSArray(item for item, hit in zip(items, hits, strict=True) if not hit)])
    if mode == "last":
        return PSArray(found[-(limit or 1) :])
    return _first(found, limit or (1 if mode == "first" else 0))


def _first(items: list[object], limit: int) -> PSArray:
    return PSArray(items[:limit] if limit else items)


def _predicate(engine: Engine, block: object) -> Callable[[object], bool]:
    from iisrelay.lab.powershell.inline_blocks import InlineBlock  # noqa: PLC0415 - running blocks needs members

    inline = InlineBlock(engine, block)  # type: ignore[arg-type]
    return lambda item: to_bool(inline.value(item))


def for_each(engine: Engine, value: object, arguments: list[object]) -> object:
    """Run a script block, read a property, call a method or convert to a type, for every item."""
    from iisrelay.lab.powershell.inline_blocks import InlineBlock  # noqa: PLC0415 - as above

    if not arguments:
        raise argument_error("expression", "The ForEach operator needs a script block, a type or a name.")
    action = arguments[0]
    results: list[object] = []
    if is_script_block(action):
        inline = InlineBlock(engine, action)  # type: ignore[arg-type]
        for item in _items(value):
            inline.run(item, results.append)
    elif isinstance(action, NetType):
        results = [convert_to(engine, item, action) for item in _items(value)]
    else:
        results = [_member(engine, item, to_string(engine, action), arguments[1:]) for item in _items(value)]
    return PSArray(results)


def _member(engine: Engine, item: object, name: str, arguments: list[object]) -> object:
    """Set or read a property, or call a method."""
    from iisrelay.lab.powershell import members  # noqa: PLC0415 - members calls us

    found = members.find_member(engine, item, name)
    if found is not members.MISSING and type(found).__name__ != "PSMethod":
        if not arguments:
            return found
        members.set_member(engine, item, name, arguments[0])
        return None
    return members.call_method(engine, item, name, arguments)


COLLECTION_METHODS: dict[str, Callable[[Engine, object, list[object]], object]] = {"where": where, "foreach": for_each}
