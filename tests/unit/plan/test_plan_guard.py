from dataclasses import replace

import pytest
from unit.conftest import WINDOWS_2019

from iisrelay.errors import RefusedError
from iisrelay.plan.diff import make_plan
from iisrelay.settings.stored import AccessList
from iisrelay.state import ObservedServer

RUNNING = {"ServerAutoStart": True, "ServerBindings": (":25:",)}


def plan(target, builder):
    return make_plan(target, builder.observed(), lambda _setting, _secret: True)


def guards(made):
    return [finding.guard for finding in made.findings]


def relay(host, *, state=2, queued=0, **properties):
    return host(servers=(ObservedServer(1, "Relay", state, queued),), metabase={"SmtpSvc/1": {**RUNNING, **properties}})


def test_all_except_the_list_is_an_open_relay_that_has_to_be_allowed_by_name(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, access: {relay: {allow: all_except, addresses: []}}}]")
    made = plan(target, relay(host))
    assert guards(made) == ["open-relay"]
    with pytest.raises(RefusedError, match="open-relay") as refusal:
        made.refuse_if_dangerous(frozenset())
    assert "--allow open-relay" in refusal.value.hint
    made.refuse_if_dangerous(frozenset({"open-relay"}))


@pytest.mark.parametrize(
    ("networks", "is_open"),
    [
        (["0.0.0.0/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        ([f"{first}.0.0.0/8" for first in range(1, 224)], True),
        ([f"{first}.0.0.0/8" for first in range(1, 224, 2)], True),
        (["0.0.0.0/1"], True),
        (["'*.com'"], True),
        (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], False),
        (["'*.contoso.example'"], False),
    ],
    ids=["all", "halves", "all-in-pieces", "every-second-piece", "half", "com", "private", "own-domain"],
)
def test_a_list_with_much_of_the_internet_is_an_open_relay_too(site_target, host, networks, is_open):
    addresses = ", ".join(networks)
    target = site_target(
        f"virtual_servers: [{{name: Relay, access: {{relay: {{allow: only_listed, addresses: [{addresses}]}}}}}}]"
    )
    assert guards(plan(target, relay(host))) == (["open-relay"] if is_open else [])


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("0.0.0.1, 0.0.0.1", True),
        ("0.0.0.0, 0.255.0.0", False),
        ("0.0.0.0, 0.127.0.0", True),
        ("10.0.0.0, 255.0.0.0", False),
        ("127.0.0.1, 255.255.255.255", False),
    ],
)
def test_a_mask_with_holes_is_judged_by_what_it_lets_through(site_target, host, address, is_open):
    target = site_target("virtual_servers: [{name: Relay, state: started}]")
    made = plan(target, relay(host, state=4, RelayIpList=AccessList(grant_by_default=False, addresses=(address,))))
    assert guards(made) == (["open-relay"] if is_open else [])


@pytest.mark.parametrize(
    ("domain", "is_open"),
    [
        ("{name: '*.com', type: remote, relay: true}", True),
        ("{name: '*.com', metabase: {RouteAction: 4096}}", True),
        ("{name: '*.com', type: remote, relay: false}", False),
        ("{name: '*.contoso.example', type: remote, relay: true}", False),
    ],
)
def test_a_top_level_domain_that_everybody_may_relay_to_is_an_open_relay(site_target, host, domain, is_open):
    made = plan(site_target(f"virtual_servers: [{{name: Relay, domains: [{domain}]}}]"), relay(host))
    assert guards(made) == (["open-relay"] if is_open else [])


def test_a_cleared_list_is_judged_by_the_one_that_shows_again(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, metabase: {RelayIpList: null}}]")
    own = {"RelayIpList": AccessList(grant_by_default=False)}
    opened = relay(host, **own)
    opened.metabase["SmtpSvc"] = {"RelayIpList": AccessList(grant_by_default=True)}
    assert guards(plan(target, opened)) == ["open-relay"]
    assert guards(plan(target, relay(host, **own))) == []


def test_an_open_relay_is_not_started_unasked(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, state: started}]")
    stopped = relay(host, state=4, RelayIpList=AccessList(grant_by_default=True))
    assert guards(plan(target, stopped)) == ["open-relay"]


def test_settings_alone_are_no_upheaval_but_other_endpoints_are(site_target, host):
    servers = tuple(ObservedServer(number, name, 2) for number, name in enumerate("ABC", 1))
    metabase = {server.path: {"ServerAutoStart": True, "ServerBindings": (f":{server.number}:",)} for server in servers}
    builder = host(servers=servers, metabase=metabase)
    names = "[{name: A, %s}, {name: B, %s}, {name: C, %s}]"
    assert guards(plan(site_target("virtual_servers: " + names % (("delivery: {hop_count: 9}",) * 3)), builder)) == []
    moved = [f"general: {{bindings: ['10.0.0.{number}:25']}}" for number in (1, 2)]
    target = site_target("virtual_servers: " + names % (*moved, "delivery: {hop_count: 9}"))
    assert guards(plan(target, builder)) == ["many-changes"]


def test_a_drive_has_to_be_there_and_to_have_room(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, folders: {root: 'Q:\\mail'}}]")
    builder = relay(host)
    for free, expected in (({"C:": 9000}, ["disk-space"]), ({"Q:": 50}, ["disk-space"]), ({"q:": 900}, []), ({}, [])):
        builder.facts = replace(WINDOWS_2019, free_mb=free)
        made = plan(target, builder)
        assert guards(made) == expected
        assert any("900 MB" in text for text in made.warnings) is (free == {"q:": 900})


def test_a_disabled_service_starts_nothing(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, state: started}]")
    builder = replace(relay(host, state=4), services={"startup": "disabled"})
    assert guards(plan(target, builder)) == ["service-disabled"]
    enabling = site_target("virtual_servers: [{name: Relay, state: started}]\nservice: {startup: automatic}")
    assert guards(plan(enabling, builder)) == []


def test_an_open_relay_that_is_not_managed_is_a_warning(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 30}}]")
    made = plan(target, relay(host, RelayIpList=AccessList(grant_by_default=True)))
    assert not made.findings
    assert any("relays for everybody" in warning for warning in made.warnings)


@pytest.mark.parametrize("state", ["stopped", "absent"])
def test_the_last_listener_is_not_stopped_unasked(site_target, host, state):
    target = site_target(f"virtual_servers: [{{name: Relay, state: {state}}}]")
    assert "no-listener" in guards(plan(target, relay(host)))
    assert "no-listener" not in guards(plan(target, relay(host, state=4)))


def test_queued_mail_keeps_a_virtual_server_from_being_removed(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, state: absent}]")
    (finding,) = plan(target, relay(host, state=4, queued=3)).findings
    assert (finding.guard, "3 queued messages" in finding.message) == ("queued-mail", True)


def test_removing_most_virtual_servers_has_to_be_meant(site_target, host):
    names = ["A", "B", "C", "D"]
    target = site_target("virtual_servers: [" + ", ".join(f"{{name: {n}, state: absent}}" for n in "ABC") + "]")
    builder = host(servers=tuple(ObservedServer(i, name, 4) for i, name in enumerate(names, 1)))
    assert guards(plan(target, builder)) == ["many-changes"]


def test_an_endpoint_that_an_unmanaged_server_keeps_is_a_conflict(site_target, host):
    target = site_target("virtual_servers: [{name: New, state: started, general: {bindings: ['*:25']}}]")
    assert guards(plan(target, relay(host))) == ["binding-conflict"]
    stopped = relay(host, state=4, ServerAutoStart=False)
    assert not plan(target, stopped).findings
