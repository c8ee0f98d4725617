"""Script blocks: their parameters and their named blocks, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.conversions import to_bool
from iisrelay.lab.powershell.error_records import Source
from iisrelay.lab.powershell.evaluator.base import Execute, compile_statement, compile_value
from iisrelay.lab.powershell.script_blocks import (
    CompiledBlock,
    ParameterSetEntry,
    ParameterSpec,
    ScriptBlockValue,
)
from iisrelay.lab.powershell.validators import VALIDATORS, Validator

if TYPE_CHECKING:
    from collections.abc import Sequence


def compile_block(body: syntax.ScriptBlock) -> CompiledBlock:
    """Compile a script block."""
    binding = _find_attribute(body.attributes, "cmdletbinding")
    settings = _named(binding) if binding is not None else {}
    parameters = tuple(_compile_parameter(definition) for definition in body.parameters)
    has_parameter_attribute = any(
        _find_attribute(definition.attributes, "parameter") is not None for definition in body.parameters
    )
    return CompiledBlock(
        parameters,
        _compile_optional(body.begin_block),
        _compile_optional(body.process_block),
        _compile_optional(body.end_block),
        is_advanced=binding is not None or has_parameter_attribute,
        default_set=str(settings.get("defaultparametersetname", "")),
        supports_should_process=to_bool(settings.get("supportsshouldprocess", False)),
        confirm_impact=str(settings.get("confirmimpact", "Medium")),
        positional_binding=to_bool(settings.get("positionalbinding", True)),
        dynamic=_compile_optional(body.dynamic_block),
    )


def _compile_optional(block: syntax.Block | None) -> Execute | None:
    return compile_statement(block) if block is not None else None


def _find_attribute(attributes: Sequence[syntax.Attribute], name: str) -> syntax.Attribute | None:
    return next((attribute for attribute in attributes if attribute_name(attribute) == name), None)


def attribute_name(attribute: syntax.Attribute) -> str:
    """Give an attribute's name in lower case without namespace and without the word Attribute at its end."""
    return attribute.name.lower().rpartition(".")[2].removesuffix("attribute")


def _named(attribute: syntax.Attribute) -> dict[str, object]:
    return {name.lower(): True if value is None else constant(value) for name, value in attribute.named}


class _NoContext:
    source = Source("")


class _NoEngine:
    """Stands in for the engine where a constant is evaluated: attributes are no place for anything else."""

    context = _NoContext()

    @staticmethod
    def current_module() -> None:
        """Constants belong to no module."""


def constant(node: syntax.Node) -> object:
    """Evaluate an attribute's argument."""
    if isinstance(node, syntax.ScriptBlockExpression):
        return ScriptBlockValue(node.body, Source(""))
    return compile_value(node)(_NoEngine())  # type: ignore[arg-type]


def _compile_parameter(definition: syntax.ParameterDefinition) -> ParameterSpec:
    spec = ParameterSpec(
        definition.name,
        definition.type_name,
        default=compile_value(definition.default) if definition.default is not None else None,
    )
    for attribute in definition.attributes:
        _apply_attribute(spec, attribute)
    if not spec.sets:
        spec.sets[""] = ParameterSetEntry()
    return spec


def _apply_attribute(spec: ParameterSpec, attribute: syntax.Attribute) -> None:
    name = attribute_name(attribute)
    if name == "parameter":
        _add_set(spec, _named(attribute))
    elif name == "alias":
        spec.aliases = (*spec.aliases, *(str(item) for item in _arguments(attribute)))
    elif name.startswith("allow"):
        spec.allows |= {name}
    else:
        spec.validators = (*spec.validators, *attribute_validators(attribute))


def attribute_validators(attribute: syntax.Attribute) -> tuple[Validator, ...]:
    """Give the check that a Validate... attribute stands for; nothing for other attributes."""
    make = VALIDATORS.get(attribute_name(attribute))
    if make is None:
        return ()
    given = _named(attribute)
    options = {"ignore_case": to_bool(given["ignorecase"])} if "ignorecase" in given else {}
    return (make(*_arguments(attribute), **options),)


def _arguments(attribute: syntax.Attribute) -> list[object]:
    return [constant(argument) for argument in attribute.arguments]


def _add_set(spec: ParameterSpec, settings: dict[str, object]) -> None:
    name = str(settings.get("parametersetname", ""))
    position = settings.get("position")
    key = "" if name == "__AllParameterSets" else name.lower()
    spec.set_spelling[key] = name
    spec.sets[key] = ParameterSetEntry(
        mandatory=to_bool(settings.get("mandatory", False)),
        position=int(str(position)) if position is not None and int(str(position)) >= 0 else None,
        pipeline=to_bool(settings.get("valuefrompipeline", False)),
        pipeline_name=to_bool(settings.get("valuefrompipelinebypropertyname", False)),
        remaining=to_bool(settings.get("valuefromremainingarguments", False)),
    )
