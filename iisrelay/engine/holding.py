"""Who holds a host, and whether we may take it all the same."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from iisrelay.engine.history import owner
from iisrelay.errors import RefusedError
from iisrelay.script.terms import ANYBODY
from iisrelay.state.observed import ApplyRecord, Observed

OWNER = re.compile(r"(?P<who>.+), process (?P<process>\d+)")
UNDO = ".undo"  # ends the identity of the script that undoes an apply
REVIVE = ".revive"  # ends that of the script that starts the services of the metabase again

_under_way: set[str] = set()  # the applies of this very process
_guard = threading.Lock()


@contextmanager
def under_way(identity: str) -> Iterator[None]:
    """Note that this process is at an apply, so that it does not take its own lock for one that was left behind."""
    with _guard:
        _under_way.add(identity)
    try:
        yield
    finally:
        with _guard:
            _under_way.discard(identity)


def taken_over(observed: Observed, *, break_lock: bool) -> str:
    """Give the identity of the apply that may be taken over ("" where nobody holds the host).

    Raises:
        RefusedError: when somebody holds the host.
    """
    if break_lock:
        return ANYBODY
    record = observed.record
    if record is None or not record.holds:
        return ""
    if not record.alive and _is_left_behind(record):
        return record.identity
    doing = "is at work on the host" if record.alive else "holds the host"
    raise RefusedError(
        f"another apply {doing}: {record.owner}, since {record.since}, until {record.until} at the latest",
        hint="wait until it is done; when nobody is at work any more, --break-lock takes the host",
    )


def _is_left_behind(record: ApplyRecord) -> bool:
    """Tell whether a lock is from this user on this controller, and from a process that has ended."""
    theirs, ours = OWNER.fullmatch(record.owner), OWNER.fullmatch(owner())
    if theirs is None or ours is None or theirs["who"] != ours["who"]:
        return False
    if theirs["process"] == ours["process"]:
        with _guard:
            return record.identity.removesuffix(UNDO).removesuffix(REVIVE) not in _under_way
    return not _is_running(int(theirs["process"]))


def _is_running(process: int) -> bool:
    if os.name == "nt":
        return True  # asking for a process by a signal would end it there: the lock has to expire
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
