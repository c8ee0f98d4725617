"""A YAML file as a tree whose every value knows its line. Nothing in a file can construct anything but plain data."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from iisrelay.errors import Problem

MAXIMUM_BYTES = 4 * 2**20
MAXIMUM_DEPTH = 30
MAXIMUM_NODES = 200_000


@dataclass(frozen=True)
class Leaf:
    """A scalar."""

    line: int
    value: str | int | float | bool | None


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Entry:
    """A value below a key, and the line of the key."""

    line: int
    node: "Node"


@dataclass(frozen=True)
class Fields:
    """A mapping."""

    line: int
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def get(self, key: str) -> "Node | None":
        """Give the value of a key, or None."""
        entry = self.entries.get(key)
        return entry.node if entry else None

    def with_entry(self, key: str, entry: Entry) -> "Fields":
        """Give the mapping with a key replaced or added."""
        return Fields(self.line, {**self.entries, key: entry})


Node = Leaf | Items | Fields


class Unreadable(Exception):  # noqa: N818 - never leaves this package: it carries the one problem of a broken file
    """The file is not YAML, or is more than a site file can be."""

    def __init__(self, line: int, message: str, key_path: str = "(file)") -> None:
        super().__init__(message)
        self.line, self.message, self.key_path = line, message, key_path


def read_tree(path: Path) -> tuple[Node, tuple[Problem, ...]]:
    """Read a file: its tree, and what is wrong with its YAML but did not stop the reading (duplicate keys, tags).

    Raises:
        Unreadable: the file cannot be read, or is not YAML at all.
    """
    builder = _Builder(str(path), _events(_text(path)))
    return builder.document(), tuple(builder.problems)


def plain_data(node: Node) -> Any:
    """Give a tree as plain data."""
    if isinstance(node, Fields):
        return {key: plain_data(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain_data(item) for item in node.items]
    return node.value


def readable(name: str) -> str:
    """Give a name for a key path: on one line, and harmless to a terminal."""
    return name if name.isprintable() else repr(name)[1:-1]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise Unreadable(0, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MAXIMUM_BYTES:
        raise Unreadable(0, f"is larger than {MAXIMUM_BYTES // 2**20} MB, which no site file is")
    # Windows PowerShell's `>` writes UTF-16 with a byte order mark.
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable(line, f"is not {encoding.upper().removesuffix('-SIG')} text; save it as UTF-8") from None


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="rt", pure=True)
    try:
        yield from yaml.parse(text)
    except (YAMLError, YAMLStreamError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        parts = [error.context, error.problem] if isinstance(error, MarkedYAMLError) else [str(error).split("\n")[0]]
        reason = ", ".join(part for part in parts if part)
        raise Unreadable(mark.line + 1 if mark else _position_line(error, text), f"is not YAML: {reason}") from None


def _position_line(error: Exception, text: str) -> int:
    position = getattr(error, "position", None)
    return text[:position].count("\n") + 1 if isinstance(position, int) else 1


class _Builder:
    """Builds the tree from parser events, so that tags and aliases are seen before anything is made of them."""

    def __init__(self, file: str, events: Iterator[Event]) -> None:
        self.file = file
        self.events = events
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}
        self.weights: dict[int, int] = {}
        self.count = 0

    def document(self) -> Node:
        """Build the only document of the stream."""
        next(self.events)
        first = next(self.events)
        if isinstance(first, StreamEndEvent):
            return Fields(1)
        root = self._node(next(self.events), 0, "")
        next(self.events)
        following = next(self.events)
        if isinstance(following, DocumentStartEvent):
            raise Unreadable(_line(following), "has a second document; a site file is one")
        return root

    def _node(self, event: Any, depth: int, path: str) -> Node:
        self.count += 1
        if depth > MAXIMUM_DEPTH:
            raise Unreadable(_line(event), f"is nested deeper than {MAXIMUM_DEPTH} levels")
        if self.count > MAXIMUM_NODES:
            raise Unreadable(_line(event), f"has more than {MAXIMUM_NODES} values")
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        before = self.count
        node = self._built(event, depth, path)
        if event.anchor:
            self.anchors[event.anchor] = node
            self.weights[id(node)] = self.count - before + 1
        return node

    def _built(self, event: Any, depth: int, path: str) -> Node:
        tag = event.tag
        if tag and not (isinstance(event, ScalarEvent) and tag == "!"):
            # The tag is not repeated, as it may be a password without quotes; nor is the alias below.
            self._problem(event, path, "has a tag, which begins with '!'; write the value in quotes")
        if isinstance(event, MappingStartEvent):
            return self._fields(event, depth, path)
        if isinstance(event, SequenceStartEvent):
            return self._items(event, depth, path)
        return Leaf(_line(event), _scalar(event.value) if event.implicit[0] else event.value)

    def _alias(self, event: Any, path: str) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            self._problem(event, path, "refers with '*' to something that is not there or not complete")
            return Leaf(_line(event), None)
        # An alias counts as what it repeats, so that a few of them cannot grow into millions of values.
        self.count += self.weights[id(node)]
        if self.count > MAXIMUM_NODES:
            raise Unreadable(_line(event), f"has more than {MAXIMUM_NODES} values once its aliases are followed")
        return node

    def _items(self, start: Event, depth: int, path: str) -> Items:
        items: list[Node] = []
        for event in self._until(SequenceEndEvent):
            items.append(self._node(event, depth + 1, f"{path}[{len(items)}]"))
        return Items(_line(start), tuple(items))

    def _fields(self, start: Event, depth: int, path: str) -> Fields:
        entries: dict[str, Entry] = {}
        for event in self._until(MappingEndEvent):
            key = self._key(event, depth, path)
            below = f"{path}.{readable(key)}" if path else readable(key)
            entry = Entry(_line(event), self._node(next(self.events), depth + 1, below))
            if key == "<<":
                self._problem(event, path or "(file)", "'<<' is not part of YAML 1.2; use defaults: or overrides:")
            elif key in entries:
                self._problem(event, below, f"is there twice; the first one is in line {entries[key].line}")
            else:
                entries[key] = entry
        return Fields(_line(start), entries)

    def _key(self, event: Event, depth: int, path: str) -> str:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        self._node(event, depth + 1, path)
        self._problem(event, path or "(file)", "has a key that is not a text")
        return f"line {_line(event)}"

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _problem(self, event: Event, path: str, message: str) -> None:
        self.problems.append(Problem(self.file, _line(event), path or "(file)", message))


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


# The core schema of YAML 1.2: yes, no, on and off are texts, and so is 2525:25.
_CORE: tuple[tuple[re.Pattern[str], Callable[[str], str | int | float | bool | None]], ...] = (
    (re.compile(r"~|null|Null|NULL|"), lambda _text: None),
    (re.compile(r"true|True|TRUE"), lambda _text: True),
    (re.compile(r"false|False|FALSE"), lambda _text: False),
    (re.compile(r"[-+]?[0-9]{1,30}"), int),
    (re.compile(r"0o[0-7]{1,30}"), lambda text: int(text, 8)),
    (re.compile(r"0x[0-9a-fA-F]{1,30}"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?"), float),
)


def _scalar(text: str) -> str | int | float | bool | None:
    for pattern, construct in _CORE:
        if pattern.fullmatch(text):
            return construct(text)
    return text
