"""DateTime and TimeSpan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.dotnet.date_formats import format_date, format_time_span
from iisrelay.lab.powershell.dotnet.date_parsing import parse_date, parse_exact, parse_time_span
from iisrelay.lab.powershell.dotnet.time_values import MAX_TICKS, DateTime, TimeSpan
from iisrelay.lab.powershell.errors import NetError

MOMENT = DateTime.of(2021, 3, 4, 5, 6, 7, 890_0000)
TODAY = DateTime.of(2024, 2, 29)

FORMATS = [
    ("yyyy-MM-dd HH:mm:ss.fff", "2021-03-04 05:06:07.890"),
    ("d", "3/4/2021"),
    ("D", "Thursday, March 4, 2021"),
    ("t", "5:06 AM"),
    ("G", "3/4/2021 5:06:07 AM"),
    ("s", "2021-03-04T05:06:07"),
    ("u", "2021-03-04 05:06:07Z"),
    ("R", "Thu, 04 Mar 2021 05:06:07 GMT"),
    ("o", "2021-03-04T05:06:07.8900000"),
    ("Y", "March 2021"),
    ("%d", "4"),
    ("ddd dd MMM yy", "Thu 04 Mar 21"),
    ("h 'o''clock' tt", "5 oclock AM"),
    (r"yyyy\year", "2021year"),
    ("HH:mm:ss.FFF", "05:06:07.89"),
]


@pytest.mark.parametrize(("pattern", "expected"), FORMATS)
def test_format(pattern, expected):
    assert format_date(MOMENT, pattern) == expected


PARSED = [
    ("2021-02-28 13:45:30", "2021-02-28T13:45:30"),
    ("2/3/2020 5:06 pm", "2020-02-03T17:06:00"),
    ("2020-01-02T03:04:05.5Z", "2020-01-02T03:04:05"),
    ("2020-01-02T03:04:05+02:00", "2020-01-02T01:04:05"),
    ("Jan 5, 2021", "2021-01-05T00:00:00"),
    ("5 January 2021 12 am", "2021-01-05T00:00:00"),
    ("Tue, 02 Feb 2021 10:00:00 GMT", "2021-02-02T10:00:00"),
    ("13:45", "2024-02-29T13:45:00"),
    ("March 2020", "2020-03-01T00:00:00"),
    ("1/2/30", "1930-01-02T00:00:00"),
]


@pytest.mark.parametrize(("text", "expected"), PARSED)
def test_parse(text, expected):
    assert format_date(parse_date(text, TODAY), "s") == expected


@pytest.mark.parametrize("text", ["", "nodate", "2021-13-01", "2021-02-30", "13:99", "13:00 pm"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(NetError):
        parse_date(text, TODAY)


EXACT = [
    ("20200131", "yyyyMMdd", "2020-01-31T00:00:00"),
    ("01.02.2020 13:14", "dd.MM.yyyy HH:mm", "2020-02-01T13:14:00"),
    ("Thu, 04 Mar 2021 05:06:07 GMT", "R", "2021-03-04T05:06:07"),
    ("2021", "yyyy", "2021-01-01T00:00:00"),
]


@pytest.mark.parametrize(("text", "pattern", "expected"), EXACT)
def test_parse_exact(text, pattern, expected):
    assert format_date(parse_exact(text, pattern, TODAY), "s") == expected


def test_parse_exact_takes_nothing_else():
    with pytest.raises(NetError, match="not recognized"):
        parse_exact("2020-1-31", "yyyy-MM-dd", TODAY)


@given(st.integers(min_value=0, max_value=MAX_TICKS))
def test_round_trip_pattern_reads_back(ticks):
    value = DateTime(ticks)
    assert parse_exact(format_date(value, "o"), "o", TODAY) == value
    assert parse_date(format_date(value, "o"), TODAY) == value


@given(st.integers(min_value=-MAX_TICKS, max_value=MAX_TICKS))
def test_time_spans_read_back(ticks):
    span = TimeSpan(ticks)
    assert parse_time_span(str(span)) == span


SPANS = [
    ("c", "1.02:03:04.5000000"),
    ("g", "1:2:03:04.5"),
    ("G", "1:02:03:04.5000000"),
    (r"hh\:mm", "02:03"),
    ("d'd 'h'h'", "1d 2h"),
]


@pytest.mark.parametrize(("pattern", "expected"), SPANS)
def test_time_span_format(pattern, expected):
    assert format_time_span(TimeSpan.of(1, 2, 3, 4, 500), pattern) == expected


@pytest.mark.parametrize("text", ["", "x", "25:00", "1:60", "1.2.3"])
def test_what_is_no_time_span_is_refused(text):
    with pytest.raises(NetError):
        parse_time_span(text)


def test_members(lines):
    script = """
$d = [datetime]'2020-01-31'
$d.AddMonths(1).ToString('s'); $d.DayOfWeek; $d.DayOfYear; ($d - [datetime]'2020-01-01').Days
[datetime]::DaysInMonth(2020, 2); [datetime]::IsLeapYear(2019); $d.Ticks
"$d"; $d.ToString(); $d.ToString('d', [Globalization.CultureInfo]::InvariantCulture)
(New-Object TimeSpan 1, 2, 3).TotalSeconds; [timespan]::FromMinutes(90).ToString()
"""
    assert lines(script) == [
        "2020-02-29T00:00:00",
        "Friday",
        "31",
        "30",
        "29",
        "False",
        "637160256000000000",
        "01/31/2020 00:00:00",
        "1/31/2020 12:00:00 AM",
        "01/31/2020",
        "3723",
        "01:30:00",
    ]


def test_moments_with_an_offset(lines):
    script = """
$o = [DateTimeOffset]::Parse('2020-01-01T00:00:00+02:00'); $o.ToUnixTimeSeconds(); $o.ToString('o')
[DateTimeOffset]::FromUnixTimeSeconds(0).Year; [TimeZoneInfo]::Local.Id
"""
    assert lines(script) == ["1577829600", "2019-12-31T22:00:00.0000000+00:00", "1970", "UTC"]
