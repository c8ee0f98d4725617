"""Dates and time spans from text: what DateTime.Parse guesses, ParseExact, and TimeSpan.Parse."""

from __future__ import annotations

import re
from functools import lru_cache

from iisrelay.lab.powershell.dotnet.date_formats import DAYS, ENGLISH, MONTHS, TOKEN, standard_pattern
from iisrelay.lab.powershell.dotnet.time_values import (
    LOCAL,
    MAX_TICKS,
    TICKS_PER_DAY,
    TICKS_PER_MINUTE,
    UNSPECIFIED,
    UTC_KIND,
    DateTime,
    TimeSpan,
)
from iisrelay.lab.powershell.errors import NetError, format_error, overflow_error

_MONTH = "(?P<name>" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS) + ")"
_DAY_NAME = "(?:(?:" + "|".join(f"{day[:3]}(?:{day[3:]})?" for day in DAYS) + r")\b,?\s*)?"
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,7})\d*)?)?"
    r"(?:\s*(?P<half>[AP])\.?M\.?)?\s*(?P<zone>Z|GMT|UTC|[+-]\d{2}:?\d{2})?"
)
_SHORT_TIME = r"(?P<hour>\d{1,2})\s*(?P<half>[AP])M"
_DATES = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
    rf"(?P<day>\d{{1,2}})[-\s]+{_MONTH}\.?,?[-\s]+(?P<year>\d{{4}}|\d{{2}})",
    rf"{_MONTH}\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})",
    rf"{_MONTH}\.?,?\s+(?P<year>\d{{4}})",
    r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
    r"(?P<year>\d{4})-(?P<month>\d{1,2})",
)
_PATTERNS = tuple(
    re.compile(rf"\s*{_DAY_NAME}{date}(?:[T\s,]+(?:{time}))?\s*(?P<marker>Z)?\s*", re.IGNORECASE)
    for date in _DATES
    for time in (_TIME, _SHORT_TIME)
) + tuple(re.compile(rf"\s*{time}\s*", re.IGNORECASE) for time in (_TIME, _SHORT_TIME))
BAD_DATE = "String was not recognized as a valid DateTime."
_ADJUST_TO_UTC, _ASSUME_LOCAL, _ASSUME_UTC, _ROUND_TRIP = 16, 32, 64, 128


def parse_date(text: str, today: DateTime, styles: int = 0) -> DateTime:
    """Read a date as DateTime.Parse does in the English culture; FormatException when it is none."""
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is not None:
            return _from_parts({name: value for name, value in match.groupdict().items() if value}, today, styles)
    word = re.match(r"\s*([A-Za-z]+)", text)
    if word is not None and word[1][:3].title() not in {name[:3] for name in (*DAYS, *MONTHS)}:
        place = word.start(1)
        raise format_error(
            f"The string was not recognized as a valid DateTime. There is an unknown word starting at index {place}."
        )
    raise format_error(BAD_DATE)


def _from_parts(parts: dict[str, str], today: DateTime, styles: int) -> DateTime:
    present = today.to_python()
    if "name" in parts:
        parts["month"] = str([month[:3] for month in MONTHS].index(parts["name"][:3].title()) + 1)
    if "month" in parts:
        year = _full_year(parts["year"]) if "year" in parts else present.year
        date = (year, int(parts["month"]), int(parts.get("day", "1")))
    else:
        date = (present.year, present.month, present.day)
    hour = _hour(int(parts.get("hour", "0")), parts.get("half", ""))
    try:
        made = DateTime.of(*date, hour, int(parts.get("minute", "0")), int(parts.get("second", "0")))
    except NetError:
        raise format_error("The DateTime represented by the string is not supported in calendar.") from None
    made = made.plus(int(parts["fraction"].ljust(7, "0"))) if "fraction" in parts else made
    return _zoned(made, parts.get("zone") or parts.get("marker"), styles)


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise format_error(BAD_DATE)
    return hour % 12 + (12 if half.upper() == "P" else 0)


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year <= 29 else 1900)


