"""Checks of raw properties (``metabase:``): each place of the metabase is managed by one key."""

from collections.abc import Iterator

from iisrelay.settings.catalog import CATALOG, Scope
from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.raw import RawSection
from iisrelay.site.assign import is_written
from iisrelay.site.model import VirtualServer
from iisrelay.site.problems import Finding, Location

NAME_PROPERTY = "ServerComment"
RAW_KEY = "metabase"


def check_raw(server: VirtualServer) -> Iterator[Finding]:
    """Find raw properties of a virtual server and its domains that another key manages as well."""
    yield from _twins(server, Scope.VIRTUAL_SERVER, ())
    raw = server.metabase
    if isinstance(raw, RawSection) and NAME_PROPERTY in raw.model_fields_set:
        yield Finding((RAW_KEY, NAME_PROPERTY), "is the name of the virtual server; write name: instead")
    for index, domain in enumerate(server.domains or []):
        yield from _twins(domain, Scope.DOMAIN, ("domains", index))


def raw_twins(raw: object, here: Location) -> Iterator[Finding]:
    """Find raw properties that are stored in one place: a number, and the names of its bits."""
    if not isinstance(raw, RawSection):
        return
    seen: dict[str, list[tuple[str, int | None]]] = {}
    for name, place in _places(raw):
        shared = [other for other, mask in seen.setdefault(place.name, []) if _share_bits(mask, place.codec.mask)]
        if shared:
            yield Finding((*here, RAW_KEY, name), f"is stored in {place.name}, as is {shared[0]}, which is set too")
        seen[place.name].append((name, place.codec.mask))


def _twins(model: Section, scope: Scope, here: Location) -> Iterator[Finding]:
    raw = getattr(model, RAW_KEY, None)
    if not isinstance(raw, RawSection):
        return
    yield from raw_twins(raw, here)
    for name, place in _places(raw):
        for setting in CATALOG:
            is_same = setting.scope is scope and not setting.address.path and setting.address.name == place.name
            if is_same and _share_bits(setting.mask, place.codec.mask) and is_written(model, setting):
                yield Finding((*here, RAW_KEY, name), f"is the same as {setting.key}, which is set too")


def _places(raw: RawSection) -> Iterator[tuple[str, Metabase]]:
    for name in sorted(raw.model_fields_set):
        metadata = type(raw).model_fields[name].metadata
        yield name, next(item for item in metadata if isinstance(item, Metabase))


def _share_bits(one: int | None, other: int | None) -> bool:
    return one is None or other is None or bool(one & other)
