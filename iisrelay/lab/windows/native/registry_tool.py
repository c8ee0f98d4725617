"""reg.exe, the registry on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows.registry import RegistryKey, RegistryValue, ValueKind
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.native import NativeCall
    from iisrelay.lab.windows.registry import RegistryData

_KINDS = {
    "REG_SZ": ValueKind.String,
    "REG_EXPAND_SZ": ValueKind.ExpandString,
    "REG_BINARY": ValueKind.Binary,
    "REG_DWORD": ValueKind.DWord,
    "REG_MULTI_SZ": ValueKind.MultiString,
    "REG_QWORD": ValueKind.QWord,
}
_KIND_NAMES = {kind: name for name, kind in _KINDS.items()}
_WITH_VALUE = {"/v", "/t", "/d"}
_NOT_FOUND = "ERROR: The system was unable to find the specified registry key or value."


@dataclass(frozen=True)
class RegArguments:
    """The parsed command line of reg.exe."""

    key: str
    options: dict[str, str]

    @property
    def view(self) -> int:
        """Give the registry view: 64 unless /reg:32."""
        return 32 if "/reg:32" in self.options else 64

    @property
    def value_name(self) -> str | None:
        """Give the value that is meant: /v NAME, /ve for the default value, None for none."""
        return "" if "/ve" in self.options else self.options.get("/v")


@native("reg")
def reg(call: NativeCall) -> int:
    """reg.exe: query, add and delete; other commands fail aloud."""
    command = call.arguments[0].lower() if call.arguments else ""
    if command not in _COMMANDS:
        call.err(f"ERROR: reg {command}: not simulated by the lab")
        return 1
    arguments = _parse(call.arguments[1:])
    hive = arguments.key.partition("\\")[0].upper()
    if hive not in ("HKLM", "HKCU", "HKU", "HKCR", "HKCC") and not hive.startswith("HKEY_"):
        call.err('ERROR: Invalid key name.\r\nType "REG QUERY /?" for usage.')  # fmt: skip
        return 1
    if (
        command != "query"
        and hive not in ("HKCU", "HKEY_CURRENT_USER")
        and not machine_of(call.engine).is_administrator
    ):
        call.err("ERROR: Access is denied.")
        return 1
    return _COMMANDS[command](call, arguments)


def _parse(words: list[str]) -> RegArguments:
    key, options = words[0] if words else "", {}
    remaining = iter(words[1:])
    for word in remaining:
        name = word.lower()
        options[name] = next(remaining, "") if name in _WITH_VALUE else ""
    return RegArguments(key.rstrip("\\"), options)


def _query(call: NativeCall, arguments: RegArguments) -> int:
    registry = machine_of(call.engine).registry
    key = registry.open(arguments.key, arguments.view)
    wanted = arguments.value_name
    if key is None or (wanted is not None and wanted.lower() not in key.values):
        call.err(_NOT_FOUND)
        return 1
    title = registry.canonical(arguments.key, arguments.view)
    _show(call, title, key, wanted, recurse="/s" in arguments.options)
    return 0


def _show(call: NativeCall, title: str, key: RegistryKey, wanted: str | None, *, recurse: bool) -> None:
    values = [value for value in key.values.values() if wanted is None or value.name.lower() == wanted.lower()]
    if values or recurse:
        call.out("")
        call.out(title)
        for value in values:
            call.out(f"    {value.name or '(Default)'}    {_KIND_NAMES[value.kind]}    {_text(value)}")
    call.out("")
    for name in key.subkey_names() if wanted is None else ():
        subkey = key.open(name)
        if recurse and subkey is not None:
            _show(call, f"{title}\\{name}", subkey, None, recurse=True)
        else:
            call.out(f"{title}\\{name}")


def _text(value: RegistryValue) -> str:
    data = value.data
    if isinstance(data, int):
        return hex(data)
    if isinstance(data, bytes):
        return data.hex().upper()
    return "\\0".join(data) if isinstance(data, tuple) else data


def _add(call: NativeCall, arguments: RegArguments) -> int:
    registry = machine_of(call.engine).registry
    kind = _KINDS.get(arguments.options.get("/t", "REG_SZ").upper())
    if kind is None:
        call.err("ERROR: Invalid syntax. Specify valid type for '/t'.")
        return 1
    key = registry.create(arguments.key, arguments.view)
    name = arguments.value_name
    if name is not None:
        if name.lower() in key.values and "/f" not in arguments.options:
            # Nobody answers "Value exists, overwrite(Yes/No)?" in a session without a keyboard.
            call.err("The operation was cancelled by the user.")
            return 1
        try:
            key.set(name, kind, _data(kind, arguments.options.get("/d", "")))
        except ValueError:
            call.err("ERROR: Invalid syntax. Specify valid numeric value for '/d'.")
            return 1
    call.out("The operation completed successfully.")
    return 0


def _data(kind: ValueKind, text: str) -> RegistryData:
    if kind in (ValueKind.DWord, ValueKind.QWord):
        return int(text or "0", 0)
    if kind == ValueKind.Binary:
        return bytes.fromhex(text)
    if kind == ValueKind.MultiString:
        return tuple(filter(None, text.split("\\0")))
    return text


def _delete(call: NativeCall, arguments: RegArguments) -> int:
    registry = machine_of(call.engine).registry
    key = registry.open(arguments.key, arguments.view)
    name = arguments.value_name
    if "/f" not in arguments.options:
        call.err("The operation was cancelled by the user.")
        return 1
    if key is None or (name is not None and not key.delete_value(name)):
        call.err(_NOT_FOUND)
        return 1
    if "/va" in arguments.options:
        key.values.clear()
    elif name is None:
        registry.delete(arguments.key, arguments.view)
    call.out("The operation completed successfully.")
    return 0


_COMMANDS: dict[str, Callable[[NativeCall, RegArguments], int]] = {"query": _query, "add": _add, "delete": _delete}
