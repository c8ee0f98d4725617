"""Between the seconds since 1970 that Windows' parts keep and .NET's DateTime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert
from iisrelay.lab.powershell.dotnet.time_values import LOCAL, TICKS_PER_SECOND, UNIX_EPOCH_TICKS, UTC_KIND, DateTime

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


def to_date_time(seconds: float, *, utc: bool = False) -> DateTime:
    """Give a moment as a DateTime. The lab's time zone is UTC, so local time differs in its kind only."""
    return DateTime(UNIX_EPOCH_TICKS + round(seconds * TICKS_PER_SECOND), UTC_KIND if utc else LOCAL)


def from_date_time(engine: Engine, value: object) -> float:
    """Give a DateTime (or what converts to one) as seconds since 1970."""
    moment = convert(engine, value, "datetime")
    if not isinstance(moment, DateTime):
        raise TypeError(f"not a DateTime: {moment!r}")
    return (moment.ticks - UNIX_EPOCH_TICKS) / TICKS_PER_SECOND
