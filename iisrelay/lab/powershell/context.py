"""The context of running code: one for the script, one more for each function, block or cmdlet that runs inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.binder import Argument
    from iisrelay.lab.powershell.collections import ArrayList, Enumerator
    from iisrelay.lab.powershell.error_records import InvocationInfo, Source
    from iisrelay.lab.powershell.scopes import Scope
    from iisrelay.lab.powershell.streams import Streams


@dataclass(slots=True)
class CommonParameters:
    """Common parameters given to a cmdlet; None where not given."""

    error_action: str | None = None
    warning_action: str | None = None
    information_action: str | None = None
    verbose: bool | None = None
    debug: bool | None = None
    what_if: bool | None = None
    confirm: bool | None = None


class Context:
    """Where running code stands. ``is_function`` for functions and script files, ``is_cmdlet`` for cmdlets."""

    __slots__ = (
        "bound",
        "caller",
        "collectors",
        "common",
        "extra",
        "failed",
        "function",
        "invocation",
        "is_cmdlet",
        "leftover",
        "piped",
        "scope",
        "set_name",
        "source",
        "streams",
    )

    def __init__(
        self,
        scope: Scope,
        source: Source,
        streams: Streams,
        caller: Context | None = None,
        invocation: InvocationInfo | None = None,
        *,
        common: CommonParameters | None = None,
        is_cmdlet: bool = False,
    ) -> None:
        self.scope = scope
        self.source = source
        self.streams = streams
        self.caller = caller
        self.invocation = invocation
        self.common = common
        self.is_cmdlet = is_cmdlet
        self.failed = False
        self.collectors: dict[int, ArrayList] = {}  # of -ErrorVariable and the like, by stream
        self.function: object = None  # the FunctionInfo of a function's context
        self.bound: object = None  # $PSBoundParameters
        self.set_name = ""
        self.leftover: tuple[object, list[Argument]] | None = None  # $args, and the words that it was made from
        self.piped: Enumerator | None = None  # $input
        self.extra: object = None  # $PSCmdlet, made when asked for

    def callers(self) -> Iterator[Context]:
        """Give this context and the ones around it, innermost first."""
        context: Context | None = self
        while context is not None:
            yield context
            context = context.caller

    def nearest_function(self) -> Context | None:
        """Give the context of the innermost running function, script file or called block."""
        return next((context for context in self.callers() if context.function is not None), None)
