"""The switch statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.collections import Enumerator, enumerator_over
from iisrelay.lab.powershell.conversions import to_bool, to_string
from iisrelay.lab.powershell.evaluator.base import (
    Emit,
    Evaluate,
    Execute,
    compile_expression,
    compile_statement,
    compile_statement_value,
    statement,
)
from iisrelay.lab.powershell.evaluator.loops import breakable, loop_body, loop_variable
from iisrelay.lab.powershell.operators import binary
from iisrelay.lab.powershell.scopes import NOTHING
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

Test = Callable[["Engine", object], bool]


@statement(syntax.Switch)
def compile_switch(node: syntax.Switch) -> Execute:
    """``switch``: every matching clause runs for every item, until break or continue."""
    value_of = compile_statement_value(node.value)
    clauses = tuple(
        (_compile_test(condition, node.flags), compile_statement(block))
        for condition, block in node.clauses
        if condition is not None
    )
    default = next((compile_statement(block) for condition, block in node.clauses if condition is None), None)
    one = loop_body(_one_item(clauses, default), node.label)
    from_file = node.file

    def loop(engine: Engine, emit: Emit) -> None:
        value = value_of(engine)
        if from_file:
            value = PSArray(engine.read_lines(to_string(engine, value)))
        enumerator = Enumerator(()) if value is NOTHING else enumerator_over(value)
        with engine.current_object() as holder, loop_variable(engine, "switch", enumerator):
            while enumerator.move_next():
                holder.value = enumerator.current
                one(engine, emit)

    return breakable(loop, node.label)


def _one_item(clauses: tuple[tuple[Test, Execute], ...], default: Execute | None) -> Execute:
    def run(engine: Engine, emit: Emit) -> None:
        item = engine.get_variable("_")
        matched = False
        for test, block in clauses:
            if test(engine, item):
                matched = True
                block(engine, emit)
        if not matched and default is not None:
            default(engine, emit)

    return run


def _compile_test(condition: syntax.Node, flags: frozenset[str]) -> Test:
    if isinstance(condition, syntax.ScriptBlockExpression):
        return _block_test(condition.body)
    evaluate = compile_expression(condition)
    prefix = "c" if "casesensitive" in flags else ""
    if "regex" in flags:
        return _operator_test(f"-{prefix}match", evaluate)
    if "wildcard" in flags:
        return _operator_test(f"-{prefix}like", evaluate)
    return _equality_test(f"-{prefix}eq", evaluate)


def _block_test(body: syntax.ScriptBlock) -> Test:
    run = compile_statement(body.end_block) if body.end_block is not None else None

    def test(engine: Engine, item: object) -> bool:  # noqa: ARG001 - the block reads it as $_
        items: list[object] = []
        if run is not None:
            run(engine, items.append)
        return to_bool(items[0] if len(items) == 1 else bool(items))

    return test


def _operator_test(operator: str, evaluate: Evaluate) -> Test:
    def test(engine: Engine, item: object) -> bool:
        return to_bool(binary(engine, operator, to_string(engine, item), evaluate(engine)))

    return test


def _equality_test(operator: str, evaluate: Evaluate) -> Test:
    def test(engine: Engine, item: object) -> bool:
        wanted = evaluate(engine)
        if isinstance(item, str) and not isinstance(wanted, str):
            wanted = to_string(engine, wanted)
        return to_bool(binary(engine, operator, item, wanted))

    return test
