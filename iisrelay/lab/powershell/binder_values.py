"""Conversion of arguments to parameter types, with the rules and messages of parameter binding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert, to_bool
from iisrelay.lab.powershell.error_records import AUTOMATION
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import MultiArray, PSArray, Reference

if TYPE_CHECKING:
    from iisrelay.lab.powershell.binder import Argument, Binder
    from iisrelay.lab.powershell.script_blocks import ParameterSpec

REFERENCE_TYPES = {"ref", "system.management.automation.psreference"}
TEXT_TYPES = frozenset({"string", "system.string", "string[]", "system.string[]"})
UNTYPED = {"", "object", "system.object", "psobject"}
_COLLECTIONS = ("array", "collections.ilist", "collections.arraylist")
COLLECTION_TYPES = frozenset([*_COLLECTIONS, *(f"system.{name}" for name in _COLLECTIONS)])


def given(spec: ParameterSpec, argument: Argument) -> object:
    """Give an argument's value for a parameter: a bare number keeps its written form where text is wanted."""
    if argument.text and spec.kind in TEXT_TYPES:
        return argument.text
    return argument.value


def convert_argument(binder: Binder, spec: ParameterSpec, value: object) -> object:
    """Convert an argument to its parameter's type."""
    kind = spec.kind
    if kind in UNTYPED:
        return value
    if kind in REFERENCE_TYPES:
        return _reference(binder, spec, value)
    if isinstance(value, str) and (spec.is_switch or kind in {"bool", "boolean", "system.boolean"}):
        wanted = "System.Management.Automation.SwitchParameter" if spec.is_switch else "System.Boolean"
        raise _failure(
            binder,
            spec,
            f'Cannot convert value "System.String" to type "{wanted}". Boolean parameters accept only Boolean values '
            "and numbers, such as $True, $False, 1 or 0.",
        )
    if spec.is_switch:
        return convert(binder.engine, to_bool(value), "switch")
    if kind in {"string", "system.string"} and binder.signature.strict and isinstance(value, PSArray | MultiArray):
        raise _failure(binder, spec, "Cannot convert value to type System.String.")
    try:
        return convert(binder.engine, value, spec.type_name)
    except NetError as error:
        raise _failure(binder, spec, error.message) from error


def _reference(binder: Binder, spec: ParameterSpec, value: object) -> object:
    if isinstance(value, Reference):
        return value
    raise _failure(binder, spec, "Reference type is expected in argument.")


def _failure(binder: Binder, spec: ParameterSpec, message: str) -> Exception:
    if binder.signature.is_script:
        return binder.error(
            f"Cannot process argument transformation on parameter '{spec.name}'. {message}",
            "ParameterArgumentTransformationError",
            category="InvalidData",
            exception=f"{AUTOMATION}ParameterBindingArgumentTransformationException",
        )
    return binder.error(f"Cannot bind parameter '{spec.name}'. {message}", "CannotConvertArgumentNoMessage")


def mandatory_complaint(spec: ParameterSpec, value: object) -> tuple[str, str] | None:
    """Say why a mandatory parameter refuses a value: (words, word of the identifier)."""
    if value is None and "allownull" not in spec.allows:
        return "null", "Null"
    if value == "" and isinstance(value, str) and "allowemptystring" not in spec.allows:
        return "an empty string", "EmptyString"
    if isinstance(value, PSArray) and not len(value) and "allowemptycollection" not in spec.allows:
        if spec.type_name.endswith("]"):
            return "an empty array", "EmptyArray"
        if spec.kind in COLLECTION_TYPES:
            return "an empty collection", "EmptyCollection"
    return None
