"""The grammar of a Received header: clauses that a word opens, comments in parentheses, a date at the end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

KEYWORDS = frozenset({"from", "by", "via", "with", "id", "for"})
# Every character belongs to exactly one token, so reading takes linear time.
TOKEN = re.compile(r"[^\s();]+|[();]")
LONGEST_WORD = 255  # as long as a host name may be
STATED_DATE = re.compile(
    r"(?:[A-Za-z]{3}, {0,4})?\d{1,2} [A-Za-z]{3} \d{2,4} \d{1,2}:\d\d(?::\d\d)?(?: [+-]\d{4}| [A-Z]{1,5})?"
)


@dataclass
class Clause:
    """What follows a keyword: words, and the comments between and after them."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def first(self) -> str | None:
        """Give the first word."""
        return self.words[0][:LONGEST_WORD] if self.words else None

    @property
    def text(self) -> str:
        """Give the words as one text."""
        return " ".join(self.words)[:LONGEST_WORD]


@dataclass
class Clauses:
    """A Received header taken apart. Text before the first keyword and after the semicolon is kept in ``rest``."""

    named: dict[str, list[Clause]] = field(default_factory=dict)
    rest: Clause = field(default_factory=Clause)
    date: str = ""

    def get(self, keyword: str) -> Clause:
        """Give the first clause of a keyword, an empty one where there is none."""
        return self.named.get(keyword, [Clause()])[0]

    @property
    def comments(self) -> list[str]:
        """Give all comments in their order of writing."""
        return [comment for clauses in self.named.values() for clause in clauses for comment in clause.comments] + (
            self.rest.comments
        )


def parse_clauses(text: str) -> Clauses:
    """Take an unfolded Received header apart."""
    clauses = Clauses()
    current = clauses.rest
    tokens = list(_tokens(text))
    for position, (kind, token) in enumerate(tokens):
        keyword = token.casefold()
        if kind == ";":
            clauses.date = _date(tokens[position + 1 :])
            clauses.rest.comments += [word for kind, word in tokens[position + 1 :] if kind == "("]
            break
        if kind == "(":
            current.comments.append(token)
        elif keyword in KEYWORDS and (current.words or current is clauses.rest or current.comments):
            # A keyword right after a keyword is a name: a client may call itself "by".
            current = Clause()
            clauses.named.setdefault(keyword, []).append(current)
        else:
            current.words.append(token)
    if not clauses.date:
        clauses.date = next(iter(STATED_DATE.findall(text[-200:])[-1:]), "")
    return clauses


def _date(tokens: list[tuple[str, str]]) -> str:
    return " ".join(word for kind, word in tokens if kind == "")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Give words as ("", word), whole comments as ("(", text), and semicolons outside comments as (";", ";")."""
    depth = start = 0
    for match in TOKEN.finditer(text):
        token = match.group()
        if token == "(":  # noqa: S105 - a parenthesis
            depth += 1
            start = match.end() if depth == 1 else start
        elif token == ")":  # noqa: S105 - as above
            if depth == 1:
                yield "(", text[start : match.start()].strip()
            depth = max(0, depth - 1)
        elif not depth:
            yield (token if token == ";" else ""), token  # noqa: S105 - a semicolon
    if depth:
        # A parenthesis that nothing closes hides no clauses.
        yield from ((token if token == ";" else "", token) for token in TOKEN.findall(text, start) if token not in "()")  # noqa: S105
