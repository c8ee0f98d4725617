"""What becomes of errors: logging in $Error, preferences, traps, and the streams of messages."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import (
    RUNTIME_EXCEPTION,
    ErrorRecord,
    InvocationInfo,
    PowerShellError,
    Source,
    cmdlet_class,
    from_net_error,
    runtime_error,
)
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.flow import BreakSignal, ContinueSignal
from iisrelay.lab.powershell.nettypes import type_of
from iisrelay.lab.powershell.preferences import preference
from iisrelay.lab.powershell.scopes import Scope, Variable
from iisrelay.lab.powershell.streams import NAMES, MessageRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iisrelay.lab.powershell.collections import ArrayList
    from iisrelay.lab.powershell.context import Context
    from iisrelay.lab.powershell.evaluator.base import Emit, Execute
    from iisrelay.lab.powershell.syntax import Node, PowerShellSyntaxError

QUIET = {"silentlycontinue", "ignore"}
MAXIMUM_ERRORS = 256
_PREFERENCES = {3: "WarningPreference", 4: "VerbosePreference", 5: "DebugPreference", 6: "InformationPreference"}


class ErrorReporting:
    """The part of the engine that judges and reports errors and messages."""

    context: Context
    errors: ArrayList
    success: bool
    catching: int
    caught: list[PowerShellError]

    # -- making errors -------------------------------------------------------------------------------------------------

    def as_error(self, raised: BaseException) -> PowerShellError:
        """Give the terminating error that a Python exception of the interpreter stands for."""
        if isinstance(raised, PowerShellError):
            return raised
        if isinstance(raised, NetError):
            return from_net_error(raised)
        return runtime_error("The script failed due to call depth overflow.", "CallDepthOverflow", target=0)

    def fail(self, message: str, identifier: str, category: str = "InvalidOperation", *, target: object = None,
             exception: str = RUNTIME_EXCEPTION) -> None:  # fmt: skip
        """Raise a terminating error from inside a command; it carries the command's name and place."""
        error = runtime_error(
            message,
            self.qualified(identifier),
            category,
            target=target,
            exception=exception,
            activity=self.command_name(),
        )
        error.record.invocation = self.context.invocation
        raise error

    def thrown(self, value: object) -> PowerShellError:
        """Make the error of ``throw value``."""
        if isinstance(value, ErrorRecord):
            return PowerShellError(value, is_thrown=True)
        if isinstance(value, NetError):
            record = ErrorRecord(value, value.message, "OperationStopped")
        else:
            text = "ScriptHalted" if value is None else to_string(None, value)
            type_name = "" if value is None else type_of(value).short_name
            record = ErrorRecord(
                NetError(RUNTIME_EXCEPTION, text), text, "OperationStopped", value, target_type=type_name
            )  # fmt: skip
        return PowerShellError(record, is_thrown=True)

    def rethrown(self) -> PowerShellError:
        """Make the error of a bare ``throw``: in a catch block the caught one."""
        if not self.caught:
            return self.thrown(None)
        return PowerShellError(self.caught[-1].record, is_thrown=True)

    def syntax_error(self, error: PowerShellSyntaxError, text: str, path: str) -> PowerShellError:
        """Make the error of a script that does not parse."""
        identifier = "IncompleteParseException" if error.incomplete else "ParseException"
        made = runtime_error(
            error.message, identifier, "ParserError", exception="System.Management.Automation.ParseException"
        )  # fmt: skip
        offset = sum(len(line) for line in text.splitlines(keepends=True)[: error.line - 1]) + error.column - 1
        made.record.invocation = InvocationInfo("", Source(text, path), offset, offset + 1)
        return made

    # -- judging -------------------------------------------------------------------------------------------------------

    def statement_failed(
        self, raised: BaseException, node: Node, traps: Sequence[tuple[str | None, Execute]], emit: Emit
    ) -> None:
        """Decide what a failed statement does: raise on, or report and let the next statement run."""
        error = self.as_error(raised)
        self.locate(error.record, node)
        self.log_error(error.record)
        self.success = False
        trap = self._find_trap(error, traps)
        if trap is None and (self.catching or error.is_final or self._leaves(error)):
            raise error
        if trap is not None and self._run_trap(trap, error, emit):
            return
        self._collect(error.record)
        action = preference(self, "ErrorActionPreference")  # type: ignore[arg-type]
        if action in QUIET:
            return
        if action in {"stop", "inquire"}:
            error.is_final = True
            raise error
        if error.is_thrown and trap is None:
            raise error
        self.context.streams.error(error.record)

    def _leaves(self, error: PowerShellError) -> bool:
        """Tell whether an error is to end a function that is still running."""
        return error.leaving is not None and any(context is error.leaving for context in self.context.callers())

    def _find_trap(self, error: PowerShellError, traps: Sequence[tuple[str | None, Execute]]) -> Execute | None:
        if not traps:
            return None
        from iisrelay.lab.powershell.evaluator.failures import find_catch  # noqa: PLC0415 - the evaluator calls us

        catches = tuple((() if name is None else (name,), body) for name, body in traps)
        found = find_catch(error.record.exception, catches)
        return None if found is None else found[0]

    def _run_trap(self, trap: Execute, error: PowerShellError, emit: Emit) -> bool:
        """Run a trap in a scope of its own; tell whether it said ``continue``."""
        scope = self.context.scope
        self.context.scope = Scope(scope)
        try:
            with self.current_object(error.record):
                trap(self, emit)  # type: ignore[arg-type]
        except ContinueSignal:
            return True
        except BreakSignal:
            error.is_final = True
            raise error from None
        finally:
            self.context.scope = scope
        return False

    def log_error(self, record: ErrorRecord) -> None:
        """Put a record at the front of $Error, once."""
        if not record.logged:
            record.logged = True
            self.errors.items.insert(0, record)
            del self.errors.items[MAXIMUM_ERRORS:]

    def locate(self, record: ErrorRecord, node: Node) -> None:
        """Note where an error happened, unless that is known."""
        if record.invocation is None:
            record.invocation = InvocationInfo("", self.context.source, node.start, node.end)
        if not record.stack_trace:
            record.stack_trace = self._stack_trace(record.invocation)

    def _stack_trace(self, place: InvocationInfo) -> str:
        lines = []
        for context in self.context.callers():
            if context.function is not None or context.caller is None:
                function = context.function
                is_named = function is not None and function.command_type in {"Function", "Filter"}  # type: ignore[attr-defined]
                name = function.name if is_named else "<ScriptBlock>"  # type: ignore[attr-defined]
                lines.append(f"at {name}, {place.source.path or '<No file>'}: line {place.line}")
                place = context.invocation or place
        return "\n".join(lines)

    # -- writing -------------------------------------------------------------------------------------------------------

    def command_name(self) -> str:
        """The name of the command that is running, "" in plain script."""
        return self.context.invocation.name if self.context.invocation is not None else ""

    def qualified(self, identifier: str) -> str:
        """Complete an error identifier with the class of the running cmdlet, or the function's name."""
        name = self.command_name()
        if not name or "," in identifier:
            return identifier
        if self.context.is_cmdlet:
            return f"{identifier},{cmdlet_class(name)}"
        return f"{identifier},{name}"

    def write_error(
        self,
        message: str,
        *,
        category: str = "NotSpecified",
        identifier: str = "",
        target: object = None,
        exception: str = "System.Exception",
        hresult: int | None = None,
        command: str = "",
    ) -> None:
        """Write a non-terminating error; under -ErrorAction Stop it terminates."""
        failure = NetError(exception, message, hresult=hresult)
        target_type = "" if target is None else type_of(target).short_name
        name = self.qualified(identifier or failure.type_name.rsplit(".", 1)[-1])
        self.write_error_record(
            ErrorRecord(
                failure, name, category, target, activity=command or self.command_name(), target_type=target_type
            )
        )

    def write_error_record(self, record: ErrorRecord) -> None:
        """Write an error record as a non-terminating error."""
        if record.invocation is None:
            record.invocation = self.context.invocation
        if not record.stack_trace and record.invocation is not None:
            record.stack_trace = self._stack_trace(record.invocation)
        self.context.failed = True
        common = self.context.common
        action = (common.error_action if common is not None else None) or preference(self, "ErrorActionPreference")  # type: ignore[arg-type]
        if action != "ignore":
            self.log_error(record)
        if action in {"stop", "inquire"}:
            raise PowerShellError(record, is_final=True)
        self._collect(record)
        if action not in QUIET:
            self.context.streams.error(record)

    def _collect(self, record: object, stream: int = 2) -> None:
        """Put a record into the -ErrorVariable (-WarningVariable ...) of every command around it."""
        for context in self.context.callers():
            if stream in context.collectors:
                context.collectors[stream].items.append(record)

    def write_message(self, stream: int, message: str) -> None:
        """Write to the warning (3), verbose (4), debug (5) or information (6) stream, if the preference lets it."""
        record = MessageRecord(message, stream)
        self._collect(record, stream)
        action = self._message_action(stream)
        if action in QUIET:
            return
        getattr(self.context.streams, NAMES[stream])(record)
        if action == "stop":
            raise runtime_error(
                f'The running command stopped because the preference variable "{_PREFERENCES[stream]}" or common '
                "parameter is set "
                f"to Stop: {message}",
                "ActionPreferenceStop",
                "OperationStopped",
                exception="System.Management.Automation.ActionPreferenceStopException",
            )

    def _message_action(self, stream: int) -> str:
        common = self.context.common
        if common is not None:
            given = {3: common.warning_action, 4: common.verbose, 5: common.debug, 6: common.information_action}[stream]
            if given is not None:
                return given if isinstance(given, str) else ("continue" if given else "silentlycontinue")
        return preference(self, _PREFERENCES[stream])  # type: ignore[arg-type]

    def write_warning(self, message: str) -> None:
        """Write to the warning stream."""
        self.write_message(3, message)

    def write_verbose(self, message: str) -> None:
        """Write to the verbose stream."""
        self.write_message(4, message)

    def write_debug(self, message: str) -> None:
        """Write to the debug stream."""
        self.write_message(5, message)

    @contextmanager
    def current_object(self, value: object = None) -> Iterator[Variable]:
        """Set ``$_`` in the current scope for a while; the caller may change the variable's value meanwhile."""
        variables = self.context.scope.variables
        before = variables.get("_")
        holder = variables["_"] = Variable("_", value)
        try:
            yield holder
        finally:
            if before is None:
                variables.pop("_", None)
            else:
                variables["_"] = before
