"""The running state of virtual servers: starting, stopping, pausing, and why a start failed.

How SMTP virtual servers react to commands is documented for the dialog only. Taken over from IIS 6's other services,
and inferred here: the numbers of ServerCommand, Start and Stop as methods, and that writing ServerState 4 stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from iisrelay.lab.faults import Event
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows import fault_points
from iisrelay.lab.windows.metabase.lookup import look_up, write
from iisrelay.lab.windows.metabase.schema import class_property
from iisrelay.lab.windows.services import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.metabase.tree import Key, Value

SERVICE_NAME = "SMTPSVC"
ADDRESS_IN_USE = 10048
INVALID_PARAMETER = 87
SERVICE_NOT_ACTIVE = 1062
SERVICE_REQUEST_TIMEOUT = 1053


class State(IntEnum):
    """ServerState."""

    STARTING = 1
    STARTED = 2
    STOPPING = 3
    STOPPED = 4
    PAUSING = 5
    PAUSED = 6
    CONTINUING = 7


# Windows' header says 1 to 4, one documentation page says 1, 2, 4 and 8; 4 is taken as the header has it.
_COMMANDS = {1: "start", 2: "stop", 3: "pause", 4: "resume", 8: "resume"}
_STATES_AS_COMMANDS = {State.STARTED: "start", State.STOPPED: "stop", State.PAUSED: "pause"}


@dataclass
class RunTime:
    """The run-time state of one virtual server; ``endpoints`` are those of its start: a change needs a restart."""

    state: State = State.STOPPED
    error: int = 0
    endpoints: tuple[tuple[str, int], ...] = ()


class VirtualServers:
    """The virtual servers of one machine, by their numbers."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.run_times: dict[str, RunTime] = {}

    def run_time(self, key: Key) -> RunTime:
        """Give the run-time state of a virtual server; a new one is stopped."""
        return self.run_times.setdefault(key.name.lower(), RunTime())

    def service_running(self) -> bool:
        """Tell whether SMTPSVC runs."""
        service = self.machine.services.find(SERVICE_NAME)
        return service is not None and service.status == RUNNING

    def start(self, key: Key) -> int:
        """Start a virtual server, and the service with it when that is stopped; give the Win32 code (0: started)."""
        if not self.service_running():
            code = self._start_service()
            if code:
                return code
        run_time = self.run_time(key)
        if self._is_stuck(Event.START, key):
            return SERVICE_REQUEST_TIMEOUT
        if run_time.state is State.PAUSED:
            run_time.state = State.STARTED
        if run_time.state is not State.STARTED:
            self._listen(key, run_time)
        if run_time.state is State.STARTED:
            _remember(key, True)
        return run_time.error

    def stop(self, key: Key) -> int:
        """Stop a virtual server; it then stays stopped when the service starts again."""
        run_time = self.run_time(key)
        if self._is_stuck(Event.STOP, key):
            return SERVICE_REQUEST_TIMEOUT
        if run_time.state is not State.STOPPED:
            self.run_times[key.name.lower()] = RunTime()
            _remember(key, False)
        return 0

    def pause(self, key: Key) -> int:
        """Pause a started virtual server: no new connections."""
        return self._switch(key, State.STARTED, State.PAUSED)

    def resume(self, key: Key) -> int:
        """Let a paused virtual server run on."""
        return self._switch(key, State.PAUSED, State.STARTED)

    def command(self, key: Key, number: int) -> None:
        """Obey a write to ServerCommand. Without the service nobody listens to commands."""
        self._obey(key, _COMMANDS.get(number))

    def request_state(self, key: Key, number: int) -> None:
        """Obey a write to ServerState, which is said to be read-only but is seen to start a virtual server."""
        self._obey(key, _STATES_AS_COMMANDS.get(State(number)) if number in State._value2member_map_ else None)

    def start_all(self, keys: Iterator[Key]) -> None:
        """Start what starts with the service."""
        for key in keys:
            found = look_up(key, class_property(key.key_type, "ServerAutoStart"))
            if found is not None and found.value and self.run_time(key).state is State.STOPPED:
                self._listen(key, self.run_time(key))

    def stop_all(self) -> None:
        """Stop everything with the service; what starts with it next time stays as it is."""
        self.run_times.clear()

    def forget(self, key: Key) -> None:
        """Forget a virtual server that was deleted."""
        self.run_times.pop(key.name.lower(), None)

    def to_json(self) -> dict[str, Any]:
        """Give the run-time states as JSON."""
        return {
            name: {
                "state": int(item.state),
                "error": item.error,
                "endpoints": [list(endpoint) for endpoint in item.endpoints],
            }
            for name, item in self.run_times.items()
        }

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace the run-time states by those of the JSON form."""
        self.run_times = {
            name: RunTime(State(item["state"]), item["error"], tuple((host, port) for host, port in item["endpoints"]))
            for name, item in data.items()
        }

    def _obey(self, key: Key, verb: str | None) -> None:
        if verb is not None and self.service_running():
            getattr(self, verb)(key)

    def _switch(self, key: Key, before: State, after: State) -> int:
        run_time = self.run_time(key)
        if run_time.state is not before:
            return SERVICE_NOT_ACTIVE
        run_time.state = after
        return 0

    def _is_stuck(self, event: Event, key: Key) -> bool:
        return fault_points.is_stuck(self.machine, event, f"SmtpSvc/{key.name}")

    def _start_service(self) -> int:
        service = self.machine.services.find(SERVICE_NAME)
        if service is None:
            return SERVICE_NOT_ACTIVE
        try:
            self.machine.services.start(service)
        except NetError as error:
            return (error.hresult or 0) & 0xFFFF
        return 0

    def _listen(self, key: Key, run_time: RunTime) -> None:
        """Bind the endpoints. Any address is taken for one of the host's own; two virtual servers cannot share one."""
        found = look_up(key, class_property(key.key_type, "ServerBindings"))
        endpoints = endpoints_of(found.value if found else ())
        taken = {
            endpoint
            for name, other in self.run_times.items()
            if name != key.name.lower() and other.state in (State.STARTED, State.PAUSED)
            for endpoint in other.endpoints
        }
        if not endpoints:
            run_time.error = INVALID_PARAMETER
        elif taken.intersection(endpoints):
            run_time.error = ADDRESS_IN_USE
        else:
            run_time.state, run_time.error, run_time.endpoints = State.STARTED, 0, endpoints


def endpoints_of(bindings: Value) -> tuple[tuple[str, int], ...]:
    """Give (address, port) of each usable "address:port:host"; the address is "" for all that nobody else has."""
    parsed = (_endpoint(binding) for binding in (bindings if isinstance(bindings, tuple) else ()))
    return tuple(endpoint for endpoint in parsed if endpoint is not None)


def _endpoint(binding: str) -> tuple[str, int] | None:
    address, _, rest = binding.strip().partition(":")
    port = rest.partition(":")[0]
    return (address, int(port)) if port.isascii() and port.isdigit() and 0 < int(port) < 0x10000 else None


def _remember(key: Key, starts: bool) -> None:
    write(key, class_property(key.key_type, "ServerAutoStart"), starts)
