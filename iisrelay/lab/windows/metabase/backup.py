r"""Backups in C:\Windows\System32\inetsrv\MetaBack: ``NAME.MD3`` holds the metabase, ``NAME.SC3`` the schema.

A backup without a password can be restored only on the machine that made it. The names of the files are inferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from iisrelay.lab.windows import fault_points
from iisrelay.lab.windows.metabase.disk import FOLDER
from iisrelay.lab.windows.metabase.document import write_document
from iisrelay.lab.windows.metabase.document_reading import read_document
from iisrelay.lab.windows.metabase.failures import (
    ACCESS_DENIED,
    ALREADY_EXISTS,
    INVALID_PARAMETER,
    INVALID_VERSION,
    NO_MORE_ITEMS,
    failure,
)
from iisrelay.lab.windows.metabase.schema_document import write_schema_document
from iisrelay.lab.windows.metabase.sealing import Sealer

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase.metabase import Metabase

BACKUP_FOLDER = rf"{FOLDER}\MetaBack"
DEFAULT_NAME = "MDBackUp"
NEXT_VERSION = 0xFFFFFFFF
HIGHEST_VERSION = 0xFFFFFFFE
MAXIMUM_VERSION = 9999
OVERWRITE = 1
SAVE_FIRST = 2
FORCE = 4
_LONGEST_NAME = 100
_FILE = re.compile(r"(.+)\.MD(\d+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Backup:
    """A backup that is there."""

    name: str
    version: int
    date: datetime


def create(metabase: Metabase, location: str, version: int, flags: int, *, password: str | None = None) -> None:
    """Write a backup.

    Raises:
        NetError: 0x80070057 for a name, version or flags that cannot be, 0x800700B7 for a version that exists (without
            the flag OVERWRITE).
    """
    name = _name(location)
    if flags & ~(OVERWRITE | SAVE_FIRST | FORCE):
        raise failure(INVALID_PARAMETER)
    taken = [entry.version for entry in _entries(metabase, name)]
    number = max(taken, default=-1) + (1 if version == NEXT_VERSION else 0) if version >= HIGHEST_VERSION else version
    if not 0 <= number <= MAXIMUM_VERSION:
        raise failure(INVALID_PARAMETER)
    if number in taken and not flags & OVERWRITE:
        raise failure(ALREADY_EXISTS)
    if flags & SAVE_FIRST:
        metabase.save_to_disk()
    if not fault_points.before_save(metabase.machine, "Backup"):
        return
    sealer = metabase.sealer if password is None else Sealer.from_password(password)
    files = metabase.machine.files
    files.make_directory(BACKUP_FOLDER)
    files.write_text(_path(name, "MD", number), write_document(metabase.root.walk(), sealer, metabase.disk.version))
    files.write_text(_path(name, "SC", number), write_schema_document())


def restore(metabase: Metabase, location: str, version: int, flags: int, *, password: str | None = None) -> None:
    """Replace the metabase by a backup: the services that live in it stop, and start again as they were.

    Raises:
        NetError: 0x80070057 for flags, 0x800CC802 for a version that does not exist, 0x800CC81D or 0x80070005 for
            secrets of another machine or another password.
    """
    if flags:
        raise failure(INVALID_PARAMETER)
    entry = _find(metabase, _name(location), version)
    text = metabase.machine.files.read_text(_path(entry.name, "MD", entry.version))
    sealer = metabase.sealer if password is None else Sealer.from_password(password)
    if password is not None and f'SessionKey="{sealer.fingerprint}"' not in text:
        raise failure(ACCESS_DENIED)
    root = read_document(text, sealer)
    running = metabase.virtual_servers.service_running()
    service = metabase.machine.services.find("SMTPSVC")
    if running and service is not None:
        metabase.machine.services.stop(service, force=True)
    metabase.root = root
    metabase.change_number += 1
    if running and service is not None:
        metabase.machine.services.start(service)


def entry(metabase: Metabase, location: str, index: int) -> Backup:
    """Give the backup at an index; an empty location counts all names.

    Raises:
        NetError: 0x80070103 past the last one.
    """
    entries = _entries(metabase, location)
    if not 0 <= index < len(entries):
        raise failure(NO_MORE_ITEMS)
    return entries[index]


def delete(metabase: Metabase, location: str, version: int) -> None:
    """Delete a backup.

    Raises:
        NetError: 0x800CC802 for a version that does not exist.
    """
    found = _find(metabase, _name(location), version)
    for suffix in ("MD", "SC"):
        path = _path(found.name, suffix, found.version)
        if metabase.machine.files.exists(path):
            metabase.machine.files.delete(path)


def _name(location: str) -> str:
    name = location or DEFAULT_NAME
    if len(name) > _LONGEST_NAME or any(letter in name for letter in '\\/:*?"<>|'):
        raise failure(INVALID_PARAMETER)
    return name


def _entries(metabase: Metabase, name: str) -> list[Backup]:
    files = metabase.machine.files
    if not files.is_directory(BACKUP_FOLDER):
        return []
    found = []
    for file_name in files.list(BACKUP_FOLDER):
        match = _FILE.match(file_name)
        if match and (not name or match[1].lower() == name.lower()):
            modified = files.file(rf"{BACKUP_FOLDER}\{file_name}").modified
            found.append(Backup(match[1], int(match[2]), datetime.fromtimestamp(modified, UTC)))
    return sorted(found, key=lambda item: (item.name.lower(), item.version))


def _find(metabase: Metabase, name: str, version: int) -> Backup:
    entries = _entries(metabase, name)
    wanted = entries[-1:] if version == HIGHEST_VERSION else [item for item in entries if item.version == version]
    if not wanted:
        raise failure(INVALID_VERSION)
    return wanted[0]


def _path(name: str, suffix: str, version: int) -> str:
    return rf"{BACKUP_FOLDER}\{name}.{suffix}{version}"
