# ruff: noqa: ARG002 - an operation that a provider does not have takes its arguments all the same, and refuses
"""The FileSystem provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows import paths
from iisrelay.lab.windows.cmdlets.providers.base import Drive, Provider
from iisrelay.lab.windows.dotnet.file_info import DirectoryInfo, FileInfo, file_item
from iisrelay.lab.windows.file_node import HIDDEN, READ_ONLY
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iisrelay.lab.powershell.engine import Engine

_DIRECTORY_KINDS = ("directory", "container", "dir")
_FILE_KINDS = ("file", "leaf", "")


class FileSystemProvider(Provider):
    """Folders and files of the machine."""

    name = "FileSystem"

    def drives(self, engine: Engine) -> Iterable[Drive]:
        """One drive for each volume."""
        return [Drive(letter, self, f"{letter}:\\") for letter in machine_of(engine).files.drives]

    def normalize(self, path: str) -> str:
        """An absolute Windows path."""
        return paths.normalize(path)

    def join(self, parent: str, name: str) -> str:
        """A path below a folder."""
        return paths.join(parent, name)

    def split(self, path: str) -> tuple[str, str]:
        """Folder and name; a drive's root is its own name."""
        return paths.split(path)

    def exists(self, engine: Engine, path: str) -> bool:
        """A folder or file is there."""
        return machine_of(engine).files.exists(path)

    def is_container(self, engine: Engine, path: str) -> bool:
        """It is a folder."""
        return machine_of(engine).files.is_directory(path)

    def is_hidden(self, engine: Engine, path: str) -> bool:
        """The attribute Hidden is set."""
        node = machine_of(engine).files.find(path)
        return node is not None and bool(node.attributes & HIDDEN)

    def item(self, engine: Engine, path: str) -> FileInfo | DirectoryInfo:
        """A FileInfo or a DirectoryInfo."""
        return file_item(machine_of(engine), path)

    def child_names(self, engine: Engine, path: str) -> list[str]:
        """Folders first, then files, each by name: the order of Get-ChildItem."""
        nodes = machine_of(engine).files.directory(path).sorted_children()
        return [node.name for node in sorted(nodes, key=lambda node: not node.directory)]

    def new_item(self, engine: Engine, path: str, kind: str, value: object, *, force: bool) -> None:
        """Make a folder (with its parents) or a file; ``force`` empties an existing file and makes a file's parents."""
        files = machine_of(engine).files
        if kind.lower() in _DIRECTORY_KINDS:
            if files.exists(path) and not (force and files.is_directory(path)):
                raise _exists(
                    f"An item with the specified name {path} already exists.", "DirectoryExist", "ResourceExists"
                )
            files.make_directory(path)
            return
        if kind.lower() not in _FILE_KINDS:
            raise NetError(
                "System.Management.Automation.PSArgumentException",
                'The type is not a known type for the file system. Only "file" and "directory" can be specified.',
            )
        if files.exists(path) and not force:
            raise _exists(f"The file '{path}' already exists.", "NewItemIOError", "WriteError")
        if force:
            files.make_directory(paths.split(path)[0])
        files.write_bytes(path, to_string(engine, value).encode("utf-8") if value is not None else b"")

    def clear_item(self, engine: Engine, path: str) -> None:
        """The file system clears contents, not items."""
        raise self.unsupported()

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Delete; read-only files only under ``force``."""
        files = machine_of(engine).files
        node = files.find(path)
        if node is not None and node.attributes & READ_ONLY and not node.directory:
            if not force:
                raise _exists(
                    f"Cannot remove item {path}: You do not have sufficient access rights to perform this operation.",
                    "RemoveFileSystemItemUnAuthorizedAccess",
                    "PermissionDenied",
                )
            node.attributes &= ~READ_ONLY
        files.delete(path, recursive=True)

    def copy_item(self, engine: Engine, path: str, destination: str, *, recurse: bool, force: bool) -> None:
        """Copy; a folder's content only under ``recurse``."""
        files = machine_of(engine).files
        if files.is_directory(path) and not recurse:
            files.make_directory(destination)
            return
        node = files.find(destination)
        if force and node is not None:
            node.attributes &= ~READ_ONLY
        files.copy(path, destination)

    def move_item(self, engine: Engine, path: str, destination: str, *, force: bool) -> None:
        """Move; an existing file gives way under ``force``."""
        files = machine_of(engine).files
        if force and files.is_file(destination) and path.lower() != destination.lower():
            files.delete(destination)
        files.move(path, destination)

    def set_property(self, engine: Engine, path: str, name: str, value: object, kind: str | None) -> None:
        """Set a property of the item's object (IsReadOnly, Attributes, LastWriteTime)."""
        from iisrelay.lab.powershell.members import set_member  # noqa: PLC0415 - members need the types registered

        del kind
        set_member(engine, self.item(engine, path), name, value)

    def read_content(self, engine: Engine, path: str) -> bytes:
        """A file's bytes."""
        return machine_of(engine).files.read_bytes(path)

    def write_content(self, engine: Engine, path: str, content: list[object] | bytes) -> None:
        """Replace a file's bytes."""
        if not isinstance(content, bytes):
            raise TypeError("the file system stores bytes")
        machine_of(engine).files.write_bytes(path, content)


def _exists(message: str, identifier: str, category: str) -> NetError:
    return NetError("System.IO.IOException", message, identifier=identifier, category=category)
