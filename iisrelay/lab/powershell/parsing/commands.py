"""Argument mode: words, parameters, redirections, commands and pipelines, and assignments as their alternative."""

from __future__ import annotations

import re

from iisrelay.lab.powershell.parsing.characters import BLANKS, BREAKS, DASHES, DOUBLE_QUOTES, SINGLE_QUOTES
from iisrelay.lab.powershell.parsing.expressions import Expressions, assignable
from iisrelay.lab.powershell.parsing.numbers import ARGUMENT_NUMBER
from iisrelay.lab.powershell.parsing.reader import END_OF_STATEMENT
from iisrelay.lab.powershell.parsing.strings import string_node
from iisrelay.lab.powershell.syntax import (
    ArrayLiteral,
    Assignment,
    Command,
    CommandExpression,
    ExpandableString,
    Literal,
    Node,
    Parameter,
    Pipeline,
    Redirection,
    Variable,
)

_DASH = f"[{DASHES.replace('-', '')}-]"
_WORD_PART = re.compile(rf"[^{BREAKS}`${SINGLE_QUOTES}{DOUBLE_QUOTES}]+")
_PARAMETER = re.compile(rf"{_DASH}([^\W\d][^{BREAKS}.\[:{SINGLE_QUOTES}{DOUBLE_QUOTES}]*|\?)(:?)")
_ENDS_VARIABLE = re.compile(rf"[{BREAKS}.\[]|::|\Z")
_SPLAT = re.compile(r"@([^\W\d](?:[\w?]|:(?!:))*|\?)")
_END_OF_PARAMETERS = re.compile(rf"{_DASH}{_DASH}(?=[{BREAKS}]|\Z)")
_VERBATIM = re.compile(rf"{_DASH}{_DASH}%[{BLANKS}]*([^\r\n|]*)")
_REDIRECTION = re.compile(r"([1-6*]?)(>>|>(?:&([12]))?)")
_ASSIGNMENT = re.compile(rf"([{DASHES.replace('-', '')}+*/%-]?)=")
_INVOCATION = re.compile(rf"&(?!&)|\.(?=[{BREAKS}${SINGLE_QUOTES}{DOUBLE_QUOTES}])")
_NOT_ASSIGNABLE = (
    "The assignment expression is not valid. The input to an assignment operator must be an object that is able to "
    "accept assignments, such as a variable or a property."
)
_STREAMS = {1: "output", 2: "error", 3: "warning", 4: "verbose", 5: "debug", 6: "information", 0: "all"}
_QUOTES = frozenset(SINGLE_QUOTES + DOUBLE_QUOTES)
_ENDS_ELEMENTS = END_OF_STATEMENT | {"|", "&"}


