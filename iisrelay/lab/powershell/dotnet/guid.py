"""System.Guid."""

from __future__ import annotations

import re
import uuid
from functools import total_ordering
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, format_error
from iisrelay.lab.powershell.values import Byte, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import ByteArray
    from iisrelay.lab.powershell.values import Reference

_FORMS = re.compile(
    r"\s*(?:\{([0-9a-f-]{36})\}|\(([0-9a-f-]{36})\)|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|([0-9a-f]{32}))\s*",
    re.IGNORECASE,
)
BAD_GUID = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."


@total_ordering
class Guid:
    """A globally unique identifier."""

    __slots__ = ("value",)

    def __init__(self, value: uuid.UUID) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, Guid) else NotImplemented

    def __lt__(self, other: Guid) -> bool:
        return self.value < other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return str(self.value)

    def format_with(self, pattern: str) -> str:
        """Format by N, D, B or P."""
        text = str(self.value)
        forms = {"N": text.replace("-", ""), "": text, "D": text, "B": f"{{{text}}}", "P": f"({text})"}
        if pattern.upper() not in forms:
            raise format_error('Format String can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')
        return forms[pattern.upper()]


guid = declare(
    "System.Guid",
    python=Guid,
    bases=("System.ValueType", "System.IComparable", "System.IFormattable"),
    accelerators=("guid",),
    value_type=True,
)
guid.constants(Empty=Guid(uuid.UUID(int=0)))


@guid.static("NewGuid")
def new_guid() -> Guid:
    """Make a random identifier."""
    return Guid(uuid.uuid4())


@guid.static("Parse")
def parse(text: str) -> Guid:
    """Read an identifier."""
    match = _FORMS.fullmatch(text)
    if match is None:
        raise format_error(BAD_GUID)
    return Guid(uuid.UUID(next(group for group in match.groups() if group)))


@guid.static("TryParse")
def try_parse(text: str, result: Reference) -> bool:
    """Read an identifier without failing."""
    try:
        result.value = parse(text)
    except NetError:
        result.value = Guid(uuid.UUID(int=0))
        return False
    return True


@guid.constructor
def new_of_text(text: str) -> Guid:
    """Make an identifier of its text."""
    return parse(text)


@guid.constructor
def new_of_bytes(data: ByteArray) -> Guid:
    """Make an identifier of its 16 bytes."""
    return Guid(uuid.UUID(bytes_le=bytes(data.items)))  # type: ignore[arg-type]


@guid.constructor
def new_empty() -> Guid:
    """Make the empty identifier."""
    return Guid(uuid.UUID(int=0))


guid.getter("Guid")(str)


@guid.method("ToByteArray")
def to_bytes(value: Guid) -> PSArray:
    """Give the 16 bytes."""
    return PSArray(map(Byte, value.value.bytes_le), "System.Byte")


@guid.method("ToString")
def to_text(value: Guid, pattern: str = "") -> str:
    """Format the identifier."""
    return value.format_with(pattern)


@guid.method("CompareTo")
def compare_to(value: Guid, other: Guid) -> int:
    """Order two identifiers."""
    return (value > other) - (value < other)
