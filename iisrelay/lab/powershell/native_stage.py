"""Running programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.context import Context
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import ErrorRecord, InvocationInfo
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.native import NativeCall
from iisrelay.lab.powershell.pipeline import GuardedStage
from iisrelay.lab.powershell.scopes import Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iisrelay.lab.powershell.binder import Argument
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.streams import Streams

STOP_PARSING = "--%"
NATIVE_ERROR = "System.Management.Automation.RemoteException"


class NativeStage(GuardedStage):
    """A program in a pipeline: it runs once, after its input."""

    def __init__(
        self,
        engine: Engine,
        name: str,
        program: Callable[[NativeCall], int],
        arguments: Sequence[Argument],
        *,
        invocation: InvocationInfo | None = None,
        streams: Streams | None = None,
    ) -> None:
        super().__init__(engine)
        caller = engine.context
        self.name = name
        self.program = program
        self.arguments = arguments
        self.context = Context(caller.scope, caller.source, streams or caller.streams, caller, invocation)
        self.input: list[str] = []

    def on_process(self, item: object) -> None:
        """Keep a line of input."""
        self.input.append(to_string(self.engine, item))

    def on_end(self) -> None:
        """Run the program; its exit code becomes $LASTEXITCODE."""
        call = NativeCall(
            self.engine,
            self.name,
            native_arguments(self.engine, self.arguments),
            self.input,
            has_input=self.has_input,
            out=self.hand_on,
            err=self.write_error_line,
        )
        self.engine.log("process_created", " ".join([call.name, *call.arguments]))
        code = self.program(call)
        self.engine.global_scope.variables["lastexitcode"] = Variable("LASTEXITCODE", code)
        self.context.failed = code != 0

    def hand_on(self, line: str) -> None:
        """Give a line of the program's output to the next command."""
        self.emit(line)

    def write_error_line(self, line: str) -> None:
        """Write a line of the program's standard error."""
        record = ErrorRecord(NetError(NATIVE_ERROR, line), "NativeCommandError")
        record.is_native = True
        record.invocation = self.context.invocation
        self.context.streams.error(record)


def native_arguments(engine: Engine, arguments: Sequence[Argument]) -> list[str]:
    """Give the words of a command as a program gets them."""
    words: list[str] = []
    for index, argument in enumerate(arguments):
        if argument.value == STOP_PARSING:
            return words + [word for rest in arguments[index + 1 :] for word in verbatim_words(engine, str(rest.value))]
        head = "" if argument.name is None else f"-{argument.name}"
        if argument.name is not None and not argument.attached:
            words.append(head)
            continue
        values = enumerate_value(argument.value)
        texts = [to_string(engine, item) for item in ([argument.value] if values is None else values)]
        if head:
            words.append(f"{head}:{' '.join(texts)}")
        else:
            words.extend(texts)
    return words


def verbatim_words(engine: Engine, text: str) -> list[str]:
    """Split what stands behind ``--%`` as a program would: at blanks outside of quotes; %NAME% is the environment's."""

    def value_of(match: re.Match[str]) -> str:
        return str(engine.environment.get(match.group(1), match.group()))

    expanded = re.sub(r"%([^%\s]+)%", value_of, text)
    return [word.replace('"', "") for word in re.findall(r'(?:"[^"]*"|[^\s"])+', expanded)]
