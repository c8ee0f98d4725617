"""A lab server on an event loop in a thread of the test's own process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iisrelay.lab import certificates
from iisrelay.lab.wsman.accounts import Account
from iisrelay.lab.wsman.policy import InjectedFaults, Policy
from iisrelay.lab.wsman.server import HostListener, ServedHost
from iisrelay.lab.wsman.shells import Process

PASSWORD = "marker-Passw0rd"


def program(process: Process) -> int:
    """What a command line does, until the interpreter is there."""
    name, _, rest = process.line.partition(" ")
    if name == "echo":
        process.out(rest + "\r\n")
        return 0
    if name == "cat":
        while (line := process.read_line()) is not None:
            process.out(line + "\r\n")
        return 0
    if name == "count":
        process.out(f"{len(process.read_all())}\r\n")
        return 0
    if name == "hang":
        process.out("started\r\n")
        while True:
            pass
    if name == "big":
        process.out("x" * int(rest))
        return 0
    process.err(f"'{name}' is not recognized\r\n")
    return 9009


@dataclass
class RunningHost:
    folder: Path
    host: ServedHost
    listener: HostListener

    @property
    def http_url(self):
        return f"http://127.0.0.1:{self.listener.http_port}/wsman"

    @property
    def https_url(self):
        return f"https://127.0.0.1:{self.listener.https_port}/wsman"


class ServerThread:
    """An event loop in a thread."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@contextmanager
def serving(folder, *, policy=None, faults=None, name="web01") -> Iterator[RunningHost]:
    server_files = certificates.ensure(certificates.server_files(folder), name, addresses=("127.0.0.1",))
    client_files = certificates.ensure(certificates.client_files(folder), "deploy")
    account = Account("Administrator", PASSWORD, folder / "users", (name.upper(), "LAB"), client_files.der)
    account.write_user_file()
    host = ServedHost(
        name, account, policy or Policy(), program, certificates.listener_context(server_files, client_files), "10.0.17763"
    )
    host.faults = faults or InjectedFaults()
    thread = ServerThread()
    listener = HostListener(host)
    thread.run(listener.open())
    try:
        yield RunningHost(folder, host, listener)
    finally:
        thread.run(listener.close())
        thread.stop()
