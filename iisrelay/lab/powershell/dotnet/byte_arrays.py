"""Byte arrays of the language to and from Python's bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.values import Byte, PSArray

if TYPE_CHECKING:
    from collections.abc import Iterable


def byte_array(data: bytes | bytearray) -> PSArray:
    """Make a Byte[]."""
    return PSArray(map(Byte, data), "System.Byte")


def to_bytes(items: Iterable[object]) -> bytes:
    """Give the bytes of a Byte[]."""
    return bytes(items)  # type: ignore[arg-type]
