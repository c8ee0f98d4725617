"""The methods of IIsComputer: saving, backups, export and import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import Reference, unwrap
from iisrelay.lab.windows.metabase import backup, exchange
from iisrelay.lab.windows.metabase.failures import INVALID_PARAMETER, failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.windows.adsi.ads_object import AdsObject


def _save_data(this: AdsObject) -> None:
    this.machine.metabase.save_to_disk()


def _backup(this: AdsObject, location: object, version: object, flags: object) -> None:
    backup.create(this.machine.metabase, str(location), _number(version), _number(flags))


def _backup_with_password(this: AdsObject, location: object, version: object, flags: object, password: object) -> None:
    backup.create(this.machine.metabase, str(location), _number(version), _number(flags), password=str(password))


def _restore(this: AdsObject, location: object, version: object, flags: object) -> None:
    backup.restore(this.machine.metabase, str(location), _number(version), _number(flags))


def _restore_with_password(this: AdsObject, location: object, version: object, flags: object, password: object) -> None:
    backup.restore(this.machine.metabase, str(location), _number(version), _number(flags), password=str(password))


def _enumerate(this: AdsObject, location: object, index: object, *places: object) -> None:
    """EnumBackups hands three values out by reference; without references it only fails past the last backup."""
    found = backup.entry(this.machine.metabase, str(location or ""), _number(index))
    for place, value in zip(places, (found.version, found.name, found.date), strict=False):
        if isinstance(place, Reference):
            place.value = value


def _delete_backup(this: AdsObject, location: object, version: object) -> None:
    backup.delete(this.machine.metabase, str(location), _number(version))


def _export(this: AdsObject, password: object, file_name: object, source: object, flags: object) -> None:
    exchange.export(this.machine.metabase, str(password), str(file_name), str(source), _number(flags))


def _import(this: AdsObject, password: object, file_name: object, *places_and_flags: object) -> None:
    source, destination, flags = places_and_flags
    exchange.read(
        this.machine.metabase,
        str(password),
        str(file_name),
        source=str(source),
        destination=str(destination),
        flags=_number(flags),
    )


def _number(value: object) -> int:
    plain = unwrap(value)
    if not isinstance(plain, int):
        raise failure(INVALID_PARAMETER)
    return plain & 0xFFFFFFFF


METHODS: dict[str, Callable[..., object]] = {
    "savedata": _save_data,
    "backup": _backup,
    "backupwithpassword": _backup_with_password,
    "restore": _restore,
    "restorewithpassword": _restore_with_password,
    "enumbackups": _enumerate,
    "deletebackup": _delete_backup,
    "export": _export,
    "import": _import,
}
