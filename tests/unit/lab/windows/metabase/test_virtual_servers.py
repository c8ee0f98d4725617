import pytest

from iisrelay.lab.windows.metabase.virtual_servers import endpoints_of
from iisrelay.lab.windows.services import DISABLED


@pytest.fixture
def servers(metabase):
    return metabase.virtual_servers


@pytest.fixture
def service(machine):
    return machine.services.find("SMTPSVC")


@pytest.fixture
def second(metabase):
    key = metabase.create(metabase.open("SmtpSvc"), "2", "IIsSmtpServer")
    metabase.write(key, "ServerBindings", ":2525:")
    return key


def test_starting_a_virtual_server_starts_the_service_and_those_that_start_with_it(servers, service, second, value):
    assert value("SmtpSvc/1", "ServerState") == 4

    assert servers.start(second) == 0

    assert service.status == "Running"
    assert (value("SmtpSvc/1", "ServerState"), value("SmtpSvc/2", "ServerState")) == (2, 2)


def test_a_stopped_virtual_server_stays_stopped_across_a_restart_of_the_service(
    machine, metabase, servers, service, value
):
    machine.services.start(service)
    servers.stop(metabase.open("SmtpSvc/1"))
    assert value("SmtpSvc/1", "ServerAutoStart") is False

    machine.services.stop(service)
    machine.services.start(service)
    assert value("SmtpSvc/1", "ServerState") == 4

    servers.start(metabase.open("SmtpSvc/1"))
    assert value("SmtpSvc/1", "ServerAutoStart") is True


def test_stopping_the_service_stops_all_and_remembers_who_ran(machine, servers, service, second, value):
    servers.start(second)
    machine.services.stop(service)
    assert value("SmtpSvc/2", "ServerState") == 4

    machine.services.start(service)

    assert value("SmtpSvc/2", "ServerState") == 2


def test_two_virtual_servers_cannot_share_an_endpoint(metabase, servers, second, value):
    metabase.write(second, "ServerBindings", ["127.0.0.1:9:", ":25:"])
    servers.start(metabase.open("SmtpSvc/1"))

    assert servers.start(second) == 10048
    assert (value("SmtpSvc/2", "ServerState"), value("SmtpSvc/2", "Win32Error")) == (4, 10048)

    metabase.write(second, "ServerBindings", "127.0.0.1:25:")
    assert servers.start(second) == 0
    assert value("SmtpSvc/2", "Win32Error") == 0


def test_changed_bindings_count_after_a_restart(metabase, servers, second):
    first = metabase.open("SmtpSvc/1")
    servers.start(first)
    servers.stop(second)
    metabase.write(first, "ServerBindings", ":2600:")
    metabase.write(second, "ServerBindings", ":25:")
    assert servers.start(second) == 10048

    servers.stop(first)
    servers.start(first)

    assert servers.start(second) == 0


def test_a_virtual_server_without_bindings_does_not_start(metabase, servers, second):
    metabase.clear(second, "ServerBindings")

    assert servers.start(second) == 87


def test_a_disabled_service_is_the_error_of_the_start(servers, service, metabase):
    service.start_type = DISABLED

    assert servers.start(metabase.open("SmtpSvc/1")) == 1058


def test_pause_and_continue(metabase, servers, value):
    first = metabase.open("SmtpSvc/1")
    assert servers.pause(first) == 1062
    servers.start(first)

    assert servers.pause(first) == 0
    assert value("SmtpSvc/1", "ServerState") == 6
    assert servers.resume(first) == 0
    assert value("SmtpSvc/1", "ServerState") == 2


@pytest.mark.parametrize(
    ("command", "state"), [(("ServerCommand", 1), 2), (("ServerState", 2), 2), (("ServerCommand", 9), 4)]
)
def test_writes_that_are_commands(machine, metabase, second, command, state):
    metabase.write(second, "ServerAutoStart", False)
    machine.services.start(machine.services.find("SMTPSVC"))

    metabase.write(second, *command)

    assert metabase.read(second, "ServerState").value == state


def test_commands_need_the_service(metabase, value):
    metabase.write(metabase.open("SmtpSvc/1"), "ServerState", 2)

    assert value("SmtpSvc/1", "ServerState") == 4


def test_deleting_a_running_virtual_server_frees_its_endpoint(metabase, servers, second):
    servers.start(metabase.open("SmtpSvc/1"))
    metabase.delete(metabase.open("SmtpSvc"), "1")
    metabase.write(second, "ServerBindings", ":25:")

    assert servers.start(second) == 0
    assert [key.name for key in metabase.server_keys()] == ["2"]


def test_virtual_servers_come_in_the_order_of_their_numbers(metabase):
    for number in ("10", "2"):
        metabase.create(metabase.open("SmtpSvc"), number, "IIsSmtpServer")

    assert [key.name for key in metabase.server_keys()] == ["1", "2", "10"]


def test_the_service_refreshes_its_name_unless_it_was_edited(machine, metabase, service, value):
    metabase.write(metabase.open("SmtpSvc"), "FullyQualifiedDomainName", "old.example")
    metabase.write(metabase.open("SmtpSvc/1"), "FullyQualifiedDomainName", "relay.example")
    machine.services.start(service)
    assert value("SmtpSvc", "FullyQualifiedDomainName") == "crm01.lab.example"
    assert value("SmtpSvc/1", "FullyQualifiedDomainName") == "relay.example"


def test_endpoints_are_taken_apart():
    assert endpoints_of((":25:", "127.0.0.1:2525:host", "10.0.0.1:587", ":0:", ":x:", "")) == (
        ("", 25),
        ("127.0.0.1", 2525),
        ("10.0.0.1", 587),
    )
