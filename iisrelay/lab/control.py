"""Lab hosts as their owner handles them: start, stop, status, reset, delete, and how to connect to them.

A host lives in a folder of its own below the lab's folder; a detached process serves one or several of them.
"""

import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import iisrelay
from iisrelay.errors import IisRelayError, UsageError
from iisrelay.lab.endpoint import ENDPOINT_FILE, PASSWORD_FILE, STATE_FILE, Endpoint, host_folder
from iisrelay.secret import Secret
from iisrelay.site.target import Connection
from iisrelay.transport.base import ScriptResult

DEFAULT_WINDOWS = "2019"
RUN_INPUT = "& ([ScriptBlock]::Create([Console]::In.ReadToEnd()))"
MAX_PROCESSES = 2
START_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 30.0
POLL_S = 0.02
LOG_FILE = "lab.log"
PASSED_ON = frozenset(
    {"HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHASHSEED", "PYTHONUTF8", "SYSTEMROOT", "TEMP", "TMP",
     "TMPDIR", "TZ", "USERPROFILE", "VIRTUAL_ENV"}
)  # fmt: skip
LOCK_FILE = ".lock"


class _Detached(subprocess.Popen[bytes]):
    """A process that is meant to outlive us, and says nothing when it does."""

    def __del__(self) -> None:
        """Do nothing, where Popen warns of a process that still runs."""


_children: list[_Detached] = []  # polled now and then, so that those which end are not left as zombies


@dataclass(frozen=True)
class HostState:
    """What is to be said of a lab host."""

    name: str
    windows: str
    product: str
    running: bool
    url: str
    username: str


def start(
    folder: Path, names: str | Sequence[str], *, windows: str = DEFAULT_WINDOWS, smtp: bool = False
) -> tuple[HostState, ...]:
    """Start hosts that do not run; a new one becomes the Windows asked for, a known one comes back as it was."""
    return start_many(folder, dict.fromkeys(_list(names), windows), smtp=smtp)


def start_many(folder: Path, hosts: Mapping[str, str], *, smtp: bool = False) -> tuple[HostState, ...]:
    """Start hosts, given with the Windows version of those that are new, in a few processes."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        endpoints = [_ensure_endpoint(folder, name, windows, smtp=smtp) for name, windows in hosts.items()]
        stopped = [endpoint.name for endpoint in endpoints if not _is_running(endpoint)]
        _launch(folder, stopped)
    return tuple(_state(_load(folder, name)) for name in hosts)


def ensure_running(folder: Path, names: Sequence[str], *, windows: str = DEFAULT_WINDOWS) -> tuple[HostState, ...]:
    """Start those of the hosts that do not run; gives only these."""
    before = {state.name for state in status(folder) if state.running}
    missing = [name for name in names if name not in before]
    return start(folder, missing, windows=windows)


def stop(folder: Path, names: str | Sequence[str] = ()) -> tuple[str, ...]:
    """Stop hosts (none named: all of them); gives the names of those that ran."""
    folder = folder.absolute()
    return _stop_running(folder, [_load(folder, name) for name in _list(names)] or _endpoints(folder))


def _stop_running(folder: Path, endpoints: Iterable[Endpoint]) -> tuple[str, ...]:
    running = [endpoint for endpoint in endpoints if _is_running(endpoint)]
    for endpoint in running:
        _ask(endpoint, "/lab/stop")
    for endpoint in running:
        _wait_until_stopped(folder, endpoint)
    return tuple(endpoint.name for endpoint in running)


def status(folder: Path) -> tuple[HostState, ...]:
    """List the hosts, by name."""
    return tuple(_state(endpoint) for endpoint in _endpoints(folder))


def reset(
    folder: Path, names: str | Sequence[str], *, windows: str | None = None, smtp: bool = False
) -> tuple[HostState, ...]:
    """Make hosts fresh installations again, running; ``windows`` changes the version."""
    folder = folder.absolute()
    wanted = _list(names)
    known = {name: _load(folder, name) for name in wanted}
    _stop_running(folder, known.values())
    for name, endpoint in known.items():
        (host_folder(folder, name) / STATE_FILE).unlink(missing_ok=True)
        key, product = _version(windows) if windows else (endpoint.windows, endpoint.product)
        fresh = replace(_load(folder, name), windows=key, product=product, smtp=smtp, faults={})
        fresh.save(host_folder(folder, name))
    return start(folder, wanted)


def delete(folder: Path, names: str | Sequence[str]) -> None:
    """Stop hosts and forget them."""
    _stop_running(folder.absolute(), [_load(folder, name) for name in _list(names)])
    for name in _list(names):
        shutil.rmtree(host_folder(folder.absolute(), name))


def show(folder: Path, name: str) -> dict[str, Any]:
    """Give a host's endpoint (with its password) and its state."""
    endpoint = host_folder(folder, _load(folder, name).name) / ENDPOINT_FILE
    state = endpoint.with_name(STATE_FILE)
    return {
        "endpoint": json.loads(endpoint.read_text(encoding="utf-8")),
        "state": json.loads(state.read_text(encoding="utf-8"))["machine"] if state.exists() else None,
    }


