"""COM classes of Windows besides ADSI and WMI: made by name, as ``New-Object -ComObject`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.values import DynamicObject
    from iisrelay.lab.windows.machine import Machine

COM_CLASSES: dict[str, Callable[[Machine], DynamicObject]] = {}  # by lower-case ProgID


def com_class(identifier: str) -> Callable[[Callable[[Machine], DynamicObject]], Callable[[Machine], DynamicObject]]:
    """Register the decorated class or function under a ProgID."""

    def register(factory: Callable[[Machine], DynamicObject]) -> Callable[[Machine], DynamicObject]:
        COM_CLASSES[identifier.lower()] = factory
        return factory

    return register
