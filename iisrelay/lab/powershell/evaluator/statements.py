"""Statements that are neither loops nor about failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.conversions import convert, to_bool, to_string
from iisrelay.lab.powershell.error_records import PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.evaluator.base import (
    Emit,
    Evaluate,
    Execute,
    compile_expression,
    compile_statement,
    compile_statement_value,
    compile_value,
    emit_value,
    single_expression,
    statement,
)
from iisrelay.lab.powershell.flow import BreakSignal, ContinueSignal, ExitSignal, ReturnSignal
from iisrelay.lab.powershell.script_blocks import FunctionInfo, ScriptBlockValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

FAILURES = (PowerShellError, NetError, RecursionError)


@statement(syntax.Block)
def compile_block(node: syntax.Block) -> Execute:
    """Statements in order; a failed one is judged by traps and by $ErrorActionPreference before the next one runs."""
    runs = tuple((compile_statement(item), item) for item in node.statements)
    traps = tuple((trap.type_name, compile_statement(trap.body)) for trap in node.traps)

    def execute(engine: Engine, emit: Emit) -> None:
        for run, item in runs:
            try:
                run(engine, emit)
            except FAILURES as error:
                engine.statement_failed(error, item, traps, emit)

    return execute


@statement(syntax.If)
def compile_if(node: syntax.If) -> Execute:
    """``if``, ``elseif``, ``else``."""
    clauses = tuple((compile_value(condition), compile_statement(block)) for condition, block in node.clauses)
    otherwise = compile_statement(node.otherwise) if node.otherwise is not None else None

    def execute(engine: Engine, emit: Emit) -> None:
        for condition, block in clauses:
            if to_bool(condition(engine)):
                block(engine, emit)
                return
        if otherwise is not None:
            otherwise(engine, emit)

    return execute


@statement(syntax.FunctionDefinition)
def compile_function(node: syntax.FunctionDefinition) -> Execute:
    """``function name { }`` defines the function in the current scope, or in the one its name says."""
    scope_name, _, name = node.name.rpartition(":")
    body, is_filter = node.body, node.is_filter
    command_type = "Filter" if is_filter else "Function"

    def execute(engine: Engine, emit: Emit) -> None:  # noqa: ARG001
        block = ScriptBlockValue(body, engine.context.source, engine.current_module(), is_filter=is_filter)
        engine.define_function(FunctionInfo(name, block, command_type), scope_name.lower())
        engine.success = True

    return execute


@statement(syntax.Data)
def compile_data(node: syntax.Data) -> Execute:
    """``data name { }``: its output goes to the variable, or on when there is none."""
    value_of = compile_statement_value(node.body)
    name = node.name

    def execute(engine: Engine, emit: Emit) -> None:
        if name:
            engine.set_variable(name, value_of(engine))
        else:
            emit_value(emit, value_of(engine))

    return execute


@statement(syntax.Flow)
def compile_flow(node: syntax.Flow) -> Execute:
    """``return``, ``exit``, ``break``, ``continue`` and ``throw``."""
    return _FLOW[node.keyword](node)


def _compile_return(node: syntax.Flow) -> Execute:
    value = None if node.value is None else _compile_output(node.value)

    def execute(engine: Engine, emit: Emit) -> None:
        if value is not None:
            value(engine, emit)
        raise ReturnSignal

    return execute


def _compile_output(node: syntax.Node) -> Execute:
    """Compile the operand of ``return``: an assignment or increment writes its value there."""
    if isinstance(node, syntax.Assignment) or single_expression(node) is not None:
        value_of = compile_statement_value(node)
        return lambda engine, emit: emit_value(emit, value_of(engine))
    return compile_statement(node)


def _compile_exit(node: syntax.Flow) -> Execute:
    code = None if node.value is None else compile_value(node.value)

    def execute(engine: Engine, emit: Emit) -> None:  # noqa: ARG001
        raise ExitSignal(0 if code is None else _exit_code(engine, code))

    return execute


def _exit_code(engine: Engine, code: Evaluate) -> int:
    try:
        return int(convert(engine, code(engine), "int"))  # type: ignore[call-overload,no-any-return]
    except NetError:
        return 0


def _compile_break(node: syntax.Flow) -> Execute:
    label = _compile_label(node.value)

    def execute(engine: Engine, emit: Emit) -> None:  # noqa: ARG001
        raise BreakSignal(label(engine))

    return execute


def _compile_continue(node: syntax.Flow) -> Execute:
    label = _compile_label(node.value)

    def execute(engine: Engine, emit: Emit) -> None:  # noqa: ARG001
        raise ContinueSignal(label(engine))

    return execute


def _compile_label(node: syntax.Node | None) -> Callable[[Engine], str]:
    if node is None:
        return lambda _engine: ""
    evaluate = compile_expression(node)
    return lambda engine: to_string(engine, evaluate(engine)).lower()


def _compile_throw(node: syntax.Flow) -> Execute:
    value = None if node.value is None else compile_value(node.value)

    def execute(engine: Engine, emit: Emit) -> None:  # noqa: ARG001
        if value is None:
            raise engine.rethrown()
        raise engine.thrown(value(engine))

    return execute


_FLOW: dict[str, Callable[[syntax.Flow], Execute]] = {
    "return": _compile_return,
    "exit": _compile_exit,
    "break": _compile_break,
    "continue": _compile_continue,
    "throw": _compile_throw,
}
