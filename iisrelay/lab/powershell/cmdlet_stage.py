"""Running cmdlets."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from iisrelay.lab.powershell.binder import Argument, Binder, Binding, Signature
from iisrelay.lab.powershell.commands import Call, CmdletInfo, Param, Processor
from iisrelay.lab.powershell.context import CommonParameters, Context
from iisrelay.lab.powershell.conversions import to_bool, to_string
from iisrelay.lab.powershell.error_records import ErrorRecord, InvocationInfo, PowerShellError
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.functions import apply_variable_parameters
from iisrelay.lab.powershell.members import MISSING
from iisrelay.lab.powershell.pipeline import GuardedStage
from iisrelay.lab.powershell.pipeline_binding import pipeline_value, write_not_bound
from iisrelay.lab.powershell.preferences import action_word, preference
from iisrelay.lab.powershell.script_blocks import ParameterSetEntry, ParameterSpec
from iisrelay.lab.powershell.validators import validate_not_null_or_empty, validate_set
from iisrelay.lab.powershell.what_if import DESCRIBERS, should_process_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.streams import Streams

Result = TypeVar("Result")

# Cmdlets that support -WhatIf: those of these verbs, without the ones below, and a few more.
_CHANGING_VERBS = (
    "add clear copy disable enable install move new remove rename restart restore set start stop suspend uninstall"
)
_HARMLESS = (
    "add-member add-pssnapin add-type new-cimsession new-cimsessionoption new-guid new-module new-object new-pssession "
    "new-pssessionoption new-timespan set-location set-psdebug set-strictmode start-job start-sleep stop-job"
)
_CHANGING_TOO = "invoke-cimmethod invoke-wmimethod out-file"
CHANGING_VERBS = frozenset(_CHANGING_VERBS.split())
HARMLESS = frozenset(_HARMLESS.split())
CHANGING_TOO = frozenset(_CHANGING_TOO.split())


@lru_cache(maxsize=1024)
def cmdlet_signature(name: str, parameters: tuple[Param, ...], version: str) -> Signature:
    """Give what a cmdlet accepts in a version."""
    number = float(version)
    return Signature(name, [_spec(parameter) for parameter in parameters if float(parameter.since) <= number])


def _spec(parameter: Param) -> ParameterSpec:
    validators = [validate_set(*parameter.values)] if parameter.values else []
    if parameter.filled:
        validators.append(validate_not_null_or_empty())
    return ParameterSpec(
        parameter.name,
        parameter.type,
        parameter.aliases,
        {
            "": ParameterSetEntry(
                parameter.mandatory,
                parameter.position,
                parameter.pipeline,
                parameter.pipeline_name,
                parameter.remaining,
            )
        },
        validators=tuple(validators),
        allows=frozenset({"allowemptystring", "allowemptycollection"}) if parameter.pipeline else frozenset(),
    )


class CmdletStage(GuardedStage):
    """A cmdlet in a pipeline."""

    def __init__(
        self,
        engine: Engine,
        info: CmdletInfo,
        arguments: Sequence[Argument],
        *,
        invocation: InvocationInfo | None = None,
        streams: Streams | None = None,
    ) -> None:
        super().__init__(engine)
        caller = engine.context
        self.info = info
        self.arguments = arguments
        self.context = Context(
            caller.scope, caller.source, streams or caller.streams, caller, invocation, is_cmdlet=True
        )  # fmt: skip
        self.signature = cmdlet_signature(info.name, info.parameters, engine.version)
        self.binding = Binding()
        self.input: list[object] = []
        self.processor: Processor | None = None
        self.binder = Binder(engine, self.signature, has_input=False)
        self.piped: list[ParameterSpec] = []
        self.skipped = False

    def on_begin(self) -> None:
        """Bind the arguments."""
        self.binder = Binder(self.engine, self.signature, has_input=self.has_input)
        try:
            self.binding = self.binder.bind(self.arguments)
        except PowerShellError as error:
            error.record.invocation = error.record.invocation or self.context.invocation
            raise
        self.engine.log_command(self.info.name, self.binding.values)
        if self.binding.common:
            self.context.common = common_parameters(self.binding.common)
            apply_variable_parameters(self, self.binding.common)
        self.piped = [
            spec
            for spec in self.signature.parameters
            if spec.takes_pipeline and spec.name not in self.binding.values
        ]  # fmt: skip
        self.skipped = self.only_describes()
        if self.info.processor is not None:
            self.processor = self.info.processor(self.call_for(None), self.hand_on)
            self.processor.stage = self
            self.guarded(self.processor.begin)

    def on_process(self, item: object) -> None:
        """Take a piped object: at once when streaming, else keep it for the end."""
        self.engine.log_command(self.info.name, {"InputObject": item})
        if self.processor is not None:
            processor = self.processor
            self.guarded(lambda: processor.process(item))
        elif self.info.streaming:
            bound = self.bind_item(item)
            if bound is not None:
                self.run(Call(self.engine, self.info.name, bound, item=item, has_input=True))
        else:
            self.input.append(item)

    def on_end(self) -> None:
        """Run what has not run yet."""
        if self.processor is not None:
            processor = self.processor
            if not self.has_input:
                self.guarded(lambda: processor.process(self.binding.values.get("InputObject")))
            self.guarded(processor.end)
        elif not self.info.streaming or not self.has_input:
            self.run(self.call_for(None))

    def hand_on(self, item: object) -> None:
        """Give an object to the next command."""
        self.emit(item)

    def call_for(self, item: object) -> Call:
        """Make the call object of this invocation."""
        return Call(
            self.engine,
            self.info.name,
            dict(self.binding.values),
            input=self.input,
            item=item,
            has_input=self.has_input,
        )

    def bind_item(self, item: object) -> dict[str, object] | None:
        """Give the bound parameters for one piped object; None (and an error is written) when it fits none."""
        bound = dict(self.binding.values)
        if not self.piped:
            return bound
        values = {spec.name: pipeline_value(self.binder, spec, item) for spec in self.piped}
        found = {name: value for name, value in values.items() if value is not MISSING}
        if not found:
            write_not_bound(self.engine, item)
            return None
        return bound | found

    def run(self, call: Call) -> None:
        """Run the cmdlet's function and hand on what it gives."""
        if self.skipped:
            self.guarded(lambda: self.describe(call))
            return
        results = self.guarded(lambda: self.info.function(call))
        iterator = iter(results or ())
        while True:
            item = self.guarded(lambda: next(iterator, MISSING))
            if item is MISSING:
                return
            self.emit(item)

    def guarded(self, function: Callable[[], Result]) -> Result:
        """Run a piece of the cmdlet; a .NET exception ends it in the cmdlet's name."""
        try:
            return function()
        except NetError as error:
            identifier = self.engine.qualified(error.identifier or error.type_name.rsplit(".", 1)[-1])
            record = ErrorRecord(error, identifier, error.category or "NotSpecified", activity=self.info.name)
            record.invocation = self.context.invocation
            raise PowerShellError(record) from error

    def only_describes(self) -> bool:
        """Tell whether -WhatIf keeps a changing cmdlet from running."""
        name = self.info.name.lower()
        if name in HARMLESS or not (name in CHANGING_TOO or name.partition("-")[0] in CHANGING_VERBS):
            return False
        common = self.context.common
        given = common.what_if if common is not None else None
        return given if given is not None else preference(self.engine, "WhatIfPreference") == "true"

    def describe(self, call: Call) -> None:
        """Say what a call would do."""
        describer = DESCRIBERS.get(self.info.name.lower())
        first = next(iter(call.bound.values()), call.item)
        told = [(self.info.name, to_string(self.engine, first))] if describer is None else describer(call)
        for operation, target in told:
            self.engine.host_output.write_line(f"What if: {should_process_text(self.engine, operation, target)}")


def common_parameters(common: dict[str, object]) -> CommonParameters:
    """Give the common parameters of a call in the form that messages and errors look at."""
    return CommonParameters(
        error_action=_word(common, "erroraction"),
        warning_action=_word(common, "warningaction"),
        information_action=_word(common, "informationaction"),
        verbose=_flag(common, "verbose"),
        debug=_flag(common, "debug"),
        what_if=_flag(common, "whatif"),
        confirm=_flag(common, "confirm"),
    )


def _word(common: dict[str, object], name: str) -> str | None:
    return action_word(to_string(None, common[name])) if name in common else None


def _flag(common: dict[str, object], name: str) -> bool | None:
    return to_bool(common[name]) if name in common else None
