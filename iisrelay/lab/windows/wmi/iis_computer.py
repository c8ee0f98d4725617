"""The methods of IIsComputer in WMI: those of ADSI's, with out parameters instead of references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import unwrap
from iisrelay.lab.windows.metabase import backup, exchange
from iisrelay.lab.windows.wmi.failures import INVALID_PARAMETER, management_error
from iisrelay.lab.windows.wmi.model import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iisrelay.lab.windows.machine import Machine

    Values = Mapping[str, object]


def _save_data(machine: Machine, _values: Values) -> Values:
    machine.metabase.save_to_disk()
    return {}


def _backup(machine: Machine, _values: Values, password: object, location: object, *numbers: object) -> Values:
    version, flags = (_number(item) for item in numbers)
    backup.create(machine.metabase, str(location), version, flags, password=str(password))
    return {}


def _restore(machine: Machine, _values: Values, password: object, location: object, *numbers: object) -> Values:
    version, flags = (_number(item) for item in numbers)
    backup.restore(machine.metabase, str(location), version, flags, password=str(password))
    return {}


def _delete(machine: Machine, _values: Values, location: object, version: object) -> Values:
    backup.delete(machine.metabase, str(location), _number(version))
    return {}


def _enumerate(machine: Machine, _values: Values, location: object, index: object) -> Values:
    found = backup.entry(machine.metabase, str(location or ""), _number(index))
    return {
        "BackupLocation": found.name,
        "BackupVersion": found.version,
        "BackupDateTimeUTC": found.date.strftime("%Y%m%d%H%M%S.%f+000"),
    }


def _export(machine: Machine, _values: Values, password: object, file_name: object, *rest: object) -> Values:
    source, flags = rest
    exchange.export(machine.metabase, str(password), str(file_name), str(source), _number(flags))
    return {}


def _import(machine: Machine, _values: Values, password: object, file_name: object, *rest: object) -> Values:
    source, destination, flags = rest
    exchange.read(
        machine.metabase, str(password), str(file_name),
        source=str(source), destination=str(destination), flags=_number(flags),
    )  # fmt: skip
    return {}


def _number(value: object) -> int:
    plain = unwrap(value)
    if not isinstance(plain, int):
        raise management_error(INVALID_PARAMETER)
    return int(plain) & 0xFFFFFFFF


# The order of the parameters is that of ADSI's methods with the password first, as the SDK's samples call them.
COMPUTER_METHODS = (
    Method("SaveData", _save_data),
    Method("BackupWithPassword", _backup, ("Password", "BackupLocation", "BackupVersion", "BackupFlags")),
    Method("RestoreWithPassword", _restore, ("Password", "BackupLocation", "BackupVersion", "BackupFlags")),
    Method("DeleteBackup", _delete, ("BackupLocation", "BackupVersion")),
    Method("EnumBackups", _enumerate, ("BackupLocation", "EnumIndex")),
    Method("Export", _export, ("Password", "FileName", "SourcePath", "Flags")),
    Method("Import", _import, ("Password", "FileName", "SourcePath", "DestPath", "Flags")),
)
