import pytest

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


@pytest.mark.parametrize(("network", "is_open"), [("0.0.0.0/1", True), ("10.0.0.0/8", False)])
def test_a_list_with_half_the_internet_is_an_open_relay_too(site_target, host, network, is_open):
    target = site_target(
        f"virtual_servers: [{{name: Relay, access: {{relay: {{allow: only_listed, addresses: ['{network}']}}}}}}]"
    )
    assert guards(plan(target, relay(host))) == (["open-relay"] if is_open else [])


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
    assert guards(plan(target, builder)) == ["many-removed"]


def test_an_endpoint_that_an_unmanaged_server_keeps_is_a_conflict(site_target, host):
    target = site_target("virtual_servers: [{name: New, state: started, general: {bindings: ['*:25']}}]")
    assert guards(plan(target, relay(host))) == ["binding-conflict"]
    stopped = relay(host, state=4, ServerAutoStart=False)
    assert not plan(target, stopped).findings
