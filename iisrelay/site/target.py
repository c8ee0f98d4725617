"""What a site file means for one host: frozen, complete, free of YAML. This is all that the plan sees of a site."""

from dataclasses import dataclass, field
from typing import Protocol

from iisrelay.secret import Secret
from iisrelay.settings.stored import AccessList, Address, Kind, Stored
from iisrelay.status import Restart


class Codec(Protocol):
    """Turns stored values into the written form of the site file, and compares stored values."""

    def show(self, stored: Stored) -> object:
        """Give the written form (a JSON value) of a stored value."""

    def same(self, one: Stored, other: Stored) -> bool:
        """Tell whether Windows makes no difference between two stored values."""


@dataclass(frozen=True)
class Origin:
    """The place in a file that asks for something."""

    file: str
    line: int


@dataclass(frozen=True)
class Cleared:
    """The desired value of a key written as ``null``: delete the property, so that it inherits again."""


@dataclass(frozen=True)
class Assignment:
    """One setting that the site file manages, in stored form.

    ``setting`` is the key path below its scope ("delivery.hop_count"). ``mask`` marks the bits of a DWORD that this
    setting owns (None: the whole value); ``value`` then has only bits within the mask. ``minimum_build`` and
    ``maximum_build`` bound the Windows builds it applies to (inclusive).
    """

    setting: str
    address: Address
    kind: Kind
    value: Stored | Secret | Cleared
    codec: Codec
    mask: int | None = None
    sensitive: bool = False
    restart: Restart = Restart.NONE
    origin: Origin | None = None
    minimum_build: int = 0
    maximum_build: int = 2**31


@dataclass(frozen=True)
class DomainTarget:
    """A domain of a virtual server (alias or remote); identity is the name."""

    name: str
    present: bool
    assignments: tuple[Assignment, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True)
class VirtualServerTarget:
    """One virtual server; identity is the name (ServerComment), never the number.

    ``state`` is "started", "stopped", "absent" or None (unmanaged). ``folders`` are the directories that must exist
    with the rights SMTPSVC needs. ``bindings`` are the managed "IP:port" endpoints (empty: unmanaged).
    ``starts_when_new`` tells what becomes of one whose state is unmanaged when it has to be created.
    """

    name: str
    state: str | None
    assignments: tuple[Assignment, ...] = ()
    domains: tuple[DomainTarget, ...] = ()
    folders: tuple[str, ...] = ()
    bindings: tuple[str, ...] = ()
    origin: Origin | None = None
    starts_when_new: bool = True


@dataclass(frozen=True)
class Connection:
    """How to reach a host. Times are in seconds."""

    kind: str  # "winrm" | "local"
    address: str
    port: int = 5986
    https: bool = True
    auth: str = "ntlm"  # basic | ntlm | kerberos | credssp | certificate
    username: str | None = None
    password: Secret | None = None
    certificate: str | None = None  # client certificate, PEM
    certificate_key: str | None = None
    ca_file: str | None = None
    verify_certificate: bool = True
    allow_unencrypted: bool = False  # basic over plain HTTP, or NTLM without message encryption
    kerberos_hostname: str | None = None
    proxy: str | None = None
    timeout_s: float = 300.0


@dataclass(frozen=True)
class FirewallTarget:
    """The optional inbound firewall rule for each binding."""

    manage: bool = False
    remote_addresses: tuple[str, ...] = ()  # empty: any


@dataclass(frozen=True)
class Target:
    """Everything the site file asks of one host.

    ``assignments`` are host-wide (registry, services: Address(SERVICE, "SMTPSVC", "startup"|"state")). ``features`` are
    Windows feature names to install, in order (empty: unmanaged). ``warnings`` were found while merging.
    """

    name: str
    connection: Connection
    virtual_servers: tuple[VirtualServerTarget, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    features: tuple[str, ...] = ()
    firewall: FirewallTarget = field(default_factory=FirewallTarget)
    save_to_disk: bool = True
    reboot_allowed: bool = False
    warnings: tuple[str, ...] = ()


__all__ = [
    "AccessList", "Address", "Assignment", "Cleared", "Codec", "Connection", "DomainTarget", "FirewallTarget", "Origin",
    "Target", "VirtualServerTarget",
]  # fmt: skip
