"""Where faults take effect on a machine. Each function is called before something happens, and may prevent it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from iisrelay.lab.faults import Event, Kind
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.metabase.failures import DISK_FULL, failure
from iisrelay.lab.windows.registry import HIVES

if TYPE_CHECKING:
    from iisrelay.lab.faults import Fault
    from iisrelay.lab.windows.machine import Machine

KILLED = 137  # the exit code of a process that was ended with signal 9
PATIENCE_S = 30  # after which the service control manager gives up (ServicesPipeTimeout)
FAILURE_BIT = 0x80000000


class MachineDownError(BaseException):
    """Windows ends in the middle of a program: no handler of the program's own may catch it.

    ``state`` is the machine at that moment; what a ``finally`` of the program does afterwards never happened.
    """

    def __init__(self, fault: Fault, state: dict[str, Any]) -> None:
        super().__init__(fault.kind)
        self.fault = fault
        self.state = state


def before_write(machine: Machine, path: str, name: str) -> bool:
    """Meet the faults of a change in the metabase; tell whether it is to be made.

    Raises:
        NetError: it fails with the code of the fault.
        MachineDownError: Windows ends here.
    """
    is_made = True
    for fault in machine.faults.meet(Event.WRITE, path, name):
        if fault.kind is Kind.KILL:
            os._exit(KILLED)
        if fault.kind in (Kind.RESTART, Kind.POWER_LOSS):
            raise MachineDownError(fault, machine.to_json())
        if fault.kind is Kind.FAIL_WRITE:
            raise failure(fault.code)
        if fault.kind is Kind.CLOCK_JUMP:
            machine.clock.advance(fault.seconds)
        is_made = is_made and fault.kind is not Kind.IGNORE_WRITE
    return is_made


def before_save(machine: Machine, name: str) -> bool:
    """Meet the faults of saving the metabase; tell whether it is saved.

    MD_WARNING_SAVE_FAILED (0x000CC809) is documented as a success code with a warning. That COM raises nothing for it,
    and so a script cannot see it, is inferred from its failure bit.

    Raises:
        NetError: it fails with the code of the fault, or there is no room on the disk.
    """
    for fault in machine.faults.meet(Event.SAVE, name=name):
        if fault.code & FAILURE_BIT:
            raise failure(fault.code)
        return False
    if machine.faults.meet(Event.DISK, "C:"):
        raise failure(DISK_FULL)
    return True


def before_growth(machine: Machine, path: str) -> None:
    """Meet the faults of a file or folder that needs room.

    Raises:
        NetError: there is none.
    """
    if machine.faults.meet(Event.DISK, path):
        message = "There is not enough space on the disk.\r\n"
        raise NetError("System.IO.IOException", message, hresult=DISK_FULL)


def before_registry_change(machine: Machine, path: str) -> None:
    """Meet the faults of a change in the registry; their paths begin with the short name of a hive: HKLM.

    Raises:
        NetError: access is denied.
    """
    hive, _, rest = machine.registry.canonical(path).partition("\\")
    if machine.faults.meet(Event.REGISTRY, f"{HIVES.get(hive, hive)}\\{rest}"):
        message = f"Access to the registry key '{path}' is denied."
        raise NetError("System.UnauthorizedAccessException", message, category="PermissionDenied")


def is_stuck(machine: Machine, event: Event, name: str) -> bool:
    """Tell whether a service (or a virtual server, by its path) does not do as it is told.

    The caller then waits as long as the service control manager does: the clock goes on, nobody really waits.
    """
    if not machine.faults.meet(event, name=name):
        return False
    machine.clock.advance(PATIENCE_S)
    return True
