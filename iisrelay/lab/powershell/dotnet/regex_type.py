"""System.Text.RegularExpressions: Regex, Match, Group, Capture, RegexOptions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.block_calls import call_block
from iisrelay.lab.powershell.collections import ReadOnlyCollection
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.conversions_text import one_or_array
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare, declare_enum
from iisrelay.lab.powershell.errors import out_of_range
from iisrelay.lab.powershell.nettypes import is_script_block
from iisrelay.lab.powershell.regexes import Regex, compile_regex, escape, unescape
from iisrelay.lab.powershell.values import NetEnum, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import RegexOptions
    from iisrelay.lab.powershell.engine import Engine

_SPACE = "System.Text.RegularExpressions"
declare_enum(
    f"{_SPACE}.RegexOptions",
    {
        "None": 0,
        "IgnoreCase": 1,
        "Multiline": 2,
        "ExplicitCapture": 4,
        "Compiled": 8,
        "Singleline": 16,
        "IgnorePatternWhitespace": 32,
        "RightToLeft": 64,
        "ECMAScript": 256,
        "CultureInvariant": 512,
    },
    flags=True,
)


class Capture:
    """What a group captured: a piece of the text and its place."""

    def __init__(self, name: str, text: str | None, index: int) -> None:
        self.name = name
        self.value = text or ""
        self.index = index if text is not None else 0
        self.success = text is not None

    @property
    def length(self) -> int:
        """The number of characters."""
        return len(self.value)

    def __str__(self) -> str:
        return self.value


class Group(Capture):
    """System.Text.RegularExpressions.Group."""


class Match(Group):
    """A match; ``found`` is None for a failed one."""

    def __init__(self, regex: Regex, found: re.Match[str] | None) -> None:
        super().__init__("0", None if found is None else found[0], 0 if found is None else found.start())
        self.regex = regex
        self.found = found

    def group(self, name: str) -> Group:
        """Give a group by name or number; one that took no part has not succeeded."""
        if name == "0":
            return self
        place = None if self.found is None else self.regex.place(self.found, name)
        if place is None or self.found is None:
            return Group(name, None, 0)
        return Group(self.regex.name_of(name), self.found[place], self.found.start(place))

    def groups(self) -> list[object]:
        """List all groups, the whole match first."""
        names = self.regex.names if self.found is not None else ["0"]
        return [self.group(name) for name in names]


class GroupCollection(ReadOnlyCollection):
    """The groups of a match, by number or name."""

    __slots__ = ("match",)

    def __init__(self, match: Match) -> None:
        super().__init__(match.groups())
        self.match = match


class MatchCollection(ReadOnlyCollection):
    """All matches of a pattern."""

    __slots__ = ()


def matches_of(regex: Regex, text: str, start: int = 0) -> MatchCollection:
    """Find all matches."""
    return MatchCollection(Match(regex, found) for found in regex.compiled.finditer(text, start))


def replace(engine: Engine, regex: Regex, text: str, replacement: object, count: int = 0) -> str:
    """Replace matches by a text or by what a script block gives for each match."""
    if not is_script_block(replacement):
        return regex.replace(text, to_string(engine, replacement), max(count, 0))

    def evaluate(found: re.Match[str]) -> str:
        match = Match(regex, found)
        return to_string(engine, one_or_array(call_block(engine, replacement, [match], underscore=match)))

    return regex.replace(text, evaluate, max(count, 0))


# -- Regex -----------------------------------------------------------------------------------------------------------

regex_type = declare(f"{_SPACE}.Regex", python=Regex, accelerators=("regex",))
regex_type.getter("Options")(lambda value: NetEnum(value.options, f"{_SPACE}.RegexOptions"))
regex_type.getter("RightToLeft")(lambda _value: False)
regex_type.method("ToString")(str)


@regex_type.constructor
def new_regex(pattern: str, options: RegexOptions | None = None) -> Regex:
    """Compile a pattern."""
    return compile_regex(pattern, int(options or 0))


@regex_type.method("IsMatch")
def is_match(value: Regex, text: str, start: int = 0) -> bool:
    """Tell whether the pattern occurs."""
    return value.compiled.search(text, start) is not None


@regex_type.method("Match")
def match_one(value: Regex, text: str, start: int = 0) -> Match:
    """Find the first match."""
    return Match(value, value.compiled.search(text, start))


@regex_type.method("Match")
def match_within(value: Regex, text: str, start: int, length: int) -> Match:
    """Find the first match within a part."""
    return Match(value, value.compiled.search(text, start, start + length))


@regex_type.method("Matches")
def match_all(value: Regex, text: str, start: int = 0) -> MatchCollection:
    """Find all matches."""
    return matches_of(value, text, start)


@regex_type.method("Replace")
def replace_matches(engine: Engine, value: Regex, text: str, replacement: object, count: int = 0) -> str:
    """Replace matches."""
    return replace(engine, value, text, replacement, count)


@regex_type.method("Split")
def split(value: Regex, text: str, count: int = 0) -> PSArray:
    """Split at matches."""
    return PSArray(value.split(text, count), "System.String")


@regex_type.method("GetGroupNames")
def group_names(value: Regex) -> PSArray:
    """List the groups' names."""
    return PSArray(value.names, "System.String")


