"""PowerShell literals: the only way in which a value enters a script, and the way back.

A single-quoted string knows no escapes but the doubled quote, and PowerShell takes five characters for a single quote:
the apostrophe and four typographic ones. Whoever doubles only the apostrophe lets "smart quotes" end the string.
"""

import base64
import re
from collections.abc import Iterator, Mapping

from iisrelay.errors import IisRelayError

QUOTES = "'\u2018\u2019\u201a\u201b"
LINE_BREAKS = "\r\n\x0b\x0c\x85\u2028\u2029"
_QUOTE = re.compile(f"[{QUOTES}]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_STRING = re.compile(f"[{QUOTES}]((?:[^{QUOTES}]|[{QUOTES}]{{2}})*)[{QUOTES}]")
_NUMBER = re.compile(r"-?\d+")
_UNPRINTABLE = re.compile(r"[^ -~]")
_WORDS = {"$true": True, "$false": False, "$null": None}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_BYTES = re.compile(r"\(\[Convert\]::FromBase64String\('([A-Za-z0-9+/=]*)'\)\)")

Value = str | int | bool | bytes | tuple["Value", ...] | Mapping[str, "Value"] | None


class LiteralError(IisRelayError):
    """A value cannot be written into a script so that it arrives as it is."""


def write(value: Value) -> str:
    """Write a value as PowerShell source.

    Raises:
        LiteralError: with the reason, for text that no Windows string can hold.
    """
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bytes):
        return f"([Convert]::FromBase64String('{base64.b64encode(value).decode('ascii')}'))"
    if isinstance(value, Mapping):
        return _table(value)
    return f"@({', '.join(write(item) for item in value)})"


def _string(text: str) -> str:
    _refuse_what_windows_cannot_hold(text)
    return "'" + _QUOTE.sub(lambda match: match[0] * 2, text) + "'"


def _refuse_what_windows_cannot_hold(text: str) -> None:
    if "\0" in text:
        raise LiteralError(
            f"{text[:40]!r} has a NUL character, where Windows ends a text", hint="remove it from the site file"
        )
    if _SURROGATE.search(text):
        raise LiteralError(
            f"{text[:40]!r} has half of a surrogate pair, which is no character", hint="remove it from the site file"
        )


def _table(value: Mapping[str, Value]) -> str:
    names = [name for name in value if not _NAME.fullmatch(name)]
    if names:
        raise LiteralError(f"{names[0]!r} cannot be the name of a field in a script")
    return "@{ " + "; ".join(f"{name} = {write(item)}" for name, item in value.items()) + " }"


def write_ascii(value: Value) -> str:
    """Write a value as PowerShell source of printable ASCII characters only.

    A script file without a byte order mark is read in the ANSI code page by Windows PowerShell; consoles and agents
    have code pages of their own, and line ends change on the way; what is printable ASCII arrives everywhere.
    """
    if isinstance(value, str) and _UNPRINTABLE.search(value):
        _refuse_what_windows_cannot_hold(value)
        return "(" + " + ".join(_ascii_parts(value)) + ")"
    if isinstance(value, tuple):
        return f"@({', '.join(write_ascii(item) for item in value)})"
    if isinstance(value, Mapping):
        write(dict.fromkeys(value))
        return "@{ " + "; ".join(f"{name} = {write_ascii(item)}" for name, item in value.items()) + " }"
    return write(value)


def _ascii_parts(text: str) -> Iterator[str]:
    """Cut a text into quoted ASCII and characters by number; the first part is a string, so + joins strings."""
    parts = re.split(f"({_UNPRINTABLE.pattern})", text)
    yield _string(parts[0])
    for part in parts[1:]:
        if not _UNPRINTABLE.search(part):
            if part:
                yield _string(part)
        else:
            units = part.encode("utf-16-be")
            yield from (f"[char]0x{units[index]:02X}{units[index + 1]:02X}" for index in range(0, len(units), 2))


def comment(text: object) -> str:
    """Write any text as (part of) one line of comment: what could end the line is escaped."""
    cleaned = "".join(
        f"\\u{ord(character):04x}"
        if ord(character) < 32 or character in LINE_BREAKS or character == "\x7f"
        else character
        for character in str(text)
    )
    return _SURROGATE.sub("?", cleaned)


def comment_ascii(text: object) -> str:
    """Write a comment of ASCII characters only."""
    return comment(text).encode("ascii", "backslashreplace").decode("ascii")


def read(source: str) -> Value:
    """Read what ``write`` wrote.

    Raises:
        LiteralError: when the text is no literal.
    """
    value, end = _read(source, 0)
    if source[end:].strip():
        raise LiteralError(f"{source[end:][:40]!r} stands behind a literal")
    return value


def _read(source: str, start: int) -> tuple[Value, int]:
    start = _skip(source, start)
    for word, value in _WORDS.items():
        if source.startswith(word, start):
            return value, start + len(word)
    if match := _STRING.match(source, start):
        return _undouble(match[1]), match.end()
    if match := _NUMBER.match(source, start):
        return int(match[0]), match.end()
    if match := _BYTES.match(source, start):
        return base64.b64decode(match[1]), match.end()
    if source.startswith("@(", start):
        return _read_array(source, start + 2)
    if source.startswith("@{", start):
        return _read_table(source, start + 2)
    raise LiteralError(f"{source[start : start + 40]!r} is no literal")


def _undouble(text: str) -> str:
    return re.sub(f"([{QUOTES}])[{QUOTES}]", r"\1", text)


def _read_array(source: str, position: int) -> tuple[Value, int]:
    items: list[Value] = []
    position = _skip(source, position)
    while not source.startswith(")", position):
        item, position = _read(source, position)
        items.append(item)
        position = _skip(source, position, separator=",", end=")")
    return tuple(items), position + 1


def _read_table(source: str, position: int) -> tuple[Value, int]:
    items: dict[str, Value] = {}
    position = _skip(source, position)
    while not source.startswith("}", position):
        match = re.compile(r"([A-Za-z][A-Za-z0-9_]*) = ").match(source, position)
        if not match:
            raise LiteralError(f"{source[position : position + 40]!r} is no field")
        items[match[1]], position = _read(source, match.end())
        position = _skip(source, position, separator=";", end="}")
    return items, position + 1


def _skip(source: str, position: int, *, separator: str = "", end: str = "") -> int:
    """Skip blanks, and after an item its separator; between two items there must be one."""
    while source[position : position + 1].isspace():
        position += 1
    if not separator or source.startswith(end, position):
        return position
    if not source.startswith(separator, position):
        raise LiteralError(f"{source[position : position + 40]!r} should be a {separator!r}")
    return _skip(source, position + 1)
