"""Restart-Computer, Get-HotFix, Get-Process, Get-ComputerInfo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Int64, PSCustomObject
from iisrelay.lab.powershell.wildcards import has_wildcards, matches
from iisrelay.lab.windows.cmdlets.targets import numbers, strings
from iisrelay.lab.windows.dotnet.times import to_date_time
from iisrelay.lab.windows.running import machine_of
from iisrelay.lab.windows.services import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.windows.machine import Machine

_SYSTEM_PROCESSES = {"System": 4, "csrss": 412, "winlogon": 520, "services": 612, "lsass": 620}
_SERVICE_PROCESSES = {"inetinfo": ("IISADMIN", 1512), "spoolsv": ("Spooler", 1204), "svchost": ("RpcSs", 804)}
_SHELL = ("powershell", 4711)


@cmdlet(
    "Restart-Computer",
    Param("ComputerName", "string[]", position=0),
    Param("Force", "switch"),
    Param("Wait", "switch", since="3.0"),
    Param("Timeout", "int", since="3.0"),
    Param("Delay", "int16", since="3.0"),
    Param("For", "string", since="3.0"),
)
def restart_computer(call: Call) -> None:
    """Restart-Computer: reboot this machine once the command has ended."""
    machine = machine_of(call.engine)
    own = {".", "localhost", machine.name.lower(), machine.fqdn.lower()}
    others = [name for name in strings(call.get("ComputerName")) if name.lower() not in own]
    if others:
        message = f"The computer {others[0]} cannot be reached: only the machine itself is simulated by the lab."
        raise NetError("System.InvalidOperationException", message, category="NotImplemented")
    if not machine.is_administrator:
        message = f"Failed to restart the computer {machine.name} with the following error message: Access is denied."
        raise NetError("System.InvalidOperationException", message, category="PermissionDenied")
    machine.reboot_requested = True


@cmdlet("Get-HotFix", Param("Id", "string[]", position=0, aliases=("HFID",)), Param("Description", "string[]"))
def get_hot_fix(call: Call) -> None:
    """Get-HotFix: a lab machine has no updates, so every identifier asked for is missing."""
    if call.has("Id"):
        call.error(
            "Cannot find the requested hotfix on the 'localhost' computer. Verify the input and run the command again.",
            category="ObjectNotFound",
            identifier="GetHotFixNoEntriesFound",
            exception="System.ArgumentException",
        )


def _start_time(machine: Machine, name: str) -> object:
    """Give since when a process runs: one of services as long as its service, the others since the machine's start."""
    service_name, _ = _SERVICE_PROCESSES.get(name, ("", 0))
    return to_date_time(machine.services.started.get(service_name.lower(), machine.booted_at))


def _processes(machine: Machine) -> dict[str, int]:
    """Give the processes of the machine: name and identifier."""
    running = dict(_SYSTEM_PROCESSES)
    for name, (service_name, identifier) in _SERVICE_PROCESSES.items():
        service = machine.services.find(service_name)
        if service is not None and service.status == RUNNING:
            running[name] = identifier
    return running | dict([_SHELL])


@cmdlet(
    "Get-Process",
    Param("Name", "string[]", position=0, pipeline_name=True, aliases=("ProcessName",)),
    Param("Id", "int[]", pipeline_name=True, aliases=("PID",)),
    aliases=("gps", "ps"),
)
def get_process(call: Call) -> Iterator[object]:
    """Get-Process: the few processes that a script may look for."""
    machine = machine_of(call.engine)
    processes = sorted(_processes(machine).items(), key=lambda pair: pair[0].lower())
    if call.has("Id"):
        wanted = numbers(call, "Id")
        yield from (_process(machine, name, number) for name, number in processes if number in wanted)
        return
    for pattern in strings(call.get("Name")) or ["*"]:
        found = [pair for pair in processes if matches(pattern, pair[0])]
        if not found and not has_wildcards(pattern):
            call.error(
                f'Cannot find a process with the name "{pattern}". Verify the process name and call the cmdlet again.',
                category="ObjectNotFound",
                identifier="NoProcessFoundForGivenName",
                target=pattern,
                exception="Microsoft.PowerShell.Commands.ProcessCommandException",
            )
        yield from (_process(machine, *pair) for pair in found)


def _process(machine: Machine, name: str, identifier: int) -> PSCustomObject:
    return PSCustomObject(
        [
            ("Id", identifier),
            ("ProcessName", name),
            ("Name", name),
            ("SessionId", 0),
            ("StartTime", _start_time(machine, name)),
            ("WorkingSet64", Int64(20 * 1024**2)),
        ],
        ["System.Diagnostics.Process"],
    )
