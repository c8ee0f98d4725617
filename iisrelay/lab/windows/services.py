r"""Windows services. Their settings live in the registry (Services\NAME); only the running state lives here."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iisrelay.lab.faults import Event
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.registry import Registry, RegistryKey, ValueKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
AUTOMATIC, MANUAL, DISABLED = 2, 3, 4  # the registry's Start value, also .NET's ServiceStartMode
SHARE_PROCESS = 0x20
RUNNING, STOPPED, PAUSED = "Running", "Stopped", "Paused"

_WIN32_TYPES = 0x10 | 0x20


@dataclass(frozen=True)
class ServiceDeclaration:
    """How a service is registered when Windows or a feature installs it."""

    name: str
    display_name: str
    start: int
    image: str
    depends_on: tuple[str, ...] = ()
    running: bool = False
    delayed: bool = False
    account: str = "LocalSystem"
    description: str = ""


class Service:
    """One installed service."""

    def __init__(self, services: Services, name: str) -> None:
        self.services = services
        self.name = name

    @property
    def key(self) -> RegistryKey:
        """Give the service's registry key."""
        return self.services.registry.create(f"{SERVICES}\\{self.name}")

    @property
    def display_name(self) -> str:
        """Give the name that people see."""
        return str(self.key.get("DisplayName", self.name))

    @property
    def start_type(self) -> int:
        """Give the start type: AUTOMATIC, MANUAL or DISABLED."""
        value = self.key.get("Start", MANUAL)
        return value if isinstance(value, int) else MANUAL

    @start_type.setter
    def start_type(self, value: int) -> None:
        self.key.set("Start", ValueKind.DWord, value)

    @property
    def delayed(self) -> bool:
        """Tell whether an automatic start waits until the others have started."""
        return bool(self.key.get("DelayedAutostart", 0))

    @delayed.setter
    def delayed(self, value: bool) -> None:
        self.key.set("DelayedAutostart", ValueKind.DWord, int(value))

    @property
    def account(self) -> str:
        """Give the account that the service runs as."""
        return str(self.key.get("ObjectName", "LocalSystem"))

    @property
    def image_path(self) -> str:
        """Give the command line of the service's process."""
        return str(self.key.get("ImagePath", ""))

    @property
    def status(self) -> str:
        """Give the state: Running, Stopped or Paused."""
        return self.services.states.get(self.name.lower(), STOPPED)

    @property
    def depends_on(self) -> list[Service]:
        """List the services that must run before this one."""
        names = self.key.get("DependOnService", ())
        found = (self.services.find(name) for name in (names if isinstance(names, tuple) else ()))
        return [service for service in found if service is not None]

    @property
    def dependents(self) -> list[Service]:
        """List the services that need this one."""
        return [other for other in self.services if any(needed.name == self.name for needed in other.depends_on)]


