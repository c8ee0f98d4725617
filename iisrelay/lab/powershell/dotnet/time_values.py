"""DateTime and TimeSpan as values: counts of 100-nanosecond ticks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import total_ordering

from iisrelay.lab.powershell.errors import out_of_range

TICKS_PER_MICROSECOND = 10
TICKS_PER_MILLISECOND = 10_000
TICKS_PER_SECOND = 10_000_000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE
TICKS_PER_DAY = 24 * TICKS_PER_HOUR
MAX_TICKS = 3_155_378_975_999_999_999
UNIX_EPOCH_TICKS = 621_355_968_000_000_000
FILE_TIME_EPOCH_TICKS = 504_911_232_000_000_000
UNSPECIFIED, UTC_KIND, LOCAL = 0, 1, 2
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - .NET's epoch carries no time zone


@total_ordering
class TimeSpan:
    """System.TimeSpan."""

    __slots__ = ("ticks",)

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks

    @classmethod
    def of(cls, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0, milliseconds: int = 0) -> TimeSpan:
        """Make a span of its parts."""
        total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return cls(total * TICKS_PER_SECOND + milliseconds * TICKS_PER_MILLISECOND)

    @property
    def total_seconds(self) -> float:
        """The whole span in seconds."""
        return self.ticks / TICKS_PER_SECOND

    def __eq__(self, other: object) -> bool:
        return self.ticks == other.ticks if isinstance(other, TimeSpan) else NotImplemented

    def __lt__(self, other: TimeSpan) -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash(self.ticks)

    def __neg__(self) -> TimeSpan:
        return TimeSpan(-self.ticks)

    def __add__(self, other: object) -> TimeSpan:
        return TimeSpan(self.ticks + other.ticks) if isinstance(other, TimeSpan) else NotImplemented

    def __sub__(self, other: object) -> TimeSpan:
        return TimeSpan(self.ticks - other.ticks) if isinstance(other, TimeSpan) else NotImplemented

    def __str__(self) -> str:
        return self.format_with("")

    def parts(self) -> tuple[int, int, int, int, int]:
        """Give days, hours, minutes, seconds and ticks of the absolute span."""
        rest = abs(self.ticks)
        days, rest = divmod(rest, TICKS_PER_DAY)
        hours, rest = divmod(rest, TICKS_PER_HOUR)
        minutes, rest = divmod(rest, TICKS_PER_MINUTE)
        seconds, rest = divmod(rest, TICKS_PER_SECOND)
        return days, hours, minutes, seconds, rest

    def format_with(self, pattern: str) -> str:
        """Format by a pattern; "" and "c" are [-][d.]hh:mm:ss[.fffffff]."""
        from iisrelay.lab.powershell.dotnet.date_formats import format_time_span  # noqa: PLC0415 - formats read the values

        return format_time_span(self, pattern)


@total_ordering
class DateTime:
    """System.DateTime: ticks since the year 1, counted in UTC, local time or neither. The lab's zone is UTC."""

    __slots__ = ("kind", "ticks")

    def __init__(self, ticks: int, kind: int = UNSPECIFIED) -> None:
        if not 0 <= ticks <= MAX_TICKS:
            raise out_of_range("value", "The added or subtracted value results in an un-representable DateTime.")
        self.ticks = ticks
        self.kind = kind

    @classmethod
    def from_python(cls, moment: datetime, kind: int = UNSPECIFIED) -> DateTime:
        """Make a value of a Python datetime; an aware one counts in UTC and becomes local unless a kind is given."""
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
            kind = kind or LOCAL
        span = moment - _EPOCH
        return cls((span.days * 86_400 + span.seconds) * TICKS_PER_SECOND + span.microseconds * 10, kind)

    @classmethod
    def of(  # noqa: PLR0917 - as .NET's constructor
        cls,
        year: int,
        month: int,
        day: int,
        hour: int = 0,
        minute: int = 0,
        second: int = 0,
        ticks: int = 0,
        kind: int = 0,
    ) -> DateTime:
        """Make a value of its parts; ArgumentOutOfRangeException when they are no date."""
        try:
            moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the kind is kept beside it
        except ValueError:
            raise out_of_range("", "Year, Month, and Day parameters describe an un-representable DateTime.") from None
        return cls(cls.from_python(moment).ticks + ticks, kind)

    def to_python(self) -> datetime:
        """Give a naive Python datetime, to the microsecond."""
        return _EPOCH + timedelta(microseconds=self.ticks // TICKS_PER_MICROSECOND)

    def plus(self, ticks: int) -> DateTime:
        """Add ticks."""
        return DateTime(self.ticks + ticks, self.kind)

    def __eq__(self, other: object) -> bool:
        return self.ticks == other.ticks if isinstance(other, DateTime) else NotImplemented

    def __lt__(self, other: DateTime) -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash(self.ticks)

    def __add__(self, other: object) -> DateTime:
        return self.plus(other.ticks) if isinstance(other, TimeSpan) else NotImplemented

    def __sub__(self, other: object) -> DateTime | TimeSpan:
        if isinstance(other, DateTime):
            return TimeSpan(self.ticks - other.ticks)
        return self.plus(-other.ticks) if isinstance(other, TimeSpan) else NotImplemented

    def __str__(self) -> str:
        return self.format_with("MM/dd/yyyy HH:mm:ss")  # the language writes dates without culture

    def format_with(self, pattern: str) -> str:
        """Format by a pattern; "" is the general format of the English culture."""
        from iisrelay.lab.powershell.dotnet.date_formats import format_date  # noqa: PLC0415 - formats read the values

        return format_date(self, pattern or "G")


def now(engine: object) -> DateTime:
    """Give the machine's present time, or the real one without a machine."""
    clock = getattr(getattr(engine, "machine", None), "clock", None)
    return DateTime.from_python(clock.now() if clock is not None else datetime.now(UTC))
