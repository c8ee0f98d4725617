"""Automatic variables: the ones that are computed when read, and the ones a process starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automation import ExecutionContext, HostObject
from iisrelay.lab.powershell.collections import Enumerator, Hashtable
from iisrelay.lab.powershell.conversions import convert
from iisrelay.lab.powershell.preferences import DEFAULTS
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.engine import Engine

SHELL_FOLDER = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0"
DEFAULT_PROCESS_ID = 4711

# What $PSVersionTable shows, by engine version; builds are those of the Windows that brought the version.
VERSION_TABLES = {
    "2.0": {
        "CLRVersion": "2.0.50727.5485",
        "BuildVersion": "6.1.7601.17514",
        "PSVersion": "2.0",
        "WSManStackVersion": "2.0",
        "PSRemotingProtocolVersion": "2.1",
        "SerializationVersion": "1.1.0.1",
    },
    "3.0": {
        "PSVersion": "3.0",
        "WSManStackVersion": "3.0",
        "SerializationVersion": "1.1.0.1",
        "CLRVersion": "4.0.30319.42000",
        "BuildVersion": "6.2.9200.16384",
        "PSRemotingProtocolVersion": "2.2",
    },
    "4.0": {
        "PSVersion": "4.0",
        "WSManStackVersion": "3.0",
        "SerializationVersion": "1.1.0.1",
        "CLRVersion": "4.0.30319.42000",
        "BuildVersion": "6.3.9600.16406",
        "PSRemotingProtocolVersion": "2.2",
    },
    "5.1": {
        "PSVersion": "",  # of the Windows
        "PSEdition": "Desktop",
        "BuildVersion": "",
        "CLRVersion": "4.0.30319.42000",
        "WSManStackVersion": "3.0",
        "PSRemotingProtocolVersion": "2.3",
        "SerializationVersion": "1.1.0.1",
    },
}
FIXED = frozenset({"?", "error", "executioncontext", "false", "host", "psversiontable", "true"})
"""The automatic variables that no script may assign."""
COMPATIBLE = ("1.0", "2.0", "3.0", "4.0", "5.0", "5.1")


def initial_variables(engine: Engine) -> Iterator[tuple[str, object, frozenset[str]]]:
    """Give (name, value, options) of the variables that a process starts with."""
    none, constant = frozenset[str](), frozenset({"constant", "allscope"})
    for name, value in DEFAULTS.items():
        yield name, value, none
    home = engine.environment.get("USERPROFILE") or "C:\\Users\\Administrator"
    yield "HOME", home, frozenset({"readonly", "allscope"})
    yield "PSHOME", SHELL_FOLDER, constant
    yield "ShellId", "Microsoft.PowerShell", constant
    yield "PID", DEFAULT_PROCESS_ID, constant
    yield "PROFILE", f"{home}\\Documents\\WindowsPowerShell\\Microsoft.PowerShell_profile.ps1", none
    yield "ConsoleFileName", "", frozenset({"readonly", "allscope"})
    yield "PSSessionApplicationName", "wsman", none
    yield "PSEmailServer", "", none
    yield "NestedPromptLevel", 0, constant


def version_table(engine: Engine) -> Hashtable:
    """Make $PSVersionTable."""
    if engine.version_table is not None:
        return engine.version_table
    texts = dict(VERSION_TABLES[engine.version])
    if engine.version == "5.1":
        texts["PSVersion"] = texts["BuildVersion"] = full_version(engine)
        texts["BuildVersion"] = texts["BuildVersion"].replace("5.1", "10.0", 1)
    engine.version_table = table = Hashtable()
    for name, text in texts.items():
        table[name] = text if name == "PSEdition" else convert(engine, text, "version")
    known = [convert(engine, text, "version") for text in COMPATIBLE if float(text) <= engine.version_number]
    table["PSCompatibleVersions"] = PSArray(known, "System.Version")
    return table


def full_version(engine: Engine) -> str:
    """Give the version as $PSVersionTable.PSVersion shows it: four parts in 5.1, those of the Windows."""
    windows = getattr(engine.machine, "windows", None)
    return str(getattr(windows, "powershell_full_version", engine.version))


def _success(engine: Engine) -> object:
    return engine.success


def _errors(engine: Engine) -> object:
    return engine.errors


def _location(engine: Engine) -> object:
    return engine.location()


def _invocation(engine: Engine) -> object:
    return engine.my_invocation()


def _bound(engine: Engine) -> object:
    from iisrelay.lab.powershell.functions import bound_dictionary  # noqa: PLC0415 - functions read variables

    context = engine.context.nearest_function()
    return Hashtable() if context is None else bound_dictionary(context)


def _cmdlet(engine: Engine) -> object:
    return engine.ps_cmdlet()


def _arguments(_engine: Engine) -> object:
    return PSArray()


def _input(engine: Engine) -> object:
    context = engine.context.nearest_function()
    if context is None or (context.piped is None and engine.is_entry(context)):
        return engine.piped_input()
    if context.piped is None:
        context.piped = Enumerator(())
    return context.piped


def _item(engine: Engine) -> object:
    return engine.get_variable("_") if engine.version_number >= 3 else None


def _script_root(engine: Engine) -> object:
    if engine.version_number < 3:
        return None
    return engine.context.source.path.rpartition("\\")[0]


def _script_path(engine: Engine) -> object:
    return engine.context.source.path if engine.version_number >= 3 else None


def _output_encoding(_engine: Engine) -> object:
    """$OutputEncoding: what is sent to programs."""
    from iisrelay.lab.powershell.dotnet.binding import find_type, get_static  # noqa: PLC0415 - rarely asked for

    encoding = find_type("System.Text.Encoding")
    return None if encoding is None else get_static(None, encoding, "ASCII")


def _host(engine: Engine) -> object:
    return HostObject(engine)


AUTOMATIC: dict[str, Callable[[Engine], object]] = {
    "?": _success,
    "args": _arguments,
    "error": _errors,
    "executioncontext": ExecutionContext,
    "host": _host,
    "input": _input,
    "myinvocation": _invocation,
    "outputencoding": _output_encoding,
    "psboundparameters": _bound,
    "pscmdlet": _cmdlet,
    "psitem": _item,
    "pscommandpath": _script_path,
    "psscriptroot": _script_root,
    "psversiontable": version_table,
    "pwd": _location,
    "true": lambda _engine: True,
    "false": lambda _engine: False,
    "null": lambda _engine: None,
}
AUTOMATIC["psitem"] = lambda engine: engine.get_variable("_") if engine.version_number >= 3 else None
