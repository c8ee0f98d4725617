"""Variables and the dynamically nested scopes that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.script_blocks import FunctionInfo

OPTIONS = ("None", "ReadOnly", "Constant", "Private", "AllScope")


class Nothing:
    """The type of ``NOTHING``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()
"""AutomationNull: a pipeline without output. Reads as $null, enumerates as nothing; only the evaluator sees it."""


class Variable:
    """A variable; ``type_name`` is its type constraint ("": none), ``options`` are words of ``OPTIONS``, lower case."""

    __slots__ = ("description", "name", "options", "type_name", "validators", "value")

    def __init__(
        self,
        name: str,
        value: object,
        *,
        options: frozenset[str] = frozenset(),
        type_name: str = "",
        description: str = "",
    ) -> None:
        self.name = name
        self.value = value
        self.options = options
        self.type_name = type_name
        self.description = description
        self.validators: tuple[Callable[[Engine, object], str | None], ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Tell whether assignment is refused."""
        return "readonly" in self.options or "constant" in self.options

    @property
    def is_free(self) -> bool:
        """Tell whether any value may be assigned."""
        return not (self.options or self.type_name or self.validators)

    def describe_options(self) -> str:
        """Give the options as PowerShell prints them."""
        return ", ".join(word for word in OPTIONS if word.lower() in self.options) or "None"


class Scope:
    """One level: the globals, a script, a call. ``is_script`` marks where ``$script:`` ends."""

    __slots__ = ("aliases", "functions", "is_script", "parent", "strict", "variables")

    def __init__(self, parent: Scope | None = None, *, is_script: bool = False) -> None:
        self.parent = parent
        self.is_script = is_script
        self.variables: dict[str, Variable] = {}
        self.functions: dict[str, FunctionInfo] = {}
        self.aliases: dict[str, str] = {}
        self.strict: str | None = None

    def chain(self) -> Iterator[Scope]:
        """Give this scope and the ones around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def find(self, name: str) -> Variable | None:
        """Find a visible variable by its lower-case name; private ones are visible in their own scope only."""
        scope: Scope | None = self
        while scope is not None:
            variable = scope.variables.get(name)
            if variable is not None and (not variable.options or scope is self or "private" not in variable.options):
                return variable
            scope = scope.parent
        return None

    def find_function(self, name: str) -> FunctionInfo | None:
        """Find a visible function by its lower-case name."""
        scope: Scope | None = self
        while scope is not None:
            if scope.functions and name in scope.functions:
                return scope.functions[name]
            scope = scope.parent
        return None

    def find_alias(self, name: str) -> str | None:
        """Find an alias that a script has made."""
        scope: Scope | None = self
        while scope is not None:
            if scope.aliases and name in scope.aliases:
                return scope.aliases[name]
            scope = scope.parent
        return None

    def script_scope(self) -> Scope:
        """Give the nearest script scope, or the globals."""
        scope = self
        while not scope.is_script and scope.parent is not None:
            scope = scope.parent
        return scope

    def global_scope(self) -> Scope:
        """Give the outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def named(self, name: str) -> Scope:
        """Give the scope of a modifier (local, script, global, private) or of a number (0 here, 1 the caller's)."""
        if name == "global":
            return self.global_scope()
        if name == "script":
            return self.script_scope()
        scope = self
        if name.isdigit():
            for _ in range(int(name)):
                scope = scope.parent or scope
        return scope
