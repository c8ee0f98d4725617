"""The execution policy: where it is kept, Get-ExecutionPolicy and Set-ExecutionPolicy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.execution_policy import POLICIES, read_policy, write_policy
from iisrelay.lab.powershell.values import PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Iterator

SCOPES = ("MachinePolicy", "UserPolicy", "Process", "CurrentUser", "LocalMachine")


@cmdlet("Get-ExecutionPolicy", Param("Scope", "string", 0, values=SCOPES), Param("List", "switch"))
def get_execution_policy(call: Call) -> Iterator[object]:
    """Get-ExecutionPolicy: the one in force, or that of a scope."""
    engine = call.engine
    kept = {"process": engine.process_policy, "localmachine": read_policy(engine.machine)}
    if call.has("List"):
        for scope in SCOPES:
            yield PSCustomObject([("Scope", scope), ("ExecutionPolicy", kept.get(scope.lower()) or "Undefined")])
    elif call.has("Scope"):
        yield kept.get(to_string(None, call.get("Scope")).lower()) or "Undefined"
    else:
        yield engine.script_policy()


@cmdlet(
    "Set-ExecutionPolicy",
    Param("ExecutionPolicy", "string", 0, mandatory=True, values=POLICIES),
    Param("Scope", "string", 1, values=SCOPES),
    Param("Force", "switch"),
)
def set_execution_policy(call: Call) -> None:
    """Set-ExecutionPolicy: for the process or the machine; policies of a user are not simulated."""
    policy, scope = (
        to_string(None, call.get("ExecutionPolicy")),
        to_string(None, call.get("Scope", "LocalMachine")).lower(),
    )
    if scope == "process":
        call.engine.process_policy = "" if policy.lower() == "undefined" else policy
    elif scope == "localmachine":
        write_policy(call.engine.machine, policy)
    else:
        call.engine.fail(f"Set-ExecutionPolicy -Scope {scope} is not simulated.", "NotSimulated", "NotImplemented")
