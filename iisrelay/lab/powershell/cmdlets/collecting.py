"""Cmdlets that need all objects before they say anything: sorting, grouping, measuring, comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList, Hashtable, enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.ordering import compare_values, same_values, sort_key
from iisrelay.lab.powershell.property_expressions import PropertyExpression, property_expressions
from iisrelay.lab.powershell.values import PSArray, PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

INPUT_OBJECT = Param("InputObject", pipeline=True)
CASE_SENSITIVE = Param("CaseSensitive", "switch")
CULTURE = Param("Culture", "string")


def input_of(call: Call) -> list[object]:
    """Give the objects a cmdlet works on: what was piped, or the items of -InputObject."""
    if call.has_input:
        return call.input
    return [call.get("InputObject")] if "InputObject" in call.bound else []


@cmdlet(
    "Sort-Object",
    Param("Property", "object[]", 0),
    Param("Descending", "switch"),
    Param("Unique", "switch"),
    CASE_SENSITIVE,
    CULTURE,
    INPUT_OBJECT,
    aliases=("sort",),
)
def sort_object(call: Call) -> Iterator[object]:
    """Sort-Object: objects in order, by themselves or by properties."""
    engine, items = call.engine, [item for item in input_of(call) if item is not None]
    expressions = property_expressions(engine, call.get("Property"))
    default = call.has("Descending")
    directions = [default if each.descending is None else each.descending for each in expressions] or [default]
    keyed = [(_keys(engine, expressions, item), item) for item in items]
    key = sort_key(engine, directions, case_sensitive=call.has("CaseSensitive"))
    previous: list[object] | None = None
    for keys, item in sorted(keyed, key=lambda pair: key(pair[0])):  # type: ignore[arg-type,return-value]
        alike = previous is not None and all(
            same_values(engine, left, right, case_sensitive=call.has("CaseSensitive"))
            for left, right in zip(keys, previous, strict=True)
        )
        if not (call.has("Unique") and alike):
            yield item
        previous = keys


def _keys(engine: Engine, expressions: list[PropertyExpression], item: object) -> list[object]:
    return [expression.value(engine, item) for expression in expressions] if expressions else [item]


@cmdlet(
    "Group-Object",
    Param("Property", "object[]", 0),
    Param("NoElement", "switch"),
    Param("AsHashTable", "switch", aliases=("AHT",)),
    Param("AsString", "switch"),
    CASE_SENSITIVE,
    CULTURE,
    INPUT_OBJECT,
    aliases=("group",),
)
def group_object(call: Call) -> Iterator[object]:
    """Group-Object: objects of one value together, in the order in which the values came."""
    engine = call.engine
    expressions = property_expressions(engine, call.get("Property"))
    groups: dict[tuple[object, ...], tuple[list[object], list[object]]] = {}
    for item in input_of(call):
        keys = _keys(engine, expressions, item)
        texts = tuple(to_string(engine, key) for key in keys)
        folded = texts if call.has("CaseSensitive") else tuple(text.lower() for text in texts)
        groups.setdefault(folded, (keys, []))[1].append(item)
    if call.has("AsHashTable"):
        yield _group_table(call, groups)
        return
    ordered = sorted(groups.values(), key=lambda entry: sort_key(engine, [False] * len(entry[0]))(entry[0]))  # type: ignore[arg-type,return-value]
    for keys, members in ordered if engine.version_number < 3 else groups.values():
        yield _group(engine, keys, members, with_elements=not call.has("NoElement"))


def _group(engine: Engine, keys: list[object], members: list[object], *, with_elements: bool) -> PSCustomObject:
    kind = "Microsoft.PowerShell.Commands.GroupInfo" + ("" if with_elements else "NoElement")
    properties: list[tuple[str, object]] = [
        ("Count", len(members)),
        ("Name", ", ".join(to_string(engine, key) for key in keys)),
    ]
    if with_elements:
        properties.append(("Group", ArrayList(members)))
    return PSCustomObject([*properties, ("Values", ArrayList(keys))], [kind])


def _group_table(call: Call, groups: dict[tuple[object, ...], tuple[list[object], list[object]]]) -> Hashtable:
    table = Hashtable()
    for keys, members in groups.values():
        key = (
            keys[0]
            if len(keys) == 1 and not call.has("AsString")
            else ", ".join(to_string(None, each) for each in keys)
        )
        table[key] = ArrayList(members)
    return table


@cmdlet(
    "Measure-Object",
    Param("Property", "string[]", 0),
    Param("Sum", "switch"),
    Param("Average", "switch"),
    Param("Maximum", "switch"),
    Param("Minimum", "switch"),
    Param("Line", "switch"),
    Param("Word", "switch"),
    Param("Character", "switch"),
    Param("IgnoreWhiteSpace", "switch"),
    INPUT_OBJECT,
    aliases=("measure",),
)
def measure_object(call: Call) -> Iterator[object]:
    """Measure-Object: count, sum and extremes of objects or of a property; lines, words and characters of text."""
    if call.has("Line") or call.has("Word") or call.has("Character"):
        yield _measure_text(call)
        return
    names = [to_string(None, name) for name in call.get("Property") or ()] or [""]  # type: ignore[attr-defined]
    for name in names:
        if not name or _has_property(call, name):
            yield _measure_values(call, name)


def _has_property(call: Call, name: str) -> bool:
    """Complain when none of the objects has a property."""
    items = [item for item in input_of(call) if item is not None]
    expression = PropertyExpression(name)
    if any(expression.exists(call.engine, item) for item in items):
        return True
    if items:
        call.error(
            f'The property "{name}" cannot be found in the input for any objects.',
            category="InvalidArgument",
            identifier="GenericMeasurePropertyNotFound",
            exception="System.Management.Automation.PSArgumentException",
        )
    return False


def _measure_text(call: Call) -> PSCustomObject:
    texts = [to_string(call.engine, item) for item in input_of(call)]
    characters = sum(
        len("".join(text.split()) if call.has("IgnoreWhiteSpace") else text) for text in texts
    )  # fmt: skip
    counts = {
        "Lines": sum(len(text.splitlines()) if text else 0 for text in texts) if call.has("Line") else None,
        "Words": sum(len(text.split()) for text in texts) if call.has("Word") else None,
        "Characters": characters if call.has("Character") else None,
    }
    return PSCustomObject([*counts.items(), ("Property", None)], ["Microsoft.PowerShell.Commands.TextMeasureInfo"])


def _measure_values(call: Call, name: str) -> PSCustomObject:
    engine = call.engine
    expression = PropertyExpression(name)
    values = [
        expression.value(engine, item) if name else item
        for item in input_of(call)
        if item is not None and (not name or expression.exists(engine, item))
    ]
    values = [value for value in values if value is not None]
    numbers = _numbers(call, values) if call.has("Sum") or call.has("Average") else []
    total = sum(numbers)
    result: dict[str, object] = {
        "Count": len(values),
        "Average": total / len(numbers) if call.has("Average") and numbers else None,
        "Sum": float(total) if call.has("Sum") and numbers else None,
        "Maximum": _extreme(engine, values, 1) if call.has("Maximum") else None,
        "Minimum": _extreme(engine, values, -1) if call.has("Minimum") else None,
        "Property": name or None,
    }
    return PSCustomObject(result.items(), ["Microsoft.PowerShell.Commands.GenericMeasureInfo"])


def _numbers(call: Call, values: list[object]) -> list[float]:
    numbers = []
    for value in values:
        try:
            numbers.append(float(str(convert(call.engine, value, "double"))))
        except NetError:
            call.error(
                f'Input object "{to_string(call.engine, value)}" is not numeric.',
                category="InvalidType",
                identifier="NonNumericInputObject",
                target=value,
                exception="System.Management.Automation.PSInvalidCastException",
            )
    return numbers


def _extreme(engine: Engine, values: list[object], sign: int) -> object:
    """Give the largest (1) or smallest (-1) value; numbers come as Double, as 5.1 gives them."""
    best: object = None
    for value in values:
        if best is None or compare_values(engine, value, best) * sign > 0:
            best = value
    return float(best) if isinstance(best, int) and not isinstance(best, bool) else best


@cmdlet(
    "Compare-Object",
    Param("ReferenceObject", "object[]", 0, mandatory=True),
    Param("DifferenceObject", "object[]", 1, mandatory=True, pipeline=True),
    Param("Property", "object[]"),
    Param("IncludeEqual", "switch"),
    Param("ExcludeDifferent", "switch"),
    Param("PassThru", "switch"),
    Param("SyncWindow", "int"),
    CASE_SENSITIVE,
    CULTURE,
    aliases=("compare", "diff"),
)
def compare_object(call: Call) -> Iterator[object]:
    """Compare-Object: what only one of two collections has."""
    engine = call.engine
    expressions = property_expressions(engine, call.get("Property"))
    reference = _list(call.get("ReferenceObject"))
    left = list(reference)
    only_right = []
    for item in call.input if call.has_input else _list(call.get("DifferenceObject")):
        match = next((other for other in left if _alike(call, expressions, item, other)), None)
        if match is None:
            only_right.append(item)
            continue
        left.remove(match)
        if call.has("IncludeEqual"):
            yield _difference(call, expressions, match, "==")
    if not call.has("ExcludeDifferent"):
        for item in only_right:
            yield _difference(call, expressions, item, "=>")
        for item in left:
            yield _difference(call, expressions, item, "<=")


def _alike(call: Call, expressions: list[PropertyExpression], item: object, other: object) -> bool:
    return all(
        same_values(call.engine, one, two, case_sensitive=call.has("CaseSensitive"))
        for one, two in zip(_keys(call.engine, expressions, item), _keys(call.engine, expressions, other), strict=True)
    )


def _difference(call: Call, expressions: list[PropertyExpression], item: object, side: str) -> object:
    if call.has("PassThru"):
        return item
    properties = [(each.label, each.value(call.engine, item)) for each in expressions] or [("InputObject", item)]
    return PSCustomObject([*properties, ("SideIndicator", side)])


def _list(value: object) -> list[object]:
    found = enumerate_value(value)
    return ([] if value is None else [value]) if found is None else list(found)


@cmdlet("Get-Unique", Param("AsString", "switch"), Param("OnType", "switch"), INPUT_OBJECT, aliases=("gu",))
def get_unique(call: Call) -> Iterator[object]:
    """Get-Unique: sorted objects without neighbours that are the same."""
    previous: object = PSArray()
    for item in input_of(call):
        if isinstance(previous, PSArray) or not same_values(
            call.engine, item, previous, case_sensitive=not call.has("AsString")
        ):
            yield item
        previous = item
