"""Win32_Service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import UInt32, unwrap
from iisrelay.lab.windows.services import AUTOMATIC, DISABLED, MANUAL, PAUSED, RUNNING, STOPPED
from iisrelay.lab.windows.wmi.model import Method, Property, WmiClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iisrelay.lab.windows.machine import Machine
    from iisrelay.lab.windows.services import Service

    Values = Mapping[str, object]

_START_MODES = {AUTOMATIC: "Auto", MANUAL: "Manual", DISABLED: "Disabled"}
_START_MODE_WORDS = {"automatic": AUTOMATIC, "auto": AUTOMATIC, "manual": MANUAL, "disabled": DISABLED}
_SUCCESS = 0
_INVALID_CONTROL = 5
_NOT_FOUND = 9
_ALREADY_RUNNING = 10
_INVALID_PARAMETER = 21
# What the methods return for a Win32 error of the service control manager.
_RETURN_VALUES = {5: 2, 1051: 3, 1058: 14, 1062: 5, 1068: 15}
_PROPERTIES = (
    Property("Name", is_key=True),
    *(Property(name) for name in ("Caption", "Description", "DisplayName", "PathName", "ServiceType", "StartMode")),
    *(Property(name) for name in ("StartName", "State", "Status", "SystemName")),
    *(
        Property(name, "boolean")
        for name in ("AcceptPause", "AcceptStop", "DelayedAutoStart", "DesktopInteract", "Started")
    ),
    *(Property(name, "uint32") for name in ("ExitCode", "ProcessId")),
)


class ServiceClass(WmiClass):
    """The services of the machine."""

    superclass = "Win32_BaseService"

    def __init__(self) -> None:
        super().__init__("Win32_Service", _PROPERTIES, _METHODS)

    def load(self, machine: Machine) -> Iterator[dict[str, object]]:
        """Give each service."""
        for service in machine.services:
            yield _values(machine, service)


def _values(machine: Machine, service: Service) -> dict[str, object]:
    is_running = service.status != STOPPED
    image = service.image_path
    return {
        "Name": service.name,
        "Caption": service.display_name,
        "DisplayName": service.display_name,
        "Description": service.key.get("Description"),
        "PathName": image,
        "ServiceType": "Share Process" if "svchost" in image or "inetinfo" in image else "Own Process",
        "StartMode": _START_MODES.get(service.start_type, "Unknown"),
        "StartName": service.account,
        "State": service.status,
        "Status": "OK",
        "SystemName": machine.name.upper(),
        "AcceptPause": service.status == PAUSED,
        "AcceptStop": is_running,
        "DelayedAutoStart": service.delayed,
        "DesktopInteract": False,
        "Started": is_running,
        "ExitCode": UInt32(0 if is_running else 1077),  # ERROR_SERVICE_NEVER_STARTED
        "ProcessId": UInt32(_process_id(image) if is_running else 0),
    }


def _process_id(image: str) -> int:
    """Services that share an image share the process."""
    return 400 + 4 * (sum(image.lower().encode()) % 1500)


def _control(action: Callable[[Machine, Service], int]) -> Callable[..., Values]:
    def run(machine: Machine, values: Values) -> Values:
        service = machine.services.find(str(values["Name"]))
        try:
            code = _NOT_FOUND if service is None else action(machine, service)
        except NetError as error:
            code = _RETURN_VALUES.get((error.hresult or 0) & 0xFFFF, 8)
        return {"ReturnValue": UInt32(code)}

    return run


def _start(machine: Machine, service: Service) -> int:
    if service.status == RUNNING:
        return _ALREADY_RUNNING
    machine.services.start(service)
    return _SUCCESS


def _stop(machine: Machine, service: Service) -> int:
    if service.status == STOPPED:
        return _INVALID_CONTROL
    machine.services.stop(service)
    return _SUCCESS


def _pause(machine: Machine, service: Service) -> int:
    machine.services.pause(service)
    return _SUCCESS


def _resume(machine: Machine, service: Service) -> int:
    machine.services.resume(service)
    return _SUCCESS


def _interrogate(_machine: Machine, service: Service) -> int:
    return _SUCCESS if service.status != STOPPED else _INVALID_CONTROL


def _delete(machine: Machine, service: Service) -> int:
    machine.services.remove(service.name)
    return _SUCCESS


def _change_start_mode(machine: Machine, values: Values, mode: object) -> Values:
    service = machine.services.find(str(values["Name"]))
    word = _START_MODE_WORDS.get(str(unwrap(mode)).lower())
    if service is None or word is None:
        return {"ReturnValue": UInt32(_INVALID_PARAMETER)}
    service.start_type = word
    return {"ReturnValue": UInt32(_SUCCESS)}


_METHODS = (
    Method("StartService", _control(_start)),
    Method("StopService", _control(_stop)),
    Method("PauseService", _control(_pause)),
    Method("ResumeService", _control(_resume)),
    Method("InterrogateService", _control(_interrogate)),
    Method("Delete", _control(_delete)),
    Method("ChangeStartMode", _change_start_mode, ("StartMode",)),
)
