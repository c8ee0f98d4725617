"""Win32_OperatingSystem, Win32_ComputerSystem, Win32_LogicalDisk and Win32_NetworkAdapterConfiguration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import PSArray, UInt16, UInt32, UInt64
from iisrelay.lab.windows.wmi.model import Method, Property, WmiClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iisrelay.lab.windows.machine import Machine

    Values = Mapping[str, object]

_KIBIBYTE = 1024
_MEMORY = 8 * 1024**3
_SERVER = 3
_MEMBER_SERVER = 3
_STANDALONE_SERVER = 2
_STANDARD_EDITION = 7
_LOCAL_DISK = 3


class SystemClass(WmiClass):
    """A class whose instances one function gives."""

    def __init__(
        self,
        name: str,
        properties: tuple[Property, ...],
        load: Callable[[Machine], Iterator[dict[str, object]]],
        methods: tuple[Method, ...] = (),
    ) -> None:
        super().__init__(name, properties, methods)
        self._load = load

    def load(self, machine: Machine) -> Iterator[dict[str, object]]:
        """Give each instance."""
        return self._load(machine)


def cim_time(moment: float | datetime) -> str:
    """Write a time as CIM does: 20241124140000.000000+000."""
    at = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    return at.strftime("%Y%m%d%H%M%S.%f+000")


def system_classes() -> list[WmiClass]:
    """Make the classes."""
    return [
        SystemClass("Win32_OperatingSystem", _OPERATING_SYSTEM, _operating_system, (Method("Reboot", _reboot),)),
        SystemClass("Win32_ComputerSystem", _COMPUTER_SYSTEM, _computer_system),
        SystemClass("Win32_LogicalDisk", _LOGICAL_DISK, _logical_disks),
        SystemClass("Win32_NetworkAdapterConfiguration", _NETWORK, _network),
    ]


_OPERATING_SYSTEM = (
    Property("Name", is_key=True),
    *(Property(name) for name in ("BuildNumber", "Caption", "CSDVersion", "CSName", "Manufacturer", "OSArchitecture")),
    *(Property(name) for name in ("SystemDirectory", "SystemDrive", "Version", "WindowsDirectory", "Locale", "Status")),
    *(Property(name) for name in ("Organization", "RegisteredUser", "SerialNumber")),
    *(Property(name, "datetime") for name in ("InstallDate", "LastBootUpTime", "LocalDateTime")),
    *(Property(name, "uint32") for name in ("OperatingSystemSKU", "OSLanguage", "ProductType")),
    *(Property(name, "uint16") for name in ("ServicePackMajorVersion", "ServicePackMinorVersion")),
    *(Property(name, "uint64") for name in ("FreePhysicalMemory", "TotalVisibleMemorySize")),
)


def _operating_system(machine: Machine) -> Iterator[dict[str, object]]:
    windows = machine.windows
    yield {
        "Name": f"Microsoft {windows.product_name}|C:\\Windows|\\Device\\Harddisk0\\Partition2",
        "BuildNumber": str(windows.build),
        "Caption": f"Microsoft {windows.product_name}",
        "CSDVersion": f"Service Pack {windows.service_pack}" if windows.service_pack else None,
        "CSName": machine.name.upper(),
        "Manufacturer": "Microsoft Corporation",
        "OSArchitecture": "64-bit",
        "SystemDirectory": r"C:\Windows\system32",
        "SystemDrive": "C:",
        "Version": f"{windows.nt_version}.{windows.build}",
        "WindowsDirectory": r"C:\Windows",
        "Locale": "0409",
        "Organization": "",
        "RegisteredUser": "Windows User",
        "SerialNumber": "00000-00000-00000-AA000",
        "Status": "OK",
        "InstallDate": cim_time(machine.booted_at),
        "LastBootUpTime": cim_time(machine.booted_at),
        "LocalDateTime": cim_time(machine.clock.timestamp()),
        "OperatingSystemSKU": UInt32(_STANDARD_EDITION),
        "OSLanguage": UInt32(1033),
        "ProductType": UInt32(_SERVER),
        "ServicePackMajorVersion": UInt16(windows.service_pack),
        "ServicePackMinorVersion": UInt16(0),
        "FreePhysicalMemory": UInt64(_MEMORY // 2 // _KIBIBYTE),
        "TotalVisibleMemorySize": UInt64(_MEMORY // _KIBIBYTE),
    }


def _reboot(machine: Machine, _values: Values) -> Values:
    machine.reboot_requested = True
    return {"ReturnValue": UInt32(0)}


_COMPUTER_SYSTEM = (
    Property("Name", is_key=True),
    *(Property(name) for name in ("Caption", "DNSHostName", "Domain", "Manufacturer", "Model", "PrimaryOwnerName")),
    *(Property(name) for name in ("Status", "SystemType", "UserName", "Workgroup")),
    Property("DomainRole", "uint16"),
    Property("NumberOfLogicalProcessors", "uint32"),
    Property("NumberOfProcessors", "uint32"),
    Property("PartOfDomain", "boolean"),
    Property("TotalPhysicalMemory", "uint64"),
)


def _computer_system(machine: Machine) -> Iterator[dict[str, object]]:
    in_domain = bool(machine.domain)
    name = machine.name.upper()
    yield {
        "Name": name,
        "Caption": name,
        "DNSHostName": machine.name,
        "Domain": machine.domain or "WORKGROUP",
        "Manufacturer": "Microsoft Corporation",
        "Model": "Virtual Machine",
        "PrimaryOwnerName": "Windows User",
        "Status": "OK",
        "SystemType": "x64-based PC",
        "UserName": machine.login.full_name,
        "Workgroup": None if in_domain else "WORKGROUP",
        "DomainRole": UInt16(_MEMBER_SERVER if in_domain else _STANDALONE_SERVER),
        "NumberOfLogicalProcessors": UInt32(2),
        "NumberOfProcessors": UInt32(1),
        "PartOfDomain": in_domain,
        "TotalPhysicalMemory": UInt64(_MEMORY),
    }


_LOGICAL_DISK = (
    Property("DeviceID", is_key=True),
    *(
        Property(name)
        for name in ("Caption", "Description", "FileSystem", "Name", "ProviderName", "SystemName", "VolumeName")
    ),
    Property("DriveType", "uint32"),
    Property("FreeSpace", "uint64"),
    Property("Size", "uint64"),
)


def _logical_disks(machine: Machine) -> Iterator[dict[str, object]]:
    for letter in sorted(machine.files.drives):
        drive = f"{letter}:"
        yield {
            "DeviceID": drive,
            "Caption": drive,
            "Description": "Local Fixed Disk",
            "FileSystem": "NTFS",
            "Name": drive,
            "SystemName": machine.name.upper(),
            "VolumeName": "",
            "DriveType": UInt32(_LOCAL_DISK),
            "FreeSpace": UInt64(machine.files.free_space(letter)),
            "Size": UInt64(machine.files.sizes[letter][0]),
        }


_NETWORK = (
    Property("Index", "uint32", is_key=True),
    *(Property(name) for name in ("Caption", "Description", "DNSDomain", "DNSHostName", "MACAddress", "ServiceName")),
    *(Property(name, is_array=True) for name in ("DefaultIPGateway", "DNSServerSearchOrder", "IPAddress", "IPSubnet")),
    Property("DHCPEnabled", "boolean"),
    Property("InterfaceIndex", "uint32"),
    Property("IPEnabled", "boolean"),
)


def _network(machine: Machine) -> Iterator[dict[str, object]]:
    network = machine.network
    yield {
        "Index": UInt32(1),
        "Caption": "[00000001] Microsoft Hyper-V Network Adapter",
        "Description": "Microsoft Hyper-V Network Adapter",
        "DNSDomain": machine.domain,
        "DNSHostName": machine.name,
        "MACAddress": network.mac_address.replace("-", ":"),
        "ServiceName": "netvsc",
        "DefaultIPGateway": _strings([network.gateway]),
        "DNSServerSearchOrder": _strings([network.gateway]),
        "IPAddress": _strings(network.addresses),
        "IPSubnet": _strings([network.mask] * len(network.addresses)),
        "DHCPEnabled": False,
        "InterfaceIndex": UInt32(network.interface_index),
        "IPEnabled": True,
    }


def _strings(items: list[str]) -> PSArray:
    return PSArray(items, "System.String")
