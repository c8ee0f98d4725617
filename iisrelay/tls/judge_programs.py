"""Findings on TLS of other programs on a host, for information: SMTPSVC reads none of these values (inferred)."""

from collections.abc import Iterator

from iisrelay.settings.host import DOTNET, WINHTTP
from iisrelay.tls import suites
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.schannel import Read

TLS12_OF_WINHTTP = 0x800
# From 2012 R2 on, WinHTTP uses TLS 1.2 without the value.
BUILD_2012_R2 = 9600


def program_findings(build: int, read: Read) -> Iterator[Finding]:
    """Tell how other programs stand."""
    yield _dotnet(read)
    yield from _winhttp(build, read)
    if read(suites.FIPS, "Enabled") not in (None, 0):
        message = "the FIPS policy limits cipher suites; TLS 1.2 works with it"
        yield Finding("fips", Severity.INFO, message, f"{suites.FIPS} Enabled", "", "other programs")


def _dotnet(read: Read) -> Finding:
    names = ("SystemDefaultTlsVersions", "SchUseStrongCrypto")
    lacking = [path for path in DOTNET if any(read(path, name) in (None, 0) for name in names)]
    evidence = f"{' and '.join(names)} " + (f"not both 1 at {', '.join(lacking)}" if lacking else "are set everywhere")
    message = (
        "old .NET programs on the host may speak TLS 1.0 only; SMTPSVC is none"
        if lacking
        else ".NET programs on the host leave the version to Windows"
    )
    fix = "site file: `tls: {dotnet: true}`, if such programs need TLS 1.2" if lacking else ""
    return Finding("dotnet", Severity.INFO, message, evidence, fix, "other programs")


def _winhttp(build: int, read: Read) -> Iterator[Finding]:
    values = [(path, read(path, "DefaultSecureProtocols")) for path in WINHTTP]
    lacking = [
        path
        for path, value in values
        if (isinstance(value, int) and not value & TLS12_OF_WINHTTP) or (value is None and build < BUILD_2012_R2)
    ]
    if lacking:
        message = "WinHTTP programs on the host do not speak TLS 1.2; SMTPSVC is none"
        fix = "site file: `tls: {winhttp: true}` (2008 R2 and 2012 need KB3140245), if such programs need it"
        evidence = f"DefaultSecureProtocols at {', '.join(lacking)}"
        yield Finding("winhttp", Severity.INFO, message, evidence, fix, "other programs")
