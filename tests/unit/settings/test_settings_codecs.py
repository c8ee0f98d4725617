import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.settings.catalog import CATALOG, Scope
from iisrelay.settings.general import LOG_FIELD_SETS, LOG_FIELDS
from iisrelay.settings.lists import AddressRules, Bindings, JoinedNames, Trustees
from iisrelay.settings.numbers import MINUTES, NO_LIMIT, Duration, Number, RetryIntervals, Size
from iisrelay.settings.stored import AccessList, Kind
from iisrelay.settings.texts import Folder, HostName, SmartHost, Text
from iisrelay.settings.words import Bit, Bits, Flag, Switch, Verbs, Words

DWORDS = st.integers(0, 2**32 - 1)


def name_of(value):
    """Name a parameter of a test the same in every process that collects it."""
    return type(value).__name__ if hasattr(value, "store") else repr(value)


@pytest.mark.parametrize(
    ("codec", "written", "stored"),
    [
        (Size(), "25MB", 26214400),
        (Size(), "2048 KB", 2097152),
        (Size(), "1.5 mb", 1572864),
        (Size(), "3 bytes", 3),
        (Size(unlimited=(0,)), "unlimited", 0),
        (Duration(), "10m", 600),
        (Duration(), "1h30m", 5400),
        (Duration(unit=MINUTES), "2d", 2880),
        (Duration(zero="default"), "default", 0),
        (Number(unlimited=NO_LIMIT), "unlimited", 4294967295),
        (Number(), 7, 7),
        (Switch(on=4294967295), True, 4294967295),
        (Switch(), False, 0),
        (Flag(), True, True),
        (Bit(8), True, 8),
        (Verbs(), "full", 7697601),
        (Verbs(), "basic", 7),
        (Verbs(), [], 7697601 & ~0x7014C0),
        (Verbs(), ["8BITMIME", "DSN"], (7697601 & ~0x7014C0) | 0x400040),
        (Verbs(), 5, 5),
        (RetryIntervals(), ["15m", "30m", "1h", "4h"], "15,30,60,240"),
        (Bits(LOG_FIELDS, LOG_FIELD_SETS), "all", 4194303),
        (Bits(LOG_FIELDS, LOG_FIELD_SETS), ["date", "time"], 3),
        (SmartHost(), "10.0.0.5", "[10.0.0.5]"),
        (SmartHost(), "mail.example", "mail.example"),
        (SmartHost(), "none", ""),
        (Bindings(), ["*:25", "10.0.0.5:2525"], (":25:", "10.0.0.5:2525:")),
        (JoinedNames(), ["GSSAPI", "NTLM"], "GSSAPI,NTLM"),
        (Text(), "", ""),
        (Folder(), "D:/mail/a b", "D:/mail/a b"),
        (Words(Kind.DWORD, {False: 2, True: 1, "unused": 0}), False, 2),
    ],
    ids=name_of,
)
def test_written_becomes_stored_and_is_shown_as_the_same(codec, written, stored):
    assert codec.store(written) == stored
    assert type(codec.store(written)) is type(stored)
    assert codec.same(codec.store(codec.show(stored)), stored)


