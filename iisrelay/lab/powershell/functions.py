"""Running functions, script blocks and script files."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.binder import COMMON, SPELLING, Argument, Binder, Binding, Signature
from iisrelay.lab.powershell.collections import ArrayList, Dictionary, Enumerator, GenericDictionary, Hashtable
from iisrelay.lab.powershell.context import Context
from iisrelay.lab.powershell.conversions import convert, default_value
from iisrelay.lab.powershell.error_records import InvocationInfo, PowerShellError, runtime_error
from iisrelay.lab.powershell.flow import ExitSignal, ReturnSignal
from iisrelay.lab.powershell.nettypes import find_type
from iisrelay.lab.powershell.pipeline import GuardedStage
from iisrelay.lab.powershell.pipeline_binding import bind_pipeline_item
from iisrelay.lab.powershell.preferences import PREFERENCE_OF_PARAMETER, preference_value
from iisrelay.lab.powershell.scopes import NOTHING, Scope, Variable
from iisrelay.lab.powershell.script_blocks import CompiledBlock, FunctionInfo, ParameterSpec, ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray, SwitchParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.evaluator.base import Execute
    from iisrelay.lab.powershell.streams import Streams

MAXIMUM_DEPTH = 1000


def signature_of(function: FunctionInfo) -> Signature:
    """Give what a function accepts; made once per compiled block and name."""
    compiled = function.block.compiled
    made = compiled.signature
    if made is None or made.name != function.name:
        made = compiled.signature = Signature(
            function.name,
            compiled.parameters,
            strict=compiled.is_advanced,
            default_set=compiled.default_set,
            positional=compiled.positional_binding,
            is_script=True,
        )
    return made


class FunctionStage(GuardedStage):
    """A function, script block or script file in a pipeline."""

    def __init__(
        self,
        engine: Engine,
        function: FunctionInfo,
        arguments: Sequence[Argument],
        *,
        invocation: InvocationInfo | None = None,
        new_scope: bool = True,
        streams: Streams | None = None,
    ) -> None:
        super().__init__(engine)
        caller = engine.context
        block = function.block
        self.function = function
        self.arguments = arguments
        self.compiled: CompiledBlock = block.compiled
        scope = Scope(block.module or caller.scope, is_script=bool(function.path)) if new_scope else caller.scope
        self.context = Context(scope, block.source, streams or caller.streams, caller, invocation)
        self.context.function = function
        self.process_block: Execute | None = self.compiled.process
        self.end_block: Execute | None = self.compiled.end
        if block.is_filter and self.process_block is None:
            self.process_block, self.end_block = self.end_block, None
        self.input: list[object] = []
        self.pipeline_parameters: list[ParameterSpec] = []
        self.underscore = Variable("_", None)
        self.exit_code: int | None = None  # of a script file that ended by ``exit``

    # -- the course of a call ------------------------------------------------------------------------------------------

    def on_begin(self) -> None:
        """Bind the arguments and run the begin block."""
        self.bind()
        if self.compiled.begin is not None:
            self.run(self.compiled.begin)

    def on_process(self, item: object) -> None:
        """Bind a piped object and run the process block for it."""
        if self.pipeline_parameters and not bind_pipeline_item(self, item):
            return
        if self.process_block is None:
            self.input.append(item)
            return
        self.underscore.value = item
        self.context.piped = Enumerator((item,))
        self.run_with_underscore(self.process_block)

    def on_end(self) -> None:
        """Run the process block once when nothing can be piped, then the end block."""
        if not self.has_input and self.process_block is not None:
            self.run_with_underscore(self.process_block)
        if self.end_block is not None:
            self.context.piped = Enumerator(self.input) if self.input else None
            self.run(self.end_block)

    def run_with_underscore(self, block: Execute) -> None:
        """Run the process block with ``$_`` as the piped object."""
        self.context.scope.variables["_"] = self.underscore
        self.run(block)

    def run(self, block: Execute) -> None:
        """Run one of the blocks; ``return`` ends it, ``exit`` ends a script file."""
        engine = self.engine
        engine.depth += 1
        try:
            if engine.depth > MAXIMUM_DEPTH:
                raise runtime_error(
                    "The script failed due to call depth overflow.", "CallDepthOverflow", target=engine.depth
                )
            block(engine, self.emit)
        except ReturnSignal:
            return
        except ExitSignal as signal:
            if not self.function.path:
                raise
            self.leave(signal.code)
        finally:
            engine.depth -= 1

    def leave(self, code: int) -> None:
        """End a script file by ``exit``."""
        self.exit_code = code
        self.process_block = self.end_block = None
        self.engine.global_scope.variables["lastexitcode"] = Variable("LASTEXITCODE", code)
        self.context.failed = code != 0

    # -- parameters ----------------------------------------------------------------------------------------------------

    def bind(self) -> None:
        """Bind the words of the command and make the variables of the call."""
        signature = signature_of(self.function)
        if self.compiled.dynamic is not None:
            values = self.bind_dynamic(signature, self.compiled.dynamic)
        elif not signature.parameters and not signature.strict:
            values = Binding(rest=[argument.value for argument in self.arguments if argument.name is None])
            if len(values.rest) != len(self.arguments):
                values = Binder(self.engine, signature, has_input=self.has_input).bind(self.arguments)
        else:
            values = self.bind_words(signature)
        self.context.set_name = values.set_name
        self.context.bound = values.values | bound_common(values.common) if values.common else values.values
        self.make_variables(values)
        if self.compiled.is_advanced and values.common:
            self.apply_common(values.common)

    def bind_words(self, signature: Signature) -> Binding:
        """Bind, with errors placed at the call."""
        try:
            return Binder(self.engine, signature, has_input=self.has_input).bind(self.arguments)
        except PowerShellError as error:
            if error.record.invocation is None:
                error.record.invocation = self.context.invocation
            raise

    def bind_dynamic(self, signature: Signature, block: Execute) -> Binding:
        """Run the dynamicparam block, which sees the parameters that are there already, and bind all of them."""
        from iisrelay.lab.powershell.dotnet.parameter_types import RuntimeDefinedParameter  # noqa: PLC0415 - rare

        loose = replace(signature, strict=False)
        with suppress(PowerShellError):  # what is wrong shows when all parameters are known
            self.make_variables(Binder(self.engine, loose, has_input=True).bind(self.arguments))
        self.pipeline_parameters = []
        output: list[object] = []
        emit, self.emit = self.emit, output.append
        self.run(block)
        self.emit = emit
        tables = [item for item in output if isinstance(item, Dictionary)]
        made = [item for table in tables for item in table.values() if isinstance(item, RuntimeDefinedParameter)]
        parameters = [*signature.parameters, *(each.spec() for each in made)]
        binding = self.bind_words(replace(signature, parameters=parameters, strict=True) if made else signature)
        for each in made:
            each.is_set = each.name in binding.values
            each.value = binding.values.get(each.name, each.value)
        return binding

    def make_variables(self, binding: Binding) -> None:
        """Put parameters, their default values and $args into the scope."""
        variables = self.context.scope.variables
        for spec in self.compiled.parameters:
            if spec.name in binding.values:
                variables[spec.key] = Variable(spec.name, binding.values[spec.name], type_name=spec.constraint)
            elif spec.takes_pipeline and self.has_input:
                self.pipeline_parameters.append(spec)
        if not self.compiled.is_advanced:
            arguments = PSArray(binding.rest)
            variables["args"] = Variable("args", arguments)
            if binding.left:
                self.context.leftover = arguments, binding.left
        for spec in self.compiled.parameters:
            if spec.name not in binding.values:
                variables[spec.key] = Variable(spec.name, self.default_of(spec), type_name=spec.constraint)

    def default_of(self, spec: ParameterSpec) -> object:
        """Evaluate a parameter's default value; without one it is what the type makes of nothing."""
        if spec.is_switch:
            given = spec.default(self.engine) if spec.default is not None else False
            return convert(self.engine, given, "switch")
        if spec.default is not None:
            value = spec.default(self.engine)
            return convert(self.engine, value, spec.type_name) if spec.type_name else value
        if not spec.type_name:
            return None
        if spec.type_name.lower() in {"string", "system.string"}:
            return ""
        net = find_type(spec.type_name)
        return default_value(net) if net is not None and net.value_type else None

    def apply_common(self, common: dict[str, object]) -> None:
        """Turn common parameters into preference variables of the call, and catch what goes to variables."""
        variables = self.context.scope.variables
        for name, value in common.items():
            target = PREFERENCE_OF_PARAMETER.get(name)
            if target is not None:
                variables[target.lower()] = Variable(target, preference_value(name, value))
        apply_variable_parameters(self, common)


