"""Binding of piped objects to parameters: by value, then by property name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.binder import BINDING_EXCEPTION, Binder
from iisrelay.lab.powershell.collections import Dictionary
from iisrelay.lab.powershell.error_records import ErrorRecord, PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.members import MISSING, find_member

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.functions import FunctionStage
    from iisrelay.lab.powershell.script_blocks import ParameterSpec


def bind_pipeline_item(stage: FunctionStage, item: object) -> bool:
    """Bind a piped object to the parameters that take one; False, with an error written, when it fits none."""
    from iisrelay.lab.powershell.functions import signature_of  # noqa: PLC0415 - functions call this module

    engine = stage.engine
    binder = Binder(engine, signature_of(stage.function), has_input=True)
    bound = False
    for spec in stage.pipeline_parameters:
        value = pipeline_value(binder, spec, item)
        variable = stage.context.scope.variables[spec.name.lower()]
        if value is MISSING:
            variable.value = stage.default_of(spec)
            continue
        bound = True
        variable.value = value
        if isinstance(stage.context.bound, dict | Dictionary):
            stage.context.bound[spec.name] = value
    if not bound and any(entry.mandatory for spec in stage.pipeline_parameters for entry in spec.sets.values()):
        write_not_bound(engine, item)
        return False
    return True


def pipeline_value(binder: Binder, spec: ParameterSpec, item: object) -> object:
    """Give what a piped object gives for a parameter, converted, or MISSING."""
    by_value = any(entry.pipeline for entry in spec.sets.values())
    by_name = any(entry.pipeline_name for entry in spec.sets.values())
    if by_name and not by_value:
        return _by_property(binder, spec, item)
    try:
        return binder.convert(spec, item)
    except PowerShellError:
        return _by_property(binder, spec, item) if by_name else MISSING


def _by_property(binder: Binder, spec: ParameterSpec, item: object) -> object:
    for name in (spec.name, *spec.aliases):
        found = MISSING if item is None else find_member(binder.engine, item, name)
        if found is not MISSING:
            try:
                return binder.convert(spec, found)
            except PowerShellError:
                return MISSING
    return MISSING


def write_not_bound(engine: Engine, item: object) -> None:
    """Write the error of a piped object that fits no parameter."""
    message = (
        "The input object cannot be bound to any parameters for the command either because the command does not "
        "take pipeline "
        "input or the input and its properties do not match any of the parameters that take pipeline input."
    )
    name = engine.command_name()
    engine.write_error_record(
        ErrorRecord(
            NetError(BINDING_EXCEPTION, message), f"InputObjectNotBound,{name}", "InvalidArgument", item, activity=name
        )
    )
