"""Numbers: counts, sizes in bytes, durations, retry intervals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from iisrelay.settings.codec import Codec, JsonSchema, each, plain, quoted
from iisrelay.settings.stored import Kind, Stored

MAXIMUM = 2**32 - 1
# The metabase has no single number for "no limit": documents, dialogs and scripts use all three.
NO_LIMIT = (MAXIMUM, 2_000_000_000, 0)


@dataclass(frozen=True)
class Number(Codec):
    """A whole number. ``unlimited`` lists the stored numbers that mean "no limit"; the first one is written."""

    kind: ClassVar[Kind] = Kind.DWORD
    lower: int = 0
    upper: int = MAXIMUM
    unlimited: tuple[int, ...] = ()
    word: str = "unlimited"

    def store(self, written: object) -> int:
        """Give the number; the word for "no limit" where there is one."""
        if self.unlimited and written == self.word:
            return self.unlimited[0]
        if not isinstance(written, int) or isinstance(written, bool):
            alternative = f" or {self.word}" if self.unlimited else ""
            raise ValueError(f"expected a whole number{alternative}, not {quoted(written)}")  # noqa: TRY004
        if written == 0 and 0 in self.unlimited:
            raise ValueError(f"0 would mean no limit; write {self.word}")
        if not self.lower <= written <= self.upper:
            raise ValueError(f"{written} is not between {self.lower} and {self.upper}")
        return written

    def show(self, stored: Stored) -> object:
        """Give the number, or the word for "no limit"."""
        return self.word if stored in self.unlimited and not isinstance(stored, bool) else plain(stored)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare numbers; all numbers for "no limit" are the same."""
        return one == other or (one in self.unlimited and other in self.unlimited)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        number: JsonSchema = {"type": "integer", "minimum": self.lower, "maximum": self.upper}
        return {"anyOf": [number, {"const": self.word}]} if self.unlimited else number


_BYTES = {"": 1, "b": 1, "bytes": 1, "kb": 2**10, "kib": 2**10, "mb": 2**20, "mib": 2**20, "gb": 2**30, "gib": 2**30}
_SIZE = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([A-Za-z]*)\s*")