def bound_common(common: dict[str, object]) -> dict[str, object]:
    """Give common parameters as $PSBoundParameters shows them."""
    return {
        SPELLING[name]: SwitchParameter(bool(value)) if not COMMON[name][1] else value for name, value in common.items()
    }


def apply_variable_parameters(stage: GuardedStage, common: dict[str, object]) -> None:
    """Honour -ErrorVariable, -WarningVariable, -OutVariable and -PipelineVariable."""
    caller = stage.context.caller
    scope = caller.scope if caller is not None else stage.context.scope
    for name, stream in (("errorvariable", 2), ("warningvariable", 3), ("informationvariable", 6)):
        if name in common:
            stage.context.collectors[stream] = _collecting_list(scope, common[name])
    if "outvariable" in common:
        stage.emit = _copying(stage.emit, _collecting_list(scope, common["outvariable"]).items.append)
    if "pipelinevariable" in common:
        holder = Variable(str(common["pipelinevariable"]), None)
        scope.variables[holder.name.lower()] = holder
        stage.emit = _copying(stage.emit, lambda item: setattr(holder, "value", item))


def _collecting_list(scope: Scope, name: object) -> ArrayList:
    """Give the list that a ...Variable parameter fills; ``+name`` adds to what the variable holds."""
    text = str(name)
    key = text.removeprefix("+").lower()
    existing = scope.variables.get(key)
    if text.startswith("+") and existing is not None and isinstance(existing.value, ArrayList):
        return existing.value
    made = ArrayList()
    scope.variables[key] = Variable(text.removeprefix("+"), made)
    return made


