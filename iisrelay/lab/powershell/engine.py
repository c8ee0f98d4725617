"""The interpreter of one powershell.exe process: its state, and what cmdlets and .NET types may ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automatic import AUTOMATIC, FIXED, initial_variables
from iisrelay.lab.powershell.automation import Module, PathInfo, ScriptCmdlet
from iisrelay.lab.powershell.collections import ArrayList, Hashtable
from iisrelay.lab.powershell.command_lookup import CommandTable
from iisrelay.lab.powershell.context import Context
from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.error_records import InvocationInfo, PowerShellError, Source, runtime_error
from iisrelay.lab.powershell.error_reporting import ErrorReporting
from iisrelay.lab.powershell.execution_policy import policy_in_force
from iisrelay.lab.powershell.flow import ExitSignal
from iisrelay.lab.powershell.functions import bound_dictionary, call_script_block
from iisrelay.lab.powershell.output import HostOutput
from iisrelay.lab.powershell.parser import parse
from iisrelay.lab.powershell.scopes import NOTHING, Scope, Variable
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue
from iisrelay.lab.powershell.syntax import PowerShellSyntaxError
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence

    from iisrelay.lab.powershell.script_blocks import FunctionInfo


def not_writable(name: str) -> PowerShellError:
    """Make the error of assigning to a variable that is read-only or constant."""
    return runtime_error(
        f"Cannot overwrite variable {name} because it is read-only or constant.",
        "VariableNotWritable",
        "WriteError",
        target=name,
        exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
    )


class Engine(ErrorReporting):
    """A process of Windows PowerShell on a simulated machine."""

    def __init__(
        self,
        machine: object,
        *,
        version: str = "5.1",
        out: Callable[[str], None],
        err: Callable[[str], None],
        read_line: Callable[[], str | None] = lambda: None,
        read_all: Callable[[], str] = lambda: "",
        environment: MutableMapping[str, str] | None = None,
        current_directory: str = "C:\\Windows\\system32",
    ) -> None:
        self.machine = machine
        self.version = version
        self.version_number: float = float(version)
        self.out = out
        self.err = err
        self.read_line = read_line
        self.read_all = read_all
        self.environment: MutableMapping[str, str] = {} if environment is None else environment
        self.current_directory = current_directory
        self.success = True  # $?
        self.errors = ArrayList()  # $Error
        self.depth = 0  # of calls
        self.catching = 0  # how many try statements with catch clauses are running around us
        self.caught: list[PowerShellError] = []  # errors whose catch block is running, for a bare ``throw``
        self.modules: dict[str, Module] = {}
        self.version_table: Hashtable | None = None  # $PSVersionTable, made when asked for
        self.reads_input = True  # whether $input of the script is the process's standard input
        self.logs_modules = bool(getattr(machine, "logs_modules", False))
        self.process_policy = ""  # of -ExecutionPolicy and Set-ExecutionPolicy -Scope Process
        self.commands = CommandTable(self)
        self.host_output = HostOutput(self)
        self.global_scope = Scope()
        self.context = Context(self.global_scope, Source(""), self.host_output.streams())
        for name, value, options in initial_variables(self):
            self.global_scope.variables[name.lower()] = Variable(name, value, options=options)

    # -- variables -----------------------------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """The current scope."""
        return self.context.scope

    @property
    def strict_version(self) -> str | None:
        """The version of Set-StrictMode in force here, or None."""
        for scope in self.context.scope.chain():
            if scope.strict is not None:
                return None if scope.strict == "off" else scope.strict
        return None

    def find_variable(self, name: str, scope_name: str = "") -> Variable | None:
        """Find a variable by name; ``scope_name`` is a modifier or a number."""
        scope = self.context.scope
        if not scope_name:
            return scope.find(name.lower())
        return scope.named(scope_name).variables.get(name.lower())

    def get_variable(self, name: str, default: object = None) -> object:
        """Read a variable, automatic ones included."""
        variable = self.context.scope.find(name.lower())
        if variable is not None:
            return None if variable.value is NOTHING else variable.value
        automatic = AUTOMATIC.get(name.lower())
        return automatic(self) if automatic is not None else default

    def has_variable(self, name: str) -> bool:
        """Tell whether a variable exists (``Test-Path variable:name``)."""
        return self.context.scope.find(name.lower()) is not None or name.lower() in AUTOMATIC

    def set_variable(self, name: str, value: object, scope_name: str = "") -> None:
        """Assign a variable in the current scope, or in the one that a modifier names."""
        scope = self.context.scope.named(scope_name) if scope_name else self.context.scope
        self.assign(scope, name, value)
        if scope_name == "private":
            variable = scope.variables[name.lower()]
            variable.options |= {"private"}

    def assign(self, scope: Scope, name: str, value: object) -> None:
        """Assign a variable of a scope, honouring its type and its options."""
        variable = scope.variables.get(name.lower())
        if variable is None:
            outer = scope.find(name.lower())
            if outer is None and name.lower() in FIXED:
                raise not_writable(name)
            if outer is None or "allscope" not in outer.options:
                scope.variables[name.lower()] = Variable(name, value)
                return
            variable = outer
        if variable.is_fixed:
            raise not_writable(name)
        if variable.type_name:
            value = convert(self, None if value is NOTHING else value, variable.type_name)
        for validate in variable.validators:
            if validate(self, value) is not None:
                raise runtime_error(
                    f"The variable cannot be validated because the value {to_string(self, value)} is not a valid "
                    "value for "
                    f"the {name} variable.",
                    "ValidateSetFailure",
                    "MetadataError",
                    exception="System.Management.Automation.ValidationMetadataException",
                )
        variable.value = value

    # -- running -------------------------------------------------------------------------------------------------------

    @property
    def functions(self) -> dict[str, FunctionInfo]:
        """The functions that are visible here, by lower-case name."""
        return self.commands.functions()

    def parse_block(self, text: str, path: str = "") -> ScriptBlockValue:
        """Parse a script; a syntax error becomes a terminating error."""
        try:
            tree = parse(text, self.version)
        except PowerShellSyntaxError as error:
            raise self.syntax_error(error, text, path) from error
        self.log("script_block", text)
        return ScriptBlockValue(tree, Source(text, path))

    def log(self, what: str, *details: object) -> None:
        """Tell the machine's event log, where it has one, what it wants to be told."""
        write = getattr(getattr(self.machine, "event_log", None), what, None)
        if write is not None:
            write(*details)

    def log_command(self, name: str, values: Mapping[str, object]) -> None:
        """Log a command with its arguments, under the policy that asks for it."""
        if self.logs_modules:
            self.log("command_invoked", name, {key: to_string(self, value) for key, value in values.items()})

    def call_block(
        self,
        block: ScriptBlockValue,
        arguments: Sequence[object] = (),
        *,
        input: Iterable[object] = (),  # noqa: A002 - the language's own word
        this: object = None,
        underscore: object = None,
    ) -> list[object]:
        """Call a script block as ``& $block arguments`` and collect its output."""
        return call_script_block(self, block, arguments, input_items=list(input), this=this, underscore=underscore)

    def invoke_text(self, text: str, emit: Callable[[object], None]) -> None:
        """Run a script text in the current scope, as Invoke-Expression does."""
        block = self.parse_block(text)
        call_script_block(self, block, (), emit=emit, new_scope=False)

    def define_function(self, function: FunctionInfo, scope_name: str = "") -> None:
        """Define a function in the current scope, or in the one that a modifier names."""
        scope = self.context.scope.named(scope_name) if scope_name else self.context.scope
        existing = scope.functions.get(function.name.lower())
        if existing is not None and existing.options & {"readonly", "constant"}:
            raise runtime_error(
                f"Cannot write to function {function.name} because it is read-only or constant.",
                "FunctionNotWritable",
                "WriteError",
                target=function.name,
                exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
            )
        scope.functions[function.name.lower()] = function

    def remove_function(self, name: str) -> bool:
        """Remove the nearest function of that name; tell whether there was one."""
        return any(scope.functions.pop(name.lower(), None) is not None for scope in self.context.scope.chain())

    def current_module(self) -> Scope | None:
        """Give the scope of the module or closure that the running code belongs to."""
        context = self.context.nearest_function()
        return context.function.block.module if context is not None else None  # type: ignore[attr-defined]

    def exit(self, code: int) -> None:
        """End the script, or the process when no script file is running."""
        raise ExitSignal(code)

    # -- what automatic variables read ---------------------------------------------------------------------------------

    def location(self) -> object:
        """$PWD."""
        return PathInfo(self.current_directory)

    def my_invocation(self) -> object:
        """$MyInvocation of the running function or script."""
        context = self.context.nearest_function()
        if context is None or context.invocation is None:
            return InvocationInfo("", self.context.source, 0, len(self.context.source.text))
        context.invocation.command = context.function
        context.invocation.bound = bound_dictionary(context)
        return context.invocation

    def ps_cmdlet(self) -> object:
        """$PSCmdlet of the running advanced function."""
        context = self.context.nearest_function()
        if context is None or not context.function.block.compiled.is_advanced:  # type: ignore[attr-defined]
            return None
        if context.extra is None:
            context.extra = ScriptCmdlet(self, context)
        return context.extra

    def is_entry(self, context: Context) -> bool:
        """Tell whether a context is that of the script file that the process was started with."""
        return context.scope is self.global_scope and context.caller is not None and context.caller.caller is None

    def piped_input(self) -> PSArray:
        """$input of the script itself: the lines of standard input."""
        if not self.reads_input:
            return PSArray()
        self.reads_input = False
        return PSArray(self.read_all().splitlines())

    def script_policy(self) -> str:
        """The execution policy in force."""
        return policy_in_force(self)

    def check_script_policy(self, path: str) -> None:
        """Refuse to run a script file where the execution policy does."""
        if self.script_policy().lower() == "restricted":
            raise runtime_error(
                f"File {path} cannot be loaded because the execution of scripts is disabled on this system. Please see "
                '"get-help about_signing" for more details.',
                "RuntimeException",
                "NotSpecified",
                exception="System.Management.Automation.PSSecurityException",
            )

    # -- files ---------------------------------------------------------------------------------------------------------

    def resolve_path(self, path: str) -> str:
        """Make a file path absolute by the current directory."""
        return str(self.machine.files.resolve(path, self.current_directory))  # type: ignore[attr-defined]

    def read_file(self, path: str) -> str | None:
        """Read a text file of the machine, or None when there is none."""
        files = self.machine.files  # type: ignore[attr-defined]
        full = self.resolve_path(path)
        return str(files.read_text(full)) if files.is_file(full) else None

    def read_lines(self, path: str) -> list[object]:
        """Read the lines of a text file (``switch -File``)."""
        text = self.read_file(path)
        if text is None:
            raise runtime_error(
                f"Could not find file '{self.resolve_path(path)}'.", "FileOpenFailure", "OpenError", target=path
            )
        return list(text.splitlines())

    def write_redirected(self, path: str, items: Sequence[object], *, append: bool) -> None:
        """Write the output of a redirected command to a file, UTF-16 as Windows PowerShell does."""
        rendering: list[str] = []
        shadow = HostOutput(self, sink=rendering.append)
        for item in items:
            shadow.write(item)
        shadow.flush()
        files, full = self.machine.files, self.resolve_path(path)  # type: ignore[attr-defined]
        data = "".join(rendering).encode("utf-16-le")
        if append and files.is_file(full) and files.size(full):
            files.append_bytes(full, data)
        else:
            files.write_bytes(full, b"\xff\xfe" + data)
