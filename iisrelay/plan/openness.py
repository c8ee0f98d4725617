"""Whether a list lets the world relay: in so many words, or in others that come to the same."""

import ipaddress
from collections.abc import Iterable

from iisrelay.settings.stored import AccessList, Stored

WIDEST_PREFIX = 8  # a network wider than this is a large part of the internet
MOST_ADDRESSES = 2 ** (32 - WIDEST_PREFIX + 1)  # public ones, in however many networks
PRIVATE = tuple(
    map(
        ipaddress.IPv4Network,
        ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
    )
)


def openness(value: Stored | None) -> str:
    """Say why a relay list lets the world relay; "" when it does not. No list at all lets nobody relay."""
    if not isinstance(value, AccessList):
        return ""
    if value.grant_by_default:
        return "lets everybody relay but those listed"
    networks = list(_networks(value.addresses))
    wide = next((network for network in networks if network.prefixlen < WIDEST_PREFIX), None)
    if wide is not None:
        return f"lets {wide} relay, which is a large part of the internet"
    sieve = next((entry for entry in value.addresses if _is_sieve(entry)), None)
    if sieve is not None:
        return f"lets {sieve} relay, whose mask lets a large part of the internet through"
    name = next((name for name in value.domains if is_wide_name(name)), None)
    if name is not None:
        return f"lets every host relay whose name ends so: {name}"
    public = sum(network.num_addresses for network in networks if not any(map(network.subnet_of, PRIVATE)))
    return f"lets {public} public addresses relay, a large part of the internet" if public > MOST_ADDRESSES else ""


def _networks(entries: Iterable[str]) -> Iterable[ipaddress.IPv4Network]:
    """Give the networks of "address, mask" entries, halves put together; what cannot be read counts for nothing."""
    found = []
    for entry in entries:
        address, _, mask = entry.partition(",")
        try:
            found.append(ipaddress.IPv4Network(f"{address.strip()}/{mask.strip() or 32}", strict=False))
        except ValueError:
            continue
    return ipaddress.collapse_addresses(found)


def _is_sieve(entry: str) -> bool:
    """Tell whether an entry has a mask with holes (no network then) that compares fewer bits than a wide network."""
    mask = entry.partition(",")[2].strip()
    try:
        bits = f"{int(ipaddress.IPv4Address(mask)):032b}"
    except ValueError:
        return False
    return "01" in bits and bits.count("1") < WIDEST_PREFIX


def is_wide_name(name: str) -> bool:
    """Tell whether a pattern is for a whole top-level domain or more; who owns an address writes its name."""
    return name.startswith("*") and "." not in name.removeprefix("*").strip(".")
