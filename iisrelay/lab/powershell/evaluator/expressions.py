"""Literals, operators and the constructs that make values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.code_units import joined
from iisrelay.lab.powershell.collections import Hashtable, OrderedDictionary
from iisrelay.lab.powershell.conversions import convert, to_bool, to_string
from iisrelay.lab.powershell.error_records import runtime_error
from iisrelay.lab.powershell.evaluator.assignments import compile_increment, compile_reference
from iisrelay.lab.powershell.evaluator.base import (
    Evaluate,
    collected,
    compile_expression,
    compile_raw,
    compile_statement,
    compile_statement_value,
    compile_value,
    expression,
    raw_expression,
)
from iisrelay.lab.powershell.evaluator.variables import compile_expanded_variable
from iisrelay.lab.powershell.nettypes import require_type
from iisrelay.lab.powershell.operators import BINARY, binary, unary
from iisrelay.lab.powershell.scopes import NOTHING
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


@expression(syntax.Literal)
def compile_literal(node: syntax.Literal) -> Evaluate:
    """A constant."""
    value = node.value
    return lambda _engine: value


@expression(syntax.ExpandableString)
def compile_string(node: syntax.ExpandableString) -> Evaluate:
    """A string with expansions."""
    parts = [part if isinstance(part, str) else _compile_part(part) for part in node.parts]

    def evaluate(engine: Engine) -> object:
        return joined("".join([part if isinstance(part, str) else to_string(engine, part(engine)) for part in parts]))

    return evaluate


def _compile_part(node: syntax.Node) -> Evaluate:
    if isinstance(node, syntax.Variable):
        return compile_expanded_variable(node)
    if not isinstance(node, syntax.SubExpression):
        return compile_expression(node)
    body = compile_statement(node.body)

    def evaluate(engine: Engine) -> object:
        items: list[object] = []
        body(engine, items.append)
        value = collected(items)
        return None if value is NOTHING else value

    return evaluate


@expression(syntax.TypeLiteral)
def compile_type(node: syntax.TypeLiteral) -> Evaluate:
    """``[name]``."""
    name = node.name
    return lambda _engine: require_type(name)


@raw_expression(syntax.Convert)
def compile_convert(node: syntax.Convert) -> Evaluate:
    """``[type] operand``."""
    name = node.type_name.lower()
    if name in {"ref", "system.management.automation.psreference"}:
        return compile_reference(node.operand)
    if name in {"ordered", "pscustomobject", "system.management.automation.pscustomobject"} and isinstance(
        node.operand, syntax.HashLiteral
    ):
        return _compile_ordered(name, node.operand)
    operand = compile_expression(node.operand)
    if name in {"void", "system.void"}:
        return lambda engine: (operand(engine), NOTHING)[1]
    type_name = node.type_name
    return lambda engine: convert(engine, operand(engine), type_name)


@raw_expression(syntax.AttributedExpression)
def compile_attributed(node: syntax.AttributedExpression) -> Evaluate:
    """An attribute before an expression says nothing about its value."""
    return compile_raw(node.operand)


def _compile_ordered(name: str, node: syntax.HashLiteral) -> Evaluate:
    ordered = _compile_hash(node, OrderedDictionary)
    plain = _compile_hash(node, Hashtable)

    def evaluate(engine: Engine) -> object:
        if engine.version_number < 3:
            if name == "ordered":
                message = "Unable to find type [ordered]: make sure that the assembly containing this type is loaded."
                raise runtime_error(message, "TypeNotFound", target="ordered")
            return plain(engine)
        value = ordered(engine)
        return value if name == "ordered" else convert(engine, value, name)

    return evaluate


@expression(syntax.HashLiteral)
def compile_hash(node: syntax.HashLiteral) -> Evaluate:
    """``@{ }``."""
    return _compile_hash(node, Hashtable)


def _compile_hash(node: syntax.HashLiteral, kind: type[Hashtable | OrderedDictionary]) -> Evaluate:
    pairs = [(compile_expression(key), compile_value(value)) for key, value in node.pairs]

    def evaluate(engine: Engine) -> object:
        table = kind()
        for key_of, value_of in pairs:
            key = key_of(engine)
            if key is None:
                raise runtime_error("A null key is not allowed in a hash literal.", "InvalidNullKey")
            if key in table:
                raise runtime_error(
                    f"Item has already been added. Key in dictionary: '{to_string(engine, key)}'",
                    "DuplicateKeyInHashLiteral",
                )
            table[key] = value_of(engine)
        return table

    return evaluate


@expression(syntax.ScriptBlockExpression)
def compile_script_block(node: syntax.ScriptBlockExpression) -> Evaluate:
    """``{ }`` as a value; it belongs to the module of the code that makes it."""
    body = node.body
    return lambda engine: ScriptBlockValue(body, engine.context.source, engine.current_module())


@expression(syntax.Unary)
def compile_unary(node: syntax.Unary) -> Evaluate:
    """A prefix operator."""
    operator = node.operator
    if operator in {"++", "--"}:
        return compile_increment(node.operand, 1 if operator == "++" else -1, prefix=True)
    operand = compile_expression(node.operand)
    if operator in {"!", "-not"}:
        return lambda engine: not to_bool(operand(engine))
    if operator == ",":
        return lambda engine: PSArray([operand(engine)])
    return lambda engine: unary(engine, operator, operand(engine))


@expression(syntax.Postfix)
def compile_postfix(node: syntax.Postfix) -> Evaluate:
    """``operand++``."""
    return compile_increment(node.operand, 1 if node.operator == "++" else -1, prefix=False)


@expression(syntax.Binary)
def compile_binary(node: syntax.Binary) -> Evaluate:
    """A binary operator; ``-and`` and ``-or`` do not evaluate what cannot matter."""
    left, right, operator = compile_expression(node.left), compile_expression(node.right), node.operator
    if operator == "-and":
        return lambda engine: to_bool(left(engine)) and to_bool(right(engine))
    if operator == "-or":
        return lambda engine: to_bool(left(engine)) or to_bool(right(engine))
    if operator == "-xor":
        return lambda engine: to_bool(left(engine)) is not to_bool(right(engine))
    function = BINARY.get(operator)
    if function is None:
        return lambda engine: binary(engine, operator, left(engine), right(engine))
    return lambda engine: function(engine, left(engine), right(engine))


@expression(syntax.ArrayLiteral)
def compile_array(node: syntax.ArrayLiteral) -> Evaluate:
    """``a, b``."""
    items = [compile_expression(item) for item in node.items]
    return lambda engine: PSArray([item(engine) for item in items])


@raw_expression(syntax.Paren)
def compile_paren(node: syntax.Paren) -> Evaluate:
    """``( )``."""
    return compile_statement_value(node.pipeline)


@raw_expression(syntax.SubExpression)
def compile_subexpression(node: syntax.SubExpression) -> Evaluate:
    """``$( )``: the collected output of its statements."""
    body = compile_statement(node.body)

    def evaluate(engine: Engine) -> object:
        items: list[object] = []
        body(engine, items.append)
        return collected(items)

    return evaluate


@expression(syntax.ArrayExpression)
def compile_array_expression(node: syntax.ArrayExpression) -> Evaluate:
    """``@( )``: always a new array."""
    body = compile_statement(node.body)

    def evaluate(engine: Engine) -> object:
        items: list[object] = []
        body(engine, items.append)
        return PSArray(items)

    return evaluate
