"""System.DateTimeOffset and System.TimeZoneInfo. The lab's zone is UTC."""

from __future__ import annotations

from functools import total_ordering
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.cultures import date_table
from iisrelay.lab.powershell.dotnet.date_formats import format_date
from iisrelay.lab.powershell.dotnet.date_parsing import parse_date
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.time_values import (
    LOCAL,
    TICKS_PER_MILLISECOND,
    TICKS_PER_SECOND,
    UNIX_EPOCH_TICKS,
    UTC_KIND,
    DateTime,
    TimeSpan,
    now,
)
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Int64

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


@total_ordering
class DateTimeOffset:
    """A moment with its distance from UTC; ``moment`` is the time on that clock."""

    __slots__ = ("moment", "offset")

    def __init__(self, moment: DateTime, offset: TimeSpan) -> None:
        self.moment = moment
        self.offset = offset

    @property
    def utc_ticks(self) -> int:
        """Ticks in UTC."""
        return self.moment.ticks - self.offset.ticks

    def __eq__(self, other: object) -> bool:
        return self.utc_ticks == other.utc_ticks if isinstance(other, DateTimeOffset) else NotImplemented

    def __lt__(self, other: DateTimeOffset) -> bool:
        return self.utc_ticks < other.utc_ticks

    def __hash__(self) -> int:
        return hash(self.utc_ticks)

    def __sub__(self, other: object) -> TimeSpan | DateTimeOffset:
        if isinstance(other, DateTimeOffset):
            return TimeSpan(self.utc_ticks - other.utc_ticks)
        return (
            DateTimeOffset(self.moment.plus(-other.ticks), self.offset)
            if isinstance(other, TimeSpan)
            else NotImplemented
        )

    def __str__(self) -> str:
        return format_date(self.moment, "MM/dd/yyyy HH:mm:ss ") + _offset_text(self.offset)

    def format_with(self, pattern: str) -> str:
        """Format by a pattern; "" is the general format with the offset."""
        if pattern:
            return format_date(DateTime(self.moment.ticks, LOCAL), pattern)
        return f"{format_date(self.moment, 'G')} {_offset_text(self.offset)}"


def _offset_text(offset: TimeSpan) -> str:
    minutes = offset.ticks // (60 * TICKS_PER_SECOND)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


offset_type = declare(
    "System.DateTimeOffset",
    python=DateTimeOffset,
    bases=("System.ValueType", "System.IComparable", "System.IFormattable"),
    value_type=True,
)
offset_type.properties("Offset")
offset_type.getter("DateTime")(lambda value: DateTime(value.moment.ticks))
offset_type.getter("UtcDateTime")(lambda value: DateTime(value.utc_ticks, UTC_KIND))
offset_type.getter("LocalDateTime")(lambda value: DateTime(value.utc_ticks, LOCAL))
offset_type.getter("Ticks")(lambda value: Int64(value.moment.ticks))
offset_type.getter("UtcTicks")(lambda value: Int64(value.utc_ticks))
for _name in ("Year", "Month", "Day", "Hour", "Minute", "Second"):
    offset_type.getter(_name)(lambda value, name=_name: getattr(value.moment.to_python(), name.lower()))


@offset_type.static_getter("Now", "UtcNow")
def get_now(engine: Engine) -> DateTimeOffset:
    """Give the machine's time."""
    return DateTimeOffset(now(engine), TimeSpan(0))


@offset_type.static("Parse")
def parse(engine: Engine, text: str, _culture: object = None) -> DateTimeOffset:
    """Read a moment; what says no zone is local time."""
    return DateTimeOffset(DateTime(parse_date(text, now(engine)).ticks), TimeSpan(0))


@offset_type.static("FromUnixTimeSeconds")
def from_unix_seconds(seconds: Int64) -> DateTimeOffset:
    """Make a moment of seconds since 1970."""
    return DateTimeOffset(DateTime(UNIX_EPOCH_TICKS + int(seconds) * TICKS_PER_SECOND), TimeSpan(0))


@offset_type.static("FromUnixTimeMilliseconds")
def from_unix_milliseconds(milliseconds: Int64) -> DateTimeOffset:
    """Make a moment of milliseconds since 1970."""
    return DateTimeOffset(DateTime(UNIX_EPOCH_TICKS + int(milliseconds) * TICKS_PER_MILLISECOND), TimeSpan(0))


@offset_type.constructor
def new_of_date(moment: DateTime, offset: TimeSpan | None = None) -> DateTimeOffset:
    """Make a moment of a date."""
    return DateTimeOffset(DateTime(moment.ticks), offset or TimeSpan(0))


@offset_type.method("ToUnixTimeSeconds")
def to_unix_seconds(value: DateTimeOffset) -> Int64:
    """Give the seconds since 1970."""
    return Int64((value.utc_ticks - UNIX_EPOCH_TICKS) // TICKS_PER_SECOND)


@offset_type.method("ToUnixTimeMilliseconds")
def to_unix_milliseconds(value: DateTimeOffset) -> Int64:
    """Give the milliseconds since 1970."""
    return Int64((value.utc_ticks - UNIX_EPOCH_TICKS) // TICKS_PER_MILLISECOND)


@offset_type.method("ToUniversalTime", "ToLocalTime")
def to_universal(value: DateTimeOffset) -> DateTimeOffset:
    """Give the same moment in UTC, which is the lab's local time too."""
    return DateTimeOffset(DateTime(value.utc_ticks), TimeSpan(0))


@offset_type.method("ToString")
def to_text(value: DateTimeOffset, pattern: str = "", culture: object = None) -> str:
    """Format the moment."""
    if not pattern:
        return value.format_with("")
    return format_date(DateTime(value.moment.ticks, LOCAL), pattern, date_table(culture))


class TimeZone:
    """System.TimeZoneInfo: UTC."""


zone_type = declare("System.TimeZoneInfo", python=TimeZone)
zone_type.static_getter("Local", "Utc")(TimeZone)
zone_type.getter("Id", "StandardName", "DaylightName")(lambda _value: "UTC")
zone_type.getter("DisplayName")(lambda _value: "(UTC) Coordinated Universal Time")
zone_type.getter("BaseUtcOffset")(lambda _value: TimeSpan(0))
zone_type.getter("SupportsDaylightSavingTime")(lambda _value: False)


@zone_type.static("FindSystemTimeZoneById")
def find_zone(name: str) -> TimeZone:
    """Find a zone; the lab knows UTC alone."""
    if name.lower() != "utc":
        raise NetError(
            "System.TimeZoneNotFoundException", f"The time zone ID '{name}' was not found on the local computer."
        )
    return TimeZone()


@zone_type.static("ConvertTimeToUtc")
def convert_to_utc(value: DateTime) -> DateTime:
    """Give a local time in UTC."""
    return DateTime(value.ticks, UTC_KIND)


@zone_type.static("ConvertTimeFromUtc")
def convert_from_utc(value: DateTime, _zone: TimeZone) -> DateTime:
    """Give a time in UTC as local time."""
    return DateTime(value.ticks, LOCAL)
