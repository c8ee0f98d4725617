"""Lists: endpoints, names, accounts, and the address lists of the Access tab."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import ClassVar

from iisrelay.settings.codec import Codec, JsonSchema, did_you_mean, each, expect_mapping, plain, quoted
from iisrelay.settings.relay_list import format_entry, parse_entry
from iisrelay.settings.stored import AccessList, Kind, Stored
from iisrelay.settings.texts import expect_host_name, expect_text


def expect_list(written: object, what: str) -> Sequence[object]:
    """Give a list, or refuse in words."""
    if not isinstance(written, Sequence) or isinstance(written, str):
        raise ValueError(f"expected a list of {what}, not {quoted(written)}")  # noqa: TRY004 - pydantic collects it
    return written


_PORT = re.compile("[0-9]{1,5}")


def parse_binding(written: object) -> str:
    """Give an endpoint as ``IP:port``, with ``*`` for all addresses.

    Raises:
        ValueError: in words.
    """
    text = expect_text(written)
    address, colon, port = text.rpartition(":")
    if address.count(":") or "[" in address:
        raise ValueError(
            f"{quoted(text)} has an IPv6 address; the SMTP service's bindings are documented for IPv4 only"
        )
    if not colon or not _PORT.fullmatch(port) or not 1 <= int(port) <= 65535:
        raise ValueError(f"{quoted(text)} is not 'IP:port' or '*:port'")
    if address == "*":
        return f"*:{int(port)}"
    try:
        return f"{IPv4Address(address)}:{int(port)}"
    except ValueError:
        raise ValueError(
            f"{quoted(text)} has no IPv4 address; write 'IP:port', or '*:port' for all addresses"
        ) from None


class Bindings(Codec):
    """Endpoints: ``127.0.0.1:2525`` is stored as ``127.0.0.1:2525:`` and ``*:25`` as ``:25:``."""

    kind: ClassVar[Kind] = Kind.MULTISZ

    def store(self, written: object) -> tuple[str, ...]:
        """Give the endpoints with the empty host part that the metabase wants."""
        bindings = each(expect_list(written, "endpoints such as '127.0.0.1:2525'"), parse_binding)
        if not bindings:
            raise ValueError("a virtual server needs an endpoint")
        return tuple(binding.removeprefix("*") + ":" for binding in bindings)

    def show(self, stored: Stored) -> object:
        """Give the endpoints."""
        return [_shown_binding(item) for item in stored] if isinstance(stored, tuple) else plain(stored)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare as sets: the order has no meaning."""
        if not isinstance(one, tuple) or not isinstance(other, tuple):
            return one == other
        return {_shown_binding(item) for item in one} == {_shown_binding(item) for item in other}

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        endpoint: JsonSchema = {
            "type": "string",
            "pattern": r"^(\*|[0-9.]+):[0-9]{1,5}$",
            "examples": ["127.0.0.1:2525", "*:25"],
        }
        return {"type": "array", "items": endpoint, "minItems": 1}


def _shown_binding(stored: str) -> str:
    address, port, *host = [*stored.split(":"), ""]
    shown = f"{address or '*'}:{port}"
    return f"{shown}:{host[0]}" if host and host[0] else shown


class Names(Codec):
    """A list of texts."""

    kind: ClassVar[Kind] = Kind.MULTISZ

    def store(self, written: object) -> tuple[str, ...]:
        """Give the texts."""
        return tuple(each(expect_list(written, "texts"), expect_text))

    def show(self, stored: Stored) -> object:
        """Give the texts."""
        return plain(stored)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare as sets, in any case of letters."""
        if not isinstance(one, tuple) or not isinstance(other, tuple):
            return one == other
        return {item.casefold() for item in one} == {item.casefold() for item in other}

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "array", "items": {"type": "string"}}


class Trustees(Names):
    """Accounts and groups that may administer the virtual server (the trustees of AdminACL)."""

    kind: ClassVar[Kind] = Kind.ACL

    def store(self, written: object) -> tuple[str, ...]:
        """Give the accounts."""
        accounts = super().store(written)
        if not accounts:
            raise ValueError("without an operator nobody could administer the virtual server")
        return accounts


@dataclass(frozen=True)
class JoinedNames(Codec):
    """A list of words that is stored as one text with commas."""

    kind: ClassVar[Kind] = Kind.STRING

    def store(self, written: object) -> str:
        """Give the words with commas."""
        return ",".join(each(expect_list(written, "words"), _word))

    def show(self, stored: Stored) -> object:
        """Give the words."""
        if not isinstance(stored, str):
            return plain(stored)
        return [word.strip() for word in stored.split(",")] if stored else []

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare the words in their order, which is the order of preference."""
        return self.show(one) == self.show(other)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "array", "items": {"type": "string"}}


