"""sc.exe, and the start and stop of net.exe."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows.native.console import write
from iisrelay.lab.windows.registry import ValueKind
from iisrelay.lab.windows.running import machine_of
from iisrelay.lab.windows.services import AUTOMATIC, DISABLED, MANUAL, PAUSED, RUNNING, STOPPED, WIN32_MESSAGES, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.native import NativeCall
    from iisrelay.lab.windows.machine import Machine

_USAGE_ERROR = 1639
_STATES = {STOPPED: (1, "STOPPED"), RUNNING: (4, "RUNNING"), PAUSED: (7, "PAUSED")}
_START_WORDS = {"auto": AUTOMATIC, "delayed-auto": AUTOMATIC, "demand": MANUAL, "disabled": DISABLED}
_START_NAMES = {AUTOMATIC: "AUTO_START", MANUAL: "DEMAND_START", DISABLED: "DISABLED"}
_FAILURE_ACTIONS = {"": 0, "restart": 1, "reboot": 2, "run": 3}
_FAILURE_NAMES = {1: "RESTART", 2: "REBOOT", 3: "RUN PROCESS"}
_FAILURE_HEADER = struct.Struct(
    "<5I"
)  # reset period, reboot message, command, number of actions, offset of the actions


class ServiceControlError(Exception):
    """A Win32 error that sc.exe reports as ``[SC] FUNCTION FAILED code``."""

    def __init__(self, function: str, code: int) -> None:
        super().__init__(f"[SC] {function} FAILED {code}:")
        self.code = code


@native("sc")
def sc(call: NativeCall) -> int:
    """sc.exe: query, queryex, qc, config, failure, qfailure, description, start, stop, pause, continue."""
    arguments = list(call.arguments)
    if arguments and arguments[0].startswith("\\\\"):
        arguments.pop(0)
    command = arguments.pop(0).lower() if arguments else ""
    if command in ("query", "queryex") and (not arguments or "=" in arguments[0]):
        return _query_all(call, arguments)
    if command not in _COMMANDS or not arguments:
        call.out(f"*** Unrecognized Command or missing service name: {command} ***")
        return _USAGE_ERROR
    try:
        return _COMMANDS[command](call, arguments[0], _options(call, arguments[1:]))
    except ServiceControlError as error:
        write(call, str(error), "", WIN32_MESSAGES.get(error.code, "The parameter is incorrect") + ".", "")
        return error.code


def _options(call: NativeCall, words: list[str]) -> list[tuple[str, str]]:
    """Pair ``name=`` with the next word; Windows 10 and its servers take ``name=value`` in one word too (inferred)."""
    pairs: list[tuple[str, str]] = []
    remaining = iter(words)
    for word in remaining:
        name, equals, value = word.partition("=")
        if not equals:
            pairs.append(("", word))
        elif value and machine_of(call.engine).windows.nt_version == "10.0":
            pairs.append((name.lower(), value))
        elif value:
            raise ServiceControlError("ChangeServiceConfig", 87)
        else:
            pairs.append((name.lower(), next(remaining, "")))
    return pairs


def _open(call: NativeCall, name: str, function: str = "OpenService", *, change: bool = False) -> Service:
    service = machine_of(call.engine).services.find(name)
    if service is None:
        raise ServiceControlError(function, 1060)
    if change and not machine_of(call.engine).is_administrator:
        raise ServiceControlError(function, 5)
    return service


def _status_lines(service: Service, state: tuple[int, str]) -> Iterator[str]:
    stopped = state[1] == "STOPPED"
    yield ""
    yield f"SERVICE_NAME: {service.name} "
    yield "        TYPE               : 20  WIN32_SHARE_PROCESS  "
    yield f"        STATE              : {state[0]}  {state[1]} "
    if not stopped:
        yield "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)"
    yield f"        WIN32_EXIT_CODE    : {'1077  (0x435)' if stopped else '0  (0x0)'}"
    yield "        SERVICE_EXIT_CODE  : 0  (0x0)"
    yield "        CHECKPOINT         : 0x0"
    yield "        WAIT_HINT          : 0x0"


def _query_all(call: NativeCall, arguments: list[str]) -> int:
    everything = dict(_options(call, arguments)).get("state", "active").lower() == "all"
    for service in machine_of(call.engine).services:
        if everything or service.status != STOPPED:
            write(call, *_status_lines(service, _STATES[service.status]))
    return 0


def _query(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name, "EnumQueryServicesStatus:OpenService")
    write(call, *_status_lines(service, _STATES[service.status]))
    return 0


def _query_config(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name)
    delayed = "  (DELAYED)" if service.delayed and service.start_type == AUTOMATIC else ""
    needed = [other.name for other in service.depends_on] or [""]
    write(
        call,
        "[SC] QueryServiceConfig SUCCESS",
        "",
        f"SERVICE_NAME: {service.name}",
        "        TYPE               : 20  WIN32_SHARE_PROCESS ",
        f"        START_TYPE         : {service.start_type}   {_START_NAMES[service.start_type]}{delayed}",
        "        ERROR_CONTROL      : 1   NORMAL",
        f"        BINARY_PATH_NAME   : {service.image_path}",
        "        LOAD_ORDER_GROUP   : ",
        "        TAG                : 0",
        f"        DISPLAY_NAME       : {service.display_name}",
        f"        DEPENDENCIES       : {needed[0]}",
        *(f"                           : {other}" for other in needed[1:]),
        f"        SERVICE_START_NAME : {service.account}",
    )
    return 0


def _config(call: NativeCall, name: str, options: list[tuple[str, str]]) -> int:
    service = _open(call, name, change=True)
    for option, value in options:
        if option == "start" and value.lower() in _START_WORDS:
            service.start_type = _START_WORDS[value.lower()]
            service.delayed = value.lower() == "delayed-auto"
        elif option == "displayname":
            service.key.set("DisplayName", ValueKind.String, value)
        elif option == "depend":
            service.key.set("DependOnService", ValueKind.MultiString, tuple(filter(None, value.split("/"))))
        else:
            raise ServiceControlError("ChangeServiceConfig", 87)
    call.out("[SC] ChangeServiceConfig SUCCESS")
    return 0


def _failure(call: NativeCall, name: str, options: list[tuple[str, str]]) -> int:
    service = _open(call, name, change=True)
    given = dict(options)
    if set(given) - {"reset", "actions", "reboot", "command"}:
        raise ServiceControlError("ChangeServiceConfig2", 87)
    words = given.get("actions", "").split("/")
    kinds = [_FAILURE_ACTIONS[word.lower()] for word in words[::2]]
    actions = [pair for pair in zip(kinds, map(_delay, words[1::2]), strict=False) if pair[0]]
    data = _FAILURE_HEADER.pack(int(given.get("reset") or 0), 0, 0, len(actions), _FAILURE_HEADER.size)
    data += b"".join(struct.pack("<2I", *action) for action in actions)
    service.key.set("FailureActions", ValueKind.Binary, data)
    call.out("[SC] ChangeServiceConfig2 SUCCESS")
    return 0


def _delay(word: str) -> int:
    return int(word or 0)


def _query_failure(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name)
    data = service.key.get("FailureActions", b"")
    reset, actions = 0, []
    if isinstance(data, bytes) and data:
        reset = _FAILURE_HEADER.unpack_from(data)[0]
        actions = list(struct.iter_unpack("<2I", data[_FAILURE_HEADER.size :]))
    texts = [f"{_FAILURE_NAMES[kind]} -- Delay = {delay} milliseconds." for kind, delay in actions]
    write(
        call,
        "[SC] QueryServiceConfig2 SUCCESS",
        "",
        f"SERVICE_NAME: {service.name}",
        f"        RESET_PERIOD (in seconds)    : {reset}",
        "        REBOOT_MESSAGE               : ",
        "        COMMAND_LINE                 : ",
        *(f"        {'FAILURE_ACTIONS' if not index else '':29}: {text}" for index, text in enumerate(texts)),
    )
    return 0


def _describe(call: NativeCall, name: str, options: list[tuple[str, str]]) -> int:
    _open(call, name, change=True).key.set("Description", ValueKind.String, " ".join(value for _, value in options))
    call.out("[SC] ChangeServiceConfig2 SUCCESS")
    return 0


def _start(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name, "StartService: OpenService", change=True)
    if service.status == RUNNING:
        raise ServiceControlError("StartService", 1056)
    _control(lambda: machine_of(call.engine).services.start(service), "StartService")
    write(call, *_status_lines(service, (2, "START_PENDING")))
    return 0


def _stop(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name, change=True)
    if service.status == STOPPED:
        raise ServiceControlError("ControlService", 1062)
    _control(lambda: machine_of(call.engine).services.stop(service), "ControlService")
    write(call, *_status_lines(service, (3, "STOP_PENDING")))
    return 0


def _pause(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name, change=True)
    _control(lambda: machine_of(call.engine).services.pause(service), "ControlService")
    write(call, *_status_lines(service, (7, "PAUSED")))
    return 0


def _continue(call: NativeCall, name: str, _options: list[tuple[str, str]]) -> int:
    service = _open(call, name, change=True)
    _control(lambda: machine_of(call.engine).services.resume(service), "ControlService")
    write(call, *_status_lines(service, (4, "RUNNING")))
    return 0


def _control(action: Callable[[], None], function: str) -> None:
    try:
        action()
    except NetError as error:
        raise ServiceControlError(function, (error.hresult or 0) & 0xFFFF) from error


_COMMANDS: dict[str, Callable[[NativeCall, str, list[tuple[str, str]]], int]] = {
    "query": _query,
    "queryex": _query,
    "qc": _query_config,
    "config": _config,
    "failure": _failure,
    "qfailure": _query_failure,
    "description": _describe,
    "start": _start,
    "stop": _stop,
    "pause": _pause,
    "continue": _continue,
}


@native("net")
def net(call: NativeCall) -> int:
    """net.exe: start and stop services; its other commands are not simulated."""
    command = call.arguments[0].lower() if call.arguments else ""
    if command not in ("start", "stop"):
        call.err(f"net {command}: not simulated by the lab")
        return 1
    if len(call.arguments) == 1 and command == "start":
        running = sorted(
            service.display_name for service in machine_of(call.engine).services if service.status == RUNNING
        )
        write(call, "These Windows services are started:", "", *(f"   {name}" for name in running), "")
        write(call, "The command completed successfully.", "")
        return 0
    names = [word for word in call.arguments[1:] if not word.startswith("/")]
    return _net_change(call, command, names[0] if names else "", yes="/y" in map(str.lower, call.arguments))


def _net_change(call: NativeCall, command: str, name: str, *, yes: bool) -> int:
    service = _by_any_name(machine_of(call.engine), name)
    if service is None:
        _net_error(call, "The service name is invalid.", 2185)
        return 2
    if not machine_of(call.engine).is_administrator:
        call.err("System error 5 has occurred.\r\n\r\nAccess is denied.\r\n")
        return 2
    if command == "start":
        return _net_start(call, service)
    return _net_stop(call, service, yes=yes)


def _net_start(call: NativeCall, service: Service) -> int:
    if service.status == RUNNING:
        _net_error(call, "The requested service has already been started.", 2182)
        return 2
    try:
        machine_of(call.engine).services.start(service)
    except NetError as error:
        code = (error.hresult or 0) & 0xFFFF
        call.err(f"System error {code} has occurred.\r\n\r\n{error.message}.\r\n")
        return 2
    write(call, f"The {service.display_name} service is starting.")
    write(call, f"The {service.display_name} service was started successfully.", "")
    return 0


def _net_stop(call: NativeCall, service: Service, *, yes: bool) -> int:
    if service.status == STOPPED:
        _net_error(call, f"The {service.display_name} service is not started.", 3521)
        return 2
    running = [other for other in service.dependents if other.status != STOPPED]
    if running and not yes:
        # Without a keyboard the question "Do you want to continue this operation?" gets its default answer, no.
        write(call, f"The following services are dependent on the {service.display_name} service.")
        write(call, f"Stopping the {service.display_name} service will also stop these services.", "")
        write(call, *(f"   {other.display_name}" for other in running), "")
        write(call, "Do you want to continue this operation? (Y/N) [N]: ")
        return 2
    machine_of(call.engine).services.stop(service, force=True)
    for stopped in (*running, service):
        write(call, f"The {stopped.display_name} service is stopping.")
        write(call, f"The {stopped.display_name} service was stopped successfully.", "")
    return 0


def _net_error(call: NativeCall, text: str, number: int) -> None:
    call.err(f"{text}\r\n\r\nMore help is available by typing NET HELPMSG {number}.\r\n")


def _by_any_name(machine: Machine, name: str) -> Service | None:
    found = machine.services.find(name)
    return found or next((one for one in machine.services if one.display_name.lower() == name.lower()), None)
