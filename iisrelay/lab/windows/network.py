"""The network side of a machine: its adapter and addresses, what names mean to it, and connections out of programs."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.machine import Machine

HOSTS_FILE = r"C:\Windows\System32\drivers\etc\hosts"
CONNECT_TIMEOUT_S = 21.0  # three attempts of Windows' TCP
LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ""


@dataclass
class Network:
    """One adapter, "Ethernet", with the machine's addresses (the loopback addresses are not listed).

    ``published`` says on which real loopback port the lab listens in place of one of the machine's end points;
    ``before_connect`` is called before it is looked at. ``peers`` tells those listeners, by the real port of a
    connection that a program of the machine opened, the addresses (its own, the end point's) that it would have.
    """

    addresses: list[str] = field(default_factory=list)
    machine: Machine | None = field(default=None, repr=False)
    prefix_length: int = 24
    adapter: str = "Ethernet"
    interface_index: int = 4
    published: dict[tuple[str, int], int] = field(default_factory=dict)
    before_connect: Callable[[], None] = lambda: None
    peers: dict[int, tuple[str, str]] = field(default_factory=dict)

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

    def resolve(self, host: str) -> str:
        """Give the IPv4 address that a name means to this machine: its hosts file, its own names, then real DNS.

        Raises:
            OSError: the name means nothing.
        """
        with contextlib.suppress(ValueError):
            return str(ipaddress.IPv4Address(host))
        wanted = host.lower().rstrip(".")
        if wanted in ("localhost", "::1"):
            return LOOPBACK
        for address, names in self._hosts_file():
            if wanted in names:
                return address
        if self.machine and wanted in (self.machine.name.lower(), self.machine.fqdn.lower()):
            return self.addresses[0]
        return str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])

    def connect(self, host: str, port: int, timeout_s: float = CONNECT_TIMEOUT_S) -> socket.socket:
        """Connect as a program of this machine does.

        An end point of the machine leads to the lab's listener in its place. Where there is none, loopback addresses
        are those of the system that the lab runs on, so that test servers can be reached.

        Raises:
            OSError: nobody listens, the name means nothing, or it takes too long.
        """
        self.before_connect()
        address = self.resolve(host)
        own = address in self.addresses or ipaddress.ip_address(address).is_loopback
        published = self._published(address, port) if own else None
        if published is not None:
            return self._connect_to_listener(address, published)
        if address in self.addresses:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens")
        connection = socket.create_connection((address, port), timeout_s)
        connection.settimeout(None)
        return connection

    def _published(self, address: str, port: int) -> int | None:
        return self.published.get((address, port), self.published.get((EVERY_ADDRESS, port)))

    def _connect_to_listener(self, address: str, port: int) -> socket.socket:
        connection = socket.socket()
        try:
            connection.bind((LOOPBACK, 0))
            # Windows connects to an own address from that same address.
            self.peers[connection.getsockname()[1]] = (address, address)
            connection.connect((LOOPBACK, port))
        except OSError:
            connection.close()
            raise
        return connection

    def _hosts_file(self) -> Iterator[tuple[str, list[str]]]:
        text = ""
        if self.machine is not None:
            with contextlib.suppress(NetError):
                text = self.machine.files.read_text(HOSTS_FILE, "ascii")
        for line in text.splitlines():
            address, *names = line.partition("#")[0].lower().split() or [""]
            with contextlib.suppress(ValueError):
                yield str(ipaddress.IPv4Address(address)), names


def address_for(name: str) -> str:
    """Give a machine its IPv4 address; the same name always gets the same one."""
    second, third, last = hashlib.sha256(name.lower().encode()).digest()[:3]
    return f"10.{second}.{third}.{10 + last % 240}"
