"""Loops: while, do, for and foreach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.parsing.statements import Statements
from iisrelay.lab.powershell.syntax import Block, DoLoop, For, ForEach, Node, While

if TYPE_CHECKING:
    from collections.abc import Callable


class Loops(Statements):
    """Loops."""

    def __init__(self, text: str, version: str) -> None:
        super().__init__(text, version)
        loops: dict[str, Callable[[int], Node]] = {
            "while": self._while,
            "do": self._do,
            "for": self._for,
            "foreach": self._for_each,
        }
        self.labelled.update(loops)
        self.keywords.update(loops)

    def _body(self, keyword: str) -> Block:
        return self.block(f"Missing statement body in {keyword} loop.")

    def _while(self, start: int) -> While:
        condition = self.condition("while")
        body = self._body("while")
        return While(start, self.position, condition, body)

    def _do(self, start: int) -> DoLoop:
        body = self._body("do")
        self.skip_lines()
        keyword = self.peek_keyword()
        if keyword not in {"while", "until"}:
            raise self.error("Missing while or until keyword in do loop.")
        self.position += len(keyword)
        condition = self.condition(keyword)
        return DoLoop(start, self.position, condition, body, keyword == "until")

    def _for(self, start: int) -> For:
        self.skip_lines()
        self.expect("(", "Missing opening '(' after keyword 'for'.")
        initializer, condition, iterator = self.with_commas(True, lambda: [self._for_part() for _ in range(3)])
        self.skip_lines()
        self.expect(")", "Missing closing ')' after expression in 'for' statement.")
        body = self._body("for")
        return For(start, self.position, initializer, condition, iterator, body)

    def _for_part(self) -> Node | None:
        """Read one part of the head; a semicolon or a line end closes it."""
        self.skip_lines()
        part = self.pipeline()
        self.skip_blanks()
        if self.peek() in {";", "\r", "\n"}:
            self.accept("\r")
            self.position += 1
        return part

    def _for_each(self, start: int) -> ForEach:
        self.skip_blanks()
        self.skip_lines()
        self.expect("(", "Missing opening '(' after keyword 'foreach'.")
        self.skip_lines()
        variable = self.variable() if self.peek() == "$" else None
        if variable is None:
            raise self.error("Missing variable name after foreach.")
        if not self.accept_keyword("in", after_lines=True):
            raise self.error("Missing 'in' after variable in foreach loop.")
        self.skip_lines()
        items = self.with_commas(True, self.pipeline)
        if items is None:
            raise self.error("Missing expression after 'in' in foreach loop.")
        self.skip_lines()
        self.expect(")", "Missing closing ')' after expression in 'foreach' statement.")
        body = self._body("foreach")
        return ForEach(start, self.position, variable, items, body)
