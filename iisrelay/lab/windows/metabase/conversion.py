"""What a property accepts: Automation's coercions, then the bounds of the schema. What it refuses is a COM error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase.acl import AccessControl
from iisrelay.lab.windows.metabase.failures import CANNOT_CONVERT, INVALID_PARAMETER, OVERFLOW, failure
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.windows.metabase.tree import Value
    from iisrelay.settings.metabase_schema import PropertySchema

_TRUE_WORDS = {"true": True, "false": False}


def to_stored(schema: PropertySchema, value: object) -> Value:
    """Turn a value as it comes from a script into the stored form.

    Raises:
        NetError: 0x8000500C for a value of another type, 0x8002000A for a number that is no DWORD, 0x80070057 for one
            out of the bounds of the schema. The last is inferred: no source says how the provider refuses.
    """
    stored = _CONVERSIONS[schema.type](value)
    if schema.type is Kind.DWORD and schema.upper is not None and int(stored) > schema.upper:  # type: ignore[arg-type]
        raise failure(INVALID_PARAMETER)
    return stored


def signed(number: int) -> int:
    """Give a DWORD as the signed 32-bit number that Automation shows."""
    return number - 0x100000000 if number >= 0x80000000 else number


def _to_dword(value: object) -> int:
    if isinstance(value, bool):
        return 0xFFFFFFFF if value else 0  # VARIANT_TRUE is -1
    if isinstance(value, str):
        value = _number_in(value)
    if not isinstance(value, int | float):
        raise failure(CANNOT_CONVERT)
    number = round(value)
    if not -0x80000000 <= number <= 0xFFFFFFFF:
        raise failure(OVERFLOW)
    return number & 0xFFFFFFFF


def _number_in(text: str) -> int:
    try:
        return int(text.strip(), 0) if text.strip().lower().startswith("0x") else int(text)
    except ValueError:
        raise failure(CANNOT_CONVERT) from None


def _to_bool(value: object) -> bool:
    if isinstance(value, str):
        word = _TRUE_WORDS.get(value.strip().lower())
        return bool(_number_in(value)) if word is None else word
    if isinstance(value, int | float):
        return bool(value)
    raise failure(CANNOT_CONVERT)


def _to_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "-1" if value else "0"  # how Automation words a VARIANT_BOOL
    if isinstance(value, str | int | float):
        return str(value)
    raise failure(CANNOT_CONVERT)


def _to_texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (str(value),) if value else ()
    if not isinstance(value, Iterable) or isinstance(value, bytes):
        raise failure(CANNOT_CONVERT)
    return tuple(_to_text(item) for item in value)


def _to_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise failure(CANNOT_CONVERT)
    items = list(value)
    if not all(isinstance(item, int) and 0 <= item <= 0xFF for item in items):
        raise failure(CANNOT_CONVERT)
    return bytes(items)


def _to_list_blob(value: object) -> bytes:
    """A relay list comes as a blob or as an IIsIPSecurity object, which its owner turns into a blob first."""
    if isinstance(value, bytes):
        return value
    raise failure(CANNOT_CONVERT)


def _to_access_control(value: object) -> AccessControl:
    if isinstance(value, AccessControl):
        return value
    raise failure(CANNOT_CONVERT)


_CONVERSIONS: dict[Kind, Callable[[object], Value]] = {
    Kind.DWORD: _to_dword,
    Kind.BOOL: _to_bool,
    Kind.STRING: _to_text,
    Kind.EXPANDSZ: _to_text,
    Kind.MULTISZ: _to_texts,
    Kind.BINARY: _to_bytes,
    Kind.IPSECLIST: _to_list_blob,
    Kind.ACL: _to_access_control,
}
