"""The Windows Server versions that the lab knows, each with what it ships and how it is set up out of the box."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class WindowsVersion:
    """One Windows Server version."""

    key: str
    product_name: str
    nt_version: str
    build: int
    revision: int  # UBR, the number after the build
    powershell_version: str  # as the interpreter is told: 2.0, 3.0, 4.0, 5.1
    clr_version: str
    net_release: int  # NDP\v4\Full\Release; 0 where .NET 4 is not part of Windows
    smtp_version: str | None  # version of smtpsvc.dll, None where the feature was removed
    release_id: str | None = None
    display_version: str | None = None
    service_pack: int = 0

    @property
    def full_version(self) -> str:
        """Give the four-part version that ``ver`` and file versions show."""
        return f"{self.nt_version}.{self.build}.{self.revision}"

    @property
    def powershell_full_version(self) -> str:
        """Give ``$PSVersionTable.PSVersion`` as text: four parts from 5.1 on, two before."""
        if self.powershell_version == "5.1":
            return f"5.1.{self.build}.{self.revision}"
        return self.powershell_version

    @property
    def has_smtp_feature(self) -> bool:
        """Tell whether this Windows still offers the SMTP Server feature."""
        return self.smtp_version is not None

    @property
    def powershell(self) -> tuple[int, int]:
        """Give the PowerShell version as numbers, for comparisons."""
        major, minor = self.powershell_version.split(".")
        return int(major), int(minor)

    @property
    def tls_defaults(self) -> dict[str, tuple[str, str]]:
        """Give (client, server) for each protocol: enabled, disabled_by_default or not_supported."""
        return {protocol: _decode_tls(code) for protocol, code in zip(PROTOCOLS, _TLS_DEFAULTS[self.key], strict=True)}


PROTOCOLS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")

# One pair (client, server) a protocol, in the order of PROTOCOLS: + enabled, - disabled by default, x not supported.
_TLS_DEFAULTS = {
    "2008r2": ("-+", "++", "++", "--", "--", "xx"),
    "2012": ("--", "++", "++", "++", "++", "xx"),
    "2012r2": ("--", "++", "++", "++", "++", "xx"),
    "2016": ("xx", "--", "++", "++", "++", "xx"),
    "2019": ("xx", "--", "++", "++", "++", "xx"),
    "2022": ("xx", "--", "++", "++", "++", "++"),
    "2025": ("xx", "--", "--", "--", "++", "++"),
}

_TLS_WORDS = {"+": "enabled", "-": "disabled_by_default", "x": "not_supported"}


def _version(
    row: str, *, release_id: str | None = None, display_version: str | None = None, service_pack: int = 0
) -> WindowsVersion:
    key, product, nt_version, build, revision, powershell, clr, release, smtp = row.split()
    name = f"Windows Server {product.replace('_', ' ')} Standard"
    smtp_version = None if smtp == "-" else smtp
    return WindowsVersion(
        key, name, nt_version, int(build), int(revision), powershell, clr, int(release), smtp_version,
        release_id, display_version, service_pack,
    )  # fmt: skip


VERSIONS: dict[str, WindowsVersion] = {
    version.key: version
    for version in (
        # key, product, NT, build, revision, PowerShell, CLR, .NET 4 release, smtpsvc.dll
        _version("2008r2 2008_R2 6.1 7601 17514 2.0 2.0.50727.5485 0 7.5.7601.17514", service_pack=1),
        _version("2012 2012 6.2 9200 16384 3.0 4.0.30319.18408 378389 8.0.9200.16384"),
        _version("2012r2 2012_R2 6.3 9600 17031 4.0 4.0.30319.34014 378675 8.5.9600.16384"),
        _version("2016 2016 10.0 14393 4169 5.1 4.0.30319.42000 394802 10.0.14393.4169", release_id="1607"),
        _version("2019 2019 10.0 17763 5576 5.1 4.0.30319.42000 461814 10.0.17763.1697", release_id="1809"),
        _version(
            "2022 2022 10.0 20348 2340 5.1 4.0.30319.42000 528449 10.0.20348.1",
            release_id="2009",
            display_version="21H2",
        ),
        _version("2025 2025 10.0 26100 2314 5.1 4.0.30319.42000 533325 -", release_id="2009", display_version="24H2"),
    )
}


def find_version(text: str) -> WindowsVersion:
    """Find a version by any usual spelling: ``2019``, ``2008 R2``, ``2012R2``, ``Windows Server 2022``."""
    key = re.sub(r"[\s_-]|windows|server", "", text.lower())
    if key not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise ValueError(f"Windows Server {text!r} is not simulated; known versions: {known}")
    return VERSIONS[key]


def _decode_tls(code: str) -> tuple[str, str]:
    return _TLS_WORDS[code[0]], _TLS_WORDS[code[1]]
