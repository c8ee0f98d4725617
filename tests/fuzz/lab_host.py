"""A lab host without the network: scripts run in this process, and the state is at hand."""

import json
from typing import Any, Self

import iisrelay.lab.windows  # noqa: F401 - registers the cmdlets and types of Windows
from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine
from iisrelay.transport.base import ScriptResult, resolved
from iisrelay.transport.bootstrap import arguments, payload

# What the service itself writes while it runs.
PASSING = frozenset({"serverstate", "win32error", "servercommand", "serverautostart"})


class LabHost:
    """A machine, and the transport to it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @classmethod
    def create(cls, version: str, *, smtp: bool = True) -> "LabHost":
        """Make a fresh machine."""
        return cls(Machine.create("fuzz", version, smtp=smtp))

    def copy(self) -> "LabHost":
        """Make a second machine that is as this one."""
        return LabHost(Machine.from_json(json.loads(json.dumps(self.machine.to_json()))))

    def run(self, script: str, inputs: Any, timeout_s: float) -> ScriptResult:
        """Run a script as a transport does."""
        del timeout_s
        lines = iter(payload(script, resolved(inputs)).decode().splitlines())
        return self._powershell(arguments(), lambda: next(lines, None))

    def powershell(self, script: str, **environment: str) -> ScriptResult:
        """Run a script as somebody on the console does."""
        command = ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", script]
        return self._powershell(command, lambda: None, environment)

    def _powershell(self, command, read_line, more=None) -> ScriptResult:
        out: list[str] = []
        err: list[str] = []
        environment = self.machine.environment
        environment.update(more or {})
        code = run_powershell(
            self.machine,
            command,
            read_line=read_line,
            read_all=lambda: "",
            out=out.append,
            err=err.append,
            environment=environment,
            current_directory="C:\\",
        )
        return ScriptResult("".join(out), "".join(err), code)

    def close(self) -> None:
        """Keep the machine: it is needed again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def records(self) -> dict[tuple[str, str], object]:
        """Give everything that is stored in the metabase below the service, by path and property in lower case."""
        found: dict[tuple[str, str], object] = {}
        root = self.machine.metabase.to_json()["root"]
        for top in root.get("children", ()):
            for service in top.get("children", ()):
                if service["name"].lower() == "smtpsvc":
                    _collect(service, "smtpsvc", found)
        return found


def _collect(node: dict[str, Any], path: str, found: dict[tuple[str, str], object]) -> None:
    found[path, "keytype"] = node.get("type")
    for record in node.get("records", ()):
        name = record["name"].lower()
        if name not in PASSING:
            found[path, name] = record.get("value", record.get("sealed"))
    for child in node.get("children", ()):
        _collect(child, f"{path}/{child['name'].lower()}", found)
