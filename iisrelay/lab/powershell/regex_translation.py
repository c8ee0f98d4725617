r""".NET regular expressions written as Python ones.

What differs is translated: named groups (numbered after the unnamed ones), ``\Z`` and ``\z``, inline options in
mid-pattern, ``\p{..}`` classes, class subtraction, literal braces. Balancing groups and ``\G`` have no counterpart and
are refused aloud.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from iisrelay.lab.powershell.errors import NetError

IGNORE_CASE, MULTILINE, EXPLICIT_CAPTURE, SINGLE_LINE, IGNORE_WHITESPACE = 1, 2, 4, 16, 32
_LETTERS = {"i": IGNORE_CASE, "m": MULTILINE, "n": EXPLICIT_CAPTURE, "s": SINGLE_LINE, "x": IGNORE_WHITESPACE}
_PYTHON_LETTERS = "ims"
_QUANTIFIER = re.compile(r"\{\d+(,\d*)?\}")
_GROUP_NAME = re.compile(r"\(\?(?:<(\w+)>|'(\w+)'|P<(\w+)>)")
_INLINE = re.compile(r"\(\?([imnsx]*)(?:-([imnsx]+))?([:)])")
_BACK_REFERENCE = re.compile(r"k(?:<(\w+)>|'(\w+)'|\{(\w+)\})")
_PROPERTY = re.compile(r"[pP]\{(\w+)\}|[pP](\w)")
_SIMPLE = {"Z": r"(?=\n?\Z)", "z": r"\Z", "e": r"\x1b"}
_REASONS = {
    "missing ), unterminated subpattern": "Not enough )'s.",
    "unbalanced parenthesis": "Too many )'s.",
    "unterminated character set": "Unterminated [] set.",
    "nothing to repeat": "Quantifier {x,y} following nothing.",
    "multiple repeat": "Nested quantifier +.",
    "bad escape (end of pattern)": "Illegal \\ at end of pattern.",
}


@dataclass
class Translation:
    """The Python pattern, and for each group's name (or number as text) the Python groups that capture for it."""

    pattern: str
    groups: dict[str, list[int]]


@dataclass
class _Level:
    """An open parenthesis: options in force inside it, and the scoped-option groups opened by inline options."""

    options: int
    scopes: list[str] = field(default_factory=list)


def pattern_error(pattern: str, reason: str) -> NetError:
    """Make the ArgumentException of a pattern that does not parse."""
    return NetError("System.ArgumentException", f'parsing "{pattern}" - {reason}')


