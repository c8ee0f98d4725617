"""The registry of a machine: a tree of keys with typed values, in the 64-bit and the 32-bit view."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

HIVES = {
    "HKEY_LOCAL_MACHINE": "HKLM",
    "HKEY_CURRENT_USER": "HKCU",
    "HKEY_USERS": "HKU",
    "HKEY_CLASSES_ROOT": "HKCR",
    "HKEY_CURRENT_CONFIG": "HKCC",
}
_LONG_NAMES = {short: long for long, short in HIVES.items()}
_CONTROL_SET = re.compile(r"^(HKEY_LOCAL_MACHINE\\SYSTEM)\\ControlSet001(?=\\|$)", re.IGNORECASE)
_SOFTWARE = re.compile(r"^(HKEY_LOCAL_MACHINE\\SOFTWARE)(?=\\|$)(?!\\Wow6432Node)", re.IGNORECASE)


class ValueKind(IntEnum):
    """Microsoft.Win32.RegistryValueKind; the numbers are those of winnt.h."""

    String = 1
    ExpandString = 2
    Binary = 3
    DWord = 4
    MultiString = 7
    QWord = 11
    Unknown = 0


RegistryData = str | int | bytes | tuple[str, ...]  # numbers unsigned, strings unexpanded


@dataclass
class RegistryValue:
    """A named value; the default value of a key has the name ``""``."""

    name: str
    kind: ValueKind
    data: RegistryData


@dataclass
class RegistryKey:
    """A key. Subkeys and values are kept by their lower-case names, each with its name as written.

    ``written`` is when the key last got or lost a value or a subkey, in seconds since 1970 (0: not known).
    """

    name: str
    subkeys: dict[str, RegistryKey] = field(default_factory=dict)
    values: dict[str, RegistryValue] = field(default_factory=dict)
    written: float = field(default_factory=time.time)

    def get(self, name: str, default: RegistryData | None = None) -> RegistryData | None:
        """Give a value's data, or the default."""
        value = self.values.get(name.lower())
        return default if value is None else value.data

    def set(self, name: str, kind: ValueKind, data: RegistryData) -> None:
        """Write a value; an existing one keeps the spelling of its name."""
        existing = self.values.get(name.lower())
        self.values[name.lower()] = RegistryValue(existing.name if existing else name, kind, data)
        self.written = time.time()

    def delete_value(self, name: str) -> bool:
        """Delete a value; tell whether it was there."""
        self.written = time.time()
        return self.values.pop(name.lower(), None) is not None

    def delete_subkey(self, name: str) -> bool:
        """Delete a key directly below with all that is below it; tell whether it was there."""
        self.written = time.time()
        return self.subkeys.pop(name.lower(), None) is not None

    def create(self, path: str) -> RegistryKey:
        """Open a key below this one, made with its parents when it is not there."""
        key = self
        for part in filter(None, path.split("\\")):
            if part.lower() not in key.subkeys:
                key.subkeys[part.lower()] = RegistryKey(part)
                key.written = time.time()
            key = key.subkeys[part.lower()]
        return key

    def open(self, path: str) -> RegistryKey | None:
        """Open a key below this one."""
        key: RegistryKey | None = self
        for part in filter(None, path.split("\\")):
            key = key.subkeys.get(part.lower()) if key else None
        return key

    def subkey_names(self) -> list[str]:
        """List the names of the subkeys, sorted as Windows keeps them."""
        return [self.subkeys[key].name for key in sorted(self.subkeys)]

    def to_json(self) -> dict[str, Any]:
        """Give the compact JSON form."""
        data: dict[str, Any] = {"n": self.name, "w": self.written}
        if self.values:
            data["v"] = [[value.name, int(value.kind), _encode(value.data)] for value in self.values.values()]
        if self.subkeys:
            data["k"] = [key.to_json() for key in self.subkeys.values()]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RegistryKey:
        """Read the compact JSON form."""
        key = cls(data["n"])
        for name, kind, value in data.get("v", ()):
            key.set(name, ValueKind(kind), _decode(value))
        for subkey in map(cls.from_json, data.get("k", ())):
            key.subkeys[subkey.name.lower()] = subkey
        key.written = data.get("w", 0.0)
        return key


