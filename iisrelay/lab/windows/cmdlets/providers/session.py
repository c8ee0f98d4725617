"""Drives, the current location and the location stack of one engine; turning texts into provider paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from iisrelay.lab.powershell.error_records import PowerShellError, runtime_error
from iisrelay.lab.powershell.wildcards import has_wildcards, matches
from iisrelay.lab.windows.cmdlets.providers.base import Drive, Provider, ProviderPath
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.engine import Engine

_DRIVE = re.compile(r"^([A-Za-z_][\w.]*):(?!:)(.*)$", re.DOTALL)
_FILE_SYSTEM = "filesystem"

PROVIDERS: dict[str, Provider] = {}  # by lower-case name; filled by the package


class Session:
    """The state of the item cmdlets in one engine."""

    def __init__(self, engine: Engine) -> None:
        self.drives: dict[str, Drive] = {}
        for provider in PROVIDERS.values():
            self.drives.update({drive.name.lower(): drive for drive in provider.drives(engine)})
        self.location: ProviderPath | None = None  # None: the file system, at the engine's current directory
        self.stack: list[ProviderPath] = []


_sessions: WeakKeyDictionary[Engine, Session] = WeakKeyDictionary()


def session_of(engine: Engine) -> Session:
    """Give the session of an engine, made at the first call."""
    found = _sessions.get(engine)
    if found is None:
        found = _sessions[engine] = Session(engine)
    return found


def location(engine: Engine) -> ProviderPath:
    """Give the current location."""
    session = session_of(engine)
    return session.location or _on_drive(session, PROVIDERS[_FILE_SYSTEM], engine.current_directory)


def set_location(engine: Engine, place: ProviderPath) -> None:
    """Change the current location; in the file system that is the engine's current directory."""
    session = session_of(engine)
    if place.provider.name.lower() == _FILE_SYSTEM:
        session.location = None
        engine.current_directory = machine_of(engine).files.true_path(place.path)
    else:
        session.location = place


def resolve(engine: Engine, text: str) -> ProviderPath:
    """Turn a path as a script writes it into a place; nothing is looked up but the drive."""
    session = session_of(engine)
    provider_name, separator, rest = text.partition("::")
    if separator:
        provider = PROVIDERS.get(provider_name.rpartition("\\")[2].lower())
        if provider is None:
            raise no_provider(provider_name.rpartition("\\")[2])
        return _on_drive(session, provider, provider.normalize(rest))
    if text.startswith(("\\\\", "//")):
        provider = PROVIDERS[_FILE_SYSTEM]
        return ProviderPath(provider, provider.normalize(text))
    match = _DRIVE.match(text)
    if match:
        return _below_drive(engine, session, match.group(1), match.group(2))
    return _relative(engine, text)


def _below_drive(engine: Engine, session: Session, name: str, rest: str) -> ProviderPath:
    drive = session.drives.get(name.lower())
    if drive is None:
        raise no_drive(name)
    here = location(engine)
    if rest[:1] not in ("\\", "/", "") and here.drive == drive:
        return ProviderPath(drive.provider, drive.provider.normalize(f"{here.path}\\{rest}"), drive)
    return ProviderPath(drive.provider, drive.provider.normalize(f"{drive.root}\\{rest}"), drive)


def _relative(engine: Engine, text: str) -> ProviderPath:
    here = location(engine)
    if text == "~" or text.startswith(("~\\", "~/")):
        home = engine.environment.get("USERPROFILE", "C:\\")
        return _on_drive(session_of(engine), PROVIDERS[_FILE_SYSTEM], here.provider.normalize(home + text[1:]))
    base = here.path
    if text[:1] in ("\\", "/") and here.drive is not None:
        base = here.drive.root
    return ProviderPath(here.provider, here.provider.normalize(f"{base}\\{text}"), here.drive)


def _on_drive(session: Session, provider: Provider, path: str) -> ProviderPath:
    """Find the drive whose root is the longest beginning of a path."""
    lowered = path.lower()
    fitting = [d for d in session.drives.values() if d.provider is provider and lowered.startswith(d.root.lower())]
    return ProviderPath(provider, path, max(fitting, key=lambda drive: len(drive.root), default=None))


def expand(engine: Engine, text: str) -> Iterator[ProviderPath]:
    """Give the places that a path with wildcards means; one without wildcards means itself, there or not."""
    place = resolve(engine, text)
    if not has_wildcards(place.path):
        yield place
        return
    names: list[str] = []
    while has_wildcards(place.path):
        names.insert(0, place.name)
        place = place.parent
    yield from _expand_below(engine, place, names)


def _expand_below(engine: Engine, place: ProviderPath, names: list[str]) -> Iterator[ProviderPath]:
    if not names:
        if place.provider.exists(engine, place.path):
            yield place
        return
    if not has_wildcards(names[0]):
        yield from _expand_below(engine, place.child(names[0]), names[1:])
        return
    if place.provider.exists(engine, place.path) and place.provider.is_container(engine, place.path):
        for name in place.provider.child_names(engine, place.path):
            if matches(names[0], name):
                yield from _expand_below(engine, place.child(name), names[1:])


def no_drive(name: str) -> PowerShellError:
    """Make the error for a drive that is not there."""
    return runtime_error(
        f"Cannot find drive. A drive with the name '{name}' does not exist.",
        "DriveNotFound",
        "ObjectNotFound",
        target=name,
        exception="System.Management.Automation.DriveNotFoundException",
    )


def no_provider(name: str) -> PowerShellError:
    """Make the error for a provider that is not there."""
    return runtime_error(
        f"Cannot find a provider with the name '{name}'.",
        "ProviderNotFound",
        "ObjectNotFound",
        target=name,
        exception="System.Management.Automation.ProviderNotFoundException",
    )
