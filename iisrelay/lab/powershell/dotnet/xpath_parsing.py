"""XPath 1.0 text to a tree of tuples: ("path", absolute, steps), ("or", left, right), ("call", name, arguments) ..."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from iisrelay.lab.powershell.errors import NetError

_TOKEN = re.compile(
    r"\s*(?:(?P<literal>'[^']*'|\"[^\"]*\")|(?P<number>\d+\.?\d*|\.\d+)|(?P<axis>[\w-]+::)|"
    r"(?P<name>[\w-][\w.-]*(?::(?:[\w-][\w.-]*|\*))?)|(?P<symbol>//|::|!=|<=|>=|\.\.|[/@.*()\[\],|=<>+$-]))"
)
_NODE_TESTS = {"text", "comment", "node", "processing-instruction"}
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
Tree = tuple[Any, ...]
Step = tuple[str, str, list[Tree]]  # axis, node test, predicates


def xpath_error(text: str) -> NetError:
    """Make the XPathException of an expression that does not parse."""
    return NetError("System.Xml.XPath.XPathException", f"'{text}' has an invalid token.")


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokenize(text)
        self.place = 0

    def _tokenize(self, text: str) -> list[tuple[str, str]]:
        tokens, position = [], 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise xpath_error(text)
            tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            position = match.end()
        return tokens

    def peek(self) -> tuple[str, str]:
        """Give the next token without taking it."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def accept(self, *texts: str) -> str:
        """Take the next token if it is one of the given."""
        kind, text = self.peek()
        if text in texts and kind != "literal":
            self.place += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        """Take the next token, which must be the given one."""
        if not self.accept(text):
            raise xpath_error(self.text)

    def expression(self, level: int = 0) -> Tree:
        """Parse operators from the weakest binding one on."""
        if level == len(_LEVELS):
            return self.unary()
        left = self.expression(level + 1)
        while operator := self.accept(*_LEVELS[level]):
            left = (operator, left, self.expression(level + 1))
        return left

    def unary(self) -> Tree:
        """Parse a sign and unions."""
        if self.accept("-"):
            return ("-", ("number", 0.0), self.unary())
        left = self.path()
        while self.accept("|"):
            left = ("|", left, self.path())
        return left

    def path(self) -> Tree:
        """Parse a location path, or a filtered primary expression with a path behind it."""
        start: Tree | None = None
        kind, text = self.peek()
        is_call = kind == "name" and self._follows("(") and text not in _NODE_TESTS
        if kind in {"literal", "number"} or text == "(" or is_call:
            start = self.primary()
            predicates = self.predicates()
            start = ("filter", start, predicates) if predicates else start
            if self.peek()[1] not in {"/", "//"}:
                return start
        return self.location(start)

    def _follows(self, text: str) -> bool:
        return self.place + 1 < len(self.tokens) and self.tokens[self.place + 1][1] == text

    def primary(self) -> Tree:
        """Parse a literal, a number, parentheses or a function call."""
        kind, text = self.peek()
        self.place += 1
        if kind == "literal":
            return ("literal", text[1:-1])
        if kind == "number":
            return ("number", float(text))
        if text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        self.expect("(")
        arguments = []
        while not self.accept(")"):
            arguments.append(self.expression())
            self.accept(",")
        return ("call", text, arguments)

    def location(self, start: Tree | None) -> Tree:
        """Parse steps."""
        steps: list[Step] = []
        lead = self.accept("/", "//")
        absolute = bool(lead) and start is None
        if lead == "//":
            steps.append(("descendant-or-self", "node()", []))
        if lead != "/" or start is not None or self._begins_step():
            steps.append(self.step())
        while separator := self.accept("/", "//"):
            if separator == "//":
                steps.append(("descendant-or-self", "node()", []))
            steps.append(self.step())
        return ("path", absolute, steps, start)

    def _begins_step(self) -> bool:
        kind, text = self.peek()
        return kind in {"name", "axis"} or text in {".", "..", "@", "*"}

    def step(self) -> Step:
        """Parse one step: axis, node test, predicates."""
        if self.accept("."):
            return ("self", "node()", self.predicates())
        if self.accept(".."):
            return ("parent", "node()", self.predicates())
        axis = "attribute" if self.accept("@") else "child"
        kind, text = self.peek()
        if kind == "axis":
            self.place += 1
            axis = text[:-2]
            kind, text = self.peek()
        if kind != "name" and text != "*":
            raise xpath_error(self.text)
        self.place += 1
        if text in _NODE_TESTS and self.accept("("):
            while not self.accept(")"):
                if self.peek()[0] == "end":
                    raise xpath_error(self.text)
                self.place += 1
            text += "()"
        return (axis, text, self.predicates())

    def predicates(self) -> list[Tree]:
        """Parse predicates in brackets."""
        found = []
        while self.accept("["):
            found.append(self.expression())
            self.expect("]")
        return found


@lru_cache(maxsize=256)
def parse_xpath(text: str) -> Tree:
    """Parse an expression."""
    parser = _Parser(text)
    tree = parser.expression()
    if parser.peek()[0] != "end":
        raise xpath_error(text)
    return tree