def connection(folder: Path, name: str) -> Connection:
    """Say how to connect to a host: NTLM over HTTP, with message encryption."""
    endpoint = _load(folder, name)
    password = host_folder(folder.absolute(), name) / PASSWORD_FILE
    return Connection(
        kind="winrm",
        address=endpoint.address,
        port=endpoint.http_port,
        https=False,
        auth="ntlm",
        username=endpoint.username,
        password=Secret(f"file:{password}"),
    )


def execute(folder: Path, name: str, script: str, *, timeout_s: float = 300.0) -> ScriptResult:
    """Run PowerShell on a host over WinRM, as a script of its own; starts the host when it was stopped."""
    from iisrelay.transport import bootstrap  # noqa: PLC0415 - the other commands start faster without WinRM
    from iisrelay.transport.winrm import WinRmTransport  # noqa: PLC0415 - as above

    start(folder, _load(folder, name).name)
    with WinRmTransport(connection(folder, name)) as transport:
        return transport.execute(bootstrap.encoded(RUN_INPUT), script.encode(), timeout_s)


def set_faults(folder: Path, name: str, faults: Mapping[str, Any]) -> None:
    """Put faults on a host in place of all others (none: take them back).

    The keys are the fields of ``InjectedFaults``; ``faults.as_endpoint`` gives one for faults that wait for events.
    """
    endpoint = _load(folder, name)
    if _is_running(endpoint):
        _ask(endpoint, "/lab/faults", json.dumps(dict(faults)))
    else:
        replace(endpoint, faults=dict(faults)).save(host_folder(folder, name))


def faults(folder: Path, name: str) -> dict[str, Any]:
    """Give the faults of a host, with how often each has gone off."""
    return dict(_load(folder, name).faults)


def events(folder: Path, name: str) -> list[dict[str, Any]]:
    """Give the records of all event logs of a host, oldest first, as they were after its last command."""
    _load(folder, name)
    path = host_folder(folder, name) / STATE_FILE
    if not path.exists():
        return []
    logs = json.loads(path.read_text(encoding="utf-8"))["machine"]["event_log"]["records"]
    return sorted((record for records in logs.values() for record in records), key=lambda record: record["index"])


def request_count(folder: Path, name: str) -> int:
    """Tell how many HTTP requests the WinRM service of a running host has had since it started."""
    return int(_ask(_load(folder, name), "/lab/status")["requests"])


def _list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _version(windows: str) -> tuple[str, str]:
    from iisrelay.lab.windows.versions import find_version  # noqa: PLC0415 - brings the whole simulator with it

    try:
        version = find_version(windows)
    except ValueError as error:
        raise UsageError(f"{error}.") from error
    return version.key, version.product_name


