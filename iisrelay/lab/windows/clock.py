"""The simulated server's clock: the real time, shifted on demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Gives the time of a machine; ``advance`` moves it forward without waiting."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def timestamp(self) -> float:
        """Give the present moment as seconds since 1970."""
        return self.now().timestamp()

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.offset_s += seconds
