import pytest

from iisrelay.errors import RefusedError, UnsupportedHostError
from iisrelay.plan.diff import make_plan
from iisrelay.settings.stored import Address, Store
from iisrelay.state import HostFacts, ObservedServer
from iisrelay.status import Action

WINDOWS_2025 = HostFacts("10.0.26100.0", 26100, "Windows Server 2025 Standard", "5.1", True, True)


def plan(target, builder):
    return make_plan(target, builder.observed(), lambda _setting, _secret: True)


def summary(made):
    return [(change.setting, change.path, change.name, change.action) for change in made.changes]


def test_a_new_virtual_server_gets_the_lowest_free_number_and_is_started_last(site_target, host):
    target = site_target("virtual_servers: [{name: New, general: {bindings: ['10.1.2.3:25']}}]")
    builder = host(servers=(ObservedServer(1, "One", 2), ObservedServer(3, "Three", 2)))
    made = plan(target, builder)
    assert summary(made) == [
        ("virtual_servers[New]", "SmtpSvc/2", "KeyType", Action.CREATE),
        ("virtual_servers[New].general.bindings", "SmtpSvc/2", "ServerBindings", Action.CREATE),
        ("virtual_servers[New].general.auto_start", "SmtpSvc/2", "ServerAutoStart", Action.CREATE),
        ("virtual_servers[New].state", "SmtpSvc/2", "ServerState", Action.CREATE),
    ]


def test_names_are_identity_whatever_the_numbers(site_target, host):
    target = site_target("virtual_servers: [{name: B, state: started}, {name: A, state: started}]")
    builder = host(
        servers=(ObservedServer(1, "A", 2), ObservedServer(7, "B", 4)),
        metabase={"SmtpSvc/1": {"ServerAutoStart": True}, "SmtpSvc/7": {"ServerAutoStart": True}},
    )
    assert summary(plan(target, builder)) == [("virtual_servers[B].state", "SmtpSvc/7", "ServerState", Action.UPDATE)]


@pytest.mark.parametrize("state", ["started", "absent"])
def test_a_name_that_two_virtual_servers_have_is_refused(site_target, host, state):
    target = site_target(f"virtual_servers: [{{name: A, state: {state}}}]")
    with pytest.raises(RefusedError, match="the name of 2 virtual servers of the host: SmtpSvc/1 and SmtpSvc/3"):
        plan(target, host(servers=(ObservedServer(1, "A", 2), ObservedServer(2, "a", 2), ObservedServer(3, "A", 2))))
    clear = host(
        servers=(ObservedServer(1, "a", 2), ObservedServer(2, "A", 2)),
        metabase={"SmtpSvc/2": {"ServerAutoStart": True}},
    )
    assert {change.path for change in plan(target, clear).changes} <= {"SmtpSvc/2"}


def test_the_unnamed_server_on_the_same_endpoint_is_taken_over(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, general: {bindings: ['*:25']}}]")
    builder = host(
        servers=(ObservedServer(1, None, 2),),
        metabase={"SmtpSvc/1": {"ServerBindings": (":25:",), "ServerAutoStart": True}},
    )
    made = plan(target, builder)
    assert summary(made) == [("virtual_servers[Relay].name", "SmtpSvc/1", "ServerComment", Action.CREATE)]
    assert any("takes over" in warning for warning in made.warnings)


def test_an_unnamed_server_on_another_endpoint_is_left_alone(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, general: {bindings: ['127.0.0.1:2525']}}]")
    builder = host(
        servers=(ObservedServer(1, None, 2),),
        metabase={"SmtpSvc/1": {"ServerBindings": (":25:",), "ServerAutoStart": True}},
    )
    assert {change.path for change in plan(target, builder).changes} == {"SmtpSvc/2"}


def test_an_unnamed_server_is_managed_under_the_name_that_the_console_shows(site_target, host):
    target = site_target("virtual_servers: [{name: '[SMTP Virtual Server #1]', delivery: {hop_count: 30}}]")
    builder = host(servers=(ObservedServer(1, None, 2),), metabase={"SmtpSvc/1": {"ServerAutoStart": True}})
    assert [change.name for change in plan(target, builder).changes] == ["HopCount"]


