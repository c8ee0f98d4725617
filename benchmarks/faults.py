"""Hurts an apply at every point that it has, and looks whether the host, the report and the mail are sound.

    python benchmarks/faults.py [--points N] [--processes 2] [--only GROUP]

Every point starts from the old state of a host with five virtual servers, runs one apply to the new state (or from the
new one, and runs a rollback), looks, and applies once more. Without --points all of them are run; the table says how
the host was left before the second apply: as before, as wanted, as before but for overwritten passwords, or in between.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "faults"))

from fault_points import spread
from fault_sweep import Outcome, prepared, table


def share(number: int, processes: int, points: int | None, only: str) -> list[Outcome]:
    """Run one process's share of the points."""
    with tempfile.TemporaryDirectory() as folder:
        for sweep in prepared(Path(folder)):
            wanted = [point for point in sweep.points if only in point.group]
            chosen = spread(wanted, points or len(wanted))
            return [told(sweep.run(point)) for point in chosen[number::processes]]
    return []


def told(outcome: Outcome) -> Outcome:
    """Show what came of a point at once."""
    unreached = "" if outcome.reached else ", not reached"
    print(f"{outcome.point}: exit code {outcome.code}, {outcome.end}{unreached}", flush=True)
    for violation in outcome.violations:
        print(f"    {violation}", flush=True)
    return outcome


def outcomes(options: argparse.Namespace) -> Iterator[Outcome]:
    work = [(number, options.processes, options.points, options.only) for number in range(options.processes)]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for found in pool.starmap(share, work):
            yield from found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, help="so many, evenly spread, instead of all")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", metavar="GROUP", help="only faults whose name has this in it")
    options = parser.parse_args()
    start = time.perf_counter()
    found = list(outcomes(options))
    print(table(found))
    print(f"\n{len(found)} points in {time.perf_counter() - start:.0f} seconds")
    sys.exit(any(outcome.violations for outcome in found))


if __name__ == "__main__":
    main()
