r"""WMI object paths: ``\\HOST\root\MicrosoftIISv2:IIsSmtpServerSetting.Name="SmtpSvc/1"``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iisrelay.lab.windows.wmi.failures import INVALID_OBJECT_PATH, management_error

DEFAULT_NAMESPACE = r"root\cimv2"

_PATH = re.compile(
    r"""^(?:\\\\(?P<host>[^\\]+)\\)?
        (?:(?P<namespace>[^:."=]+):)?
        (?P<class_name>\w+)
        (?P<keys>=@|=.+|\..+)?$""",
    re.VERBOSE | re.DOTALL,
)
_KEY = re.compile(
    r"""(?P<name>\w+)\s*=\s*(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^,]+))"""
)


@dataclass(frozen=True)
class ObjectPath:
    """A path taken apart; ``keys`` are (name, text), the name "" stands for the only key."""

    host: str
    namespace: str
    class_name: str
    keys: tuple[tuple[str, str], ...] = ()
    is_singleton: bool = False

    @property
    def is_instance(self) -> bool:
        """Tell whether the path names an instance rather than a class."""
        return bool(self.keys) or self.is_singleton


def parse_path(text: str, namespace: str = DEFAULT_NAMESPACE) -> ObjectPath:
    """Take a path apart; what it leaves out comes from the defaults.

    Raises:
        NetError: 0x8004103A when the text is no path.
    """
    match = _PATH.match(text.strip())
    if match is None:
        raise management_error(INVALID_OBJECT_PATH)
    keys = match["keys"] or ""
    pairs: tuple[tuple[str, str], ...] = ()
    if keys.startswith("."):
        pairs = tuple((item["name"], _key_text(item)) for item in _KEY.finditer(keys[1:]))
    elif keys and keys != "=@":
        pairs = tuple(("", _key_text(item)) for item in _KEY.finditer("key" + keys))
    if keys and keys != "=@" and not pairs:
        raise management_error(INVALID_OBJECT_PATH)
    return ObjectPath(match["host"] or ".", match["namespace"] or namespace, match["class_name"], pairs, keys == "=@")


def quote(value: object) -> str:
    """Write a key's value into a path."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key_text(match: re.Match[str]) -> str:
    quoted = match["double"] if match["double"] is not None else match["single"]
    return match["bare"].strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
