"""Operators and casts: unary expressions, array literals, and binary expressions by precedence."""

from __future__ import annotations

import re

from iisrelay.lab.powershell.parsing.characters import DASHES
from iisrelay.lab.powershell.parsing.primaries import Primaries
from iisrelay.lab.powershell.syntax import (
    ArrayLiteral,
    Attribute,
    AttributedExpression,
    Binary,
    CommandExpression,
    Convert,
    Index,
    Invoke,
    Member,
    Node,
    Paren,
    Pipeline,
    Postfix,
    TypeLiteral,
    Unary,
    Variable,
)

LOGICAL, BITWISE, COMPARISON, ADDITIVE, MULTIPLICATIVE, FORMAT, RANGE = range(1, 8)

_CASE_VARIANTS = (
    *("eq", "ne", "gt", "ge", "lt", "le"),
    *("like", "notlike", "match", "notmatch", "replace", "split"),
    *("contains", "notcontains", "in", "notin"),
)
_PRECEDENCE = {
    **dict.fromkeys(("-and", "-or", "-xor"), LOGICAL),
    **dict.fromkeys(("-band", "-bor", "-bxor"), BITWISE),
    **{f"-{case}{name}": COMPARISON for name in _CASE_VARIANTS for case in ("", "c", "i")},
    **dict.fromkeys(("-join", "-is", "-isnot", "-as", "-shl", "-shr"), COMPARISON),
    **dict.fromkeys(("+", "-"), ADDITIVE),
    **dict.fromkeys(("*", "/", "%"), MULTIPLICATIVE),
    "-f": FORMAT,
    "..": RANGE,
}
_SINCE_3 = frozenset(f"-{case}{name}" for name in ("in", "notin") for case in ("", "c", "i")) | {"-shl", "-shr"}
_UNARY_WORDS = frozenset({"-not", "-bnot", "-join", "-split", "-isplit", "-csplit"})

_DASH = f"[{DASHES.replace('-', '')}-]"
_OPERATOR = re.compile(rf"(?P<symbol>\.\.|[*/%](?!=)|\+(?![+=]))|{_DASH}(?:(?P<word>[^\W\d]\w*)|(?!{_DASH}|=))")
_UNARY_WORD = re.compile(rf"{_DASH}([^\W\d]\w*)")
_STEP = re.compile(rf"\+\+|{_DASH}{{2}}")
_TRAILER_START = re.compile(r"\.(?!\.)|::")


def assignable(node: Node) -> Node | None:
    """Give what an assignment to an expression writes to, or None when it cannot be assigned."""
    if isinstance(node, Variable | Member | Index | Invoke):
        return node
    if isinstance(node, Convert | AttributedExpression):
        return node if assignable(node.operand) is not None else None
    if isinstance(node, ArrayLiteral):
        return node if all(assignable(item) is not None for item in node.items) else None
    if isinstance(node, Paren) and isinstance(node.pipeline, Pipeline) and len(node.pipeline.elements) == 1:
        element = node.pipeline.elements[0]
        return assignable(element.expression) if isinstance(element, CommandExpression) else None
    return None


