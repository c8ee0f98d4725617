"""The services of a fresh Windows Server, as far as scripts look at them, and those of the SMTP feature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iisrelay.lab.windows.services import AUTOMATIC, MANUAL, ServiceDeclaration

if TYPE_CHECKING:
    from iisrelay.lab.windows.versions import WindowsVersion

# name | display name | start | svchost group or program | account | depends on | * runs
_ALWAYS = """
RpcSs|Remote Procedure Call (RPC)|auto|rpcss|network||*
SamSs|Security Accounts Manager|auto|lsass.exe|system|RPCSS|*
EventLog|Windows Event Log|auto|LocalServiceNetworkRestricted|local||*
Dnscache|DNS Client|auto|NetworkService|network||*
LanmanServer|Server|auto|netsvcs|system|SamSS|*
LanmanWorkstation|Workstation|auto|NetworkService|network||*
MpsSvc|Windows Firewall|auto|LocalServiceNoNetwork|local||*
Netlogon|Netlogon|auto|lsass.exe|system|LanmanWorkstation|*
Schedule|Task Scheduler|auto|netsvcs|system|RPCSS|*
Spooler|Print Spooler|auto|spoolsv.exe|system|RPCSS|*
TermService|Remote Desktop Services|manual|NetworkService|network|RPCSS|*
W32Time|Windows Time|auto|LocalService|local||*
Winmgmt|Windows Management Instrumentation|auto|netsvcs|system|RPCSS|*
WinRM|Windows Remote Management (WS-Management)|auto|NetworkService|network|RPCSS|*
wuauserv|Windows Update|manual|netsvcs|system|rpcss|
"""
_ACCOUNTS = {
    "system": "LocalSystem",
    "network": r"NT AUTHORITY\NetworkService",
    "local": r"NT AUTHORITY\LocalService",
}

IISADMIN = ServiceDeclaration(
    "IISADMIN",
    "IIS Admin Service",
    AUTOMATIC,
    r"%SystemRoot%\system32\inetsrv\inetinfo.exe",
    ("RPCSS", "SamSS"),
    running=True,
    description="Enables this server to administer the IIS metabase.",
)
# Manual is what administrators report for 2008 R2 to 2022; Microsoft's own page says Automatic, for 2008 only.
SMTPSVC = ServiceDeclaration(
    "SMTPSVC",
    "Simple Mail Transfer Protocol (SMTP)",
    MANUAL,
    r"%SystemRoot%\system32\inetsrv\inetinfo.exe",
    ("IISADMIN", "EventLog"),
    description="Transports electronic mail across the network.",
)


def fresh_services(windows: WindowsVersion) -> tuple[ServiceDeclaration, ...]:
    """List the services of a fresh installation."""
    declarations = [_parse(line) for line in _ALWAYS.strip().splitlines()]
    if windows.build >= 17763:
        renamed = "Windows Defender Firewall"
        declarations = [replace(one, display_name=renamed) if one.name == "MpsSvc" else one for one in declarations]
    return tuple(declarations)


def _parse(line: str) -> ServiceDeclaration:
    name, display_name, start, program, account, depends_on, runs = line.split("|")
    image = f"%SystemRoot%\\system32\\{program}"
    if not program.endswith(".exe"):
        image = f"%SystemRoot%\\system32\\svchost.exe -k {program}"
    return ServiceDeclaration(
        name,
        display_name,
        AUTOMATIC if start == "auto" else MANUAL,
        image,
        tuple(depends_on.split()),
        running=runs == "*",
        account=_ACCOUNTS[account],
    )
