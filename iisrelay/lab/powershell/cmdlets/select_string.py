"""Select-String: lines that match a pattern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.regex_type import Match
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.formatting import TextView, register_view
from iisrelay.lab.powershell.members import MISSING, find_member
from iisrelay.lab.powershell.regexes import Regex, compile_regex
from iisrelay.lab.powershell.text_files import read_text
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPE = "Microsoft.PowerShell.Commands.MatchInfo"
STREAM = "InputStream"
_IGNORE_CASE = 1


class MatchInfo:
    """A line that matched. ``path`` is "InputStream" for text from the pipeline."""

    def __init__(
        self, line: str, line_number: int, path: str, pattern: str, found: list[Match], *, folds: bool
    ) -> None:
        self.line = line
        self.line_number = line_number
        self.path = path
        self.pattern = pattern
        self.matches = PSArray(found, "System.Text.RegularExpressions.Match")
        self.ignore_case = folds

    def __str__(self) -> str:
        return self.line if self.path == STREAM else f"{self.path}:{self.line_number}:{self.line}"

    @property
    def filename(self) -> str:
        """The name of the file without its folder."""
        return self.path.rpartition("\\")[2]


match_info = declare(TYPE, python=MatchInfo)
match_info.properties("IgnoreCase", "LineNumber", "Line", "Filename", "Path", "Pattern", "Matches")
match_info.method("ToString")(str)
register_view(TextView(lambda _engine, item: str(item)), TYPE)


@cmdlet("Select-String", Param("Pattern", "string[]", 0, mandatory=True),
        Param("Path", "string[]", 1, aliases=("LiteralPath", "PSPath")), Param("InputObject", pipeline=True),
        Param("SimpleMatch", "switch"), Param("CaseSensitive", "switch"), Param("NotMatch", "switch"),
        Param("Quiet", "switch"), Param("AllMatches", "switch"), Param("List", "switch"), Param("Encoding", "string"),
        aliases=("sls",))  # fmt: skip
def select_string(call: Call) -> Iterator[object]:
    """Select-String: the lines of files or of piped text that match any of the patterns."""
    found = (match for lines, path in _sources(call) for match in _matches(call, lines, path))
    if not call.has("Quiet"):
        yield from found
    elif next(found, None) is not None:
        yield True
    elif call.engine.version_number >= 3:
        yield False


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    found = enumerate_value(value)
    return [to_string(None, item) for item in ([value] if found is None else found)]


def _sources(call: Call) -> Iterator[tuple[list[str], str]]:
    """Give the lines to search, each lot with the path it comes from; piped files are read, other objects are text."""
    encoding = to_string(None, call.get("Encoding", "utf8"))
    for path in _texts(call.get("Path")):
        yield read_text(call.engine, path, encoding).splitlines(), call.engine.resolve_path(path)
    items = call.input if call.has_input else [call.get("InputObject")] if call.has("InputObject") else []
    piped: list[str] = []
    for item in items:
        file = MISSING if isinstance(item, str) else find_member(call.engine, item, "FullName")
        if isinstance(file, str):
            yield read_text(call.engine, file, encoding).splitlines(), file
        else:
            piped.append(to_string(call.engine, item))
    if piped:
        yield piped, STREAM


def _matches(call: Call, lines: list[str], path: str) -> Iterator[MatchInfo]:
    folds = not call.has("CaseSensitive")
    patterns = [(pattern, _compiled(call, pattern, folds=folds)) for pattern in _texts(call.get("Pattern"))]
    for number, line in enumerate(lines, 1):
        hit = next(((pattern, regex) for pattern, regex in patterns if regex.compiled.search(line)), None)
        if (hit is None) is not call.has("NotMatch"):
            continue
        pattern, regex = hit or patterns[0]
        yield MatchInfo(line, number, path, pattern, _found(call, regex, line, any_hit=hit is not None), folds=folds)
        if call.has("List") and path != STREAM:
            return


def _compiled(call: Call, pattern: str, *, folds: bool) -> Regex:
    text = re.escape(pattern) if call.has("SimpleMatch") else pattern
    return compile_regex(text, _IGNORE_CASE if folds else 0)


def _found(call: Call, regex: Regex, line: str, *, any_hit: bool) -> list[Match]:
    if not any_hit or call.has("SimpleMatch"):
        return []
    found = [Match(regex, match) for match in regex.compiled.finditer(line)]
    return found if call.has("AllMatches") else found[:1]
