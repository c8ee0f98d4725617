"""The catalog: every setting once, with all that is known about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import get_args

from pydantic.fields import FieldInfo

from iisrelay.settings.codec import Codec
from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.domains import Domain
from iisrelay.settings.host import PROTOCOLS, HostValue, ProtocolState, Service, Sides, Tls, service_values, tls_values
from iisrelay.settings.stored import Address, Kind, Store, Stored
from iisrelay.settings.virtual_server import VirtualServerSettings
from iisrelay.status import Restart

RAW_KEY = "metabase"
ALL_BITS = 0xFFFFFFFF


class Scope(StrEnum):
    """What a setting belongs to."""

    VIRTUAL_SERVER = "virtual server"
    DOMAIN = "domain"
    HOST = "host"


@dataclass(frozen=True)
class Setting:
    """One setting: its key in the site file and its place in Windows.

    ``mask`` marks the bits of a DWORD that it owns (None: the whole value). ``installed`` is what a fresh server is
    believed to hold, in stored form. ``section`` tells whether the key is a section that is stored as one value,
    ``words`` what may be written where that is more than the codec knows.
    """

    key: str
    scope: Scope
    address: Address
    kind: Kind
    codec: Codec
    description: str
    mask: int | None = None
    installed: Stored | None = None
    metabase_id: int | None = None
    control: str = ""
    restart: Restart = Restart.NONE
    section: bool = False
    words: tuple[str, ...] = ()

    @property
    def sensitive(self) -> bool:
        """Tell whether the value is a secret."""
        return self.codec.sensitive

    @property
    def default(self) -> object:
        """Give the installed value as the site file would have it, or None when it is not known."""
        return None if self.installed is None else self.codec.show(self.installed)

    @property
    def forms(self) -> str:
        """Give what may be written, in words."""
        return ", ".join(self.words) or forms(self.codec.schema())

    def row(self) -> dict[str, object]:
        """Give the setting as plain values for lists and JSON."""
        return {
            "key": f"domains[].{self.key}" if self.scope is Scope.DOMAIN else self.key,
            "meaning": self.description,
            "values": self.forms,
            "default": "" if self.default is None else self.default,
            "stored as": self._place(),
            "in the console": self.control,
            "restart": "" if self.restart is Restart.NONE else self.restart.value.replace("_", " "),
        }

    def _place(self) -> str:
        name = (
            f"{self.address.path}\\{self.address.name}" if self.address.store is Store.REGISTRY else self.address.name
        )
        number = f" ({self.metabase_id})" if self.metabase_id is not None else ""
        bits = f", bits 0x{self.mask:X}" if self.mask is not None else ""
        return f"{name}{number}, {self.kind.value}{bits}"


def forms(schema: Mapping[str, object]) -> str:
    """Say in words what a JSON Schema of a written form takes."""
    alternatives = schema.get("anyOf")
    if isinstance(alternatives, list):
        return ", or ".join(forms(item) for item in alternatives)
    if "const" in schema or "enum" in schema:
        words = schema.get("enum", [schema.get("const")])
        return ", ".join(_word(word) for word in words) if isinstance(words, list) else ""
    kind, examples = schema.get("type"), schema.get("examples")
    if kind == "boolean":
        return "true, false"
    if kind == "integer":
        return f"{schema.get('minimum', 0)} to {schema.get('maximum', 'any')}"
    if kind == "array" and isinstance(items := schema.get("items"), dict):
        return f"list of: {forms(items)}"
    if kind == "object" and isinstance(keys := schema.get("properties"), dict):
        return "{" + ", ".join(f"{key}: ..." for key in keys) + "}"
    return f"text such as {' or '.join(examples[:3])}" if isinstance(examples, list) else "text"


def _word(word: object) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)


def declarations(section: type[Section], prefix: str = "") -> Iterator[tuple[str, FieldInfo | None, Metabase]]:
    """Walk a section and the sections in it: key, field (None: the section as a whole), place."""
    if section.whole is not None:
        yield prefix.removesuffix("."), None, section.whole
    for name, field in section.model_fields.items():
        if name == RAW_KEY:
            continue
        place = next((item for item in field.metadata if isinstance(item, Metabase)), None)
        if place is not None:
            yield f"{prefix}{name}", field, place
        else:
            for inner in subsections(field):
                yield from declarations(inner, f"{prefix}{name}.")


def subsections(field: FieldInfo) -> Iterator[type[Section]]:
    """Give the section that a field holds, if it holds one."""
    for candidate in (field.annotation, *get_args(field.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, Section):
            yield candidate


def metabase_settings(section: type[Section], scope: Scope) -> tuple[Setting, ...]:
    """Give the settings of a section and of all sections in it."""
    return tuple(
        Setting(
            key=key,
            scope=scope,
            address=Address(Store.METABASE, place.path, place.name),
            kind=place.codec.kind,
            codec=place.codec,
            description=(field.description or "") if field is not None else _described(section, key),
            mask=place.codec.mask,
            installed=place.installed if scope is Scope.VIRTUAL_SERVER else None,
            metabase_id=place.schema.id,
            control=place.schema.ui if place.control is None else place.control,
            restart=place.restart,
            section=field is None,
        )
        for key, field, place in declarations(section)
    )


def _described(section: type[Section], key: str) -> str:
    """Give the description of the field at a key path."""
    head, _, rest = key.partition(".")
    field = section.model_fields[head]
    inner = next(subsections(field), None)
    return _described(inner, rest) if rest and inner else field.description or ""


def _host_settings() -> tuple[Setting, ...]:
    every_protocol = {protocol: {"client": "enabled", "server": "enabled"} for protocol in PROTOCOLS}
    values = [
        *service_values(Service.model_validate({"startup": "manual", "state": "stopped"})),
        *tls_values(Tls.model_validate({"protocols": every_protocol, "dotnet": True, "winhttp": True})),
    ]
    latest = {value.address: value for value in values}
    return tuple(_host_setting(value) for value in latest.values())


def _host_setting(value: HostValue) -> Setting:
    section, _, name = value.setting.partition(".")
    model: type[Section] = Service if section == "service" else Tls
    field, _, rest = name.partition(".")
    side = rest.rpartition(".")[2]
    description = (Sides.model_fields[side] if side else model.model_fields[field]).description or ""
    installed: dict[str, Stored] = {"startup": "manual", "state": "stopped"}
    return Setting(
        key=value.setting,
        scope=Scope.HOST,
        address=value.address,
        kind=value.codec.kind,
        codec=value.codec,
        description=description,
        # Start type and state after installation are those of 2008 R2 and later.
        installed=installed.get(name),
        restart=value.restart,
        words=() if model is Service else get_args(ProtocolState) if side else ("true", "false"),
    )


def checked(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """Give the settings back when each has a sentence and a place of its own.

    Raises:
        ValueError: two settings in one place (unless their bits are disjoint), or one without a description.
    """
    taken: dict[tuple[Scope, Address], tuple[int, str]] = {}
    result = tuple(settings)
    for setting in result:
        if not setting.description.strip().endswith("."):
            raise ValueError(f"{setting.key} has no sentence that says what it does")
        place = (setting.scope, replace(setting.address, name=setting.address.name.lower()))
        bits = ALL_BITS if setting.mask is None else setting.mask
        occupied, owner = taken.get(place, (0, ""))
        if occupied & bits:
            raise ValueError(f"{setting.key} and {owner} are both stored in {setting.address}")
        taken[place] = (occupied | bits, setting.key)
    return result


CATALOG: tuple[Setting, ...] = checked(
    (
        *metabase_settings(VirtualServerSettings, Scope.VIRTUAL_SERVER),
        *metabase_settings(Domain, Scope.DOMAIN),
        *_host_settings(),
    )
)


def find_setting(key: str, scope: Scope = Scope.VIRTUAL_SERVER) -> Setting | None:
    """Give the setting of a key, or None."""
    return next((setting for setting in CATALOG if setting.key == key and setting.scope is scope), None)


def settings_markdown() -> str:
    """Give the page of the documentation that lists all settings."""
    lines = [_PREAMBLE]
    for scope, title in _TITLES.items():
        lines += [
            f"\n## {title}\n",
            "| Key | Meaning | Values | Fresh server | Stored as | Console | Restart |",
            "|---|---|---|---|---|---|---|",
        ]
        for setting in CATALOG:
            if setting.scope is scope:
                lines.append(_markdown_row(setting))
    return "\n".join(lines) + "\n"


_TITLES = {
    Scope.VIRTUAL_SERVER: "Settings of a virtual server",
    Scope.DOMAIN: "Settings of a domain",
    Scope.HOST: "Settings of the host",
}

_PREAMBLE = """# Settings

Made by `iisrelay settings --markdown`; do not edit.

A key that is absent is not managed. `null` clears it: the property is deleted and inherits again. Values under
*Fresh server* are the best estimate from public documentation; a plan compares with what the host really holds.
`tls.policy` sets several of the TLS values at once. What has no key here can be set by its metabase name under
`metabase:` of a virtual server, a domain, or `service:`.
*Restart* names what iisrelay restarts before a change has its effect."""


def _markdown_row(setting: Setting) -> str:
    row = setting.row()
    default = _cell(setting.default)
    cells = [
        f"`{row['key']}`",
        row["meaning"],
        row["values"],
        default,
        f"`{row['stored as']}`",
        row["in the console"],
        row["restart"],
    ]
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return "`[" + ", ".join(map(str, value)) + "]`"
    if isinstance(value, dict):
        return "`{" + ", ".join(f"{key}: {_cell(item).strip('`')}" for key, item in value.items()) + "}`"
    return f"`{value}`" if value != "" else "empty"
