"""Primary expressions: literals, variables, brackets of all kinds, and the members, calls and indices after them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.parsing.characters import BLANKS, DASHES, DOUBLE_QUOTES, SINGLE_QUOTES
from iisrelay.lab.powershell.parsing.numbers import EXPRESSION_NUMBER, read_number
from iisrelay.lab.powershell.parsing.types import Types
from iisrelay.lab.powershell.syntax import (
    ArrayExpression,
    HashLiteral,
    Index,
    Invoke,
    Literal,
    Member,
    Node,
    Paren,
    ScriptBlockExpression,
    SubExpression,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = re.compile(r"[^\W\d]\w*")
_DIGITS = re.compile(r"[0-9]+(?!\w)")
_KEY = re.compile(r"[^\W\d]\w*(?![\w.\[:-])")
_FOLLOWS_MEMBER = re.compile(rf"(?:\.(?!\.)|::)(?![{BLANKS}\r\n]|\Z)")
_MISSING_PAREN = "Missing closing ')' in expression."
_NUMBER_START = re.compile(rf"[+{DASHES.replace('-', '')}-]?\.?[0-9]")


class Primaries(Types):
    """Primary expressions."""

    def primary(self) -> Node | None:
        """Read a primary expression without what may follow it, or nothing when none starts here."""
        character = self.peek()
        if character == "$":
            return self.sub_expression() if self.peek(1) == "(" else self.variable()
        if not character:
            return None
        if character in SINGLE_QUOTES:
            return self.single_quoted()
        if character in DOUBLE_QUOTES:
            return self.double_quoted()
        if character == "(":
            return self.paren()
        if character == "{":
            return self.script_block_expression()
        if character == "@":
            return self._at_sign()
        return self.number()

    def number(self) -> Literal | None:
        """Read a number, its sign included, or nothing when none is here."""
        if _NUMBER_START.match(self.text, self.position) is None:
            return None
        found = EXPRESSION_NUMBER.match(self.text, self.position)
        return None if found is None else self.number_literal(found)

    def number_literal(self, found: re.Match[str], *, bare: bool = False) -> Literal:
        """Make the literal of a number that a pattern found."""
        value = read_number(found[0])
        if value is None:
            raise self.error(f"The numeric constant {found[0]} is not valid.", incomplete=False)
        self.position = found.end()
        return Literal(found.start(), found.end(), value, bare)

    def _at_sign(self) -> Node:
        following = self.peek(1)
        if following == "(":
            return self._array_expression()
        if following == "{":
            return self.hash_literal()
        if following and following in SINGLE_QUOTES + DOUBLE_QUOTES:
            return self.here_string()
        found = _NAME.match(self.text, self.position + 1)
        if found is None:
            raise self.error("Unrecognized token in source text.")
        raise self.error(
            f"The splatting operator '@' cannot be used to reference variables in an expression. '@{found[0]}' can be "
            f"used only as an argument to a command. To reference variables in an expression use '${found[0]}'."
        )

    # -- brackets ------------------------------------------------------------------------------------------------------

    def paren(self) -> Paren:
        """Read ``( pipeline )``."""
        start = self.position
        self.position += 1
        self.skip_lines()
        pipeline = self.with_commas(True, self.pipeline)
        if pipeline is None:
            raise self.error("An expression was expected after '('.")
        self.skip_lines()
        self.expect(")", _MISSING_PAREN)
        return Paren(start, self.position, pipeline)

    def sub_expression(self) -> SubExpression:
        """Read ``$( ... )``."""
        start = self.position
        self.position += 2
        body = self.with_commas(True, self.statement_list)
        self.expect(")", _MISSING_PAREN)
        return SubExpression(start, self.position, body)

    def _array_expression(self) -> ArrayExpression:
        start = self.position
        self.position += 2
        body = self.with_commas(True, self.statement_list)
        self.expect(")", _MISSING_PAREN)
        return ArrayExpression(start, self.position, body)

    def script_block_expression(self) -> ScriptBlockExpression:
        """Read ``{ ... }``."""
        start = self.position
        body = self.with_commas(True, self.braced_script)
        return ScriptBlockExpression(start, self.position, body)

    # -- hash literals -------------------------------------------------------------------------------------------------

    def hash_literal(self) -> HashLiteral:
        """Read ``@{ key = value }``."""
        start = self.position
        self.position += 2
        pairs = self.with_commas(True, self._pairs)
        self.expect("}", "The hash literal was incomplete.")
        self._refuse_duplicates([key for key, _ in pairs])
        return HashLiteral(start, self.position, pairs)

    def _pairs(self) -> list[tuple[Node, Node]]:
        pairs = []
        self.skip_terminators()
        while self.peek() not in {"}", ""}:
            pairs.append(self._pair())
            self.skip_blanks()
            if self.peek() not in {"\r", "\n", ";"}:
                break
            self.skip_terminators()
        return pairs

    def _pair(self) -> tuple[Node, Node]:
        key = self.label_or_key()
        self.skip_blanks()
        self.expect("=", "Missing '=' operator after key in hash literal.")
        self.skip_lines()
        value = self.statement()
        if value is None:
            raise self.error("Missing statement after '=' in hash literal.")
        return key, value

    def label_or_key(self) -> Node:
        """Read a bare name, or an expression that makes one."""
        found = self.match(_KEY)
        if found is not None:
            return Literal(found.start(), found.end(), found[0], bare=True)
        key = self.unary()
        if key is None:
            raise self.unexpected()
        return key

    def _refuse_duplicates(self, keys: Sequence[Node]) -> None:
        seen = set()
        for key in keys:
            if not isinstance(key, Literal):
                continue
            identity = key.value.lower() if isinstance(key.value, str) else key.value
            if identity in seen:
                raise self.error(f"Duplicate keys '{key.value}' are not allowed in hash literals.", key.start)
            seen.add(identity)

    # -- what follows a primary expression -----------------------------------------------------------------------------

    def trailers(self, target: Node, *, argument: bool = False) -> Node:
        """Read members, calls and indices; in argument mode a dot before a blank belongs to the next word."""
        while True:
            character = self.peek()
            if character == "[":
                target = self._index(target)
            elif character == "." or self.starts("::"):
                if self.peek(1) == "." or (argument and _FOLLOWS_MEMBER.match(self.text, self.position) is None):
                    return target
                target = self._member(target)
            else:
                return target

    def _index(self, target: Node) -> Index:
        self.position += 1
        self.skip_lines()
        index = self.with_commas(True, self.expression)
        if index is None:
            raise self.error("Array index expression is missing or not valid.")
        self.skip_lines()
        self.expect("]", "Missing ']' after array index expression.")
        return Index(target.start, self.position, target, index)

    def _member(self, target: Node) -> Node:
        static = self.starts("::")
        self.position += 2 if static else 1
        self.skip_lines()
        name = self._member_name()
        if self.peek() == "(":
            arguments = self._arguments()
        elif self.peek() == "{" and self.version >= 4:
            arguments = [self.script_block_expression()]
        else:
            return Member(target.start, self.position, target, name, static)
        return Invoke(target.start, self.position, target, name, arguments, static)

    def _member_name(self) -> Node:
        found = self.match(_NAME)
        if found is not None:
            return Literal(found.start(), found.end(), found[0], bare=True)
        found = self.match(_DIGITS)
        if found is not None:
            return Literal(found.start(), found.end(), int(found[0]))
        character = self.peek()
        name = None
        if character and character in "$(" + SINGLE_QUOTES + DOUBLE_QUOTES:
            name = self.primary()
        if name is None:
            raise self.error("Missing property name after reference operator.")
        return name

    def _arguments(self) -> list[Node]:
        self.position += 1
        arguments: list[Node] = []
        self.skip_lines()
        while self.peek() != ")":
            argument = self.with_commas(False, self.expression)
            if argument is None:
                raise self.error("Missing expression after ','." if arguments else "Missing ')' in method call.")
            arguments.append(argument)
            self.skip_lines()
            if not self.accept(","):
                break
            self.skip_lines()
            if self.peek() == ")":
                raise self.error("Missing expression after ','.")
        self.expect(")", "Missing ')' in method call.")
        return arguments
