from pathlib import Path

import pytest

from iisrelay.settings.texts import SmartHost
from iisrelay.site.presets import PRESETS, presets_markdown

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_preset_can_be_used(preset):
    parameters = {name: values[0] if values else "contoso.com" for name, values in preset.parameters.items()}
    assert SmartHost().store(preset.resolve(parameters))
    assert preset.port in preset.ports
    assert not set(preset.ports) & {465, 2465, 8465}
    assert preset.method in ("basic", "anonymous", None)


def test_there_are_enough_of_them():
    assert len(PRESETS) >= 15


def test_domain_of_a_tenant_is_written_with_dashes():
    connector = PRESETS["exchange-online-connector"]
    assert connector.resolve({"domain": "mail.contoso.com"}) == "mail-contoso-com.mail.protection.outlook.com"
    assert connector.resolve({"domain-with-dashes": "contoso-com"}) == "contoso-com.mail.protection.outlook.com"


def test_a_parameter_is_no_way_into_a_host_name():
    with pytest.raises(ValueError, match="not a host name"):
        PRESETS["exchange-online-connector"].resolve({"domain": "a b/c"})


def test_page_is_current():
    assert (DOCS / "presets.md").read_text(encoding="utf-8") == presets_markdown()