def test_absent_removes_and_is_content_where_there_is_none(site_target, host):
    target = site_target("virtual_servers: [{name: Old, state: absent}]")
    there = host(servers=(ObservedServer(1, "One", 4), ObservedServer(2, "Old", 4)))
    assert summary(plan(target, there)) == [("virtual_servers[Old]", "SmtpSvc/2", "KeyType", Action.DELETE)]
    assert plan(target, host(servers=(ObservedServer(1, "One", 4),))).is_empty


def test_stopped_also_keeps_it_from_starting_with_the_service(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, state: stopped}]")
    builder = host(
        servers=(ObservedServer(1, "Relay", 2), ObservedServer(2, "Other", 2)),
        metabase={"SmtpSvc/1": {"ServerAutoStart": True}},
    )
    changes = plan(target, builder).changes
    assert [(change.name, change.stored_after) for change in changes] == [
        ("ServerState", 4),
        ("ServerAutoStart", False),
    ]


def test_domains_are_created_before_their_properties_and_removed_by_name(site_target, host):
    target = site_target(
        """
        virtual_servers:
          - name: Relay
            domains: [{name: partner.example, type: remote}, {name: old.example, state: absent}]
        """
    )
    builder = host(
        servers=(ObservedServer(1, "Relay", 2),),
        metabase={"SmtpSvc/1": {}, "SmtpSvc/1/Domain/old.example": {}},
    )
    changes = [change for change in plan(target, builder).changes if "Domain" in change.path]
    assert (changes[0].path, changes[0].action) == ("SmtpSvc/1/Domain/old.example", Action.DELETE)
    assert (changes[1].path, changes[1].name) == ("SmtpSvc/1/Domain/partner.example", "KeyType")
    assert all(change.path.endswith("partner.example") for change in changes[1:])


def test_a_host_without_the_feature_gets_it_first(site_target, host):
    target = site_target(
        """
        virtual_servers:
          - {name: Relay, general: {bindings: ['127.0.0.1:2525']}, folders: {root: 'D:\\mail'}}
        service: {startup: delayed-automatic, state: running}
        features: {install: true}
        """
    )
    made = plan(target, host(smtp_ready=False, features={"SMTP-Server": "available"}))
    stores = [change.store for change in made.changes]
    assert stores[0] is Store.FEATURE
    assert stores[1] is Store.FOLDER
    assert made.changes[-1].name == "ServerState"
    assert {change.path for change in made.changes if change.store is Store.METABASE} == {"SmtpSvc/2"}


def test_a_host_without_the_feature_takes_over_what_setup_will_make(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, general: {bindings: ['*:25']}}]\nfeatures: {install: true}")
    made = plan(target, host(smtp_ready=False, features={"SMTP-Server": "available"}))
    assert {change.path for change in made.changes if change.store is Store.METABASE} == {"SmtpSvc/1"}


@pytest.mark.parametrize(
    ("features", "facts", "word"),
    [
        ({"SMTP-Server": "unknown", "Web-Metabase": "available"}, WINDOWS_2025, "removed it"),
        ({"SMTP-Server": "available"}, None, "not installed"),
        ({"SMTP-Server": "installed"}, None, "cannot be reached"),
    ],
)
def test_hosts_that_cannot_be_managed_are_refused_with_a_way_out(site_target, host, features, facts, word):
    target = site_target("virtual_servers: [{name: Relay}]")
    builder = host(smtp_ready=False, features=features, **({"facts": facts} if facts else {}))
    with pytest.raises(UnsupportedHostError, match=word) as refusal:
        plan(target, builder)
    assert refusal.value.hint


def test_firewall_rules_follow_the_endpoints_that_others_can_reach(site_target, host):
    target = site_target(
        """
        virtual_servers: [{name: Relay, general: {bindings: ['10.1.2.3:25', '127.0.0.1:2525']}}]
        firewall: {manage: true, remote_addresses: [10.0.0.0/8]}
        """
    )
    stale = Address(Store.FIREWALL, "iisrelay SMTP *:99", "rule")
    builder = host(servers=(ObservedServer(1, "Relay", 2),), others={stale: "TCP 99 on any from any"})
    rules = [change for change in plan(target, builder).changes if change.store is Store.FIREWALL]
    assert {(rule.path, rule.action, rule.after) for rule in rules} == {
        ("iisrelay SMTP *:99", Action.DELETE, None),
        ("iisrelay SMTP 10.1.2.3:25", Action.CREATE, "TCP 25 on 10.1.2.3 from 10.0.0.0/255.0.0.0"),
    }