@regex_type.method("GetGroupNumbers")
def group_numbers(value: Regex) -> PSArray:
    """List the groups' numbers."""
    return PSArray(range(len(value.names)), "System.Int32")


@regex_type.method("GroupNumberFromName")
def group_number(value: Regex, name: str) -> int:
    """Give the number of a group, -1 for none of that name."""
    return value.names.index(name) if name in value.names else -1


@regex_type.method("GroupNameFromNumber")
def group_name(value: Regex, number: int) -> str:
    """Give the name of a group; empty for none of that number."""
    return value.names[number] if 0 <= number < len(value.names) else ""


@regex_type.static("IsMatch")
def static_is_match(text: str, pattern: str, options: RegexOptions | None = None) -> bool:
    """Tell whether a pattern occurs."""
    return is_match(compile_regex(pattern, int(options or 0)), text)


@regex_type.static("Match")
def static_match(text: str, pattern: str, options: RegexOptions | None = None) -> Match:
    """Find the first match."""
    return match_one(compile_regex(pattern, int(options or 0)), text)


@regex_type.static("Matches")
def static_matches(text: str, pattern: str, options: RegexOptions | None = None) -> MatchCollection:
    """Find all matches."""
    return matches_of(compile_regex(pattern, int(options or 0)), text)


@regex_type.static("Replace")
def static_replace(
    engine: Engine, text: str, pattern: str, replacement: object, options: RegexOptions | None = None
) -> str:
    """Replace matches."""
    return replace(engine, compile_regex(pattern, int(options or 0)), text, replacement)


@regex_type.static("Split")
def static_split(text: str, pattern: str, options: RegexOptions | None = None) -> PSArray:
    """Split at matches."""
    return split(compile_regex(pattern, int(options or 0)), text)


@regex_type.static("Escape")
def static_escape(text: str) -> str:
    """Escape what has a meaning in a pattern."""
    return escape(text)


@regex_type.static("Unescape")
def static_unescape(text: str) -> str:
    """Undo escaping."""
    return unescape(text)


# -- results ---------------------------------------------------------------------------------------------------------


def _declare_capture(declared: Declaration) -> None:
    declared.properties("Value", "Index", "Length")
    declared.method("ToString")(str)


capture_type = declare(f"{_SPACE}.Capture", python=Capture)
_declare_capture(capture_type)
group_type = declare(f"{_SPACE}.Group", python=Group, bases=(f"{_SPACE}.Capture",))
group_type.properties("Success", "Name")
group_type.getter("Captures")(lambda value: ReadOnlyCollection([value] if value.success else []))
match_type = declare(f"{_SPACE}.Match", python=Match, bases=(f"{_SPACE}.Group",))
match_type.getter("Groups")(GroupCollection)
match_type.static_getter("Empty")(lambda: Match(compile_regex(""), None))


@match_type.method("NextMatch")
def next_match(value: Match) -> Match:
    """Find the match after this one."""
    if value.found is None:
        return value
    start = value.found.end() + (value.found.end() == value.found.start())
    text = value.found.string
    found = value.regex.compiled.search(text, start) if start <= len(text) else None
    return Match(value.regex, found)


@match_type.method("Result")
def result(value: Match, replacement: str) -> str:
    """Fill a replacement text from the match."""
    return "" if value.found is None else value.regex.expand(value.found, replacement)


group_collection = declare(
    f"{_SPACE}.GroupCollection", python=GroupCollection, bases=("System.Collections.ReadOnlyCollectionBase",)
)
match_collection = declare(
    f"{_SPACE}.MatchCollection", python=MatchCollection, bases=("System.Collections.ReadOnlyCollectionBase",)
)


@group_collection.method("Item", "get_Item")
def group_item(value: GroupCollection, key: object) -> Group:
    """Give a group by number or name."""
    return value.match.group(str(int(key)) if isinstance(key, int) else to_string(None, key))


@match_collection.method("Item", "get_Item")
def match_item(value: MatchCollection, place: int) -> object:
    """Give a match by its place."""
    if not 0 <= place < len(value.items):
        raise out_of_range("i")
    return value.items[place]
