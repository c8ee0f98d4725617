"""What the item cmdlets share: their path parameters, the places meant, the objects given out, the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param
from iisrelay.lab.powershell.conversions import one_or_array, to_string
from iisrelay.lab.powershell.members import MemberTable
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray, PSCustomObject, PSObjectWrapper, unwrap
from iisrelay.lab.powershell.wildcards import has_wildcards, matches
from iisrelay.lab.windows.cmdlets.providers import ProviderPath, expand, resolve
from iisrelay.lab.windows.dotnet.file_info import FileSystemInfo
from iisrelay.lab.windows.dotnet.registry_key import RegistryKeyObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.errors import NetError

PATH = Param("Path", "string[]", position=0, pipeline=True, pipeline_name=True)
LITERAL_PATH = Param("LiteralPath", "string[]", pipeline_name=True, aliases=("PSPath",))
FORCE = Param("Force", "switch")
FILTERS = (Param("Filter", "string"), Param("Include", "string[]"), Param("Exclude", "string[]"))

_BINDING = "System.Management.Automation.ParameterBinding"
_CATEGORIES = {
    "System.UnauthorizedAccessException": "PermissionDenied",
    "System.Security.SecurityException": "PermissionDenied",
    "System.IO.IOException": "WriteError",
    "System.IO.DirectoryNotFoundException": "ObjectNotFound",
    "System.IO.FileNotFoundException": "ObjectNotFound",
    "System.ArgumentException": "InvalidArgument",
    "System.ComponentModel.Win32Exception": "OperationStopped",
}


def strings(value: object) -> list[str]:
    """Give a bound ``string[]`` parameter as a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, PSArray | list | tuple) else [str(value)]


def number(call: Call, name: str, default: int = 0) -> int:
    """Give a bound number, or the default."""
    value = call.get(name, default)
    return value if isinstance(value, int) else default


def numbers(call: Call, name: str) -> list[int]:
    """Give a bound array of numbers as a list."""
    value = call.get(name)
    return [item for item in value if isinstance(item, int)] if isinstance(value, PSArray) else []


def targets(call: Call, *, default: str | None = None, missing: bool = True) -> Iterator[ProviderPath]:
    """Give the places that a call means: the piped item, -LiteralPath, or -Path with wildcards.

    ``missing`` also gives places where nothing is, unless wildcards were used; without it they are reported as errors.
    """
    for place, wild in _meant(call, default):
        if missing or wild or place.provider.exists(call.engine, place.path):
            yield place
        else:
            not_found(call, place)


def _meant(call: Call, default: str | None) -> Iterator[tuple[ProviderPath, bool]]:
    piped = place_of(call.engine, call.item)
    if piped is not None:
        yield piped, False
        return
    if call.has("LiteralPath"):
        for text in strings(call.get("LiteralPath")):
            yield resolve(call.engine, text), False
        return
    for text in path_texts(call, default):
        wild = has_wildcards(text)
        for place in expand(call.engine, text):
            yield place, wild


def path_texts(call: Call, default: str | None = None) -> list[str]:
    """Give what was bound to -Path, refusing nothing at all and empty texts as the real cmdlets' binding does."""
    value = call.get("Path", default)
    if value is None and "Path" not in call.bound:
        message = "Cannot process command because of one or more missing mandatory parameters: Path."
        call.engine.fail(message, "MissingMandatoryParameter", "InvalidArgument", exception=f"{_BINDING}Exception")
    texts = strings(value)
    if value is None or "" in texts:
        what, identifier = ("null", "Null") if value is None else ("an empty string", "EmptyString")
        call.engine.fail(
            f"Cannot bind argument to parameter 'Path' because it is {what}.",
            f"ParameterArgumentValidationError{identifier}NotAllowed",
            "InvalidData",
            exception=f"{_BINDING}ValidationException",
        )
    return texts


def delayed_text(call: Call, name: str, default: str = "") -> str:
    """Give a text parameter; a script block for it is run with the piped object as ``$_``."""
    value = unwrap(call.get(name, default))
    if isinstance(value, ScriptBlockValue):
        value = one_or_array(call.engine.call_block(value, underscore=call.item))
    return to_string(call.engine, value)


def place_of(engine: Engine, item: object) -> ProviderPath | None:
    """Give the place of an object that a provider has given out, None for any other object."""
    value = unwrap(item)
    if isinstance(value, FileSystemInfo):
        return resolve(engine, value.path)
    if isinstance(value, RegistryKeyObject):
        return resolve(engine, f"Registry::{value.path}")
    return None


def not_found(call: Call, place: ProviderPath) -> None:
    """Write the error for a place where nothing is."""
    call.error(
        f"Cannot find path '{place.display}' because it does not exist.",
        category="ObjectNotFound",
        identifier="PathNotFound",
        target=place.display,
        exception="System.Management.Automation.ItemNotFoundException",
    )


def report(call: Call, error: NetError, target: object = None) -> None:
    """Write a .NET exception as a non-terminating error of the cmdlet."""
    call.error(
        error.message.strip(),
        category=error.category or _CATEGORIES.get(error.type_name, "NotSpecified"),
        identifier=error.identifier or error.type_name,
        target=target,
        exception=error.type_name,
        hresult=error.hresult,
    )


def output(engine: Engine, place: ProviderPath) -> object:
    """Give the object for an item, with the properties that tell where it came from."""
    value = place.provider.item(engine, place.path)
    if isinstance(value, PSCustomObject):
        for name, item in provider_properties(engine, place):
            value.members.set(name, item)
        return value
    return PSObjectWrapper(value, MemberTable(provider_properties(engine, place)))


def provider_properties(engine: Engine, place: ProviderPath) -> list[tuple[str, object]]:
    """List the properties that every provider adds to its objects."""
    properties: list[tuple[str, object]] = [
        ("PSPath", place.ps_path),
        ("PSParentPath", place.parent.ps_path if place.parent.path else ""),
        ("PSChildName", place.name),
    ]
    if place.drive is not None:
        properties.append(("PSDrive", place.drive))
    properties.append(("PSProvider", place.provider))
    properties.append(("PSIsContainer", place.provider.is_container(engine, place.path)))
    return properties


def passes(call: Call, name: str) -> bool:
    """Tell whether a name passes -Filter, -Include and -Exclude."""
    return (
        (not call.has("Filter") or matches(to_string(None, call.get("Filter")), name))
        and (not call.has("Include") or _any_matches(strings(call.get("Include")), name))
        and not _any_matches(strings(call.get("Exclude")), name)
    )


def _any_matches(patterns: Iterable[str], name: str) -> bool:
    return any(matches(pattern, name) for pattern in patterns)
