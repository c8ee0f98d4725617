"""System.DateTime, DayOfWeek, DateTimeKind."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.cultures import date_table
from iisrelay.lab.powershell.dotnet.date_formats import DAYS, format_date
from iisrelay.lab.powershell.dotnet.date_parsing import parse_date, parse_exact
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.time_values import (
    FILE_TIME_EPOCH_TICKS,
    LOCAL,
    MAX_TICKS,
    TICKS_PER_DAY,
    TICKS_PER_HOUR,
    TICKS_PER_MILLISECOND,
    TICKS_PER_MINUTE,
    TICKS_PER_SECOND,
    UTC_KIND,
    DateTime,
    TimeSpan,
    now,
)
from iisrelay.lab.powershell.errors import NetError, out_of_range
from iisrelay.lab.powershell.values import Int64, NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import DateTimeKind, DateTimeStyles
    from iisrelay.lab.powershell.dotnet.cultures import CultureInfo
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import Reference

declare_enum("System.DayOfWeek", {name: place for place, name in enumerate((DAYS[-1], *DAYS[:-1]))})
declare_enum("System.DateTimeKind", {"Unspecified": 0, "Utc": 1, "Local": 2})
declare_enum(
    "System.Globalization.DateTimeStyles",
    {
        "None": 0,
        "AllowLeadingWhite": 1,
        "AllowTrailingWhite": 2,
        "AllowInnerWhite": 4,
        "AllowWhiteSpaces": 7,
        "NoCurrentDateDefault": 8,
        "AdjustToUniversal": 16,
        "AssumeLocal": 32,
        "AssumeUniversal": 64,
        "RoundtripKind": 128,
    },
    flags=True,
)
date_time = declare(
    "System.DateTime",
    python=DateTime,
    bases=("System.ValueType", "System.IComparable", "System.IFormattable", "System.IConvertible"),
    accelerators=("datetime",),
    value_type=True,
)
date_time.constants(MinValue=DateTime(0), MaxValue=DateTime(MAX_TICKS))
for _name in ("Year", "Month", "Day", "Hour", "Minute", "Second"):
    date_time.getter(_name)(lambda value, name=_name: getattr(value.to_python(), name.lower()))
date_time.getter("Millisecond")(lambda value: value.ticks // TICKS_PER_MILLISECOND % 1000)
date_time.getter("Ticks")(lambda value: Int64(value.ticks))
date_time.getter("Kind")(lambda value: NetEnum(value.kind, "System.DateTimeKind"))
date_time.getter("Date")(lambda value: DateTime(value.ticks - value.ticks % TICKS_PER_DAY, value.kind))
date_time.getter("TimeOfDay")(lambda value: TimeSpan(value.ticks % TICKS_PER_DAY))
date_time.getter("DayOfYear")(lambda value: value.to_python().timetuple().tm_yday)
date_time.getter("DayOfWeek")(lambda value: NetEnum(value.to_python().isoweekday() % 7, "System.DayOfWeek"))
date_time.getter("DateTime")(lambda value: format_date(value, "F"))  # added by the language's own type data


@date_time.static_getter("Now")
def get_now(engine: Engine) -> DateTime:
    """Give the machine's local time."""
    return now(engine)


@date_time.static_getter("UtcNow")
def get_utc_now(engine: Engine) -> DateTime:
    """Give the time in UTC."""
    return DateTime(now(engine).ticks, UTC_KIND)


@date_time.static_getter("Today")
def get_today(engine: Engine) -> DateTime:
    """Give midnight of today."""
    present = now(engine)
    return DateTime(present.ticks - present.ticks % TICKS_PER_DAY, LOCAL)


@date_time.constructor
def new_of_ticks(ticks: Int64, kind: DateTimeKind | None = None) -> DateTime:
    """Make a date of ticks."""
    return DateTime(int(ticks), int(kind or 0))


@date_time.constructor
def new_date(year: int, month: int, day: int) -> DateTime:
    """Make a date."""
    return DateTime.of(year, month, day)


