import pytest

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.metabase import backup, exchange
from iisrelay.lab.windows.metabase.failures import (
    ACCESS_DENIED,
    ALREADY_EXISTS,
    FILE_EXISTS,
    INVALID_PARAMETER,
    INVALID_VERSION,
    NO_MORE_ITEMS,
    NO_SESSION_KEY,
    PATH_NOT_FOUND,
)
from iisrelay.lab.windows.metabase.sealing import Sealer

EXPORT = r"C:\Windows\Temp\smtp.xml"


def hresult_of(function, *arguments, **named) -> int:
    with pytest.raises(NetError) as caught:
        function(*arguments, **named)
    return caught.value.hresult


def hop_count(metabase) -> int:
    return metabase.read(metabase.open("SmtpSvc/1"), "HopCount").value


def set_hop_count(metabase, number) -> None:
    metabase.write(metabase.open("SmtpSvc/1"), "HopCount", number)


def test_backups_are_numbered_and_restored(machine, metabase):
    set_hop_count(metabase, 21)
    backup.create(metabase, "before", backup.NEXT_VERSION, backup.SAVE_FIRST | backup.FORCE)
    set_hop_count(metabase, 22)
    backup.create(metabase, "before", backup.NEXT_VERSION, 0)
    set_hop_count(metabase, 23)

    assert machine.files.is_file(r"C:\Windows\System32\inetsrv\MetaBack\before.MD1")
    backup.restore(metabase, "before", backup.HIGHEST_VERSION, 0)
    assert hop_count(metabase) == 22
    backup.restore(metabase, "before", 0, 0)
    assert hop_count(metabase) == 21


def test_a_restore_restarts_what_ran(machine, metabase):
    metabase.virtual_servers.start(metabase.open("SmtpSvc/1"))
    backup.create(metabase, "", backup.NEXT_VERSION, 0)

    backup.restore(metabase, "MDBackUp", 0, 0)

    assert machine.services.find("SMTPSVC").status == "Running"
    assert metabase.read(metabase.open("SmtpSvc/1"), "ServerState").value == 2


def test_a_version_is_overwritten_only_on_request(metabase):
    backup.create(metabase, "a", 3, 0)

    assert hresult_of(backup.create, metabase, "a", 3, 0) == ALREADY_EXISTS
    backup.create(metabase, "a", 3, backup.OVERWRITE)
    backup.create(metabase, "a", backup.HIGHEST_VERSION, backup.OVERWRITE)


@pytest.mark.parametrize(
    ("name", "version", "flags"), [("x" * 101, 0, 0), (r"a\b", 0, 0), ("a", 10000, 0), ("a", 0, 8)]
)
def test_what_cannot_be_a_backup(metabase, name, version, flags):
    assert hresult_of(backup.create, metabase, name, version, flags) == INVALID_PARAMETER


def test_enumeration_ends_with_an_error(metabase):
    backup.create(metabase, "b", 1, 0)
    backup.create(metabase, "a", 1, 0)
    backup.create(metabase, "a", 0, 0)

    found = [backup.entry(metabase, "", index) for index in range(3)]

    assert [(item.name, item.version) for item in found] == [("a", 0), ("a", 1), ("b", 1)]
    assert hresult_of(backup.entry, metabase, "", 3) == NO_MORE_ITEMS
    assert hresult_of(backup.entry, metabase, "b", 1) == NO_MORE_ITEMS


def test_deleting(metabase):
    backup.create(metabase, "a", 0, 0)
    backup.delete(metabase, "a", backup.HIGHEST_VERSION)

    assert hresult_of(backup.delete, metabase, "a", 0) == INVALID_VERSION
    assert hresult_of(backup.restore, metabase, "a", 0, 0) == INVALID_VERSION
    assert hresult_of(backup.restore, metabase, "a", 0, 1) == INVALID_PARAMETER


