"""The states of protocols by the documented table."""

import pytest

from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.registry import ValueKind
from iisrelay.lab.windows.schannel import ProtocolState, Side
from iisrelay.lab.windows.schannel.protocols import BITS, protocols_of
from iisrelay.lab.windows.versions import VERSIONS

PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
ENABLED, BY_DEFAULT, DISABLED, NOT_SUPPORTED = ProtocolState


def state(windows, protocol, side=Side.CLIENT, **values):
    machine = Machine.create("LAB01", windows)
    for name, value in values.items():
        machine.registry.set(rf"{PROTOCOLS}\{protocol}\{side}", name, value)
    return machine.schannel.states(side)[protocol]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ("2008r2", (BY_DEFAULT, ENABLED, ENABLED, BY_DEFAULT, BY_DEFAULT, NOT_SUPPORTED)),
        ("2012", (BY_DEFAULT, ENABLED, ENABLED, ENABLED, ENABLED, NOT_SUPPORTED)),
        ("2012r2", (BY_DEFAULT, ENABLED, ENABLED, ENABLED, ENABLED, NOT_SUPPORTED)),
        ("2016", (NOT_SUPPORTED, BY_DEFAULT, ENABLED, ENABLED, ENABLED, NOT_SUPPORTED)),
        ("2019", (NOT_SUPPORTED, BY_DEFAULT, ENABLED, ENABLED, ENABLED, NOT_SUPPORTED)),
        ("2022", (NOT_SUPPORTED, BY_DEFAULT, ENABLED, ENABLED, ENABLED, ENABLED)),
        ("2025", (NOT_SUPPORTED, BY_DEFAULT, BY_DEFAULT, BY_DEFAULT, ENABLED, ENABLED)),
    ],
)
def test_a_fresh_machine_has_the_defaults_of_its_version(windows, expected):
    assert tuple(Machine.create("LAB01", windows).schannel.states(Side.CLIENT).values()) == expected


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"Enabled": 0}, DISABLED),
        ({"Enabled": 0, "DisabledByDefault": 0}, DISABLED),
        ({"Enabled": 0, "DisabledByDefault": 1}, DISABLED),
        ({"DisabledByDefault": 1}, BY_DEFAULT),
        ({"Enabled": 1, "DisabledByDefault": 1}, BY_DEFAULT),
        ({"DisabledByDefault": 0}, ENABLED),
        ({"Enabled": 1, "DisabledByDefault": 0}, ENABLED),
        ({"Enabled": 0xFFFFFFFF, "DisabledByDefault": 0}, ENABLED),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_the_two_values_decide(windows, values, expected, side):
    assert state(windows, "TLS 1.2", side, **values) is expected


@pytest.mark.parametrize("windows", VERSIONS)
def test_enabled_alone_leaves_the_default_of_the_version(windows):
    assert state(windows, "TLS 1.2", Enabled=1) is (BY_DEFAULT if windows == "2008r2" else ENABLED)


def test_the_sides_are_apart():
    assert state("2019", "TLS 1.2", Side.SERVER, Enabled=0) is DISABLED
    machine = Machine.create("LAB01", "2019")
    machine.registry.set(rf"{PROTOCOLS}\TLS 1.2\Server", "Enabled", 0)
    assert machine.schannel.states(Side.CLIENT)["TLS 1.2"] is ENABLED


@pytest.mark.parametrize("windows", ["2008r2", "2012", "2012r2", "2016", "2019"])
def test_no_value_brings_a_protocol_that_windows_does_not_have(windows):
    assert state(windows, "TLS 1.3", Enabled=1, DisabledByDefault=0) is NOT_SUPPORTED


def test_values_of_a_wrong_type_count_as_absent():
    assert state("2008r2", "TLS 1.2", Enabled="1", DisabledByDefault="0") is BY_DEFAULT
    machine = Machine.create("LAB01", "2019")
    machine.registry.set(rf"{PROTOCOLS}\TLS 1.2\Client", "Enabled", 0, ValueKind.QWord)
    assert machine.schannel.states(Side.CLIENT)["TLS 1.2"] is ENABLED


@pytest.mark.parametrize("protocol", BITS)
def test_a_mask_names_protocols(protocol):
    assert protocols_of(BITS[protocol]) == {protocol}
    assert protocols_of(0xFFFF) == set(BITS)
