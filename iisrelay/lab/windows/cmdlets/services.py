"""Get-Service and the cmdlets that start, stop, pause and configure services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSArray, unwrap
from iisrelay.lab.powershell.what_if import describes
from iisrelay.lab.powershell.wildcards import has_wildcards, matches
from iisrelay.lab.windows.cmdlets.targets import strings
from iisrelay.lab.windows.dotnet.service_controller import ServiceController
from iisrelay.lab.windows.registry import ValueKind
from iisrelay.lab.windows.running import machine_of
from iisrelay.lab.windows.services import AUTOMATIC, DISABLED, MANUAL, PAUSED, RUNNING, STOPPED, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.commands import Call

_NAME = Param("Name", "string[]", position=0, pipeline=True, pipeline_name=True, aliases=("ServiceName",))
_DISPLAY_NAME = Param("DisplayName", "string[]")
_SELECTION = (_NAME, _DISPLAY_NAME, Param("InputObject"), Param("Include", "string[]"), Param("Exclude", "string[]"))
_PASS_THRU = Param("PassThru", "switch")
_FORCE = Param("Force", "switch")
_NO_WAIT = Param("NoWait", "switch", since="5.0")
_EXCEPTION = "Microsoft.PowerShell.Commands.ServiceCommandException"
_START_TYPES = {"automatic": AUTOMATIC, "manual": MANUAL, "disabled": DISABLED}


def _selected(call: Call, *, default: str | None = None, by_display_name: bool = True) -> Iterator[Service]:
    """Give the services that a call means; an unknown name without wildcards is an error."""
    services = machine_of(call.engine).services
    controllers = _controllers(call)
    if controllers:
        yield from (controller.service for controller in controllers)
        return
    if by_display_name and call.has("DisplayName"):
        for pattern in strings(call.get("DisplayName")):
            found = [service for service in services if matches(pattern, service.display_name)]
            yield from _or_error(call, found, pattern, "display name", "NoServiceFoundForGivenDisplayName")
        return
    for pattern in _names(call, default):
        found = [service for service in services if matches(pattern, service.name)]
        yield from _or_error(call, found, pattern, "service name", "NoServiceFoundForGivenName")


def _controllers(call: Call) -> list[ServiceController]:
    given = unwrap(call.get("InputObject", call.item))
    items = [unwrap(item) for item in (given if isinstance(given, PSArray) else [given])]
    return [item for item in items if isinstance(item, ServiceController)]


def _names(call: Call, default: str | None) -> list[str]:
    names = strings(call.get("Name", default))
    if not names:
        call.engine.fail(
            "Cannot process command because of one or more missing mandatory parameters: Name.",
            "MissingMandatoryParameter",
            "InvalidArgument",
            exception="System.Management.Automation.ParameterBindingException",
        )
    return names


def _or_error(call: Call, found: list[Service], pattern: str, what: str, identifier: str) -> Iterator[Service]:
    excluded = strings(call.get("Exclude"))
    included = strings(call.get("Include"))
    if not found and not has_wildcards(pattern):
        call.error(
            f"Cannot find any service with {what} '{pattern}'.",
            category="ObjectNotFound",
            identifier=identifier,
            target=pattern,
            exception=_EXCEPTION,
        )
    for service in found:
        if included and not any(matches(name, service.name) for name in included):
            continue
        if not any(matches(name, service.name) for name in excluded):
            yield service


def _controller(call: Call, service: Service) -> ServiceController:
    return ServiceController(machine_of(call.engine), service.name)


@cmdlet(
    "Get-Service",
    *_SELECTION,
    Param("ComputerName", "string[]", aliases=("Cn",)),
    Param("DependentServices", "switch", aliases=("DS",)),
    Param("RequiredServices", "switch", aliases=("SDO", "ServicesDependedOn")),
    streaming=True,
    aliases=("gsv",),
)
def get_service(call: Call) -> Iterator[object]:
    """Get-Service: services by name, wildcards allowed."""
    _refuse_other_computers(call)
    for service in sorted(_selected(call, default="*"), key=lambda service: service.name.lower()):
        if call.has("DependentServices"):
            yield from (_controller(call, other) for other in service.dependents)
        elif call.has("RequiredServices"):
            yield from (_controller(call, other) for other in service.depends_on)
        else:
            yield _controller(call, service)


def _refuse_other_computers(call: Call) -> None:
    machine = machine_of(call.engine)
    own = {".", "localhost", "127.0.0.1", machine.name.lower(), machine.fqdn.lower()}
    for name in strings(call.get("ComputerName")):
        if name.lower() not in own:
            raise NetError(
                "System.InvalidOperationException",
                f"Cannot open Service Control Manager on computer '{name}'. "
                "This operation might require other privileges.",
            )


def _change(
    call: Call,
    action: Callable[[Service], None],
    infinitive: str,
    participle: str,
    *,
    by_display_name: bool = True,
) -> Iterator[object]:
    identifier = f"CouldNot{infinitive.capitalize()}Service"
    for service in list(_selected(call, by_display_name=by_display_name)):
        failure = (
            f"Service '{service.display_name} ({service.name})' cannot be {participle} due to the following error: "
        )
        if not machine_of(call.engine).is_administrator:
            _failed(call, f"{failure}Cannot open {service.name} service on computer '.'.", identifier, service)
            continue
        try:
            action(service)
        except NetError as error:
            cause = f"Cannot {infinitive} {service.name} service on computer '.'."
            message = error.message if error.type_name == _EXCEPTION else failure + cause
            _failed(call, message, error.identifier or identifier, service)
            continue
        if call.has("PassThru"):
            yield _controller(call, service)


def _failed(call: Call, message: str, identifier: str, service: Service) -> None:
    call.error(
        message, category="OpenError", identifier=identifier, target=_controller(call, service), exception=_EXCEPTION
    )


@describes("Start-Service", "Stop-Service", "Restart-Service", "Suspend-Service", "Resume-Service", "Set-Service")
def describe_change(call: Call) -> Iterator[tuple[str, str]]:
    """Name the services that -WhatIf leaves alone."""
    for service in _selected(call):
        yield call.name, f"{service.display_name} ({service.name})"


@cmdlet("Start-Service", *_SELECTION, _PASS_THRU, streaming=True, aliases=("sasv",))
def start_service(call: Call) -> Iterator[object]:
    """Start-Service: start services with what they need; a running one is left alone."""
    yield from _change(call, machine_of(call.engine).services.start, "start", "started")


@cmdlet("Stop-Service", *_SELECTION, _FORCE, _PASS_THRU, _NO_WAIT, streaming=True, aliases=("spsv",))
def stop_service(call: Call) -> Iterator[object]:
    """Stop-Service: stop services; those that others need only under -Force."""
    yield from _change(call, lambda service: _stop(call, service), "stop", "stopped")


def _stop(call: Call, service: Service) -> None:
    if not call.has("Force") and any(other.status != STOPPED for other in service.dependents):
        message = (
            f"Cannot stop service '{service.display_name} ({service.name})' because it has dependent services. "
            "It can only be stopped if the Force flag is set."
        )
        raise NetError(_EXCEPTION, message, identifier="ServiceHasDependentServices")
    machine_of(call.engine).services.stop(service, force=call.has("Force"))


@cmdlet("Restart-Service", *_SELECTION, _FORCE, _PASS_THRU, streaming=True)
def restart_service(call: Call) -> Iterator[object]:
    """Restart-Service: stop and start services; under -Force those that depend on them come back too."""
    services = machine_of(call.engine).services

    def restart(service: Service) -> None:
        running = [other for other in service.dependents if other.status == RUNNING]
        _stop(call, service)
        services.start(service)
        for other in running:
            services.start(other)

    yield from _change(call, restart, "start", "started")


@cmdlet("Suspend-Service", *_SELECTION, _PASS_THRU, streaming=True)
def suspend_service(call: Call) -> Iterator[object]:
    """Suspend-Service: pause services."""
    yield from _change(call, machine_of(call.engine).services.pause, "suspend", "suspended")


@cmdlet("Resume-Service", *_SELECTION, _PASS_THRU, streaming=True)
def resume_service(call: Call) -> Iterator[object]:
    """Resume-Service: let paused services run on."""
    yield from _change(call, machine_of(call.engine).services.resume, "resume", "resumed")


@cmdlet(
    "Set-Service",
    Param("Name", "string", position=0, pipeline=True, pipeline_name=True, aliases=("ServiceName", "SN")),
    Param("InputObject"),
    Param("DisplayName", "string"),
    Param("Description", "string"),
    Param(
        "StartupType",
        "string",
        aliases=("StartMode", "SM", "ST"),
        values=("Automatic", "Manual", "Disabled", "Boot", "System"),
    ),
    Param("Status", "string", values=("Running", "Stopped", "Paused")),
    Param("ComputerName", "string[]"),
    _PASS_THRU,
    streaming=True,
)
def set_service(call: Call) -> Iterator[object]:
    """Set-Service: change a service's settings or state. Delayed start is not among them before PowerShell 6."""
    _refuse_other_computers(call)

    def change(service: Service) -> None:
        if call.has("DisplayName"):
            service.key.set("DisplayName", ValueKind.String, str(call.get("DisplayName")))
        if call.has("Description"):
            service.key.set("Description", ValueKind.String, str(call.get("Description")))
        if call.has("StartupType"):
            _set_start_type(service, str(call.get("StartupType")))
        if call.has("Status"):
            _set_status(call, service, str(call.get("Status")))

    yield from _change(call, change, "set", "configured", by_display_name=False)


def _set_start_type(service: Service, name: str) -> None:
    if name.lower() not in _START_TYPES:
        raise NetError(_EXCEPTION, f"Service '{service.name}' cannot be configured: {name} is for device drivers only.")
    service.start_type = _START_TYPES[name.lower()]
    if service.start_type != AUTOMATIC:
        service.delayed = False


def _set_status(call: Call, service: Service, status: str) -> None:
    services = machine_of(call.engine).services
    if status.lower() == "running":
        (services.resume if service.status == PAUSED else services.start)(service)
    elif status.lower() == "stopped":
        _stop(call, service)
    elif service.status == RUNNING:
        services.pause(service)


@cmdlet(
    "New-Service",
    Param("Name", "string", position=0),
    Param("BinaryPathName", "string", position=1),
    Param("DisplayName", "string"),
    Param("Description", "string"),
    Param("StartupType", "string"),
    Param("Credential"),
    Param("DependsOn", "string[]"),
)
def new_service(call: Call) -> None:
    """New-Service: refused, since a program of one's own cannot run here."""
    message = f"Service '{call.get('Name')}' cannot be created: programs of your own are not simulated by the lab."
    raise NetError(_EXCEPTION, message, category="NotImplemented", identifier="NotSimulated")
