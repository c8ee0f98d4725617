"""Regular expressions as the language uses them: matching with .NET's group numbers, replacing, splitting."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.regex_translation import (
    IGNORE_CASE,
    MULTILINE,
    SINGLE_LINE,
    Translator,
    pattern_error,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RIGHT_TO_LEFT = 64
_REPLACEMENT = re.compile(r"\$(?:(\d+)|\{(\w+)\}|([$&`'+_]))")


class Regex:
    """A compiled .NET pattern. ``groups`` maps a group's name or number to the Python groups that capture for it."""

    def __init__(self, pattern: str, options: int = 0) -> None:
        if options & RIGHT_TO_LEFT:
            raise pattern_error(pattern, "RegexOptions.RightToLeft is not simulated.")
        translation = Translator(pattern, options).translate()
        flags = re.NOFLAG
        flags |= re.IGNORECASE if options & IGNORE_CASE else re.NOFLAG
        flags |= re.MULTILINE if options & MULTILINE else re.NOFLAG
        flags |= re.DOTALL if options & SINGLE_LINE else re.NOFLAG
        self.pattern = pattern
        self.options = options
        self.groups = translation.groups
        self.names = list(translation.groups)
        try:
            self.compiled = re.compile(translation.pattern, flags)
        except re.error as error:
            raise pattern_error(pattern, reason_of(error)) from error

    def __str__(self) -> str:
        return self.pattern

    def place(self, match: re.Match[str], name: str) -> int | None:
        """Give the Python group that captured for a name or number; None when it took no part or does not exist."""
        captured = [index for index in self.groups.get(self.name_of(name), ()) if match.start(index) >= 0]
        return captured[-1] if captured else None

    def name_of(self, name: str) -> str:
        """Give the name under which a group is filed: a named group also answers to its number."""
        if name not in self.groups and name.isdigit() and int(name) < len(self.names):
            return self.names[int(name)]
        return name

    def group(self, match: re.Match[str], name: str) -> str | None:
        """Give the text that a group captured."""
        index = self.place(match, name)
        return None if index is None else match[index]

    def captured(self, match: re.Match[str]) -> list[tuple[str, str]]:
        """List (name, text) of the groups that took part, as $Matches shows them."""
        return [(name, text) for name in self.names if (text := self.group(match, name)) is not None]

    def replace(self, text: str, replacement: str | Callable[[re.Match[str]], str], count: int = 0) -> str:
        """Replace matches; a text may hold $1, ${name}, $&, $$ and the like."""
        if callable(replacement):
            return self.compiled.sub(replacement, text, count=count)
        if "$" not in replacement:
            return self.compiled.sub(lambda _: replacement, text, count=count)
        return self.compiled.sub(lambda match: self.expand(match, replacement), text, count=count)

    def expand(self, match: re.Match[str], replacement: str) -> str:
        """Fill a replacement text from a match."""
        return _REPLACEMENT.sub(lambda token: self._token(match, token), replacement)

    def _token(self, match: re.Match[str], token: re.Match[str]) -> str:
        name = token[1] or token[2]
        if name is not None:
            return token[0] if self.name_of(name) not in self.groups else self.group(match, name) or ""
        last = self.names[-1]
        return {
            "$": "$",
            "&": match[0],
            "`": match.string[: match.start()],
            "'": match.string[match.end() :],
            "+": self.group(match, last) or "",
            "_": match.string,
        }[token[3]]

    def split(self, text: str, limit: int = 0) -> list[str]:
        """Split at matches; captured groups stand between the pieces, as .NET has it."""
        pieces: list[str] = []
        start = 0
        for count, match in enumerate(self.compiled.finditer(text), 2):
            if 0 < limit < count:
                break
            pieces.append(text[start : match.start()])
            pieces.extend(group for name in self.names[1:] if (group := self.group(match, name)) is not None)
            start = match.end()
        return [*pieces, text[start:]]


@lru_cache(maxsize=1024)
def compile_regex(pattern: str, options: int = 0) -> Regex:
    """Compile a .NET pattern, or give the one compiled before."""
    return Regex(pattern, options)


def compile_for_matching(pattern: str, options: int) -> Regex:
    """Compile the right operand of -match or -split, which let the failure through as it is."""
    try:
        return compile_regex(pattern, options)
    except NetError as error:
        error.identifier, error.category = error.type_name, "OperationStopped"
        raise


def compile_for_replacement(pattern: str, options: int) -> Regex:
    """Compile the right operand of -replace, which words failures its own way."""
    try:
        return compile_regex(pattern, options)
    except NetError as error:
        raise NetError(
            "System.Management.Automation.RuntimeException",
            f"The regular expression pattern {pattern} is not valid.",
            inner=error,
            identifier="InvalidRegularExpression",
            category="InvalidOperation",
        ) from error


def escape(text: str) -> str:
    """Escape what has a meaning in a pattern, as Regex.Escape does."""
    names = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", " ": "\\ "}
    return "".join(names.get(letter) or (f"\\{letter}" if letter in "\\*+?|{[()^$.#" else letter) for letter in text)


def unescape(text: str) -> str:
    """Undo escaping."""
    names = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
    return re.sub(r"\\(.)", lambda found: names.get(found[1], found[1]), text)
