"""Late-bound objects: the bridge from the interpreter, and COM objects whose members are declared."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from iisrelay.lab.powershell.values import DynamicObject, unwrap
from iisrelay.lab.windows.metabase.failures import CANNOT_CONVERT, failure

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


class LateBound(DynamicObject):
    """An object that is bound by name and does not care which process asks."""

    def get_member(self, engine: Engine, name: str) -> object:  # noqa: ARG002 - the contract of DynamicObject
        """Give a property's value."""
        return self.read(name)

    def set_member(self, engine: Engine, name: str, value: object) -> None:  # noqa: ARG002 - as above
        """Set a property."""
        self.assign(name, value)

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:  # noqa: ARG002 - as above
        """Call a method."""
        return self.invoke(name, arguments)

    def read(self, name: str) -> object:
        """Give a property's value; AttributeError for no such property."""
        raise AttributeError(name)

    def assign(self, name: str, value: object) -> None:  # noqa: ARG002 - nothing can be set here
        """Set a property; AttributeError for no such property."""
        raise AttributeError(name)

    def invoke(self, name: str, arguments: list[object]) -> object:  # noqa: ARG002 - nothing can be called here
        """Call a method; AttributeError for no such method."""
        raise AttributeError(name)


class ComObject(LateBound):
    """Members are declared.

    ``properties`` are settable (name -> Python type; ``object`` takes anything), ``computed`` have a ``get_name``
    function, ``methods`` a ``call_name`` function, each in lower case.
    """

    properties: ClassVar[dict[str, type]] = {}
    computed: ClassVar[tuple[str, ...]] = ()
    methods: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def read(self, name: str) -> object:
        """Give a property."""
        if name.lower() in _lower(self.computed):
            value: object = getattr(self, f"get_{name.lower()}")()
            return value
        if name.lower() not in self.values:
            raise AttributeError(name)
        return self.values[name.lower()]

    def assign(self, name: str, value: object) -> None:
        """Set a property; a value of another type is refused."""
        kind = next((kind for known, kind in self.properties.items() if known.lower() == name.lower()), None)
        if kind is None:
            raise AttributeError(name)
        plain = unwrap(value)
        if not isinstance(plain, kind):
            raise failure(CANNOT_CONVERT)
        self.values[name.lower()] = plain

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call a method."""
        if name.lower() not in _lower(self.methods):
            raise AttributeError(name)
        result: object = getattr(self, f"call_{name.lower()}")(*arguments)
        return result

    def member_names(self) -> list[tuple[str, str]]:
        """List the properties and methods."""
        properties = (*self.properties, *self.computed)
        return [*((name, "Property") for name in properties), *((name, "Method") for name in self.methods)]


@lru_cache(maxsize=64)
def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)
