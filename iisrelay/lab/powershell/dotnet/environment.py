"""System.Environment: facts of the machine and the process, and its environment variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import Hashtable
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.time_values import now
from iisrelay.lab.powershell.dotnet.version import Version
from iisrelay.lab.powershell.errors import argument_null
from iisrelay.lab.powershell.values import NetEnum, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import EnvironmentVariableTarget, SpecialFolder
    from iisrelay.lab.powershell.engine import Engine

environment = declare("System.Environment")
environment.constants(
    NewLine="\r\n", Is64BitProcess=True, Is64BitOperatingSystem=True, ProcessorCount=2, UserInteractive=False
)  # fmt: skip
declare_enum("System.EnvironmentVariableTarget", {"Process": 0, "User": 1, "Machine": 2})
_FOLDERS = {
    "Desktop": (0, r"%USERPROFILE%\Desktop"),
    "Programs": (2, r"%APPDATA%\Microsoft\Windows\Start Menu\Programs"),
    "MyDocuments": (5, r"%USERPROFILE%\Documents"),
    "Personal": (5, r"%USERPROFILE%\Documents"),
    "ApplicationData": (26, "%APPDATA%"),
    "LocalApplicationData": (28, "%LOCALAPPDATA%"),
    "CommonApplicationData": (35, "%ProgramData%"),
    "Windows": (36, "%SystemRoot%"),
    "System": (37, r"%SystemRoot%\system32"),
    "ProgramFiles": (38, "%ProgramFiles%"),
    "UserProfile": (40, "%USERPROFILE%"),
    "SystemX86": (41, r"%SystemRoot%\SysWOW64"),
    "ProgramFilesX86": (42, "%ProgramFiles(x86)%"),
    "CommonProgramFiles": (43, "%CommonProgramFiles%"),
}
declare_enum("System.Environment+SpecialFolder", {name: number for name, (number, _) in _FOLDERS.items()})
_VARIABLE = re.compile(r"%([^%]+)%")


def variable(engine: Engine, name: str) -> str | None:
    """Read a variable of the process in any case."""
    lower = name.lower()
    return next((value for known, value in engine.environment.items() if known.lower() == lower), None)


def expand(engine: Engine, text: str) -> str:
    """Replace %NAME%; unknown names stay."""
    return _VARIABLE.sub(lambda match: variable(engine, match[1]) or match[0], text)


def _machine_fact(engine: Engine, name: str, default: str) -> str:
    return str(getattr(engine.machine, name, default))


@environment.static_getter("MachineName")
def machine_name(engine: Engine) -> str:
    """Give the NetBIOS name."""
    return _machine_fact(engine, "name", "LOCALHOST").upper()[:15]


@environment.static_getter("UserName")
def user_name(engine: Engine) -> str:
    """Give the login's name."""
    return variable(engine, "USERNAME") or "Administrator"


@environment.static_getter("UserDomainName")
def user_domain(engine: Engine) -> str:
    """Give the login's domain."""
    return variable(engine, "USERDOMAIN") or machine_name(engine)


@environment.static_getter("CurrentDirectory")
def current_directory(engine: Engine) -> str:
    """Give the process's folder."""
    return engine.current_directory


@environment.static_setter("CurrentDirectory")
def set_current_directory(engine: Engine, path: str) -> None:
    """Change the process's folder."""
    engine.current_directory = path


@environment.static_getter("SystemDirectory")
def system_directory(engine: Engine) -> str:
    """Give the system32 folder."""
    return expand(engine, r"%SystemRoot%\system32").replace("%SystemRoot%", r"C:\Windows")


@environment.static_getter("TickCount")
def tick_count(engine: Engine) -> int:
    """Give the milliseconds since the start of Windows."""
    booted = getattr(engine.machine, "booted_at", None)
    clock = getattr(engine.machine, "clock", None)
    if booted is None or clock is None:
        return now(engine).ticks // 10_000 % 2**31
    return int((clock.timestamp() - booted) * 1000) % 2**31


