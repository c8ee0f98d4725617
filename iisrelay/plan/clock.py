"""The one clock that advice with dates goes by."""

import datetime as dt
import os

from iisrelay.errors import UsageError

VARIABLE = "IISRELAY_TODAY"


def today() -> dt.date:
    """Give the date of today; the environment variable IISRELAY_TODAY takes its place, to see what a later day brings.

    Raises:
        UsageError: when the variable is no date.
    """
    written = os.environ.get(VARIABLE, "")
    try:
        return dt.date.fromisoformat(written) if written else dt.datetime.now(dt.UTC).date()
    except ValueError:
        raise UsageError(f"{VARIABLE} is {written!r}, which is no date.", "Write it as 2026-12-31.") from None
