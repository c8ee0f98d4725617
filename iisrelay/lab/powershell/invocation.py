"""Calling .NET members: choosing an overload, converting arguments, wrapping exceptions as the language does."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.conversions import convert_to, is_instance_of, to_string
from iisrelay.lab.powershell.conversions_numbers import cast_error
from iisrelay.lab.powershell.errors import NetError, argument_null, language_error
from iisrelay.lab.powershell.nettypes import TYPES, NetType, find_type, type_of
from iisrelay.lab.powershell.numeric import is_number, rank
from iisrelay.lab.powershell.values import Char, PSArray, Reference, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iisrelay.lab.powershell.engine import Engine

MOST_STEPS = 4
_ANNOTATIONS = {
    "int": "System.Int32",
    "str": "System.String",
    "bool": "System.Boolean",
    "float": "System.Double",
    "Decimal": "System.Decimal",
    "Char": "System.Char",
    "NetType": "System.Type",
    "CharArray": "System.Char[]",
    "StringArray": "System.String[]",
    "ByteArray": "System.Byte[]",
    "ObjectArray": "System.Object[]",
    "PSArray": "System.Array",
    "Reference": "System.Management.Automation.PSReference",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, the type that arguments convert to (None: as they are), what it may do without."""

    name: str
    net: NetType | None
    optional: bool
    nullable: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """What a Python function accepts as a .NET member."""

    function: Callable[..., object]
    takes_engine: bool
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    required: int

    def takes(self, count: int) -> bool:
        """Tell whether the function can be called with so many arguments."""
        return self.required <= count and (self.rest is not None or count <= len(self.parameters))


@lru_cache(maxsize=4096)
def overload_of(function: Callable[..., object], *, instance: bool) -> Overload:
    """Read a Python function's signature."""
    try:
        declared = list(inspect.signature(function).parameters.values())
    except ValueError:  # built-in functions without a signature take the value alone
        return Overload(function, takes_engine=False, parameters=(), rest=None, required=0)
    takes_engine = bool(declared) and declared[0].name in {"engine", "_engine", "_"}
    declared = declared[takes_engine + instance :] if declared else declared
    rest = next((_parameter(each) for each in declared if each.kind is each.VAR_POSITIONAL), None)
    positional = tuple(
        _parameter(each) for each in declared if each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD}
    )
    required = sum(not parameter.optional for parameter in positional)
    return Overload(function, takes_engine, positional, rest, required)


def _parameter(declared: inspect.Parameter) -> Parameter:
    optional = declared.default is not declared.empty
    nullable = declared.default is None or str(declared.annotation).endswith("| None")
    return Parameter(declared.name, _annotated(declared.annotation), optional, nullable)


def _annotated(annotation: object) -> NetType | None:
    """Give the .NET type that an annotation stands for; classes of .NET types are found by their name."""
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    name = name.removesuffix(" | None")
    if name in {"object", "Any", "_empty", ""} or "|" in name:
        return None
    if name in _ANNOTATIONS:
        return find_type(_ANNOTATIONS[name])
    for net in TYPES.values():
        if (net.python is not None and net.python.__name__ == name) or (
            net.enum is not None and net.short_name == name
        ):
            return net
    return None


def choose(functions: Sequence[Callable[..., object]], arguments: list[object], *, instance: bool) -> Overload | None:
    """Choose the overload that fits the arguments best; the first declared wins a draw."""
    if len(functions) == 1:
        only = overload_of(functions[0], instance=instance)
        return only if only.takes(len(arguments)) else None
    kinds = tuple(_kind(argument) for argument in arguments)
    if None in kinds:
        return _closest(functions, arguments, instance=instance)
    key = tuple(functions), instance, kinds
    if key not in _CHOSEN:
        _CHOSEN[key] = _closest(functions, arguments, instance=instance)
    return _CHOSEN[key]


_CHOSEN: dict[tuple[object, ...], Overload | None] = {}
_SIMPLE = frozenset({bool, int, float, Char, type(None)})


def _kind(argument: object) -> object:
    """Give all that the choice of an overload looks at in a simple argument; None when it looks at more."""
    kind = type(argument)
    if kind is str:
        return len(argument) == 1  # type: ignore[arg-type] # a text of one letter may become a Char
    return kind if kind in _SIMPLE else None


def _closest(functions: Sequence[Callable[..., object]], arguments: list[object], *, instance: bool) -> Overload | None:
    overloads = [overload_of(function, instance=instance) for function in functions]
    fitting = [overload for overload in overloads if overload.takes(len(arguments))]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    return min(fitting, key=lambda overload: _distance(overload, arguments))


