"""From models to assignments: the stored form of everything that a site file manages."""

from collections.abc import Iterator

from iisrelay.secret import Secret
from iisrelay.settings.catalog import CATALOG, Scope, Setting
from iisrelay.settings.codec import Codec
from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.host import HostValue
from iisrelay.settings.raw import RawSection
from iisrelay.settings.stored import Address, Store, Stored
from iisrelay.site.problems import Location, locate
from iisrelay.site.target import Assignment, Cleared, Origin
from iisrelay.site.tree import Fields
from iisrelay.status import Restart

RAW_KEY = "metabase"
_ABSENT = object()
_SETTINGS = {scope: tuple(setting for setting in CATALOG if setting.scope is scope) for scope in Scope}
_BY_PROPERTY = {setting.address.name: setting for setting in CATALOG if setting.address.store is Store.METABASE}


def assignments(model: Section, scope: Scope, tree: Fields, file: str, path: str = "") -> Iterator[Assignment]:
    """Give the assignments of all named and raw settings that a model of the scope manages."""
    for setting in _SETTINGS[scope]:
        written = _written(model, setting)
        if written is not _ABSENT:
            yield _assignment(setting, written, path, origin(tree, tuple(setting.key.split(".")), file))
    raw = getattr(model, RAW_KEY, None)
    if isinstance(raw, RawSection):
        yield from raw_assignments(raw, tree, file, path)


def is_written(model: Section, setting: Setting) -> bool:
    """Tell whether a model manages a setting."""
    return _written(model, setting) is not _ABSENT


def raw_assignments(
    raw: RawSection, tree: Fields, file: str, path: str = "", prefix: tuple[str, ...] = (RAW_KEY,)
) -> Iterator[Assignment]:
    """Give the assignments of a ``metabase:`` key."""
    for name in sorted(raw.model_fields_set):
        place = next(item for item in type(raw).model_fields[name].metadata if isinstance(item, Metabase))
        named = _BY_PROPERTY.get(place.name)
        yield Assignment(
            setting=".".join((*prefix, name)),
            address=Address(Store.METABASE, path, place.name),
            kind=place.codec.kind,
            value=_stored(place.codec, getattr(raw, name)),
            codec=place.codec,
            mask=place.codec.mask,
            sensitive=place.codec.sensitive,
            restart=_raw_restart(named, is_service=prefix != (RAW_KEY,)),
            origin=origin(tree, (*prefix, name), file),
        )


def _raw_restart(named: Setting | None, *, is_service: bool) -> Restart:
    """Give the restart of a raw property: that of the key for it. All virtual servers may inherit from the service."""
    restart = named.restart if named else Restart.NONE
    return Restart.SERVICE if is_service and restart is Restart.VIRTUAL_SERVER else restart


def host_assignments(values: Iterator[HostValue], tree: Fields, file: str) -> Iterator[Assignment]:
    """Give the assignments of the service and the registry."""
    for value in values:
        yield Assignment(
            setting=value.setting,
            address=value.address,
            kind=value.codec.kind,
            value=Cleared() if value.value is None else value.value,
            codec=value.codec,
            restart=value.restart,
            origin=origin(tree, _host_location(value.setting), file),
            minimum_build=value.minimum_build,
            maximum_build=value.maximum_build,
        )


def origin(tree: Fields, location: Location, file: str) -> Origin:
    """Give the place in the file that asks for something."""
    return Origin(file, locate(tree, location)[0])


def _host_location(setting: str) -> Location:
    # Names of protocols have a dot of their own: tls.protocols.TLS 1.2.client
    head, _, rest = setting.partition(".protocols.")
    if not rest:
        return tuple(setting.split("."))
    protocol, _, side = rest.rpartition(".")
    return (head, "protocols", protocol, side)


def _assignment(setting: Setting, written: object, path: str, where: Origin) -> Assignment:
    below = setting.address.path
    full = f"{path}/{below}" if path and below else path or below
    return Assignment(
        setting=setting.key,
        address=Address(setting.address.store, full, setting.address.name),
        kind=setting.kind,
        value=_stored(setting.codec, written),
        codec=setting.codec,
        mask=setting.mask,
        sensitive=setting.sensitive,
        restart=setting.restart,
        origin=where,
    )


def _stored(codec: Codec, written: object) -> Stored | Secret | Cleared:
    return Cleared() if written is None else codec.store(written)


def _written(model: Section, setting: Setting) -> object:
    return _section_value(model, setting) if setting.section else _value(model, setting.key.split("."))


def _value(model: Section, keys: list[str]) -> object:
    """Give what is written at a key path; absent is not the same as null."""
    *sections, last = keys
    current: object = model
    for key in sections:
        current = getattr(current, key)
        if current is None:
            return _ABSENT
    if not isinstance(current, Section) or last not in current.model_fields_set:
        return _ABSENT
    value: object = getattr(current, last)
    return value


def _section_value(model: Section, setting: Setting) -> object:
    """Give what is written for a section that is one value: null when ``allow`` is."""
    section = _value(model, setting.key.split("."))
    if not isinstance(section, Section) or not section.model_fields_set & {"allow", "addresses"}:
        return _ABSENT
    allow, addresses = getattr(section, "allow", None), getattr(section, "addresses", None)
    if "allow" in section.model_fields_set and allow is None:
        return None
    return {"allow": allow or "only_listed", "addresses": addresses or []}
