"""System.IO.File and System.IO.Directory, on the machine's file system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.encoding import UTF8, UTF8_WITHOUT_MARK, Encoding, detect
from iisrelay.lab.powershell.dotnet.file_access import absolute, files_of, open_file, read_file
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.streams import FileStream
from iisrelay.lab.powershell.dotnet.text_streams import StreamReader, StreamWriter
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import NetEnum, PSArray
from iisrelay.lab.powershell.wildcards import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.annotations import ByteArray, FileAccess, FileMode, SearchOption
    from iisrelay.lab.powershell.engine import Engine

declare_enum(
    "System.IO.FileAttributes",
    {
        "ReadOnly": 1,
        "Hidden": 2,
        "System": 4,
        "Directory": 16,
        "Archive": 32,
        "Device": 64,
        "Normal": 128,
        "Temporary": 256,
        "SparseFile": 512,
        "ReparsePoint": 1024,
        "Compressed": 2048,
        "Offline": 4096,
        "NotContentIndexed": 8192,
        "Encrypted": 16384,
    },
    flags=True,
)
declare_enum(
    "System.IO.FileMode", {"CreateNew": 1, "Create": 2, "Open": 3, "OpenOrCreate": 4, "Truncate": 5, "Append": 6}
)  # fmt: skip
declare_enum("System.IO.FileAccess", {"Read": 1, "Write": 2, "ReadWrite": 3}, flags=True)
declare_enum("System.IO.FileShare", {"None": 0, "Read": 1, "Write": 2, "ReadWrite": 3, "Delete": 4}, flags=True)
declare_enum("System.IO.SearchOption", {"TopDirectoryOnly": 0, "AllDirectories": 1})
_MODES = {1: "new", 2: "create", 3: "open", 4: "open or create", 5: "create", 6: "append"}
file_type = declare("System.IO.File")
directory_type = declare("System.IO.Directory")


def _text(engine: Engine, path: str, encoding: Encoding | None) -> str:
    found, data = detect(read_file(engine, path), encoding or UTF8)
    return found.decode(data)


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _joined(lines: object) -> str:
    items = enumerate_value(lines)
    return "".join(f"{to_string(None, line)}\r\n" for line in ([lines] if items is None else items))


def _write(engine: Engine, path: str, data: bytes) -> None:
    files_of(engine).write_bytes(absolute(engine, path), data)


@file_type.static("Exists")
def file_exists(engine: Engine, path: str) -> bool:
    """Tell whether a file is there."""
    if not path.strip():
        return False
    place = absolute(engine, path)
    return files_of(engine).exists(place) and not files_of(engine).is_directory(place)


@file_type.static("ReadAllText")
def read_all_text(engine: Engine, path: str, encoding: Encoding | None = None) -> str:
    """Read a text file; a byte order mark wins over the encoding."""
    return _text(engine, path, encoding)


@file_type.static("ReadAllLines", "ReadLines")
def read_all_lines(engine: Engine, path: str, encoding: Encoding | None = None) -> PSArray:
    """Read the lines of a text file."""
    return PSArray(_lines(_text(engine, path, encoding)), "System.String")


@file_type.static("ReadAllBytes")
def read_all_bytes(engine: Engine, path: str) -> PSArray:
    """Read all bytes."""
    return byte_array(read_file(engine, path))


@file_type.static("WriteAllText")
def write_all_text(engine: Engine, path: str, text: str, encoding: Encoding | None = None) -> None:
    """Write a text file; without an encoding UTF-8 without a mark."""
    chosen = encoding or UTF8_WITHOUT_MARK
    _write(engine, path, chosen.mark + chosen.encode(text))


@file_type.static("WriteAllLines")
def write_all_lines(engine: Engine, path: str, lines: object, encoding: Encoding | None = None) -> None:
    """Write lines."""
    write_all_text(engine, path, _joined(lines), encoding)


@file_type.static("WriteAllBytes")
def write_all_bytes(engine: Engine, path: str, data: ByteArray) -> None:
    """Write all bytes."""
    _write(engine, path, to_bytes(data))


@file_type.static("AppendAllText")
def append_all_text(engine: Engine, path: str, text: str, encoding: Encoding | None = None) -> None:
    """Append a text."""
    if not file_exists(engine, path):
        write_all_text(engine, path, text, encoding)
        return
    _write(engine, path, read_file(engine, path) + (encoding or UTF8).encode(text))


@file_type.static("AppendAllLines")
def append_all_lines(engine: Engine, path: str, lines: object, encoding: Encoding | None = None) -> None:
    """Append lines."""
    append_all_text(engine, path, _joined(lines), encoding)


@file_type.static("Delete")
def delete_file(engine: Engine, path: str) -> None:
    """Delete a file; one that is not there is no error."""
    if file_exists(engine, path):
        files_of(engine).delete(absolute(engine, path))


@file_type.static("Copy")
def copy_file(engine: Engine, source: str, destination: str, overwrite: bool = False) -> None:
    """Copy a file."""
    read_file(engine, source)  # fails as it must when there is none
    files_of(engine).copy(absolute(engine, source), absolute(engine, destination), overwrite=overwrite)


@file_type.static("Move")
def move_file(engine: Engine, source: str, destination: str) -> None:
    """Move a file."""
    read_file(engine, source)
    files_of(engine).move(absolute(engine, source), absolute(engine, destination))


@file_type.static("Open")
def open_stream(
    engine: Engine, path: str, mode: FileMode, _access: FileAccess | None = None, _share: object = None
) -> FileStream:
    """Open a file as a stream."""
    return open_file(engine, path, _MODES[int(mode)])


@file_type.static("OpenRead")
def open_read(engine: Engine, path: str) -> FileStream:
    """Open a file for reading."""
    return open_file(engine, path, "open")


@file_type.static("OpenWrite")
def open_write(engine: Engine, path: str) -> FileStream:
    """Open a file for writing, from its start."""
    return open_file(engine, path, "open or create")


@file_type.static("Create")
def create_file(engine: Engine, path: str) -> FileStream:
    """Make an empty file and open it."""
    return open_file(engine, path, "create")


@file_type.static("OpenText")
def open_text(engine: Engine, path: str) -> StreamReader:
    """Open a text file for reading."""
    return StreamReader(_text(engine, path, None))


@file_type.static("CreateText")
def create_text(engine: Engine, path: str) -> StreamWriter:
    """Make a text file for writing."""
    return StreamWriter(open_file(engine, path, "create"), UTF8_WITHOUT_MARK)


@file_type.static("AppendText")
def append_text(engine: Engine, path: str) -> StreamWriter:
    """Open a text file for appending."""
    return StreamWriter(open_file(engine, path, "append"), UTF8_WITHOUT_MARK)


@file_type.static("GetAttributes")
def get_attributes(engine: Engine, path: str) -> NetEnum:
    """Give the attributes of a file or folder."""
    place = absolute(engine, path)
    files = files_of(engine)
    if not files.exists(place):
        raise NetError("System.IO.FileNotFoundException", f"Could not find file '{place}'.")
    node = getattr(files, "find", lambda _path: None)(place)
    default = 16 if files.is_directory(place) else 32
    return NetEnum(getattr(node, "attributes", default), "System.IO.FileAttributes")


# -- folders ---------------------------------------------------------------------------------------------------------


@directory_type.static("Exists")
def directory_exists(engine: Engine, path: str) -> bool:
    """Tell whether a folder is there."""
    return bool(path.strip()) and files_of(engine).is_directory(absolute(engine, path))


@directory_type.static("Delete")
def delete_directory(engine: Engine, path: str, recursive: bool = False) -> None:
    """Delete a folder."""
    files_of(engine).delete(absolute(engine, path), recursive=recursive)


@directory_type.static("Move")
def move_directory(engine: Engine, source: str, destination: str) -> None:
    """Move a folder."""
    files_of(engine).move(absolute(engine, source), absolute(engine, destination))


@directory_type.static("GetCurrentDirectory")
def get_current_directory(engine: Engine) -> str:
    """Give the process's folder."""
    return engine.current_directory


