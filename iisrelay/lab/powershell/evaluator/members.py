"""Properties, methods and indexing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.binding import call_static, get_static
from iisrelay.lab.powershell.error_records import runtime_error
from iisrelay.lab.powershell.evaluator.base import Evaluate, compile_expression, expression, raw_expression
from iisrelay.lab.powershell.members import call_method, get_index, get_member, set_member
from iisrelay.lab.powershell.nettypes import NetType, require_type, type_of
from iisrelay.lab.powershell.scopes import NOTHING

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


def compile_member_name(node: syntax.Node) -> Evaluate:
    """Compile the name after the dot, which may be any expression."""
    if isinstance(node, syntax.Literal):
        name = str(node.value)
        return lambda _engine: name
    evaluate = compile_expression(node)
    return lambda engine: _as_name(engine, evaluate(engine))


def _as_name(engine: Engine, value: object) -> str:
    return value if isinstance(value, str) else to_string(engine, value)


def static_target(value: object) -> NetType:
    """Give the type whose static members ``value::`` means: a type itself, a type's name, or a value's type."""
    if isinstance(value, NetType):
        return value
    if isinstance(value, str):
        return require_type(value)
    return type_of(value)


@expression(syntax.Member)
def compile_member(node: syntax.Member) -> Evaluate:
    """``target.name`` and ``[type]::name``."""
    target, name = compile_expression(node.target), compile_member_name(node.name)
    if node.static:
        return lambda engine: get_static(engine, static_target(target(engine)), str(name(engine)))
    key = compile_key(node.name)
    if key is not None:
        return lambda engine: get_named(engine, target(engine), key(engine))
    return lambda engine: get_member(engine, target(engine), str(name(engine)))


def compile_key(node: syntax.Node) -> Evaluate | None:
    """Compile a name after the dot that may be no text; None when it is a plain word."""
    if isinstance(node, syntax.Literal) and isinstance(node.value, str):
        return None
    return compile_expression(node)


def get_named(engine: Engine, value: object, name: object) -> object:
    """Read a computed member: a dictionary is asked for the key itself, of whatever type."""
    if isinstance(value, Dictionary) and not isinstance(name, str) and name is not None and name in value:
        return value[name]
    return get_member(engine, value, _as_name(engine, name))


def set_named(engine: Engine, value: object, name: object, item: object) -> None:
    """Set a computed member; a dictionary takes the key itself."""
    if isinstance(value, Dictionary) and not isinstance(name, str) and name is not None:
        value[name] = item
    else:
        set_member(engine, value, _as_name(engine, name), item)


@raw_expression(syntax.Invoke)
def compile_invoke(node: syntax.Invoke) -> Evaluate:
    """``target.name(arguments)``. A method that gives nothing (or null) writes no object to a pipeline."""
    target, name = compile_expression(node.target), compile_member_name(node.name)
    arguments = [compile_expression(argument) for argument in node.arguments]
    static = node.static

    def evaluate(engine: Engine) -> object:
        value = target(engine)
        method = str(name(engine))
        if value is None:
            raise runtime_error("You cannot call a method on a null-valued expression.", "InvokeMethodOnNull")
        given = [argument(engine) for argument in arguments]
        if static:
            result = call_static(engine, static_target(value), method, given)
        else:
            result = call_method(engine, value, method, given)
        return NOTHING if result is None else result

    return evaluate


@expression(syntax.Index)
def compile_index(node: syntax.Index) -> Evaluate:
    """``target[index]``."""
    target, index = compile_expression(node.target), compile_expression(node.index)
    return lambda engine: get_index(engine, target(engine), index(engine))
