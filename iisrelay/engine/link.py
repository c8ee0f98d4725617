"""The connection to one host, made anew where it broke. Used by one thread at a time."""

import time

from iisrelay.engine.options import Options
from iisrelay.engine.scripts import Answers, run_apply, run_observe
from iisrelay.errors import IisRelayError, ScriptError, TransportError
from iisrelay.plan.model import Plan
from iisrelay.script import Terms
from iisrelay.site.target import Target
from iisrelay.state.observed import Observed
from iisrelay.state.request import Request
from iisrelay.transport.base import Transport

RECONNECTS = 4  # with pauses of 1, 2 and 4 seconds in between
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 10.0
LEAST_S = 1.0


class HostLink:
    """Runs the two scripts of the engine on a host."""

    def __init__(self, target: Target, request: Request, options: Options) -> None:
        self.target = target
        self.request = request
        self.options = options
        self._transport: Transport | None = None

    def observe(self, phase: str) -> Observed:
        """Observe the host."""
        self.options.progress(self.target.name, phase)
        return run_observe(self._connected(), self.request, self.target.connection.timeout_s)

    def observe_anew(self, timeout_s: float | None = None) -> Observed:
        """Observe over a new connection, within the connection's time-out or a shorter one."""
        self.close()
        return run_observe(self._connected(), self.request, timeout_s or self.target.connection.timeout_s)

    def observe_surely(self, phase: str) -> Observed:
        """Observe; a connection that breaks is made anew, for reading twice does no harm."""
        self.options.progress(self.target.name, phase)
        try:
            return run_observe(self._connected(), self.request, self.target.connection.timeout_s)
        except (TransportError, ScriptError):
            return self._observe_patiently()

    def _observe_patiently(self) -> Observed:
        """Try several times; a host that hangs each time gets the time of one script for all of them."""
        pause, end = FIRST_PAUSE_S, time.monotonic() + self.target.connection.timeout_s
        for turn in range(RECONNECTS):
            try:
                return self.observe_anew(max(LEAST_S, end - time.monotonic()))
            except (TransportError, ScriptError):
                if turn == RECONNECTS - 1 or time.monotonic() + pause >= end:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
        raise IisRelayError("there is no turn after the last")  # pragma: no cover - the last turn returns or raises

    def apply(self, plan: Plan, terms: Terms) -> Answers:
        """Run the script that applies a plan."""
        return run_apply(self._connected(), plan, terms, self.target.connection.timeout_s)

    def recover(self, identity: str) -> Observed:
        """Find out how an apply stands whose answer was lost: wait until its script has ended, and observe.

        Raises:
            TransportError: the host does not come back.
        """
        self.options.progress(self.target.name, "connecting again")
        deadline = time.monotonic() + self.target.connection.timeout_s
        pause = FIRST_PAUSE_S
        observed = self._observe_patiently()
        while is_at_work(observed, identity) and time.monotonic() < deadline:
            self.options.progress(self.target.name, "waiting for the script on the host")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            observed = self._observe_patiently()
        return observed

    def close(self) -> None:
        """Let go of the host."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def _connected(self) -> Transport:
        if self._transport is None:
            self._transport = self.options.connect(self.target.connection)
        return self._transport


def is_at_work(observed: Observed, identity: str) -> bool:
    """Tell whether the script of an apply still runs on the host."""
    record = observed.record
    return record is not None and record.identity == identity and record.state == "running" and record.alive
