"""Script blocks and functions as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iisrelay.lab.powershell.binder import Signature
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.error_records import Source
    from iisrelay.lab.powershell.scopes import Scope


@dataclass
class ParameterSetEntry:
    """What one ``[Parameter()]`` attribute says: the role of a parameter in one parameter set."""

    mandatory: bool = False
    position: int | None = None
    pipeline: bool = False
    pipeline_name: bool = False
    remaining: bool = False


@dataclass
class ParameterSpec:
    """A parameter of a cmdlet or function, ready for binding; ``sets`` is keyed by lower-case set name, "" for all."""

    name: str
    type_name: str = ""
    aliases: tuple[str, ...] = ()
    sets: dict[str, ParameterSetEntry] = field(default_factory=dict)
    default: Callable[[Engine], object] | None = None
    validators: tuple[Callable[[Engine, object], str | None], ...] = ()
    allows: frozenset[str] = frozenset()  # lower-case names of the AllowNull, AllowEmptyString ... attributes
    since: str = "2.0"
    set_spelling: dict[str, str] = field(default_factory=dict)

    @cached_property
    def kind(self) -> str:
        """The type's name in lower case."""
        return self.type_name.lower()

    @cached_property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.lower()

    @cached_property
    def constraint(self) -> str:
        """The type that the parameter's variable keeps; "" where it may take anything."""
        free = {"", "object", "ref", "system.management.automation.psreference"}
        return "" if self.kind in free else self.type_name

    @cached_property
    def is_switch(self) -> bool:
        """Tell whether the parameter takes no value."""
        return self.kind in {"switch", "switchparameter", "system.management.automation.switchparameter"}

    @cached_property
    def is_mandatory(self) -> bool:
        """Tell whether the parameter is mandatory in any set."""
        return any(entry.mandatory for entry in self.sets.values())

    def entry(self, set_name: str) -> ParameterSetEntry | None:
        """Give the parameter's role in a set."""
        return self.sets.get(set_name) or self.sets.get("")

    @property
    def takes_pipeline(self) -> bool:
        """Tell whether pipeline input can fill the parameter in any set."""
        return any(entry.pipeline or entry.pipeline_name for entry in self.sets.values())


@dataclass
class CompiledBlock:
    """A script block, compiled. ``is_advanced``: it has [CmdletBinding()] or a [Parameter()] attribute."""

    parameters: tuple[ParameterSpec, ...]
    begin: Callable[[Engine, Callable[[object], None]], None] | None
    process: Callable[[Engine, Callable[[object], None]], None] | None
    end: Callable[[Engine, Callable[[object], None]], None] | None
    is_advanced: bool = False
    default_set: str = ""
    supports_should_process: bool = False
    confirm_impact: str = "Medium"
    positional_binding: bool = True
    dynamic: Callable[[Engine, Callable[[object], None]], None] | None = None
    signature: Signature | None = None  # made by ``functions`` the first time the block is called


class ScriptBlockValue:
    """``{ ... }`` as a value. ``module`` is the scope it runs in when it belongs to a module or closure."""

    __slots__ = ("body", "is_filter", "module", "source")

    def __init__(
        self, body: syntax.ScriptBlock, source: Source, module: Scope | None = None, *, is_filter: bool = False
    ) -> None:
        self.body = body
        self.source = source
        self.module = module
        self.is_filter = is_filter

    @property
    def compiled(self) -> CompiledBlock:
        """The block ready to run; compiled the first time and kept with the tree."""
        made = self.body.compiled
        if made is None:
            from iisrelay.lab.powershell.evaluator.blocks import compile_block  # noqa: PLC0415 - the evaluator makes these values

            made = self.body.compiled = compile_block(self.body)
        return made  # type: ignore[return-value]

    @property
    def text(self) -> str:
        """The source between the braces."""
        return self.body.text

    def __str__(self) -> str:
        return self.body.text


@dataclass
class FunctionInfo:
    """A function, filter or script file as a command."""

    name: str
    block: ScriptBlockValue
    command_type: str = "Function"
    options: frozenset[str] = frozenset()
    path: str = ""
    module_name: str = ""
    description: str = ""

    @property
    def parameters(self) -> Sequence[ParameterSpec]:
        """The declared parameters."""
        return self.block.compiled.parameters
