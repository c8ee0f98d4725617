"""System.Activator, COM objects by name, and loading of assemblies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.invocation import construct
from iisrelay.lab.powershell.values import PSCustomObject

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.nettypes import NetType

declare("System.MarshalByRefObject")
declare("System.__ComObject", bases=("System.MarshalByRefObject",))

_activator = declare("System.Activator")


@_activator.static("CreateInstance")
def create_instance(engine: Engine, kind: NetType, *arguments: object) -> object:
    """Make an object of a type."""
    if kind.name == "System.__ComObject":
        return create_com_object(engine, kind.short)
    return construct(engine, kind, list(arguments))


def create_com_object(engine: Engine, program_id: str) -> object:
    """Make a COM object by its ProgID, as the machine offers them."""
    create = getattr(engine.machine, "create_com_object", None)
    if create is None:
        message = f"Retrieving the COM class factory for component {program_id} failed: Class not registered."
        raise NetError("System.Runtime.InteropServices.COMException", message, hresult=0x80040154)
    return create(engine, program_id)


_assembly = declare("System.Reflection.Assembly")


@_assembly.static("LoadWithPartialName", "Load")
def load(name: str) -> PSCustomObject:
    """Load an assembly: the simulated types are there already."""
    return PSCustomObject((("GlobalAssemblyCache", True), ("FullName", name.partition(",")[0])))
