"""The network side of a machine: its adapter and addresses."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, field


@dataclass
class Network:
    """One adapter, "Ethernet", with the machine's addresses (the loopback addresses are not listed)."""

    addresses: list[str] = field(default_factory=list)
    prefix_length: int = 24
    adapter: str = "Ethernet"
    interface_index: int = 4

    @property
    def mask(self) -> str:
        """Give the subnet mask as text."""
        return str(ipaddress.ip_network(f"0.0.0.0/{self.prefix_length}").netmask)

    @property
    def gateway(self) -> str:
        """Give the default gateway: the first address of the first address's network."""
        network = ipaddress.ip_network(f"{self.addresses[0]}/{self.prefix_length}", strict=False)
        return str(network.network_address + 1)

    @property
    def mac_address(self) -> str:
        """Give the adapter's hardware address, the same at every start."""
        digest = hashlib.sha256(self.addresses[0].encode()).digest()
        return "00-15-5D-" + "-".join(f"{byte:02X}" for byte in digest[:3])


def address_for(name: str) -> str:
    """Give a machine its IPv4 address; the same name always gets the same one."""
    second, third, last = hashlib.sha256(name.lower().encode()).digest()[:3]
    return f"10.{second}.{third}.{10 + last % 240}"
