"""The .NET types that show Windows itself; importing the package registers them."""

from iisrelay.lab.windows.dotnet import (
    certificate_store,
    file_info,
    principals,
    registry_key,
    registry_times,
    security,
    service_controller,
)

__all__ = [
    "certificate_store",
    "file_info",
    "principals",
    "registry_key",
    "registry_times",
    "security",
    "service_controller",
]