@environment.static_getter("CommandLine")
def command_line(_: Engine) -> str:
    """Give the process's command line."""
    return r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"


@environment.static_getter("Version")
def runtime_version(engine: Engine) -> Version:
    """Give the version of the runtime: 2.0 for Windows PowerShell 2.0, else 4.0."""
    return Version(2, 0, 50727, 8800) if engine.version == "2.0" else Version(4, 0, 30319, 42000)


class OperatingSystem:
    """System.OperatingSystem."""

    def __init__(self, version: Version) -> None:
        self.version = version

    def __str__(self) -> str:
        return f"Microsoft Windows NT {self.version}"


operating_system = declare("System.OperatingSystem", python=OperatingSystem)
operating_system.properties("Version")
operating_system.getter("VersionString")(str)
operating_system.getter("ServicePack")(lambda _value: "")
operating_system.getter("Platform")(lambda _value: NetEnum(2, "System.PlatformID"))
operating_system.method("ToString")(str)
declare_enum("System.PlatformID", {"Win32S": 0, "Win32Windows": 1, "Win32NT": 2, "WinCE": 3, "Unix": 4})


@environment.static_getter("OSVersion")
def os_version(engine: Engine) -> OperatingSystem:
    """Give the version of Windows."""
    windows = getattr(engine.machine, "windows", None)
    major, _, minor = str(getattr(windows, "nt_version", "10.0")).partition(".")
    return OperatingSystem(Version(int(major), int(minor), int(getattr(windows, "build", 17763)), 0))


@environment.static("GetEnvironmentVariable")
def get_variable(engine: Engine, name: str) -> str | None:
    """Read a variable of the process."""
    if not name:
        raise argument_null("variable")
    return variable(engine, name)


@environment.static("GetEnvironmentVariable")
def get_variable_of(engine: Engine, name: str, target: EnvironmentVariableTarget) -> str | None:
    """Read a variable of the process, the user or the machine (the lab keeps user variables in the process)."""
    if int(target) == 2:
        block = getattr(engine.machine, "environment", {})
        return next((value for known, value in block.items() if known.lower() == name.lower()), None)
    return variable(engine, name)


@environment.static("SetEnvironmentVariable")
def set_variable(engine: Engine, name: str, value: str) -> None:
    """Set a variable of the process; an empty value removes it."""
    known = next((each for each in engine.environment if each.lower() == name.lower()), name)
    if value:
        engine.environment[known] = value
    else:
        engine.environment.pop(known, None)


@environment.static("SetEnvironmentVariable")
def set_variable_of(engine: Engine, name: str, value: str, target: EnvironmentVariableTarget) -> None:
    """Set a variable of the process, or of the machine, which new processes see."""
    setter = getattr(engine.machine, "set_environment_variable", None)
    if int(target) == 2 and setter is not None:
        setter(name, value or None)
        return
    set_variable(engine, name, value)


@environment.static("GetEnvironmentVariables")
def get_variables(engine: Engine) -> Hashtable:
    """List the variables."""
    return Hashtable(engine.environment.items())


@environment.static("ExpandEnvironmentVariables")
def expand_variables(engine: Engine, text: str) -> str:
    """Replace %NAME%."""
    return expand(engine, text)


@environment.static("GetFolderPath")
def folder_path(engine: Engine, folder: SpecialFolder) -> str:
    """Give a special folder."""
    return next((expand(engine, path) for number, path in _FOLDERS.values() if number == int(folder)), "")


@environment.static("GetCommandLineArgs")
def command_line_arguments(engine: Engine) -> PSArray:
    """Give the words of the command line."""
    return PSArray([command_line(engine)], "System.String")


@environment.static("Exit")
def leave(engine: Engine, code: int) -> None:
    """End the process."""
    engine.exit(code)
