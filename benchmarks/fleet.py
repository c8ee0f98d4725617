"""Compares whole applies over many lab hosts: iisrelay, a plain pywinrm loop, ansible's raw module; and counts.

    python benchmarks/fleet.py [--hosts 50] [--jobs 10] [--memory-hosts 500]

Ansible is taken from benchmarks/.venv (python -m venv benchmarks/.venv; pip install ansible-core pywinrm) or the path.

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


def show(row: Row, ours: Row) -> None:
    factor = "" if row is ours else f"{ours.rate / row.rate:.1f} x"
    rates = f"{row.seconds:9.1f}{row.rate:9.1f}{row.requests / row.hosts:17.1f}"
    print(f"{row.what:34}{rates}{factor:>14}", flush=True)


def applies(fleet: Fleet, jobs: int) -> None:
    scripts = workload.scripts(fleet)
    sizes = " + ".join(f"{len(script) // 1024} KB" for script in scripts)
    print(f"Whole applies of {sizes} (observe, apply, observe), NTLM with encryption")
    print(f"{len(fleet.names)} lab hosts, {jobs} of them at once\n")
    print(f"{'':34}{'seconds':>9}{'hosts/s':>9}{'requests a host':>17}{'iisrelay is':>14}")
    ours = measure("iisrelay", fleet, lambda: workload.apply(fleet, jobs))
    show(ours, ours)
    show(measure("pywinrm run_ps, in pieces", fleet, lambda: peers.pywinrm_loop(fleet, scripts, jobs)), ours)
    ansible = peers.find_ansible()
    if ansible:
        work = lambda: peers.ansible_raw(fleet, scripts, jobs, ansible)  # noqa: E731
        show(measure("ansible -m raw, in pieces", fleet, work), ours)
    else:
        print("ansible: not measured, it is neither in benchmarks/.venv nor on the path")


def requests(fleet: Fleet) -> None:
    print("\nHTTP requests for one host with 5 virtual servers, NTLM with encryption")
    for what, budget, work in (("plan", 8, workload.plan), ("apply", 16, workload.apply)):
        row = measure(what, fleet, lambda work=work: work(fleet, 1))
        print(f"  {what:6}{row.requests:4}  (budget {budget})")


def memory(fleet: Fleet) -> None:
    worker = [sys.executable, str(Path(__file__).parent / "memory.py"), str(fleet.folder)]
    done = subprocess.run(worker, capture_output=True, text=True, check=True)
    count, used = len(fleet.names), done.stdout.strip()
    print(f"\nPeak memory of the controller with {count} hosts at once: {used} MB (budget {BUDGET_MB} MB)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--memory-hosts", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=10, help="hosts at once, for each of the tools")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with workload.running(Path(folder) / "applies", options.hosts) as fleet:
            applies(fleet, options.jobs)
        with workload.running(Path(folder) / "requests", 1, servers=5) as fleet:
            requests(fleet)
        with workload.running(Path(folder) / "memory", options.memory_hosts) as fleet:
            memory(fleet)


if __name__ == "__main__":
    main()
