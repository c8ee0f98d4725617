"""System.TimeSpan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.date_parsing import parse_time_span
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.time_values import (
    TICKS_PER_DAY,
    TICKS_PER_HOUR,
    TICKS_PER_MILLISECOND,
    TICKS_PER_MINUTE,
    TICKS_PER_SECOND,
    TimeSpan,
)
from iisrelay.lab.powershell.errors import NetError, overflow_error
from iisrelay.lab.powershell.values import Int64

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import Reference

time_span = declare(
    "System.TimeSpan",
    python=TimeSpan,
    bases=("System.ValueType", "System.IComparable", "System.IFormattable"),
    accelerators=("timespan",),
    value_type=True,
)
time_span.constants(
    Zero=TimeSpan(0),
    MinValue=TimeSpan(-(2**63)),
    MaxValue=TimeSpan(2**63 - 1),
    TicksPerDay=Int64(TICKS_PER_DAY),
    TicksPerHour=Int64(TICKS_PER_HOUR),
    TicksPerMinute=Int64(TICKS_PER_MINUTE),
    TicksPerSecond=Int64(TICKS_PER_SECOND),
    TicksPerMillisecond=Int64(TICKS_PER_MILLISECOND),
)
time_span.getter("Ticks")(lambda value: Int64(value.ticks))
_UNITS = {  # in the order in which the properties are listed
    "Days": TICKS_PER_DAY,
    "Hours": TICKS_PER_HOUR,
    "Milliseconds": TICKS_PER_MILLISECOND,
    "Minutes": TICKS_PER_MINUTE,
    "Seconds": TICKS_PER_SECOND,
}
_MODULI = {"Days": None, "Hours": 24, "Minutes": 60, "Seconds": 60, "Milliseconds": 1000}


def _declare_unit(name: str) -> None:
    unit, modulus = _UNITS[name], _MODULI[name]

    @time_span.getter(name)
    def part(value: TimeSpan) -> int:
        whole = abs(value.ticks) // unit
        return (whole if modulus is None else whole % modulus) * (-1 if value.ticks < 0 else 1)


def _declare_total(name: str) -> None:
    unit = _UNITS[name]

    @time_span.getter(f"Total{name}")
    def total(value: TimeSpan) -> float:
        return value.ticks / unit

    @time_span.static(f"From{name}")
    def make(amount: float) -> TimeSpan:
        milliseconds = amount * unit / TICKS_PER_MILLISECOND
        if abs(milliseconds) > 2**63 / TICKS_PER_MILLISECOND:
            raise overflow_error("TimeSpan overflowed because the duration is too long.")
        return TimeSpan(int(milliseconds + (0.5 if amount >= 0 else -0.5)) * TICKS_PER_MILLISECOND)


for _unit in _UNITS:
    _declare_unit(_unit)
for _unit in _UNITS:
    _declare_total(_unit)


@time_span.static("FromTicks")
def from_ticks(ticks: Int64) -> TimeSpan:
    """Make a span of ticks."""
    return TimeSpan(int(ticks))


@time_span.static("Parse")
def parse(text: str, _culture: object = None) -> TimeSpan:
    """Read a span."""
    return parse_time_span(text)


@time_span.static("TryParse")
def try_parse(text: str, result: Reference) -> bool:
    """Read a span without failing."""
    try:
        result.value = parse_time_span(text)
    except NetError:
        result.value = TimeSpan(0)
        return False
    return True


@time_span.static("Compare")
def compare(left: TimeSpan, right: TimeSpan) -> int:
    """Order two spans."""
    return (left > right) - (left < right)


@time_span.constructor
def new_empty() -> TimeSpan:
    """Make an empty span."""
    return TimeSpan(0)


@time_span.constructor
def new_of_ticks(ticks: Int64) -> TimeSpan:
    """Make a span of ticks."""
    return TimeSpan(int(ticks))


@time_span.constructor
def new_of_clock(hours: int, minutes: int, seconds: int) -> TimeSpan:
    """Make a span of hours, minutes and seconds."""
    return TimeSpan.of(0, hours, minutes, seconds)


@time_span.constructor
def new_of_parts(days: int, hours: int, minutes: int, seconds: int, milliseconds: int = 0) -> TimeSpan:
    """Make a span of its parts."""
    return TimeSpan.of(days, hours, minutes, seconds, milliseconds)


@time_span.converter
def convert(_: Engine | None, value: object) -> object:
    """Whole numbers are ticks; text is parsed."""
    return TimeSpan(int(value)) if isinstance(value, int) and not isinstance(value, bool) else NotImplemented


@time_span.method("Add")
def add(value: TimeSpan, other: TimeSpan) -> TimeSpan:
    """Add a span."""
    return value + other


@time_span.method("Subtract")
def subtract(value: TimeSpan, other: TimeSpan) -> TimeSpan:
    """Subtract a span."""
    return value - other


@time_span.method("Negate")
def negate(value: TimeSpan) -> TimeSpan:
    """Turn the sign."""
    return -value


@time_span.method("Duration")
def duration(value: TimeSpan) -> TimeSpan:
    """Give the span without its sign."""
    return TimeSpan(abs(value.ticks))


@time_span.method("CompareTo")
def compare_to(value: TimeSpan, other: TimeSpan) -> int:
    """Order two spans."""
    return compare(value, other)


@time_span.method("ToString")
def to_text(value: TimeSpan, pattern: str = "", _culture: object = None) -> str:
    """Format the span."""
    return value.format_with(pattern)
