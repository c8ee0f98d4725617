"""System.Net.Mail.MailAddress and lists of them."""

from __future__ import annotations

import re

from iisrelay.lab.powershell.collections import ArrayList
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, format_error

_NAMED = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<>"]*?))\s*<\s*([^<>]*?)\s*>\s*')
_BETWEEN = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')  # a comma outside quotes
_FORBIDDEN = frozenset('()<>[]:;,"\\ \t\r\n')
BAD_FORM = "The specified string is not in the form required for an e-mail address."


class MailAddress:
    """System.Net.Mail.MailAddress."""

    def __init__(self, address: str, display_name: str) -> None:
        self.address = address
        self.display_name = display_name

    @property
    def user(self) -> str:
        """Give what stands before the at sign."""
        return self.address.rpartition("@")[0]

    @property
    def host(self) -> str:
        """Give what stands behind the at sign."""
        return self.address.rpartition("@")[2]

    def __eq__(self, other: object) -> bool:
        return str(self).lower() == str(other).lower() if isinstance(other, MailAddress) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self).lower())

    def __str__(self) -> str:
        return f'"{self.display_name}" <{self.address}>' if self.display_name else self.address


class MailAddresses(ArrayList):
    """System.Net.Mail.MailAddressCollection."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self.items))

    @property
    def plain(self) -> list[str]:
        """List the addresses without names."""
        return [item.address for item in self.items if isinstance(item, MailAddress)]


def parse_address(text: str, name: str = "") -> MailAddress:
    """Read ``user@host``, ``Name <user@host>`` or ``"Name" <user@host>``."""
    if not text:
        message = "The parameter 'address' cannot be an empty string.\r\nParameter name: address"
        raise NetError("System.ArgumentException", message)
    found = _NAMED.fullmatch(text)
    quoted, plain, address = found.groups() if found else (None, "", text.strip())
    user, _, host = address.rpartition("@")
    if not user or not host:
        raise format_error(BAD_FORM)
    bad = next((letter for letter in reversed(address) if letter in _FORBIDDEN), None)
    if bad is not None:
        raise format_error(f"An invalid character was found in the mail header: '{bad}'.")
    return MailAddress(address, name or quoted or plain or "")


address_type = declare("System.Net.Mail.MailAddress", python=MailAddress)
address_type.properties("Address", "DisplayName", "User", "Host")
address_type.method("ToString")(str)
addresses_type = declare(
    "System.Net.Mail.MailAddressCollection", python=MailAddresses, bases=("System.Collections.ArrayList",)
)
addresses_type.constructor(lambda: MailAddresses())  # noqa: PLW0108 - the class takes items
addresses_type.method("ToString")(str)


@address_type.constructor
def new_address(address: str, display_name: str = "", _encoding: object = None) -> MailAddress:
    """Make an address, with a name to show."""
    return parse_address(address, display_name)


@addresses_type.method("Add")
def add_address(value: MailAddresses, address: MailAddress) -> None:
    """Add an address."""
    value.items.append(address)


@addresses_type.method("Add")
def add_addresses(value: MailAddresses, addresses: str) -> None:
    """Add addresses with commas between them."""
    if not addresses:
        message = "The parameter 'addresses' cannot be an empty string.\r\nParameter name: addresses"
        raise NetError("System.ArgumentException", message)
    value.items.extend(parse_address(part) for part in _BETWEEN.split(addresses))
