"""Lab hosts for the sweep: one in this very process, whose every write can be watched, and one that can be killed."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from fault_site import HOST, WINDOWS

from iisrelay.lab import control
from iisrelay.lab.daemon import LabHost
from iisrelay.lab.endpoint import STATE_FILE, Endpoint, host_folder
from iisrelay.lab.faults import Fault, as_endpoint, points_of
from iisrelay.lab.windows import store
from iisrelay.lab.windows.machine import Machine

LAB = Path(".iisrelay/lab")
State = Mapping[str, Any]


class SweepLab(Protocol):
    """What a sweep needs of a lab host."""

    def put(self, state: str) -> None:
        """Put the host into a state, without faults."""

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Put faults on it, in place of all others."""

    def fired(self) -> int:
        """Count how often its faults have gone off."""

    def look(self) -> Machine:
        """Give a copy of the machine as it is when no program runs."""

    def requests(self) -> int:
        """Count the requests that it has had."""


class HostInThread:
    """A lab host on an event loop in a thread of this process; ``open_relays`` collects what the observer finds."""

    def __init__(self, folder: Path, inspect: Callable[[Machine], Iterable[str]]) -> None:
        self.open_relays: list[str] = []
        self._inspect = inspect
        own = host_folder(folder, HOST)
        if not own.exists():
            Endpoint.new(HOST, WINDOWS, WINDOWS, smtp=True).save(own)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._folder = folder
        self.resume()

    async def _opened(self) -> LabHost:
        host = LabHost(self._folder, HOST)
        await host.open()
        return host

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def _observe(self) -> None:
        self.open_relays.extend(self._inspect(self.host.machine))

    def pause(self) -> None:
        """Stop listening, so that another process can serve the host."""
        self._run(self.host.close())

    def resume(self) -> None:
        """Serve the host (again)."""
        control.stop(LAB)
        self.host: LabHost = self._run(self._opened())
        self.host.machine.metabase.observers.append(self._observe)

    def _no_shells(self) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (self.host.listener.host.service.shells.close(), done.set()))
        done.wait(60)

    def put(self, state: str) -> None:
        self.set_faults(())
        self._no_shells()
        with self.host.machine.lock:
            self.host.machine.load_json(json.loads(state))
            self.host.save()
        self.open_relays.clear()

    def set_faults(self, faults: Iterable[Fault]) -> None:
        control.set_faults(LAB, HOST, as_endpoint(faults))

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.host.machine.faults.faults

    def fired(self) -> int:
        return sum(fault.fired for fault in self.faults)

    def _is_busy(self) -> bool:
        shells = list(self.host.listener.host.service.shells)
        commands = [command for shell in shells for command in list(shell.commands.values())]
        return any(command.process.stdin.is_closed and command.exit_code is None for command in commands)

    def look(self) -> Machine:
        while self._is_busy() or self.host.listener.host.is_down:
            time.sleep(0.01)
        with self.host.machine.lock:
            return Machine.from_json(json.loads(json.dumps(self.host.machine.to_json())))

    def requests(self) -> int:
        return self.host.listener.host.request_count

    def close(self) -> None:
        self._run(self.host.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


class HostInProcess:
    """A lab host in a process of its own, which a fault may kill; it is started again when it is looked at."""

    def put(self, state: str) -> None:
        control.stop(LAB)
        document = {"format": store.FORMAT, "machine": json.loads(state)}
        (host_folder(LAB, HOST) / STATE_FILE).write_text(json.dumps(document), encoding="utf-8")
        self.set_faults(())
        control.start(LAB, HOST)

    def set_faults(self, faults: Iterable[Fault]) -> None:
        control.set_faults(LAB, HOST, as_endpoint(faults))

    def fired(self) -> int:
        return sum(fault.fired for fault in points_of(control.faults(LAB, HOST)))

    def look(self) -> Machine:
        control.start(LAB, HOST)
        control.execute(LAB, HOST, "'idle'")  # commands take turns: what ran before has ended
        return store.load(host_folder(LAB, HOST) / STATE_FILE)

    def requests(self) -> int:
        return control.request_count(LAB, HOST)


@contextmanager
def host_in_thread(inspect: Callable[[Machine], Iterable[str]]) -> Iterator[HostInThread]:
    """Have a host in this process."""
    lab = HostInThread(LAB, inspect)
    try:
        yield lab
    finally:
        lab.close()
