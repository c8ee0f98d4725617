"""The tables of node compilers, and the closures' conventions.

An expression closure gives a value. A *raw* expression closure may also give ``NOTHING`` (no output at all, as of a
function without output), which only enumeration tells from $null. A statement closure writes its output, item by item,
to ``emit``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.scopes import NOTHING
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

Emit = Callable[[object], None]
Evaluate = Callable[["Engine"], object]
Execute = Callable[["Engine", Emit], None]

EXPRESSIONS: dict[type, Callable[[Any], Evaluate]] = {}
RAW_EXPRESSIONS: dict[type, Callable[[Any], Evaluate]] = {}
STATEMENTS: dict[type, Callable[[Any], Execute]] = {}

Compiler = Callable[[Any], Any]


def expression(node_type: type) -> Callable[[Compiler], Compiler]:
    """Register the compiler of an expression node."""

    def register(compiler: Compiler) -> Compiler:
        EXPRESSIONS[node_type] = compiler
        return compiler

    return register


def raw_expression(node_type: type) -> Callable[[Compiler], Compiler]:
    """Register the compiler of an expression node whose closure may give ``NOTHING``."""

    def register(compiler: Compiler) -> Compiler:
        RAW_EXPRESSIONS[node_type] = compiler
        return compiler

    return register


def statement(node_type: type) -> Callable[[Compiler], Compiler]:
    """Register the compiler of a statement node."""

    def register(compiler: Compiler) -> Compiler:
        STATEMENTS[node_type] = compiler
        return compiler

    return register


def compile_expression(node: syntax.Node) -> Evaluate:
    """Compile an expression; its closure never gives ``NOTHING``."""
    compiler = EXPRESSIONS.get(type(node))
    if compiler is not None:
        return compiler(node)
    raw = compile_raw(node)

    def evaluate(engine: Engine) -> object:
        value = raw(engine)
        return None if value is NOTHING else value

    return evaluate


def compile_raw(node: syntax.Node) -> Evaluate:
    """Compile an expression whose closure may give ``NOTHING``."""
    compiler = RAW_EXPRESSIONS.get(type(node)) or EXPRESSIONS.get(type(node))
    if compiler is not None:
        return compiler(node)
    if type(node) not in STATEMENTS:
        raise NotImplementedError(f"no compiler for {type(node).__name__}")
    return compile_statement_value(node)


def compile_statement(node: syntax.Node) -> Execute:
    """Compile a statement."""
    compiler = STATEMENTS.get(type(node))
    if compiler is not None:
        return compiler(node)
    raw = compile_raw(node)

    def execute(engine: Engine, emit: Emit) -> None:
        emit_value(emit, raw(engine))
        engine.success = True

    return execute


def single_expression(node: syntax.Node) -> syntax.Node | None:
    """Give the expression of a pipeline that is only that, else None."""
    if type(node) is syntax.Pipeline and len(node.elements) == 1:
        element = node.elements[0]
        if type(element) is syntax.CommandExpression and not element.redirections:
            return element.expression
    return None


def compile_statement_value(node: syntax.Node) -> Evaluate:
    """Compile a statement for its value: of a lone expression its value as it is, else its collected output."""
    inner = single_expression(node)
    if inner is not None:
        return compile_raw(inner)
    if type(node) in RAW_EXPRESSIONS or type(node) in EXPRESSIONS:
        return compile_raw(node)
    execute = compile_statement(node)

    def evaluate(engine: Engine) -> object:
        items: list[object] = []
        execute(engine, items.append)
        return collected(items)

    return evaluate


def compile_value(node: syntax.Node) -> Evaluate:
    """Compile a statement for its value, with $null for no output."""
    raw = compile_statement_value(node)

    def evaluate(engine: Engine) -> object:
        value = raw(engine)
        return None if value is NOTHING else value

    return evaluate


def collected(items: list[object]) -> object:
    """Give what a variable gets from a pipeline's output: nothing, the one object, or an array."""
    if not items:
        return NOTHING
    return items[0] if len(items) == 1 else PSArray(items)


def emit_value(emit: Emit, value: object) -> None:
    """Write a value to a pipeline: collections item by item."""
    kind = type(value)
    if kind is str or kind is int or kind is bool:
        emit(value)
        return
    if value is NOTHING:
        return
    items = enumerate_value(value)
    if items is None:
        emit(value)
        return
    for item in items:
        emit(item)