def _ensure_endpoint(folder: Path, name: str, windows: str, *, smtp: bool) -> Endpoint:
    own = host_folder(folder, name)
    if not (own / ENDPOINT_FILE).exists():
        Endpoint.new(name, *_version(windows), smtp=smtp).save(own)
    return Endpoint.load(own)


def _load(folder: Path, name: str) -> Endpoint:
    own = host_folder(folder, name)
    if not (own / ENDPOINT_FILE).exists():
        raise UsageError(f"There is no lab host {name!r} in {folder}.", f"Start it with `iisrelay lab start {name}`.")
    return Endpoint.load(own)


def _endpoints(folder: Path) -> list[Endpoint]:
    found = [Endpoint.load(path.parent) for path in folder.glob(f"*/{ENDPOINT_FILE}")]
    return sorted(found, key=lambda endpoint: endpoint.name)


def _state(endpoint: Endpoint) -> HostState:
    return HostState(
        name=endpoint.name,
        windows=endpoint.windows,
        product=endpoint.product,
        running=_is_running(endpoint),
        url=f"http://{endpoint.address}:{endpoint.http_port}/wsman",
        username=endpoint.username,
    )


def _is_running(endpoint: Endpoint) -> bool:
    # A process identifier proves nothing: after a crash another program may have it. An answer to the password does.
    if not endpoint.pid or not endpoint.http_port:
        return False
    try:
        return bool(_ask(endpoint, "/lab/status")["name"] == endpoint.name)
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return False


def _ask(endpoint: Endpoint, path: str, body: str = "") -> dict[str, Any]:
    token = base64.b64encode(f"{endpoint.username}:{endpoint.password}".encode()).decode()
    client = http.client.HTTPConnection(endpoint.address, endpoint.http_port, timeout=ANSWER_TIMEOUT_S)
    try:
        client.request("POST", path, body, {"Authorization": f"Basic {token}"})
        answer: dict[str, Any] = json.loads(client.getresponse().read())
    finally:
        client.close()
    return answer


def _launch(folder: Path, names: Sequence[str]) -> None:
    shares = [list(names[first::MAX_PROCESSES]) for first in range(MAX_PROCESSES)]
    launched = [(_spawn(folder, share), share) for share in shares if share]
    deadline = time.monotonic() + START_TIMEOUT_S + len(names)
    for process, share in launched:
        for name in share:
            while _load(folder, name).pid != process.pid:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise IisRelayError(f"The lab host {name} did not start.", f"The reason is in {folder / LOG_FILE}.")
                time.sleep(POLL_S)


def _spawn(folder: Path, names: Sequence[str]) -> _Detached:
    source = str(Path(iisrelay.__file__).parent.parent)  # also when it is not installed but run from a checkout
    path = os.pathsep.join(entry for entry in (source, os.environ.get("PYTHONPATH")) if entry)
    with (folder / LOG_FILE).open("ab") as log:
        process = _Detached(
            [sys.executable, "-m", "iisrelay.lab.daemon", str(folder), *names],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment() | {"PYTHONPATH": path},
            start_new_session=True,
        )
    _children.append(process)
    return process


def _environment() -> dict[str, str]:
    """Give what Python needs and nothing else: the caller's environment may hold secrets, and the lab outlives it."""
    return {name: value for name, value in os.environ.items() if name.upper() in PASSED_ON}


def _wait_until_stopped(folder: Path, endpoint: Endpoint) -> None:
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while _load(folder, endpoint.name).pid == endpoint.pid:
        if time.monotonic() > deadline:
            raise IisRelayError(f"The lab host {endpoint.name} does not stop.", f"End process {endpoint.pid}.")
        time.sleep(POLL_S)
    _children[:] = [child for child in _children if child.poll() is None]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time start hosts; the system drops the lock of one that dies."""
    with (folder / LOCK_FILE).open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - only Windows has it

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - Windows does not have it

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
