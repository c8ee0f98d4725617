"""Files of the simulated machine, as System.IO reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from iisrelay.lab.powershell.dotnet.paths import full_path
from iisrelay.lab.powershell.dotnet.streams import FileStream
from iisrelay.lab.powershell.errors import NetError, argument_error

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


class Files(Protocol):
    """What the machine's file system offers."""

    def exists(self, path: str) -> bool:
        """Tell whether anything is at a path."""

    def is_directory(self, path: str) -> bool:
        """Tell whether a folder is at a path."""

    def read_bytes(self, path: str) -> bytes:
        """Read a whole file."""

    def write_bytes(self, path: str, data: bytes) -> None:
        """Write a whole file."""

    def list(self, path: str) -> list[str]:
        """List the names in a folder."""

    def make_directory(self, path: str) -> None:
        """Make a folder and its parents."""

    def delete(self, path: str, *, recursive: bool = False) -> None:
        """Delete a file or folder."""

    def move(self, source: str, destination: str) -> None:
        """Move a file or folder."""

    def copy(self, source: str, destination: str, *, overwrite: bool = True) -> None:
        """Copy a file or folder."""


def files_of(engine: Engine) -> Files:
    """Give the machine's file system."""
    files = getattr(engine.machine, "files", None)
    if files is None:
        raise NetError("System.NotSupportedException", "This machine has no file system.")
    return files  # type: ignore[no-any-return]


def absolute(engine: Engine, path: str) -> str:
    """Resolve a path against the process's folder."""
    if not path.strip():
        raise argument_error(
            "path", "Empty path name is not legal." if path == "" else "The path is not of a legal form."
        )
    return full_path(path, engine.current_directory)


def read_file(engine: Engine, path: str) -> bytes:
    """Read a whole file."""
    return files_of(engine).read_bytes(absolute(engine, path))


def open_file(engine: Engine, path: str, mode: str) -> FileStream:
    """Open a file: "create" empties it, "append" goes to its end, "open" reads it; closing writes it."""
    files, place = files_of(engine), absolute(engine, path)
    exists = files.exists(place) and not files.is_directory(place)
    if mode == "new" and exists:
        raise NetError("System.IO.IOException", f"The file '{place}' already exists.")
    if mode == "open":
        return FileStream(files.read_bytes(place), on_close=_FileWriter(files, place, files.read_bytes(place)))
    before = files.read_bytes(place) if exists and mode in {"append", "open or create"} else b""
    files.write_bytes(place, before)
    stream = FileStream(before, on_close=_FileWriter(files, place, before))
    stream.position = len(before) if mode == "append" else 0
    return stream


class _FileWriter:
    """Writes the stream's bytes to the file when they have changed."""

    def __init__(self, files: Files, path: str, before: bytes) -> None:
        self.files = files
        self.path = path
        self.before = before

    def __call__(self, data: bytes) -> None:
        if data != self.before:
            self.files.write_bytes(self.path, data)
            self.before = data