class Commands(Expressions):
    """Commands and pipelines."""

    # -- pipelines -----------------------------------------------------------------------------------------------------

    def pipeline(self) -> Node | None:
        """Read a pipeline or an assignment, or nothing when none starts here."""
        self.skip_blanks()
        if self.at_end_of_statement():
            return None
        expression = self.expression()
        if expression is None:
            first: Command | CommandExpression = self._command()
        else:
            operator = self._assignment_operator()
            if operator:
                return self._assignment(expression, operator)
            redirections = self._redirections()
            end = redirections[-1].end if redirections else expression.end
            first = CommandExpression(expression.start, end, expression, redirections)
        elements = [first]
        while self._accept_pipe():
            elements.append(self._next_command())
        if not self.at_end_of_statement():
            raise self.unexpected()
        return Pipeline(first.start, elements[-1].end, elements)

    def _accept_pipe(self) -> bool:
        self.skip_blanks()
        return self.peek() == "|" and self.peek(1) != "|" and self.accept("|")

    def _next_command(self) -> Command:
        self.skip_lines()
        if self.at_end_of_statement() or self.peek() == "|":
            raise self.error("An empty pipe element is not allowed.")
        start = self.position
        if self.expression() is not None:
            raise self.error("Expressions are only allowed as the first element of a pipeline.", start)
        self.position = start
        return self._command()

    def _assignment_operator(self) -> str:
        self.skip_blanks()
        found = self.match(_ASSIGNMENT)
        if found is None:
            return ""
        return "-=" if found[1] and found[1] in DASHES else found[0]

    def _assignment(self, left: Node, operator: str) -> Assignment:
        target = assignable(left)
        if target is None:
            raise self.error(_NOT_ASSIGNABLE, left.start, incomplete=False)
        self.skip_lines()
        self.enter()
        value = self.statement()
        self.depth -= 1
        if value is None:
            raise self.error(f"You must provide a value expression following the '{operator}' operator.")
        return Assignment(left.start, value.end, target, operator, value)

    # -- commands ------------------------------------------------------------------------------------------------------

    def _command(self) -> Command:
        start = self.position
        found = self.match(_INVOCATION)
        invocation = "" if found is None else found[0]
        if invocation:
            self.skip_blanks()
        elif self.peek() in {"|", "&", "]"}:
            raise self._empty_element()
        name = self._element() if invocation else self._word()
        if name is None:
            raise (
                self.error(f"Missing expression after '{invocation}' in pipeline element.")
                if invocation
                else self.unexpected()
            )
        elements, redirections = self._elements()
        end = max([name.end, *(node.end for node in elements[-1:]), *(node.end for node in redirections[-1:])])
        return Command(start, end, name, elements, invocation, redirections)

    def _empty_element(self) -> Exception:
        if self.peek() == "|" and self.peek(1) != "|":
            return self.error("An empty pipe element is not allowed.")
        return self.unexpected()

    def _elements(self) -> tuple[list[Node], list[Redirection]]:
        elements: list[Node] = []
        redirections: list[Redirection] = []
        parameters = True  # until "--"
        while True:
            self.skip_blanks()
            if self.peek() in _ENDS_ELEMENTS:
                return elements, redirections
            redirection = self._redirection(redirections)
            if redirection is not None:
                redirections.append(redirection)
            elif parameters and self.match(_END_OF_PARAMETERS) is not None:
                parameters = False
                elements.append(Parameter(self.position - 2, self.position, "-"))
            elif not self._verbatim(elements):
                parameter = self._parameter() if parameters else None
                elements.append(self._argument() if parameter is None else parameter)

    def _verbatim(self, elements: list[Node]) -> bool:
        """Read ``--%``: the rest of the line goes to a native command as it is."""
        found = self.match(_VERBATIM) if self.version >= 3 else None
        if found is None:
            return False
        elements.append(Literal(found.start(), found.start() + 3, "--%", bare=True))
        elements.append(Literal(found.start(1), found.end(1), found[1].rstrip(), bare=True))
        return True

    def _parameter(self) -> Parameter | None:
        found = _PARAMETER.match(self.text, self.position)
        if found is None or (not found[2] and self.text[found.end() : found.end() + 1] in _QUOTES):
            return None
        self.position = found.end()
        if not found[2]:
            return Parameter(found.start(), found.end(), found[1])
        self.skip_blanks()
        if self.peek() in _ENDS_ELEMENTS:
            raise self.error(f"The parameter '-{found[1]}' requires an argument.")
        argument = self._argument()
        return Parameter(found.start(), argument.end, found[1], argument)

    def _argument(self) -> Node:
        """Read an argument, several ones joined by commas included."""
        items = [self._required_element()]
        while self._accept_comma():
            self.skip_lines()
            items.append(self._required_element())
        return items[0] if len(items) == 1 else ArrayLiteral(items[0].start, items[-1].end, items)

    def _required_element(self) -> Node:
        if self.peek() == ",":
            raise self.error("Missing argument in parameter list.")
        element = self._element()
        if element is None:
            raise (
                self.error("Missing argument in parameter list.")
                if self.peek() in _ENDS_ELEMENTS
                else self.unexpected()
            )
        return element

    def _element(self) -> Node | None:
        """Read one word, string, number, variable or bracket with what follows it."""
        character = self.peek()
        if character == "$":
            return self._dollar_element()
        if character == "@":
            return self._at_element()
        if character and (character in "({" or character in SINGLE_QUOTES or character in DOUBLE_QUOTES):
            found = self.primary()
            return None if found is None else self.trailers(found, argument=True)
        number = ARGUMENT_NUMBER.match(self.text, self.position)
        return self._word() if number is None else self.number_literal(number, bare=True)

    def _dollar_element(self) -> Node | None:
        start = self.position
        if self.peek(1) == "(":
            return self.trailers(self.sub_expression(), argument=True)
        variable = self.variable()
        if variable is not None and _ENDS_VARIABLE.match(self.text, self.position) is not None:
            return self.trailers(variable, argument=True)
        self.position = start
        return self._word()

    def _at_element(self) -> Node | None:
        splat = self.match(_SPLAT)
        if splat is None:
            found = self.primary()
            return None if found is None else self.trailers(found, argument=True)
        scope, colon, name = splat[1].partition(":")
        if colon:
            return Variable(splat.start(), splat.end(), name, scope.lower(), splat=True)
        return Variable(splat.start(), splat.end(), splat[1], splat=True)

    def _word(self) -> Literal | ExpandableString | None:
        """Read a bare word; quotes, escapes and expansions inside it are part of it."""
        start = self.position
        parts: list[str | Node] = []
        while True:
            plain = self.match(_WORD_PART)
            if plain is not None:
                parts.append(plain[0])
            character = self.peek()
            if character == "`":
                parts.append(self.escape())
            elif character == "$":
                parts.append(self.expansion())
            elif character and character in SINGLE_QUOTES:
                parts.append(str(self.single_quoted().value))
            elif character and character in DOUBLE_QUOTES:
                parts.extend(self.double_quoted_parts())
            else:
                break
        return string_node(start, self.position, parts, bare=True) if self.position > start else None

    # -- redirections --------------------------------------------------------------------------------------------------

    def _redirections(self) -> list[Redirection]:
        found: list[Redirection] = []
        self.skip_blanks()
        while (redirection := self._redirection(found)) is not None:
            found.append(redirection)
            self.skip_blanks()
        return found

    def _redirection(self, earlier: list[Redirection]) -> Redirection | None:
        if self.peek() == "<":
            raise self.error("The '<' operator is reserved for future use.")
        found = self.match(_REDIRECTION)
        if found is None:
            return None
        stream = 0 if found[1] == "*" else int(found[1] or 1)
        self._check_redirection(found, stream, earlier)
        if found[3]:
            return Redirection(found.start(), found.end(), stream, merge_to=1)
        self.skip_blanks()
        target = None if self.peek() in _ENDS_ELEMENTS else self._element()
        if target is None:
            raise self.error("Missing file specification after redirection operator.")
        return Redirection(found.start(), target.end, stream, found[2] == ">>", target)

    def _check_redirection(self, found: re.Match[str], stream: int, earlier: list[Redirection]) -> None:
        if self.version < 3 and (stream == 0 or (found[3] and stream > 2)):
            self.position = found.start()
            raise self.unexpected()
        if found[3] and (found[3] == "2" or stream == 1):
            raise self.error(f"The '{found[0]}' operator is reserved for future use.", found.start())
        if any(redirection.stream == stream for redirection in earlier):
            message = f"The {_STREAMS[stream]} stream for this command is already redirected."
            raise self.error(message, found.start())
