"""Where a machine keeps its execution policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

POLICIES = ("Unrestricted", "RemoteSigned", "AllSigned", "Restricted", "Default", "Bypass", "Undefined")
KEY = r"HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"
VALUE = "ExecutionPolicy"


class _Registry(Protocol):
    def get(self, path: str, name: str) -> object: ...
    def set(self, path: str, name: str, data: object) -> None: ...


def _registry(machine: object) -> _Registry:
    return cast("_Registry", machine.registry)  # type: ignore[attr-defined]


def read_policy(machine: object) -> str:
    """Give the machine's policy, "" when none was set."""
    return str(_registry(machine).get(KEY, VALUE) or "")


def write_policy(machine: object, policy: str) -> None:
    """Set the machine's policy."""
    _registry(machine).set(KEY, VALUE, policy)


def policy_in_force(engine: Engine) -> str:
    """Give the policy that decides: the process's, the machine's, or Restricted when there is none."""
    policy = engine.process_policy or read_policy(engine.machine) or "Restricted"
    return next((name for name in POLICIES if name.lower() == policy.lower()), policy)
