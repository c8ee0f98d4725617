"""WQL: SELECT with a WHERE of comparisons, LIKE, IS NULL, AND, OR, NOT and brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.windows.wmi.failures import INVALID_QUERY, management_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Condition = Callable[[Mapping[str, object]], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
        |(?P<number>-?\d+(?:\.\d+)?)
        |(?P<word>[A-Za-z_]\w*(?:\.\w+)?)
        |(?P<sign><=|>=|<>|!=|[=<>(),*]))""",
    re.VERBOSE,
)
_SELECT = re.compile(
    r"^\s*SELECT\s+(?P<columns>.+?)\s+FROM\s+(?P<class_name>\w+)(?:\s+WHERE\s+(?P<where>.+?))?\s*;?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Query:
    """A query taken apart. ``columns`` are lower case; none means all."""

    class_name: str
    columns: tuple[str, ...]
    condition: Condition


def parse_query(text: str) -> Query:
    """Take a SELECT apart.

    Raises:
        NetError: 0x80041017 for anything else.
    """
    match = _SELECT.match(text)
    if match is None:
        raise management_error(INVALID_QUERY)
    columns = tuple(column.strip().lower() for column in match["columns"].split(","))
    condition = parse_filter(match["where"]) if match["where"] else _everything
    return Query(match["class_name"], () if columns == ("*",) else columns, condition)


def parse_filter(text: str) -> Condition:
    """Make a condition of the text behind WHERE.

    Raises:
        NetError: 0x80041017 when it is none.
    """
    return _Parser(text).parse()


def _everything(_values: Mapping[str, object]) -> bool:
    return True


class _Parser:
    """Recursive descent over the tokens; conditions see an instance's values under lower-case names."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.position = 0

    def parse(self) -> Condition:
        condition = self._disjunction()
        if self._peek() != ("", ""):
            raise management_error(INVALID_QUERY)
        return condition

    def _disjunction(self) -> Condition:
        left = self._conjunction()
        while self._accept("word", "or"):
            left = _either(left, self._conjunction())
        return left

    def _conjunction(self) -> Condition:
        left = self._negation()
        while self._accept("word", "and"):
            left = _both(left, self._negation())
        return left

    def _negation(self) -> Condition:
        if self._accept("word", "not"):
            inner = self._negation()
            return lambda values: not inner(values)
        if self._accept("sign", "("):
            inner = self._disjunction()
            self._expect("sign", ")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        kind, text = self._next()
        if kind != "word":
            return self._flipped_comparison(kind, text)
        name = text.lower()
        if self._accept("word", "is"):
            wanted = not self._accept("word", "not")
            self._expect("word", "null")
            return lambda values: (values.get(name) is None) is wanted
        if self._accept("word", "like"):
            pattern = _like(str(self._constant()))
            return lambda values: values.get(name) is not None and bool(pattern.fullmatch(str(values.get(name))))
        operator = self._operator()
        constant = self._constant()
        return lambda values: _compare(values.get(name), operator, constant)

    def _flipped_comparison(self, kind: str, text: str) -> Condition:
        constant = _constant(kind, text)
        operator = self._operator()
        name = self._expect("word").lower()
        return lambda values: _compare(values.get(name), _FLIPPED.get(operator, operator), constant)

    def _operator(self) -> str:
        text = self._expect("sign")
        if text in "(),*":
            raise management_error(INVALID_QUERY)
        return text

    def _constant(self) -> object:
        return _constant(*self._next())

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self.position += 1
        return token

    def _accept(self, kind: str, text: str) -> bool:
        found = self._peek()[0] == kind and self._peek()[1].lower() == text
        self.position += found
        return found

    def _expect(self, kind: str, text: str = "") -> str:
        token = self._next()
        if token[0] != kind or (text and token[1].lower() != text):
            raise management_error(INVALID_QUERY)
        return token[1]


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise management_error(INVALID_QUERY)
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
        position = match.end()
    return tokens


def _constant(kind: str, text: str) -> object:
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if kind == "number":
        return float(text) if "." in text else int(text)
    if kind == "word" and text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    raise management_error(INVALID_QUERY)


def _either(left: Condition, right: Condition) -> Condition:
    return lambda values: left(values) or right(values)


def _both(left: Condition, right: Condition) -> Condition:
    return lambda values: left(values) and right(values)


def _like(pattern: str) -> re.Pattern[str]:
    """LIKE knows % and _, and sets in square brackets."""
    parts = re.split(r"(%|_|\[[^\]]*\])", pattern)
    known = {"%": ".*", "_": "."}
    expression = "".join(known.get(part, part if part.startswith("[") else re.escape(part)) for part in parts)
    return re.compile(expression, re.IGNORECASE | re.DOTALL)


def _compare(value: object, operator: str, constant: object) -> bool:
    if value is None or constant is None:
        return (value is constant) is (operator == "=") if operator in ("=", "<>", "!=") else False
    left, right = _comparable(value, constant)
    if operator in ("<>", "!="):
        return bool(left != right)
    if operator == "=":
        return bool(left == right)
    try:
        return bool(
            {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]  # type: ignore[operator]
        )
    except TypeError:
        return False


def _comparable(value: object, constant: object) -> tuple[object, object]:
    """Compare numbers as numbers, also when the query has them in quotes; text without regard to case."""
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) else value, _as_number(constant)
    return str(value).lower(), str(constant).lower()


def _as_number(constant: object) -> object:
    if not isinstance(constant, str):
        return constant
    word = _CONSTANTS.get(constant.lower(), constant)
    try:
        return float(word) if isinstance(word, str) else word
    except ValueError:
        return constant
