"""Wildcard patterns of -like, of cmdlet parameters and of ``switch -wildcard``."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def compile_wildcard(pattern: str, *, case_sensitive: bool = False) -> re.Pattern[str]:
    """Turn a wildcard pattern (``*``, ``?``, ``[a-z]``, backtick escapes) into an expression for the whole text."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        position += 1
        if letter == "`" and position < len(pattern):
            parts.append(re.escape(pattern[position]))
            position += 1
        elif letter == "*":
            parts.append(".*")
        elif letter == "?":
            parts.append(".")
        elif letter == "[":
            text, position = _letter_set(pattern, position)
            parts.append(text)
        else:
            parts.append(re.escape(letter))
    return re.compile("".join(parts), re.DOTALL | (re.NOFLAG if case_sensitive else re.IGNORECASE))


def _letter_set(pattern: str, position: int) -> tuple[str, int]:
    end = pattern.find("]", position + 1)
    if end < 0:
        return re.escape("["), position
    inner = pattern[position:end].replace("\\", "\\\\").replace("^", "\\^").replace("]", "\\]").replace("`", "")
    return f"[{inner}]", end + 1


def matches(pattern: str, text: str, *, case_sensitive: bool = False) -> bool:
    """Tell whether a text matches a wildcard pattern."""
    return compile_wildcard(pattern, case_sensitive=case_sensitive).fullmatch(text) is not None


def has_wildcards(text: str) -> bool:
    """Tell whether a text holds wildcard characters that are not escaped."""
    return any(letter in re.sub("`.", "", text) for letter in "*?[")


def escape(text: str) -> str:
    """Escape wildcard characters so that the text matches itself."""
    return re.sub(r"([*?\[\]`])", r"`\1", text)
