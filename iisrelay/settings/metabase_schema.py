"""The metabase schema of the SMTP service: every property's number, type, attributes and defaults.

The facts stand in ``metabase_schema.json``, which was put together from public documentation and public scripts. They
were never compared with a real Windows, so whoever relies on a default verifies it on the host.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from iisrelay.settings.stored import AccessList, Kind, Stored


@dataclass(frozen=True)
class PropertySchema:
    """One property of the metabase.

    ``schema_default`` is what the schema supplies where nothing is stored at any level; ``installed`` is the best
    estimate of what Setup writes to a first virtual server ("{fqdn}" stands for the computer's full name). A property
    with a ``parent_property`` is a bit of that DWORD (``bit``) under a name of its own. ``read_only`` says why nobody
    should write it ("": writable).
    """

    name: str
    id: int | None
    type: Kind
    user_type: str
    attributes: frozenset[str]
    classes: tuple[str, ...]
    meaning: str
    schema_default: Stored | None = None
    installed: Stored | None = None
    lower: int | None = None
    upper: int | None = None
    flags: Mapping[str, int] = field(default_factory=dict, hash=False)
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    parent_property: str | None = None
    bit: int | None = None
    ui: str = ""
    read_only: str = ""

    @property
    def inherit(self) -> bool:
        """Tell whether nodes below see the value."""
        return "INHERIT" in self.attributes

    @property
    def secure(self) -> bool:
        """Tell whether the metabase encrypts the value."""
        return "SECURE" in self.attributes

    @property
    def volatile(self) -> bool:
        """Tell whether the value lives in memory only."""
        return "VOLATILE" in self.attributes

    @property
    def writable(self) -> bool:
        """Tell whether a site file may set the property."""
        return not self.read_only and not self.volatile


def find(name: str) -> PropertySchema | None:
    """Give the property of that name in any case of letters, or None."""
    exact = _spellings().get(name.lower())
    return PROPERTIES[exact] if exact else None


def similar(name: str) -> str | None:
    """Give the property name that was probably meant, or None."""
    close = get_close_matches(name.lower(), _spellings(), n=1, cutoff=0.7)
    return _spellings()[close[0]] if close else None


@cache
def _spellings() -> Mapping[str, str]:
    return {name.lower(): name for name in PROPERTIES}


def _load() -> Mapping[str, PropertySchema]:
    document = json.loads(files(__package__).joinpath("metabase_schema.json").read_text(encoding="utf-8"))
    return MappingProxyType({name: _property(name, entry) for name, entry in document["properties"].items()})


def _property(name: str, entry: Mapping[str, Any]) -> PropertySchema:
    kind = Kind(entry["type"])
    return PropertySchema(
        name=name,
        id=entry.get("id"),
        type=kind,
        user_type=entry.get("user_type", "IIS_MD_UT_SERVER"),
        attributes=frozenset(entry["attributes"]),
        classes=tuple(entry["classes"]),
        meaning=entry["meaning"],
        schema_default=_stored(entry.get("default")),
        installed=_stored(entry.get("installed")),
        lower=entry.get("lower"),
        upper=entry.get("upper"),
        flags=MappingProxyType(entry.get("flags", {})),
        values=MappingProxyType(entry.get("values", {})),
        parent_property=entry.get("parent"),
        bit=entry.get("bit"),
        ui=entry.get("ui", ""),
        read_only=entry.get("read_only", ""),
    )


def _stored(value: Any) -> Stored | None:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return AccessList(value["grant_by_default"])
    stored: Stored | None = value
    return stored


PROPERTIES: Mapping[str, PropertySchema] = _load()
