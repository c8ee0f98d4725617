"""The table of .NET types, how a type is declared, and how a type is found by name or by value.

Declaring is described in ``dotnet/registry.py``, which re-exports what type modules need from here; this module stands
below the conversions and members of the language so that they can look types up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import DynamicObject, MultiArray, NetEnum, PSArray, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Function = TypeVar("Function", bound="Callable[..., object]")
OBJECT = "System.Object"


@dataclass(eq=False)
class NetType:
    """A .NET type. Member tables are keyed by lower-case name: (declared name, function or overloads)."""

    name: str
    python: type | None = None
    bases: tuple[str, ...] = (OBJECT,)
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
    value_type: bool = False
    interface: bool = False
    converter: Callable[..., object] | None = None  # (engine, value) -> instance, or NotImplemented
    element: NetType | None = None  # arrays
    rank: int = 1
    definition: NetType | None = None  # a generic type's open definition
    arguments: tuple[NetType, ...] = ()
    short: str = ""  # the accelerator-like name that "$([type])" prints
    found: dict[tuple[str, str], object] = field(
        default_factory=dict, repr=False
    )  # lookups along the bases, remembered

    @property
    def short_name(self) -> str:
        """The name without its namespace (and without the type it is nested in)."""
        head, bracket, rest = self.name.partition("[")
        return head.rsplit(".", 1)[-1].rsplit("+", 1)[-1] + ("" if self.definition else bracket + rest)

    def lineage(self) -> Iterator[NetType]:
        """Give this type, then its base types and interfaces, nearest first."""
        yield self
        for base in self.bases:
            found = TYPES.get(base.lower())
            if found is not None:
                yield from found.lineage()

    def inherits(self, name: str) -> bool:
        """Tell whether the type is, extends or implements the type of that full name."""
        key = ("inherits", name.lower())
        if key not in self.found:
            self.found[key] = key[1] == OBJECT.lower() or any(kind.name.lower() == key[1] for kind in self.lineage())
        return bool(self.found[key])

    def find(self, table: str, name: str) -> tuple[str, Callable[..., object]] | None:
        """Find a getter, setter, static_getter or static_setter along the bases."""
        key = (table, name.lower())
        if key not in self.found:
            self.found[key] = next(
                (members[key[1]] for kind in self.lineage() if key[1] in (members := getattr(kind, table))), None
            )
        return self.found[key]  # type: ignore[return-value]

    def find_methods(self, table: str, name: str) -> tuple[str, list[Callable[..., object]]] | None:
        """Find the overloads of a method ("methods" or "statics") along the bases; the nearest type decides."""
        return self.find(table, name)  # type: ignore[return-value]


TYPES: dict[str, NetType] = {}  # by lower-case full name
ACCELERATORS: dict[str, str] = {}  # lower-case short name -> full name
PYTHON_TYPES: dict[type, NetType] = {}


def register(net: NetType) -> NetType:
    """Add a type to the table."""
    TYPES[net.name.lower()] = net
    for accelerator in net.accelerators:
        ACCELERATORS[accelerator.lower()] = net.name
    if net.accelerators and not net.short:
        net.short = net.accelerators[0]
    if net.python is not None:
        PYTHON_TYPES.setdefault(net.python, net)
    find_type.cache_clear()
    return net


def type_exists(name: str) -> bool:
    """Tell whether a type of that name is known."""
    return find_type(name) is not None


@lru_cache(maxsize=2048)
def find_type(name: str) -> NetType | None:
    """Find a type by the text between the brackets of a type literal, or None."""
    text = name.strip()
    if text.startswith("[") and text.endswith("]") and text.count("[") == 1:
        text = text[1:-1]
    if text.endswith("]"):
        head, _, last = text.rpartition("[")
        if not last.strip("], "):
            element = find_type(head)
            return None if element is None else array_type(element, last.count(",") + 1)
        return _find_generic(text)
    return _find_plain(text.partition(",")[0].strip().lower())


def require_type(name: str) -> NetType:
    """Find a type or fail as the language does."""
    found = find_type(name)
    if found is None:
        raise NetError(
            "System.Management.Automation.RuntimeException",
            f"Unable to find type [{name}].",
            identifier="TypeNotFound",
            category="InvalidOperation",
        )
    return found


def _find_plain(lower: str) -> NetType | None:
    if lower in ACCELERATORS:
        return TYPES.get(ACCELERATORS[lower].lower())
    return TYPES.get(lower) or TYPES.get("system." + lower)


def _find_generic(text: str) -> NetType | None:
    head, _, inner = text.partition("[")
    arguments = [find_type(part) for part in _split_arguments(inner[:-1])]
    if any(argument is None for argument in arguments):
        return None
    name = head if "`" in head else f"{head}`{len(arguments)}"
    definition = _find_plain(name.strip().lower())
    if definition is None:
        return None
    return generic_type(definition, tuple(argument for argument in arguments if argument is not None))


def _split_arguments(text: str) -> list[str]:
    """Split ``string,int`` or ``[System.String, mscorlib],[System.Int32]`` at its outer commas."""
    parts, depth, current = [], 0, ""
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += letter
    parts.append(current)
    stripped = [part.strip() for part in parts]
    return [part[1:-1].partition(",")[0] if part.startswith("[") else part for part in stripped]


@lru_cache(maxsize=512)
def array_type(element: NetType, rank: int = 1) -> NetType:
    """Give the type of arrays of an element type."""
    suffix = "[" + "," * (rank - 1) + "]"
    covariant = () if element.value_type or element.name == OBJECT else (f"{OBJECT}{suffix}",)
    if covariant:
        register_array_of_objects(rank)
    return NetType(
        element.name + suffix,
        bases=(*covariant, "System.Array"),
        element=element,
        rank=rank,
        short=(element.short or element.name) + suffix,
    )


def register_array_of_objects(rank: int) -> None:
    """Make ``Object[]`` findable as a base: arrays of references are arrays of objects."""
    objects = TYPES[OBJECT.lower()]
    suffix = "[" + "," * (rank - 1) + "]"
    TYPES.setdefault(f"{OBJECT}{suffix}".lower(), array_type(objects, rank))


@lru_cache(maxsize=512)
def generic_type(definition: NetType, arguments: tuple[NetType, ...]) -> NetType:
    """Close a generic type over its arguments; members come from the definition."""
    names = ",".join(f"[{argument.name}]" for argument in arguments)
    shorts = ",".join(argument.short or argument.name for argument in arguments)
    return NetType(
        f"{definition.name}[{names}]",
        bases=(definition.name, *definition.bases),
        value_type=definition.value_type,
        definition=definition,
        arguments=arguments,
        short=f"{definition.name.partition('`')[0]}[{shorts}]",
    )


def type_of(value: object) -> NetType:
    """Give the type of a value (GetType()); None counts as Object."""
    known = PYTHON_TYPES.get(type(value))
    if known is not None and not isinstance(value, NetError):
        return generic_type(known, value.type_arguments) if "`" in known.name else known  # type: ignore[attr-defined]
    if isinstance(value, PSArray):
        return array_type(_element_type(value.element))
    if isinstance(value, MultiArray):
        return array_type(_element_type(value.element), len(value.lengths))
    if isinstance(value, PSObjectWrapper):
        return type_of(value.value)
    if isinstance(value, NetEnum | DynamicObject):
        return _declared(value.net_type)
    if isinstance(value, NetError):
        return _declared(value.type_name)
    if value is None:
        return TYPES[OBJECT.lower()]
    return _by_python_base(type(value))


def is_script_block(value: object) -> bool:
    """Tell whether a value is a script block (their class belongs to the interpreter, above this module)."""
    return hasattr(type(value), "compiled") and type_of(value).name == "System.Management.Automation.ScriptBlock"


def _element_type(name: str) -> NetType:
    return TYPES.get(name.lower()) or find_type(name) or TYPES[OBJECT.lower()]


def _declared(name: str) -> NetType:
    """Find a type that simulated Windows code named, or make a bare one so that GetType() tells that name."""
    found = find_type(name)
    if found is None:
        base = "System.Exception" if name.endswith(("Exception", "Error")) else OBJECT
        found = register(NetType(name, bases=(base,)))
    return found


def _by_python_base(python: type) -> NetType:
    for base in python.__mro__:
        if base in PYTHON_TYPES:
            return PYTHON_TYPES[base]
    raise TypeError(f"{python.__module__}.{python.__qualname__} is not a value of the simulated language")
