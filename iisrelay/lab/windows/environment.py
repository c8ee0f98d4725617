"""The environment block that a new process gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.windows.registry import ValueKind
from iisrelay.lab.windows.registry_seed import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iisrelay.lab.windows.machine import Machine

_VARIABLE = re.compile(r"%([^%]+)%")


def environment_block(machine: Machine) -> dict[str, str]:
    """Make the environment of a new process of the present login."""
    user = machine.login.name
    profile = rf"C:\Users\{user}"
    block = {
        "ALLUSERSPROFILE": r"C:\ProgramData",
        "APPDATA": rf"{profile}\AppData\Roaming",
        "CommonProgramFiles": r"C:\Program Files\Common Files",
        "CommonProgramFiles(x86)": r"C:\Program Files (x86)\Common Files",
        "COMPUTERNAME": machine.name.upper(),
        "HOMEDRIVE": "C:",
        "HOMEPATH": profile[2:],
        "LOCALAPPDATA": rf"{profile}\AppData\Local",
        "ProgramData": r"C:\ProgramData",
        "ProgramFiles": r"C:\Program Files",
        "ProgramFiles(x86)": r"C:\Program Files (x86)",
        "ProgramW6432": r"C:\Program Files",
        "PUBLIC": r"C:\Users\Public",
        "SystemDrive": "C:",
        "SystemRoot": r"C:\Windows",
        "USERDNSDOMAIN": machine.domain.upper(),
        "USERDOMAIN": machine.login.authority,
        "USERPROFILE": profile,
    }
    block.update(_machine_variables(machine, block))
    block.update({"TEMP": rf"{profile}\AppData\Local\Temp", "TMP": rf"{profile}\AppData\Local\Temp", "USERNAME": user})
    return block


def set_machine_variable(machine: Machine, name: str, value: str | None) -> None:
    """Set (or with None delete) a variable of the whole machine; processes that run already do not see it."""
    key = machine.registry.create(ENVIRONMENT)
    if value is None:
        key.delete_value(name)
    else:
        key.set(name, ValueKind.ExpandString if "%" in value else ValueKind.String, value)


def expand(text: str, environment: Mapping[str, str]) -> str:
    """Replace ``%NAME%`` by the variable's value; unknown names stay."""
    variables = {name.lower(): value for name, value in environment.items()}
    return _VARIABLE.sub(lambda match: variables.get(match.group(1).lower(), match.group(0)), text)


def _machine_variables(machine: Machine, known: dict[str, str]) -> dict[str, str]:
    key = machine.registry.open(ENVIRONMENT)
    values = key.values.values() if key else ()
    return {value.name: expand(str(value.data), known) for value in values}
