"""What a fresh Windows Server holds in its registry, as far as administrative scripts look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.registry import Registry, ValueKind

if TYPE_CHECKING:
    from iisrelay.lab.windows.versions import WindowsVersion

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
ENVIRONMENT = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
COMPONENT_REBOOT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"

_POWERSHELL_PATH = (
    r"%SystemRoot%\system32;%SystemRoot%;%SystemRoot%\System32\Wbem;%SYSTEMROOT%\System32\WindowsPowerShell\v1.0\\"
)
_ENVIRONMENT = {
    "ComSpec": (r"%SystemRoot%\system32\cmd.exe", ValueKind.ExpandString),
    "NUMBER_OF_PROCESSORS": ("2", ValueKind.String),
    "OS": ("Windows_NT", ValueKind.String),
    "Path": (_POWERSHELL_PATH, ValueKind.ExpandString),
    "PATHEXT": (".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC", ValueKind.String),
    "PROCESSOR_ARCHITECTURE": ("AMD64", ValueKind.String),
    "PSModulePath": (r"%SystemRoot%\system32\WindowsPowerShell\v1.0\Modules\\", ValueKind.ExpandString),
    "TEMP": (r"%SystemRoot%\TEMP", ValueKind.ExpandString),
    "TMP": (r"%SystemRoot%\TEMP", ValueKind.ExpandString),
    "USERNAME": ("SYSTEM", ValueKind.String),
    "windir": (r"%SystemRoot%", ValueKind.ExpandString),
}


def seed_registry(registry: Registry, windows: WindowsVersion, name: str, domain: str) -> None:
    """Write the values of a fresh installation."""
    _seed_version(registry, windows)
    _seed_names(registry, name, domain)
    _seed_powershell(registry, windows)
    for key in ("Ciphers", "CipherSuites", "Hashes", "KeyExchangeAlgorithms"):
        registry.create(f"{SCHANNEL}\\{key}")
    registry.set(SCHANNEL, "EventLogging", 1)
    # Only this protocol key is there from the start; all others are absent on a fresh installation.
    registry.set(rf"{SCHANNEL}\Protocols\SSL 2.0\Client", "DisabledByDefault", 1)
    for variable, (text, kind) in _ENVIRONMENT.items():
        registry.set(ENVIRONMENT, variable, text.replace("\\\\", "\\"), kind)
    registry.create(r"HKCU\Software\Microsoft")
    registry.create(r"HKLM\SOFTWARE\Wow6432Node\Microsoft")


def _seed_version(registry: Registry, windows: WindowsVersion) -> None:
    strings = {
        "ProductName": windows.product_name,
        # Windows 10 and its servers kept 6.3 here for the sake of old programs.
        "CurrentVersion": "6.3" if windows.nt_version == "10.0" else windows.nt_version,
        "CurrentBuild": str(windows.build),
        "CurrentBuildNumber": str(windows.build),
        "EditionID": "ServerStandard",
        "InstallationType": "Server",
        "SystemRoot": r"C:\Windows",
        "RegisteredOwner": "Windows User",
        "BuildLabEx": f"{windows.build}.{windows.revision}.amd64fre",
    }
    optional = {"ReleaseId": windows.release_id, "DisplayVersion": windows.display_version}
    if windows.service_pack:
        optional["CSDVersion"] = f"Service Pack {windows.service_pack}"
    for value, text in (strings | optional).items():
        if text is not None:
            registry.set(CURRENT_VERSION, value, text)
    if windows.nt_version == "10.0":
        registry.set(CURRENT_VERSION, "CurrentMajorVersionNumber", 10)
        registry.set(CURRENT_VERSION, "CurrentMinorVersionNumber", 0)
    if windows.build >= 9600:
        registry.set(CURRENT_VERSION, "UBR", windows.revision)


def _seed_names(registry: Registry, name: str, domain: str) -> None:
    control = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName"
    for key in ("ComputerName", "ActiveComputerName"):
        registry.set(f"{control}\\{key}", "ComputerName", name.upper())
    parameters = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
    for value, text in {"Hostname": name, "NV Hostname": name, "Domain": domain, "NV Domain": domain}.items():
        registry.set(parameters, value, text)
    registry.set(r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType", "ServerNT")


def _seed_powershell(registry: Registry, windows: WindowsVersion) -> None:
    base = r"HKLM\SOFTWARE\Microsoft\PowerShell"
    engine = {
        "PowerShellVersion": "2.0",
        "RuntimeVersion": "v2.0.50727",
        "ApplicationBase": r"C:\Windows\System32\WindowsPowerShell\v1.0",
    }
    for value, text in engine.items():
        registry.set(rf"{base}\1\PowerShellEngine", value, text)
    if windows.powershell >= (4, 0):  # older ones have no policy of their own, which means Restricted
        registry.set(rf"{base}\1\ShellIds\Microsoft.PowerShell", "ExecutionPolicy", "RemoteSigned")
    if windows.powershell >= (3, 0):
        registry.set(rf"{base}\3\PowerShellEngine", "PowerShellVersion", windows.powershell_full_version)
        registry.set(rf"{base}\3\PowerShellEngine", "RuntimeVersion", "v4.0.30319")
    for view in (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\Wow6432Node"):
        ndp = rf"{view}\Microsoft\NET Framework Setup\NDP"
        registry.create(rf"{view}\Microsoft\.NETFramework\v2.0.50727")
        if windows.net_release:
            registry.set(rf"{ndp}\v4\Full", "Release", windows.net_release)
            registry.set(rf"{ndp}\v4\Full", "Install", 1)
            registry.create(rf"{view}\Microsoft\.NETFramework\v4.0.30319")
        else:
            registry.set(rf"{ndp}\v3.5", "Install", 1)
            registry.set(rf"{ndp}\v3.5", "Version", "3.5.30729.5420")
