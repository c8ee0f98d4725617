"""The types that a dynamicparam block makes parameters of: RuntimeDefinedParameter, its attributes, its dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Dictionary, GenericList, enumerate_value
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.hashtable_type import declare_dictionary_members
from iisrelay.lab.powershell.dotnet.list_types import declare_list_members
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.script_blocks import ParameterSetEntry, ParameterSpec
from iisrelay.lab.powershell.validators import VALIDATORS

if TYPE_CHECKING:
    from iisrelay.lab.powershell.nettypes import NetType

_SPACE = "System.Management.Automation"
declare("System.Attribute")


class ParameterAttribute:
    """[Parameter()] as an object."""

    def __init__(self) -> None:
        self.mandatory = self.value_from_pipeline = self.value_from_pipeline_by_property_name = False
        self.value_from_remaining_arguments = False
        self.position = -2147483648
        self.parameter_set_name = "__AllParameterSets"
        self.help_message: str | None = None

    def entry(self) -> ParameterSetEntry:
        """Give the role that the attribute describes."""
        return ParameterSetEntry(
            self.mandatory,
            self.position if self.position >= 0 else None,
            self.value_from_pipeline,
            self.value_from_pipeline_by_property_name,
            self.value_from_remaining_arguments,
        )


class ArgumentAttribute:
    """An attribute that is nothing but its arguments: [Alias()], [ValidateSet()] ..."""

    name = ""

    def __init__(self, arguments: list[object]) -> None:
        self.arguments = arguments


class RuntimeDefinedParameter:
    """A parameter made at run time, and its value after binding."""

    def __init__(self, name: str, kind: NetType, attributes: list[object]) -> None:
        self.name = name
        self.kind = kind
        self.attributes = attributes
        self.value: object = None
        self.is_set = False

    def spec(self) -> ParameterSpec:
        """Give the parameter in the form that binding takes."""
        made = ParameterSpec(self.name, self.kind.name)
        for attribute in self.attributes:
            if isinstance(attribute, ParameterAttribute):
                set_name = attribute.parameter_set_name
                key = "" if set_name == "__AllParameterSets" else set_name.lower()
                made.sets[key], made.set_spelling[key] = attribute.entry(), set_name
            elif isinstance(attribute, ArgumentAttribute) and attribute.name == "alias":
                made.aliases = tuple(to_string(None, item) for item in attribute.arguments)
            elif isinstance(attribute, ArgumentAttribute):
                made.validators = (*made.validators, VALIDATORS[attribute.name](*attribute.arguments))
        if not made.sets:
            made.sets[""] = ParameterSetEntry()
        return made


class ParameterDictionary(Dictionary):
    """RuntimeDefinedParameterDictionary."""

    __slots__ = ()


class ObjectCollection(GenericList):
    """System.Collections.ObjectModel.Collection`1."""

    __slots__ = ()


parameter_attribute = declare(f"{_SPACE}.ParameterAttribute", python=ParameterAttribute, bases=("System.Attribute",))
parameter_attribute.constructor(ParameterAttribute)
for _name, _attribute in {
    "Mandatory": "mandatory",
    "Position": "position",
    "ParameterSetName": "parameter_set_name",
    "ValueFromPipeline": "value_from_pipeline",
    "ValueFromPipelineByPropertyName": "value_from_pipeline_by_property_name",
    "ValueFromRemainingArguments": "value_from_remaining_arguments",
    "HelpMessage": "help_message",
}.items():
    parameter_attribute.getter(_name)(lambda value, attribute=_attribute: getattr(value, attribute))
    parameter_attribute.setter(_name)(lambda value, item, attribute=_attribute: setattr(value, attribute, item))


def _declare_attribute(name: str) -> None:
    python = type(name, (ArgumentAttribute,), {"name": name.lower()})
    declared = declare(f"{_SPACE}.{name}Attribute", python=python, bases=("System.Attribute",))

    @declared.constructor
    def make(*arguments: object) -> object:
        return python(list(arguments))


for _name in (
    "Alias",
    "ValidateSet",
    "ValidateRange",
    "ValidatePattern",
    "ValidateLength",
    "ValidateCount",
    "ValidateScript",
    "ValidateNotNull",
    "ValidateNotNullOrEmpty",
):
    _declare_attribute(_name)

parameter = declare(f"{_SPACE}.RuntimeDefinedParameter", python=RuntimeDefinedParameter)
parameter.getter("Name")(lambda value: value.name)
parameter.getter("ParameterType")(lambda value: value.kind)
parameter.getter("Value")(lambda value: value.value)
parameter.getter("IsSet")(lambda value: value.is_set)
parameter.getter("Attributes")(lambda value: ObjectCollection((), value.attributes))


@parameter.setter("Value")
def set_value(value: RuntimeDefinedParameter, item: object) -> None:
    """Give the parameter a value: its default."""
    value.value = item


@parameter.constructor
def new_parameter(name: str, kind: NetType, attributes: object) -> RuntimeDefinedParameter:
    """Make a parameter."""
    return RuntimeDefinedParameter(name, kind, list(enumerate_value(attributes) or ()))


dictionary = declare(
    f"{_SPACE}.RuntimeDefinedParameterDictionary",
    python=ParameterDictionary,
    bases=("System.Object", "System.Collections.IDictionary"),
)
declare_dictionary_members(dictionary)
dictionary.constructor(ParameterDictionary)

collection = declare(
    "System.Collections.ObjectModel.Collection`1",
    python=ObjectCollection,
    bases=("System.Object", "System.Collections.IList", "System.Collections.Generic.IList`1"),
)
declare_list_members(collection)


@collection.constructor
def new_collection(type_arguments: tuple[NetType, ...], items: object = None) -> ObjectCollection:
    """Make a collection, of a list's items or empty."""
    return ObjectCollection(type_arguments, enumerate_value(items) or ())
