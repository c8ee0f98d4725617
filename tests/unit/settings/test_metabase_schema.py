from iisrelay.settings.metabase_schema import PROPERTIES, find, similar
from iisrelay.settings.stored import AccessList, Kind


def test_find_ignores_the_case_of_letters():
    assert find("maxmessagesize") is PROPERTIES["MaxMessageSize"]
    assert find("NoSuchProperty") is None


def test_similar_names_are_suggested():
    assert similar("MaxMesageSize") == "MaxMessageSize"
    assert similar("zzz") is None


def test_facts_arrive_typed():
    assert PROPERTIES["ServerBindings"].installed == (":25:",)
    assert PROPERTIES["RelayForAuth"].installed == 2**32 - 1
    assert PROPERTIES["RelayIpList"].installed == AccessList(False)
    assert PROPERTIES["AdminACL"].type is Kind.ACL
    assert PROPERTIES["RouteAction"].flags["SMTP_SSL"] == 4


def test_attributes_decide_what_may_be_written():
    assert PROPERTIES["RoutePassword"].secure
    assert PROPERTIES["RoutePassword"].inherit
    assert not PROPERTIES["ServerBindings"].inherit
    assert not PROPERTIES["ServerState"].writable
    assert PROPERTIES["HopCount"].writable


def test_numbers_are_unique_and_bits_have_a_parent():
    numbers = [entry.id for entry in PROPERTIES.values() if entry.id]
    assert len(numbers) == len(set(numbers))
    for entry in PROPERTIES.values():
        if entry.bit is not None:
            assert PROPERTIES[entry.parent_property].type is Kind.DWORD
