"""ConvertTo-Json and ConvertFrom-Json, as Windows PowerShell 3.0 to 5.1 have them."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NoReturn

from iisrelay.lab.powershell.collections import Dictionary, enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.time_values import TICKS_PER_MILLISECOND, UNIX_EPOCH_TICKS, UTC_KIND, DateTime
from iisrelay.lab.powershell.error_records import PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.json_writer import Json, RawJson, compact, pretty
from iisrelay.lab.powershell.member_listing import property_names
from iisrelay.lab.powershell.members import MISSING, find_member
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.numeric import fitting_integer
from iisrelay.lab.powershell.values import Char, NetEnum, PSArray, PSCustomObject, PSObjectWrapper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

DEFAULT_DEPTH = 2
_TEXT_TYPES = frozenset({"System.Guid", "System.Uri", "System.Char"})
_RELAXED = re.compile(r""""(?:[^"\\]|\\.)*"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<name>[A-Za-z_$][\w$]*)(?=\s*:)""")
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


@cmdlet("ConvertTo-Json", Param("InputObject", position=0, pipeline=True), Param("Depth", "int"),
        Param("Compress", "switch"), since="3.0")  # fmt: skip
def convert_to_json(call: Call) -> Iterator[object]:
    """ConvertTo-Json: one object as JSON, several as an array."""
    if call.has_input and not call.input:
        return
    value = call.get("InputObject")
    if call.has_input:
        value = call.input[0] if len(call.input) == 1 else PSArray(call.input)
    depth = int(to_string(None, call.get("Depth", DEFAULT_DEPTH)))
    tree = Serializer(call.engine, depth).tree(value, 0)
    yield compact(tree) if call.has("Compress") else pretty(tree)


class Serializer:
    """Turns values into JSON trees, down to a depth; what lies deeper becomes text."""

    def __init__(self, engine: Engine, depth: int) -> None:
        self.engine = engine
        self.depth = depth

    def tree(self, value: object, level: int) -> Json:
        """Give the tree of a value that stands at a level."""
        plain = value.value if isinstance(value, PSObjectWrapper) else value
        if plain is None or isinstance(plain, bool | str | float | int | Decimal):
            return self._with_members(value, self._scalar(plain), level)
        known = self._known(plain)
        if known is not None:
            return known
        if level > self.depth:
            return to_string(self.engine, value)
        if isinstance(plain, Dictionary):
            return {_key(plain, key): self.tree(item, level + 1) for key, item in plain.items()}
        items = enumerate_value(plain)
        if items is not None:
            return [self.tree(item, level + 1) for item in items]
        return {name: self.tree(self._property(value, name), level + 1) for name in property_names(value)}

    def _scalar(self, value: object) -> Json:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str(value)
        if isinstance(value, NetEnum):
            return int(value)
        # Doubles are written so that they read back as they were; the language itself shows 15 digits.
        text = f"{value:.17g}" if _loses_digits(value) else to_string(None, value)
        return text if text in {"NaN", "Infinity", "-Infinity"} else RawJson(text)

    def _with_members(self, value: object, plain: Json, level: int) -> Json:
        """A string or number that carries added properties becomes an object with its value among them."""
        notes = value.members.notes() if isinstance(value, PSObjectWrapper) and level <= self.depth else []
        if not notes:
            return plain
        return {"value": plain, **{name: self.tree(item, level + 1) for name, item in notes}}

    def _known(self, value: object) -> Json:
        if isinstance(value, DateTime):  # simulated hosts keep universal time
            return RawJson(f'"\\/Date({(value.ticks - UNIX_EPOCH_TICKS) // TICKS_PER_MILLISECOND})\\/"')
        is_text = isinstance(value, Char) or type_of(value).name in _TEXT_TYPES
        return to_string(self.engine, value) if is_text else None

    def _property(self, value: object, name: str) -> object:
        try:
            found = find_member(self.engine, value, name)
        except (NetError, PowerShellError):
            return None
        return None if found is MISSING else found


def _loses_digits(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value) and float(f"{value:.15g}") != value


def _key(table: Dictionary, key: object) -> str:
    if isinstance(key, str):
        return key
    raise NetError(
        "System.InvalidOperationException",
        f"The type '{type_of(table).name}' is not supported for serialization or deserialization of a dictionary. "
        "Keys must be strings.",
        identifier="NonStringKeyInDictionary",
        category="InvalidOperation",
    )


@cmdlet("ConvertFrom-Json", Param("InputObject", "string", 0, mandatory=True, pipeline=True), since="3.0")
def convert_from_json(call: Call) -> Iterator[object]:
    """ConvertFrom-Json: JSON as objects. An array comes as one object."""
    if not call.has_input:
        yield parse_json(to_string(None, call.get("InputObject")))
        return
    texts = [to_string(call.engine, item) for item in call.input]
    if len(texts) > 1 and _is_json(texts[0]):
        yield from (parse_json(text) for text in texts)
    elif texts:
        yield parse_json("\r\n".join(texts))


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except NetError:
        return False
    return True


def parse_json(text: str) -> object:
    """Read a JSON text as the language's values."""
    try:
        return _parse(text)
    except (RecursionError, ValueError) as error:
        try:
            return _parse(_RELAXED.sub(_with_double_quotes, text))
        except (RecursionError, ValueError):
            raise _invalid(text, error) from error


def _parse(text: str) -> object:
    return _value(
        json.loads(
            text,
            strict=False,
            parse_int=lambda digits: fitting_integer(int(digits)),
            parse_float=_real,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    )


def _with_double_quotes(found: re.Match[str]) -> str:
    """Windows PowerShell also takes text in single quotes, and names in none."""
    if found["single"] is not None:
        return '"' + found["single"].replace("\\'", "'").replace('"', '\\"') + '"'
    return f'"{found["name"]}"' if found["name"] is not None else found[0]


def _value(value: object) -> object:
    if isinstance(value, list):
        return PSArray([_value(item) for item in value])
    date = _DATE.fullmatch(value) if isinstance(value, str) else None
    if date is None:
        return value
    return DateTime(UNIX_EPOCH_TICKS + int(date[1]) * TICKS_PER_MILLISECOND, UTC_KIND)


def _object(pairs: list[tuple[str, object]]) -> PSCustomObject:
    made = PSCustomObject()
    for name, value in pairs:
        earlier = made.members.get(name)
        if earlier is not None:
            raise NetError(
                "System.InvalidOperationException",
                "Cannot convert the JSON string because a dictionary that was converted from the string contains the "
                f"duplicated keys '{earlier.name}' and '{name}'.",
                identifier="DuplicateKeysInJsonString",
                category="InvalidOperation",
            )
        made.members.set(name, _value(value))
    return made


def _real(text: str) -> object:
    if "e" in text.lower():
        return float(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return float(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _invalid(text: str, error: Exception) -> NetError:
    position = error.pos if isinstance(error, json.JSONDecodeError) else 0
    word = re.match(r"[\w.+-]*", text[position:])
    shown = word[0] if word and word[0] else text.strip()
    return NetError(
        "System.ArgumentException",
        f"Invalid JSON primitive: {shown}.",
        identifier="System.ArgumentException",
        category="NotSpecified",
    )
