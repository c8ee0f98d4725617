"""Whether a certificate can be trusted, in an administrator's words."""

import datetime as dt
import ipaddress
from collections.abc import Iterator, Sequence

from iisrelay.tls.probe.failure import EXPIRED, NOT_YET_VALID
from iisrelay.tls.probe.model import Certificate, CertificateReport

SHOWN_NAMES = 10
WEAK_SIGNATURES = frozenset({"md5", "sha1"})
SMALLEST_RSA_BITS = 2048


def judge_chain(
    chain: Sequence[Certificate], server_name: str, verification_error: str | None, now: dt.datetime
) -> CertificateReport:
    """Judge a chain; the error is what the verifying handshake said, empty where it was content, None without one."""
    leaf = chain[0]
    trusted = None if verification_error is None else not verification_error
    matches = name_matches(server_name, leaf.names)
    return CertificateReport(
        chain=tuple(chain),
        checked_name=server_name,
        trusted=trusted,
        name_matches=matches,
        problems=(
            *_date_problems(leaf, now),
            *_trust_problems(leaf, verification_error or "", now),
            *([] if matches else [_name_problem(leaf, server_name)]),
            *_strength_problems(leaf),
        ),
    )


def name_matches(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether a certificate with such names is one for a host; a star stands for exactly one label, the first."""
    try:
        address = str(ipaddress.ip_address(name))
    except ValueError:
        ascii_name = _ascii(name)
        return any(_matches(ascii_name, _ascii(pattern)) for pattern in patterns)
    return address in patterns


def _date_problems(leaf: Certificate, now: dt.datetime) -> Iterator[str]:
    if leaf.not_after < now:
        days = (now - leaf.not_after).days
        yield f"the certificate expired on {leaf.not_after:%Y-%m-%d}, {f'{days} days ago' if days else 'hours ago'}"
    if leaf.not_before > now:
        yield f"the certificate is not valid before {leaf.not_before:%Y-%m-%d}"


def _trust_problems(leaf: Certificate, verification_error: str, now: dt.datetime) -> Iterator[str]:
    is_told_by_date = verification_error in (EXPIRED, NOT_YET_VALID) and not leaf.not_before <= now <= leaf.not_after
    if verification_error and not is_told_by_date:
        yield verification_error


def _name_problem(leaf: Certificate, name: str) -> str:
    shown = ", ".join(leaf.names[:SHOWN_NAMES]) or "none at all"
    return f"the certificate is not for {name}; the names it has: {shown}"


def _strength_problems(leaf: Certificate) -> Iterator[str]:
    if leaf.signature in WEAK_SIGNATURES and not leaf.self_signed:
        yield f"the certificate is signed with {leaf.signature.upper()}, which is no longer accepted"
    algorithm, _, size = leaf.key.partition(" ")
    if algorithm == "RSA" and int(size) < SMALLEST_RSA_BITS:
        yield f"the key of the certificate has only {size} bits"


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        first, _, rest = name.partition(".")
        return bool(first) and rest == pattern[2:] and "." in rest
    return name == pattern


def _ascii(name: str) -> str:
    folded = name.casefold().rstrip(".")
    try:
        return folded if folded.isascii() else folded.encode("idna").decode("ascii")
    except UnicodeError:
        return folded
