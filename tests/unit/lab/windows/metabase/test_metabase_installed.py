import json

import pytest

from iisrelay.lab.windows.machine import Machine
from iisrelay.settings.relay_list import decode


@pytest.mark.parametrize(
    ("name", "installed"),
    [
        ("ServerBindings", (":25:",)),
        ("MaxConnections", 2000000000),
        ("ConnectionTimeout", 600),
        ("AuthFlags", 1),
        ("RelayForAuth", 0xFFFFFFFF),
        ("MaxMessageSize", 2097152),
        ("MaxSessionSize", 10485760),
        ("MaxBatchedMessages", 20),
        ("SmtpRemoteProgressiveRetry", "15,30,60,240"),
        ("HopCount", 15),
        ("SmartHost", ""),
        ("SmtpOutboundCommandSupportOptions", 7),
        ("LogType", 0),
        ("BadMailDirectory", r"C:\inetpub\mailroot\Badmail"),
        ("FullyQualifiedDomainName", "crm01.lab.example"),
        ("DefaultDomain", "crm01.lab.example"),
        ("ServerState", 4),
    ],
)
def test_fresh_values(value, name, installed):
    assert value("SmtpSvc/1", name) == installed


@pytest.mark.parametrize("version", ["2008r2", "2012", "2012r2", "2016", "2019"])
def test_a_fresh_relay_list_lets_nobody_relay(make_machine, version):
    metabase = make_machine(version).metabase
    found = metabase.read(metabase.open("SmtpSvc/1"), "RelayIpList")

    access = decode(found.value).access_list
    assert (access.grant_by_default, access.addresses) == (False, ())


def test_server_2022_has_no_relay_list(make_machine):
    metabase = make_machine("2022").metabase

    assert metabase.read(metabase.open("SmtpSvc/1"), "RelayIpList") is None


def test_the_keys_that_scripts_look_for(metabase):
    for path in (
        "Logging/W3C Extended Log File Format",
        "SmtpSvc/Info",
        "SmtpSvc/1/Domain/crm01.lab.example",
        "SmtpSvc/1/RoutingSources",
        "SmtpSvc/1/Root/MailBox",
    ):
        assert metabase.find(path) is not None, path


def test_the_log_formats_match_the_installed_plug_in(value):
    assert value("SmtpSvc/1", "LogPluginClsid") == value("Logging/W3C Extended Log File Format", "LogModuleId")


def test_setup_makes_the_mail_folders_and_the_file(machine):
    assert machine.files.is_directory(r"C:\inetpub\mailroot\Queue")
    assert machine.files.is_file(r"C:\Windows\System32\inetsrv\MetaBase.xml")


def test_without_the_feature_there_is_nothing():
    machine = Machine.create("plain", "2019")

    assert not machine.metabase.smtp_installed()


def test_removal_takes_the_service_away(metabase):
    metabase.remove_smtp()

    assert not metabase.smtp_installed()
    assert metabase.find("Logging") is not None


def test_the_state_survives_as_json_without_passwords_in_clear(machine):
    metabase = machine.metabase
    server = metabase.open("SmtpSvc/1")
    metabase.write(server, "RoutePassword", "s3cret-marker")
    metabase.write(server, "RelayIpList", b"\x01\x02")
    metabase.virtual_servers.start(server)

    text = json.dumps(machine.to_json())
    restored = Machine.from_json(json.loads(text)).metabase

    assert "s3cret-marker" not in text
    again = restored.open("SmtpSvc/1")
    assert restored.read(again, "RoutePassword").value == "s3cret-marker"
    assert restored.read(again, "RelayIpList").value == b"\x01\x02"
    assert restored.read(again, "ServerState").value == 2
    assert restored.read(again, "AdminACL").value == metabase.read(server, "AdminACL").value
    assert restored.to_json() == metabase.to_json()
