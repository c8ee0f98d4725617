"""The property cache of one ADSI object: reads fill it, writes wait in it until SetInfo."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from iisrelay.lab.windows.adsi.shown import show, take
from iisrelay.lab.windows.metabase.failures import (
    BAD_PARAMETER,
    PROPERTY_NOT_FOUND,
    PROPERTY_NOT_SUPPORTED,
    failure,
)
from iisrelay.lab.windows.metabase.schema import class_property
from iisrelay.settings.relay_list import encode
from iisrelay.settings.stored import AccessList, Kind

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase import Metabase
    from iisrelay.lab.windows.metabase.tree import Key, Value
    from iisrelay.settings.metabase_schema import PropertySchema


class PutOperation(IntEnum):
    """ADS_PROPERTY_OPERATION."""

    CLEAR = 1
    UPDATE = 2
    APPEND = 3
    DELETE = 4


class _Cleared:
    """Marks a property whose own value SetInfo will delete."""


_CLEARED = _Cleared()


class PropertyCache:
    """Values of one key as this object has seen them; ``pending`` are the changes that SetInfo writes, in order."""

    def __init__(self, metabase: Metabase, class_name: str) -> None:
        self.metabase = metabase
        self.class_name = class_name
        self.seen: dict[str, Value | None] = {}
        self.pending: dict[str, Value | _Cleared] = {}

    def schema(self, name: str) -> PropertySchema:
        """Give the property of the object's class.

        Raises:
            NetError: 0x80005006 when the class does not have it.
        """
        return class_property(self.class_name, name)

    def value(self, key: Key | None, name: str) -> Value:
        """Give a value from the cache, read from the metabase the first time it is asked for.

        Raises:
            NetError: 0x80005006 for a property of another class, 0x8000500D for one without any value.
        """
        schema = self.schema(name)
        pending = self.pending.get(name.lower())
        if isinstance(pending, _Cleared):
            raise failure(PROPERTY_NOT_FOUND)
        value = pending if pending is not None else self._read(key, schema)
        if value is None:
            raise failure(PROPERTY_NOT_FOUND)
        return value

    def shown(self, key: Key | None, name: str) -> object:
        """Give a value as a script sees it."""
        return show(self.schema(name), self.value(key, name))

    def put(self, name: str, value: object) -> None:
        """Keep a new value until SetInfo."""
        schema = self.schema(name)
        self._keep(schema, take(schema, value))

    def put_ex(self, key: Key | None, operation: int, name: str, values: list[object]) -> None:
        """Keep a change of a property seen as a list of values.

        Raises:
            NetError: 0x80005008 for an unknown operation, or for several values where the property holds one.
        """
        schema = self.schema(name)
        if operation not in PutOperation._value2member_map_:
            raise failure(BAD_PARAMETER)
        if operation == PutOperation.CLEAR:
            self.pending.pop(name.lower(), None)
            self.pending[name.lower()] = _CLEARED
        elif schema.type is Kind.MULTISZ:
            self._keep(schema, self._combined(key, PutOperation(operation), name, values))
        elif operation == PutOperation.UPDATE and len(values) == 1:
            self._keep(schema, take(schema, values[0]))
        else:
            raise failure(BAD_PARAMETER)

    def write(self, key: Key) -> None:
        """Write what is pending, and only that."""
        for name, value in list(self.pending.items()):
            if isinstance(value, _Cleared):
                self.metabase.clear(key, name)
            else:
                self.metabase.write(key, name, value)
            del self.pending[name]
        self.seen.clear()

    def drop(self) -> None:
        """Forget everything, changes too."""
        self.seen.clear()
        self.pending.clear()

    def _keep(self, schema: PropertySchema, value: Value) -> None:
        self.pending.pop(schema.name.lower(), None)
        self.pending[schema.name.lower()] = value

    def _read(self, key: Key | None, schema: PropertySchema) -> Value | None:
        name = schema.name.lower()
        if name not in self.seen:
            found = self.metabase.read(key, name) if key is not None else None
            self.seen[name] = found.value if found else _value_of_nothing(schema)
        return self.seen[name]

    def _combined(self, key: Key | None, operation: PutOperation, name: str, values: list[object]) -> Value:
        given = take(self.schema(name), [str(value) for value in values])
        present = () if operation is PutOperation.UPDATE else self._strings(key, name)
        if not isinstance(given, tuple):
            raise failure(PROPERTY_NOT_SUPPORTED)
        if operation is PutOperation.DELETE:
            return tuple(item for item in present if item not in given)
        return (*present, *(item for item in given if item not in present))

    def _strings(self, key: Key | None, name: str) -> tuple[str, ...]:
        try:
            value = self.value(key, name)
        except Exception as error:
            if getattr(error, "hresult", None) != PROPERTY_NOT_FOUND:
                raise
            return ()
        return value if isinstance(value, tuple) else ()


def _value_of_nothing(schema: PropertySchema) -> Value | None:
    """Show a connection list that nobody stored as one that grants everybody.

    Microsoft's samples for web sites rely on that; for SMTP it is inferred. A missing RelayIpList shows as nothing:
    that is what breaks the console of Server 2022.
    """
    return encode(AccessList(True)) if schema.name == "IPSecurity" else None
