"""What Windows PowerShell shows of WMI and CIM objects when a script asks for nothing in particular."""

from __future__ import annotations

from iisrelay.lab.powershell.formatting.views import TableView, ViewColumn, register_default_properties, register_view

_WMI = "System.Management.ManagementObject#root\\cimv2\\"
_CIM = "Microsoft.Management.Infrastructure.CimInstance#root/cimv2/"
_DISK = ("DeviceID", "DriveType", "ProviderName", "FreeSpace", "Size", "VolumeName")
_NETWORK = ("DHCPEnabled", "IPAddress", "DefaultIPGateway", "DNSDomain", "ServiceName", "Description", "Index")
_TABLES = {
    "Win32_OperatingSystem": (
        "SystemDirectory",
        "Organization",
        "BuildNumber",
        "RegisteredUser",
        "SerialNumber",
        "Version",
    ),
    "Win32_ComputerSystem": ("Name", "PrimaryOwnerName", "Domain", "TotalPhysicalMemory", "Model", "Manufacturer"),
    "Win32_Service": ("ProcessId", "Name", "StartMode", "State", "Status", "ExitCode"),
    "Win32_LogicalDisk": ("DeviceID", "DriveType", "ProviderName", "VolumeName", "Size", "FreeSpace"),
}

register_default_properties(f"{_WMI}Win32_LogicalDisk", *_DISK)
register_default_properties(f"{_WMI}Win32_NetworkAdapterConfiguration", *_NETWORK)
register_default_properties(f"{_CIM}Win32_NetworkAdapterConfiguration", *_NETWORK)
for _name, _columns in _TABLES.items():
    register_view(TableView(tuple(ViewColumn(column) for column in _columns)), f"{_CIM}{_name}")
