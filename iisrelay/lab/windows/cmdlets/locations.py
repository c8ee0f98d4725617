"""Get-Location, Set-Location, Push-Location, Pop-Location and the drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.automatic import AUTOMATIC
from iisrelay.lab.powershell.automation import PathInfo
from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.values import Int64
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.cmdlets.providers import (
    PROVIDERS,
    Drive,
    Provider,
    location,
    resolve,
    session_of,
    set_location,
)
from iisrelay.lab.windows.cmdlets.providers.session import no_drive, no_provider
from iisrelay.lab.windows.cmdlets.targets import LITERAL_PATH, not_found, strings
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.powershell.engine import Engine

_PATH = Param("Path", "string", position=0, pipeline=True, pipeline_name=True)
_PASS_THRU = Param("PassThru", "switch")
_STACK = Param("StackName", "string")

drive_info = declare("System.Management.Automation.PSDriveInfo", python=Drive)
drive_info.getter("Name")(lambda value: value.name)
drive_info.getter("Provider")(lambda value: value.provider)
drive_info.getter("Root")(lambda value: value.root)
drive_info.getter("Description")(lambda value: value.description)
drive_info.method("ToString")(str)
provider_info = declare("System.Management.Automation.ProviderInfo", python=Provider)
provider_info.getter("Name")(lambda value: value.name)
provider_info.method("ToString")(str)


@drive_info.getter("Free")
def free(engine: Engine, value: Drive) -> object:
    """The free bytes of a volume."""
    return Int64(machine_of(engine).files.free_space(value.root)) if value.provider.name == "FileSystem" else None


@drive_info.getter("Used")
def used(engine: Engine, value: Drive) -> object:
    """The used bytes of a volume."""
    if value.provider.name != "FileSystem":
        return None
    files = machine_of(engine).files
    return Int64(files.sizes[value.root[:1]][0] - files.free_space(value.root))


def current(engine: Engine) -> PathInfo:
    """Give the current location as Get-Location and $PWD show it."""
    place = location(engine)
    return PathInfo(place.display, place.provider.name, place.drive.name if place.drive else "")


AUTOMATIC["pwd"] = current  # the language alone knows folders only


@cmdlet("Get-Location", Param("PSDrive", "string[]"), Param("PSProvider", "string[]"), aliases=("gl", "pwd"))
def get_location(call: Call) -> Iterator[object]:
    """Get-Location: where the session is."""
    yield current(call.engine)


@cmdlet("Set-Location", _PATH, LITERAL_PATH, _PASS_THRU, streaming=True, aliases=("cd", "sl", "chdir"))
def set_location_cmdlet(call: Call) -> Iterator[object]:
    """Set-Location: go to a container."""
    if _go(call) and call.has("PassThru"):
        yield current(call.engine)


def _go(call: Call) -> bool:
    literal = strings(call.get("LiteralPath"))
    place = resolve(call.engine, literal[0] if literal else str(call.get("Path", "~")))
    if not place.provider.is_container(call.engine, place.path):
        not_found(call, place)
        return False
    set_location(call.engine, place)
    return True


@cmdlet("Push-Location", _PATH, LITERAL_PATH, _PASS_THRU, _STACK, streaming=True, aliases=("pushd",))
def push_location(call: Call) -> Iterator[object]:
    """Push-Location: remember where the session is, then go elsewhere."""
    here = location(call.engine)
    if (call.has("Path") or call.has("LiteralPath")) and not _go(call):
        return
    session_of(call.engine).stack.append(here)
    if call.has("PassThru"):
        yield current(call.engine)


@cmdlet("Pop-Location", _PASS_THRU, _STACK, aliases=("popd",))
def pop_location(call: Call) -> Iterator[object]:
    """Pop-Location: go back."""
    stack = session_of(call.engine).stack
    if stack:
        set_location(call.engine, stack.pop())
    if call.has("PassThru"):
        yield current(call.engine)


@cmdlet(
    "Get-PSDrive",
    Param("Name", "string[]", position=0, pipeline_name=True),
    Param("PSProvider", "string[]"),
    aliases=("gdr",),
)
def get_ps_drive(call: Call) -> Iterator[object]:
    """Get-PSDrive: the drives of the session."""
    drives = sorted(session_of(call.engine).drives.values(), key=lambda drive: drive.name.lower())
    providers = [name.lower() for name in strings(call.get("PSProvider"))]
    for pattern in strings(call.get("Name")) or ["*"]:
        found = [drive for drive in drives if matches(pattern, drive.name)]
        if not found and "*" not in pattern:
            call.error(
                f"Cannot find drive. A drive with the name '{pattern}' does not exist.",
                category="ObjectNotFound",
                identifier="GetLocationNoMatchingDrive",
                target=pattern,
                exception="System.Management.Automation.DriveNotFoundException",
            )
        yield from (drive for drive in found if not providers or drive.provider.name.lower() in providers)


@cmdlet(
    "New-PSDrive",
    Param("Name", "string", position=0, mandatory=True),
    Param("PSProvider", "string", position=1, mandatory=True),
    Param("Root", "string", position=2, mandatory=True),
    Param("Description", "string"),
    Param("Scope", "string"),
    Param("Persist", "switch", since="3.0"),
    aliases=("ndr", "mount"),
)
def new_ps_drive(call: Call) -> Iterator[object]:
    """New-PSDrive: another name for a place."""
    provider = PROVIDERS.get(str(call.get("PSProvider")).lower())
    if provider is None:
        raise no_provider(str(call.get("PSProvider")))
    name, root = str(call.get("Name")), provider.normalize(str(call.get("Root")))
    drives = session_of(call.engine).drives
    if name.lower() in drives:
        call.engine.fail(
            f"A drive with the name '{name}' already exists.",
            "DriveAlreadyExists",
            "ResourceExists",
            target=name,
            exception="System.Management.Automation.SessionStateException",
        )
    if not provider.exists(call.engine, root):
        call.engine.fail(
            f'The specified drive root "{root}" either does not exist, or it is not a folder.',
            "DriveRootError",
            "ReadError",
            target=name,
            exception="System.IO.IOException",
        )
    drive = drives[name.lower()] = Drive(name, provider, root, str(call.get("Description", "")))
    yield drive


@cmdlet(
    "Remove-PSDrive",
    Param("Name", "string[]", position=0, pipeline_name=True),
    Param("Force", "switch"),
    streaming=True,
    aliases=("rdr",),
)
def remove_ps_drive(call: Call) -> None:
    """Remove-PSDrive: forget a drive."""
    for name in strings(call.get("Name")):
        if session_of(call.engine).drives.pop(name.lower(), None) is None:
            raise no_drive(name)


@cmdlet("Get-PSProvider", Param("PSProvider", "string[]", position=0))
def get_ps_provider(call: Call) -> Iterator[object]:
    """Get-PSProvider: the kinds of stores."""
    wanted = strings(call.get("PSProvider")) or ["*"]
    yield from (one for one in PROVIDERS.values() if any(matches(pattern, one.name) for pattern in wanted))