@pytest.mark.parametrize(
    ("codec", "written", "reason"),
    [
        (Size(), "25", "no unit"),
        (Size(), 25, "expected a size"),
        (Size(), "25 apples", "expected a size"),
        (Size(), "5GB", "not between"),
        (Size(), "0.3 bytes", "whole number of bytes"),
        (Size(), "unlimited", "expected a size"),
        (Duration(), 600, "with a unit"),
        (Duration(), "ten minutes", "with a unit"),
        (Duration(), "0s", "less than 1s"),
        (Duration(unit=MINUTES), "90s", "whole number of minutes"),
        (Number(), True, "whole number"),
        (Number(), 1.5, "whole number"),
        (Number(unlimited=(0,)), 0, "write unlimited"),
        (Number(1, 5), 6, "between 1 and 5"),
        (Flag(), "yes", "true or false"),
        (Flag(), 1, "true or false"),
        (Verbs(), ["EHLO"], "not known"),
        (Verbs(), "all", "expected a list"),
        (Verbs(), -1, "expected a list"),
        (RetryIntervals(), [], "one to four"),
        (RetryIntervals(), "15,30", "one to four"),
        (Bits({"a": 1}), ["b"], "did you mean|known are"),
        (Bits({"a": 1}), [["a"]], "not known"),
        (Bits({"a": 1}), "a", "expected a list"),
        (SmartHost(), "mail.example:587", "ports go to outbound_port"),
        (SmartHost(), "1.2.3", "neither a host name nor"),
        (SmartHost(), "::1", "not a host name or IPv4"),
        (HostName(), "a b", "not a host name"),
        (HostName(), "ü.example", "xn--"),
        (Bindings(), [], "needs an endpoint"),
        (Bindings(), ["25"], "not 'IP:port'"),
        (Bindings(), ["a:25"], "no IPv4 address"),
        (Bindings(), [25], "expected a text"),
        (Bindings(), ["*:0"], "not 'IP:port'"),
        (Trustees(), [], "without an operator"),
        (JoinedNames(), ["a,b"], "commas"),
        (Folder(), "mail", "absolute path"),
        (Folder(), "D:\\a ", "ends with a space"),
        (Folder(), "\\\\server\\share", "absolute path"),
        (Text(), 5, "in quotes"),
        (Text(), "a\nb", "U+000A"),
        (Text(), "\ud800", "U+D800"),
        (AddressRules(), {"alow": "x"}, "did you mean 'allow'"),
        (AddressRules(), {"allow": "some"}, "known are"),
        (AddressRules(), [], "allow: and"),
    ],
    ids=name_of,
)
def test_what_makes_no_sense_is_refused_in_words(codec, written, reason):
    with pytest.raises(ValueError, match=reason.replace("+", r"\+")):
        codec.store(written)


def test_bytes_that_are_no_kilobytes_are_not_shown_as_such():
    assert Size().show(2097153) == "2097153 bytes"
    assert not Size().same(2097153, 2097152)


def test_all_numbers_for_no_limit_are_the_same():
    codec = Number(unlimited=NO_LIMIT)
    assert [codec.show(number) for number in NO_LIMIT] == ["unlimited"] * 3
    assert codec.same(2_000_000_000, 4294967295)
    assert not codec.same(2_000_000_000, 5)


def test_what_windows_does_not_tell_apart_is_the_same():
    assert Switch(on=4294967295).same(1, 4294967295)
    assert not Switch().same(0, 1)
    assert Bindings().same((":25:", "10.0.0.5:25:"), ("10.0.0.5:25:", ":25:"))
    assert Folder().same("D:\\Mail\\", "d:\\mail")
    assert RetryIntervals().same("15,30", "15, 30")
    assert Trustees().same(("BUILTIN\\Administrators",), ("builtin\\administrators",))
    assert Words(Kind.STRING, {"w3c": "{AB}"}).same("{ab}", "{AB}")
    assert AddressRules().same(AccessList(False, ("10.0.0.1",)), AccessList(False, ("10.0.0.1, 255.255.255.255",)))
    assert not AddressRules().same(AccessList(False), AccessList(True))


@given(st.sampled_from([setting for setting in CATALOG if setting.kind is Kind.DWORD]), DWORDS)
def test_every_number_can_be_shown(setting, number):
    assert setting.codec.show(number) is not None


@given(st.integers(1, 2**32 - 1))
def test_sizes_and_durations_are_read_back(number):
    assert Size().store(Size().show(number)) == number
    assert Duration().store(Duration().show(number)) == number


@given(DWORDS)
def test_verbs_are_read_back(number):
    assert Verbs().store(Verbs().show(number)) == number


@pytest.mark.parametrize(
    "setting", CATALOG, ids=lambda setting: f"{setting.scope}-{setting.key}-{setting.address.name}"
)
@pytest.mark.parametrize("odd", [0, True, "odd", b"\x01", ("a", "b"), AccessList(True), 12345])
def test_odd_stored_values_never_stop_a_report(setting, odd):
    setting.codec.show(odd)
    assert setting.codec.same(odd, odd)


@pytest.mark.parametrize(
    "setting",
    [item for item in CATALOG if item.scope is Scope.VIRTUAL_SERVER and item.installed not in (None, "{fqdn}")],
    ids=lambda setting: setting.key,
)
def test_the_value_of_a_fresh_server_can_be_written(setting):
    assert setting.codec.same(setting.codec.store(setting.default), setting.installed)
