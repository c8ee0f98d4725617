from dataclasses import replace

import pytest

from iisrelay.plan.diff import make_plan
from iisrelay.settings.host import SCHANNEL
from iisrelay.settings.stored import Address, Store

SITE = """
    tls: {policy: tls12, protocols: {TLS 1.3: {client: enabled}}}
    service: {startup: automatic}
    virtual_servers: [{name: Relay, general: {bindings: ['*:2525']}}]
"""
CLIENT = Address(Store.REGISTRY, rf"{SCHANNEL}\TLS 1.2\Client", "Enabled")


@pytest.fixture
def plan(site_target, host):
    def make(build, values):
        observed = host(others=values).observed()
        observed = replace(observed, facts=replace(observed.facts, build=build))
        return make_plan(site_target(SITE), observed, lambda _setting, _secret: True)

    return make


def test_a_value_of_a_wrong_type_is_told_and_replaced(plan):
    made = plan(17763, {CLIENT: "1"})
    assert any("'1', which is no REG_DWORD" in text for text in made.warnings)
    (change,) = [change for change in made.changes if change.path == CLIENT.path and change.name == "Enabled"]
    assert (change.before, change.after) == ("1", 1)


def test_any_number_but_0_is_as_good_as_1(plan):
    made = plan(17763, {CLIENT: 0xFFFFFFFF})
    assert not any("REG_DWORD" in text for text in made.warnings)
    assert not [change for change in made.changes if change.path == CLIENT.path and change.name == "Enabled"]


@pytest.mark.parametrize(("build", "is_left_out"), [(9600, True), (17763, True), (20348, False)])
def test_tls13_is_left_out_before_2022_and_that_is_told(plan, build, is_left_out):
    made = plan(build, {})
    assert any("TLS 1.3" in change.path for change in made.changes) is not is_left_out
    assert any("tls.protocols.TLS 1.3.client: left out" in text for text in made.warnings) is is_left_out
