"""Windows paths as text: both separators, drives, shares, dots. Nothing here looks at a file system."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"^[A-Za-z]:")
_LONG_PREFIX = re.compile(r"^\\\\[?.]\\")
_ADMINISTRATIVE_SHARE = re.compile(r"^\\\\[^\\]+\\([A-Za-z])\$(\\|$)")


def normalize(path: str, current_directory: str = "C:\\") -> str:
    """Make a path absolute, with backslashes, without dots and a separator at the end (a drive's root keeps it)."""
    text = _LONG_PREFIX.sub("", path.replace("/", "\\"))
    text = _ADMINISTRATIVE_SHARE.sub(lambda match: f"{match.group(1)}:\\", text)
    if text.startswith("\\\\"):
        return "\\\\" + "\\".join(_without_dots(text[2:].split("\\"), keep=2))
    drive, rest = _anchored(text, current_directory)
    return f"{drive.upper()}\\" + "\\".join(_without_dots(rest.split("\\")))


def _anchored(text: str, current_directory: str) -> tuple[str, str]:
    base_drive = current_directory[:2] if _DRIVE.match(current_directory) else "C:"
    if not _DRIVE.match(text):
        return base_drive, text if text.startswith("\\") else f"{current_directory[2:]}\\{text}"
    if text[2:3] == "\\" or text[:2].upper() != base_drive.upper():
        return text[:2], text[2:]
    return text[:2], f"{current_directory[2:]}\\{text[2:]}"


def _without_dots(parts: list[str], keep: int = 0) -> list[str]:
    result: list[str] = []
    for part in parts:
        if part == "..":
            del result[max(keep, len(result) - 1) :]
        elif part not in ("", "."):
            result.append(part)
    return result


def join(parent: str, child: str) -> str:
    """Put a child below a parent, with exactly one separator between them, as Join-Path does."""
    return parent.replace("/", "\\").rstrip("\\") + "\\" + child.replace("/", "\\").lstrip("\\")


def split(path: str) -> tuple[str, str]:
    """Take a path apart: (parent, last part); the parent of a drive's root is empty."""
    text = path.replace("/", "\\").rstrip("\\")
    parent, separator, name = text.rpartition("\\")
    if not separator:
        return "", text
    return (parent + "\\" if parent.endswith(":") else parent), name


def parts(path: str) -> list[str]:
    """List the parts of an absolute path: the drive (or share's server and name), then each folder."""
    return [part for part in path.split("\\") if part]


def stem_and_extension(name: str) -> tuple[str, str]:
    """Split a file name as .NET does: ``("a.b", ".txt")``."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if dot else (name, "")
