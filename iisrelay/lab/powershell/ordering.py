"""The order of values of any type, as Sort-Object and Measure-Object see it."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.operators import compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine


def compare_values(engine: Engine, left: object, right: object, *, case_sensitive: bool = False) -> int:
    """Compare two values: $null first, values that do not compare by their text."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    try:
        return compare(engine, left, right, not case_sensitive)
    except NetError:
        first, second = to_string(engine, left), to_string(engine, right)
        return (first > second) - (first < second)


def sort_key(
    engine: Engine, directions: list[bool], *, case_sensitive: bool = False
) -> Callable[[list[object]], object]:
    """Give the key function for lists of values, each ascending or (true) descending."""

    def compare_lists(left: list[object], right: list[object]) -> int:
        for first, second, descending in zip(left, right, directions, strict=True):
            order = compare_values(engine, first, second, case_sensitive=case_sensitive)
            if order:
                return -order if descending else order
        return 0

    return cmp_to_key(compare_lists)


def same_values(engine: Engine, left: object, right: object, *, case_sensitive: bool = False) -> bool:
    """Tell whether two values sort alike."""
    return compare_values(engine, left, right, case_sensitive=case_sensitive) == 0
