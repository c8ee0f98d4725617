"""The state of every protocol, client and server side, by Microsoft's documented table of the two registry values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from iisrelay.lab.windows.registry import ValueKind
from iisrelay.lab.windows.registry_seed import SCHANNEL
from iisrelay.lab.windows.versions import PROTOCOLS

if TYPE_CHECKING:
    from iisrelay.lab.windows.registry import Registry, RegistryKey
    from iisrelay.lab.windows.versions import WindowsVersion

# Bits of SCHANNEL_CRED.grbitEnabledProtocols and of .NET's SslProtocols, client and server bit together.
BITS = {"SSL 2.0": 0xC, "SSL 3.0": 0x30, "TLS 1.0": 0xC0, "TLS 1.1": 0x300, "TLS 1.2": 0xC00, "TLS 1.3": 0x3000}


class Side(StrEnum):
    """The subkey of a protocol: the machine as client, or as server."""

    CLIENT = "Client"
    SERVER = "Server"


class ProtocolState(StrEnum):
    """What callers get: always, only when they name the protocol, never by order, never by lack of support."""

    ENABLED = "enabled"
    DISABLED_BY_DEFAULT = "disabled_by_default"
    DISABLED = "disabled"
    NOT_SUPPORTED = "not_supported"


def protocol_states(registry: Registry, windows: WindowsVersion, side: Side) -> dict[str, ProtocolState]:
    """Give the state of every protocol for one side."""
    defaults = windows.tls_defaults
    place = 0 if side is Side.CLIENT else 1
    keys = {protocol: registry.open(rf"{SCHANNEL}\Protocols\{protocol}\{side}") for protocol in PROTOCOLS}
    return {protocol: _state(key, ProtocolState(defaults[protocol][place])) for protocol, key in keys.items()}


def protocols_of(bits: int) -> frozenset[str]:
    """Give the protocols that a mask names, by either of their bits."""
    return frozenset(protocol for protocol, own in BITS.items() if own & bits)


def _state(key: RegistryKey | None, default: ProtocolState) -> ProtocolState:
    if key is None or default is ProtocolState.NOT_SUPPORTED:
        return default
    enabled, disabled_by_default = _number(key, "Enabled"), _number(key, "DisabledByDefault")
    if enabled == 0:
        return ProtocolState.DISABLED
    if disabled_by_default is None:
        # Enabled alone leaves the second value at the version's default: on 2008 R2 TLS 1.2 stays off. Inferred, as
        # the documentation asks for both values.
        return default
    return ProtocolState.DISABLED_BY_DEFAULT if disabled_by_default else ProtocolState.ENABLED


def _number(key: RegistryKey, name: str) -> int | None:
    """Give a DWORD; a value of another type counts as absent (inferred: Schannel asks for a DWORD)."""
    value = key.values.get(name.lower())
    return value.data if value is not None and value.kind is ValueKind.DWord and isinstance(value.data, int) else None
