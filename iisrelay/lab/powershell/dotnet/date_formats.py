"""Standard and custom format strings of dates and time spans, English and invariant culture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.time_values import (
    LOCAL,
    TICKS_PER_SECOND,
    UTC_KIND,
)
from iisrelay.lab.powershell.errors import format_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from iisrelay.lab.powershell.dotnet.time_values import DateTime, TimeSpan

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_COMMON = {
    "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
    "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
    "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
}
ENGLISH = _COMMON | {
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "m": "MMMM d",
    "M": "MMMM d",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "U": "dddd, MMMM d, yyyy h:mm:ss tt",
    "y": "MMMM yyyy",
    "Y": "MMMM yyyy",
}
INVARIANT = _COMMON | {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
TOKEN = re.compile(r"d+|f{1,7}|F{1,7}|g+|h+|H+|K|m+|M+|s+|t+|y+|z+|'[^']*'|\"[^\"]*\"|\\.|%|.", re.DOTALL)


def standard_pattern(pattern: str, table: dict[str, str] = ENGLISH) -> str:
    """Give the custom pattern behind a standard one; FormatException for an unknown letter."""
    if len(pattern) != 1:
        return pattern
    if pattern not in table:
        raise format_error()
    return table[pattern]


def format_date(value: DateTime, pattern: str, table: dict[str, str] = ENGLISH) -> str:
    """Format a date by a standard or custom pattern."""
    moment = value.to_python()
    return "".join(_date_token(value, moment, token) for token in TOKEN.findall(standard_pattern(pattern, table)))


def _date_token(value: DateTime, moment: datetime, token: str) -> str:
    part = _PARTS.get(token[0])
    if part is not None:
        return part(value, moment, len(token))
    if token[0] in "'\"":
        return token[1:-1]
    if token[0] == "\\":
        return token[1:]
    return token.removeprefix("%")


def _padded(number: int, width: int) -> str:
    return str(number).rjust(min(width, 2), "0")


def _year(_value: DateTime, moment: datetime, width: int) -> str:
    if width <= 2:
        return str(moment.year % 100).rjust(width, "0")
    return str(moment.year).rjust(width, "0")


def _fraction(value: DateTime, _moment: datetime, width: int) -> str:
    return str(value.ticks % TICKS_PER_SECOND).rjust(7, "0")[:width]


def _offset(_value: DateTime, _moment: datetime, width: int) -> str:
    return ("+0", "+00", "+00:00")[min(width, 3) - 1]


def _kind(value: DateTime, _moment: datetime, _width: int) -> str:
    return {UTC_KIND: "Z", LOCAL: "+00:00"}.get(value.kind, "")


def _named(names: tuple[str, ...], place: int, width: int) -> str:
    return names[place] if width > 3 else names[place][:3]


_PARTS: dict[str, Callable[[DateTime, datetime, int], str]] = {
    "d": lambda _value, moment, width: (
        _padded(moment.day, width) if width < 3 else _named(DAYS, moment.weekday(), width)
    ),
    "f": _fraction,
    "F": lambda value, moment, width: _fraction(value, moment, width).rstrip("0"),
    "g": lambda _value, _moment, _width: "A.D.",
    "h": lambda _value, moment, width: _padded((moment.hour + 11) % 12 + 1, width),
    "H": lambda _value, moment, width: _padded(moment.hour, width),
    "K": _kind,
    "m": lambda _value, moment, width: _padded(moment.minute, width),
    "M": lambda _value, moment, width: (
        _padded(moment.month, width) if width < 3 else _named(MONTHS, moment.month - 1, width)
    ),
    "s": lambda _value, moment, width: _padded(moment.second, width),
    "t": lambda _value, moment, width: ("AM" if moment.hour < 12 else "PM")[: min(width, 2)],
    "y": _year,
    "z": _offset,
}
_SPAN_TOKEN = re.compile(r"d{1,8}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|'[^']*'|\"[^\"]*\"|\\.|%|.", re.DOTALL)


def format_time_span(value: TimeSpan, pattern: str) -> str:
    """Format a time span by a standard (c, g, G) or custom pattern."""
    days, hours, minutes, seconds, ticks = value.parts()
    sign = "-" if value.ticks < 0 else ""
    clock = f"{hours:02d}:{minutes:02d}:{seconds:02d}"
    if pattern in {"", "c", "t", "T"}:
        return f"{sign}{f'{days}.' if days else ''}{clock}{f'.{ticks:07d}' if ticks else ''}"
    if pattern == "G":
        return f"{sign}{days}:{clock}.{ticks:07d}"
    if pattern == "g":
        fraction = f".{ticks:07d}".rstrip("0") if ticks else ""
        return f"{sign}{f'{days}:' if days else ''}{hours}:{minutes:02d}:{seconds:02d}{fraction}"
    numbers = {"d": days, "h": hours, "m": minutes, "s": seconds}
    return "".join(_span_token(token, numbers, ticks) for token in _SPAN_TOKEN.findall(pattern))


def _span_token(token: str, numbers: dict[str, int], ticks: int) -> str:
    letter = token[0]
    if letter in numbers:
        return str(numbers[letter]).rjust(len(token), "0")
    if letter in "fF":
        digits = f"{ticks:07d}"[: len(token)]
        return digits if letter == "f" else digits.rstrip("0")
    if letter in "'\"":
        return token[1:-1]
    if letter == "\\":
        return token[1:]
    if letter == "%":
        return ""
    if letter.isalnum() or letter in ":.- ":
        raise format_error()  # separators must be quoted or escaped in a time span's pattern
    return token
