"""The time a script may take, all requests together."""

import time

from iisrelay.errors import DeadlineError

LONGEST_WAIT_S = 60.0  # one Receive asks the host to hold its answer no longer than this


class Deadline:
    """Counts down from the time allowed."""

    def __init__(self, timeout_s: float, host: str) -> None:
        self._timeout_s = timeout_s
        self._host = host
        self._end = time.monotonic() + timeout_s

    def remaining_s(self) -> float:
        """Tell how much time is left.

        Raises:
            DeadlineError: none is.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.error()
        return left

    def wait_s(self) -> int:
        """Tell for how many whole seconds the next request may wait on the host."""
        return max(1, round(min(self.remaining_s(), LONGEST_WAIT_S)))

    def error(self) -> DeadlineError:
        """Say that the time is up."""
        return DeadlineError(
            f"{self._host} did not finish the script within {self._timeout_s:g} seconds; it was told to stop.",
            "Raise the timeout of the connection, or look at what the host is busy with; then plan again.",
        )
