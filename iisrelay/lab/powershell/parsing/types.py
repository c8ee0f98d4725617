"""Type names between brackets, and attributes with their arguments."""

from __future__ import annotations

import re

from iisrelay.lab.powershell.parsing.strings import Strings
from iisrelay.lab.powershell.syntax import Attribute, Node, TypeLiteral

_TYPE_NAME = re.compile(r"[^\W\d](?:[\w.+#\\]|`\d)*")
_ASSEMBLY = re.compile(r"\s*,[^\]\[]*")
_RANK = re.compile(r"\[[\s,]*\]")
_ARGUMENT_NAME = re.compile(r"[^\W\d]\w*(?=\s*[=,)])")
_MISSING_BRACKET = "Missing ] at end of attribute or type literal."


class Types(Strings):
    """Type literals and attributes."""

    def bracketed(self) -> Attribute | TypeLiteral:
        """Read ``[type]`` or ``[Attribute(...)]``."""
        start = self.position
        self.position += 1
        self.skip_lines()
        name = self._type_name()
        self.skip_lines()
        if self.peek() == "(":
            return self._attribute(start, name)
        self.match(_ASSEMBLY)
        self.skip_lines()
        self.expect("]", _MISSING_BRACKET)
        return TypeLiteral(start, self.position, name)

    def attribute_list(self) -> list[Attribute | TypeLiteral]:
        """Read the attributes and types before a parameter or ``param``, line ends between them included."""
        found: list[Attribute | TypeLiteral] = []
        self.skip_lines()
        while self.peek() == "[":
            found.append(self.bracketed())
            self.skip_lines()
        return found

    def type_in_brackets(self) -> str:
        """Read ``[type]`` where no attribute can stand."""
        found = self.bracketed()
        if isinstance(found, Attribute):
            raise self.error(_MISSING_BRACKET, found.start)
        return found.name

    def _type_name(self) -> str:
        """Read a name with its generic arguments and array ranks, without blanks."""
        found = self.match(_TYPE_NAME)
        if found is None:
            raise self.error("Missing type name after '['.")
        name = found[0]
        while self.peek() == "[":
            rank = self.match(_RANK)
            name += "".join(rank[0].split()) if rank is not None else self._generic_arguments()
        return name

    def _generic_arguments(self) -> str:
        self.position += 1
        arguments = [self._generic_argument()]
        while self.accept(","):
            arguments.append(self._generic_argument())
        self.expect("]", _MISSING_BRACKET)
        return f"[{','.join(arguments)}]"

    def _generic_argument(self) -> str:
        self.skip_lines()
        if self.accept("["):
            self.skip_lines()
            name = self._type_name()
            self.match(_ASSEMBLY)
            self.expect("]", _MISSING_BRACKET)
        else:
            name = self._type_name()
        self.skip_lines()
        return name

    def _attribute(self, start: int, name: str) -> Attribute:
        self.position += 1
        positional: list[Node] = []
        named: list[tuple[str, Node | None]] = []
        self.skip_lines()
        while self.peek() != ")":
            self._attribute_argument(positional, named)
            self.skip_lines()
            if not self.accept(","):
                break
            self.skip_lines()
            if self.peek() == ")":
                raise self.error("Missing expression after ','.")
        self.expect(")", "Missing closing ')' in attribute.")
        self.skip_lines()
        self.expect("]", _MISSING_BRACKET)
        return Attribute(start, self.position, name, positional, named)

    def _attribute_argument(self, positional: list[Node], named: list[tuple[str, Node | None]]) -> None:
        found = self.match(_ARGUMENT_NAME)
        if found is None:
            positional.append(self._attribute_value())
            return
        self.skip_lines()
        value = None
        if self.accept("="):
            self.skip_lines()
            value = self._attribute_value()
        elif self.version < 3:
            raise self.error("Attribute argument must be a constant or a script block.", found.start())
        named.append((found[0], value))

    def _attribute_value(self) -> Node:
        value = self.with_commas(False, self.expression)
        if value is None:
            raise self.unexpected()
        return value
