"""Compares whole applies over many lab hosts: iisrelay, a plain pywinrm loop, ansible's raw module; and counts.

    python benchmarks/fleet.py [--hosts 50] [--memory-hosts 500]

Everything runs on this machine and in one run, lab hosts included: only the relations between the rows mean something.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import peers
import workload
from workload import Fleet

from iisrelay.lab import control

BUDGET_MB = 300


@dataclass(frozen=True)
class Row:
    what: str
    hosts: int
    seconds: float
    requests: int

    @property
    def rate(self) -> float:
        return self.hosts / self.seconds


def measure(what: str, fleet: Fleet, work: Callable[[], object]) -> Row:
    """Run the work on fresh hosts."""
    fleet.reset()
    before, start = fleet.requests(), time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    return Row(what, len(fleet.names), seconds, fleet.requests() - before)


def applies(folder: Path, count: int, jobs: int) -> None:
    fleet = workload.start(folder, count)
    scripts = workload.scripts(fleet)
    sizes = " + ".join(f"{len(script) // 1024} KB" for script in scripts)
    print(
        f"Whole applies (observe, apply, observe: {sizes}) on {count} lab hosts, NTLM with encryption, {jobs} at once\n"
    )
    rows = [
        measure("iisrelay", fleet, lambda: workload.apply(fleet, jobs)),
        measure("pywinrm run_ps, in pieces", fleet, lambda: peers.pywinrm_loop(fleet, scripts, jobs)),
    ]
    ansible = peers.find_ansible()
    if ansible:
        work = lambda: peers.ansible_raw(fleet, scripts, jobs, ansible)  # noqa: E731
        rows.append(measure("ansible -m raw, in pieces", fleet, work))
    print(f"{'':34}{'seconds':>9}{'hosts/s':>9}{'requests a host':>17}{'iisrelay is':>14}")
    for row in rows:
        factor = f"{rows[0].rate / row.rate:.1f} x" if row is not rows[0] else ""
        print(f"{row.what:34}{row.seconds:9.1f}{row.rate:9.1f}{row.requests / row.hosts:17.1f}{factor:>14}")
    if not ansible:
        print("ansible: not measured, it is neither in benchmarks/.venv nor on the path")
    control.delete(fleet.folder, fleet.names)


def requests(folder: Path) -> None:
    fleet = workload.start(folder, 1, servers=5)
    print("\nHTTP requests for one host with 5 virtual servers, NTLM with encryption")
    for what, budget, work in (("plan", 8, workload.plan), ("apply", 16, workload.apply)):
        row = measure(what, fleet, lambda work=work: work(fleet, 1))
        print(f"  {what:6}{row.requests:4}  (budget {budget})")
    control.delete(fleet.folder, fleet.names)


def memory(folder: Path, count: int) -> None:
    fleet = workload.start(folder, count)
    worker = [sys.executable, str(Path(__file__).parent / "memory.py"), str(fleet.folder)]
    done = subprocess.run(worker, capture_output=True, text=True, check=True)
    print(
        f"\nPeak memory of the controller with {count} hosts at once: {done.stdout.strip()} MB (budget {BUDGET_MB} MB)"
    )
    control.delete(fleet.folder, fleet.names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--memory-hosts", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=10, help="hosts at once, for each of the tools")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        applies(Path(folder) / "applies", options.hosts, options.jobs)
        requests(Path(folder) / "requests")
        memory(Path(folder) / "memory", options.memory_hosts)


if __name__ == "__main__":
    main()
