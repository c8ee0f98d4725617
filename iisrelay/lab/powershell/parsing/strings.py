"""Variables, quoted strings and here-strings, with what expands inside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.parsing.characters import BLANKS, DOUBLE_QUOTES, ESCAPES, SINGLE_QUOTES
from iisrelay.lab.powershell.parsing.reader import Reader
from iisrelay.lab.powershell.syntax import ExpandableString, Literal, Node, Variable

if TYPE_CHECKING:
    from collections.abc import Sequence

_VARIABLE = re.compile(r"([$?^])|(\w(?:[\w?]|:(?!:))*)")
_BRACED = re.compile(r"\{((?:[^}{`]|`.)*)\}", re.DOTALL)
_ESCAPED = re.compile(r"`(.)", re.DOTALL)
_SINGLE_QUOTED = re.compile(rf"[{SINGLE_QUOTES}]((?:[^{SINGLE_QUOTES}]++|[{SINGLE_QUOTES}]{{2}})*+)[{SINGLE_QUOTES}]")
_DOUBLED_SINGLE = re.compile(rf"[{SINGLE_QUOTES}]([{SINGLE_QUOTES}])")
_PLAIN = re.compile(rf"[^`${DOUBLE_QUOTES}]+")
_PLAIN_LINE = re.compile(r"[^`$\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADER = re.compile(rf"@[{SINGLE_QUOTES}{DOUBLE_QUOTES}][{BLANKS}]*(?=[\r\n])")
_LITERAL_FOOTER = re.compile(rf"(?:\r\n|\r|\n)[{SINGLE_QUOTES}]@")
_EXPANDABLE_FOOTER = re.compile(rf"(?:\r\n|\r|\n)[{DOUBLE_QUOTES}]@")


def joined(parts: Sequence[str | Node]) -> list[str | Node]:
    """Join neighbouring texts and drop empty ones."""
    result: list[str | Node] = []
    for part in parts:
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        elif part != "":
            result.append(part)
    return result


def string_node(start: int, end: int, parts: Sequence[str | Node], *, bare: bool = False) -> Literal | ExpandableString:
    """Make a Literal when nothing expands, else an ExpandableString."""
    pieces = joined(parts)
    if not pieces:
        return Literal(start, end, "", bare)
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return Literal(start, end, pieces[0], bare)
    return ExpandableString(start, end, pieces, bare)


class Strings(Reader):
    """Variables and strings."""

    def variable(self) -> Variable | None:
        """Read ``$name`` or ``${name}``, or nothing when the dollar sign stands for itself."""
        start = self.position
        if self.peek(1) == "{":
            return self._braced_variable(start)
        found = _VARIABLE.match(self.text, start + 1)
        if found is None:
            return None
        self.position = found.end()
        return self._named_variable(start, found[0], qualified=found[1] is None)

    def _braced_variable(self, start: int) -> Variable:
        found = _BRACED.match(self.text, start + 1)
        if found is None:
            incomplete = "}" not in self.text[start:]
            message = (
                "The braced variable name is missing its closing brace."
                if incomplete
                else "Use `{ instead of { in variable names."
            )
            raise self.error(message, start, incomplete=incomplete)
        self.position = found.end()
        name = _ESCAPED.sub(r"\1", found[1])
        if not name:
            raise self.error("The braced variable name cannot be empty.", start)
        return self._named_variable(start, name, qualified=True)

    def _named_variable(self, start: int, name: str, *, qualified: bool) -> Variable:
        scope, colon, rest = name.partition(":")
        if not colon or not qualified:
            return Variable(start, self.position, name)
        if not rest:
            raise self.error(
                "Variable reference is not valid. ':' was not followed by a valid variable name character. "
                "Consider using ${} to delimit the name.",
                start,
                incomplete=False,
            )
        if scope.lower() == "using" and self.version < 3:
            raise self.error(
                "The Using modifier is not supported in this version of the language.", start, incomplete=False
            )
        return Variable(start, self.position, rest, scope.lower())

    def expansion(self) -> Node | str:
        """Read what a dollar sign in a string stands for."""
        if self.peek(1) == "(":
            return self.sub_expression()
        found = self.variable()
        if found is not None:
            return found
        self.position += 1
        return "$"

    def escape(self) -> str:
        """Read a backtick and the character after it."""
        character = self.peek(1)
        self.position += 1 + len(character)
        return ESCAPES.get(character, character or "`")

    def single_quoted(self) -> Literal:
        """Read a single-quoted string."""
        start = self.position
        found = self.match(_SINGLE_QUOTED)
        if found is None:
            raise self.error("The string is missing the terminator: '.", start, incomplete=True)
        return Literal(start, self.position, _DOUBLED_SINGLE.sub(r"\1", found[1]))

    def double_quoted(self) -> Literal | ExpandableString:
        """Read a double-quoted string."""
        start = self.position
        parts = self.double_quoted_parts()
        return string_node(start, self.position, parts)

    def double_quoted_parts(self) -> list[str | Node]:
        """Read a double-quoted string as texts and expansions."""
        start = self.position
        self.position += 1
        parts: list[str | Node] = []
        while True:
            plain = self.match(_PLAIN)
            if plain is not None:
                parts.append(plain[0])
            character = self.peek()
            if character == "`":
                parts.append(self.escape())
            elif character == "$":
                parts.append(self.expansion())
            elif not character:
                raise self.error('The string is missing the terminator: ".', start, incomplete=True)
            else:
                self.position += 1
                if not self.peek() or self.peek() not in DOUBLE_QUOTES:
                    return parts
                parts.append(self.peek())
                self.position += 1

    def here_string(self) -> Literal | ExpandableString:
        """Read a here-string of either kind."""
        start = self.position
        if self.match(_HEADER) is None:
            raise self.error(
                "No characters are allowed after a here-string header but before the end of the line.", start + 2
            )
        if self.text[start + 1] in SINGLE_QUOTES:
            return self._literal_here_string(start)
        return self._expandable_here_string(start)

    def _literal_here_string(self, start: int) -> Literal:
        footer = _LITERAL_FOOTER.search(self.text, self.position)
        if footer is None:
            raise self.error("The string is missing the terminator: '@.", start, incomplete=True)
        first_line = self.match(_LINE_END)
        content = "" if first_line is None else self.text[first_line.end() : footer.start()]
        self.position = footer.end()
        return Literal(start, self.position, content)

    def _expandable_here_string(self, start: int) -> Literal | ExpandableString:
        parts: list[str | Node] = []
        footer = self.match(_EXPANDABLE_FOOTER)
        if footer is None:
            self.match(_LINE_END)
        while footer is None:
            parts.append(self._here_string_part(start))
            footer = self.match(_EXPANDABLE_FOOTER)
        return string_node(start, self.position, parts)

    def _here_string_part(self, start: int) -> str | Node:
        plain = self.match(_PLAIN_LINE) or self.match(_LINE_END)
        if plain is not None:
            return plain[0]
        if not self.peek():
            raise self.error('The string is missing the terminator: "@.', start, incomplete=True)
        return self.escape() if self.peek() == "`" else self.expansion()
