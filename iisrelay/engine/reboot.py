"""Waiting for a host that restarts, where the site file allows that."""

import time
from collections.abc import Callable

from iisrelay.errors import DeadlineError, ScriptError, TransportError
from iisrelay.state.observed import Observed

DEADLINE_S = 1800.0  # updates that were waiting for the same restart are installed in it
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0


def observe_after_reboot(observe: Callable[[], Observed], booted_before: str) -> Observed:
    """Ask the host until it answers with another moment of its start.

    Raises:
        DeadlineError: when it does not come back.
    """
    deadline = time.monotonic() + DEADLINE_S
    pause = FIRST_PAUSE_S
    while time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)
        try:
            observed = observe()
        except (TransportError, ScriptError):
            continue  # it is down, or on its way down or up
        if observed.facts.booted != booted_before:
            return observed
    raise DeadlineError(
        f"the host has not come back from its restart within {DEADLINE_S / 60:.0f} minutes",
        hint="look at its console; when it is up, run apply again",
    )