@date_time.constructor
def new_moment(  # noqa: PLR0917 - the .NET signature
    year: int, month: int, day: int, hour: int, minute: int, second: int, kind: DateTimeKind | None = None
) -> DateTime:
    """Make a moment."""
    return DateTime.of(year, month, day, hour, minute, second, 0, int(kind or 0))


@date_time.constructor
def new_fine_moment(  # noqa: PLR0917 - the .NET signature
    year: int,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: int,
    millisecond: int,
    kind: DateTimeKind | None = None,
) -> DateTime:
    """Make a moment with milliseconds."""
    ticks = millisecond * TICKS_PER_MILLISECOND
    return DateTime.of(year, month, day, hour, minute, second, ticks, int(kind or 0))


@date_time.converter
def convert(_: Engine | None, value: object) -> object:
    """Whole numbers are ticks; text is parsed without culture."""
    if isinstance(value, int) and not isinstance(value, bool):
        return DateTime(int(value))
    return NotImplemented


def _declare_adding(name: str, unit: int) -> None:
    @date_time.method(name)
    def add_units(value: DateTime, amount: float) -> DateTime:
        if unit == 1:
            return value.plus(int(amount))
        milliseconds = amount * (unit / TICKS_PER_MILLISECOND)
        return value.plus(int(milliseconds + (0.5 if amount >= 0 else -0.5)) * TICKS_PER_MILLISECOND)


for _name, _unit in (
    ("AddDays", TICKS_PER_DAY),
    ("AddHours", TICKS_PER_HOUR),
    ("AddMinutes", TICKS_PER_MINUTE),
    ("AddSeconds", TICKS_PER_SECOND),
    ("AddMilliseconds", TICKS_PER_MILLISECOND),
    ("AddTicks", 1),
):
    _declare_adding(_name, _unit)


@date_time.method("AddMonths")
def add_months(value: DateTime, months: int) -> DateTime:
    """Add months; the day is cut to the month's last."""
    moment = value.to_python()
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise out_of_range("months", "The added or subtracted value results in an un-representable DateTime.")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return DateTime.of(year, month + 1, day, ticks=value.ticks % TICKS_PER_DAY, kind=value.kind)


@date_time.method("AddYears")
def add_years(value: DateTime, years: int) -> DateTime:
    """Add years."""
    return add_months(value, years * 12)


@date_time.method("Add")
def add(value: DateTime, span: TimeSpan) -> DateTime:
    """Add a span."""
    return value.plus(span.ticks)


@date_time.method("Subtract")
def subtract_date(value: DateTime, other: DateTime) -> TimeSpan:
    """Give the span since another date."""
    return TimeSpan(value.ticks - other.ticks)


@date_time.method("Subtract")
def subtract_span(value: DateTime, span: TimeSpan) -> DateTime:
    """Subtract a span."""
    return value.plus(-span.ticks)


@date_time.method("ToString")
def to_text(value: DateTime, pattern: str = "", culture: object = None) -> str:
    """Format the date."""
    return format_date(value, pattern or "G", date_table(culture))


@date_time.method("ToString")
def to_text_of_culture(value: DateTime, culture: CultureInfo) -> str:
    """Format the date for a culture."""
    return format_date(value, "G", date_table(culture))


for _name, _pattern in (
    ("ToShortDateString", "d"),
    ("ToLongDateString", "D"),
    ("ToShortTimeString", "t"),
    ("ToLongTimeString", "T"),
):
    date_time.method(_name)(lambda value, pattern=_pattern: format_date(value, pattern))


@date_time.method("GetDateTimeFormats")
def all_formats(value: DateTime, pattern: str) -> str:
    """Give the date in one standard format."""
    return format_date(value, pattern)


@date_time.method("ToUniversalTime")
def to_universal(value: DateTime) -> DateTime:
    """Give the same moment in UTC."""
    return DateTime(value.ticks, UTC_KIND)


@date_time.method("ToLocalTime")
def to_local(value: DateTime) -> DateTime:
    """Give the same moment in local time."""
    return DateTime(value.ticks, LOCAL)


@date_time.method("ToFileTime", "ToFileTimeUtc")
def to_file_time(value: DateTime) -> Int64:
    """Give the ticks since 1601."""
    if value.ticks < FILE_TIME_EPOCH_TICKS:
        raise out_of_range("", "Not a valid Win32 FileTime.")
    return Int64(value.ticks - FILE_TIME_EPOCH_TICKS)


