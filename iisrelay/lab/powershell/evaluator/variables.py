"""Reading variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.automatic import AUTOMATIC
from iisrelay.lab.powershell.error_records import runtime_error
from iisrelay.lab.powershell.evaluator.base import Evaluate, compile_expression, expression, raw_expression
from iisrelay.lab.powershell.scopes import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

SCOPE_WORDS = frozenset({"global", "script", "local", "private"})
CONSTANTS = {"true": True, "false": False, "null": None}


@expression(syntax.Variable)
def compile_variable(node: syntax.Variable) -> Evaluate:
    """``$name`` as a value."""
    if _is_plain(node):
        return _plain_reader(node.name, nothing=None)
    return _without_nothing(compile_raw_variable(node))


def _is_plain(node: syntax.Variable) -> bool:
    """Tell whether a variable is neither a constant nor computed, and has no scope or drive."""
    return not node.scope and node.name.lower() not in CONSTANTS and node.name.lower() not in AUTOMATIC


def compile_expanded_variable(node: syntax.Variable) -> Evaluate:
    """``"$name"``: version 1 of strict mode lets unset variables in strings pass."""
    if _is_plain(node):
        return _plain_reader(node.name, nothing=None, strict_from=2)
    return _without_nothing(compile_raw_variable(node))


def _without_nothing(raw: Evaluate) -> Evaluate:
    def read(engine: Engine) -> object:
        value = raw(engine)
        return None if value is NOTHING else value

    return read


@raw_expression(syntax.Variable)
def compile_raw_variable(node: syntax.Variable) -> Evaluate:
    """``$name`` as the head of a pipeline: a variable that got no output enumerates as nothing."""
    name = node.name.lower()
    if not node.scope and name in CONSTANTS:
        constant = CONSTANTS[name]
        return lambda _engine: constant
    if not node.scope or node.scope == "variable":
        return _automatic_reader(node.name) if name in AUTOMATIC else _plain_reader(node.name)
    if node.scope in SCOPE_WORDS:
        return _scoped_reader(node.name, node.scope)
    return _drive_reader(node.name, node.scope)


def _plain_reader(name: str, *, nothing: object = NOTHING, strict_from: float = 1) -> Evaluate:
    """Compile the reading of a variable; ``nothing`` is what one that got no output gives."""
    key = name.lower()

    def read(engine: Engine) -> object:
        start = scope = engine.context.scope
        while scope is not None:
            variable = scope.variables.get(key)
            if variable is not None and (
                not variable.options or scope is start or "private" not in variable.options
            ):  # fmt: skip
                return variable.value if variable.value is not NOTHING else nothing
            scope = scope.parent  # type: ignore[assignment]
        return unset(engine, name, strict_from)

    return read


def _automatic_reader(name: str) -> Evaluate:
    key = name.lower()
    compute = AUTOMATIC[key]

    def read(engine: Engine) -> object:
        variable = engine.context.scope.find(key)
        return variable.value if variable is not None else compute(engine)

    return read


def _scoped_reader(name: str, scope_name: str) -> Evaluate:
    key = name.lower()

    def read(engine: Engine) -> object:
        variable = engine.context.scope.named(scope_name).variables.get(key)
        return variable.value if variable is not None else unset(engine, name)

    return read


def _drive_reader(name: str, drive: str) -> Evaluate:
    reader = DRIVES.get(drive)
    if reader is None:
        return lambda engine: unset(engine, f"{drive}:{name}")
    return lambda engine: reader(engine, name)


def _read_environment(engine: Engine, name: str) -> object:
    return engine.environment.get(name)


def _read_function(engine: Engine, name: str) -> object:
    function = engine.context.scope.find_function(name.lower())
    return function.block if function is not None else None


def _read_alias(engine: Engine, name: str) -> object:
    return engine.commands.alias(name.lower())


DRIVES: dict[str, Callable[[Engine, str], object]] = {
    "env": _read_environment,
    "function": _read_function,
    "alias": _read_alias,
}


def unset(engine: Engine, name: str, strict_from: float = 1) -> object:
    """Give what reading an unset variable gives: $null, or an error under Set-StrictMode."""
    strict = engine.strict_version
    if strict is None or float(strict) < strict_from:
        return None
    raise runtime_error(
        f"The variable '${name}' cannot be retrieved because it has not been set.", "VariableIsUndefined", target=name
    )


def compile_splat(node: syntax.Variable) -> Evaluate:
    """``@name``: the variable's value, to be spread over a command's parameters."""
    return compile_expression(syntax.Variable(node.start, node.end, node.name, node.scope))
