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

Functions get the engine first, then the value (instance members only), then the arguments. Annotations on parameters convert
arguments as the language does (``int`` Int32, ``str`` String, ``bool``, ``float`` Double, ``Char``; none: as it is); several
functions under one .NET name are overloads, tried in order of declaration by number, then by fitness of the arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Function = "Callable[..., object]"


@dataclass
class NetType:
    """A .NET type as the interpreter knows it. Member tables are keyed by lower-case name: (declared name, overloads)."""

    name: str
    python: type | None = None
    bases: tuple[str, ...] = ("System.Object",)
    accelerators: tuple[str, ...] = ()
    enum: dict[str, int] | None = None
    flags: bool = False
    constructors: list[Callable[..., object]] = field(default_factory=list)
    getters: dict[str, tuple[str, Callable[..., object]]] = field(default_factory=dict)
    setters: dict[str, tuple[str, Callable[..., object]]] = field(default_factory=dict)
    methods: dict[str, tuple[str, list[Callable[..., object]]]] = field(default_factory=dict)
    static_getters: dict[str, tuple[str, Callable[..., object]]] = field(default_factory=dict)
    static_setters: dict[str, tuple[str, Callable[..., object]]] = field(default_factory=dict)
    statics: dict[str, tuple[str, list[Callable[..., object]]]] = field(default_factory=dict)
    since: str = "2.0"

    @property
    def short_name(self) -> str:
        """The name without its namespace."""
        return self.name.rsplit(".", 1)[-1]


TYPES: dict[str, NetType] = {}  # by lower-case full name
