"""Which roles and features are installed on a machine, and what installing or removing them does."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iisrelay.lab.windows.feature_catalog import SMTP_SERVER, Feature, catalog
from iisrelay.lab.windows.service_seed import IISADMIN, SMTPSVC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iisrelay.lab.windows.machine import Machine

METABASE = "Web-Metabase"
SMTP_LIBRARY = r"C:\Windows\System32\inetsrv\smtpsvc.dll"


@dataclass(frozen=True)
class FeatureChange:
    """What an installation or removal did: the features concerned, parents first."""

    features: tuple[Feature, ...]
    restart_needed: bool = False


class Features:
    """The features of a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.catalog = catalog(machine.windows)
        self.installed = {key for key, feature in self.catalog.items() if feature.installed}

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.catalog.values())

    def find(self, name: str) -> Feature | None:
        """Find a feature by its name in any case."""
        return self.catalog.get(name.lower())

    def match(self, pattern: str) -> list[Feature]:
        """List the features whose name (or display name) fits a wildcard pattern."""
        wanted = pattern.lower()
        return [
            feature
            for feature in self
            if fnmatch.fnmatchcase(feature.name.lower(), wanted)
            or fnmatch.fnmatchcase(feature.display_name.lower(), wanted)
        ]

    def is_installed(self, name: str) -> bool:
        """Tell whether a feature is installed."""
        return name.lower() in self.installed

    def children(self, feature: Feature) -> list[Feature]:
        """List the features directly below one."""
        return [other for other in self if other.parent == feature.name]

    def descendants(self, feature: Feature) -> list[Feature]:
        """List all features below one, parents first."""
        return [found for child in self.children(feature) for found in (child, *self.descendants(child))]

    def install(self, features: Iterable[Feature], *, all_below: bool = False, tools: bool = False) -> FeatureChange:
        """Install features with their parents and what they depend on; already installed ones change nothing."""
        wanted: set[str] = set()
        for feature in features:
            self._require(feature, wanted)
            for below in self.descendants(feature) if all_below else ():
                self._require(below, wanted)
            for tool in feature.management_tools if tools else ():
                self._require(self.catalog[tool.lower()], wanted)
        added = tuple(feature for key, feature in self.catalog.items() if key in wanted and key not in self.installed)
        for feature in added:
            self.installed.add(feature.name.lower())
            self._installed(feature)
        return FeatureChange(added, restart_needed=self.machine.pending_reboot)

    def remove(self, features: Iterable[Feature]) -> FeatureChange:
        """Remove features with everything below them and everything that depends on them."""
        doomed: set[str] = set()
        for feature in features:
            self._condemn(feature, doomed)
        removed = tuple(feature for key, feature in self.catalog.items() if key in doomed and key in self.installed)
        for feature in reversed(removed):
            self.installed.discard(feature.name.lower())
            self._removed(feature)
        # Windows asks for a restart after the removal of inetinfo's services, which stay loaded until then.
        restart = any(feature.name in (SMTP_SERVER, METABASE) for feature in removed)
        self.machine.pending_reboot = self.machine.pending_reboot or restart
        return FeatureChange(removed, restart_needed=self.machine.pending_reboot)

    def to_json(self) -> list[str]:
        """Give the JSON form: the names of the installed features."""
        return sorted(self.installed)

    def load_json(self, data: list[Any]) -> None:
        """Replace the installed features by those of the JSON form."""
        self.installed = set(data)

    def _require(self, feature: Feature, wanted: set[str]) -> None:
        wanted.add(feature.name.lower())
        for name in (feature.parent, *feature.depends_on):
            if name and name.lower() not in wanted:
                self._require(self.catalog[name.lower()], wanted)

    def _condemn(self, feature: Feature, doomed: set[str]) -> None:
        doomed.add(feature.name.lower())
        for other in self:
            needs = other.parent == feature.name or feature.name in other.depends_on
            if needs and other.name.lower() not in doomed:
                self._condemn(other, doomed)

    def _installed(self, feature: Feature) -> None:
        if feature.name == METABASE:
            self.machine.services.install(IISADMIN)
            self.machine.metabase.install_compatibility()
        elif feature.name == SMTP_SERVER:
            self.machine.services.install(SMTPSVC)
            self.machine.files.write_bytes(SMTP_LIBRARY, b"MZ")
            self.machine.metabase.install_smtp()

    def _removed(self, feature: Feature) -> None:
        if feature.name == SMTP_SERVER:
            self.machine.services.remove(SMTPSVC.name)
            self.machine.files.delete(SMTP_LIBRARY)
            self.machine.metabase.remove_smtp()
        elif feature.name == METABASE:
            self.machine.services.remove(IISADMIN.name)