def _distance(overload: Overload, arguments: list[object]) -> int:
    fixed = overload.parameters
    total = sum(
        _argument_distance(parameter.net, argument) for parameter, argument in zip(fixed, arguments, strict=False)
    )
    if len(arguments) > len(fixed) and overload.rest is not None:
        total += 3 + sum(_argument_distance(overload.rest.net, argument) for argument in arguments[len(fixed) :])
    return total


def _argument_distance(net: NetType | None, argument: object) -> int:
    """Tell how far an argument is from a parameter: 0 the very type, 1 a base, up to 100 what only a cast may bring."""
    argument = unwrap(argument)
    if net is None:
        return 5
    if argument is None:
        return 60 if net.value_type else 1
    actual = type_of(argument)
    if actual.name == net.name:
        return 0
    if is_instance_of(argument, net):
        return _steps_up(actual, net)
    if is_number(argument) and net.python is not None and net.python is not bool:
        return _number_distance(net, argument)
    if net.element is not None:
        return 8 if isinstance(argument, PSArray) else 45
    if net.name == "System.String":
        return 15 if isinstance(argument, Char) else 25
    if isinstance(argument, str) and net.enum is not None:
        return 30
    if isinstance(argument, str) and net.python is Char:
        return 10 if len(argument) == 1 else 90
    return 40


def _steps_up(actual: NetType, net: NetType) -> int:
    """Count the steps to a base: of two overloads that take the argument, the one with the nearer base fits better."""
    names = [kind.name for kind in actual.lineage()]
    return min(names.index(net.name), MOST_STEPS) if net.name in names else 1


def _number_distance(net: NetType, argument: object) -> int:
    if net.python in {str, Char}:
        return 35 if net.python is str else 50
    target = rank(net.python(0)) if net.python is not None and issubclass(net.python, int | float) else 14
    gap = target - rank(argument)
    return 2 + gap if gap >= 0 else 20 - gap


def prepare(
    engine: Engine | None, overload: Overload, arguments: list[object], member: str, receiver: Sequence[object] = ()
) -> list[object]:
    """Convert arguments to what the overload declares; give the list to call it with."""
    made: list[object] = [engine] if overload.takes_engine else []
    made.extend(receiver)
    fixed = overload.parameters
    for index, argument in enumerate(arguments[: len(fixed)]):
        made.append(_convert_argument(engine, argument, fixed[index], index, member))
    if overload.rest is not None:
        made.extend(_rest(engine, overload, arguments[len(fixed) :], member))
    return made


def _rest(engine: Engine | None, overload: Overload, arguments: list[object], member: str) -> list[object]:
    """Bind a params array: one array given in its place is the array itself."""
    rest = overload.rest
    assert rest is not None  # noqa: S101 - the caller asked
    if len(arguments) == 1 and isinstance(arguments[0], PSArray):
        arguments = arguments[0].items
    elif arguments == [None] and rest.net is not None:
        arguments = []  # $null stands for the array
    elif len(arguments) == 1 and type(arguments[0]) is str and rest.net is not None and rest.net.python is Char:
        arguments = list(map(Char, arguments[0]))  # text becomes a Char[]: each of its letters counts
    return [
        _convert_argument(engine, argument, rest, len(overload.parameters) + index, member)
        for index, argument in enumerate(arguments)
    ]


def _convert_argument(engine: Engine | None, argument: object, parameter: Parameter, index: int, member: str) -> object:
    net = parameter.net
    if net is None:
        return argument
    plain = unwrap(argument)  # members that the language added stay behind, as in .NET
    if type(plain) is net.python:
        return plain
    if isinstance(argument, Reference):
        return argument
    if argument is None and not net.value_type:
        return _null_argument(parameter, net)
    try:
        return convert_to(engine, argument, net)
    except NetError as error:
        message = (
            f'Cannot convert argument "{index}", with value: "{to_string(None, argument)}", for "{member}" '
            f'to type "{net.name}": "{error.message}"'
        )
        raise NetError(
            "System.Management.Automation.MethodException",
            message,
            inner=error,
            identifier="MethodArgumentConversionInvalidCastArgument",
            category="NotSpecified",
        ) from error


def _null_argument(parameter: Parameter, net: NetType) -> object:
    """Pass $null: as an empty string where a method wants text; refused where a method cannot do without."""
    if net.name == "System.String":
        return ""
    if not parameter.nullable:
        raise argument_null(parameter.name.strip("_"))
    return None


def call(
    engine: Engine | None,
    member: str,
    functions: Sequence[Callable[..., object]],
    arguments: list[object],
    receiver: Sequence[object] = (),
) -> object:
    """Call a member: pick the overload, convert, run; a .NET exception comes wrapped in MethodInvocationException."""
    overload = choose(functions, arguments, instance=bool(receiver))
    if overload is None:
        raise no_overload(member, len(arguments))
    try:
        return overload.function(*prepare(engine, overload, arguments, member, receiver))
    except NetError as error:
        raise method_failed(member, len(arguments), error) from error