def _zoned(made: DateTime, zone: str | None, styles: int) -> DateTime:
    """Apply an offset: the result is local time (the lab's zone is UTC), or UTC where the styles ask for it."""
    if zone is None:
        if styles & _ASSUME_UTC:
            return DateTime(made.ticks, UTC_KIND if styles & _ADJUST_TO_UTC else LOCAL)
        return DateTime(made.ticks, LOCAL if styles & _ASSUME_LOCAL else UNSPECIFIED)
    minutes = 0
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        minutes = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    in_utc = styles & _ADJUST_TO_UTC or (styles & _ROUND_TRIP and zone.upper() == "Z")
    return DateTime(made.ticks - minutes * TICKS_PER_MINUTE, UTC_KIND if in_utc else LOCAL)


def parse_exact(text: str, pattern: str, today: DateTime, styles: int = 0, table: dict[str, str] = ENGLISH) -> DateTime:
    """Read a date that has exactly a pattern's form."""
    if styles & 7:
        text = text.strip()
    match = _exact_regex(standard_pattern(pattern, table)).fullmatch(text)
    if match is None:
        raise format_error(BAD_DATE)
    parts = {name: value for name, value in match.groupdict().items() if value}
    if "year" not in parts and ("month" in parts or "name" in parts):
        parts["year"] = str(today.to_python().year)
    elif "year" in parts and "month" not in parts and "name" not in parts:
        parts["month"] = "1"
    if pattern in {"r", "R", "u"}:
        parts["zone"] = "Z"
        return DateTime(_from_parts(parts, today, styles).ticks, UNSPECIFIED)
    return _from_parts(parts, today, styles)


_EXACT_PARTS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<year>\d{2})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "MMM": "(?P<name>" + "|".join(month[:3] for month in MONTHS) + ")",
    "MMMM": "(?P<name>" + "|".join(MONTHS) + ")",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
    "ddd": "(?:" + "|".join(day[:3] for day in DAYS) + ")",
    "dddd": "(?:" + "|".join(DAYS) + ")",
    "HH": r"(?P<hour>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<hour>\d{2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{2})",
    "s": r"(?P<second>\d{1,2})",
    "tt": r"(?P<half>[AP])M",
    "t": r"(?P<half>[AP])",
    "K": r"(?P<zone>Z|[+-]\d{2}:\d{2})?",
    "zzz": r"(?P<zone>[+-]\d{2}:\d{2})",
    "zz": r"(?P<zone>[+-]\d{2})",
}


@lru_cache(maxsize=128)
def _exact_regex(pattern: str) -> re.Pattern[str]:
    parts = []
    for token in TOKEN.findall(pattern):
        if token in _EXACT_PARTS:
            parts.append(_EXACT_PARTS[token])
        elif token[0] == "f":
            parts.append(rf"(?P<fraction>\d{{{len(token)}}})")
        elif token[0] == "F":
            parts.append(rf"(?P<fraction>\d{{0,{len(token)}}})")
        elif token[0] in "'\"":
            parts.append(re.escape(token[1:-1]))
        else:
            parts.append(re.escape(token.removeprefix("\\").removeprefix("%")))
    try:
        return re.compile("".join(parts), re.IGNORECASE)
    except re.error:
        raise format_error() from None  # a part that stands twice


_SPAN = re.compile(
    r"\s*(?P<sign>-?)(?:(?P<days>\d+)(?:\.|:(?=\d+:\d+:\d)))?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})"
    r"(?::(?P<seconds>\d{1,2})(?:\.(?P<fraction>\d{1,7}))?)?\s*"
)
_DAYS_ONLY = re.compile(r"\s*(-?)(\d+)\s*")


def parse_time_span(text: str) -> TimeSpan:
    """Read [-][d.]hh:mm[:ss[.fffffff]], or a number of days."""
    only = _DAYS_ONLY.fullmatch(text)
    if only is not None:
        ticks = int(only[2]) * TICKS_PER_DAY
        return TimeSpan(-ticks if only[1] else ticks)
    match = _SPAN.fullmatch(text)
    if match is None:
        raise format_error("String was not recognized as a valid TimeSpan.")
    days, hours, minutes, seconds = (int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds"))
    if hours > 23 or minutes > 59 or seconds > 59 or days * TICKS_PER_DAY > MAX_TICKS:
        raise overflow_error(
            "The TimeSpan could not be parsed because at least one of the numeric components is out of range "
            "or contains too many digits."
        )
    ticks = TimeSpan.of(days, hours, minutes, seconds).ticks + int((match["fraction"] or "0").ljust(7, "0"))
    return TimeSpan(-ticks if match["sign"] else ticks)