@date_time.method("ToOADate")
def to_automation_date(value: DateTime) -> float:
    """Give the days since the end of 1899."""
    return (value.ticks - 599264352000000000) / TICKS_PER_DAY


@date_time.method("ToBinary")
def to_binary(value: DateTime) -> Int64:
    """Give ticks and kind as one number."""
    number = value.ticks | value.kind << 62
    return Int64(number - 2**64 if number >= 2**63 else number)


@date_time.method("CompareTo")
def compare_to(value: DateTime, other: DateTime) -> int:
    """Order two dates."""
    return (value > other) - (value < other)


@date_time.method("IsDaylightSavingTime")
def is_daylight_saving(_value: DateTime) -> bool:
    """The lab's zone is UTC: there is no daylight saving time."""
    return False


# -- static methods --------------------------------------------------------------------------------------------------


@date_time.static("Parse")
def parse(engine: Engine, text: str, _culture: object = None, styles: DateTimeStyles | None = None) -> DateTime:
    """Read a date in any usual form."""
    return parse_date(text, now(engine), int(styles or 0))


@date_time.static("ParseExact")
def parse_by_pattern(
    engine: Engine, text: str, patterns: object, culture: object, styles: DateTimeStyles | None = None
) -> DateTime:
    """Read a date that has exactly one of the given forms."""
    listed = [patterns] if isinstance(patterns, str) else list(patterns)  # type: ignore[call-overload]
    for pattern in listed[:-1]:
        try:
            return parse_exact(text, str(pattern), now(engine), int(styles or 0), date_table(culture))
        except NetError:
            continue
    return parse_exact(text, str(listed[-1]), now(engine), int(styles or 0), date_table(culture))


@date_time.static("TryParse")
def try_parse(engine: Engine, text: str, result: Reference) -> bool:
    """Read a date without failing."""
    try:
        result.value = parse_date(text, now(engine))
    except NetError:
        result.value = DateTime(0)
        return False
    return True


@date_time.static("TryParseExact")
def try_parse_exact(  # noqa: PLR0917 - the .NET signature
    engine: Engine, text: str, patterns: object, culture: object, styles: DateTimeStyles, result: Reference
) -> bool:
    """Read a date of given forms without failing."""
    try:
        result.value = parse_by_pattern(engine, text, patterns, culture, styles)
    except NetError:
        result.value = DateTime(0)
        return False
    return True


@date_time.static("DaysInMonth")
def days_in_month(year: int, month: int) -> int:
    """Give the number of days of a month."""
    if not 1 <= month <= 12:
        raise out_of_range("month", "Month must be between one and twelve.")
    return calendar.monthrange(year, month)[1]


@date_time.static("IsLeapYear")
def is_leap_year(year: int) -> bool:
    """Tell whether a year has a 29th of February."""
    return calendar.isleap(year)


@date_time.static("FromFileTime", "FromFileTimeUtc")
def from_file_time(ticks: Int64) -> DateTime:
    """Make a date of ticks since 1601."""
    return DateTime(int(ticks) + FILE_TIME_EPOCH_TICKS, LOCAL)


@date_time.static("FromOADate")
def from_automation_date(days: float) -> DateTime:
    """Make a date of days since the end of 1899."""
    milliseconds = round(days * (TICKS_PER_DAY / TICKS_PER_MILLISECOND))
    return DateTime(599264352000000000 + milliseconds * TICKS_PER_MILLISECOND)


@date_time.static("FromBinary")
def from_binary(number: Int64) -> DateTime:
    """Make a date of ticks and kind in one number."""
    whole = int(number) % 2**64
    return DateTime(whole & (2**62 - 1), whole >> 62)


@date_time.static("SpecifyKind")
def specify_kind(value: DateTime, kind: DateTimeKind) -> DateTime:
    """Give the same ticks with another kind."""
    return DateTime(value.ticks, int(kind))


@date_time.static("Compare")
def compare(left: DateTime, right: DateTime) -> int:
    """Order two dates."""
    return compare_to(left, right)
