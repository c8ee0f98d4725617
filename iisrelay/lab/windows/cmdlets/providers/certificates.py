# ruff: noqa: ARG002 - an operation that needs no engine gets it all the same
r"""The Certificate provider: ``Cert:\LocalMachine\My\THUMBPRINT``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSCustomObject
from iisrelay.lab.windows.certificates import LOCATIONS, STORES
from iisrelay.lab.windows.cmdlets.providers.base import Drive, Provider, parts_without_dots
from iisrelay.lab.windows.dotnet.certificate_store import Store
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iisrelay.lab.powershell.dotnet.x509 import Certificate
    from iisrelay.lab.powershell.engine import Engine

_DEPTH = 3  # location, store, certificate


class CertificateProvider(Provider):
    """Locations hold stores, stores hold certificates."""

    name = "Certificate"

    def __str__(self) -> str:
        return f"Microsoft.PowerShell.Security\\{self.name}"

    def drives(self, engine: Engine) -> Iterable[Drive]:
        """The one drive."""
        return [Drive("Cert", self, "", "X509 Certificate Provider")]

    def normalize(self, path: str) -> str:
        """Names as they are known: LocalMachine, My."""
        parts = parts_without_dots(path)
        for place, known in enumerate((LOCATIONS, STORES)):
            if len(parts) > place:
                parts[place] = next((name for name in known if name.lower() == parts[place].lower()), parts[place])
        return "\\".join(parts[:2] + [part.upper() for part in parts[2:]])

    def exists(self, engine: Engine, path: str) -> bool:
        """The location, store or certificate is there."""
        parts = path.split("\\") if path else []
        if len(parts) == _DEPTH:
            return self._certificate(engine, path) is not None
        known = machine_of(engine).certificates.stores
        return not parts or (
            (parts[0].lower(), parts[1].lower()) in known if len(parts) == 2 else parts[0] in LOCATIONS
        )

    def is_container(self, engine: Engine, path: str) -> bool:
        """Everything but a certificate."""
        return path.count("\\") < _DEPTH - 1

    def item(self, engine: Engine, path: str) -> object:
        """A certificate, a store, or a location."""
        parts = path.split("\\")
        if len(parts) == _DEPTH:
            return self._certificate(engine, path)
        if len(parts) == 2:
            return Store(machine_of(engine).certificates, parts[0], parts[1])
        return PSCustomObject(
            (("Location", path), ("StoreNames", list(STORES))), ["Microsoft.PowerShell.Commands.X509StoreLocation"]
        )

    def child_names(self, engine: Engine, path: str) -> list[str]:
        """What is below."""
        if not path:
            return list(LOCATIONS)
        location, _, store = path.partition("\\")
        if not store:
            return list(STORES)
        return [certificate.thumbprint for certificate in machine_of(engine).certificates.store(location, store)]

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Delete a certificate; of those of the machine only an administrator may."""
        machine = machine_of(engine)
        location, store, thumbprint = path.split("\\")
        if location == "LocalMachine" and not machine.is_administrator:
            raise NetError("System.Security.Cryptography.CryptographicException", "Access is denied.")
        machine.certificates.remove(location, store, thumbprint)

    def _certificate(self, engine: Engine, path: str) -> Certificate | None:
        location, store, thumbprint = path.split("\\")
        found = machine_of(engine).certificates.store(location, store)
        return next((certificate for certificate in found if certificate.thumbprint == thumbprint.upper()), None)