def no_overload(member: str, count: int) -> NetError:
    """Make the error of a call whose number of arguments fits no overload."""
    return NetError(
        "System.Management.Automation.MethodException",
        f'Cannot find an overload for "{member}" and the argument count: "{count}".',
        identifier="MethodCountCouldNotFindBest",
        category="NotSpecified",
    )


_OF_THE_LANGUAGE = {
    "System.Management.Automation.MethodInvocationException",
    "System.Management.Automation.RuntimeException",
    "System.Management.Automation.MethodException",
}


def method_failed(member: str, count: int, error: NetError) -> NetError:
    """Wrap a .NET exception the way a method call shows it."""
    if error.type_name in _OF_THE_LANGUAGE:
        return error
    return NetError(
        "System.Management.Automation.MethodInvocationException",
        f'Exception calling "{member}" with "{count}" argument(s): "{error.message}"',
        inner=error,
        hresult=error.hresult,
        identifier=error.type_name.rsplit(".", 1)[-1],
        category="NotSpecified",
    )


def missing_method(net: NetType, name: str) -> NetError:
    """Make the error of calling a method that a type does not have."""
    return language_error(
        f"Method invocation failed because [{net.name}] does not contain a method named '{name}'.", "MethodNotFound"
    )


def construct(engine: Engine | None, net: NetType, arguments: list[object]) -> object:
    """Make an object of a type: ``New-Object`` and ``[type]::new()``."""
    if net.element is not None:
        return _new_array(engine, net, arguments)
    functions = net.constructors or (net.definition.constructors if net.definition else [])
    if not functions:
        if net.value_type and not arguments and net.enum is None:
            return convert_to(engine, 0, net)
        raise _no_constructor(net, arguments)
    overload = choose(functions, arguments, instance=net.definition is not None)
    if overload is None:
        raise _no_constructor(net, arguments)
    receiver = [net.arguments] if net.definition is not None else []
    try:
        return overload.function(*prepare(engine, overload, arguments, net.short_name, receiver))
    except NetError as error:
        raise method_failed(".ctor", len(arguments), error) from error


def _no_constructor(net: NetType, arguments: list[object]) -> NetError:
    if not arguments:
        message = f"A constructor was not found. Cannot find an appropriate constructor for type {net.name}."
        return NetError(
            "System.Management.Automation.PSArgumentException",
            message,
            identifier="CannotFindAppropriateCtor",
            category="ObjectNotFound",
        )
    return no_overload(net.short_name, len(arguments))


def _new_array(engine: Engine | None, net: NetType, arguments: list[object]) -> object:
    from iisrelay.lab.powershell.conversions import default_value  # noqa: PLC0415 - rare
    from iisrelay.lab.powershell.values import MultiArray  # noqa: PLC0415 - rare

    element = net.element
    assert element is not None  # noqa: S101 - the caller asked
    if len(arguments) == 1 and isinstance(arguments[0], PSArray):
        arguments = arguments[0].items if net.rank > 1 else arguments
    if len(arguments) != net.rank:
        raise no_overload(net.short_name, len(arguments))
    lengths = [int(convert_to(engine, length, TYPES["system.int32"])) for length in arguments]  # type: ignore[call-overload]
    if net.rank > 1:
        return MultiArray(lengths, element.name, default_value(element))
    return PSArray([default_value(element)] * lengths[0], element.name)


def construct_from(engine: Engine | None, value: object, net: NetType) -> object:
    """Convert by a static Parse, a constructor of one argument, or a dictionary of properties: a cast's last resort."""
    if isinstance(value, Dictionary) and not any(is_instance_of(value, base) for base in _one_argument_types(net)):
        return _from_dictionary(engine, value, net)
    parse = net.find_methods("statics", "Parse")
    try:
        if isinstance(value, str) and parse is not None:
            return call(engine, "Parse", parse[1], [value])
        if _one_argument_types(net):
            return construct(engine, net, [value])
    except NetError as error:
        reason = error.inner or error
        raise cast_error(value, net, reason.message, reason.type_name) from error
    raise cast_error(value, net)


def _one_argument_types(net: NetType) -> list[NetType]:
    overloads = [overload_of(function, instance=False) for function in net.constructors]
    found = []
    for overload in overloads:
        parameters = overload.parameters or ((overload.rest,) if overload.rest else ())
        if parameters and overload.required <= 1:
            found.append(parameters[0].net or TYPES["system.object"])
    return found


def _from_dictionary(engine: Engine | None, value: Dictionary, net: NetType) -> object:
    from iisrelay.lab.powershell import members  # noqa: PLC0415 - setting properties needs member lookup

    made = construct(engine, net, [])
    for key, item in value.items():
        members.set_member(engine, made, to_string(engine, key), item)
    return made