def test_a_backup_without_a_password_is_for_this_machine_only(metabase):
    metabase.write(metabase.open("SmtpSvc/1"), "RoutePassword", "s3cret")
    backup.create(metabase, "plain", 0, 0)
    backup.create(metabase, "locked", 0, 0, password="pass")
    metabase.sealer = Sealer.generate()

    assert hresult_of(backup.restore, metabase, "plain", 0, 0) == NO_SESSION_KEY
    assert hresult_of(backup.restore, metabase, "locked", 0, 0, password="wrong") == ACCESS_DENIED
    backup.restore(metabase, "locked", 0, 0, password="pass")
    assert metabase.read(metabase.open("SmtpSvc/1"), "RoutePassword").value == "s3cret"


def test_export_and_import_of_one_virtual_server(machine, metabase):
    set_hop_count(metabase, 21)
    metabase.write(metabase.open("SmtpSvc/1"), "RoutePassword", "s3cret-marker")
    exchange.export(metabase, "pass", EXPORT, "/LM/SmtpSvc/1", 0)

    assert "s3cret-marker" not in machine.files.read_text(EXPORT)
    exchange.read(metabase, "pass", EXPORT, source="/LM/SmtpSvc/1", destination="/LM/SmtpSvc/2", flags=0)

    second = metabase.open("SmtpSvc/2")
    assert metabase.read(second, "HopCount").value == 21
    assert metabase.read(second, "RoutePassword").value == "s3cret-marker"
    assert metabase.find("SmtpSvc/2/Domain") is not None


def test_export_of_the_node_only_with_what_it_inherits(metabase):
    exchange.export(metabase, "", EXPORT, "/LM/SmtpSvc/1", exchange.NODE_ONLY | exchange.INHERITED)
    exchange.read(metabase, "", EXPORT, source="/LM/SmtpSvc/1", destination="/LM/SmtpSvc/3", flags=0)

    third = metabase.open("SmtpSvc/3")
    assert not metabase.read(third, "HopCount").is_inherited
    assert metabase.find("SmtpSvc/3/Domain") is None


def test_a_merge_keeps_what_the_file_does_not_have(metabase):
    exchange.export(metabase, "", EXPORT, "/LM/SmtpSvc/1", 0)
    set_hop_count(metabase, 40)
    metabase.create(metabase.open("SmtpSvc/1/Domain"), "new.example", "IIsSmtpDomain")

    exchange.read(metabase, "", EXPORT, source="/LM/SmtpSvc/1", destination="/LM/SmtpSvc/1", flags=exchange.MERGE)
    assert hop_count(metabase) == 40
    assert metabase.find("SmtpSvc/1/Domain/new.example") is not None

    exchange.read(metabase, "", EXPORT, source="/LM/SmtpSvc/1", destination="/LM/SmtpSvc/1", flags=0)
    assert hop_count(metabase) == 15
    assert metabase.find("SmtpSvc/1/Domain/new.example") is None


def test_what_export_and_import_refuse(metabase):
    exchange.export(metabase, "pass", EXPORT, "/LM/SmtpSvc/1", 0)
    places = {"source": "/LM/SmtpSvc/1", "destination": "/LM/SmtpSvc/1"}

    assert hresult_of(exchange.export, metabase, "pass", EXPORT, "/LM/SmtpSvc/1", 0) == FILE_EXISTS
    assert hresult_of(exchange.export, metabase, "pass", r"C:\x.xml", "/LM/Nowhere", 0) == PATH_NOT_FOUND
    assert hresult_of(exchange.export, metabase, "pass", r"C:\x.xml", "/LM/SmtpSvc", 4) == INVALID_PARAMETER
    assert hresult_of(exchange.read, metabase, "wrong", EXPORT, flags=0, **places) == ACCESS_DENIED
    assert hresult_of(exchange.read, metabase, "pass", r"C:\none.xml", flags=0, **places) == PATH_NOT_FOUND
    assert hresult_of(exchange.read, metabase, "pass", EXPORT, flags=8, **places) == INVALID_PARAMETER
