"""A lab host on an event loop in a thread of the test's own process."""

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iisrelay.lab import certificates
from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.wsman.accounts import Account
from iisrelay.lab.wsman.policy import InjectedFaults, Policy
from iisrelay.lab.wsman.programs import run_line
from iisrelay.lab.wsman.server import HostListener, ServedHost

PASSWORD = "marker-Passw0rd"


class ServerThread:
    """An event loop in a thread."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def call(self, function):
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (function(), done.set()))
        assert done.wait(30)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@dataclass
class RunningHost:
    folder: Path
    machine: Machine
    host: ServedHost
    listener: HostListener
    thread: ServerThread

    @property
    def http_url(self):
        return f"http://127.0.0.1:{self.listener.http_port}/wsman"

    @property
    def https_url(self):
        return f"https://127.0.0.1:{self.listener.https_port}/wsman"

    @property
    def open_shells(self):
        return len(self.host.service.shells)

    def drop_connections(self):
        """Cut the connections, as a server does with those that were idle for too long."""
        self.thread.call(self.listener.drop_connections)

    def wait_until_idle(self):
        """Wait until no program runs on the host."""
        with self.machine.lock:
            pass


@contextmanager
def serving(folder, *, policy=None, windows="2019", name="web01"):
    server_files = certificates.ensure(certificates.server_files(folder), name, addresses=("127.0.0.1",))
    client_files = certificates.ensure(certificates.client_files(folder), "deploy")
    account = Account("Administrator", PASSWORD, folder / "users", (name.upper(), "LAB"), client_files.der)
    account.write_user_file()
    machine = Machine.create(name, windows)
    host = ServedHost(
        name=name,
        account=account,
        policy=policy or Policy.of_windows(windows),
        run=lambda process: run_line(machine, process),
        tls=certificates.listener_context(server_files, client_files),
        build=machine.windows.full_version,
        faults=InjectedFaults(),
        lock=machine.lock,
    )
    thread = ServerThread()
    listener = HostListener(host)
    thread.run(listener.open())
    try:
        yield RunningHost(folder, machine, host, listener, thread)
    finally:
        thread.run(listener.close())
        thread.stop()
