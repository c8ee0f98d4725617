"""Which command a name means: alias, function, cmdlet, program or script file."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import ALIASES, CMDLETS, CmdletInfo
from iisrelay.lab.powershell.error_records import PowerShellError, runtime_error
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.native import find_native
from iisrelay.lab.powershell.script_blocks import FunctionInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.native import NativeCall


class NativeInfo:
    """A program as a command."""

    def __init__(self, name: str, program: Callable[[NativeCall], int]) -> None:
        self.name = name
        self.program = program


Command = FunctionInfo | CmdletInfo | NativeInfo


class CommandTable:
    """The commands of a process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def find(self, name: str) -> Command | None:
        """Find a command by name, or None."""
        key = name.lower()
        for _ in range(10):  # an alias may name another alias
            target = self.alias(key)
            if target is None:
                break
            key = target.lower()
        key = key.rpartition("\\")[2] if "\\" in key and _is_module_name(key.partition("\\")[0]) else key
        function = self.engine.context.scope.find_function(key)
        return function or self._cmdlet(key) or self._file_or_program(key if "\\" not in name else name)

    def require(self, name: str) -> Command:
        """Find a command or fail as the language does."""
        command = self.find(name)
        if command is None:
            raise command_not_found(name)
        return command

    def alias(self, name: str) -> str | None:
        """Give what an alias stands for."""
        own = self.engine.context.scope.find_alias(name)
        if own is not None:
            return own or None
        target = ALIASES.get(name)
        return target if target is not None and self._cmdlet(target.lower()) is not None else None

    def functions(self) -> dict[str, FunctionInfo]:
        """Give the visible functions, by lower-case name."""
        found: dict[str, FunctionInfo] = {}
        for scope in self.engine.context.scope.chain():
            for name, function in scope.functions.items():
                found.setdefault(name, function)
        return found

    def cmdlets(self) -> list[CmdletInfo]:
        """List the cmdlets of this version, by name."""
        return [info for _, info in sorted(CMDLETS.items()) if self._cmdlet(info.name.lower()) is not None]

    def aliases(self) -> dict[str, str]:
        """Give every alias and its target."""
        found = {alias: target for alias, target in ALIASES.items() if self._cmdlet(target.lower()) is not None}
        for scope in reversed(list(self.engine.context.scope.chain())):
            found.update(scope.aliases)
        return {alias: target for alias, target in found.items() if target}

    def _cmdlet(self, key: str) -> CmdletInfo | None:
        info = CMDLETS.get(key)
        if info is None or float(info.since) > self.engine.version_number:
            return None
        if info.module and info.module.lower() not in self.engine.modules and self.engine.version_number < 3:
            return None  # modules load by themselves from version 3 on
        return info

    def _file_or_program(self, name: str) -> Command | None:
        if name.lower().endswith(".ps1"):
            return self.script_file(name)
        program = find_native(name)
        if program is not None:
            return NativeInfo(name, program)
        if "\\" in name or "/" in name:
            return self.script_file(name + ".ps1")
        return None

    def script_file(self, path: str) -> FunctionInfo | None:
        """Find a script file; without a folder in its name only where the search path would be, so not at all."""
        if "\\" not in path and "/" not in path and ":" not in path:
            return None
        full = self.engine.resolve_path(path)
        text = self.engine.read_file(full)
        if text is None:
            return None
        self.engine.check_script_policy(full)
        name = full.replace("/", "\\").rpartition("\\")[2]
        return FunctionInfo(name, self.engine.parse_block(text, full), "ExternalScript", path=full)


@lru_cache(maxsize=512)
def _is_module_name(text: str) -> bool:
    return "." in text or text.isalpha()


def command_not_found(name: str) -> PowerShellError:
    """Make the error of an unknown command."""
    error = runtime_error(
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable "
        "program. Check the "
        "spelling of the name, or if a path was included, verify that the path is correct and try again.",
        "CommandNotFoundException",
        "ObjectNotFound",
        target=name,
        exception="System.Management.Automation.CommandNotFoundException",
        activity="",
    )
    error.record.exception = NetError(
        error.record.exception.type_name, error.record.exception.message, data={"CommandName": name}
    )
    return error
