import pytest

from iisrelay.settings.host import SCHANNEL, Features, RegistryNumber, Tls, feature_names, tls_values
from iisrelay.status import Restart


def effective(tls, build):
    return {
        (value.address.path.removeprefix(SCHANNEL + "\\"), value.address.name): value.value
        for value in tls_values(Tls.model_validate(tls))
        if value.minimum_build <= build <= value.maximum_build
    }


def states(protocol, enabled, disabled_by_default):
    return {
        (f"{protocol}\\{side}", name): value
        for side in ("Client", "Server")
        for name, value in (("Enabled", enabled), ("DisabledByDefault", disabled_by_default))
    }


OLD_OFF = {
    key: value for name in ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1") for key, value in states(name, 0, 1).items()
}


@pytest.mark.parametrize("build", [7601, 9200, 17763, 20348])
def test_tls12_turns_tls_1_2_on_and_leaves_the_rest(build):
    assert effective({"policy": "tls12"}, build) == states("TLS 1.2", 1, 0)


def test_tls12_only_turns_older_protocols_off():
    assert effective({"policy": "tls12_only"}, 17763) == {**states("TLS 1.2", 1, 0), **OLD_OFF}


@pytest.mark.parametrize(("build", "has_tls13"), [(7601, False), (17763, False), (20348, True), (26100, True)])
def test_keys_of_tls_1_3_are_never_written_before_2022(build, has_tls13):
    expected = {**states("TLS 1.2", 1, 0), **OLD_OFF, **(states("TLS 1.3", 1, 0) if has_tls13 else {})}
    assert effective({"policy": "modern"}, build) == expected
    assert (effective({"protocols": {"TLS 1.3": {"client": "enabled"}}}, build) != {}) is has_tls13


def test_unmanaged_asks_for_nothing():
    assert effective({"policy": "unmanaged", "dotnet": False}, 17763) == {}


def test_single_protocols_win_over_the_policy():
    found = effective({"policy": "tls12", "protocols": {"TLS 1.2": {"server": "default"}, "TLS 1.0": None}}, 17763)
    assert found == {
        ("TLS 1.2\\Client", "Enabled"): 1,
        ("TLS 1.2\\Client", "DisabledByDefault"): 0,
        ("TLS 1.2\\Server", "Enabled"): None,
        ("TLS 1.2\\Server", "DisabledByDefault"): None,
    }


@pytest.mark.parametrize(("build", "restart"), [(7601, {Restart.REBOOT}), (9200, {Restart.SERVICE})])
def test_2008_r2_needs_a_reboot(build, restart):
    values = tls_values(Tls.model_validate({"policy": "tls12"}))
    assert {value.restart for value in values if value.minimum_build <= build <= value.maximum_build} == restart


def test_other_programs_are_left_alone_unless_asked_for():
    assert len(effective({"dotnet": True}, 17763)) == 8
    assert set(effective({"winhttp": True}, 9200).values()) == {0xA80}
    assert effective({"winhttp": True}, 17763) == {}


def test_schannel_takes_any_number_but_0_for_true():
    assert RegistryNumber().same(1, 0xFFFFFFFF)
    assert not RegistryNumber().same(0, 1)
    assert not RegistryNumber().same("1", 1)
    assert not RegistryNumber(truth=False).same(0xA80, 1)


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ({}, ()),
        ({"install": False, "also": ["Web-WMI"]}, ()),
        ({"install": True}, ("SMTP-Server",)),
        ({"install": True, "also": ["Web-WMI", "SMTP-Server"]}, ("SMTP-Server", "Web-WMI")),
        ({"install": True, "names": ["Web-Metabase", "SMTP-Server"]}, ("Web-Metabase", "SMTP-Server")),
    ],
)
def test_features(section, names):
    assert feature_names(Features.model_validate(section)) == names


@pytest.mark.parametrize("build", [7601, 17763, 20348])
def test_keys_of_tls_1_3_may_be_taken_away_on_any_windows(build):
    found = effective({"protocols": {"TLS 1.3": {"client": "default"}}}, build)
    assert found == {("TLS 1.3\\Client", "Enabled"): None, ("TLS 1.3\\Client", "DisabledByDefault"): None}
