"""The Windows firewall's rules: one store for netsh, for the NetSecurity cmdlets and for the HNetCfg COM objects."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILES = {"Domain": 1, "Private": 2, "Public": 4}
ANY_PROFILE = 0
PROTOCOLS = {"TCP": 6, "UDP": 17, "ICMPv4": 1, "ICMPv6": 58, "Any": 256}


@dataclass
class FirewallRule:
    """One rule. ``profiles`` adds up PROFILES (ANY_PROFILE: all); ports and addresses are texts (``25``, ``Any``)."""

    display_name: str
    direction: str = "Inbound"  # Inbound | Outbound
    action: str = "Allow"  # Allow | Block
    enabled: bool = True
    protocol: str = "Any"
    local_port: str = "Any"
    remote_port: str = "Any"
    local_address: str = "Any"
    remote_address: str = "Any"
    profiles: int = ANY_PROFILE
    program: str = "Any"
    service: str = "Any"
    description: str = ""
    group: str = ""
    edge_traversal: bool = False
    name: str = field(default_factory=lambda: "{" + str(uuid.uuid4()) + "}")

    @property
    def profile_names(self) -> list[str]:
        """List the profiles by name; all of them when the rule is for any."""
        return [name for name, bit in PROFILES.items() if self.profiles == ANY_PROFILE or self.profiles & bit]


_FRESH_RULES = (
    FirewallRule(
        "Windows Remote Management (HTTP-In)",
        protocol="TCP",
        local_port="5985",
        program="System",
        group="Windows Remote Management",
        name="WINRM-HTTP-In-TCP",
        description="Inbound rule for Windows Remote Management via WS-Management. [TCP 5985]",
    ),
    FirewallRule(
        "Remote Desktop - User Mode (TCP-In)",
        protocol="TCP",
        local_port="3389",
        enabled=False,
        group="Remote Desktop",
        name="RemoteDesktop-UserMode-In-TCP",
        service="termservice",
    ),
    FirewallRule(
        "File and Printer Sharing (Echo Request - ICMPv4-In)",
        protocol="ICMPv4",
        enabled=False,
        group="File and Printer Sharing",
        name="FPS-ICMP4-ERQ-In",
    ),
)


class Firewall:
    """All rules of a machine, in the order in which they were made. Several rules may bear one display name."""

    def __init__(self) -> None:
        self.rules: list[FirewallRule] = []

    def __iter__(self) -> Iterator[FirewallRule]:
        return iter(self.rules)

    def seed(self) -> None:
        """Add the rules that let administrators in on a fresh server."""
        for rule in _FRESH_RULES:
            self.add(replace(rule))

    def add(self, rule: FirewallRule) -> FirewallRule:
        """Add a rule; its display name need not be unique, its name is."""
        if self.by_name(rule.name) is not None:
            raise ValueError(rule.name)
        self.rules.append(rule)
        return rule

    def by_name(self, name: str) -> FirewallRule | None:
        """Find a rule by its unique name in any case."""
        return next((rule for rule in self.rules if rule.name.lower() == name.lower()), None)

    def by_display_name(self, display_name: str) -> list[FirewallRule]:
        """List the rules that bear a display name, in any case."""
        return [rule for rule in self.rules if rule.display_name.lower() == display_name.lower()]

    def remove(self, rule: FirewallRule) -> None:
        """Remove a rule."""
        self.rules.remove(rule)

    def to_json(self) -> list[dict[str, Any]]:
        """Give the JSON form."""
        return [asdict(rule) for rule in self.rules]

    def load_json(self, data: list[dict[str, Any]]) -> None:
        """Replace all rules by those of the JSON form."""
        self.rules = [FirewallRule(**item) for item in data]
