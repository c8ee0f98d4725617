"""The Received headers of a message: every hop, and how the message left the relay."""

from collections.abc import Iterator

from iisrelay.tls.headers.hop import read_hops
from iisrelay.tls.headers.message import read_trace
from iisrelay.tls.headers.model import UNKNOWN_VERSION, Hop, Route, Security, Software, Verdict
from iisrelay.tls.headers.verdict import explain, find_leaving

__all__ = ["UNKNOWN_VERSION", "Hop", "Route", "Security", "Software", "Verdict", "parse_message"]

CLOCK_TOLERANCE_S = 5.0


def parse_message(text: bytes | str) -> Route:
    """Read a message, or headers copied out of one. Never raises: what cannot be read is missing, or told in a note."""
    trace = read_trace(text)
    hops = read_hops(trace.received)
    leaving = find_leaving(hops)
    return Route(
        hops=hops,
        leaving=leaving.hop.number if leaving.hop else None,
        verdict=leaving.hop.verdict if leaving.hop else Verdict.UNKNOWN,
        explanation=explain(hops, leaving),
        notes=(*trace.notes, *_clock_notes(hops)),
    )


def _clock_notes(hops: tuple[Hop, ...]) -> Iterator[str]:
    for hop in hops:
        if hop.time is None:
            yield f"Hop {hop.number} ({hop.by or 'no name'}) has no readable date."
        elif hop.delay_s is not None and hop.delay_s < -CLOCK_TOLERANCE_S:
            yield (
                f"Hop {hop.number} ({hop.by or 'no name'}) is stamped {-hop.delay_s:g} s before the hop it came from: "
                "one of the two clocks is wrong."
            )
