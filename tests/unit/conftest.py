"""Targets out of YAML and observed hosts out of a few words, for every test that plans."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

from iisrelay.settings.stored import Address, Store, Stored
from iisrelay.site.loader import load_site
from iisrelay.site.target import Target
from iisrelay.site.targets import targets
from iisrelay.state import HostFacts, Observed, ObservedServer, ObservedValue

# A slow machine is no defect: no test depends on time.
settings.register_profile("any-speed", deadline=None)
settings.load_profile("any-speed")

WINDOWS_2019 = HostFacts(
    version="10.0.17763.0",
    build=17763,
    product="Windows Server 2019 Standard",
    powershell="5.1",
    is_64_bit=True,
    is_administrator=True,
    addresses=("10.1.2.3",),
)


@dataclass
class HostBuilder:
    """A host as it might be observed; the metabase is given as {path: {name: value or ObservedValue}}."""

    facts: HostFacts = WINDOWS_2019
    servers: tuple[ObservedServer, ...] = ()
    metabase: Mapping[str, Mapping[str, Stored | ObservedValue]] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=lambda: {"SMTP-Server": "installed"})
    others: Mapping[Address, Stored] = field(default_factory=dict)
    smtp_ready: bool = True

    def observed(self) -> Observed:
        values: dict[Address, ObservedValue] = {}
        for path, properties in self.metabase.items():
            values[Address(Store.METABASE, path, "KeyType")] = ObservedValue("IIsSmtpServer")
            for name, value in properties.items():
                wrapped = value if isinstance(value, ObservedValue) else ObservedValue(value)
                values[Address(Store.METABASE, path, name)] = wrapped
        for name, value in self.services.items():
            values[Address(Store.SERVICE, "SMTPSVC", name)] = ObservedValue(value)
        values.update({address: ObservedValue(value) for address, value in self.others.items()})
        return Observed(self.facts, self.smtp_ready, servers=self.servers, features=dict(self.features), values=values)


@pytest.fixture
def site_target(tmp_path: Path) -> Callable[[str], Target]:
    """Give the function that turns the text of a site file (from "virtual_servers" on) into the target of host h1."""

    def build(text: str) -> Target:
        path = tmp_path / "site.yaml"
        path.write_text("version: 1\nhosts: {h1: {}}\n" + dedent(text), encoding="utf-8")
        return targets(load_site(path))[0]

    return build


@pytest.fixture
def host() -> type[HostBuilder]:
    return HostBuilder
