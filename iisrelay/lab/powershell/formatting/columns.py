"""The widths of a table's columns."""

from __future__ import annotations

SEPARATOR = 1  # blanks between columns
HIDDEN = -1


def distribute(widths: list[int], total: int) -> list[int]:
    """Give columns of width 0 equal shares of what is left, then fit all into the line; HIDDEN ones fall away."""
    result = list(widths)
    free = [index for index, width in enumerate(widths) if width == 0]
    if free:
        left = total - sum(widths) - SEPARATOR * (len(widths) - 1)
        share, rest = divmod(max(left, len(free)), len(free))
        for place, index in enumerate(free):
            result[index] = share + (1 if place < rest else 0)
    return _trimmed(result, total)


def _trimmed(widths: list[int], total: int) -> list[int]:
    """Narrow or hide columns from the right until the rest fits."""
    while True:
        visible = [index for index, width in enumerate(widths) if width != HIDDEN]
        used = sum(widths[index] for index in visible) + SEPARATOR * (len(visible) - 1)
        if used <= total or not visible:
            return widths
        last = visible[-1]
        narrowed = widths[last] - (used - total)
        widths[last] = narrowed if narrowed >= 1 or len(visible) == 1 else HIDDEN
        if len(visible) == 1:
            widths[last] = max(narrowed, 1)
            return widths
