"""What the metabase says of one virtual server, read anew at every question."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

from iisrelay.settings.relay_list import PLACEHOLDER, decode

if TYPE_CHECKING:
    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.metabase.tree import Key, Value
    from iisrelay.settings.stored import AccessList


class RouteAction(IntFlag):
    """The bits of RouteAction that matter here."""

    DROP = 0x1
    SMART_HOST = 0x2
    TLS = 0x4
    SASL = 0x8
    ALIAS = 0x10
    DELIVER = 0x20
    DEFAULT = 0x40
    NTLM = 0x80
    CLEAR_TEXT = 0x100
    RELAY = 0x1000
    USE_HELO = 0x400000


OWN_DOMAIN = RouteAction.DROP | RouteAction.ALIAS | RouteAction.DELIVER | RouteAction.DEFAULT
_ESMTP_OFF = 0x7  # what fresh servers hold: none of the bits that mean an extension


@dataclass(frozen=True)
class ServerSettings:
    """The settings of a virtual server, by its key."""

    machine: Machine
    key: Key

    def value(self, name: str) -> Value | None:
        """Give an effective value."""
        found = self.machine.metabase.read(self.key, name)
        return None if found is None else found.value

    def number(self, name: str) -> int:
        """Give a DWORD; 0 when there is none."""
        value = self.value(name)
        return int(value) if isinstance(value, int) else 0

    def limit(self, name: str) -> int | None:
        """Give a limit; 0 and numbers of 31 bits and more mean none."""
        value = self.number(name)
        return value if 0 < value < 2_000_000_000 else None

    def text(self, name: str) -> str:
        """Give a string; empty when there is none."""
        value = self.value(name)
        return value if isinstance(value, str) else ""

    def folder(self, name: str) -> str:
        """Give a folder with its variables expanded."""
        return self.text(name).replace("%windir%", r"C:\Windows").replace("%WinDir%", r"C:\Windows")

    def access_list(self, name: str) -> AccessList | None:
        """Give a connection or relay list."""
        value = self.value(name)
        return decode(value).access_list if isinstance(value, bytes) else None

    @property
    def fqdn(self) -> str:
        """Give the name that the server presents."""
        return self.text("FullyQualifiedDomainName") or self.machine.fqdn

    @property
    def version(self) -> str:
        """Give the version of smtpsvc.dll that banner and Received lines name."""
        return self.machine.windows.smtp_version or ""

    @property
    def speaks_esmtp_outbound(self) -> bool:
        """Tell whether EHLO is said to other servers; the value of a fresh server switches all extensions off."""
        return bool(self.number("SmtpOutboundCommandSupportOptions") & ~_ESMTP_OFF)

    def may_connect(self, client: str) -> bool:
        """Tell whether a client's address passes the connection list; without a list everybody does."""
        listed = self.access_list("IPSecurity")
        return listed is None or permits(listed, client)

    def may_relay(self, client: str, *, authenticated: bool) -> bool:
        """Tell whether a client may send to domains of others. Without a relay list (2022) nobody is on it."""
        listed = self.access_list("RelayIpList")
        if listed is not None and permits(listed, client):
            return True
        return authenticated and bool(self.number("RelayForAuth"))

    def domain(self, name: str) -> ServerSettings | None:
        """Give the entry for a domain: its own, or that of the nearest domain above with a star."""
        entries = self.key.child("Domain")
        if entries is None:
            return None
        wanted = name.lower()
        labels = wanted.split(".")
        stars = (f"*.{'.'.join(labels[start:])}" for start in range(1, len(labels)))
        found = next((entry for text in (wanted, *stars) if (entry := entries.child(text))), None)
        return None if found is None else ServerSettings(self.machine, found)

    @property
    def route(self) -> RouteAction:
        """Give RouteAction."""
        return RouteAction(self.number("RouteAction"))

    def is_local(self, domain: str) -> bool:
        """Tell whether mail for a domain stays here: the default domain and its aliases."""
        if not domain or domain.lower() == self.text("DefaultDomain").lower():
            return True
        entry = self.domain(domain)
        return entry is not None and bool(entry.route & OWN_DOMAIN)

    def relays_for_all(self, domain: str) -> bool:
        """Tell whether everybody may send to a remote domain."""
        entry = self.domain(domain)
        return entry is not None and bool(entry.route & RouteAction.RELAY)


def permits(listed: AccessList, client: str) -> bool:
    """Tell whether an address passes a list. Names in it need reverse look-ups, which the lab does not make."""
    address = ipaddress.IPv4Address(client)
    matches = any(
        address in ipaddress.ip_network(entry.replace(", ", "/"), strict=False)
        for entry in listed.addresses
        if entry != PLACEHOLDER
    )
    return matches is not listed.grant_by_default
