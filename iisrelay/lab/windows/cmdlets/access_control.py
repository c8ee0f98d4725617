"""Get-Acl, Set-Acl, Get-FileHash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import PSCustomObject, unwrap
from iisrelay.lab.windows.cmdlets.targets import LITERAL_PATH, PATH, not_found, report, targets
from iisrelay.lab.windows.dotnet.security import SecurityDescriptor, apply_security, security_of
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call


@cmdlet(
    "Get-Acl",
    PATH,
    Param("LiteralPath", "string[]", since="3.0", pipeline_name=True, aliases=("PSPath",)),
    streaming=True,
)
def get_acl(call: Call) -> Iterator[object]:
    """Get-Acl: the security descriptors of files and folders."""
    for place in targets(call, default=".", missing=False):
        if place.provider.name != "FileSystem":
            raise place.provider.unsupported()
        yield security_of(machine_of(call.engine), place.path)


@cmdlet(
    "Set-Acl",
    PATH,
    Param("LiteralPath", "string[]", since="3.0", pipeline_name=True, aliases=("PSPath",)),
    Param("AclObject", "", position=1, mandatory=True, pipeline=True),
    Param("PassThru", "switch"),
    streaming=True,
)
def set_acl(call: Call) -> Iterator[object]:
    """Set-Acl: apply a security descriptor."""
    security = unwrap(call.get("AclObject"))
    if not isinstance(security, SecurityDescriptor):
        message = "AclObject must be a security descriptor of a file or folder: nothing else is simulated by the lab."
        raise NetError("System.Management.Automation.PSArgumentException", message, category="InvalidArgument")
    for place in targets(call):
        if not place.provider.exists(call.engine, place.path):
            not_found(call, place)
            continue
        try:
            apply_security(machine_of(call.engine), place.path, security)
        except NetError as error:
            report(call, error, place.path)
            continue
        if call.has("PassThru"):
            yield security


@cmdlet(
    "Get-FileHash",
    PATH,
    LITERAL_PATH,
    Param("Algorithm", "string", position=1, values=("SHA1", "SHA256", "SHA384", "SHA512", "MD5")),
    since="4.0",
    streaming=True,
)
def get_file_hash(call: Call) -> Iterator[object]:
    """Get-FileHash: digests of files."""
    algorithm = str(call.get("Algorithm", "SHA256")).upper()
    for place in targets(call, missing=False):
        try:
            data = bytes(place.provider.read_content(call.engine, place.path))  # type: ignore[arg-type]
        except NetError as error:
            report(call, error, place.path)
            continue
        digest = hashlib.new(algorithm.lower(), data, usedforsecurity=False).hexdigest().upper()
        yield PSCustomObject(
            [("Algorithm", algorithm), ("Hash", digest), ("Path", place.path)],
            ["Microsoft.PowerShell.Commands.Utility.FileHash"],
        )
