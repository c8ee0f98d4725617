"""A simulated Windows Server: everything that a script can find on it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from iisrelay.lab.faults import FaultBoard
from iisrelay.lab.windows import environment, fault_points, machine_seed
from iisrelay.lab.windows.accounts import Accounts, Login
from iisrelay.lab.windows.certificates import Certificates
from iisrelay.lab.windows.clock import Clock
from iisrelay.lab.windows.event_log import EventLog
from iisrelay.lab.windows.features import Features
from iisrelay.lab.windows.files import FileSystem
from iisrelay.lab.windows.firewall import Firewall
from iisrelay.lab.windows.metabase import Metabase
from iisrelay.lab.windows.network import Network, address_for
from iisrelay.lab.windows.registry import Registry
from iisrelay.lab.windows.registry_seed import COMPONENT_REBOOT
from iisrelay.lab.windows.schannel import Schannel
from iisrelay.lab.windows.services import STOPPED, Services
from iisrelay.lab.windows.versions import VERSIONS, WindowsVersion, find_version

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE_LOGGING = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ModuleLogging"

_login: ContextVar[Login | None] = ContextVar("login", default=None)


class Machine:
    """One server. Make it with ``create`` (a fresh installation) or ``from_json`` (as it was saved)."""

    def __init__(self, name: str, windows: WindowsVersion, domain: str) -> None:
        self.name = name
        self.domain = domain
        self.windows = windows
        self.lock = threading.RLock()  # held by whoever runs a command or saves
        self.clock = Clock()
        self.booted_at = self.clock.timestamp()
        self.faults = FaultBoard()
        self.reboot_requested = False  # by Restart-Computer or shutdown.exe: carried out after the command
        self.accounts = Accounts(name)
        self.network = Network([address_for(name)], self)
        self.registry = Registry(self.accounts.administrator.sid)
        self.services = Services(self.registry)
        self.files = FileSystem(self.clock)
        self.event_log = EventLog(self.clock)
        self.firewall = Firewall()
        self.metabase = Metabase(self)
        self.features = Features(self)
        self.certificates = Certificates()
        self.schannel = Schannel(self)
        self.services.listeners.append(self._service_changed)
        self.services.is_stuck = partial(fault_points.is_stuck, self)
        self.files.before_growth = partial(fault_points.before_growth, self)

    @classmethod
    def create(cls, name: str, version: str, *, domain: str = "lab.example", smtp: bool = False) -> Machine:
        """Install a fresh server; ``smtp`` adds the SMTP Server feature with its WMI provider."""
        machine = cls(name, find_version(version), domain)
        machine_seed.seed(machine)
        machine.booted_at = machine.clock.timestamp()  # Setup ends with a restart: nothing that it wrote is newer
        machine.schannel.machine_started()
        if smtp:
            machine_seed.add_smtp(machine)
        return machine

    @property
    def fqdn(self) -> str:
        """Give the fully qualified name."""
        return f"{self.name}.{self.domain}" if self.domain else self.name

    @property
    def addresses(self) -> list[str]:
        """List the machine's own addresses without the loopback."""
        return self.network.addresses

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment block of a new process, made from the registry and the login."""
        return environment.environment_block(self)

    def set_environment_variable(self, name: str, value: str | None) -> None:
        """Set (or with None delete) a variable of the whole machine; processes that run already do not see it."""
        environment.set_machine_variable(self, name, value)

    @property
    def pending_reboot(self) -> bool:
        """Tell whether Windows waits for a restart (the registry key that installers leave is the truth)."""
        return self.registry.open(COMPONENT_REBOOT) is not None

    @pending_reboot.setter
    def pending_reboot(self, value: bool) -> None:
        if value:
            self.registry.create(COMPONENT_REBOOT)
        else:
            self.registry.delete(COMPONENT_REBOOT)

    @property
    def logs_modules(self) -> bool:
        """Tell whether the policy is on under which PowerShell logs the arguments of commands."""
        return bool(self.registry.get(MODULE_LOGGING, "EnableModuleLogging"))

    @property
    def login(self) -> Login:
        """Give the login under which the present command runs; the built-in administrator's when nobody signed in."""
        return _login.get() or self.accounts.administrator

    @property
    def is_administrator(self) -> bool:
        """Tell whether the present command runs with an administrator's token."""
        return self.login.is_administrator

    @contextmanager
    def signed_in(self, login: Login) -> Iterator[None]:
        """Run the body under a login; other threads keep theirs."""
        token = _login.set(login)
        try:
            yield
        finally:
            _login.reset(token)

    def restart(self) -> None:
        """Reboot: services stop and the automatic ones start, pending work is done."""
        self.services.stop_all()
        self.event_log.write("System", "EventLog", 6006, "The Event log service was stopped.")
        self.pending_reboot = False
        self._boot()

    def lose_power(self) -> None:
        """Lose power and come back: the metabase is what the file on disk holds.

        Registry, folders and files are taken to be as they were (inferred: the registry is flushed within seconds).
        """
        self.services.states = dict.fromkeys(self.services.states, STOPPED)
        self.metabase.power_lost()
        self.event_log.write("System", "EventLog", 6008, "The previous system shutdown was unexpected.", level="Error")
        self._boot()

    def _boot(self) -> None:
        self.reboot_requested = False
        self.booted_at = self.clock.timestamp()
        self.event_log.write("System", "EventLog", 6005, "The Event log service was started.")
        self.schannel.machine_started()
        self.services.start_automatic()

    def bind_moniker(self, moniker: str) -> object:
        """Bind an ADSI path such as ``IIS://localhost/SMTPSVC/1``, as ``[ADSI]`` and GetObject do."""
        from iisrelay.lab.windows.adsi import bind_moniker  # noqa: PLC0415 - adsi works on a machine

        return bind_moniker(self, moniker)

    def create_com_object(self, _engine: object, identifier: str) -> object:
        """Make a COM object by its ProgID, as ``New-Object -ComObject`` does."""
        from iisrelay.lab.windows.adsi import create_com_object  # noqa: PLC0415 - adsi works on a machine
        from iisrelay.lab.windows.com import COM_CLASSES  # noqa: PLC0415 - COM classes work on a machine

        factory = COM_CLASSES.get(identifier.lower())
        return factory(self) if factory else create_com_object(self, identifier)

    def to_json(self) -> dict[str, Any]:
        """Give the whole state as JSON values."""
        return {
            "name": self.name,
            "domain": self.domain,
            "windows": self.windows.key,
            "addresses": list(self.addresses),
            "clock_offset_s": self.clock.offset_s,
            "booted_at": self.booted_at,
            "accounts": self.accounts.to_json(),
            "registry": self.registry.to_json(),
            "services": self.services.to_json(),
            "features": self.features.to_json(),
            "files": self.files.to_json(),
            "event_log": self.event_log.to_json(),
            "firewall": self.firewall.to_json(),
            "metabase": self.metabase.to_json(),
            "certificates": self.certificates.to_json(),
            "schannel": self.schannel.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Machine:
        """Make a machine that is as it was saved."""
        machine = cls(data["name"], VERSIONS[data["windows"]], data["domain"])
        machine.load_json(data)
        return machine

    def load_json(self, data: dict[str, Any]) -> None:
        """Become what was saved of this machine."""
        self.network.addresses = list(data["addresses"])
        self.clock.offset_s = data["clock_offset_s"]
        self.booted_at = data["booted_at"]
        self.accounts.load_json(data["accounts"])
        self.registry.load_json(data["registry"])
        self.services.load_json(data["services"])
        self.features.load_json(data["features"])
        self.files.load_json(data["files"])
        self.event_log.load_json(data["event_log"])
        self.firewall.load_json(data["firewall"])
        self.metabase.load_json(data["metabase"])
        self.certificates.load_json(data.get("certificates", []))
        self.schannel.load_json(data.get("schannel", {}))

    def _service_changed(self, name: str, running: bool) -> None:
        verb = "running" if running else "stopped"
        service = self.services.find(name)
        title = service.display_name if service else name
        self.event_log.write(
            "System", "Service Control Manager", 7036, f"The {title} service entered the {verb} state."
        )
        if running:
            self.metabase.service_started(name)
        else:
            self.metabase.service_stopped(name)