def _word(written: object) -> str:
    word = expect_text(written)
    if not word or "," in word:
        raise ValueError(f"{quoted(word)} cannot stand in a list that is stored with commas")
    return word


OWN_ADDRESSES = "self"
_DNS_PATTERN = re.compile(r"(\*\.)?.+\..+")


def parse_address(written: object) -> str | IPv4Network:
    """Give an entry of an address list: ``self``, a network (an address is one of /32), or a DNS name.

    Raises:
        ValueError: in words.
    """
    text = expect_text(written)
    if text == OWN_ADDRESSES:
        return text
    if ":" in text:
        raise ValueError(f"{quoted(text)} is IPv6, and Windows keeps only IPv4 addresses in this list")
    if re.fullmatch(r"[0-9./]+", text):
        return _network(text)
    if not _DNS_PATTERN.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not 'self', an address, a network such as 10.0.0.0/24, or a DNS name")
    expect_host_name(text.removeprefix("*."))
    return text


def _network(text: str) -> IPv4Network:
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not an IPv4 address or a network such as 10.0.0.0/24") from None
    if "/" in text and IPv4Address(text.partition("/")[0]) != network.network_address:
        raise ValueError(f"{quoted(text)} has bits outside of its mask; did you mean {str(network)!r}?")
    return network


class AddressRules(Codec):
    """A connection or relay list, written as ``{allow: only_listed | all_except, addresses: [...]}``."""

    kind: ClassVar[Kind] = Kind.IPSECLIST

    def store(self, written: object) -> AccessList:
        """Give the list; entries that another entry covers are dropped, because Windows refuses duplicates."""
        rules = expect_mapping(written, "allow: and addresses:")
        for key in rules.keys() - _RULES.keys():
            raise ValueError(f"{quoted(key)} is not known here{did_you_mean(key, _RULES)}")
        allow = rules.get("allow", "only_listed")
        if allow not in _ALLOW:
            raise ValueError(f"{quoted(allow)} is not known here{did_you_mean(allow, _ALLOW)}")
        entries = each(expect_list(rules.get("addresses") or [], "addresses"), parse_address)
        networks = dict.fromkeys(entry for entry in entries if isinstance(entry, IPv4Network))
        kept = [one for one in networks if not any(one != other and one.subnet_of(other) for other in networks)]
        names = dict.fromkeys(entry.lower() for entry in entries if isinstance(entry, str) and entry != OWN_ADDRESSES)
        return AccessList(
            grant_by_default=allow == "all_except",
            addresses=tuple(format_entry(network.network_address, network.prefixlen) for network in kept),
            domains=tuple(names),
            own_addresses=OWN_ADDRESSES in entries,
        )

    def show(self, stored: Stored) -> object:
        """Give allow and addresses."""
        if not isinstance(stored, AccessList):
            return plain(stored)
        own = [OWN_ADDRESSES] if stored.own_addresses else []
        shown = [*own, *map(_shown_entry, stored.addresses), *stored.domains]
        return {"allow": "all_except" if stored.grant_by_default else "only_listed", "addresses": shown}

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare the entries as sets."""
        if not isinstance(one, AccessList) or not isinstance(other, AccessList):
            return one == other
        return _comparable(one) == _comparable(other)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "object", "properties": _RULES, "additionalProperties": False}


_ALLOW = ("only_listed", "all_except")
_RULES: dict[str, JsonSchema] = {
    "allow": {"enum": list(_ALLOW), "description": "Whether only those listed are let in, or all except them."},
    "addresses": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Addresses, networks (10.0.0.0/24), DNS names (*.example.com), or 'self'.",
    },
}


def _shown_entry(entry: str) -> str:
    try:
        address, prefix_length = parse_entry(entry)
    except ValueError:  # shown as it is, so that an odd list can be repaired
        return entry
    return str(address) if prefix_length == 32 else f"{address}/{prefix_length}"


def _comparable(access_list: AccessList) -> tuple[bool, bool, set[str], set[str]]:
    addresses = {_shown_entry(entry) for entry in access_list.addresses}
    names = {name.lower() for name in access_list.domains}
    return access_list.grant_by_default, access_list.own_addresses, addresses, names
