"""Objects of System.Management.Automation that scripts get from automatic variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import ErrorRecord, PowerShellError
from iisrelay.lab.powershell.preferences import preference
from iisrelay.lab.powershell.what_if import should_process_text

if TYPE_CHECKING:
    from iisrelay.lab.powershell.context import Context
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.scopes import Scope


class PathInfo:
    """Where a location stands: $PWD and Get-Location. ``path`` is as the provider shows it."""

    def __init__(self, path: str, provider: str = "FileSystem", drive: str = "") -> None:
        self.path = path
        self.provider = provider
        self.drive = drive or path.partition(":")[0]

    def __str__(self) -> str:
        return self.path


@dataclass
class Module:
    """A module: what Get-Module shows. A dynamic one (New-Module) has a scope."""

    name: str
    scope: Scope | None = None
    exported: list[str] = field(default_factory=list)
    module_type: str = "Manifest"
    version: str = "1.0.0.0"


class HostObject:
    """$Host."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name = "ConsoleHost"


class HostUI:
    """$Host.UI."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine


class ExecutionContext:
    """$ExecutionContext, and its InvokeCommand and SessionState."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def expand(self, text: str) -> str:
        """ExpandString: expand a text as if it stood between double quotes."""
        block = self.engine.parse_block('"' + text.replace('"', '""') + '"')
        items: list[object] = []
        block.compiled.end(self.engine, items.append)  # type: ignore[misc]
        return to_string(self.engine, items[0]) if items else ""


class ScriptCmdlet:
    """$PSCmdlet of an advanced function."""

    def __init__(self, engine: Engine, context: Context) -> None:
        self.engine = engine
        self.context = context

    def write_error(self, record: ErrorRecord) -> None:
        """WriteError: a non-terminating error in the function's name."""
        outer, self.engine.context = self.engine.context, self.context
        try:
            self._adopt(record)
            self.engine.write_error_record(record)
        finally:
            self.engine.context = outer

    def throw(self, record: ErrorRecord) -> None:
        """ThrowTerminatingError: it ends the function, and the caller's statement."""
        self._adopt(record)
        raise PowerShellError(record, leaving=self.context)

    def _adopt(self, record: ErrorRecord) -> None:
        name = getattr(self.context.function, "name", "")
        record.category_info.activity = record.category_info.activity or name
        record.invocation = record.invocation or self.context.invocation
        if "," not in record.identifier:
            record.identifier = f"{record.identifier},{name}"

    def should_process(self, target: object, action: object = None) -> bool:
        """ShouldProcess: false under -WhatIf, which tells what would be done; nobody can be asked: -Confirm is yes."""
        compiled = self.context.function.block.compiled  # type: ignore[attr-defined]
        if not compiled.supports_should_process:
            return True
        operation = to_string(None, action) if action is not None else getattr(self.context.function, "name", "")
        described = should_process_text(self.engine, operation, to_string(None, target))
        if preference(self.engine, "WhatIfPreference") == "true":
            self.engine.host_output.write_line(f"What if: {described}")
            return False
        self.engine.write_verbose(described)
        return True
