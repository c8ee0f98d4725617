"""Whom a message came from, in the many ways that servers write a client's names and address."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from iisrelay.tls.headers.clauses import Clause

LONGEST_ADDRESS = 64
HELO_COMMENT = re.compile(r"(?:HELO|EHLO) (?P<name>\S{1,255})", re.IGNORECASE)
HELO_VALUE = re.compile(r"\bhelo=(?P<name>\S{1,255})", re.IGNORECASE)
# [192.0.2.1], [192.0.2.1]:60266, [IPv6:2001:db8::1], user@192.0.2.1, fe80::1%15
ADDRESS_EDGES = re.compile(r"[\[\]\s,]+")
IPV6_TAG = "ipv6:"


@dataclass(frozen=True)
class Origin:
    """The client: the name that stands first, the name it greeted with, and its address."""

    name: str | None = None
    helo: str | None = None
    ip: str | None = None


def read_origin(clause: Clause) -> Origin:
    """Read a "from" clause."""
    if not clause.words:
        return Origin()
    name = clause.text
    helo = _helo(clause.comments)
    # What the server saw stands in a comment; the first word may be an address that the client claims to have.
    seen = [HELO_VALUE.sub("", comment) for comment in clause.comments if not HELO_COMMENT.match(comment)]
    ip = next((address for text in [*seen, name] if (address := _address(text))), None)
    if _address(name) == ip and ip is not None and helo:
        return Origin(helo, helo, ip)
    return Origin(name, helo or name, ip)


def _helo(comments: list[str]) -> str | None:
    for comment in comments:
        match = HELO_COMMENT.match(comment) or HELO_VALUE.search(comment)
        if match:
            return match.group("name").rstrip(")")
    return None


def _address(text: str) -> str | None:
    """Find the first text that is an address, written back in its usual form."""
    for part in ADDRESS_EDGES.split(text):
        candidate = part.rpartition("@")[2].partition("%")[0]
        if candidate.casefold().startswith(IPV6_TAG):
            candidate = candidate[len(IPV6_TAG) :]
        if not 2 < len(candidate) <= LONGEST_ADDRESS:
            continue
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
