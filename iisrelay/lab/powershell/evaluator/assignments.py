"""Assignment to variables, properties, elements and lists of these."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.dotnet.binding import get_static, set_static
from iisrelay.lab.powershell.error_records import runtime_error
from iisrelay.lab.powershell.evaluator.base import (
    Emit,
    Evaluate,
    Execute,
    compile_expression,
    compile_statement_value,
    raw_expression,
    statement,
)
from iisrelay.lab.powershell.evaluator.variables import SCOPE_WORDS
from iisrelay.lab.powershell.members import call_method, get_index, get_member, set_index, set_member
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.numeric import is_number
from iisrelay.lab.powershell.operators import binary
from iisrelay.lab.powershell.scopes import NOTHING, Variable
from iisrelay.lab.powershell.script_blocks import FunctionInfo, ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray, Reference

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

Store = Callable[["Engine", object], None]
Place = tuple[Callable[[], object], Callable[[object], None]]
"""A place already evaluated: how to read it and how to write it."""


@raw_expression(syntax.Assignment)
def compile_assignment_value(node: syntax.Assignment) -> Evaluate:
    """An assignment as a value: what was assigned."""
    if node.operator == "=":
        return _plain_assignment(node)
    return _compound_assignment(node)


@statement(syntax.Assignment)
def compile_assignment(node: syntax.Assignment) -> Execute:
    """An assignment as a statement writes nothing."""
    assign = compile_assignment_value(node)

    def execute(engine: Engine, emit: Emit) -> None:  # noqa: ARG001
        engine.success = True
        assign(engine)

    return execute


def _plain_assignment(node: syntax.Assignment) -> Evaluate:
    value_of, store = compile_statement_value(node.value), compile_store(node.target)

    def assign(engine: Engine) -> object:
        value = value_of(engine)
        store(engine, value)
        return value

    return assign


def _compound_assignment(node: syntax.Assignment) -> Evaluate:
    value_of, place_of, operator = compile_statement_value(node.value), compile_place(node.target), node.operator[:-1]

    def assign(engine: Engine) -> object:
        read, write = place_of(engine)
        right = value_of(engine)
        value = binary(engine, operator, read(), None if right is NOTHING else right)
        write(value)
        return value

    return assign


def compile_increment(target: syntax.Node, step: int, *, prefix: bool) -> Evaluate:
    """``++`` and ``--``; $null counts as 0."""
    place_of, sign = compile_place(target), "++" if step > 0 else "--"

    def increment(engine: Engine) -> object:
        read, write = place_of(engine)
        before = read()
        before = 0 if before is None else before
        if not is_number(before):
            raise runtime_error(
                f"The '{sign}' operator works only on numbers. The operand is a '{type_of(before).name}'.",
                "OperatorRequiresNumber",
                target=sign,
            )
        after = binary(engine, "+", before, step)
        write(after)
        return after if prefix else before

    return increment


# -- where to store ----------------------------------------------------------------------------------------------------


def compile_store(node: syntax.Node) -> Store:
    """Compile the left side of ``=``."""
    if isinstance(node, syntax.Variable):
        return _store_variable(node)
    if isinstance(node, syntax.Convert):
        return _store_typed(node)
    if isinstance(node, syntax.AttributedExpression):
        return _store_validated(node)
    if isinstance(node, syntax.ArrayLiteral):
        return _store_several(node)
    if isinstance(node, syntax.Paren) and isinstance(node.pipeline, syntax.Pipeline):
        element = node.pipeline.elements[0]
        if isinstance(element, syntax.CommandExpression):
            return compile_store(element.expression)
    place_of = compile_place(node)
    return lambda engine, value: place_of(engine)[1](None if value is NOTHING else value)


def _store_variable(node: syntax.Variable) -> Store:
    name, scope_name = node.name, node.scope
    key = name.lower()
    if scope_name in {"", "variable"}:
        if key == "null":
            return lambda _engine, _value: None
        return _store_plain(name)
    if scope_name in SCOPE_WORDS:
        return lambda engine, value: engine.set_variable(name, value, scope_name)
    if scope_name == "env":
        return lambda engine, value: _store_environment(engine, name, value)
    if scope_name == "function":
        return lambda engine, value: _store_function(engine, name, value)
    return _refuse_drive(scope_name)


def _refuse_drive(drive: str) -> Store:
    def store(engine: Engine, _value: object) -> None:
        message = f"Cannot find drive. A drive with the name '{drive}' does not exist."
        engine.fail(message, "DriveNotFound", "ObjectNotFound", target=drive)

    return store


def _store_plain(name: str) -> Store:
    key = name.lower()

    def store(engine: Engine, value: object) -> None:
        scope = engine.context.scope
        variable = scope.variables.get(key)
        if variable is not None and variable.is_free:
            variable.value = value
        else:
            engine.assign(scope, name, value)

    return store


def _store_environment(engine: Engine, name: str, value: object) -> None:
    if value is None or value is NOTHING or value == "":
        engine.environment.pop(name, None)
    else:
        engine.environment[name] = to_string(engine, value)


def _store_function(engine: Engine, name: str, value: object) -> None:
    block = value if isinstance(value, ScriptBlockValue) else engine.parse_block(to_string(engine, value))
    engine.define_function(FunctionInfo(name, block))


def _store_typed(node: syntax.Convert) -> Store:
    """``[int]$n = ...`` constrains the variable from then on."""
    target, type_name = node.operand, node.type_name
    if not isinstance(target, syntax.Variable):
        store = compile_store(target)
        return lambda engine, value: store(engine, convert(engine, None if value is NOTHING else value, type_name))
    name, scope_name = target.name, target.scope

    def store_typed(engine: Engine, value: object) -> None:
        converted = convert(engine, None if value is NOTHING else value, type_name)
        scope = engine.context.scope.named(scope_name) if scope_name else engine.context.scope
        existing = scope.variables.get(name.lower())
        if existing is not None and existing.is_fixed:
            engine.assign(scope, name, converted)
        scope.variables[name.lower()] = Variable(name, converted, type_name=type_name)

    return store_typed


def _store_validated(node: syntax.AttributedExpression) -> Store:
    """``[ValidateRange(1, 5)]$n = ...`` checks the variable from then on."""
    from iisrelay.lab.powershell.evaluator.blocks import attribute_validators  # noqa: PLC0415 - blocks compile statements

    store, checks = compile_store(node.operand), attribute_validators(node.attribute)
    target: syntax.Node = node.operand
    while isinstance(target, syntax.Convert | syntax.AttributedExpression):
        target = target.operand
    name = target.name if isinstance(target, syntax.Variable) else ""

    def store_validated(engine: Engine, value: object) -> None:
        store(engine, value)
        variable = engine.context.scope.variables.get(name.lower())
        if variable is not None:
            variable.validators = (*variable.validators, *checks)
            engine.assign(engine.context.scope, name, variable.value)

    return store_validated


def _store_several(node: syntax.ArrayLiteral) -> Store:
    """``$a, $b = ...``: the last target takes the rest."""
    stores = [compile_store(item) for item in node.items]

    def store(engine: Engine, value: object) -> None:
        items = [] if value is NOTHING else list(_items(value))
        last = len(stores) - 1
        for index, store_item in enumerate(stores):
            if index == last and len(items) > len(stores):
                store_item(engine, PSArray(items[index:]))
            else:
                store_item(engine, items[index] if index < len(items) else None)

    return store


def _items(value: object) -> list[object]:
    found = enumerate_value(value)
    return [value] if found is None else list(found)


_STORABLE = (syntax.Variable, syntax.Convert, syntax.AttributedExpression, syntax.ArrayLiteral, syntax.Paren)


# -- places ------------------------------------------------------------------------------------------------------------


def compile_place(node: syntax.Node) -> Callable[[Engine], Place]:
    """Compile something that is read and written (``+=``, ``++``): its parts are evaluated once."""
    if isinstance(node, syntax.Member):
        return _static_place(node) if node.static else _member_place(node)
    if isinstance(node, syntax.Index):
        return _index_place(node)
    if isinstance(node, syntax.Invoke):
        return _indexed_property_place(node)
    if not isinstance(node, _STORABLE):
        raise runtime_error(f"The lab cannot assign to {type(node).__name__}.", "NotSimulated", "NotImplemented")
    read_value, store = compile_expression(node), compile_store(node)
    return lambda engine: (lambda: read_value(engine), lambda value: store(engine, value))


def _member_place(node: syntax.Member) -> Callable[[Engine], Place]:
    from iisrelay.lab.powershell.evaluator.members import (  # noqa: PLC0415 - members assigns nothing
        compile_key,
        compile_member_name,
        get_named,
        set_named,
    )

    target_of, name_of, key_of = compile_expression(node.target), compile_member_name(node.name), compile_key(node.name)
    if key_of is not None:

        def named_place(engine: Engine) -> Place:
            target, key = target_of(engine), key_of(engine)
            return lambda: get_named(engine, target, key), lambda value: set_named(engine, target, key, value)

        return named_place

    def place(engine: Engine) -> Place:
        target, name = target_of(engine), str(name_of(engine))
        return lambda: get_member(engine, target, name), lambda value: set_member(engine, target, name, value)

    return place


def _static_place(node: syntax.Member) -> Callable[[Engine], Place]:
    from iisrelay.lab.powershell.evaluator.members import compile_member_name, static_target  # noqa: PLC0415 - as above

    target_of, name_of = compile_expression(node.target), compile_member_name(node.name)

    def place(engine: Engine) -> Place:
        target, name = static_target(target_of(engine)), str(name_of(engine))
        return lambda: get_static(engine, target, name), lambda value: set_static(engine, target, name, value)

    return place


def _index_place(node: syntax.Index) -> Callable[[Engine], Place]:
    target_of, index_of = compile_expression(node.target), compile_expression(node.index)

    def place(engine: Engine) -> Place:
        target, index = target_of(engine), index_of(engine)
        return lambda: get_index(engine, target, index), lambda value: set_index(engine, target, index, value)

    return place


def _indexed_property_place(node: syntax.Invoke) -> Callable[[Engine], Place]:
    """``target.Item(key) = value``: a property with parameters."""
    from iisrelay.lab.powershell.evaluator.members import compile_member_name  # noqa: PLC0415 - as above

    target_of, name_of = compile_expression(node.target), compile_member_name(node.name)
    arguments_of = [compile_expression(argument) for argument in node.arguments]

    def place(engine: Engine) -> Place:
        target, name = target_of(engine), str(name_of(engine))
        given = [argument(engine) for argument in arguments_of]
        return (
            lambda: call_method(engine, target, name, given),
            lambda value: _call_setter(engine, target, name, [*given, value]),
        )

    return place


def _call_setter(engine: Engine, target: object, name: str, arguments: list[object]) -> None:
    call_method(engine, target, f"set_{name}", arguments)


# -- [ref] -------------------------------------------------------------------------------------------------------------


class VariableReference(Reference):
    """``[ref]$name``: reads and writes the variable it was made from."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable

    @property
    def value(self) -> object:
        """The variable's value."""
        return None if self.variable.value is NOTHING else self.variable.value

    @value.setter
    def value(self, item: object) -> None:
        self.variable.value = item


def compile_reference(node: syntax.Node) -> Evaluate:
    """``[ref]`` of a variable refers to it; of any other expression it holds the value."""
    if not isinstance(node, syntax.Variable) or node.name.lower() == "null":
        evaluate = compile_expression(node)
        return lambda engine: Reference(evaluate(engine))
    name, scope_name = node.name, node.scope

    def make(engine: Engine) -> object:
        variable = engine.find_variable(name, scope_name)
        if variable is None:
            raise runtime_error(
                "[ref] cannot be applied to a variable that does not exist.", "NonExistingVariableReference"
            )
        return VariableReference(variable)

    return make
