"""StringComparison, StringSplitOptions and StringComparer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.culture import compare_ordinal, compare_text
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.values import NetEnum


declare_enum(
    "System.StringComparison",
    {
        "CurrentCulture": 0,
        "CurrentCultureIgnoreCase": 1,
        "InvariantCulture": 2,
        "InvariantCultureIgnoreCase": 3,
        "Ordinal": 4,
        "OrdinalIgnoreCase": 5,
    },
)
declare_enum("System.StringSplitOptions", {"None": 0, "RemoveEmptyEntries": 1}, flags=True)


class StringComparer:
    """System.StringComparer."""

    def __init__(self, *, ignore_case: bool, ordinal: bool) -> None:
        self.ignore_case = ignore_case
        self.ordinal = ordinal

    def compare(self, left: str, right: str) -> int:
        """Order two texts."""
        if self.ordinal:
            return compare_ordinal(left, right, ignore_case=self.ignore_case)
        return compare_text(left, right, ignore_case=self.ignore_case)


_comparer = declare(
    "System.StringComparer",
    python=StringComparer,
    bases=("System.Object", "System.Collections.IComparer", "System.Collections.IEqualityComparer"),
)
_comparer.constants(
    Ordinal=StringComparer(ignore_case=False, ordinal=True),
    OrdinalIgnoreCase=StringComparer(ignore_case=True, ordinal=True),
    CurrentCulture=StringComparer(ignore_case=False, ordinal=False),
    CurrentCultureIgnoreCase=StringComparer(ignore_case=True, ordinal=False),
    InvariantCulture=StringComparer(ignore_case=False, ordinal=False),
    InvariantCultureIgnoreCase=StringComparer(ignore_case=True, ordinal=False),
)


@_comparer.method("Compare")
def compare(value: StringComparer, left: str, right: str) -> int:
    """Order two texts."""
    return value.compare(left, right)


@_comparer.method("Equals")
def equals(value: StringComparer, left: str, right: str) -> bool:
    """Tell whether two texts are equal."""
    return value.compare(left, right) == 0


def same_text(left: str, right: str, comparison: NetEnum) -> bool:
    """Tell whether two texts are equal under a StringComparison."""
    return left.lower() == right.lower() if int(comparison) % 2 == 1 else left == right
