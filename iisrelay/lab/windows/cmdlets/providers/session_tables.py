# ruff: noqa: ARG002 - an operation that a provider does not have takes its arguments all the same, and refuses
"""The flat providers over tables of the session: Environment, Variable, Function, Alias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import DictionaryEntry
from iisrelay.lab.powershell.commands import ALIASES
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.scopes import Variable
from iisrelay.lab.powershell.script_blocks import FunctionInfo, ScriptBlockValue
from iisrelay.lab.powershell.values import PSCustomObject
from iisrelay.lab.windows.cmdlets.providers.base import Drive, Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iisrelay.lab.powershell.engine import Engine


class FlatProvider(Provider):
    """A provider without levels: names and values."""

    hierarchical = False
    drive: str

    def drives(self, engine: Engine) -> Iterable[Drive]:
        """The provider's one drive."""
        del engine
        return [Drive(self.drive, self, "")]

    def normalize(self, path: str) -> str:
        """The name alone."""
        return path.replace("/", "\\").strip("\\").removeprefix(".\\")

    def join(self, parent: str, name: str) -> str:
        """The name: nothing is above it."""
        del parent
        return name

    def split(self, path: str) -> tuple[str, str]:
        """Nothing is above a name."""
        return "", path

    def names(self, engine: Engine) -> list[str]:
        """List all names."""
        raise self.unsupported()

    def exists(self, engine: Engine, path: str) -> bool:
        """The name is there; the drive itself always is."""
        return not path or path.lower() in map(str.lower, self.names(engine))

    def is_container(self, engine: Engine, path: str) -> bool:
        """Only the drive itself holds others."""
        del engine
        return not path

    def child_names(self, engine: Engine, path: str) -> list[str]:
        """All names, sorted."""
        return [] if path else sorted(self.names(engine), key=str.lower)

    def value(self, engine: Engine, path: str) -> object:
        """Give the value under a name."""
        raise self.unsupported()

    def read_content(self, engine: Engine, path: str) -> list[object]:
        """The value, as Get-Content shows it."""
        return [self.value(engine, path)]

    def write_content(self, engine: Engine, path: str, content: list[object] | bytes) -> None:
        """Set the value, as Set-Content does."""
        values = list(content)
        self.set_item(engine, path, values[0] if len(values) == 1 else values)

    def new_item(self, engine: Engine, path: str, kind: str, value: object, *, force: bool) -> None:
        """Add a name."""
        del kind, force
        self.set_item(engine, path, value)


class EnvironmentProvider(FlatProvider):
    """The environment of the process."""

    name = "Environment"
    drive = "Env"

    def names(self, engine: Engine) -> list[str]:
        """The variables' names."""
        return list(engine.environment)

    def value(self, engine: Engine, path: str) -> object:
        """A variable's text."""
        return next((text for name, text in engine.environment.items() if name.lower() == path.lower()), None)

    def item(self, engine: Engine, path: str) -> object:
        """An entry with Name, Key and Value."""
        name = next(name for name in engine.environment if name.lower() == path.lower())
        return DictionaryEntry(name, self.value(engine, path))

    def set_item(self, engine: Engine, path: str, value: object) -> None:
        """Set a variable of the process; an empty value deletes it."""
        self.remove_item(engine, path, force=False)
        text = "" if value is None else to_string(engine, value)
        if text:
            engine.environment[path] = text

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Delete a variable of the process."""
        del force
        for name in [name for name in engine.environment if name.lower() == path.lower()]:
            del engine.environment[name]


class VariableProvider(FlatProvider):
    """The variables that are visible here."""

    name = "Variable"
    drive = "Variable"

    def names(self, engine: Engine) -> list[str]:
        """The names of the visible variables."""
        found: dict[str, str] = {}
        for scope in engine.scope.chain():
            for key, variable in scope.variables.items():
                found.setdefault(key, variable.name)
        return list(found.values())

    def exists(self, engine: Engine, path: str) -> bool:
        """The variable is there, automatic ones included."""
        return not path or engine.has_variable(path)

    def value(self, engine: Engine, path: str) -> object:
        """A variable's value."""
        return engine.get_variable(path)

    def item(self, engine: Engine, path: str) -> object:
        """The variable as an object."""
        return engine.find_variable(path) or Variable(path, engine.get_variable(path))

    def set_item(self, engine: Engine, path: str, value: object) -> None:
        """Assign a variable."""
        engine.set_variable(path, value)

    def clear_item(self, engine: Engine, path: str) -> None:
        """Set a variable to $null."""
        engine.set_variable(path, None)

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Remove the nearest variable of that name."""
        del force
        for scope in engine.scope.chain():
            if scope.variables.pop(path.lower(), None) is not None:
                return


class FunctionProvider(FlatProvider):
    """The functions that are visible here."""

    name = "Function"
    drive = "Function"

    def names(self, engine: Engine) -> list[str]:
        """The functions' names."""
        return [function.name for function in engine.functions.values()]

    def value(self, engine: Engine, path: str) -> object:
        """A function's script block."""
        return engine.functions[path.lower()].block

    def item(self, engine: Engine, path: str) -> object:
        """The function as an object."""
        return engine.functions[path.lower()]

    def set_item(self, engine: Engine, path: str, value: object) -> None:
        """Define a function by its script block or its text."""
        block = value if isinstance(value, ScriptBlockValue) else engine.parse_block(to_string(engine, value))
        engine.define_function(FunctionInfo(path, block))

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Remove the nearest function of that name."""
        del force
        for scope in engine.scope.chain():
            if scope.functions.pop(path.lower(), None) is not None:
                return


class AliasProvider(FlatProvider):
    """The aliases: those that are built in, and those that the script made."""

    name = "Alias"
    drive = "Alias"

    def _table(self, engine: Engine) -> dict[str, str]:
        made = {
            name: target for scope in reversed(list(engine.scope.chain())) for name, target in scope.aliases.items()
        }
        return {name: target for name, target in {**ALIASES, **made}.items() if target}

    def names(self, engine: Engine) -> list[str]:
        """The aliases."""
        return list(self._table(engine))

    def value(self, engine: Engine, path: str) -> object:
        """The command that an alias stands for."""
        return self._table(engine)[path.lower()]

    def item(self, engine: Engine, path: str) -> object:
        """The alias as an object."""
        target = self.value(engine, path)
        return PSCustomObject(
            [("Name", path), ("Definition", target), ("CommandType", "Alias")],
            ["System.Management.Automation.AliasInfo"],
        )

    def set_item(self, engine: Engine, path: str, value: object) -> None:
        """Make or change an alias."""
        engine.scope.aliases[path.lower()] = to_string(engine, value)

    def remove_item(self, engine: Engine, path: str, *, force: bool) -> None:
        """Remove the nearest alias of that name; one that is built in is hidden for the rest of the process."""
        del force
        for scope in engine.scope.chain():
            if scope.aliases.pop(path.lower(), None) is not None:
                return
        engine.global_scope.aliases[path.lower()] = ""
