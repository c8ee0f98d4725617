from dataclasses import replace
from pathlib import Path

import pytest

from iisrelay.settings.catalog import CATALOG, Scope, checked, find_setting, settings_markdown
from iisrelay.settings.metabase_schema import PROPERTIES
from iisrelay.settings.raw import DOMAIN_CLASS, SERVER_CLASS, SERVICE_CLASS, writable
from iisrelay.settings.stored import Store

DOCS = Path(__file__).parents[3] / "docs"


def test_there_are_enough_settings_of_a_virtual_server():
    assert len([setting for setting in CATALOG if setting.scope is Scope.VIRTUAL_SERVER]) >= 70


def test_page_is_current():
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == settings_markdown()


def test_everything_writable_has_a_named_key_or_a_raw_one():
    raw = {schema.name for name in (SERVICE_CLASS, SERVER_CLASS, DOMAIN_CLASS) for schema in writable(name)}
    named = {setting.address.name for setting in CATALOG if setting.address.store is Store.METABASE}
    smtp = {name for name, schema in PROPERTIES.items() if schema.writable and schema.classes}
    unreachable = {name for name in smtp - raw - named if PROPERTIES[name].classes != ("IIsSmtpVirtualDir",)}
    assert unreachable == set()


@pytest.mark.parametrize(
    "setting", [item for item in CATALOG if item.address.store is Store.METABASE], ids=lambda item: item.key
)
def test_a_setting_has_the_type_of_its_property(setting):
    assert setting.kind is PROPERTIES[setting.address.name].type
    assert setting.sensitive is PROPERTIES[setting.address.name].secure or setting.address.name == "AdminACL"


def test_two_settings_in_one_place_are_refused_unless_their_bits_are_disjoint():
    hop_count, required = find_setting("delivery.hop_count"), find_setting("access.tls.required")
    with pytest.raises(ValueError, match=r"twin and delivery\.hop_count are both stored"):
        checked([hop_count, replace(hop_count, key="twin")])
    with pytest.raises(ValueError, match="both stored"):
        checked([required, replace(required, key="twin", mask=0x18)])
    assert checked([required, replace(required, key="twin", mask=0x10)])


def test_a_setting_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="has no sentence"):
        checked([replace(find_setting("delivery.hop_count"), description="")])


def test_rows_are_what_the_command_line_shows():
    assert find_setting("delivery.hop_count").row() == {
        "key": "delivery.hop_count",
        "meaning": "Largest number of Received headers; mail with more is taken for a loop.",
        "values": "1 to 1000",
        "default": 15,
        "stored as": "HopCount (36886), DWORD",
        "in the console": "Delivery tab > Advanced... > Maximum hop count",
        "restart": "",
    }
