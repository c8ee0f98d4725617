"""The providers behind the item cmdlets."""

from iisrelay.lab.windows.cmdlets.providers.base import Drive, Provider, ProviderPath
from iisrelay.lab.windows.cmdlets.providers.certificates import CertificateProvider
from iisrelay.lab.windows.cmdlets.providers.file_system import FileSystemProvider
from iisrelay.lab.windows.cmdlets.providers.registry import RegistryProvider
from iisrelay.lab.windows.cmdlets.providers.session import (
    PROVIDERS,
    expand,
    location,
    resolve,
    session_of,
    set_location,
)
from iisrelay.lab.windows.cmdlets.providers.session_tables import (
    AliasProvider,
    EnvironmentProvider,
    FunctionProvider,
    VariableProvider,
)

for _provider in (
    FileSystemProvider(),
    RegistryProvider(),
    EnvironmentProvider(),
    VariableProvider(),
    FunctionProvider(),
    AliasProvider(),
    CertificateProvider(),
):
    PROVIDERS[_provider.name.lower()] = _provider

__all__ = [
    "PROVIDERS",
    "Drive",
    "Provider",
    "ProviderPath",
    "expand",
    "location",
    "resolve",
    "session_of",
    "set_location",
]
