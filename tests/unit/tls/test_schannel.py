"""The truth table of Schannel, against the documented rules written down once more by hand."""

import pytest

from iisrelay.settings.host import SCHANNEL
from iisrelay.tls.schannel import effective, find
from iisrelay.tls.windows import Side, State

PROTOCOLS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
# Windows build: one word a protocol, client/server; on, off (by default), n/s.
DEFAULTS = {
    6001: "off/on on/on on/on n/s n/s n/s",
    6002: "off/on on/on on/on off/off off/off n/s",
    6003: "off/on on/on on/on off/off off/off n/s",
    7600: "off/on on/on on/on off/off off/off n/s",
    7601: "off/on on/on on/on off/off off/off n/s",
    9200: "off/off on/on on/on on/on on/on n/s",
    9600: "off/off on/on on/on on/on on/on n/s",
    14393: "n/s off/off on/on on/on on/on n/s",
    17763: "n/s off/off on/on on/on on/on n/s",
    20348: "n/s off/off on/on on/on on/on on/on",
    26100: "n/s off/off off/off off/off on/on on/on",
}
WORDS = {"on": State.ENABLED, "off": State.DISABLED_BY_DEFAULT, "n/s": State.NOT_SUPPORTED}
VALUES = (None, 0, 1, 0xFFFFFFFF)
OLD_UPDATED = 6002  # 2008 SP2 with the update


def default_of(build, protocol, side):
    words = DEFAULTS[build].split()[PROTOCOLS.index(protocol)]
    pair = ["n/s", "n/s"] if words == "n/s" else words.split("/")
    return WORDS[pair[0 if side is Side.CLIENT else 1]]


def expected(default, enabled, disabled_by_default):
    if default is State.NOT_SUPPORTED:
        return default
    if enabled == 0:
        return State.DISABLED
    if disabled_by_default is None:
        return default
    return State.DISABLED_BY_DEFAULT if disabled_by_default else State.ENABLED


def states(build, values, **options):
    def read(path, name):
        return values.get((path, name))

    return effective(build, read, **options)


@pytest.mark.parametrize("build", DEFAULTS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("side", Side)
def test_every_state_of_the_two_values(build, protocol, side):
    path = rf"{SCHANNEL}\{protocol}\{side}"
    for enabled in VALUES:
        for by_default in VALUES:
            values = {(path, "Enabled"): enabled, (path, "DisabledByDefault"): by_default}
            found = states(build, values, has_update=True if build < 7600 else None)
            default = default_of(build, protocol, side)
            assert find(found, protocol, side).state is expected(default, enabled, by_default), (enabled, by_default)
            others = {(item.protocol, item.side): item.state for item in found}
            del others[protocol, side]
            assert all(state is default_of(build, *place) for place, state in others.items())


@pytest.mark.parametrize("by_default", [0, None, 1])
def test_2008_knows_tls12_by_an_update_only(by_default):
    path = rf"{SCHANNEL}\TLS 1.2\Client"
    values = {(path, "Enabled"): 1, (path, "DisabledByDefault"): by_default}
    without = find(states(6002, values, has_update=False), "TLS 1.2", Side.CLIENT)
    assert without.state is State.NOT_SUPPORTED
    unseen = find(states(6002, values, has_update=None), "TLS 1.2", Side.CLIENT)
    assert unseen.state is (State.UNKNOWN if by_default == 0 else State.DISABLED_BY_DEFAULT)
    assert find(states(6001, values, has_update=True), "TLS 1.2", Side.CLIENT).state is State.NOT_SUPPORTED


@pytest.mark.parametrize("wrong", ["1", b"\1\0\0\0", ("1",)])
def test_values_of_another_type_count_as_absent_and_are_named(wrong):
    path = rf"{SCHANNEL}\TLS 1.2\Client"
    found = find(states(7601, {(path, "Enabled"): wrong, (path, "DisabledByDefault"): 0}), "TLS 1.2", Side.CLIENT)
    assert (found.state, found.wrong) == (State.ENABLED, ("Enabled",))
    found = find(states(7601, {(path, "Enabled"): 1, (path, "DisabledByDefault"): wrong}), "TLS 1.2", Side.CLIENT)
    assert (found.state, found.wrong) == (State.DISABLED_BY_DEFAULT, ("DisabledByDefault",))
    assert found.incomplete


@pytest.mark.parametrize(("build", "unsafe"), [(9600, True), (17763, True), (20348, False)])
def test_tls13_keys_are_unsafe_before_2022(build, unsafe):
    path = rf"{SCHANNEL}\TLS 1.3\Client"
    found = find(states(build, {(path, "Enabled"): 1, (path, "DisabledByDefault"): 0}), "TLS 1.3", Side.CLIENT)
    assert found.is_unsafe is unsafe
    assert found.state is (State.NOT_SUPPORTED if unsafe else State.ENABLED)
    assert not find(states(build, {}), "TLS 1.3", Side.CLIENT).is_unsafe


@pytest.mark.parametrize(("build", "like"), [(16299, 14393), (18363, 17763), (22621, 20348), (99999, 26100)])
def test_builds_in_between_are_like_the_last_server(build, like):
    assert states(build, {}) == states(like, {})
