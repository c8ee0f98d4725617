"""Schannel of one machine: gives credential handles, and knows which ones the SMTP service's process still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iisrelay.lab.windows.schannel.credentials import Credential
from iisrelay.lab.windows.schannel.protocols import ProtocolState, Side, protocol_states, protocols_of
from iisrelay.lab.windows.schannel.suites import effective_suites
from iisrelay.lab.windows.services import RUNNING

if TYPE_CHECKING:
    from collections.abc import Collection

    from iisrelay.lab.windows.machine import Machine

_MAIL_PROCESS = frozenset({"IISADMIN", "SMTPSVC"})  # the services that share inetinfo.exe
# Field advice, not documented: on 2008 R2 it takes a reboot until services speak what was enabled. Programs started
# later are not held to it: the documentation says that every new credential handle sees the registry as it is.
_REBOOT_FOR_SERVICES = frozenset({"2008r2"})
# SMTPSVC is older than the interface through which TLS 1.3 is asked for. Inferred; no message sent with it is known.
_NOT_BY_MAIL_SERVICE = "TLS 1.3"
# .NET 3.5.1 knows the newer protocols by the update "TLS System Default Versions" only: it takes them where Windows
# offers them to everybody, and cannot get them by naming them. Inferred from the name and purpose of that update.
_ONLY_BY_DEFAULT_IN_CLR_2 = frozenset({"TLS 1.1", "TLS 1.2", "TLS 1.3"})


class Schannel:
    """Schannel of one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._at_boot: dict[Side, Credential] = {}
        self._held: dict[Side, Credential] = {}
        machine.services.listeners.append(self._service_changed)

    def states(self, side: Side) -> dict[str, ProtocolState]:
        """Give the state of every protocol as the registry has it now."""
        return protocol_states(self.machine.registry, self.machine.windows, side)

    def acquire(self, side: Side, named: Collection[str] | None = None) -> Credential:
        """Open a credential handle. A caller that names protocols also gets those which are off by default."""
        states = self.states(side)
        allowed = {ProtocolState.ENABLED} | (set() if named is None else {ProtocolState.DISABLED_BY_DEFAULT})
        protocols = tuple(
            protocol for protocol, state in states.items() if state in allowed and (named is None or protocol in named)
        )
        return Credential(side, protocols, effective_suites(self.machine.registry, self.machine.windows))

    def program_credential(self, bits: int) -> Credential:
        """Open a client's handle for a .NET program; ``bits`` are its SslProtocols, 0 for Windows' choice."""
        if not bits:
            return self.acquire(Side.CLIENT)
        named = protocols_of(bits)
        if self.machine.windows.clr_version.startswith("2."):
            by_default = {name for name, state in self.states(Side.CLIENT).items() if state is ProtocolState.ENABLED}
            named = named - (_ONLY_BY_DEFAULT_IN_CLR_2 - by_default)
        return self.acquire(Side.CLIENT, named)

    def mail_credential(self, side: Side) -> Credential:
        """Give the handle of inetinfo.exe: it is as old as the process, and on 2008 R2 as the machine's start."""
        return self._held.get(side) or self._for_services(side)

    def machine_started(self) -> None:
        """Note what services get from now on where that is decided by the machine's start."""
        self._held.clear()
        self._at_boot = {side: self.acquire(side) for side in Side}

    def to_json(self) -> dict[str, Any]:
        """Give the handles as JSON."""
        return {
            "at_boot": [credential.to_json() for credential in self._at_boot.values()],
            "held": [credential.to_json() for credential in self._held.values()],
        }

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace the handles by those of the JSON form."""
        self._at_boot = _by_side(data.get("at_boot", ()))
        self._held = _by_side(data.get("held", ()))

    def _for_services(self, side: Side) -> Credential:
        now = self.acquire(side)
        source = self._at_boot.get(side, now) if self.machine.windows.key in _REBOOT_FOR_SERVICES else now
        protocols = tuple(protocol for protocol in source.protocols if protocol != _NOT_BY_MAIL_SERVICE)
        return Credential(side, protocols, source.suites)

    def _service_changed(self, name: str, running: bool) -> None:
        if name.upper() not in _MAIL_PROCESS:
            return
        if running and not self._held:
            self._held = {side: self._for_services(side) for side in Side}
        elif not running and not any(self._runs(service) for service in _MAIL_PROCESS):
            self._held.clear()

    def _runs(self, name: str) -> bool:
        service = self.machine.services.find(name)
        return service is not None and service.status == RUNNING


def _by_side(items: Any) -> dict[Side, Credential]:
    credentials = (Credential.from_json(item) for item in items)
    return {credential.side: credential for credential in credentials}
