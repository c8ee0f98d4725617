from pathlib import Path

import pytest

from iisrelay.errors import UsageError
from iisrelay.secret import Secret
from iisrelay.settings.stored import AccessList, Kind, Store
from iisrelay.site.loader import load_site
from iisrelay.site.target import Cleared, FirewallTarget
from iisrelay.site.targets import targets
from iisrelay.status import Restart

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def load(tmp_path):
    def load_text(servers, rest=""):
        file = tmp_path / "site.yaml"
        file.write_text(f"version: 1\nhosts: {{crm01: }}\nvirtual_servers:\n{servers}\n{rest}\n", encoding="utf-8")
        return load_site(file).targets[0]

    return load_text


def stored(target, server=0):
    return {item.setting: item.value for item in target.virtual_servers[server].assignments}


def test_a_setting_knows_its_place_and_its_line(load):
    (item,) = load("- {name: A, delivery: {hop_count: 30}}").virtual_servers[0].assignments
    assert (item.setting, item.address.store, item.address.path, item.address.name) == (
        "delivery.hop_count", Store.METABASE, "", "HopCount",
    )  # fmt: skip
    assert (item.kind, item.value, item.mask, item.origin.line) == (Kind.DWORD, 30, None, 4)


def test_absent_is_not_managed_and_null_clears(load):
    assert stored(load("- {name: A, delivery: {hop_count: null}, messages: }")) == {"delivery.hop_count": Cleared()}
    assert stored(load("- {name: A, access: {relay: {allow: null}}}")) == {"access.relay": Cleared()}


def test_a_preset_fills_port_login_and_tls(load):
    values = stored(
        load(
            "- name: A\n  delivery: {smart_host: {preset: ses, region: eu-west-1},"
            " outbound_security: {username: u, password: env:P}}"
        )
    )
    assert values == {
        "delivery.smart_host": "email-smtp.eu-west-1.amazonaws.com",
        "delivery.attempt_direct_delivery": 2,
        "delivery.outbound_port": 587,
        "delivery.outbound_security.method": 0x108,
        "delivery.outbound_security.tls": 4,
        "delivery.outbound_security.username": "u",
        "delivery.outbound_security.password": Secret("env:P"),
    }


def test_what_is_written_wins_over_a_preset(load):
    values = stored(
        load(
            "- name: A\n  delivery: {smart_host: sendgrid, outbound_port: 2525, attempt_direct_delivery: true,"
            " outbound_security: {username: u, password: env:P}}"
        )
    )
    assert (values["delivery.outbound_port"], values["delivery.attempt_direct_delivery"]) == (2525, 1)


@pytest.mark.parametrize(
    ("written", "host", "direct"),
    [
        ("10.0.0.5", "[10.0.0.5]", 2),
        ("'[10.0.0.5]'", "[10.0.0.5]", 2),
        ("none", "", 0),
        ("mail.example", "mail.example", 2),
    ],
)
def test_smart_hosts_are_stored_as_windows_wants_them(load, written, host, direct):
    values = stored(load(f"- {{name: A, delivery: {{smart_host: {written}}}}}"))
    assert values == {"delivery.smart_host": host, "delivery.attempt_direct_delivery": direct}


def test_a_cleared_smart_host_clears_its_switch(load):
    assert set(stored(load("- {name: A, delivery: {smart_host: null}}")).values()) == {Cleared()}


def test_a_root_stands_for_four_folders(load):
    target = load("- {name: A, folders: {root: 'D:\\mail\\', drop: 'E:\\drop'}}")
    assert stored(target) == {
        "folders.queue": "D:\\mail\\Queue",
        "folders.pickup": "D:\\mail\\Pickup",
        "folders.drop": "E:\\drop",
        "messages.bad_mail_folder": "D:\\mail\\Badmail",
    }
    assert target.virtual_servers[0].folders == ("D:\\mail\\Queue", "D:\\mail\\Pickup", "E:\\drop", "D:\\mail\\Badmail")


def test_address_lists_are_normal(load):
    values = stored(
        load(
            "- name: A\n  access:\n    relay: {addresses: [self, 10.0.0.7, 10.0.0.0/24, 10.0.0.0/24, '*.A.example'],"
            " authenticated: true}\n    connections: {allow: all_except}"
        )
    )
    assert values["access.relay"] == AccessList(
        False, ("10.0.0.0, 255.255.255.0",), ("*.a.example",), own_addresses=True
    )
    assert values["access.relay.authenticated"] == 2**32 - 1
    assert values["access.connections"] == AccessList(True)


def test_bits_that_share_a_dword_have_disjoint_masks(load):
    target = load("- {name: A, access: {tls: {required: true, require_128_bit: false}}}")
    assert [(item.address.name, item.value, item.mask) for item in target.virtual_servers[0].assignments] == [
        ("AccessSSLFlags", 8, 8),
        ("AccessSSLFlags", 0, 256),
    ]


def test_bindings_are_shown_and_stored(load):
    server = load("- {name: A, general: {bindings: ['*:25', '127.0.0.1:2525']}}").virtual_servers[0]
    assert server.bindings == ("*:25", "127.0.0.1:2525")
    assert server.assignments[0].value == (":25:", "127.0.0.1:2525:")
    assert server.assignments[0].restart is Restart.VIRTUAL_SERVER


