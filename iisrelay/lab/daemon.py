"""The process behind lab hosts: serves one or several of them until each has been told to stop.

Started by ``iisrelay.lab.control`` as ``python -m iisrelay.lab.daemon FOLDER NAME...``.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import sys
import threading
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from iisrelay.lab import certificates
from iisrelay.lab.endpoint import ADDRESS, ENDPOINT_FILE, STATE_FILE, Endpoint, host_folder
from iisrelay.lab.faults import Kind, as_endpoint, points_of
from iisrelay.lab.smtp import SmtpService
from iisrelay.lab.windows import store
from iisrelay.lab.windows.fault_points import MachineDownError
from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.wsman.accounts import Account
from iisrelay.lab.wsman.http import Request, Response
from iisrelay.lab.wsman.pipes import ProgramEndedError
from iisrelay.lab.wsman.policy import InjectedFaults, Policy
from iisrelay.lab.wsman.programs import run_line
from iisrelay.lab.wsman.server import HostListener, ServedHost
from iisrelay.lab.wsman.shells import Process

STATUS_PATH = "/lab/status"
STOP_PATH = "/lab/stop"
FAULTS_PATH = "/lab/faults"
USER_FILE = "ntlm-users"
PATIENCE_S = 5.0  # for a program to end when its host is stopped
CHECK_S = 2.0  # between looks at whether a host has been deleted
FLUSH_S = 0.1  # lets the answer to a stop reach the client
JSON = "application/json"


class LabHost:
    """One host of the process: its machine, its listener, and its files."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = host_folder(folder, name)
        self.endpoint = Endpoint.load(self.folder)
        self.machine = self._machine()
        self.machine.faults.replace(points_of(self.endpoint.faults))
        self.machine.faults.on_fired = self._fault_fired
        self._saved = ""
        self._noting = threading.Lock()
        self.stopped = asyncio.Event()
        self.listener = HostListener(self._served_host())
        logon = self.listener.host.account.accepts_password
        self.smtp = SmtpService(self.machine, logon=logon, changed=self._mail_changed)

    def _machine(self) -> Machine:
        state = self.folder / STATE_FILE
        if state.exists():
            return store.load(state)
        return Machine.create(self.endpoint.name, self.endpoint.windows, smtp=self.endpoint.smtp)

    def _served_host(self) -> ServedHost:
        name = self.endpoint.name
        server = certificates.ensure(certificates.server_files(self.folder), name, addresses=(ADDRESS,))
        client = certificates.ensure(certificates.client_files(self.folder), self.endpoint.username)
        account = Account(
            self.endpoint.username,
            self.endpoint.password,
            self.folder / USER_FILE,
            (self.machine.name.upper(), self.machine.domain.upper(), self.machine.domain.partition(".")[0].upper()),
            client.der,
        )
        account.write_user_file()
        return ServedHost(
            name,
            account,
            Policy.of_windows(self.machine.windows.key),
            self.run,
            certificates.listener_context(server, client),
            self.machine.windows.full_version,
            InjectedFaults.from_json(self.endpoint.faults),
            self.control,
            self.machine.faults,
            self.machine.lock,
        )

    @property
    def exists(self) -> bool:
        """Tell whether the host's files are still there: without them nobody can reach or stop it."""
        return (self.folder / ENDPOINT_FILE).exists()

    async def open(self) -> None:
        """Listen, on the ports of the last time if they are free, and tell so in the endpoint's file."""
        self.save()
        await self.listener.open(self.endpoint.http_port, self.endpoint.https_port)
        self._loop = asyncio.get_running_loop()
        self._note(
            http_port=self.listener.http_port,
            https_port=self.listener.https_port,
            certificate=str(certificates.server_files(self.folder).certificate),
            pid=os.getpid(),
        )
        self._follow_virtual_servers()

    async def close(self) -> None:
        """Stop listening and leave the state on disk."""
        self.smtp.close()
        await self.listener.close()
        if not self.exists:
            return
        if self.machine.lock.acquire(
            timeout=PATIENCE_S
        ):  # a program that does not end loses what it did, as in a power cut
            self.save()
            self.machine.lock.release()
        self._note(pid=0, smtp_ports={})

    def _note(self, **changes: Any) -> None:
        with self._noting:
            self.endpoint = replace(self.endpoint, **changes)
            self.endpoint.save(self.folder)

    def _fault_fired(self) -> None:
        """Keep in the endpoint's file which faults have gone off, also where the next thing is the end of us."""
        self._note(faults={**self.endpoint.faults, **as_endpoint(self.machine.faults.faults)})

    def run(self, process: Process) -> int:
        """Run a command on the machine; what it changed is on disk before its end is reported."""
        try:
            return run_line(self.machine, process, is_administrator=not self.listener.host.faults.not_administrator)
        except MachineDownError as down:
            process.is_gone = True
            self._come_back(down)
            raise ProgramEndedError from None
        finally:
            if self.machine.reboot_requested:
                self.machine.restart()
            self._follow_virtual_servers()
            self.save()

    def _follow_virtual_servers(self) -> None:
        """Listen where virtual servers have been started, and tell on which ports in the endpoint's file."""
        self.smtp.refresh()
        if self.smtp.ports != self.endpoint.smtp_ports:
            self._note(smtp_ports=self.smtp.ports)

    def _mail_changed(self) -> None:
        """Keep mail on disk at once; under a command that runs, its end does that."""
        if self.machine.lock.acquire(blocking=False):
            try:
                self.save()
            finally:
                self.machine.lock.release()

    def _come_back(self, down: MachineDownError) -> None:
        self.machine.load_json(down.state)
        if down.fault.kind is Kind.POWER_LOSS:
            self.machine.lose_power()
        else:
            self.machine.restart()
        asyncio.run_coroutine_threadsafe(self.listener.go_down(down.fault.seconds), self._loop)

    def save(self) -> None:
        """Write the state if it is not what was written last."""
        state = json.dumps(self.machine.to_json(), sort_keys=True)
        digest = hashlib.blake2b(state.encode()).hexdigest()
        if digest != self._saved:
            store.save(self.machine, self.folder / STATE_FILE)
            self._saved = digest

    async def control(self, request: Request) -> Response | None:
        """Answer the owner of the lab: status, stop, faults."""
        if request.path not in (STATUS_PATH, STOP_PATH, FAULTS_PATH):
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or not self.listener.host.account.accepts_basic(token):
            return Response(HTTPStatus.UNAUTHORIZED)
        if request.path == STOP_PATH:
            asyncio.get_running_loop().call_later(FLUSH_S, self.stopped.set)
        if request.path == FAULTS_PATH:
            self._note(faults=json.loads(request.body))
            self.listener.host.faults = InjectedFaults.from_json(self.endpoint.faults)
            self.machine.faults.replace(points_of(self.endpoint.faults))
        status = {"name": self.endpoint.name, "pid": os.getpid(), "requests": self.listener.host.request_count}
        return Response(HTTPStatus.OK, json.dumps(status).encode(), JSON, closes=True)


async def serve(folder: Path, names: list[str]) -> None:
    """Serve hosts until every one of them has been told to stop."""
    async with asyncio.TaskGroup() as group:
        for name in names:
            host = LabHost(folder, name)
            await host.open()
            group.create_task(_until_stopped(host))


async def _until_stopped(host: LabHost) -> None:
    try:
        while host.exists and not host.stopped.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(host.stopped.wait(), CHECK_S)
    finally:
        await host.close()


def _raise_file_limit() -> None:
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 - there is none on Windows, where the limit is high enough

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main(arguments: list[str]) -> None:
    """Serve the hosts named on the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    _raise_file_limit()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Path(arguments[0]), arguments[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])
