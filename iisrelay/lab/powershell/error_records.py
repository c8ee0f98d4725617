"""Error records, where an error happened, and the exception that carries a record through the interpreter."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from iisrelay.lab.powershell.errors import NetError

RUNTIME_EXCEPTION = "System.Management.Automation.RuntimeException"
AUTOMATION = "System.Management.Automation."
_CLASSES = {"Send-MailMessage": "SendMailMessage"}  # those without "Command" at their end
CULPRIT = re.compile(r"[^\s()|;{}]+")


def cmdlet_class(name: str) -> str:
    """Give the .NET class of a cmdlet, which stands behind the comma of error identifiers."""
    return f"Microsoft.PowerShell.Commands.{_CLASSES.get(name, name.replace('-', '') + 'Command')}"


class Source:
    """A script text and the file it came from ("" for a command line)."""

    def __init__(self, text: str, path: str = "") -> None:
        self.text = text
        self.path = path

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column, from 1, of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Give the text of a line, from 1."""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] if line < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class InvocationInfo:
    """Which command was running, and where. ``name`` is "" for a piece of script that is no command."""

    def __init__(self, name: str, source: Source, start: int, end: int, *, command: object = None) -> None:
        self.name = name
        self.source = source
        self.start = start
        self.end = end
        self.command = command
        self.bound: object = None
        self.unbound: list[object] = []
        self.expecting_input = False

    @property
    def line(self) -> int:
        """Line number, from 1."""
        return self.source.place(self.start)[0]

    @property
    def column(self) -> int:
        """Column, from 1."""
        return self.source.place(self.start)[1]

    @property
    def line_text(self) -> str:
        """The whole line."""
        return self.source.line_text(self.line)

    def position_message(self, version: str = "5.1") -> str:
        """Give "At line:1 char:1" with the line and a mark under the culprit (2.0: an arrow in it)."""
        if not self.source.text:
            return ""
        line, column = self.source.place(self.start)
        text = self.source.line_text(line)
        head = f"At {self.source.path or 'line'}:{line} char:"
        if version == "2.0":  # the arrow stands behind the first word of the culprit
            found = CULPRIT.match(text, column - 1)
            end = found.end() if found else column - 1
            return f"{head}{end + 1}\n+ {text[:end]} <<<< {text[end:]}"
        length = max(1, min(self.end - self.start, len(text) - column + 1))
        return (
            f"{head}{column}\n+ {text.strip()}\n+ {' ' * (column - 1 - (len(text) - len(text.lstrip())))}{'~' * length}"
        )


class CategoryInfo:
    """ErrorCategoryInfo."""

    def __init__(self, category: str, activity: str, reason: str, target_name: str, target_type: str) -> None:
        self.category = category
        self.activity = activity
        self.reason = reason
        self.target_name = target_name
        self.target_type = target_type

    def __str__(self) -> str:
        return f"{self.category}: ({self.target_name}:{self.target_type}) [{self.activity}], {self.reason}"


class ErrorRecord:
    """One error. ``message`` overrides the exception's (ErrorDetails); ``logged`` once it stands in $Error."""

    def __init__(
        self,
        exception: NetError,
        identifier: str = "",
        category: str = "NotSpecified",
        target: object = None,
        *,
        activity: str = "",
        target_type: str = "",
        message: str | None = None,
    ) -> None:
        self.exception = exception
        self.identifier = identifier or exception.type_name.rsplit(".", 1)[-1]
        self.target = target
        self.message = message
        self.invocation: InvocationInfo | None = None
        self.stack_trace = ""
        self.logged = False
        self.is_native = False  # a line that a program wrote to its standard error
        reason = exception.type_name.rsplit(".", 1)[-1]
        target_name = "" if target is None else _shortened(str(target))
        self.category_info = CategoryInfo(category, activity, reason, target_name, target_type)

    def __str__(self) -> str:
        return self.message if self.message is not None else self.exception.message

    def with_exception(self, exception: NetError) -> ErrorRecord:
        """Copy the record around another exception: a catch that names an inner exception's type sees this."""
        copied = ErrorRecord(exception, self.identifier, message=self.message, target=self.target)
        copied.category_info = self.category_info
        copied.invocation, copied.stack_trace, copied.logged = self.invocation, self.stack_trace, True
        return copied


class PowerShellError(Exception):
    """A terminating error on its way up.

    ``is_thrown``: made by ``throw``, so it ends the script unless caught. ``is_final``: made by -ErrorAction Stop or
    already judged by a statement; no preference makes it continue. ``leaving``: the context of an advanced function
    that ThrowTerminatingError ends; only the caller's statement judges it.
    """

    def __init__(
        self, record: ErrorRecord, *, is_thrown: bool = False, is_final: bool = False, leaving: object = None
    ) -> None:
        super().__init__(str(record))
        self.record = record
        self.is_thrown = is_thrown
        self.is_final = is_final
        self.leaving = leaving


def runtime_error(
    message: str,
    identifier: str,
    category: str = "InvalidOperation",
    *,
    target: object = None,
    exception: str = RUNTIME_EXCEPTION,
    inner: NetError | None = None,
    activity: str = "",
) -> PowerShellError:
    """Make a terminating error of the language itself."""
    target_type = {str: "String", bool: "Boolean", int: "Int32"}.get(type(target), "")
    record = ErrorRecord(
        NetError(exception, message, inner=inner),
        identifier,
        category,
        target,
        activity=activity,
        target_type=target_type,
    )
    return PowerShellError(record)


def from_net_error(error: NetError) -> PowerShellError:
    """Wrap a .NET exception that the language itself met (a conversion, an operator) as the language does."""
    if error.type_name.startswith(AUTOMATION):
        identifier = error.identifier or error.type_name.rsplit(".", 1)[-1]
        return PowerShellError(ErrorRecord(error, identifier, error.category or "NotSpecified"))
    return PowerShellError(
        ErrorRecord(error, error.identifier or error.type_name, error.category or "OperationStopped")
    )


def exception_chain(exception: NetError | None) -> list[NetError]:
    """Give an exception and the inner ones, outermost first."""
    chain = []
    while exception is not None:
        chain.append(exception)
        exception = exception.inner
    return chain


def format_record(record: ErrorRecord, version: str = "5.1") -> str:
    """Write an error as the console does (NormalView): lines with Unix ends, without the last one."""
    invocation = record.invocation
    name = invocation.name if invocation is not None else ""
    head = f"{name} : {record}" if name else str(record)
    position = invocation.position_message(version) if invocation is not None else ""
    place = f"{position}\n" if position else ""
    is_syntax = record.category_info.category == "ParserError" and version != "2.0"
    top = f"{place}{head}\n" if is_syntax else f"{head}\n{place}"
    return (
        f"{top}    + CategoryInfo          : {record.category_info}\n"
        f"    + FullyQualifiedErrorId : {record.identifier}\n "
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:15]}...{text[-20:]}"