def _copying(emit: Callable[[object], None], copy: Callable[[object], None]) -> Callable[[object], None]:
    def both(item: object) -> None:
        copy(item)
        emit(item)

    return both


def bound_dictionary(context: Context) -> Dictionary:
    """Give $PSBoundParameters of a call; made the first time it is asked for."""
    if isinstance(context.bound, dict):
        types = tuple(found for name in ("string", "object") if (found := find_type(name)) is not None)
        table = GenericDictionary(types, case_sensitive=False)
        for name, value in context.bound.items():
            table[name] = value
        context.bound = table
    return context.bound if isinstance(context.bound, Dictionary) else Hashtable()


def call_script_block(
    engine: Engine,
    block: ScriptBlockValue,
    arguments: Sequence[object] = (),
    *,
    emit: Callable[[object], None] | None = None,
    input_items: Sequence[object] = (),
    this: object = None,
    underscore: object = None,
    new_scope: bool = True,
) -> list[object]:
    """Call a script block; without ``emit`` its output is collected and returned."""
    collected: list[object] = []
    stage = FunctionStage(
        engine, FunctionInfo("", block, "Script"), [Argument(value=item) for item in arguments], new_scope=new_scope
    )
    stage.emit = emit if emit is not None else collected.append
    variables = stage.context.scope.variables
    if this is not None:
        variables["this"] = Variable("this", this)
    if underscore is not None and underscore is not NOTHING:
        stage.underscore.value = underscore
        variables["_"] = stage.underscore
    stage.has_input = bool(input_items)
    stage.begin()
    for item in input_items:
        stage.process(item)
    stage.end()
    return collected
