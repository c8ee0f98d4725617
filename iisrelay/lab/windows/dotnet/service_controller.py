"""System.ServiceProcess.ServiceController."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, language_error
from iisrelay.lab.powershell.values import NetEnum, PSArray
from iisrelay.lab.windows.dotnet.enums import enum_number
from iisrelay.lab.windows.running import machine_of
from iisrelay.lab.windows.services import PAUSED, RUNNING, STOPPED, Service, win32_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_SPACE = "System.ServiceProcess."
TYPE = f"{_SPACE}ServiceController"
STATUS_TYPE = f"{_SPACE}ServiceControllerStatus"
START_MODE_TYPE = f"{_SPACE}ServiceStartMode"
SERVICE_TYPE = f"{_SPACE}ServiceType"
_STATUS = {STOPPED: 1, RUNNING: 4, PAUSED: 7}

declare_enum(
    STATUS_TYPE,
    {
        "Stopped": 1,
        "StartPending": 2,
        "StopPending": 3,
        "Running": 4,
        "ContinuePending": 5,
        "PausePending": 6,
        "Paused": 7,
    },
)
declare_enum(START_MODE_TYPE, {"Boot": 0, "System": 1, "Automatic": 2, "Manual": 3, "Disabled": 4})
declare_enum(SERVICE_TYPE, {"Win32OwnProcess": 16, "Win32ShareProcess": 32, "InteractiveProcess": 256}, flags=True)


class ServiceController:
    """A service by its name; the service itself is looked up when a member needs it."""

    def __init__(self, machine: Machine, name: str = "") -> None:
        self.machine = machine
        self.service_name = name

    def __str__(self) -> str:
        return TYPE

    @property
    def service(self) -> Service:
        """Give the service, or raise as .NET does where there is none."""
        found = self.machine.services.find(self.service_name)
        if found is None:
            inner = win32_error(1060)
            message = f"Service {self.service_name} was not found on computer '.'."
            raise NetError("System.InvalidOperationException", message, inner=inner)
        return found

    def control(self, action: Callable[[], None], what: str) -> None:
        """Start, stop, pause or continue; a Win32 error becomes the inner exception of .NET's own."""
        name = self.service.name
        if not self.machine.is_administrator:
            message = f"Cannot open {name} service on computer '.'."
            raise NetError("System.InvalidOperationException", message, inner=win32_error(5))
        try:
            action()
        except NetError as error:
            message = f"Cannot {what} {name} service on computer '.'."
            raise NetError("System.InvalidOperationException", message, inner=error) from error


controller = declare(TYPE, python=ServiceController, bases=("System.ComponentModel.Component",))


@controller.constructor
def new_controller(engine: Engine, name: object = "", _machine_name: object = ".") -> ServiceController:
    """A controller for a service by its name or display name."""
    machine, wanted = machine_of(engine), to_string(engine, name)
    by_display = (one.name for one in machine.services if one.display_name.lower() == wanted.lower())
    found = machine.services.find(wanted)
    return ServiceController(machine, found.name if found else next(by_display, wanted))


@controller.static("GetServices")
def get_services(engine: Engine, *_: object) -> PSArray:
    """Controllers for all services."""
    machine = machine_of(engine)
    return PSArray([ServiceController(machine, service.name) for service in machine.services], TYPE)


controller.getter("Name", "ServiceName")(lambda value: value.service.name)
controller.getter("DisplayName")(lambda value: value.service.display_name)
controller.getter("MachineName")(lambda _, _value: ".")
controller.getter("Status")(lambda value: NetEnum(_STATUS[value.service.status], STATUS_TYPE))
controller.getter("ServiceType")(lambda _, _value: NetEnum(32, SERVICE_TYPE))
controller.getter("CanStop", "CanShutdown")(lambda value: value.service.status != STOPPED)
controller.getter("CanPauseAndContinue")(lambda value: value.service.status != STOPPED)
controller.method("Refresh", "Close", "Dispose")(lambda _, _value: None)


@controller.setter("ServiceName")
def set_service_name(value: ServiceController, item: str) -> None:
    """Point the controller at another service."""
    value.service_name = item


@controller.getter("StartType")
def start_type(engine: Engine, value: ServiceController) -> object:
    """The start type; .NET 4.6.1, which comes with PowerShell 5.1 here, brought it."""
    if engine.version_number < 5:
        if engine.strict_version:
            message = "The property 'StartType' cannot be found on this object. Verify that the property exists."
            raise language_error(message, "PropertyNotFoundStrict", "NotSpecified")
        return None
    return NetEnum(value.service.start_type, START_MODE_TYPE)


@controller.getter("DependentServices")
def dependent_services(value: ServiceController) -> PSArray:
    """The services that need this one."""
    return PSArray([ServiceController(value.machine, other.name) for other in value.service.dependents], TYPE)


@controller.getter("ServicesDependedOn", "RequiredServices")
def services_depended_on(value: ServiceController) -> PSArray:
    """The services that this one needs."""
    return PSArray([ServiceController(value.machine, other.name) for other in value.service.depends_on], TYPE)


@controller.method("Start")
def start(value: ServiceController, *_arguments: object) -> None:
    """Start the service; one that runs already is an error."""
    if value.service.status == RUNNING:
        value.control(lambda: _raise(1056), "start")
    value.control(lambda: value.machine.services.start(value.service), "start")


@controller.method("Stop")
def stop(value: ServiceController) -> None:
    """Stop the service with those that need it."""
    if value.service.status == STOPPED:
        value.control(lambda: _raise(1062), "stop")
    value.control(lambda: value.machine.services.stop(value.service, force=True), "stop")


@controller.method("Pause")
def pause(value: ServiceController) -> None:
    """Pause the service."""
    value.control(lambda: value.machine.services.pause(value.service), "pause")


@controller.method("Continue")
def resume(value: ServiceController) -> None:
    """Let the service run on."""
    value.control(lambda: value.machine.services.resume(value.service), "resume")


@controller.method("WaitForStatus")
def wait_for_status(engine: Engine, value: ServiceController, status: object, _timeout: object = None) -> None:
    """Wait for a state. Services change at once here, so one that has not got there never will."""
    wanted = enum_number(engine, status, STATUS_TYPE)
    if _STATUS[value.service.status] != wanted:
        message = "Time out has expired and the operation has not been completed."
        raise NetError(f"{_SPACE}TimeoutException", message)


def _raise(code: int) -> None:
    raise win32_error(code)
