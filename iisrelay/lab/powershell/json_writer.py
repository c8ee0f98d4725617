"""JSON as Windows PowerShell writes it: its escapes, and the indentation that follows the place of the value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None

_ESCAPED = re.compile("[\x00-\x1f\"\\\\'<>&\x85\u2028\u2029]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INDENT = 4


class RawJson(str):
    """Text that is JSON already: numbers in their own notation."""

    __slots__ = ()


def quoted(text: str) -> str:
    """Write a string; quotes, angle brackets and ampersands are escaped, other characters beyond ASCII are not."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"


def compact(value: Json) -> str:
    """Write without blanks and line ends."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{quoted(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(compact(item) for item in value) + "]"
    return scalar(value)


def pretty(value: Json, column: int = 0) -> str:
    """Write over several lines: what is inside a value stands four columns right of where the value begins."""
    inner = column + _INDENT
    if isinstance(value, Mapping):
        names = [f"{quoted(key)}:  " for key in value]
        lines = [name + pretty(item, inner + len(name)) for name, item in zip(names, value.values(), strict=True)]
        return _enclosed("{", lines, "}", column)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _enclosed("[", [pretty(item, inner) for item in value], "]", column)
    return scalar(value)


def _enclosed(opening: str, lines: list[str], closing: str, column: int) -> str:
    indent = " " * (column + _INDENT)
    body = ",\r\n".join(indent + line for line in lines)
    return f"{opening}\r\n{body}\r\n{' ' * column}{closing}"


def scalar(value: Json) -> str:
    """Write a string, number, Boolean or null."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, RawJson):
        return str(value)
    return quoted(value) if isinstance(value, str) else str(value)
