"""Which cipher suites for TLS 1.2 a host has left, and whether a smart host takes one of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iisrelay.settings.stored import Stored
from iisrelay.tls.ciphers import without_curve
from iisrelay.tls.schannel import Read
from iisrelay.tls.windows import microsoft_365_domains, suites, windows_of

SCHANNEL_ROOT = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
POLICY_LIST = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
# That Windows keeps its own order here is general knowledge; the list is written by the TLS cmdlets of 2016 and later.
LOCAL_LIST = r"HKLM\SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002"
FUNCTIONS = "Functions"
FIPS = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\FIPSAlgorithmPolicy"
# Registry keys with a value Enabled that is 0 where the algorithm is switched off, and what is then missing in names of
# suites. PKCS is RSA as key exchange and as signature, so nothing is left of suites with RSA certificates.
ALGORITHMS = {
    r"Ciphers\AES 256/256": "_AES_256_",
    r"Ciphers\AES 128/128": "_AES_128_",
    r"KeyExchangeAlgorithms\PKCS": "RSA_WITH",
    r"KeyExchangeAlgorithms\ECDH": "_ECDHE_",
    r"Hashes\SHA": "_SHA$",
    r"Hashes\SHA256": "_SHA256$",
    r"Hashes\SHA384": "_SHA384$",
}


@dataclass(frozen=True)
class Suites:
    """The suites that are left on a host: ``source`` says where they come from, ``off`` which algorithms are off.

    ``unfamiliar`` are names of the list that are not known here: whether this Windows has them cannot be told.
    """

    left: tuple[str, ...]
    source: str
    off: tuple[str, ...] = ()
    unfamiliar: tuple[str, ...] = ()


def questions() -> Iterator[tuple[str, str]]:
    """Give every registry value (path, name) that `suites_of` reads, and the one for FIPS."""
    yield POLICY_LIST, FUNCTIONS
    yield LOCAL_LIST, FUNCTIONS
    yield FIPS, "Enabled"
    for key in ALGORITHMS:
        yield algorithm_key(key), "Enabled"


def algorithm_key(name: str) -> str:
    """Give the registry key of an algorithm."""
    return rf"{SCHANNEL_ROOT}\{name}"


def suites_of(windows_build: int, read: Read) -> Suites:
    """Give the suites for TLS 1.2 with RSA certificates that a host has left."""
    known = windows_of(windows_build).suites
    listed, source = _listed(read)
    off = tuple(key for key in ALGORITHMS if read(algorithm_key(key), "Enabled") == 0)
    patterns = [re.compile(ALGORITHMS[key]) for key in off]
    offered = known if listed is None else tuple(name for name in known if name in listed)
    left = tuple(name for name in offered if not any(pattern.search(name) for pattern in patterns))
    familiar = {*known, *suites("since 2016")}
    return Suites(left, source, off, tuple(name for name in listed or () if name not in familiar))


def accepted_by(host: str) -> tuple[str, ...] | None:
    """Give the suites that a smart host is documented to take, or None where nobody says."""
    name = host.casefold().rstrip(".")
    if any(name == domain or name.endswith(f".{domain}") for domain in microsoft_365_domains()):
        return suites("microsoft 365")
    return None


def _listed(read: Read) -> tuple[tuple[str, ...] | None, str]:
    for path, label in ((POLICY_LIST, "the list of a group policy"), (LOCAL_LIST, "the host's own list")):
        names = _names(read(path, FUNCTIONS))
        if names:
            return names, f"{label} ({path} {FUNCTIONS})"
    return None, "the default of Windows"


def _names(value: Stored | None) -> tuple[str, ...]:
    """Read a list of suites: one text with commas, or several texts."""
    texts = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    names = (name.strip().upper() for text in texts for name in text.split(","))
    return tuple(dict.fromkeys(without_curve(name) for name in names if name))