class Services:
    """All services of a machine. ``listeners`` are told about every start and stop: (service name, running)."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.states: dict[str, str] = {}
        self.started: dict[str, float] = {}  # since when a service runs, in seconds since 1970
        self.listeners: list[Callable[[str, bool], None]] = []
        self.is_stuck: Callable[[Event, str], bool] = lambda _event, _name: False

    def __iter__(self) -> Iterator[Service]:
        key = self.registry.open(SERVICES)
        for name in key.subkey_names() if key else ():
            service = self.find(name)
            if service is not None:
                yield service

    def find(self, name: str) -> Service | None:
        """Find a service by its name (not its display name)."""
        key = self.registry.open(f"{SERVICES}\\{name}") if name and "\\" not in name else None
        kind = key.get("Type") if key else None
        return Service(self, key.name) if key and isinstance(kind, int) and kind & _WIN32_TYPES else None

    def install(self, declaration: ServiceDeclaration) -> Service:
        """Register a service and put it into the state that its declaration names."""
        key = self.registry.create(f"{SERVICES}\\{declaration.name}")
        key.set("DisplayName", ValueKind.String, declaration.display_name)
        key.set("ErrorControl", ValueKind.DWord, 1)
        key.set("ImagePath", ValueKind.ExpandString, declaration.image)
        key.set("ObjectName", ValueKind.String, declaration.account)
        key.set("Start", ValueKind.DWord, declaration.start)
        key.set("Type", ValueKind.DWord, SHARE_PROCESS)
        if declaration.description:
            key.set("Description", ValueKind.String, declaration.description)
        if declaration.depends_on:
            key.set("DependOnService", ValueKind.MultiString, declaration.depends_on)
        if declaration.delayed:
            key.set("DelayedAutostart", ValueKind.DWord, 1)
        self.states[declaration.name.lower()] = RUNNING if declaration.running else STOPPED
        if declaration.running:
            self.started[declaration.name.lower()] = time.time()
        return Service(self, declaration.name)

    def remove(self, name: str) -> None:
        """Unregister a service; it is stopped first when it runs."""
        service = self.find(name)
        if service is not None:
            if service.status != STOPPED:
                self.stop(service, force=True)
            self.registry.delete(f"{SERVICES}\\{name}")
            self.states.pop(name.lower(), None)

    def start(self, service: Service) -> None:
        """Start a service after the services that it needs; raise Win32 error 1058 when one of them is disabled."""
        if service.status == RUNNING:
            return
        if service.start_type == DISABLED:
            raise win32_error(1058)
        for needed in service.depends_on:
            if needed.status != RUNNING:
                if needed.start_type == DISABLED:
                    raise win32_error(1068)
                self.start(needed)
        if self.is_stuck(Event.START, service.name):
            raise win32_error(1053)
        self._change(service, RUNNING)

    def stop(self, service: Service, *, force: bool = False) -> None:
        """Stop a service; running dependents are stopped first under ``force``, otherwise error 1051 is raised."""
        running = [other for other in service.dependents if other.status != STOPPED]
        if running and not force:
            raise win32_error(1051)
        for other in running:
            self.stop(other, force=True)
        if service.status != STOPPED:
            if self.is_stuck(Event.STOP, service.name):
                raise win32_error(1053)
            self._change(service, STOPPED)

    def pause(self, service: Service) -> None:
        """Pause a running service."""
        if service.status != RUNNING:
            raise win32_error(1062)
        self.states[service.name.lower()] = PAUSED

    def resume(self, service: Service) -> None:
        """Let a paused service run on."""
        if service.status != PAUSED:
            raise win32_error(1062)
        self.states[service.name.lower()] = RUNNING

    def stop_all(self) -> None:
        """Stop everything, as a shutdown does: it does not wait for what is stuck."""
        for service in list(self):
            try:
                self.stop(service, force=True)
            except NetError:
                self._change(service, STOPPED)

    def start_automatic(self) -> None:
        """Start what starts at boot: automatic services first, delayed ones after them."""
        automatic = [service for service in self if service.start_type == AUTOMATIC]
        for service in sorted(automatic, key=lambda service: service.delayed):
            with contextlib.suppress(NetError):  # one that does not start does not keep the others from it
                self.start(service)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form: states and times of start (all else is in the registry)."""
        return {"states": dict(self.states), "started": dict(self.started)}

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace states and times by those of the JSON form."""
        self.states = dict(data.get("states", data))  # the states alone, as long as no times were kept
        self.started = dict(data.get("started", {}))

    def _change(self, service: Service, status: str) -> None:
        self.states[service.name.lower()] = status
        if status == RUNNING:
            self.started[service.name.lower()] = time.time()
        for listener in self.listeners:
            listener(service.name, status == RUNNING)


WIN32_MESSAGES = {
    5: "Access is denied",
    1051: "A stop control has been sent to a service that other running services are dependent on",
    1052: "The requested control is not valid for this service",
    1053: "The service did not respond to the start or control request in a timely fashion",
    1056: "An instance of the service is already running",
    1058: "The service cannot be started, either because it is disabled or because it has no enabled devices "
    "associated with it",
    1060: "The specified service does not exist as an installed service",
    1062: "The service has not been started",
    1068: "The dependency service or group failed to start",
}


def win32_error(code: int) -> NetError:
    """Make the Win32Exception of a service control error; ``hresult`` holds the Win32 code as an HRESULT."""
    return NetError("System.ComponentModel.Win32Exception", WIN32_MESSAGES[code], hresult=0x80070000 | code)
