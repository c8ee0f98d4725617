"""Statements: the list of them, if, switch, try, trap, data and the flow of control."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.parsing.characters import BREAKS
from iisrelay.lab.powershell.parsing.commands import Commands
from iisrelay.lab.powershell.syntax import Block, Data, Flow, If, Literal, Node, Switch, Trap, Try

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LABEL = re.compile(rf":([^\W\d]\w*)(?=[{BREAKS}]|\Z)")
_SWITCH_FLAG = re.compile(r"[-\u2013-\u2015]([A-Za-z]+)")
_SWITCH_FLAGS = ("regex", "wildcard", "exact", "casesensitive", "file", "parallel")
_NAME = re.compile(r"[^\W\d]\w*")
_NOT_SIMULATED = {"class": 5, "enum": 5, "using": 5, "workflow": 3}
_RESERVED = frozenset({"define", "from", "var"})


class Statements(Commands):
    """Statements other than loops and definitions. ``labelled`` are the ones that can have a label."""

    def __init__(self, text: str, version: str) -> None:
        super().__init__(text, version)
        self.labelled: dict[str, Callable[[int], Node]] = {"switch": self._switch}
        self.keywords: dict[str, Callable[[int], Node]] = {
            "if": self._if,
            "try": self._try,
            "trap": self._trap,
            "data": self._data,
            **{keyword: partial(self._flow, keyword) for keyword in ("return", "throw", "exit")},
            **{keyword: partial(self._jump, keyword) for keyword in ("break", "continue")},
            **self.labelled,
        }

    def statement_list(self) -> Block:
        """Read statements up to a closing bracket or the end of the text."""
        start = self.position
        statements: list[Node] = []
        traps: list[Trap] = []
        self.skip_terminators()
        while self.peek() not in {"", ")", "}"}:
            statement = self.statement()
            if statement is None:
                raise self.unexpected()
            if isinstance(statement, Trap):
                traps.append(statement)
            else:
                statements.append(statement)
            self.skip_terminators()
        return Block(start, self.position, statements, traps)

    def statement(self) -> Node | None:
        """Read a statement, or nothing when none starts here."""
        self.skip_blanks()
        label = self.match(_LABEL)
        if label is not None:
            self.skip_lines()
        keyword = self.peek_keyword()
        handler = (self.keywords if label is None else self.labelled).get(keyword)
        if handler is not None:
            start = self.position
            self.position += len(keyword)
            return handler(start) if label is None else self.with_label(handler(start), label)
        if label is not None:
            raise self.error(f"Unexpected token '{label[0]}' in expression or statement.", label.start())
        self._refuse_keyword(keyword)
        return self.pipeline()

    def with_label(self, node: Node, label: re.Match[str]) -> Node:
        """Give a loop or switch its label."""
        node.label = label[1]  # type: ignore[attr-defined]
        node.start = label.start()
        return node

    def _refuse_keyword(self, keyword: str) -> None:
        if keyword in _RESERVED:
            raise self.error(f"The '{keyword}' keyword is not supported in this version of the language.")
        if self.version >= _NOT_SIMULATED.get(keyword, 99):
            raise self.error(f"The '{keyword}' keyword is not simulated.")

    # -- parts of statements -------------------------------------------------------------------------------------------

    def block(self, missing: str) -> Block:
        """Read ``{ statements }``."""
        self.skip_lines()
        start = self.position
        self.expect("{", missing)
        body = self.with_commas(True, self.statement_list)
        self.expect("}", "Missing closing '}' in statement block or type definition.")
        body.start, body.end = start, self.position
        return body

    def condition(self, keyword: str) -> Node:
        """Read ``( pipeline )`` after a keyword."""
        self.skip_lines()
        self.expect("(", f"Missing opening '(' after keyword '{keyword}'.")
        self.skip_lines()
        found = self.with_commas(True, self.pipeline)
        if found is None:
            raise self.error(f"Missing condition in {keyword} statement after '{keyword} ('.")
        self.skip_lines()
        self.expect(")", f"Missing closing ')' after expression in '{keyword}' statement.")
        return found

    # -- if ------------------------------------------------------------------------------------------------------------

    def _if(self, start: int) -> If:
        clauses = [self._clause("if")]
        while self.accept_keyword("elseif", after_lines=True):
            clauses.append(self._clause("elseif"))
        otherwise = None
        if self.accept_keyword("else", after_lines=True):
            otherwise = self.block("Missing statement block after 'else' keyword.")
        return If(start, self.position, clauses, otherwise)

    def _clause(self, keyword: str) -> tuple[Node, Block]:
        condition = self.condition(keyword)
        return condition, self.block(f"Missing statement block after {keyword} ( condition ).")

    # -- switch --------------------------------------------------------------------------------------------------------

    def _switch(self, start: int) -> Switch:
        flags = self._switch_flags()
        if "file" in flags:
            self.skip_blanks()
            value = self._element()
            if value is None:
                raise self.error("Missing file name after '-file' in switch statement.")
        else:
            value = self.condition("switch")
        clauses = self._switch_body()
        return Switch(start, self.position, value, clauses, frozenset(flags - {"file"}), "file" in flags)

    def _switch_flags(self) -> set[str]:
        flags = set()
        self.skip_blanks()
        while (found := self.match(_SWITCH_FLAG)) is not None:
            flag = next((flag for flag in _SWITCH_FLAGS if flag.startswith(found[1].lower())), None)
            if flag is None:
                raise self.error(f"'{found[0]}' is not a valid switch statement parameter.", found.start())
            flags.add(flag)
            self.skip_blanks()
        return flags

    def _switch_body(self) -> Sequence[tuple[Node | None, Block]]:
        clauses: list[tuple[Node | None, Block]] = []
        self.skip_lines()
        self.expect("{", "Missing '{' in switch statement.")
        self.skip_terminators()
        while not self.accept("}"):
            at = self.position
            clause = self._switch_clause()
            if clause[0] is None and any(condition is None for condition, _ in clauses):
                raise self.error("A switch statement must have only one default clause.", at)
            clauses.append(clause)
            self.skip_terminators()
        return clauses

    def _switch_clause(self) -> tuple[Node | None, Block]:
        condition = self._element()
        if condition is None:
            raise (
                self.error("Missing condition in switch statement clause.")
                if self.peek()
                else self.error("Missing closing '}' in statement block or type definition.")
            )
        body = self.block("Missing statement block in switch statement clause.")
        is_default = isinstance(condition, Literal) and condition.bare and str(condition.value).lower() == "default"
        return None if is_default else condition, body

    # -- try and trap --------------------------------------------------------------------------------------------------

    def _try(self, start: int) -> Try:
        body = self.block("The Try statement is missing its statement block.")
        catches: list[tuple[Sequence[str], Block]] = []
        while self.accept_keyword("catch", after_lines=True):
            if catches and not catches[-1][0]:
                raise self.error("Catch block must be the last catch block.", self.position - len("catch"))
            catches.append((self._catch_types(), self.block("The Catch block is missing its statement block.")))
        final = None
        if self.accept_keyword("finally", after_lines=True):
            final = self.block("The Finally block is missing its statement block.")
        if not catches and final is None:
            raise self.error("The Try statement is missing its Catch or Finally block.")
        return Try(start, self.position, body, catches, final)

    def _catch_types(self) -> list[str]:
        names: list[str] = []
        self.skip_lines()
        while self.peek() == "[":
            names.append(self.type_in_brackets())
            self.skip_lines()
            if not self.accept(","):
                break
            self.skip_lines()
            if self.peek() != "[":
                raise self.error("Missing type literal.")
        return names

    def _trap(self, start: int) -> Trap:
        self.skip_lines()
        type_name = self.type_in_brackets() if self.peek() == "[" else None
        body = self.block("The Trap statement is missing its statement block.")
        return Trap(start, self.position, type_name, body)

    # -- the flow of control, data -------------------------------------------------------------------------------------

    def _flow(self, keyword: str, start: int) -> Flow:
        end = self.position
        value = self.pipeline()
        return Flow(start, end if value is None else value.end, keyword, value)

    def _jump(self, keyword: str, start: int) -> Flow:
        end = self.position
        self.skip_blanks()
        if self.at_end_of_statement():
            return Flow(start, end, keyword)
        label = self.label_or_key()
        return Flow(start, label.end, keyword, label)

    def _data(self, start: int) -> Data:
        self.skip_blanks()
        name = self.match(_NAME)
        self.skip_blanks()
        if self.match(_SWITCH_FLAG) is not None:
            self.skip_blanks()
            self._argument()
        body = self.block("The Data statement is missing its statement block.")
        return Data(start, self.position, "" if name is None else name[0], body)
