"""System.IO.Path: Windows paths as text."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, argument_error
from iisrelay.lab.powershell.values import Char, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

path_type = declare("System.IO.Path")
path_type.constants(
    DirectorySeparatorChar=Char("\\"),
    AltDirectorySeparatorChar=Char("/"),
    PathSeparator=Char(";"),
    VolumeSeparatorChar=Char(":"),
)
_INVALID = '"<>|' + "".join(map(chr, range(32)))
_INVALID_NAME = _INVALID + ":*?\\/"
_ROOT = re.compile(r"(?:[A-Za-z]:[\\/]?|[\\/]{2}[^\\/]+[\\/]+[^\\/]+|[\\/])")


def _checked(path: str) -> str:
    if any(letter in _INVALID for letter in path):
        raise NetError("System.ArgumentException", "Illegal characters in path.")
    return path


def root_of(path: str) -> str:
    """Give a path's root: a drive, a share or a separator; "" of a relative path."""
    match = _ROOT.match(path)
    return match[0].replace("/", "\\") if match else ""


def full_path(path: str, current_directory: str) -> str:
    """Make a path absolute: separators, dots and the current folder resolved; a trailing separator is kept."""
    text = path.replace("/", "\\")
    if re.match(r"[A-Za-z]:(?!\\)", text):
        rest = text[2:]
        same_drive = text[0].lower() == current_directory[:1].lower()
        text = (current_directory.rstrip("\\") if same_drive else text[:2]) + "\\" + rest
    elif not root_of(text):
        text = current_directory.rstrip("\\") + "\\" + text
    elif text.startswith("\\") and not text.startswith("\\\\"):
        text = current_directory[:2] + text
    root = root_of(text)
    parts: list[str] = []
    for part in text[len(root) :].split("\\"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part.rstrip(" .") or part)
    joined = root.rstrip("\\") + "\\" + "\\".join(parts) if parts or not root.startswith("\\\\") else root
    return joined + "\\" if text.endswith("\\") and parts else joined


@path_type.static("Combine")
def combine(*paths: str) -> str:
    """Join paths; an absolute one starts anew."""
    joined = ""
    for path in paths:
        _checked(path)
        if not path:
            continue
        if not joined or root_of(path):
            joined = path
        else:
            joined += path if joined[-1] in "\\/:" else "\\" + path
    return joined


@path_type.static("GetFileName")
def file_name(path: str) -> str:
    """Give the part after the last separator."""
    return re.split(r"[\\/:]", _checked(path))[-1]


@path_type.static("GetExtension")
def extension(path: str) -> str:
    """Give the extension with its dot."""
    name = file_name(path)
    _, dot, rest = name.rpartition(".")
    return dot + rest if dot and rest else ""


@path_type.static("GetFileNameWithoutExtension")
def stem(path: str) -> str:
    """Give the file's name without its extension."""
    name = file_name(path)
    return name.rpartition(".")[0] if "." in name else name


@path_type.static("GetDirectoryName")
def directory_name(path: str) -> str | None:
    """Give the folder part; None of a root."""
    if not path:
        raise argument_error("path", "The path is not of a legal form.")
    text = _checked(path).replace("/", "\\")
    root = root_of(text)
    if text.rstrip("\\") == root.rstrip("\\") and root:
        return None
    head, separator, _ = text.rpartition("\\")
    return max(head, root, key=len) if separator else ""


@path_type.static("GetPathRoot")
def path_root(path: str) -> str:
    """Give the root."""
    return root_of(path)


@path_type.static("GetFullPath")
def get_full_path(engine: Engine, path: str) -> str:
    """Make a path absolute."""
    if not path:
        raise argument_error("path", "The path is not of a legal form.")
    return full_path(_checked(path), engine.current_directory)


@path_type.static("IsPathRooted")
def is_rooted(path: str) -> bool:
    """Tell whether a path has a root."""
    return bool(root_of(path))


@path_type.static("HasExtension")
def has_extension(path: str) -> bool:
    """Tell whether a path has an extension."""
    return bool(extension(path))


@path_type.static("ChangeExtension")
def change_extension(path: str, new: str) -> str:
    """Replace the extension."""
    folder = path[: len(path) - len(file_name(path))]
    return folder + stem(path) + (new if new.startswith(".") or not new else f".{new}")


@path_type.static("GetTempPath")
def temporary_path(engine: Engine) -> str:
    """Give the folder for temporary files, with a separator at the end."""
    from iisrelay.lab.powershell.dotnet.environment import variable  # noqa: PLC0415 - rare

    folder = variable(engine, "TMP") or variable(engine, "TEMP") or r"C:\Windows\Temp"
    return folder.rstrip("\\") + "\\"


@path_type.static("GetRandomFileName")
def random_file_name() -> str:
    """Give a name that is free for sure."""
    letters = "abcdefghijklmnopqrstuvwxyz012345"
    text = "".join(letters[byte % 32] for byte in secrets.token_bytes(11))
    return f"{text[:8]}.{text[8:]}"


@path_type.static("GetTempFileName")
def temporary_file(engine: Engine) -> str:
    """Make an empty file in the folder for temporary files; give its path."""
    from iisrelay.lab.powershell.dotnet.file_access import files_of  # noqa: PLC0415 - rare

    path = f"{temporary_path(engine)}tmp{secrets.token_hex(2).upper()}.tmp"
    files_of(engine).write_bytes(path, b"")
    return path


@path_type.static("GetInvalidPathChars")
def invalid_path_characters() -> PSArray:
    """List the characters no path may hold."""
    return PSArray(map(Char, _INVALID), "System.Char")


@path_type.static("GetInvalidFileNameChars")
def invalid_name_characters() -> PSArray:
    """List the characters no file name may hold."""
    return PSArray(map(Char, _INVALID_NAME), "System.Char")
