"""Smart hosts by name: where they are, how they want to be talked to, and what they limit."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files

from iisrelay.settings.codec import did_you_mean, quoted
from iisrelay.settings.texts import SmartHost

# Parameters that go by a longer name too.
_PARAMETER_NAMES = {"domain-with-dashes": "domain"}
# Ports where TLS begins before SMTP does; the service can only do STARTTLS.
IMPLICIT_TLS_PORTS = frozenset({465, 2465, 8465})


@dataclass(frozen=True)
class Preset:
    """A smart host. ``parameters`` name what its host has in braces; an empty list of values takes any.

    ``connections``, ``message_mb`` and ``recipients`` are limits of the provider (None: not known).
    """

    name: str
    label: str
    host: str
    port: int
    ports: tuple[int, ...]
    method: str | None
    tls: bool
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implicit_tls_ports: tuple[int, ...] = ()
    connections: int | None = None
    message_mb: int | None = None
    recipients: int | None = None
    internal_only: bool = False
    username: str = ""
    documentation: str = ""

    def resolve(self, parameters: Mapping[str, str]) -> str:
        """Give the host.

        Raises:
            ValueError: a parameter that is missing, unknown, or no part of a host name.
        """
        parameters = {_PARAMETER_NAMES.get(name, name): value for name, value in parameters.items()}
        for name in parameters:
            if name not in self.parameters:
                raise ValueError(
                    f"preset {self.name} has no parameter {quoted(name)}{did_you_mean(name, self.parameters)}"
                )
        values = {name: self._value(name, parameters.get(name)) for name in self.parameters}
        host = self.host.format(**values)
        SmartHost().check(host)
        return host

    def _value(self, name: str, written: str | None) -> str:
        if written is None:
            raise ValueError(f"preset {self.name} needs {name}: write {{preset: {self.name}, {name}: ...}}")
        allowed = self.parameters[name]
        if allowed and written not in allowed:
            raise ValueError(f"{quoted(written)} is not a {name} of {self.label}{did_you_mean(written, allowed)}")
        # Microsoft 365 replaces the dots of a domain by dashes.
        return written.replace(".", "-") if name == "domain" else written


def find_preset(name: str) -> Preset | None:
    """Give the preset of that name, or None."""
    return PRESETS.get(name)


def similar_preset(name: str) -> str | None:
    """Give the preset that was probably meant by a name without dots, or None."""
    close = get_close_matches(name, PRESETS, n=1, cutoff=0.8) if re.fullmatch(r"[a-z0-9-]+", name) else []
    return close[0] if close else None


def presets_markdown() -> str:
    """Give the page of the documentation that lists the presets."""
    rows = [
        f"| `{preset.name}` | {preset.label} | {preset.host} | {preset.port} | {_login(preset)} |"
        for preset in PRESETS.values()
    ]
    return "\n".join([_PREAMBLE, *rows]) + "\n"


_PREAMBLE = """# Smart host presets

Made by `iisrelay.site.presets.presets_markdown`; do not edit.

A preset is written as `smart_host: NAME`, or as `smart_host: {preset: NAME, PARAMETER: VALUE}` where the host has a
parameter in braces. It fills in `outbound_port`, `outbound_security.method` and `outbound_security.tls` where they are
absent.

| Preset | Provider | Host | Port | Login |
|---|---|---|---|---|"""


def _login(preset: Preset) -> str:
    if preset.method == "anonymous":
        return "none"
    return f"user: {preset.username}".replace("|", "\\|") if preset.username else "user and password"


def _load() -> dict[str, Preset]:
    document = json.loads(files(__package__).joinpath("presets.json").read_text(encoding="utf-8"))
    return {name: _preset(name, entry) for name, entry in document["presets"].items()}


def _preset(name: str, entry: Mapping[str, object]) -> Preset:
    known = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
        if key in {"label", "host", "port", "ports", "tls", "implicit_tls_ports", "internal_only", "documentation"}
    }
    limits, parameters = entry.get("limits", {}), entry.get("parameters", {})
    if not isinstance(limits, dict) or not isinstance(parameters, dict):
        raise TypeError(f"preset {name}: limits and parameters are mappings")
    return Preset(
        name=name,
        method=str(entry["method"]) if "method" in entry else None,
        username=str(entry.get("username", "")),
        parameters={key: tuple(values) for key, values in parameters.items()},
        connections=limits.get("connections"),
        message_mb=limits.get("message_mb"),
        recipients=limits.get("recipients_per_message"),
        **known,  # type: ignore[arg-type]  # the file is part of the package, and a test reads all of it
    )


PRESETS: Mapping[str, Preset] = _load()
