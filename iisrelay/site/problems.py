"""From the errors of a model to problems in words, each with the line and the key path it stands at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from iisrelay.errors import Problem
from iisrelay.settings.catalog import subsections
from iisrelay.settings.codec import ItemProblems, did_you_mean, quoted
from iisrelay.settings.declare import Section
from iisrelay.settings.raw import RawSection, refusal
from iisrelay.site.merge import NAMED_LISTS
from iisrelay.site.tree import Entry, Fields, Items, Leaf, Node, plain_data, readable

Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=Section)


@dataclass(frozen=True)
class Finding:
    """Something at a location of a tree.

    ``spoils_parent`` says that what stands around the location is of no use either, because something is missing in it.
    A warning does not keep the file from being used. ``from_absence`` says that it rests on something that is not
    there, so it means nothing where that is only unreadable.
    """

    location: Location
    message: str
    spoils_parent: bool = False
    is_warning: bool = False
    from_absence: bool = False


def validate(model: type[Model], tree: Node) -> tuple[Model | None, tuple[Finding, ...]]:
    """Read a tree as a model: the model, or everything that is wrong."""
    try:
        return model.model_validate(plain_data(tree)), ()
    except ValidationError as error:
        return None, tuple(
            finding for details in error.errors(include_url=False) for finding in _findings(model, details)
        )


def locate(tree: Node, location: Location, prefix: str = "") -> tuple[int, str]:
    """Give the line of a location, or of the nearest thing around it, and its key path."""
    line, path = tree.line, prefix
    node: Node | None = tree
    list_key: str | int = ""
    for key in location:
        entry = _child(node, key)
        path = _joined(path, key, entry, list_key)
        line, node, list_key = (entry.line, entry.node, key) if entry else (line, None, key)
    return line, path or "(file)"


def problem(tree: Node, finding: Finding, file: str, prefix: str = "") -> Problem:
    """Give a finding as a problem of a file."""
    line, path = locate(tree, finding.location, prefix)
    return Problem(file, line, path, finding.message)


def pruned(tree: Node, findings: Sequence[Finding]) -> Node:
    """Give a tree without what was found wrong, so that the rest can be looked at further."""
    locations = {finding.location[:-1] if finding.spoils_parent else finding.location for finding in findings}
    # From the last member of a list to the first, so that the numbers of those to come stay right.
    ordered = sorted(locations, key=lambda location: [(isinstance(key, int), str(key).zfill(9)) for key in location])
    for location in reversed(ordered):
        tree = _without(tree, location)
    return tree


def _child(node: Node | None, key: str | int) -> Entry | None:
    if isinstance(node, Fields):
        return node.entries.get(str(key))
    if isinstance(node, Items) and isinstance(key, int) and key < len(node.items):
        return Entry(node.items[key].line, node.items[key])
    return None


def _joined(path: str, key: str | int, entry: Entry | None, list_key: str | int) -> str:
    if not isinstance(key, int):
        return f"{path}.{readable(key)}" if path else readable(key)
    name = entry.node.get("name") if entry and isinstance(entry.node, Fields) else None
    has_name = list_key in NAMED_LISTS and isinstance(name, Leaf) and name.value is not None
    return f"{path}[{readable(str(name.value))}]" if has_name and isinstance(name, Leaf) else f"{path}[{key}]"


def _without(tree: Node, location: Location) -> Node:
    if not location:
        return Fields(tree.line)
    key, rest = location[0], location[1:]
    if isinstance(tree, Items) and isinstance(key, int) and key < len(tree.items):
        kept = (_without(tree.items[key], rest),) if rest else ()
        return Items(tree.line, (*tree.items[:key], *kept, *tree.items[key + 1 :]))
    if isinstance(tree, Fields) and key in tree.entries:
        entry = tree.entries[str(key)]
        node = _without(entry.node, rest) if rest else None
        # Of a list in which everything is wrong nothing is left: that it is empty then is nobody's mistake.
        if node is not None and not (isinstance(node, Items) and not node.items):
            return tree.with_entry(str(key), Entry(entry.line, node))
        return Fields(tree.line, {name: item for name, item in tree.entries.items() if name != key})
    return tree


def _findings(model: type[Section], details: ErrorDetails) -> Iterator[Finding]:
    location = tuple(key for key in details["loc"] if key != "[key]")
    error = details.get("ctx", {}).get("error")
    if isinstance(error, ItemProblems):
        yield from (Finding((*location, index), reason) for index, reason in error.problems)
    else:
        yield _finding(model, details, location)


def _finding(model: type[Section], details: ErrorDetails, location: Location) -> Finding:
    if details["type"] == "extra_forbidden":
        return Finding(location, _unknown_key(_model_at(model, location[:-1]), location[-1]))
    if details["type"] == "missing":
        return Finding(location, "is missing", spoils_parent=True)
    return Finding(location, _in_words(details))


def _unknown_key(model: type[Section] | None, key: str | int) -> str:
    if model is None:
        return "is not known here"
    if issubclass(model, RawSection):
        return refusal(key, model.node_class)
    return f"is not known here{did_you_mean(key, list(model.model_fields))}"


_EXPECTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a mapping of names",
    "model_type": "a section with keys",
}


def _in_words(details: ErrorDetails) -> str:
    kind, written, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", details["msg"]))
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, not {_described(written)}"
    if kind == "too_short":
        return "is empty"
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context.get("expected", "")) or [str(context.get("expected", ""))]
        return f"{_described(written)} is not known here{did_you_mean(written, known)}"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}"


def _described(written: Any) -> str:
    if isinstance(written, dict):
        return "a section with keys"
    return "a list" if isinstance(written, list) else quoted(written)


def _model_at(model: type[Section], location: Location) -> type[Section] | None:
    current: type[Section] | None = model
    annotation: Any = model
    for key in location:
        if current is not None and key in current.model_fields:
            field = current.model_fields[str(key)]
            annotation, current = field.annotation, next(subsections(field), None)
        else:
            annotation = _member(annotation)
            current = next((item for item in (annotation, *get_args(annotation)) if _is_section(item)), None)
    return current


def _member(annotation: Any) -> Any:
    """Give the type of the members of a list or the values of a dict, through `| None`."""
    for candidate in (annotation, *get_args(annotation)):
        if getattr(candidate, "__origin__", None) in (list, dict):
            return get_args(candidate)[-1]
    return None


def _is_section(candidate: Any) -> bool:
    return isinstance(candidate, type) and issubclass(candidate, Section)
