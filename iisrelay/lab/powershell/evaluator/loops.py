"""Loops."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.collections import Enumerator, enumerator_over
from iisrelay.lab.powershell.conversions import to_bool
from iisrelay.lab.powershell.evaluator.assignments import compile_store
from iisrelay.lab.powershell.evaluator.base import (
    Emit,
    Evaluate,
    Execute,
    compile_statement,
    compile_statement_value,
    compile_value,
    statement,
)
from iisrelay.lab.powershell.flow import BreakSignal, ContinueSignal
from iisrelay.lab.powershell.scopes import NOTHING, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine


def loop_body(body: Execute, label: str) -> Execute:
    """Give one round of a loop: ``continue`` for this loop ends the round."""
    own = label.lower()

    def run(engine: Engine, emit: Emit) -> None:
        try:
            body(engine, emit)
        except ContinueSignal as signal:
            if signal.label and signal.label != own:
                raise

    return run


def breakable(loop: Execute, label: str) -> Execute:
    """Let ``break`` for this loop end it."""
    own = label.lower()

    def run(engine: Engine, emit: Emit) -> None:
        try:
            loop(engine, emit)
        except BreakSignal as signal:
            if signal.label and signal.label != own:
                raise

    return run


@statement(syntax.While)
def compile_while(node: syntax.While) -> Execute:
    """``while``."""
    condition, body = compile_value(node.condition), loop_body(compile_statement(node.body), node.label)

    def loop(engine: Engine, emit: Emit) -> None:
        while to_bool(condition(engine)):
            body(engine, emit)

    return breakable(loop, node.label)


@statement(syntax.DoLoop)
def compile_do(node: syntax.DoLoop) -> Execute:
    """``do { } while`` and ``do { } until``."""
    condition, body = compile_value(node.condition), loop_body(compile_statement(node.body), node.label)
    until = node.until

    def loop(engine: Engine, emit: Emit) -> None:
        while True:
            body(engine, emit)
            if to_bool(condition(engine)) is until:
                return

    return breakable(loop, node.label)


@statement(syntax.For)
def compile_for(node: syntax.For) -> Execute:
    """``for``: initializer and iterator write nothing."""
    initializer = compile_value(node.initializer) if node.initializer is not None else _nothing
    condition = compile_value(node.condition) if node.condition is not None else _true
    iterator = compile_value(node.iterator) if node.iterator is not None else _nothing
    body = loop_body(compile_statement(node.body), node.label)

    def loop(engine: Engine, emit: Emit) -> None:
        initializer(engine)
        while to_bool(condition(engine)):
            body(engine, emit)
            iterator(engine)

    return breakable(loop, node.label)


def _nothing(_engine: Engine) -> object:
    return None


def _true(_engine: Engine) -> object:
    return True


@contextmanager
def loop_variable(engine: Engine, name: str, enumerator: Enumerator) -> Iterator[None]:
    """Let ``$foreach`` or ``$switch`` be the enumerator while a loop runs."""
    variables = engine.context.scope.variables
    before = variables.get(name)
    variables[name] = Variable(name, enumerator)
    try:
        yield
    finally:
        if before is None:
            variables.pop(name, None)
        else:
            variables[name] = before


@statement(syntax.ForEach)
def compile_foreach(node: syntax.ForEach) -> Execute:
    """``foreach``: $null gives no round, but one before version 3."""
    items_of: Evaluate = compile_statement_value(node.items)
    store = compile_store(node.variable)
    body = loop_body(compile_statement(node.body), node.label)

    def loop(engine: Engine, emit: Emit) -> None:
        value = items_of(engine)
        if value is NOTHING or (value is None and engine.version_number >= 3):
            return
        enumerator = enumerator_over(value)
        with loop_variable(engine, "foreach", enumerator):
            while enumerator.move_next():
                store(engine, enumerator.current)
                body(engine, emit)

    return breakable(loop, node.label)
