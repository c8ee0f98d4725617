"""The roles and features that each Windows version offers, as far as a mail relay meets them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iisrelay.lab.windows.versions import WindowsVersion

SMTP_SERVER = "SMTP-Server"
IIS6_CONSOLE = "Web-Lgcy-Mgmt-Console"


@dataclass(frozen=True)
class Feature:
    """One role, role service or feature; ``depth`` 1 stands at the top of the tree."""

    name: str
    display_name: str
    kind: str  # Role | Role Service | Feature
    depth: int
    parent: str
    dism_name: str = ""
    depends_on: tuple[str, ...] = ()
    management_tools: tuple[str, ...] = ()
    first_build: int = 0
    installed: bool = False  # on a fresh server


# What installing one feature pulls in besides its parents. That SMTP-Server needs the metabase's compatibility layer is
# inferred from the wizard's "Add Features" dialog; the consoles come only with -IncludeManagementTools.
_DEPENDENCIES = {SMTP_SERVER: ("Web-Metabase",)}
_MANAGEMENT_TOOLS = {SMTP_SERVER: ("RSAT-SMTP",), "Web-Server": ("Web-Mgmt-Console",)}
_DISM_NAMES = {
    SMTP_SERVER: "Smtpsvc-Service-Update-Name",
    "RSAT-SMTP": "Smtpsvc-Admin-Update-Name",
    "Web-Server": "IIS-WebServerRole",
    "Web-WebServer": "IIS-WebServer",
    "Web-Common-Http": "IIS-CommonHttpFeatures",
    "Web-Health": "IIS-HealthAndDiagnostics",
    "Web-ODBC-Logging": "IIS-ODBCLogging",
    "Web-Mgmt-Tools": "IIS-WebServerManagementTools",
    "Web-Mgmt-Console": "IIS-ManagementConsole",
    "Web-Mgmt-Compat": "IIS-IIS6ManagementCompatibility",
    "Web-Metabase": "IIS-Metabase",
    "Web-WMI": "IIS-WMICompatibility",
    "Web-Lgcy-Scripting": "IIS-LegacyScripts",
    IIS6_CONSOLE: "IIS-LegacySnapIn",
    "Telnet-Client": "TelnetClient",
}

# Indentation is the tree. R role, S role service, F feature; * installed on a fresh server; >N offered since build N.
_TREE = """
R Web-Server|Web Server (IIS)
 S Web-WebServer|Web Server
  S Web-Common-Http|Common HTTP Features
   S Web-Default-Doc|Default Document
   S Web-Dir-Browsing|Directory Browsing
   S Web-Http-Errors|HTTP Errors
   S Web-Static-Content|Static Content
   S Web-Http-Redirect|HTTP Redirection
  S Web-Health|Health and Diagnostics
   S Web-Http-Logging|HTTP Logging
   S Web-Custom-Logging|Custom Logging
   S Web-Log-Libraries|Logging Tools
   S Web-ODBC-Logging|ODBC Logging
   S Web-Request-Monitor|Request Monitor
   S Web-Http-Tracing|Tracing
  S Web-Performance|Performance
   S Web-Stat-Compression|Static Content Compression
   S Web-Dyn-Compression|Dynamic Content Compression
  S Web-Security|Security
   S Web-Filtering|Request Filtering
   S Web-Basic-Auth|Basic Authentication
   S Web-Windows-Auth|Windows Authentication
   S Web-Digest-Auth|Digest Authentication
   S Web-Url-Auth|URL Authorization
   S Web-IP-Security|IP and Domain Restrictions
  S Web-App-Dev|Application Development
   S Web-Net-Ext|.NET Extensibility 3.5
   S Web-Net-Ext45>9200|.NET Extensibility 4.5
   S Web-Asp-Net|ASP.NET 3.5
   S Web-Asp-Net45>9200|ASP.NET 4.5
   S Web-ASP|ASP
   S Web-CGI|CGI
   S Web-ISAPI-Ext|ISAPI Extensions
   S Web-ISAPI-Filter|ISAPI Filters
   S Web-Includes|Server Side Includes
 S Web-Ftp-Server|FTP Server
  S Web-Ftp-Service|FTP Service
 S Web-Mgmt-Tools|Management Tools
  S Web-Mgmt-Console|IIS Management Console
  S Web-Mgmt-Compat|IIS 6 Management Compatibility
   S Web-Metabase|IIS 6 Metabase Compatibility
   S Web-Lgcy-Mgmt-Console|IIS 6 Management Console
   S Web-Lgcy-Scripting|IIS 6 Scripting Tools
   S Web-WMI|IIS 6 WMI Compatibility
  S Web-Scripting-Tools|IIS Management Scripts and Tools
  S Web-Mgmt-Service|Management Service
F *NET-Framework-45-Features>9200|.NET Framework 4.5 Features
 F *NET-Framework-45-Core>9200|.NET Framework 4.5
F NET-Framework-Features|.NET Framework 3.5 Features
 F NET-Framework-Core|.NET Framework 3.5 (includes .NET 2.0 and 3.0)
F RSAT|Remote Server Administration Tools
 F RSAT-Feature-Tools|Feature Administration Tools
  F RSAT-SMTP|SMTP Server Tools
 F RSAT-Role-Tools|Role Administration Tools
F SMTP-Server|SMTP Server
F SNMP-Service|SNMP Service
F Telnet-Client|Telnet Client
F Windows-Identity-Foundation>9200|Windows Identity Foundation 3.5
F *PowerShellRoot>9200|Windows PowerShell
 F *PowerShell>9200|Windows PowerShell
 F PowerShell-V2>9200|Windows PowerShell 2.0 Engine
F Windows-Server-Backup|Windows Server Backup
F *WoW64-Support>9200|WoW64 Support
"""

_KINDS = {"R": "Role", "S": "Role Service", "F": "Feature"}
# Microsoft lists the first two as removed; the third is the console of the first [inferred].
_REMOVED_IN_2025 = {SMTP_SERVER, IIS6_CONSOLE, "RSAT-SMTP"}


def catalog(windows: WindowsVersion) -> dict[str, Feature]:
    """List what a Windows version offers, by lower-case name, parents before children."""
    offered = (feature for feature in _all_features() if feature.first_build <= windows.build)
    removed = set() if windows.has_smtp_feature else _REMOVED_IN_2025
    return {feature.name.lower(): feature for feature in offered if feature.name not in removed}


@cache
def _all_features() -> tuple[Feature, ...]:
    features: list[Feature] = []
    ancestors: list[str] = []
    for line in _TREE.strip("\n").splitlines():
        depth = len(line) - len(line.lstrip()) + 1
        feature = _parse(line.strip(), depth, ancestors[depth - 2] if depth > 1 else "")
        ancestors[depth - 1 :] = [feature.name]
        features.append(feature)
    return tuple(features)


def _parse(line: str, depth: int, parent: str) -> Feature:
    kind, rest = line[0], line[2:]
    identifier, display_name = rest.split("|")
    name, _, first_build = identifier.lstrip("*").partition(">")
    return Feature(
        name, display_name, _KINDS[kind], depth, parent,
        dism_name=_DISM_NAMES.get(name, name),
        depends_on=_DEPENDENCIES.get(name, ()),
        management_tools=_MANAGEMENT_TOOLS.get(name, ()),
        first_build=int(first_build or 0),
        installed=identifier.startswith("*"),
    )  # fmt: skip
