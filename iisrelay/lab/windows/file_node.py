"""One file or folder of the simulated file system."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from iisrelay.lab.windows.acl import AccessControlList

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_ONLY, HIDDEN, SYSTEM, DIRECTORY, ARCHIVE, NORMAL = 1, 2, 4, 16, 32, 128  # System.IO.FileAttributes


@dataclass
class Node:
    """A file or a folder; children are keyed by their lower-case names. Times are seconds since 1970.

    ``streams`` are the alternate data streams of NTFS, where the SMTP service keeps the envelopes of its queue.
    """

    name: str
    directory: bool
    created: float
    modified: float
    data: bytes = b""
    attributes: int = DIRECTORY
    acl: AccessControlList | None = None
    children: dict[str, Node] = field(default_factory=dict)
    streams: dict[str, str] = field(default_factory=dict)

    def child(self, name: str) -> Node | None:
        """Find a child by its name in any case."""
        return self.children.get(name.lower())

    def add(self, node: Node) -> None:
        """Put a child here under its own name."""
        self.children[node.name.lower()] = node

    def sorted_children(self) -> list[Node]:
        """List the children in the order of their names."""
        return [self.children[key] for key in sorted(self.children)]

    def walk(self) -> Iterator[Node]:
        """Go through everything below, this node first."""
        yield self
        for child in list(self.children.values()):
            yield from child.walk()

    def total_bytes(self) -> int:
        """Add up the lengths of all files below."""
        return sum(len(node.data) for node in self.walk())

    def to_json(self) -> dict[str, Any]:
        """Give the compact JSON form."""
        data: dict[str, Any] = {"n": self.name, "t": [self.created, self.modified], "a": self.attributes}
        if not self.directory:
            data["b"] = base64.b64encode(self.data).decode("ascii")
        if self.acl:
            data["acl"] = self.acl.to_json()
        if self.streams:
            data["s"] = dict(self.streams)
        if self.children:
            # A copy: the SMTP service may write a file meanwhile.
            data["c"] = [child.to_json() for child in list(self.children.values())]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Node:
        """Read the compact JSON form."""
        created, modified = data["t"]
        node = cls(data["n"], "b" not in data, created, modified, base64.b64decode(data.get("b", "")), data["a"])
        if "acl" in data:
            node.acl = AccessControlList.from_json(data["acl"])
        node.streams.update(data.get("s", {}))
        for child in data.get("c", ()):
            node.add(cls.from_json(child))
        return node