class Translator:
    """Walks a .NET pattern once and writes the Python pattern."""

    def __init__(self, pattern: str, options: int) -> None:
        self.text = pattern
        self.position = 0
        self.out: list[str] = []
        self.levels = [_Level(options)]
        self.captures: list[str] = []  # the name of each Python group, "" for an unnamed one

    def translate(self) -> Translation:
        """Translate the whole pattern."""
        while self.position < len(self.text):
            self._step(self.text[self.position])
        self._close_scopes(self.levels[-1])
        return Translation("".join(self.out), self._number_groups())

    def _number_groups(self) -> dict[str, list[int]]:
        """Number unnamed groups first, then named ones, as .NET does."""
        groups: dict[str, list[int]] = {"0": [0]}
        for place, name in enumerate(self.captures, 1):
            if not name:
                groups[str(len(groups))] = [place]
        for place, name in enumerate(self.captures, 1):
            if name:
                groups.setdefault(name, []).append(place)
        return groups

    @property
    def _options(self) -> int:
        return self.levels[-1].options

    def _emit(self, text: str, width: int) -> None:
        self.out.append(text)
        self.position += width

    def _step(self, letter: str) -> None:
        if letter == "\\":
            self._escape()
        elif letter == "[":
            self._class()
        elif letter == "(":
            self._open()
        elif letter == ")":
            self._close()
        elif letter == "|":
            self._alternate()
        elif letter == "{" and not _QUANTIFIER.match(self.text, self.position):
            self._emit(r"\{", 1)
        elif self._options & IGNORE_WHITESPACE and (letter.isspace() or letter == "#"):
            self._skip_comment(letter)
        elif letter in "*+?" and self.text[self.position + 1 : self.position + 2] == "+":
            raise pattern_error(self.text, "Nested quantifier +.")  # Python would read a possessive quantifier
        else:
            self._emit(letter, 1)

    def _skip_comment(self, letter: str) -> None:
        end = self.text.find("\n", self.position) if letter == "#" else self.position
        self.position = len(self.text) if end < 0 else end + 1

    def _alternate(self) -> None:
        """Inline options stay in force in the next alternative, so their scopes close and open again around the bar."""
        scopes = self.levels[-1].scopes
        self.out.append(")" * len(scopes))
        self._emit("|" + "".join(scopes), 1)

    def _close_scopes(self, level: _Level) -> None:
        self.out.append(")" * len(level.scopes))

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise pattern_error(self.text, "Too many )'s.")
        self._close_scopes(self.levels.pop())
        self._emit(")", 1)

    def _open(self) -> None:
        rest = self.text[self.position : self.position + 3]
        if rest.startswith("(?#"):
            end = self.text.find(")", self.position)
            self.position = len(self.text) if end < 0 else end + 1
        elif not rest.startswith("(?"):
            self._open_unnamed()
        elif named := _GROUP_NAME.match(self.text, self.position):
            self._open_named(named)
        elif inline := _INLINE.match(self.text, self.position):
            self._inline_options(inline)
        else:
            self._open_special(rest)

    def _push(self) -> None:
        self.levels.append(_Level(self._options))

    def _open_unnamed(self) -> None:
        capturing = not self._options & EXPLICIT_CAPTURE
        if capturing:
            self.captures.append("")
        self._push()
        self._emit("(" if capturing else "(?:", 1)

    def _open_named(self, named: re.Match[str]) -> None:
        self.captures.append(named[1] or named[2] or named[3])
        self._push()
        self._emit("(", len(named[0]))

    def _open_special(self, rest: str) -> None:
        if rest.startswith(("(?<", "(?'")) and self.text[self.position + 3 : self.position + 4] not in {"=", "!"}:
            raise pattern_error(self.text, "Balancing groups are not simulated.")
        self._push()
        width = 4 if rest.startswith("(?<") else 3
        self._emit(self.text[self.position : self.position + width], width)

    def _inline_options(self, inline: re.Match[str]) -> None:
        options = self._options
        for letter in inline[1]:
            options |= _LETTERS[letter]
        for letter in inline[2] or "":
            options &= ~_LETTERS[letter]
        on = "".join(letter for letter in _PYTHON_LETTERS if letter in inline[1])
        off = "".join(letter for letter in _PYTHON_LETTERS if letter in (inline[2] or ""))
        scope = f"(?{on}{'-' + off if off else ''}:"
        if inline[3] == ":":
            self._push()
            self.levels[-1].options = options
        else:
            self.levels[-1].options = options
            self.levels[-1].scopes.append(scope)
        self._emit(scope, len(inline[0]))

    def _escape(self) -> None:
        following = self.text[self.position + 1 : self.position + 2]
        if following == "G":
            raise pattern_error(self.text, "\\G is not simulated.")
        if following in _SIMPLE:
            self._emit(_SIMPLE[following], 2)
        elif following == "c":
            self._emit(f"\\x{ord(self.text[self.position + 2].upper()) - 64:02x}", 3)
        elif reference := _BACK_REFERENCE.match(self.text, self.position + 1):
            self._emit(self._reference(reference), len(reference[0]) + 1)
        elif category := _PROPERTY.match(self.text, self.position + 1):
            self._emit(f"[{_category(category)}]", len(category[0]) + 1)
        else:
            self._emit(self.text[self.position : self.position + 2], 2)

    def _reference(self, reference: re.Match[str]) -> str:
        name = reference[1] or reference[2] or reference[3]
        if name.isdigit():
            return f"(?:\\{name})"
        if name not in self.captures:
            raise pattern_error(self.text, f"Reference to undefined group name {name}.")
        return f"(?:\\{self.captures.index(name) + 1})"

    def _class(self) -> None:
        body, subtracted = self._class_parts()
        self.out.append(f"(?:(?!{subtracted})[{body}])" if subtracted else f"[{body}]")

    def _class_parts(self) -> tuple[str, str]:
        """Read a character class; give its inside as Python writes it, and what is subtracted from it."""
        self.position += 1
        parts: list[str] = []
        if self.text.startswith("^", self.position):
            parts.append("^")
            self.position += 1
        first = True
        while True:
            letter = self.text[self.position : self.position + 1]
            if not letter:
                raise pattern_error(self.text, "Unterminated [] set.")
            if letter == "]" and not first:
                self.position += 1
                return "".join(parts), ""
            if self.text.startswith("-[", self.position):
                return "".join(parts), self._subtraction()
            parts.append(self._class_item(letter))
            first = False

    def _subtraction(self) -> str:
        self.position += 1
        body, deeper = self._class_parts()
        self.position += 1  # the outer bracket
        return f"(?!{deeper})[{body}]" if deeper else f"[{body}]"

    def _class_item(self, letter: str) -> str:
        if letter == "\\":
            category = _PROPERTY.match(self.text, self.position + 1)
            width = len(category[0]) + 1 if category else 2
            text = _category(category) if category else self.text[self.position : self.position + 2]
            self.position += width
            return r"\x1b" if text == r"\e" else text
        self.position += 1
        return f"\\{letter}" if letter in "[]&|~" else letter


def _category(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    ranges = _category_ranges(name)
    return _complement(ranges) if match[0][0] == "P" else "".join(_span(low, high) for low, high in ranges)


def _span(low: int, high: int) -> str:
    return f"\\U{low:08x}" + ("" if low == high else f"-\\U{high:08x}")


def _complement(ranges: tuple[tuple[int, int], ...]) -> str:
    parts, start = [], 0
    for low, high in ranges:
        if low > start:
            parts.append(_span(start, low - 1))
        start = high + 1
    return "".join([*parts, _span(start, sys.maxunicode)])


@lru_cache(maxsize=64)
def _category_ranges(name: str) -> tuple[tuple[int, int], ...]:
    """List the code points of a Unicode category (L, Lu, Nd, P ...), or of the blocks scripts use."""
    blocks = {"IsBasicLatin": ((0, 0x7F),), "IsCyrillic": ((0x400, 0x4FF),), "IsGreek": ((0x370, 0x3FF),)}
    if name in blocks:
        return blocks[name]
    found: list[tuple[int, int]] = []
    for code in range(0x10000):
        if unicodedata.category(chr(code)).startswith(name):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    if not found:
        raise pattern_error(name, f"Unknown property '{name}'.")
    return tuple(found)


def reason_of(error: re.error) -> str:
    """Word Python's complaint about a pattern as .NET does."""
    return _REASONS.get(error.msg, error.msg[:1].upper() + error.msg[1:] + ".")