class Expressions(Primaries):
    """Expressions."""

    def expression(self) -> Node | None:
        """Read an expression, or nothing when none starts here."""
        left = self._array_literal()
        return None if left is None else self._binary(left, LOGICAL)

    def _binary(self, left: Node, minimum: int) -> Node:
        """Extend an operand by the operators that bind at least as tightly as asked; all are left-associative."""
        while True:
            before = self.position
            operator = self._binary_operator()
            precedence = _PRECEDENCE.get(operator, 0)
            if precedence < minimum:
                self.position = before
                return left
            left = self._extended(left, operator, precedence)

    def _extended(self, left: Node, operator: str, precedence: int) -> Node:
        self.skip_lines()
        right = self._array_literal()
        if right is None:
            raise self.error(f"You must provide a value expression following the '{operator}' operator.")
        right = self._binary(right, precedence + 1)
        return Binary(left.start, right.end, operator, left, right)

    def _binary_operator(self) -> str:
        self.skip_blanks()
        found = self.match(_OPERATOR)
        if found is None:
            return ""
        operator = found["symbol"] or f"-{(found['word'] or '').lower()}"
        return "" if operator in _SINCE_3 and self.version < 3 else operator

    def _array_literal(self) -> Node | None:
        first = self.unary()
        if first is None or not self.commas:
            return first
        items = [first]
        while self._accept_comma():
            self.skip_lines()
            item = self.unary()
            if item is None:
                raise self.error("Missing expression after ','.")
            items.append(item)
        return first if len(items) == 1 else ArrayLiteral(first.start, items[-1].end, items)

    def _accept_comma(self) -> bool:
        before = self.position
        self.skip_blanks()
        if self.accept(","):
            return True
        self.position = before
        return False

    # -- unary expressions ---------------------------------------------------------------------------------------------

    def unary(self) -> Node | None:
        """Read an operand with its unary operators, or nothing when none starts here."""
        self.skip_blanks()
        character = self.peek()
        if character == "[":
            return self._bracketed_expression()
        if not character or character not in "!,+" + DASHES:
            found = self.primary()
            return None if found is None else self._stepped(self.trailers(found))
        if character == ",":
            return self._unary_comma()
        number = None if character == "!" else self.number()
        return self._unary_operator() if number is None else self._stepped(self.trailers(number))

    def _unary_operator(self) -> Node | None:
        start = self.position
        operator = self._unary_symbol()
        if operator is None:
            return None
        self.skip_lines()
        operand = self._operand()
        if operand is None:
            raise self.error(f"Missing expression after unary operator '{operator}'.")
        if operator in {"++", "--"}:
            self._require_place(operand, operator)
        return Unary(start, operand.end, operator, operand)

    def _operand(self) -> Node | None:
        self.enter()
        operand = self.unary()
        self.depth -= 1
        return operand

    def _unary_symbol(self) -> str | None:
        word = _UNARY_WORD.match(self.text, self.position)
        if word is not None:
            operator = f"-{word[1].lower()}"
            if operator not in _UNARY_WORDS:
                return None
            self.position = word.end()
            return operator
        step = self.match(_STEP)
        if step is not None:
            return "++" if step[0] == "++" else "--"
        character = self.peek()
        self.position += 1
        return character if character in "!+" else "-"

    def _unary_comma(self) -> Node | None:
        if not self.commas:
            return None
        start = self.position
        self.position += 1
        self.skip_lines()
        operand = self._operand()
        if operand is None:
            raise self.error("Missing expression after unary operator ','.")
        return Unary(start, operand.end, ",", operand)

    def _stepped(self, operand: Node) -> Node:
        before = self.position
        self.skip_blanks()
        step = self.match(_STEP)
        if step is None:
            self.position = before
            return operand
        operator = "++" if step[0] == "++" else "--"
        self._require_place(operand, operator)
        return Postfix(operand.start, self.position, operator, operand)

    def _require_place(self, operand: Node, operator: str) -> None:
        if not isinstance(assignable(operand), Variable | Member | Index | Invoke | Convert):
            message = f"The '{operator}' operator works only on variables or on properties."
            raise self.error(message, operand.start, incomplete=False)

    # -- types and casts -----------------------------------------------------------------------------------------------

    def _bracketed_expression(self) -> Node:
        bracketed = self.bracketed()
        if isinstance(bracketed, Attribute):
            return self._attributed(bracketed)
        if _TRAILER_START.match(self.text, self.position) is not None:
            return self._stepped(self.trailers(bracketed))
        before = self.position
        self.skip_blanks()
        operand = None if self.peek() == "," else self._operand()
        if operand is None:
            self.position = before
            return bracketed
        return Convert(bracketed.start, operand.end, bracketed.name, operand)

    def _attributed(self, attribute: Attribute) -> AttributedExpression:
        self.skip_lines()
        operand = self.unary()
        if operand is None or isinstance(operand, TypeLiteral):
            raise self.error(f"Unexpected attribute '{attribute.name}'.", attribute.start)
        return AttributedExpression(attribute.start, operand.end, attribute, operand)
