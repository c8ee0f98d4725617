"""Text files of the simulated machine, with the names that -Encoding has in Windows PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

# Codec and byte order mark by lower-case name.
ENCODINGS = {
    "unknown": ("utf-16-le", b"\xff\xfe"),
    "string": ("utf-16-le", b"\xff\xfe"),
    "unicode": ("utf-16-le", b"\xff\xfe"),
    "bigendianunicode": ("utf-16-be", b"\xfe\xff"),
    "utf8": ("utf-8", b"\xef\xbb\xbf"),
    "utf7": ("utf-7", b""),
    "utf32": ("utf-32-le", b"\xff\xfe\x00\x00"),
    "ascii": ("ascii", b""),
    "default": ("cp1252", b""),
    "oem": ("cp437", b""),
}
_MARKED = (ENCODINGS["utf32"], ENCODINGS["utf8"], ENCODINGS["unicode"], ENCODINGS["bigendianunicode"])


def read_text(engine: Engine, path: str, encoding: str = "default") -> str:
    """Read a text file; a byte order mark wins over the encoding asked for."""
    data: bytes = _files(engine).read_bytes(engine.resolve_path(path))
    for codec, mark in _MARKED:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    return data.decode(_codec(encoding)[0], "replace")


def write_text(engine: Engine, path: str, text: str, *, encoding: str = "unicode", append: bool = False) -> None:
    """Write a text file, or add to one."""
    files, full = _files(engine), engine.resolve_path(path)
    codec, mark = _codec(encoding)
    data = text.encode(codec, "replace")
    if append and files.is_file(full) and files.size(full):
        files.append_bytes(full, data)
    else:
        files.write_bytes(full, mark + data)


def file_exists(engine: Engine, path: str) -> bool:
    """Tell whether a file is there."""
    return bool(_files(engine).is_file(engine.resolve_path(path)))


def _files(engine: Engine) -> Any:
    return engine.machine.files  # type: ignore[attr-defined]


def _codec(name: str) -> tuple[str, bytes]:
    found = ENCODINGS.get(name.lower())
    if found is None:
        raise NetError(
            "System.Management.Automation.ParameterBindingException",
            f"Cannot process argument because the value of argument \"encoding\" is not valid: '{name}'.",
            identifier="ParameterArgumentValidationError",
            category="InvalidData",
        )
    return found