def test_domains_have_their_own_place(load):
    written = "{name: partner.example, type: remote, relay: true, smart_host: mail.partner.example}"
    (domain,) = load(f"- {{name: A, domains: [{written}]}}").virtual_servers[0].domains
    assert domain.present
    assert {(item.address.path, item.address.name, item.value, item.mask) for item in domain.assignments} == {
        ("Domain/partner.example", "RouteAction", 0, 0x10),
        ("Domain/partner.example", "RouteAction", 0x1000, 0x1000),
        ("Domain/partner.example", "RouteAction", 0x2, 0x2),
        ("Domain/partner.example", "RouteActionString", "mail.partner.example", None),
    }


def test_raw_properties_are_typed_by_the_schema(load):
    target = load(
        "- {name: A, metabase: {AuthFlags: [AuthBasic], ShouldPickupMail: true, DomainRouting: [x], AccessSSL: true,"
        " SSLCertHash: 0aff, HopCount: null, LogOdbcPassword: env:P, LogFileDirectory: '%windir%\\x'}}",
        "service: {metabase: {HopCount: 20}}",
    )
    found = {
        item.setting: (item.address.name, item.kind, item.value, item.mask)
        for item in target.virtual_servers[0].assignments
    }
    assert found == {
        "metabase.AuthFlags": ("AuthFlags", Kind.DWORD, 2, None),
        "metabase.ShouldPickupMail": ("ShouldPickupMail", Kind.BOOL, True, None),
        "metabase.DomainRouting": ("DomainRouting", Kind.MULTISZ, ("x",), None),
        "metabase.AccessSSL": ("AccessSSLFlags", Kind.DWORD, 8, 8),
        "metabase.SSLCertHash": ("SSLCertHash", Kind.BINARY, b"\x0a\xff", None),
        "metabase.HopCount": ("HopCount", Kind.DWORD, Cleared(), None),
        "metabase.LogOdbcPassword": ("LogOdbcPassword", Kind.STRING, Secret("env:P"), None),
        "metabase.LogFileDirectory": ("LogFileDirectory", Kind.EXPANDSZ, "%windir%\\x", None),
    }
    assert [(item.setting, item.value) for item in target.assignments] == [("service.metabase.HopCount", 20)]


@pytest.mark.parametrize(
    "text", ["' \u2018\u2019\u201a\u201b", "$(Get-Date) `n %PATH%", "\u00fc\u4e2d\U0001f4e7", "a  b ", "#"]
)
def test_odd_texts_arrive_character_for_character(tmp_path, text):
    file = tmp_path / "site.yaml"
    quoted = text.replace("'", "''")
    file.write_text(
        f"version: 1\nhosts: {{crm01: }}\nvirtual_servers: [{{name: A, protocol: {{banner: '{quoted}'}}}}]\n",
        encoding="utf-8",
    )
    assert stored(load_site(file).targets[0]) == {"protocol.banner": text}


def test_hosts_have_their_connections(tmp_path):
    file = tmp_path / "site.yaml"
    file.write_text(
        "version: 1\nhost_defaults: {winrm: {https: false, username: u, password: env:P}}\n"
        "hosts: {a: , b: {address: 10.0.0.9, winrm: {https: true, timeout: 1h}}, c: {connection: local}}\n"
    )
    first, second, third = (target.connection for target in load_site(file).targets)
    assert (first.address, first.port, first.auth, first.password) == ("a", 5985, "ntlm", Secret("env:P"))
    assert (second.address, second.port, second.timeout_s, second.username) == ("10.0.0.9", 5986, 3600.0, "u")
    assert third.kind == "local"


def test_overrides_reach_one_host_alone():
    fleet = {target.name: target for target in load_site(EXAMPLES / "fleet.yaml").targets}
    hops = {name.split(".")[0]: stored(target)["delivery.hop_count"] for name, target in fleet.items()}
    assert hops == {"relay-ams01": 15, "relay-ams02": 15, "relay-fra01": 30, "relay-old01": 15}
    relay = stored(fleet["relay-fra01.contoso.example"])["access.relay"]
    assert relay.addresses == ("10.40.0.0, 255.255.0.0",)
    assert fleet["relay-old01.contoso.example"].virtual_servers[1].state == "absent"
    assert fleet["relay-ams01.contoso.example"].virtual_servers is fleet["relay-ams02.contoso.example"].virtual_servers


def test_the_rest_of_the_file_has_its_defaults(load):
    target = load("- {name: A}")
    assert (target.features, target.save_to_disk, target.reboot_allowed) == ((), True, False)
    assert target.firewall == FirewallTarget()
    target = load(
        "- {name: A}", "features: {install: true, also: [Web-WMI]}\nsave_to_disk: false\nreboot_allowed: true"
    )
    assert (target.features, target.save_to_disk, target.reboot_allowed) == (("SMTP-Server", "Web-WMI"), False, True)


def test_unknown_hosts_are_a_usage_error():
    site = load_site(EXAMPLES / "fleet.yaml")
    assert [target.name for target in targets(site, ["relay-ams02.contoso.example"])] == ["relay-ams02.contoso.example"]
    with pytest.raises(UsageError) as caught:
        targets(site, ["relay-ams03.contoso.example"])
    assert "Did you mean relay-ams0" in caught.value.hint
