"""Native programs; importing the package registers them."""

from iisrelay.lab.windows.native import (
    cmd,
    dism,
    icacls,
    netsh,
    powershell,
    registry_tool,
    service_control,
    system_tools,
    text_tools,
)

__all__ = [
    "cmd",
    "dism",
    "icacls",
    "netsh",
    "powershell",
    "registry_tool",
    "service_control",
    "system_tools",
    "text_tools",
]
