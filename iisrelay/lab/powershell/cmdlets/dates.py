"""Get-Date, New-TimeSpan, Start-Sleep, Measure-Command, Get-Culture."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.dotnet.time_values import (
    LOCAL,
    TICKS_PER_SECOND,
    DateTime,
    TimeSpan,
    now,
)
from iisrelay.lab.powershell.inline_blocks import InlineBlock
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNIX_EPOCH_TICKS = 621_355_968_000_000_000
LONGEST_REAL_SLEEP_S = 0.01  # time on a simulated machine passes by its clock, not by waiting


@cmdlet(
    "Get-Date",
    Param("Date", "datetime", 0, pipeline=True, pipeline_name=True, aliases=("LastWriteTime",)),
    Param("Year", "int"),
    Param("Month", "int"),
    Param("Day", "int"),
    Param("Hour", "int"),
    Param("Minute", "int"),
    Param("Second", "int"),
    Param("Millisecond", "int", since="3.0"),
    Param("DisplayHint", "string"),
    Param("Format", "string"),
    Param("UFormat", "string"),
    streaming=True,
)
def get_date(call: Call) -> Iterator[object]:
    """Get-Date: the machine's time or a given one, as an object or as text."""
    moment = call.get("Date")
    value = _with_parts(call, moment if isinstance(moment, DateTime) else now(call.engine))
    if call.has("Format"):
        yield _formatted(value, to_string(None, call.get("Format")))
    elif call.has("UFormat"):
        yield unix_format(value, to_string(None, call.get("UFormat")))
    else:
        yield value


def _with_parts(call: Call, value: DateTime) -> DateTime:
    names = ("Year", "Month", "Day", "Hour", "Minute", "Second")
    if not any(call.has(name) for name in (*names, "Millisecond")):
        return value
    python = value.to_python()
    year, month, day, hour, minute, second = (int(str(call.get(name, getattr(python, name.lower())))) for name in names)
    fraction = value.ticks % TICKS_PER_SECOND
    if call.has("Millisecond"):
        fraction = int(str(call.get("Millisecond"))) * 10_000
    return DateTime.of(year, month, day, hour, minute, second, ticks=fraction, kind=value.kind or LOCAL)


def _formatted(value: DateTime, pattern: str) -> str:
    named = {
        "filedate": "yyyyMMdd",
        "filedateuniversal": "yyyyMMddZ",
        "filedatetime": "yyyyMMddTHHmmssffff",
        "filedatetimeuniversal": "yyyyMMddTHHmmssffffZ",
    }.get(pattern.lower())
    return value.format_with(named if named is not None else pattern)


def unix_format(value: DateTime, pattern: str) -> str:
    """Format by a Unix pattern (%Y-%m-%d ...), as Get-Date -UFormat does."""
    text = pattern.removeprefix("+")
    return re.sub(r"%(.)", lambda match: _unix_part(value, match.group(1)), text)


_UNIX: dict[str, str] = {
    "A": "dddd",
    "a": "ddd",
    "B": "MMMM",
    "b": "MMM",
    "h": "MMM",
    "d": "dd",
    "D": "MM/dd/yy",
    "H": "HH",
    "I": "hh",
    "m": "MM",
    "M": "mm",
    "p": "tt",
    "r": "hh:mm:ss tt",
    "R": "HH:mm",
    "S": "ss",
    "T": "HH:mm:ss",
    "X": "HH:mm:ss",
    "Y": "yyyy",
    "G": "yyyy",
    "y": "yy",
    "g": "yy",
    "x": "MM/dd/yy",
    "c": "ddd dd MMM yyyy HH:mm:ss",
}


def _unix_part(value: DateTime, letter: str) -> str:
    if letter in _UNIX:
        return value.format_with(_UNIX[letter])
    python = value.to_python()
    computed: dict[str, Callable[[], str]] = {
        "e": lambda: f"{python.day:2}",
        "F": lambda: value.format_with("yyyy-MM-dd"),
        "j": lambda: str(python.timetuple().tm_yday),
        "k": lambda: f"{python.hour:2}",
        "l": lambda: f"{(python.hour % 12) or 12:2}",
        "n": lambda: "\n",
        "s": lambda: str((value.ticks - UNIX_EPOCH_TICKS) / TICKS_PER_SECOND),
        "t": lambda: "\t",
        "u": lambda: str(python.isoweekday()),
        "w": lambda: str(python.isoweekday() % 7),
        "V": lambda: str(python.isocalendar().week),
        "Z": lambda: "+00",
        "C": lambda: str(python.year // 100),
        "%": lambda: "%",
    }
    return computed[letter]() if letter in computed else letter


@cmdlet(
    "New-TimeSpan",
    Param("Start", "datetime", 0, pipeline=True, pipeline_name=True, aliases=("LastWriteTime",)),
    Param("End", "datetime", 1, pipeline_name=True),
    Param("Days", "int"),
    Param("Hours", "int"),
    Param("Minutes", "int"),
    Param("Seconds", "int"),
    streaming=True,
)
def new_time_span(call: Call) -> Iterator[object]:
    """New-TimeSpan: of its parts, or between two dates."""
    if call.has("Start") or call.has("End"):
        start, end = call.get("Start"), call.get("End")
        present = now(call.engine)
        first = start if isinstance(start, DateTime) else present
        last = end if isinstance(end, DateTime) else present
        yield TimeSpan(last.ticks - first.ticks)
        return
    parts = [int(str(call.get(name, 0))) for name in ("Days", "Hours", "Minutes", "Seconds")]
    yield TimeSpan.of(*parts)


@cmdlet(
    "Start-Sleep",
    Param("Seconds", "double", 0, pipeline=True, pipeline_name=True),
    Param("Milliseconds", "int", aliases=("ms",)),
    aliases=("sleep",),
)
def start_sleep(call: Call) -> None:
    """Start-Sleep: the machine's clock moves on; whoever waits for the script waits hardly at all."""
    value = call.input[-1] if call.has_input and call.input else call.get("Seconds", 0)
    seconds = float(str(convert(call.engine, value, "double")))
    if call.has("Milliseconds"):
        seconds = int(str(call.get("Milliseconds"))) / 1000
    clock = getattr(call.engine.machine, "clock", None)
    if clock is not None:
        clock.advance(seconds)
    time.sleep(min(seconds, LONGEST_REAL_SLEEP_S))


@cmdlet("Measure-Command", Param("Expression", position=0, mandatory=True), Param("InputObject", pipeline=True))
def measure_command(call: Call) -> Iterator[object]:
    """Measure-Command: how long a script block takes."""
    start, begun = now(call.engine), time.perf_counter()
    script = call.get("Expression")
    if isinstance(script, ScriptBlockValue):
        block = InlineBlock(call.engine, script)
        for item in call.input if call.has_input else [None]:
            block.value(item)
    passed = now(call.engine).ticks - start.ticks
    yield TimeSpan(max(passed, int((time.perf_counter() - begun) * TICKS_PER_SECOND)))


@cmdlet("Get-Culture")
def get_culture(call: Call) -> Iterator[object]:
    """Get-Culture: the lab's servers are English."""
    yield convert(call.engine, "en-US", "System.Globalization.CultureInfo")


@cmdlet("Get-UICulture")
def get_ui_culture(call: Call) -> Iterator[object]:
    """Get-UICulture: the lab's servers are English."""
    yield convert(call.engine, "en-US", "System.Globalization.CultureInfo")
