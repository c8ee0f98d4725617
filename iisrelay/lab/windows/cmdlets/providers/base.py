# ruff: noqa: ARG002 - an operation that a provider does not have takes its arguments all the same, and refuses
"""What every provider of the item cmdlets can be asked, and what a path in one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iisrelay.lab.powershell.engine import Engine

_PREFIX = "Microsoft.PowerShell.Core\\"


@dataclass(frozen=True)
class Drive:
    """A PowerShell drive; ``root`` is a path of its provider."""

    name: str
    provider: Provider
    root: str
    description: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ProviderPath:
    """A place in a provider. ``path`` is the provider's own notation, ``drive`` the drive it was reached by."""

    provider: Provider
    path: str
    drive: Drive | None = None

    @property
    def ps_path(self) -> str:
        """Give the path qualified by the provider, as the property PSPath shows it."""
        return f"{self.provider}::{self.path}"

    @property
    def name(self) -> str:
        """Give the last part."""
        return self.provider.split(self.path)[1]

    @property
    def parent(self) -> ProviderPath:
        """Give the place above; the root's is the root itself."""
        return ProviderPath(self.provider, self.provider.split(self.path)[0], self.drive)

    @property
    def display(self) -> str:
        """Give the path as a prompt shows it: with the drive where there is one."""
        if self.drive is None:
            return f"{self.provider}::{self.path}"
        rest = self.path[len(self.drive.root) :].lstrip("\\")
        return f"{self.drive.name}:\\{rest}" if self.provider.hierarchical else f"{self.drive.name}:{rest or chr(92)}"

    def child(self, name: str) -> ProviderPath:
        """Give a place below."""
        return ProviderPath(self.provider, self.provider.join(self.path, name), self.drive)


class Provider:
    """A kind of store that the item cmdlets work on. Methods get the engine, then a path in the provider's notation."""

    name: ClassVar[str]
    hierarchical: ClassVar[bool] = True
    property_store: ClassVar[bool] = False

    def __str__(self) -> str:
        return f"{_PREFIX}{self.name}"

    def drives(self, engine: Engine) -> Iterable[Drive]:
        """List the drives that are there from the start."""
        raise self.unsupported()

    def normalize(self, path: str) -> str:
        """Bring a path into the provider's notation, dots resolved."""
        raise self.unsupported()

    def join(self, parent: str, name: str) -> str:
        """Give the path of a child."""
        return f"{parent}\\{name}" if parent else name

    def split(self, path: str) -> tuple[str, str]:
        """Give (parent, last part)."""
        parent, _, name = path.rpartition("\\")
        return parent, name

    def exists(self, engine: Engine, path: str) -> bool:
        """Tell whether an item is there."""
        raise self.unsupported()

    def is_container(self, engine: Engine, path: str) -> bool:
        """Tell whether an item can hold others."""
        raise self.unsupported()

    def item(self, engine: Engine, path: str) -> object:
        """Give the object for an item that exists."""
        raise self.unsupported()

    def child_names(self, engine: Engine, path: str) -> list[str]:
        """List the names below a container."""
        raise self.unsupported()

    def is_hidden(self, _engine: Engine, _path: str) -> bool:
        """Tell whether an item shows only under -Force."""
        return False

    def new_item(self, engine: Engine, path: str, kind: str, value: object, *, force: bool) -> None:
        """Make an item."""
        raise self.unsupported()

    def set_item(self, engine: Engine, path: str, value: object) -> None:
        """Give an item its value."""
        raise self.unsupported()

    def clear_item(self, engine: Engine, path: str) -> None:
        """Take an item's value away."""
        raise self.unsupported()

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Delete an item with all that is below it."""
        raise self.unsupported()

    def copy_item(self, engine: Engine, path: str, destination: str, *, recurse: bool, force: bool) -> None:
        """Copy an item to exactly that destination."""
        raise self.unsupported()

    def move_item(self, engine: Engine, path: str, destination: str, *, force: bool) -> None:
        """Move an item to exactly that destination."""
        raise self.unsupported()

    def properties(self, engine: Engine, path: str) -> list[tuple[str, object]]:
        """List an item's properties with their values."""
        raise self.unsupported()

    def set_property(self, engine: Engine, path: str, name: str, value: object, kind: str | None) -> None:
        """Write a property, made when it is not there."""
        raise self.unsupported()

    def remove_property(self, engine: Engine, path: str, name: str) -> None:
        """Delete a property."""
        raise self.unsupported()

    def clear_property(self, engine: Engine, path: str, name: str) -> None:
        """Empty a property, which stays."""
        raise self.unsupported()

    def read_content(self, engine: Engine, path: str) -> list[object] | bytes:
        """Give an item's content: bytes of a file, objects otherwise."""
        raise self.unsupported()

    def write_content(self, engine: Engine, path: str, content: list[object] | bytes) -> None:
        """Replace an item's content."""
        raise self.unsupported()

    def unsupported(self) -> NetError:
        """Make the error for what the provider cannot do."""
        return NetError(
            "System.Management.Automation.PSNotSupportedException",
            "Provider operation stopped because the provider does not support this operation.",
            identifier="NotSupported",
            category="NotImplemented",
        )


def parts_without_dots(path: str) -> list[str]:
    """Split a path at either separator and resolve its dots."""
    parts: list[str] = []
    for part in path.replace("/", "\\").split("\\"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return parts