class Registry:
    r"""All hives of a machine. Paths are ``HKLM\SOFTWARE\X`` or ``HKEY_LOCAL_MACHINE\SOFTWARE\X``, in any case."""

    def __init__(self, user_sid: str) -> None:
        self.user_sid = user_sid
        self.roots = {name: RegistryKey(name) for name in ("HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CURRENT_CONFIG")}

    def canonical(self, path: str, view: int = 64) -> str:
        """Give the path of the key that is meant, after links (HKCU, ControlSet001 ...) and the 32-bit redirection."""
        hive, _, rest = path.strip("\\").partition("\\")  # a slash is a letter of a name: "AES 256/256"
        hive = _LONG_NAMES.get(hive.upper().rstrip(":"), hive.upper())
        path = f"{self._linked(hive)}\\{rest}".rstrip("\\")
        path = _CONTROL_SET.sub(r"\1\\CurrentControlSet", path)
        return _SOFTWARE.sub(r"\1\\Wow6432Node", path) if view == 32 else path

    def open(self, path: str, view: int = 64) -> RegistryKey | None:
        """Open a key, or give None."""
        hive, _, rest = self.canonical(path, view).partition("\\")
        root = self.roots.get(hive)
        return root.open(rest) if root else None

    def create(self, path: str, view: int = 64) -> RegistryKey:
        """Open a key, made with its parents when it is not there."""
        hive, _, rest = self.canonical(path, view).partition("\\")
        if hive not in self.roots:
            raise KeyError(hive)
        return self.roots[hive].create(rest)

    def delete(self, path: str, view: int = 64) -> bool:
        """Delete a key with all that is below it; tell whether it was there."""
        parent_path, _, name = self.canonical(path, view).rpartition("\\")
        parent = self.open(parent_path) if parent_path else None
        return parent is not None and parent.delete_subkey(name)

    def get(self, path: str, name: str, default: RegistryData | None = None, *, view: int = 64) -> RegistryData | None:
        """Read one value's data, or the default when key or value is not there."""
        key = self.open(path, view)
        return default if key is None else key.get(name, default)

    def set(self, path: str, name: str, data: RegistryData, kind: ValueKind | None = None) -> None:
        """Write one value; without a kind, numbers are DWord, tuples MultiString, bytes Binary."""
        self.create(path).set(name, kind or _natural_kind(data), data)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form of all hives."""
        return {name: root.to_json() for name, root in self.roots.items()}

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace all hives by those of the JSON form."""
        self.roots = {name: RegistryKey.from_json(root) for name, root in data.items()}

    def _linked(self, hive: str) -> str:
        if hive == "HKEY_CURRENT_USER":
            return f"HKEY_USERS\\{self.user_sid}"
        return "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes" if hive == "HKEY_CLASSES_ROOT" else hive


def _natural_kind(data: RegistryData) -> ValueKind:
    kinds: dict[type, ValueKind] = {int: ValueKind.DWord, tuple: ValueKind.MultiString, bytes: ValueKind.Binary}
    return kinds.get(type(data), ValueKind.String)


def _encode(data: RegistryData) -> object:
    if isinstance(data, bytes):
        return {"b": base64.b64encode(data).decode("ascii")}
    return list(data) if isinstance(data, tuple) else data


def _decode(data: object) -> RegistryData:
    if isinstance(data, dict):
        return base64.b64decode(data["b"])
    if isinstance(data, list):
        return tuple(data)
    if not isinstance(data, str | int):
        raise TypeError(f"not a registry value: {data!r}")
    return data