@dataclass(frozen=True)
class Size(Codec):
    """A size, stored in bytes, written with a unit (``25MB``, ``2048 KB``)."""

    kind: ClassVar[Kind] = Kind.DWORD
    lower: int = 1
    unlimited: tuple[int, ...] = ()

    def store(self, written: object) -> int:
        """Give the bytes."""
        if self.unlimited and written == "unlimited":
            return self.unlimited[0]
        match = _SIZE.fullmatch(written) if isinstance(written, str) else None
        if match is None or match[2].lower() not in _BYTES:
            raise ValueError(f"expected a size such as 25MB or 2048KB{self._alternative()}, not {quoted(written)}")
        if not match[2]:
            raise ValueError(f"{quoted(written)} has no unit; write bytes, KB, MB or GB behind it")
        size = Fraction(match[1]) * _BYTES[match[2].lower()]
        if size.denominator != 1:
            raise ValueError(f"{quoted(written)} is not a whole number of bytes")
        if not self.lower <= size <= MAXIMUM:
            raise ValueError(f"{quoted(written)} is not between {self._text(self.lower)} and 4GB")
        return int(size)

    def show(self, stored: Stored) -> object:
        """Give the size in the largest unit that divides it."""
        if isinstance(stored, bool) or not isinstance(stored, int):
            return plain(stored)
        return "unlimited" if stored in self.unlimited else self._text(stored)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare bytes; all numbers for "no limit" are the same."""
        return one == other or (one in self.unlimited and other in self.unlimited)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        pattern = r"^\s*[0-9]+(\.[0-9]+)?\s*([Bb]|[Bb]ytes|[KMGkmg][Ii]?[Bb])\s*$"
        size: JsonSchema = {"type": "string", "pattern": pattern, "examples": ["25MB", "2048KB"]}
        return {"anyOf": [size, {"const": "unlimited"}]} if self.unlimited else size

    def _alternative(self) -> str:
        return " or unlimited" if self.unlimited else ""

    @staticmethod
    def _text(stored: int) -> str:
        for unit in ("GB", "MB", "KB"):
            if stored and stored % _BYTES[unit.lower()] == 0:
                return f"{stored // _BYTES[unit.lower()]}{unit}"
        return f"{stored} bytes"


MINUTES = 60
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:[0-9]{1,12}[dhms])+")


def parse_duration(written: object) -> int:
    """Give the seconds of ``10m``, ``1h30m``, ``2d``.

    Raises:
        ValueError: anything else, a bare number too: the dialogs count in minutes and the metabase often in seconds.
    """
    text = written.replace(" ", "") if isinstance(written, str) else ""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"expected a duration with a unit such as 30s, 10m, 12h or 2d, not {quoted(written)}")
    return sum(int(part[:-1]) * _SECONDS[part[-1]] for part in re.findall(r"\d+[dhms]", text))


def format_duration(seconds: int) -> str:
    """Give a duration in the largest unit that divides it."""
    for unit, size in _SECONDS.items():
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return "0s"


@dataclass(frozen=True)
class Duration(Codec):
    """A duration; ``unit`` is the number of seconds that a stored 1 stands for. ``zero`` is the word for a stored 0."""

    kind: ClassVar[Kind] = Kind.DWORD
    unit: int = 1
    lower: int = 1
    zero: str = ""

    def store(self, written: object) -> int:
        """Give the duration in the unit of the property."""
        if self.zero and written == self.zero:
            return 0
        seconds = parse_duration(written)
        if seconds % self.unit:
            raise ValueError(f"{quoted(written)} is not a whole number of minutes, which is what Windows stores")
        if not self.lower <= seconds // self.unit <= MAXIMUM:
            raise ValueError(f"{quoted(written)} is less than {format_duration(self.lower * self.unit)} or too long")
        return seconds // self.unit

    def show(self, stored: Stored) -> object:
        """Give the duration with a unit."""
        if isinstance(stored, bool) or not isinstance(stored, int):
            return plain(stored)
        return self.zero if self.zero and stored == 0 else format_duration(stored * self.unit)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        duration: JsonSchema = {
            "type": "string",
            "pattern": r"^([0-9]+[dhms] ?)+$",
            "examples": ["10m", "2d"] if self.unit == MINUTES else ["30s", "10m"],
        }
        return {"anyOf": [duration, {"const": self.zero}]} if self.zero else duration


class RetryIntervals(Codec):
    """The four retry intervals of the Delivery tab, stored as minutes with commas (``15,30,60,240``)."""

    kind: ClassVar[Kind] = Kind.STRING

    def store(self, written: object) -> str:
        """Give the minutes with commas."""
        if not isinstance(written, Sequence) or isinstance(written, str) or not 1 <= len(written) <= 4:
            raise ValueError(
                f"expected a list of one to four intervals such as [15m, 30m, 1h, 4h], not {quoted(written)}"
            )
        return ",".join(map(str, each(written, Duration(unit=MINUTES).store)))

    def show(self, stored: Stored) -> object:
        """Give the list of intervals."""
        minutes = self._minutes(stored)
        return plain(stored) if minutes is None else [format_duration(number * MINUTES) for number in minutes]

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare the numbers, whatever spaces stand between them."""
        return one == other or (self._minutes(one) is not None and self._minutes(one) == self._minutes(other))

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "array", "items": Duration(unit=MINUTES).schema(), "minItems": 1, "maxItems": 4}

    @staticmethod
    def _minutes(stored: Stored) -> list[int] | None:
        parts = stored.split(",") if isinstance(stored, str) else []
        return [int(part) for part in parts] if parts and all(part.strip().isdecimal() for part in parts) else None
