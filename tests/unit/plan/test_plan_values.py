from iisrelay.plan.diff import make_plan
from iisrelay.settings.stored import AccessList
from iisrelay.state import ObservedServer, ObservedValue
from iisrelay.status import Action, Restart

ONE = (ObservedServer(1, "Relay", 2),)


def never(_setting, _secret):
    return False


def always(_setting, _secret):
    return True


def plan(target, builder, check=never):
    return make_plan(target, builder.observed(), check)


def relay(host, **properties):
    return host(servers=ONE, metabase={"SmtpSvc/1": {"ServerAutoStart": True, **properties}})


def test_equal_values_need_no_change(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 30}}]")
    assert plan(target, relay(host, HopCount=30)).is_empty


def test_a_different_value_is_updated_and_shown_as_written(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, messages: {max_size: 4MB}}]")
    (change,) = plan(target, relay(host, MaxMessageSize=2097153)).changes
    assert change.action is Action.UPDATE
    assert change.setting == "virtual_servers[Relay].messages.max_size"
    assert (change.path, change.name) == ("SmtpSvc/1", "MaxMessageSize")
    assert change.stored_before == 2097153
    assert change.stored_after == 4 * 1024 * 1024
    assert change.before != "2MB"


def test_an_inherited_value_that_equals_the_desired_one_is_left_alone(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 15}}]")
    assert plan(target, relay(host, HopCount=ObservedValue(15, inherited=True))).is_empty


def test_overriding_an_inherited_value_creates_a_local_one(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 30}}]")
    (change,) = plan(target, relay(host, HopCount=ObservedValue(15, inherited=True))).changes
    assert change.action is Action.CREATE
    assert change.was_inherited
    assert change.before == 15


def test_null_deletes_what_is_stored_here(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: null}}]")
    (change,) = plan(target, relay(host, HopCount=30)).changes
    assert (change.action, change.before, change.after) == (Action.DELETE, 30, None)


def test_null_leaves_inherited_and_absent_values_alone(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: null}}]")
    assert plan(target, relay(host, HopCount=ObservedValue(15, inherited=True))).is_empty
    assert plan(target, relay(host)).is_empty


def test_settings_that_share_a_number_become_one_change_that_keeps_unmanaged_bits(site_target, host):
    target = site_target(
        """
        virtual_servers:
          - name: Relay
            delivery: {smart_host: mail.example.net, outbound_security: {method: anonymous, tls: true}}
        """
    )
    unmanaged = 0x10000
    changes = [change for change in plan(target, relay(host, RouteAction=unmanaged)).changes
               if change.name == "RouteAction"]  # fmt: skip
    assert len(changes) == 1
    assert changes[0].stored_before == unmanaged
    assert changes[0].stored_after & unmanaged
    assert changes[0].stored_after != unmanaged


def test_self_becomes_the_host_s_own_addresses(site_target, host):
    target = site_target(
        "virtual_servers: [{name: Relay, access: {relay: {allow: only_listed, addresses: [self, 10.9.0.0/16]}}}]"
    )
    (change,) = plan(target, relay(host)).changes
    assert change.stored_after == AccessList(
        grant_by_default=False,
        addresses=("127.0.0.1, 255.255.255.255", "10.1.2.3, 255.255.255.255", "10.9.0.0, 255.255.0.0"),
    )
    same = relay(host, RelayIpList=change.stored_after)
    assert plan(target, same).is_empty


PASSWORD = """
    virtual_servers:
      - name: Relay
        delivery:
          outbound_security: {method: basic, username: a@example.com, password: env:RELAY_PASSWORD, tls: true}
    """


def test_a_secret_is_set_when_the_host_has_none(site_target, host):
    changes = [c for c in plan(site_target(PASSWORD), relay(host), always).changes if c.sensitive]
    assert [(c.name, c.action, c.before, c.after) for c in changes] == [("RoutePassword", Action.CREATE, None, None)]
    assert changes[0].secret.reference == "env:RELAY_PASSWORD"


def test_a_secret_that_was_applied_last_is_current(site_target, host):
    target = site_target(PASSWORD)
    builder = relay(host, RoutePassword=ObservedValue(None, hidden=True))
    assert not [c for c in plan(target, builder, always).changes if c.sensitive]
    (change,) = [c for c in plan(target, builder, never).changes if c.sensitive]
    assert change.action is Action.UPDATE


def test_values_of_a_foreign_type_differ(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 30}}]")
    (change,) = plan(target, relay(host, HopCount="30")).changes
    assert change.before == "30"


def test_restarts_are_named_by_the_settings_that_need_them(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, general: {bindings: ['10.1.2.3:25']}}]")
    (change,) = plan(target, relay(host, ServerBindings=(":25:",))).changes
    assert change.restart is Restart.VIRTUAL_SERVER


def test_planning_is_case_insensitive_about_places(site_target, host):
    target = site_target(
        "virtual_servers: [{name: Relay, domains: [{name: partner.example, type: remote, relay: true}]}]"
    )
    first = plan(target, relay(host))
    domain = {change.name: change.stored_after for change in first.changes if change.name != "KeyType"}
    builder = host(
        servers=ONE,
        metabase={"SmtpSvc/1": {"ServerAutoStart": True}, "SmtpSvc/1/Domain/Partner.Example": domain},
    )
    assert plan(target, builder).is_empty


SERVICE = "service: {metabase: {HopCount: %d}}\n"


def test_a_value_that_will_be_inherited_from_the_planned_service_needs_no_copy(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 30}}]\n" + SERVICE % 30)
    builder = host(
        servers=ONE,
        metabase={
            "SmtpSvc": {"HopCount": 15},
            "SmtpSvc/1": {"ServerAutoStart": True, "HopCount": ObservedValue(15, inherited=True)},
        },
    )
    assert [change.path for change in plan(target, builder).changes] == ["SmtpSvc"]


def test_a_value_that_the_planned_service_would_change_becomes_the_server_s_own(site_target, host):
    target = site_target("virtual_servers: [{name: Relay, delivery: {hop_count: 15}}]\n" + SERVICE % 30)
    builder = host(
        servers=ONE,
        metabase={
            "SmtpSvc": {"HopCount": 15},
            "SmtpSvc/1": {"ServerAutoStart": True, "HopCount": ObservedValue(15, inherited=True)},
        },
    )
    assert [(change.path, change.stored_after) for change in plan(target, builder).changes] == [
        ("SmtpSvc", 30),
        ("SmtpSvc/1", 15),
    ]
