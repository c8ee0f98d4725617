"""Numbers as text and format strings."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.format_numbers import format_number
from iisrelay.lab.powershell.formatstrings import format_composite
from iisrelay.lab.powershell.numeric import format_double, parse_decimal, parse_real, scan_number
from iisrelay.lab.powershell.values import Byte, Int64, Single

FORMATS = [
    (1234.5678, "N", "1,234.57"),
    (1234.5678, "C", "$1,234.57"),
    (-5, "C0", "($5)"),
    (1234.5678, "E2", "1.23E+003"),
    (1234.5678, "F1", "1234.6"),
    (1234.5678, "G3", "1.23E+03"),
    (0.5, "P0", "50%"),
    (2.345, "F2", "2.35"),
    (-0.001, "F1", "0.0"),
    (0.1, "R", "0.1"),
    (255, "X4", "00FF"),
    (255, "x", "ff"),
    (-1, "X", "FFFFFFFF"),
    (Int64(-1), "X", "FFFFFFFFFFFFFFFF"),
    (Byte(10), "X2", "0A"),
    (42, "D5", "00042"),
    (-42, "D5", "-00042"),
    (Decimal("1.50"), "G", "1.50"),
    (3.14159, "0.00", "3.14"),
    (2.5, "0.##", "2.5"),
    (0.5, "#.##", ".5"),
    (98765, "#,##0", "98,765"),
    (1234567, "0,0", "1,234,567"),
    (255, "0.0%", "25500.0%"),
    (5, "00", "05"),
    (1234, "00-00", "12-34"),
    (-5, "$#,##0.00;($#,##0.00);zero", "($5.00)"),
    (0, "0;-0;zero", "zero"),
    (1234567, "0,,.0", "1.2"),
    (12345, "0.0e+0", "1.2e+4"),
    (7, "'n='0\\#", "n=7#"),
]


@pytest.mark.parametrize(("value", "pattern", "expected"), FORMATS)
def test_format(value, pattern, expected):
    assert format_number(value, pattern) == expected


DOUBLES = [
    (0.1 + 0.2, "0.3"),
    (1 / 3, "0.333333333333333"),
    (1e15, "1E+15"),
    (1e14, "100000000000000"),
    (1.5e-5, "1.5E-05"),
    (0.0001, "0.0001"),
    (100000000.5, "100000000.5"),
    (-0.0, "0"),
    (1.7976931348623157e308, "1.79769313486232E+308"),
    (math.nan, "NaN"),
    (-math.inf, "-Infinity"),
    (Single(0.1), "0.1"),
]


@pytest.mark.parametrize(("value", "expected"), DOUBLES)
def test_double(value, expected):
    assert format_double(value) == expected


LITERALS = [
    ("0xFFFFFFFF", -1),
    ("0x100000000", 4294967296),
    ("1kb", 1024),
    ("1.5kb", 1536.0),
    ("-3", -3),
    (" 7 ", 7),
    ("1e3", 1000.0),
    ("2d", Decimal(2)),
    ("9223372036854775808", Decimal(9223372036854775808)),
    ("1,000", None),
    ("abc", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), LITERALS)
def test_literal(text, expected):
    found = scan_number(text)
    assert found == expected
    assert found is None or isinstance(found, type(expected)) or isinstance(expected, int)


@given(st.floats(min_value=-1e308, max_value=1e308))
def test_a_printed_double_reads_back_to_fifteen_digits(value):
    read = parse_real(format_double(value))
    assert read is not None
    assert math.isclose(read, value, rel_tol=1e-14, abs_tol=1e-307)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_round_trip_format_reads_back_exactly(value):
    assert float(format_number(value, "R")) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_printed_decimal_reads_back(value):
    assert parse_decimal(format_number(value, "")) == value


@given(st.integers(min_value=-(2**31), max_value=2**31 - 1))
def test_integers_read_back_from_every_standard_format(value):
    assert int(format_number(value, "D")) == value
    assert scan_number(format_number(value, "D")) == value
    assert int(format_number(value, "N0").replace(",", "")) == value
    assert int(format_number(value, "#,##0;-#,##0").replace(",", "")) == value
    assert int(format_number(value, "X"), 16) == value % 2**32


COMPOSITES = [
    ("{0} and {1}", ["a", "b"], "a and b"),
    ("{{literal}} {0}", [5], "{literal} 5"),
    ("[{0,5}|{0,-5}|{0,1}]", ["abc"], "[  abc|abc  |abc]"),
    ("{0:N2}", ["5"], "5"),
    ("{0}", [None], ""),
    ("{1}{0}", [True, 1.5], "1.5True"),
]


@pytest.mark.parametrize(("text", "arguments", "expected"), COMPOSITES)
def test_composite(text, arguments, expected):
    assert format_composite(None, text, arguments) == expected


@pytest.mark.parametrize("text", ["{1}", "{", "}", "{a}", "{0"])
def test_malformed_composite_is_refused(text):
    with pytest.raises(NetError):
        format_composite(None, text, ["x"])


@pytest.mark.parametrize(("value", "pattern"), [(1.5, "D"), (1.5, "X"), (5, "R"), (5, "Q")])
def test_a_format_that_does_not_fit_is_refused(value, pattern):
    with pytest.raises(NetError, match="Format specifier was invalid"):
        format_number(value, pattern)
