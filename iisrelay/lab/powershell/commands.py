"""How a cmdlet is declared: one function, its parameters, one decorator. Cmdlets register themselves on import.

    @cmdlet("Get-Service", Param("Name", "string[]", position=0, pipeline=True), Param("DisplayName", "string[]"))
    def get_service(call: Call) -> Iterator[object]:
        '''Get-Service: services by name, wildcards allowed.'''
        for service in call.engine.machine.services.find(call.get("Name", ["*"])):
            yield service

The function runs once, after the pipeline's input has arrived in ``call.input``; a cmdlet declared with
``streaming=True`` runs once for every input object (``call.item``; once without input), as ForEach-Object must.
Pipeline-bound parameters ("pipeline": by value, "pipeline_name": by property name) are in ``call.bound`` for streaming
cmdlets. A cmdlet that must see objects pass one by one, between a beginning and an end, is a ``Processor`` class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iisrelay.lab.powershell.engine import Engine


@dataclass(frozen=True)
class Param:
    """A parameter; ``type`` is a PowerShell type name ("" any, "switch", "string[]"), ``since`` its first version.

    ``filled``: ValidateNotNullOrEmpty.
    """

    name: str
    type: str = ""
    position: int | None = None
    mandatory: bool = False
    pipeline: bool = False
    pipeline_name: bool = False
    remaining: bool = False
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()  # ValidateSet
    filled: bool = False
    since: str = "2.0"


@dataclass
class Call:
    """One invocation of a cmdlet. Common parameters (-ErrorAction, -Verbose ...) are handled by the engine."""

    engine: Engine
    name: str
    bound: dict[str, object] = field(default_factory=dict)  # declared names, values already converted
    input: list[object] = field(default_factory=list)
    item: object = None
    has_input: bool = False

    def get(self, name: str, default: object = None) -> object:
        """Give a bound parameter, or the default when it was not given."""
        return self.bound.get(name, default)

    def has(self, name: str) -> bool:
        """Tell whether a parameter was given (a switch: given and true)."""
        value = self.bound.get(name)
        return name in self.bound and value is not False

    def error(self, message: str, *, category: str = "NotSpecified", identifier: str = "", target: object = None,
              exception: str = "System.Exception", hresult: int | None = None) -> None:  # fmt: skip
        """Write a non-terminating error (it becomes terminating under -ErrorAction Stop)."""
        self.engine.write_error(
            message, category=category, identifier=identifier, target=target, exception=exception, hresult=hresult,
            command=self.name,
        )  # fmt: skip

    def warning(self, message: str) -> None:
        """Write to the warning stream."""
        self.engine.write_warning(message)

    def verbose(self, message: str) -> None:
        """Write to the verbose stream."""
        self.engine.write_verbose(message)


@dataclass(frozen=True)
class CmdletInfo:
    """A registered cmdlet. ``module`` must have been imported first ("" always there), as ServerManager on 2008 R2."""

    name: str
    parameters: tuple[Param, ...]
    function: Callable[[Call], Iterable[object] | None]
    aliases: tuple[str, ...] = ()
    since: str = "2.0"
    streaming: bool = False
    module: str = ""
    processor: type[Processor] | None = None  # instead of ``function``: see ``processor``


class Processor:
    """A cmdlet that works while objects pass, one instance a call. ``write`` gives an object to the next command."""

    def __init__(self, call: Call, write: Callable[[object], None]) -> None:
        self.call = call
        self.engine = call.engine
        self.write = write
        self.stage: object = None  # set by the engine; what a ``StopPipelineSignal`` names

    def begin(self) -> None:
        """Prepare, before any object comes."""

    def process(self, item: object) -> None:
        """Take one object; without pipeline input called once, with the bound InputObject or None."""

    def end(self) -> None:
        """Finish."""


CMDLETS: dict[str, CmdletInfo] = {}  # by lower-case name
ALIASES: dict[str, str] = {}  # lower-case alias -> cmdlet name


def cmdlet(
    name: str,
    *parameters: Param,
    aliases: tuple[str, ...] = (),
    since: str = "2.0",
    streaming: bool = False,
    module: str = "",
) -> Callable[[Callable[[Call], Iterable[object] | None]], Callable[[Call], Iterable[object] | None]]:
    """Register the decorated function as a cmdlet."""

    def register(function: Callable[[Call], Iterable[object] | None]) -> Callable[[Call], Iterable[object] | None]:
        CMDLETS[name.lower()] = CmdletInfo(name, parameters, function, aliases, since, streaming, module)
        ALIASES.update({alias.lower(): name for alias in aliases})
        return function

    return register


def processor(
    name: str, *parameters: Param, aliases: tuple[str, ...] = (), since: str = "2.0", module: str = ""
) -> Callable[[type[Processor]], type[Processor]]:
    """Register the decorated ``Processor`` class as a cmdlet."""

    def register(kind: type[Processor]) -> type[Processor]:
        CMDLETS[name.lower()] = CmdletInfo(name, parameters, _no_output, aliases, since, True, module, kind)
        ALIASES.update({alias.lower(): name for alias in aliases})
        return kind

    return register


def _no_output(_call: Call) -> None:
    """Stand in for the function of a cmdlet that is a ``Processor``."""
