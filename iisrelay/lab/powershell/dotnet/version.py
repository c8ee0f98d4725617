"""System.Version."""

from __future__ import annotations

from functools import total_ordering
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, argument_error, format_error, out_of_range

if TYPE_CHECKING:
    from iisrelay.lab.powershell.values import Reference


@total_ordering
class Version:
    """A version of two to four numbers; what is not given is -1."""

    __slots__ = ("build", "major", "minor", "revision")

    def __init__(self, major: int, minor: int, build: int = -1, revision: int = -1) -> None:
        self.major = major
        self.minor = minor
        self.build = build
        self.revision = revision

    def numbers(self) -> tuple[int, int, int, int]:
        """Give all four numbers."""
        return (self.major, self.minor, self.build, self.revision)

    def __eq__(self, other: object) -> bool:
        return self.numbers() == other.numbers() if isinstance(other, Version) else NotImplemented

    def __lt__(self, other: Version) -> bool:
        return self.numbers() < other.numbers()

    def __hash__(self) -> int:
        return hash(self.numbers())

    def __str__(self) -> str:
        return ".".join(str(number) for number in self.numbers() if number >= 0)


version = declare(
    "System.Version",
    python=Version,
    bases=("System.Object", "System.IComparable", "System.ICloneable"),
    accelerators=("version",),
)
version.properties("Major", "Minor", "Build", "Revision")
version.getter("MajorRevision")(lambda value: value.revision >> 16)
version.getter("MinorRevision")(lambda value: (value.revision + 0x8000 & 0xFFFF) - 0x8000)


@version.static("Parse")
def parse(text: str) -> Version:
    """Read a version."""
    parts = text.strip().split(".")
    if not 2 <= len(parts) <= 4:
        raise NetError("System.ArgumentException", "Version string portion was too short or too long.")
    try:
        numbers = [int(part) for part in parts]
    except ValueError:
        raise format_error() from None
    if any(number < 0 for number in numbers):
        raise out_of_range("version", "Version's parameters must be greater than or equal to zero.")
    return Version(*numbers)


@version.static("TryParse")
def try_parse(text: str, result: Reference) -> bool:
    """Read a version without failing."""
    try:
        result.value = parse(text)
    except NetError:
        result.value = None
        return False
    return True


@version.constructor
def new_of_text(text: str) -> Version:
    """Make a version of its text."""
    return parse(text)


@version.constructor
def new_of_numbers(major: int, minor: int, build: int = -1, revision: int = -1) -> Version:
    """Make a version of its numbers."""
    return Version(major, minor, build, revision)


@version.constructor
def new_empty() -> Version:
    """Make the version 0.0."""
    return Version(0, 0)


@version.method("ToString")
def to_text(value: Version, fields: int = -1) -> str:
    """Write the first numbers."""
    given = [number for number in value.numbers() if number >= 0]
    if fields > len(given):
        raise argument_error("fieldCount", f"Argument must be between 0 and {len(given)}.")
    return ".".join(str(number) for number in (given if fields < 0 else given[:fields]))


@version.method("CompareTo")
def compare_to(value: Version, other: Version) -> int:
    """Order two versions."""
    return (value > other) - (value < other)


@version.method("Clone")
def clone(value: Version) -> Version:
    """Copy the version."""
    return Version(*value.numbers())
