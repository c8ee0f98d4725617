"""Commands and pipelines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.binder import Argument
from iisrelay.lab.powershell.cmdlet_stage import CmdletStage
from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.command_lookup import Command, NativeInfo
from iisrelay.lab.powershell.commands import CmdletInfo
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import InvocationInfo, PowerShellError, runtime_error
from iisrelay.lab.powershell.evaluator.base import (
    Emit,
    Execute,
    compile_expression,
    compile_raw,
    emit_value,
    single_expression,
    statement,
)
from iisrelay.lab.powershell.evaluator.redirections import Redirect, compile_redirections, redirected
from iisrelay.lab.powershell.evaluator.variables import compile_splat
from iisrelay.lab.powershell.functions import FunctionStage
from iisrelay.lab.powershell.members import is_strict
from iisrelay.lab.powershell.native_stage import NativeStage
from iisrelay.lab.powershell.numeric import is_number
from iisrelay.lab.powershell.pipeline import Stage, run_stages
from iisrelay.lab.powershell.script_blocks import FunctionInfo, ScriptBlockValue

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.streams import Streams

MakeStage = Callable[["Engine", "Streams | None"], Stage]
AddArguments = Callable[["Engine", list[Argument]], None]


@statement(syntax.Pipeline)
def compile_pipeline(node: syntax.Pipeline) -> Execute:
    """A pipeline; one that is a lone expression writes its value, unless that is an increment."""
    inner = single_expression(node)
    if inner is not None:
        return _compile_lone_expression(inner)
    head, feed = node.elements[0], None
    commands = list(node.elements)
    if isinstance(head, syntax.CommandExpression):
        feed = _compile_feed(head)
        commands = commands[1:]
        if not commands:
            return feed
    stages = [_compile_stage(command) for command in commands if isinstance(command, syntax.Command)]
    return _run_linked(feed, stages)


def _compile_lone_expression(node: syntax.Node) -> Execute:
    raw = compile_raw(node)
    silent = isinstance(node, syntax.Postfix) or (
        isinstance(node, syntax.Unary) and node.operator in {"++", "--"}
    )  # fmt: skip

    def execute(engine: Engine, emit: Emit) -> None:
        value = raw(engine)
        engine.success = True
        if not silent:
            emit_value(emit, value)

    return execute


def _compile_feed(node: syntax.CommandExpression) -> Execute:
    """An expression at the head of a pipeline writes its items to the next command."""
    raw = compile_raw(node.expression)
    redirects = compile_redirections(node.redirections)
    if not redirects:
        return lambda engine, emit: emit_value(emit, raw(engine))

    def execute(engine: Engine, emit: Emit) -> None:
        with redirected(engine, redirects, emit) as (streams, target):
            outer, engine.context.streams = engine.context.streams, streams
            try:
                emit_value(target, raw(engine))
            finally:
                engine.context.streams = outer

    return execute


def _run_linked(feed: Execute | None, stages: list[tuple[MakeStage, tuple[Redirect, ...]]]) -> Execute:
    if any(redirects for _, redirects in stages):
        return _run_redirected(feed, stages)
    makers = [make for make, _ in stages]
    if feed is None and len(makers) == 1:
        return _run_single(makers[0])

    def execute(engine: Engine, emit: Emit) -> None:
        source = None if feed is None else lambda target: feed(engine, target)
        run_stages(engine, [make(engine, None) for make in makers], emit, source)

    return execute


def _run_single(make: MakeStage) -> Execute:
    def execute(engine: Engine, emit: Emit) -> None:
        stage = make(engine, None)
        stage.emit = emit
        stage.begin()
        stage.end()
        engine.success = not stage.context.failed

    return execute


def _run_redirected(feed: Execute | None, stages: list[tuple[MakeStage, tuple[Redirect, ...]]]) -> Execute:
    """Run a pipeline with redirections: up to a redirected command it is a pipeline of its own into the rest."""
    first = next(index for index, (_, redirects) in enumerate(stages) if redirects)
    makers, (last, redirects) = [make for make, _ in stages[:first]], stages[first]

    def run_head(engine: Engine, emit: Emit) -> None:
        with redirected(engine, redirects, emit) as (streams, target):
            made = [*(make(engine, None) for make in makers), last(engine, streams)]
            run_stages(engine, made, target, None if feed is None else lambda sink: feed(engine, sink))

    rest = stages[first + 1 :]
    return _run_linked(run_head, rest) if rest else run_head


# -- one command -------------------------------------------------------------------------------------------------------


def _compile_stage(node: syntax.Command) -> tuple[MakeStage, tuple[Redirect, ...]]:
    words = [_compile_word(element) for element in node.elements]
    find = _compile_name(node)
    start, end, dot = node.start, node.end, node.invocation == "."
    like_a_method = _is_like_a_method(node)

    def make(engine: Engine, streams: Streams | None) -> Stage:
        context = engine.context
        invocation = InvocationInfo("", context.source, start, end)
        try:
            command, typed = find(engine)
        except PowerShellError as error:
            error.record.invocation = error.record.invocation or invocation
            raise
        if like_a_method and is_strict(engine, 2):
            raise runtime_error(
                "The function or command was called as if it were a method. Parameters should be separated by spaces. "
                "For information about parameters, see the about_Parameters Help topic.",
                "StrictModeFunctionCallWithParens",
            )
        invocation.name = typed or command.name
        invocation.command = command
        arguments: list[Argument] = []
        for word in words:
            word(engine, arguments)
        if isinstance(command, FunctionInfo):
            return FunctionStage(
                engine, command, arguments, invocation=invocation, new_scope=not dot, streams=streams
            )  # fmt: skip
        if isinstance(command, NativeInfo):
            return NativeStage(
                engine, command.name, command.program, arguments, invocation=invocation, streams=streams
            )  # fmt: skip
        invocation.name = command.name
        return CmdletStage(engine, command, arguments, invocation=invocation, streams=streams)

    return make, compile_redirections(node.redirections)


def _is_like_a_method(node: syntax.Command) -> bool:
    """Tell whether a command is written like a method: ``name(arguments)``."""
    first = node.elements[0] if len(node.elements) == 1 else None
    return isinstance(first, syntax.Paren) and first.start == node.name.end


def _compile_name(node: syntax.Command) -> Callable[[Engine], tuple[Command, str]]:
    """Compile what is to be called; gives the command and the name it was called by."""
    if isinstance(node.name, syntax.Literal) and isinstance(node.name.value, str):
        text = node.name.value
        return lambda engine: (engine.commands.require(text), text)
    evaluate = compile_expression(node.name)

    def find(engine: Engine) -> tuple[Command, str]:
        value = evaluate(engine)
        if isinstance(value, ScriptBlockValue):
            return FunctionInfo("", value, "Script"), ""
        if isinstance(value, FunctionInfo | CmdletInfo | NativeInfo):
            return value, value.name
        if value is None or value == "":
            raise runtime_error(
                "The expression after '&' in a pipeline element produced an object that was not valid. It must "
                "result in a command "
                "name, a script block, or a CommandInfo object.",
                "BadExpression",
            )
        name = to_string(engine, value)
        return engine.commands.require(name), name

    return find


def _compile_word(node: syntax.Node) -> AddArguments:
    if isinstance(node, syntax.Parameter):
        return _compile_parameter(node)
    if isinstance(node, syntax.Variable) and node.splat:
        return _compile_splatted(node)
    if isinstance(node, syntax.Literal) and is_number(node.value):
        return _compile_number(node)
    evaluate = compile_expression(node)
    return lambda engine, arguments: arguments.append(Argument(value=evaluate(engine)))


def _compile_number(node: syntax.Literal) -> AddArguments:
    """Compile a bare number; one that is not written as it prints (``007``, ``0x10``) keeps its text."""
    value, start, end = node.value, node.start, node.end
    if type(value) is int and len(str(value)) == end - start:
        return lambda _engine, arguments: arguments.append(Argument(value=value))
    return lambda engine, arguments: arguments.append(Argument(value=value, text=engine.context.source.text[start:end]))


def _compile_parameter(node: syntax.Parameter) -> AddArguments:
    name = node.name
    if node.argument is None:
        return lambda _engine, arguments: arguments.append(Argument(name))
    add_value = _compile_word(node.argument)

    def add(engine: Engine, arguments: list[Argument]) -> None:
        add_value(engine, arguments)
        arguments[-1].name, arguments[-1].attached = name, True

    return add


def _words_behind(engine: Engine, value: object) -> list[Argument] | None:
    """Give the words that became ``$args``: splatted on, ``-name`` among them names a parameter again."""
    context = engine.context.nearest_function()
    if context is None or context.leftover is None or context.leftover[0] is not value:
        return None
    return context.leftover[1]


def _compile_splatted(node: syntax.Variable) -> AddArguments:
    evaluate = compile_splat(node)

    def add(engine: Engine, arguments: list[Argument]) -> None:
        value = evaluate(engine)
        if isinstance(value, Dictionary):
            arguments.extend(Argument(to_string(engine, key), item, attached=True) for key, item in value.items())
            return
        leftover = _words_behind(engine, value)
        if leftover is not None:
            arguments.extend(leftover)
            return
        items = enumerate_value(value)
        if items is None:
            items = iter(() if value is None else (value,))
        arguments.extend(Argument(value=item) for item in items)

    return add
