"""Listeners follow the run-time state of the virtual servers."""

import pytest


def test_there_is_a_listener_while_the_virtual_server_runs(relay):
    host = relay()
    assert list(host.service.ports) == ["*:25"]
    host.stop()
    assert host.service.ports == {}
    with pytest.raises(ConnectionRefusedError):
        host.machine.network.connect("relay01", 25)
    host.start()
    with host.connect() as client:
        assert client.banner.startswith("220 ")


def test_new_bindings_come_with_a_restart(relay):
    host = relay()
    host.set(ServerBindings=("127.0.0.1:2525:", ":2526:"))
    assert list(host.service.ports) == ["*:25"]
    host.restart()
    assert list(host.service.ports) == ["*:2526", "127.0.0.1:2525"]
    with host.connect("127.0.0.1", 2525) as client:
        assert client.banner.startswith("220 ")
    with pytest.raises(ConnectionRefusedError):
        host.machine.network.connect("relay01", 2525)


def test_a_paused_virtual_server_takes_no_connections(relay):
    host = relay()
    servers = host.machine.metabase.virtual_servers
    servers.pause(host.key)
    host.service.refresh()
    assert host.service.ports == {}
    servers.resume(host.key)
    host.service.refresh()
    assert list(host.service.ports) == ["*:25"]


def test_virtual_servers_are_apart(relay):
    host = relay()
    metabase = host.machine.metabase
    second = metabase.create(metabase.open("SmtpSvc"), "2", "IIsSmtpServer")
    metabase.write(second, "ServerBindings", ("127.0.0.1:2525:",))
    metabase.write(second, "FullyQualifiedDomainName", "billing.contoso.example")
    assert metabase.virtual_servers.start(second) == 0
    with host.connect("127.0.0.1", 2525) as client:
        assert client.banner.startswith("220 billing.contoso.example ")
    with host.connect() as client:
        assert client.banner.startswith("220 RELAY01.lab.example ")


def test_a_script_of_the_host_starts_and_uses_its_own_listener(relay):
    host = relay()
    host.stop()
    host.machine.services.start(host.machine.services.find("SMTPSVC"))
    with host.connect("localhost") as client:  # connecting looks for new listeners by itself
        assert client.banner.startswith("220 ")


def test_accepted_mail_is_told(relay):
    host = relay()
    told = []
    host.service.changed = lambda: told.append(True)
    with host.connect() as client:
        client.say("HELO app01")
        client.send("x@RELAY01.lab.example")
    assert told
