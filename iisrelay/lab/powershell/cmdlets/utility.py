"""Cmdlets that run code, and small ones without a home elsewhere."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automation import HostObject
from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, Processor, cmdlet, processor
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.functions import call_script_block
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL_NAMES = {".", "localhost", "127.0.0.1", "::1"}
LARGEST_RANDOM = 2**31 - 1


@processor("Invoke-Expression", Param("Command", "string", 0, mandatory=True, pipeline=True), aliases=("iex",))
class InvokeExpression(Processor):
    """Invoke-Expression: run a text in the current scope."""

    def process(self, item: object) -> None:
        """Run one text."""
        text = to_string(self.engine, item if self.call.has_input else self.call.get("Command"))
        engine = self.engine
        inner, engine.context = engine.context, engine.context.caller or engine.context
        try:
            engine.invoke_text(text, self.write)
        finally:
            engine.context = inner


@cmdlet(
    "Invoke-Command",
    Param("ScriptBlock", position=0, aliases=("Command",)),
    Param("ArgumentList", "object[]", aliases=("Args",)),
    Param("ComputerName", "string[]", aliases=("Cn",)),
    Param("Session"),
    Param("Credential"),
    Param("FilePath", "string", aliases=("PSPath",)),
    Param("NoNewScope", "switch", since="3.0"),
    Param("HideComputerName", "switch"),
    Param("AsJob", "switch"),
    Param("ThrottleLimit", "int"),
    Param("InputObject", pipeline=True),
    aliases=("icm",),
)
def invoke_command(call: Call) -> Iterator[object]:
    """Invoke-Command: run a script block here. Other computers are not simulated."""
    machine_name = str(getattr(call.engine.machine, "name", "")).lower()
    targets = [to_string(None, name).lower() for name in call.get("ComputerName") or ()]  # type: ignore[attr-defined]
    foreign = [name for name in targets if name not in LOCAL_NAMES and name.partition(".")[0] != machine_name]
    block = call.get("ScriptBlock")
    if foreign or call.has("Session") or call.has("AsJob") or not isinstance(block, ScriptBlockValue):
        call.engine.fail(
            "Invoke-Command is simulated for script blocks on this computer only.", "NotSimulated", "NotImplemented",
            target=foreign[0] if foreign else None,
        )  # fmt: skip
        return
    found = enumerate_value(call.get("ArgumentList"))
    outer = call.engine.context
    call.engine.context = outer.caller or outer
    try:
        yield from call_script_block(
            call.engine, block, list(found or ()), input_items=call.input, new_scope=not call.has("NoNewScope")
        )
    finally:
        call.engine.context = outer


@cmdlet(
    "Get-Random",
    Param("Maximum", position=0),
    Param("Minimum"),
    Param("SetSeed", "int"),
    Param("Count", "int"),
    Param("InputObject", "object[]", pipeline=True),
)
def get_random(call: Call) -> Iterator[object]:
    """Get-Random: a number, or some of the objects."""
    source = random.SystemRandom()
    if call.has("SetSeed"):
        source = random.Random(int(str(call.get("SetSeed"))))  # type: ignore[assignment]  # noqa: S311 - as asked for
    items = call.input if call.has_input else list(enumerate_value(call.get("InputObject")) or ())
    if items:
        yield from source.sample(items, min(len(items), int(str(call.get("Count", 1)))))
        return
    low, high = call.get("Minimum", 0), call.get("Maximum", LARGEST_RANDOM)
    if isinstance(low, float) or isinstance(high, float):
        yield source.uniform(float(str(low)), float(str(high)))
    else:
        yield source.randrange(int(str(low)), int(str(high)))


@cmdlet("Get-Host")
def get_host(call: Call) -> Iterator[object]:
    """Get-Host: $Host."""
    yield HostObject(call.engine)


@cmdlet(
    "Get-Credential",
    Param("Credential", position=0),
    Param("Message", "string", since="3.0"),
    Param("UserName", "string", since="3.0"),
)
def get_credential(call: Call) -> None:
    """Get-Credential: there is no one to ask for a password."""
    call.engine.fail(
        "Cannot process command because of one or more missing mandatory parameters: Credential.",
        "MissingMandatoryParameter",
        "InvalidArgument",
        exception="System.Management.Automation.ParameterBindingException",
    )


def _no_jobs(call: Call) -> None:
    call.engine.fail(f"{call.name}: background jobs are not simulated.", "NotSimulated", "NotImplemented")


for _name in ("Start-Job", "Get-Job", "Receive-Job", "Wait-Job", "Remove-Job", "Stop-Job"):
    cmdlet(
        _name,
        Param("Job", position=0, remaining=True),
        Param("ScriptBlock"),
        Param("ArgumentList"),
        Param("Name", "string"),
    )(_no_jobs)


def _no_sessions(call: Call) -> None:
    call.engine.fail(f"{call.name}: PowerShell sessions are not simulated.", "NotSimulated", "NotImplemented")


for _name in ("New-PSSession", "Enter-PSSession", "Exit-PSSession", "Get-PSSession", "Remove-PSSession"):
    cmdlet(_name, Param("ComputerName", position=0, remaining=True), Param("Credential"))(_no_sessions)
