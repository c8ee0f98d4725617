"""How a .NET type is declared: one class of static functions, registered by one decorator.

    @nettype("System.Collections.ArrayList", python=ArrayList, bases=("System.Collections.IList",))
    class ArrayListType:
        @constructor
        def new(engine, *arguments): ...
        @getter("Count")
        def count(engine, value): ...
        @method("Add")
        def add(engine, value, item): ...
        @static("Adapter")
        def adapter(engine, items): ...

Functions get the engine first, then the value (instance members only), then the arguments. Annotations on parameters
convert arguments as the language does (``int`` Int32, ``str`` String, ``bool``, ``float`` Double, ``Char``; none: as it
is); several functions under one .NET name are overloads, chosen by number, then by fitness of the arguments.

Where a class full of static functions reads worse than plain functions, ``declare`` gives the type, and its decorators
register module-level functions. A function whose first parameter is called neither ``engine`` nor ``_`` does not get
the engine, so that most members are one-liners:

    queue = declare("System.Collections.Queue", python=Queue)
    queue.getter("Count")(len)
    @queue.method("Enqueue")
    def enqueue(value: Queue, item: object) -> None: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.nettypes import TYPES, Function, NetType, register

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "TYPES",
    "Declaration",
    "NetType",
    "constructor",
    "converter",
    "declare",
    "getter",
    "method",
    "nettype",
    "setter",
    "static",
    "static_getter",
    "static_setter",
]

_ROLE = "_net_roles"  # where a decorated function carries what it is, until nettype() collects the class
_SINGLE = {
    "getter": "getters",
    "setter": "setters",
    "static_getter": "static_getters",
    "static_setter": "static_setters",
}
_OVERLOADED = {"method": "methods", "static": "statics"}


def nettype(
    name: str,
    *,
    python: type | None = None,
    bases: tuple[str, ...] = ("System.Object",),
    accelerators: tuple[str, ...] = (),
    since: str = "2.0",
    value_type: bool = False,
) -> Callable[[type], type]:
    """Register the decorated class of functions as a .NET type."""
    net = NetType(name, python, bases, accelerators, since=since, value_type=value_type)

    def collect(holder: type) -> type:
        for attribute in vars(holder).values():
            function = attribute.__func__ if isinstance(attribute, staticmethod) else attribute
            for role, member in getattr(function, _ROLE, ()):
                _add(net, role, member, function)
        register(net)
        return holder

    return collect


def _add(net: NetType, role: str, member: str, function: Callable[..., object]) -> None:
    if role == "constructor":
        net.constructors.append(function)
    elif role == "converter":
        net.converter = function
    elif role in _SINGLE:
        getattr(net, _SINGLE[role])[member.lower()] = (member, function)
    else:
        getattr(net, _OVERLOADED[role]).setdefault(member.lower(), (member, []))[1].append(function)


def _mark(role: str, member: str) -> Callable[[Function], Function]:
    def mark(function: Function) -> Function:
        target = function.__func__ if isinstance(function, staticmethod) else function
        target.__dict__.setdefault(_ROLE, []).append((role, member))
        return function

    return mark


def constructor(function: Function) -> Function:
    """Mark a function as a constructor: ``new(engine, *arguments) -> value``."""
    return _mark("constructor", "")(function)


def converter(function: Function) -> Function:
    """Mark how other values become this type: ``(engine, value)``; NotImplemented leaves it to the general rules."""
    return _mark("converter", "")(function)


def getter(name: str) -> Callable[[Function], Function]:
    """Mark a function as the getter of a property: ``(engine, value) -> object``."""
    return _mark("getter", name)


def setter(name: str) -> Callable[[Function], Function]:
    """Mark a function as the setter of a property: ``(engine, value, item)``."""
    return _mark("setter", name)


def method(name: str) -> Callable[[Function], Function]:
    """Mark a function as a method or one of its overloads: ``(engine, value, *arguments) -> object``."""
    return _mark("method", name)


def static(name: str) -> Callable[[Function], Function]:
    """Mark a function as a static method: ``(engine, *arguments) -> object``."""
    return _mark("static", name)


def static_getter(name: str) -> Callable[[Function], Function]:
    """Mark a function as the getter of a static property, constant or enumerator: ``(engine) -> object``."""
    return _mark("static_getter", name)


def static_setter(name: str) -> Callable[[Function], Function]:
    """Mark a function as the setter of a static property: ``(engine, item)``."""
    return _mark("static_setter", name)


class Declaration:
    """A type being declared by decorated module-level functions."""

    def __init__(self, net: NetType) -> None:
        self.net = net

    def _adder(self, role: str, *names: str) -> Callable[[Function], Function]:
        def add(function: Function) -> Function:
            for name in names:
                _add(self.net, role, name, function)
            return function

        return add

    def constructor(self, function: Function) -> Function:
        """Register a constructor."""
        _add(self.net, "constructor", "", function)
        return function

    def converter(self, function: Function) -> Function:
        """Register how other values become this type: ``(engine, value)``; NotImplemented: the general rules apply."""
        _add(self.net, "converter", "", function)
        return function

    def getter(self, *names: str) -> Callable[[Function], Function]:
        """Register the getter of a property."""
        return self._adder("getter", *names)

    def setter(self, *names: str) -> Callable[[Function], Function]:
        """Register the setter of a property."""
        return self._adder("setter", *names)

    def method(self, *names: str) -> Callable[[Function], Function]:
        """Register a method or an overload of it."""
        return self._adder("method", *names)

    def static(self, *names: str) -> Callable[[Function], Function]:
        """Register a static method or an overload of it."""
        return self._adder("static", *names)

    def static_getter(self, *names: str) -> Callable[[Function], Function]:
        """Register the getter of a static property."""
        return self._adder("static_getter", *names)

    def static_setter(self, *names: str) -> Callable[[Function], Function]:
        """Register the setter of a static property."""
        return self._adder("static_setter", *names)

    def constants(self, **values: object) -> None:
        """Register constant static fields."""
        for name, value in values.items():
            _add(self.net, "static_getter", name, lambda value=value: value)

    def properties(self, *names: str) -> None:
        """Register read-only properties that are attributes of the Python value under their snake_case name."""
        for name in names:
            attribute = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
            _add(self.net, "getter", name, lambda value, attribute=attribute: getattr(value, attribute))


def declare(
    name: str,
    *,
    python: type | None = None,
    bases: tuple[str, ...] = ("System.Object",),
    accelerators: tuple[str, ...] = (),
    since: str = "2.0",
    value_type: bool = False,
    interface: bool = False,
) -> Declaration:
    """Register a type and give the object whose decorators add its members."""
    net = NetType(name, python, bases, accelerators, since=since, value_type=value_type, interface=interface)
    return Declaration(register(net))


def declare_enum(
    name: str, members: dict[str, int], *, flags: bool = False, accelerators: tuple[str, ...] = ()
) -> NetType:
    """Register an enumeration."""
    return register(
        NetType(name, bases=("System.Enum",), accelerators=accelerators, enum=members, flags=flags, value_type=True)
    )
