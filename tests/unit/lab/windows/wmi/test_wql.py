import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.wmi.failures import INVALID_OBJECT_PATH, INVALID_QUERY
from iisrelay.lab.windows.wmi.paths import ObjectPath, parse_path, quote
from iisrelay.lab.windows.wmi.wql import parse_filter, parse_query

INSTANCE = {"name": "SmtpSvc/1", "size": 20, "on": True, "comment": None}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Name = 'smtpsvc/1'", True),
        ('Name="SmtpSvc/2"', False),
        ("Name <> 'x' AND Size > 19", True),
        ("Size >= 20 and Size <= 20 and not (Size < 20 or Size != 20)", True),
        ("Size = '20'", True),
        ("20 <= Size", True),
        ("21 <= Size", False),
        ("On = TRUE", True),
        ("On = 'false'", False),
        ("Comment IS NULL", True),
        ("Comment is not null", False),
        ("Name IS NULL", False),
        ("Comment = 'x'", False),
        ("Comment = NULL", True),
        ("Name LIKE 'smtp%'", True),
        ("Name LIKE '%[0-9]'", True),
        ("Name LIKE 'SmtpSvc__'", True),
        ("Name LIKE 'smtp'", False),
        ("NoSuch = 1", False),
    ],
)
def test_conditions(condition, expected):
    assert parse_filter(condition)(INSTANCE) is expected


def test_queries():
    query = parse_query("  select Name , HopCount\nFROM IIsSmtpServerSetting where Name='a b' ; ")

    assert (query.class_name, query.columns) == ("IIsSmtpServerSetting", ("name", "hopcount"))
    assert query.condition({"name": "A B"})
    assert parse_query("SELECT * FROM Win32_Service").columns == ()


@pytest.mark.parametrize("text", ["", "SELECT", "DELETE FROM x", "ASSOCIATORS OF {x}", "SELECT * FROM"])
def test_what_is_no_query(text):
    with pytest.raises(NetError) as caught:
        parse_query(text)
    assert caught.value.hresult == INVALID_QUERY


@pytest.mark.parametrize(
    "text", ["Name =", "= 1", "Name LIKE", "(Name = 1", "Name = 1 Size = 2", "Name ~ 1", "Name ( 1", "Name = x"]
)
def test_what_is_no_condition(text):
    with pytest.raises(NetError) as caught:
        parse_filter(text)
    assert caught.value.hresult == INVALID_QUERY


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Win32_Service", ObjectPath(".", r"root\cimv2", "Win32_Service")),
        ("Win32_Service='a'", ObjectPath(".", r"root\cimv2", "Win32_Service", (("", "a"),))),
        (r'\\H\root\x:C.A="1",B=2', ObjectPath("H", r"root\x", "C", (("A", "1"), ("B", "2")))),
        ("C=@", ObjectPath(".", r"root\cimv2", "C", (), is_singleton=True)),
        (r'C.Name="a\\b \"c\""', ObjectPath(".", r"root\cimv2", "C", (("Name", 'a\\b "c"'),))),
    ],
)
def test_paths(text, path):
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", "a b", "C.", "C=", r"\\H", "C.Name"])
def test_what_is_no_path(text):
    with pytest.raises(NetError) as caught:
        parse_path(text)
    assert caught.value.hresult == INVALID_OBJECT_PATH


@given(st.text(min_size=1))
def test_any_key_travels_in_a_path(key):
    assert parse_path(f"C.Name={quote(key)}").keys == (("Name", key),)


@given(st.text())
def test_any_text_is_found_by_a_query(text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    assert parse_filter(f"Name = '{escaped}'")({"name": text})
