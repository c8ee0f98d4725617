r"""Cipher suites: what each Windows has, in which order, and what policy and the SCHANNEL key leave of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.registry import ValueKind
from iisrelay.lab.windows.registry_seed import SCHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.registry import Registry
    from iisrelay.lab.windows.versions import WindowsVersion

POLICY_ORDER = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
LOCAL_ORDER = r"HKLM\SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002"

# Names as Windows has them, and OpenSSL's.
OPENSSL_NAMES = {
    "TLS_AES_256_GCM_SHA384": "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256": "TLS_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384": "DHE-RSA-AES256-GCM-SHA384",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256": "DHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384": "ECDHE-ECDSA-AES256-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256": "ECDHE-ECDSA-AES128-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": "ECDHE-RSA-AES256-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256": "ECDHE-RSA-AES128-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256": "AES256-SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA256": "AES128-SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA": "DES-CBC3-SHA",
}
_TLS_1_3 = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
_SINCE_2016 = ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
_BEFORE_2016 = frozenset({"2008r2", "2012", "2012r2"})  # documented: no ECDHE_RSA with GCM there
_CURVES = ("_P256", "_P384", "_P521")

_CIPHER_KEYS = {"AES_256": "AES 256/256", "AES_128": "AES 128/128", "3DES": "Triple DES 168"}
_EXCHANGE_KEYS = {"TLS_ECDHE_": "ECDH", "TLS_DHE_": "Diffie-Hellman", "TLS_RSA_": "PKCS"}


def supported_suites(windows: WindowsVersion) -> tuple[str, ...]:
    """Give the suites that a Windows version has, in its own order of preference."""
    missing: set[str] = set()
    if windows.tls_defaults["TLS 1.3"][0] == "not_supported":
        missing.update(_TLS_1_3)
    if windows.key in _BEFORE_2016:
        missing.update(_SINCE_2016)
    return tuple(name for name in OPENSSL_NAMES if name not in missing)


def effective_suites(registry: Registry, windows: WindowsVersion) -> tuple[str, ...]:
    """Give the suites that callers get: an order set by policy, or else the local one, replaces the default list."""
    supported = supported_suites(windows)
    order = _order(registry, POLICY_ORDER) or _order(registry, LOCAL_ORDER)
    listed = supported if order is None else tuple(name for name in order if name in supported)
    switched_off = set(_switched_off(registry))
    return tuple(name for name in listed if not switched_off.intersection(_parts(name)))


def _order(registry: Registry, path: str) -> tuple[str, ...] | None:
    value = registry.get(path, "Functions")
    if isinstance(value, str):
        value = tuple(value.split(","))
    if not isinstance(value, tuple):
        return None
    names = (_without_curve(name.strip()) for name in value if name.strip())
    return tuple(dict.fromkeys(names)) or None


def _without_curve(name: str) -> str:
    """Names of before 2016 end with the curve."""
    return next((name.removesuffix(curve) for curve in _CURVES if name.endswith(curve)), name)


def _switched_off(registry: Registry) -> Iterator[str]:
    for group in ("Ciphers", "KeyExchangeAlgorithms"):
        key = registry.open(rf"{SCHANNEL}\{group}")
        for subkey in key.subkeys.values() if key else ():
            enabled = subkey.values.get("enabled")
            if enabled is not None and enabled.kind is ValueKind.DWord and enabled.data == 0:
                yield subkey.name.lower()


def _parts(suite: str) -> set[str]:
    """Give the registry's names for the cipher and the key exchange of a suite."""
    ciphers = {key.lower() for part, key in _CIPHER_KEYS.items() if part in suite}
    return ciphers | {key.lower() for start, key in _EXCHANGE_KEYS.items() if suite.startswith(start)}