@directory_type.static("SetCurrentDirectory")
def set_current_directory(engine: Engine, path: str) -> None:
    """Change the process's folder."""
    engine.current_directory = absolute(engine, path)


@directory_type.static("CreateDirectory")
def create_directory(engine: Engine, path: str) -> object:
    """Make a folder and its parents; give its DirectoryInfo where the machine has one."""
    from iisrelay.lab.powershell.dotnet.binding import find_type, new_object  # noqa: PLC0415 - rare

    place = absolute(engine, path)
    files_of(engine).make_directory(place)
    return new_object(engine, "System.IO.DirectoryInfo", [place]) if find_type("System.IO.DirectoryInfo") else place


def _walk(engine: Engine, folder: str, *, recursive: bool) -> Iterator[tuple[str, bool]]:
    """Give (path, is a folder) of what lies in a folder."""
    files = files_of(engine)
    for name in files.list(folder):
        path = folder.rstrip("\\") + "\\" + name
        is_directory = files.is_directory(path)
        yield path, is_directory
        if is_directory and recursive:
            yield from _walk(engine, path, recursive=True)


def _listing(engine: Engine, path: str, pattern: str, option: NetEnum | None, wanted: bool | None) -> PSArray:
    place = absolute(engine, path)
    if not files_of(engine).is_directory(place):
        raise NetError("System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{place}'.")
    recursive = option is not None and int(option) == 1
    found = (
        item
        for item, is_directory in _walk(engine, place, recursive=recursive)
        if wanted in {None, is_directory} and matches(pattern.replace("*.*", "*"), item.rpartition("\\")[2])
    )
    return PSArray(found, "System.String")


@directory_type.static("GetFiles", "EnumerateFiles")
def get_files(engine: Engine, path: str, pattern: str = "*", option: SearchOption | None = None) -> PSArray:
    """List files."""
    return _listing(engine, path, pattern, option, wanted=False)


@directory_type.static("GetDirectories", "EnumerateDirectories")
def get_directories(engine: Engine, path: str, pattern: str = "*", option: SearchOption | None = None) -> PSArray:
    """List folders."""
    return _listing(engine, path, pattern, option, wanted=True)


@directory_type.static("GetFileSystemEntries")
def get_entries(engine: Engine, path: str, pattern: str = "*") -> PSArray:
    """List files and folders."""
    return _listing(engine, path, pattern, None, wanted=None)
