"""Operators on text: -like, -match, -replace, -split, -join and -f."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.block_calls import call_block
from iisrelay.lab.powershell.code_units import joined
from iisrelay.lab.powershell.collections import Hashtable, enumerate_value
from iisrelay.lab.powershell.conversions import convert, item_text, to_bool, to_string
from iisrelay.lab.powershell.errors import NetError, language_error
from iisrelay.lab.powershell.formatstrings import format_composite
from iisrelay.lab.powershell.nettypes import is_script_block
from iisrelay.lab.powershell.regexes import Regex, compile_for_matching, compile_for_replacement, escape
from iisrelay.lab.powershell.values import NetEnum, PSArray, unwrap
from iisrelay.lab.powershell.wildcards import compile_wildcard

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

_SPLIT_OPTIONS = {
    "simplematch": 1,
    "regexmatch": 2,
    "cultureinvariant": 4,
    "ignorepatternwhitespace": 8,
    "multiline": 16,
    "singleline": 32,
    "ignorecase": 64,
    "explicitcapture": 128,
}
_REGEX_OPTIONS = {8: 32, 16: 2, 32: 16, 64: 1, 128: 4}  # SplitOptions -> RegexOptions


def like(engine: Engine | None, text: object, pattern: object, ignore_case: bool) -> bool:
    """Test one value against a wildcard pattern."""
    compiled = compile_wildcard(to_string(engine, pattern), case_sensitive=not ignore_case)
    return compiled.fullmatch(to_string(engine, text)) is not None


def matching(ignore_case: bool, *, negate: bool) -> Callable[[Engine | None, object, object], object]:
    """Make -match or -notmatch: a scalar sets $Matches, a list is filtered."""

    def operate(engine: Engine | None, left: object, right: object) -> object:
        regex = _regex(engine, right, ignore_case, compile_for_matching)
        items = enumerate_value(left)
        if items is not None:
            found = [item for item in items if (regex.compiled.search(to_string(engine, item)) is None) is negate]
            return PSArray(found)
        match = regex.compiled.search(to_string(engine, left))
        if match is not None and engine is not None:
            engine.set_variable("Matches", matches_table(regex, match))
        return (match is None) is negate

    return operate


def matches_table(regex: Regex, match: re.Match[str]) -> Hashtable:
    """Make $Matches: groups by number or name."""
    return Hashtable((int(name) if name.isdigit() else name, text) for name, text in regex.captured(match))


def _regex(engine: Engine | None, pattern: object, ignore_case: bool, compiled: Callable[[str, int], Regex]) -> Regex:
    pattern = unwrap(pattern)
    if isinstance(pattern, Regex):
        return pattern
    return compiled(to_string(engine, pattern), 1 if ignore_case else 0)


def replacing(ignore_case: bool) -> Callable[[Engine | None, object, object], object]:
    """Make -replace."""

    def operate(engine: Engine | None, left: object, right: object) -> object:
        operands = enumerate_value(right)
        parts = [right] if operands is None else list(operands)
        if len(parts) > 2:
            raise language_error(
                f"The -replace operator allows only two elements to follow it, not {len(parts)}.", "BadReplaceArgument"
            )
        regex = _regex(engine, parts[0] if parts else "", ignore_case, compile_for_replacement)
        replacement = to_string(engine, parts[1]) if len(parts) > 1 else ""
        items = enumerate_value(left)
        if items is None:
            return regex.replace(to_string(engine, left), replacement)
        return PSArray([regex.replace(to_string(engine, item), replacement) for item in items])

    return operate


def splitting(ignore_case: bool) -> Callable[[Engine | None, object, object], object]:
    """Make -split: a pattern or script block, then a limit and options."""

    def operate(engine: Engine | None, left: object, right: object) -> object:
        operands = enumerate_value(right)
        parts = [right] if operands is None else list(operands)
        limit = int(convert(engine, parts[1], "int")) if len(parts) > 1 else 0  # type: ignore[call-overload]
        items = enumerate_value(left)
        texts = [to_string(engine, item) for item in ([left] if items is None else items)]
        split = _splitter(engine, parts, limit, ignore_case)
        return PSArray((piece for text in texts for piece in split(text)), "System.String")

    return operate


def _splitter(engine: Engine | None, parts: list[object], limit: int, ignore_case: bool) -> Callable[[str], list[str]]:
    pattern = unwrap(parts[0])
    if is_script_block(pattern):
        return lambda text: _split_by_block(engine, pattern, text, limit)
    options = _split_options(parts[2]) if len(parts) > 2 else 0
    if isinstance(pattern, Regex):
        return lambda text: pattern.split(text, limit)
    source = to_string(engine, pattern)
    flags = 1 if ignore_case else 0
    for option, flag in _REGEX_OPTIONS.items():
        flags |= flag if options & option else 0
    regex = compile_for_matching(escape(source) if options & 1 else source, flags)
    return lambda text: regex.split(text, limit)


def _split_options(value: object) -> int:
    if isinstance(value, int | NetEnum):
        return int(value)
    total = 0
    for name in to_string(None, value).split(","):
        if name.strip().lower() not in _SPLIT_OPTIONS:
            raise language_error(f"The split option '{name.strip()}' is not known.", "InvalidSplitOptions")
        total |= _SPLIT_OPTIONS[name.strip().lower()]
    return total


def _split_by_block(engine: Engine | None, block: object, text: str, limit: int) -> list[str]:
    """Split where a script block says so of a character ($_)."""
    pieces: list[str] = []
    current = ""
    for letter in text:
        full = limit > 0 and len(pieces) + 1 >= limit
        if not full and to_bool(PSArray(call_block(engine, block, underscore=letter))):
            pieces.append(current)
            current = ""
        else:
            current += letter
    return [*pieces, current]


def split_words(engine: Engine | None, value: object) -> PSArray:
    """Unary -split: at blanks, blanks at the ends ignored."""
    items = enumerate_value(value)
    texts = [value] if items is None else items
    return PSArray((word for text in texts for word in to_string(engine, text).split()), "System.String")


def join(engine: Engine | None, left: object, separator: object) -> str:
    """-join: the items as text with a separator between."""
    items = enumerate_value(left)
    if items is None:
        return to_string(engine, left)
    return joined(to_string(engine, separator).join(item_text(engine, item) for item in items))


def join_all(engine: Engine | None, value: object) -> str:
    """Unary -join."""
    return join(engine, value, "")


def format_text(engine: Engine | None, left: object, right: object) -> str:
    """-f: fill a composite format with the items on the right."""
    arguments = right.items if isinstance(unwrap(right), PSArray) else [right]  # type: ignore[attr-defined]
    try:
        return format_composite(engine, to_string(engine, left), arguments)
    except NetError as error:
        raise NetError(
            "System.Management.Automation.RuntimeException",
            f"Error formatting a string: {error.message}.",
            inner=error,
            identifier="FormatError",
            category="InvalidOperation",
        ) from error
