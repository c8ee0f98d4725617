"""Copy-Item, Move-Item, Rename-Item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.cmdlets.providers import resolve
from iisrelay.lab.windows.cmdlets.targets import (
    FILTERS,
    FORCE,
    LITERAL_PATH,
    PATH,
    delayed_text,
    output,
    passes,
    report,
    targets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.windows.cmdlets.providers import ProviderPath

_DESTINATION = Param("Destination", "", position=1, pipeline_name=True)
_PASS_THRU = Param("PassThru", "switch")


@cmdlet(
    "Copy-Item",
    PATH,
    LITERAL_PATH,
    _DESTINATION,
    *FILTERS,
    Param("Recurse", "switch"),
    Param("Container", "switch"),
    FORCE,
    _PASS_THRU,
    streaming=True,
    aliases=("cpi", "cp", "copy"),
)
def copy_item(call: Call) -> Iterator[object]:
    """Copy-Item: copy into a container, or to a name."""

    def copy(place: ProviderPath, destination: ProviderPath) -> None:
        place.provider.copy_item(
            call.engine, place.path, destination.path, recurse=call.has("Recurse"), force=call.has("Force")
        )

    yield from _transfer(call, copy)


@cmdlet(
    "Move-Item",
    PATH,
    LITERAL_PATH,
    _DESTINATION,
    *FILTERS,
    FORCE,
    _PASS_THRU,
    streaming=True,
    aliases=("mi", "mv", "move"),
)
def move_item(call: Call) -> Iterator[object]:
    """Move-Item: move into a container, or to a name."""

    def move(place: ProviderPath, destination: ProviderPath) -> None:
        place.provider.move_item(call.engine, place.path, destination.path, force=call.has("Force"))

    yield from _transfer(call, move)


def _transfer(call: Call, action: Callable[[ProviderPath, ProviderPath], None]) -> Iterator[object]:
    target = resolve(call.engine, delayed_text(call, "Destination", "."))
    into = target.provider.is_container(call.engine, target.path)
    for place in list(targets(call, missing=False)):
        if not passes(call, place.name):
            continue
        destination = target.child(place.name) if into else target
        try:
            action(place, destination)
        except NetError as error:
            report(call, error, place.path)
            continue
        if call.has("PassThru"):
            yield output(call.engine, destination)


@cmdlet(
    "Rename-Item",
    Param("Path", "string", position=0, pipeline=True, pipeline_name=True),
    LITERAL_PATH,
    Param("NewName", "", position=1, mandatory=True, pipeline_name=True),
    FORCE,
    _PASS_THRU,
    streaming=True,
    aliases=("rni", "ren"),
)
def rename_item(call: Call) -> Iterator[object]:
    """Rename-Item: give an item another name in its place."""
    name = delayed_text(call, "NewName").replace("/", "\\").rpartition("\\")[2]
    for place in targets(call, missing=False):
        destination = place.parent.child(name)
        try:
            place.provider.move_item(call.engine, place.path, destination.path, force=call.has("Force"))
        except NetError as error:
            report(call, error, place.path)
            continue
        if call.has("PassThru"):
            yield output(call.engine, destination)
