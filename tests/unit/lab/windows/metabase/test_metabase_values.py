import pytest

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.metabase.failures import (
    ALREADY_EXISTS,
    CANNOT_CONVERT,
    INVALID_PARAMETER,
    OVERFLOW,
    PATH_NOT_FOUND,
    PROPERTY_NOT_SUPPORTED,
)


def refused(metabase, path, name, value) -> int:
    with pytest.raises(NetError) as caught:
        metabase.write(metabase.open(path), name, value)
    return caught.value.hresult


def test_paths_and_names_do_not_care_about_case(metabase, value):
    metabase.write(metabase.open("SMTPSVC/1"), "hopcount", 20)

    assert value("smtpsvc/1", "HOPCOUNT") == 20
    assert metabase.open("smtpsvc/1").records["hopcount"].name == "HopCount"


def test_a_missing_key_is_path_not_found(metabase):
    with pytest.raises(NetError) as caught:
        metabase.open("SmtpSvc/7")

    assert caught.value.hresult == PATH_NOT_FOUND


def test_virtual_servers_inherit_from_the_service_until_they_hold_their_own(metabase, value):
    server = metabase.open("SmtpSvc/1")
    assert metabase.read(server, "HopCount").is_inherited

    metabase.write(server, "HopCount", 20)
    metabase.write(metabase.open("SmtpSvc"), "HopCount", 30)
    assert value("SmtpSvc/1", "HopCount") == 20

    metabase.clear(server, "HopCount")
    assert value("SmtpSvc/1", "HopCount") == 30


def test_properties_without_the_inherit_attribute_stay_at_their_key(metabase, value):
    metabase.create(metabase.open("SmtpSvc"), "2", "IIsSmtpServer")

    assert value("SmtpSvc/2", "ServerBindings") is None
    assert value("SmtpSvc/2", "ServerAutoStart") is True  # the schema's default


def test_the_schema_supplies_what_nobody_stored(metabase, value):
    assert value("SmtpSvc/1", "SmtpAuthTimeout") == 0
    assert value("SmtpSvc/1", "ServerComment") is None
    found = metabase.read(metabase.open("SmtpSvc/1"), "LocalRetryInterval")
    assert (found.value, found.key, found.is_inherited) == (60, None, False)


def test_a_class_has_only_its_properties(metabase):
    assert refused(metabase, "SmtpSvc/1", "NoSuchProperty", 1) == PROPERTY_NOT_SUPPORTED
    assert refused(metabase, "SmtpSvc/1", "SmtpDsHost", "x") == PROPERTY_NOT_SUPPORTED
    assert refused(metabase, "SmtpSvc/1/RoutingSources", "HopCount", 1) == PROPERTY_NOT_SUPPORTED
    metabase.write(metabase.open("SmtpSvc/1/RoutingSources"), "SmtpDsHost", "dc1")


@pytest.mark.parametrize(
    ("given", "stored"),
    [(20, 20), (-1, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), ("25", 25), ("0x10", 16), (True, 0xFFFFFFFF), (2.0, 2)],
)
def test_numbers_are_stored_as_dwords(metabase, value, given, stored):
    metabase.write(metabase.open("SmtpSvc/1"), "MaxRecipients", given)

    assert value("SmtpSvc/1", "MaxRecipients") == stored


@pytest.mark.parametrize(
    ("name", "wrong", "hresult"),
    [
        ("MaxRecipients", "many", CANNOT_CONVERT),
        ("MaxRecipients", None, CANNOT_CONVERT),
        ("MaxRecipients", 2**32, OVERFLOW),
        ("MaxRecipients", -(2**31) - 1, OVERFLOW),
        ("LogType", 2, INVALID_PARAMETER),
        ("DoMasquerade", "perhaps", CANNOT_CONVERT),
        ("SmartHost", [1], CANNOT_CONVERT),
        ("RelayIpList", "10.0.0.1", CANNOT_CONVERT),
        ("SSLCertHash", [256], CANNOT_CONVERT),
        ("AdminACL", "Everyone", CANNOT_CONVERT),
    ],
)
def test_wrong_values_are_refused(metabase, name, wrong, hresult):
    assert refused(metabase, "SmtpSvc/1", name, wrong) == hresult


@pytest.mark.parametrize(
    ("given", "stored"), [("True", True), ("false", False), (1, True), (0, False), ("-1", True), (True, True)]
)
def test_booleans_are_coerced(metabase, value, given, stored):
    metabase.write(metabase.open("SmtpSvc/1"), "DoMasquerade", given)

    assert value("SmtpSvc/1", "DoMasquerade") is stored


def test_a_boolean_folds_into_its_mask(metabase, value):
    server = metabase.open("SmtpSvc/1")
    metabase.write(server, "AuthBasic", True)
    metabase.write(server, "AuthAnonymous", False)

    assert value("SmtpSvc/1", "AuthFlags") == 2
    assert value("SmtpSvc/1", "AuthBasic") is True
    assert value("SmtpSvc", "AuthFlags") == 1
    metabase.write(server, "AuthFlags", 7)
    assert value("SmtpSvc/1", "AuthNTLM") is True


def test_clearing_a_bit_drops_the_whole_mask(metabase, value):
    server = metabase.open("SmtpSvc/1")
    metabase.write(server, "LogExtFileDate", True)
    assert value("SmtpSvc/1", "LogExtFileFlags") == 1414 | 1

    metabase.clear(server, "LogExtFileDate")

    assert value("SmtpSvc/1", "LogExtFileFlags") == 1414


def test_lists_of_strings(metabase, value):
    server = metabase.open("SmtpSvc/1")
    metabase.write(server, "ServerBindings", ["127.0.0.1:25:", ":2525:"])
    assert value("SmtpSvc/1", "ServerBindings") == ("127.0.0.1:25:", ":2525:")

    metabase.write(server, "ServerBindings", ":587:")
    assert value("SmtpSvc/1", "ServerBindings") == (":587:",)


def test_a_key_is_created_once(metabase):
    service = metabase.open("SmtpSvc")
    metabase.create(service, "2", "IIsSmtpServer")

    with pytest.raises(NetError) as caught:
        metabase.create(service, "2", "IIsSmtpServer")

    assert caught.value.hresult == ALREADY_EXISTS


def test_every_change_is_counted(metabase):
    before = metabase.change_number
    metabase.write(metabase.open("SmtpSvc/1"), "HopCount", 20)
    metabase.clear(metabase.open("SmtpSvc/1"), "HopCount")
    metabase.clear(metabase.open("SmtpSvc/1"), "HopCount")

    assert metabase.change_number == before + 2
