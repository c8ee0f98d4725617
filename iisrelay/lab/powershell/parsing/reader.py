"""Reading a script text: the position in it, blanks and comments, and syntax errors with their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from iisrelay.lab.powershell.parsing.characters import BLANKS, BREAKS
from iisrelay.lab.powershell.syntax import PowerShellSyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.syntax import Block, Node, ScriptBlock, SubExpression

Result = TypeVar("Result")

_SKIPPED = re.compile(rf"(?:[{BLANKS}]|`(?:\r\n|[\r\n{BLANKS}]))*")
_SKIPPED_LINES = re.compile(rf"(?:[{BLANKS}\r\n]|`[\r\n{BLANKS}])*")
_SKIPPED_TERMINATORS = re.compile(rf"(?:[{BLANKS}\r\n;]|`[\r\n{BLANKS}])*")
_LINE_COMMENT = re.compile(r"#[^\r\n]*")
_REQUIRES = re.compile(r"#requires[ \t]+(.*)", re.IGNORECASE)
_TOKEN = re.compile(r"\w+|[-\u2013-\u2015]\w+|[&|]{2}|[$@]\w+|.", re.DOTALL)
_LINE_END = re.compile(r"\r\n|\r|\n")
_KEYWORD = re.compile(rf"[A-Za-z]+(?=[{BREAKS}]|\Z)")

DEEPEST = 500  # levels of brackets, unary operators and assignments; far more than any script has
END_OF_STATEMENT = frozenset({"", "\n", "\r", ";", ")", "}", "\0"})


class Reader:
    """A position in a script text. ``commas`` is False where a comma separates arguments, not items of an array."""

    def __init__(self, text: str, version: str) -> None:
        self.text = text
        self.position = 0
        self.version = float(version)
        self.commas = True
        self.depth = 0
        self.requires: dict[int, str] = {}

    # -- the grammar's other parts, which strings and expressions contain ----------------------------------------------

    def sub_expression(self) -> SubExpression:
        """Read ``$( ... )``."""
        raise NotImplementedError

    def expression(self) -> Node | None:
        """Read an expression, or nothing when none starts here."""
        raise NotImplementedError

    def unary(self) -> Node | None:
        """Read an operand with its unary operators, or nothing when none starts here."""
        raise NotImplementedError

    def pipeline(self) -> Node | None:
        """Read a pipeline or an assignment, or nothing when none starts here."""
        raise NotImplementedError

    def statement(self) -> Node | None:
        """Read a statement, or nothing when none starts here."""
        raise NotImplementedError

    def statement_list(self) -> Block:
        """Read statements up to a closing bracket or the end of the text."""
        raise NotImplementedError

    def braced_script(self) -> ScriptBlock:
        """Read ``{ ... }`` as a script block."""
        raise NotImplementedError

    # -- looking and moving --------------------------------------------------------------------------------------------

    def peek(self, offset: int = 0) -> str:
        """Give a character ahead, "" at the end of the text."""
        at = self.position + offset
        return self.text[at : at + 1]

    def starts(self, text: str) -> bool:
        """Tell whether the given text comes next."""
        return self.text.startswith(text, self.position)

    def accept(self, text: str) -> bool:
        """Step over a text if it comes next."""
        if self.text.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what a pattern matches here."""
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def expect(self, text: str, message: str) -> None:
        """Step over a text that must come next."""
        if not self.accept(text):
            raise self.error(message)

    def with_commas(self, allowed: bool, read: Callable[[], Result]) -> Result:
        """Read a part in which the comma operator is allowed or not."""
        saved, self.commas = self.commas, allowed
        self.enter()
        result = read()
        self.depth -= 1
        self.commas = saved
        return result

    def enter(self) -> None:
        """Count one more level of nesting; whoever calls this counts down again."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("The script is nested too deeply to be parsed.", incomplete=False)

    # -- blanks, comments, keywords ------------------------------------------------------------------------------------

    def skip_blanks(self) -> None:
        """Step over blanks, line continuations and comments."""
        self._skip(_SKIPPED)

    def skip_lines(self) -> None:
        """Step over blanks, comments and line ends."""
        self._skip(_SKIPPED_LINES)

    def skip_terminators(self) -> None:
        """Step over blanks, comments, line ends and semicolons."""
        self._skip(_SKIPPED_TERMINATORS)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        text = self.text
        while True:
            found = pattern.match(text, self.position)
            if found is not None:
                self.position = found.end()
            if text.startswith("#", self.position):
                self._line_comment()
            elif text.startswith("<#", self.position):
                self._block_comment()
            else:
                return

    def _line_comment(self) -> None:
        requires = _REQUIRES.match(self.text, self.position)
        if requires is not None:
            self.requires[self.position] = requires[1].strip()
        self.match(_LINE_COMMENT)

    def _block_comment(self) -> None:
        end = self.text.find("#>", self.position + 2)
        if end < 0:
            raise self.error("The terminator '#>' is missing from the multiline comment.", incomplete=True)
        self.position = end + 2

    def at_end_of_statement(self) -> bool:
        """Tell whether a statement ends here (blanks must have been skipped)."""
        return self.peek() in END_OF_STATEMENT

    def peek_keyword(self) -> str:
        """Give the word that comes next in lower case if it ends like a keyword, else ""."""
        found = _KEYWORD.match(self.text, self.position)
        return "" if found is None else found[0].lower()

    def accept_keyword(self, keyword: str, *, after_lines: bool = False) -> bool:
        """Step over a keyword if it comes next; ``after_lines``: also when line ends come before it."""
        start = self.position
        if after_lines:
            self.skip_lines()
        if self.peek_keyword() == keyword:
            self.position += len(keyword)
            return True
        self.position = start
        return False

    # -- errors --------------------------------------------------------------------------------------------------------

    def error(self, message: str, at: int | None = None, *, incomplete: bool | None = None) -> PowerShellSyntaxError:
        """Make the syntax error for here, or for another offset; at the end of the text something is incomplete."""
        offset = self.position if at is None else at
        line_ends = [found.end() for found in _LINE_END.finditer(self.text, 0, offset)]
        if incomplete is None:
            incomplete = offset >= len(self.text)
        column = offset - (line_ends[-1] if line_ends else 0) + 1
        return PowerShellSyntaxError(message, len(line_ends) + 1, column, incomplete=incomplete)

    def unexpected(self) -> PowerShellSyntaxError:
        """Make the error for a token that nothing can be made of."""
        found = _TOKEN.match(self.text, self.position)
        text = "" if found is None else found[0]
        if text in {"&&", "||"}:
            return self.error(f"The token '{text}' is not a valid statement separator in this version.")
        if text == "&":
            return self.error(
                "The ampersand (&) character is not allowed. The & operator is reserved for future use; wrap an "
                'ampersand in double quotation marks ("&") to pass it as part of a string.'
            )
        return self.error(f"Unexpected token '{text}' in expression or statement.")
