"""The sweep: an apply from the old state to the new one (or the way back) is hurt, and then everything is looked at.

(a) every managed value is the old or the new one      (d) a second apply converges, and a plan is then empty
(b) the mail in the queues is where it belongs         (e) no secret is in any output, file or event
(c) the report and the exit code say what is true      (f) no relay list was open at any write
"""

import base64
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fault_lab import HostInProcess, HostInThread, SweepLab, host_in_thread
from fault_points import LATE_FAILURE, NEVER, Point, Sizes, Victim, Work, all_points, counted, counting
from fault_site import SECRETS, write_sites
from fault_truth import (
    SECRET,
    Bounds,
    View,
    lost_mail,
    metabase_view,
    open_relays,
    place_of,
    put_mail,
    saved_view,
    view,
)

from iisrelay.cli.app import run as run_command_line
from iisrelay.lab.faults import Event, Fault
from iisrelay.lab.windows.machine import Machine

LEDGER = Path(".iisrelay/secrets.json")
HISTORY = Path(".iisrelay/history")
CONTROLLER = Path(__file__).parent / "mortal_controller.py"
BOLD = ("--allow", "many-changes")
FAILED, PARTIAL = 1, 5
ENDS = ("old", "new", "secrets", "mixed")
DONE = ("applied", "unchanged")
NOT_DONE = ("failed", "skipped")
EXIT_CODES = {
    "applied": 0, "in_sync": 0, "reboot_required": 8, "partial": 5, "failed": 1, "unreachable": 4, "refused": 7,
}  # fmt: skip
# What nobody can bring about while a fault lasts that prevents it, and what the service notes of it.
STATES = frozenset({"ServerState", "ServerAutoStart", "state"})
WAIT_S = 60.0
POLL_S = 0.01


@dataclass(frozen=True)
class Ran:
    """A command that was run."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out) if self.out.strip() else {}
        return found

    @property
    def changes(self) -> list[dict[str, Any]]:
        return [change for host in self.document.get("hosts", ()) for change in host["changes"]]

    @property
    def error(self) -> dict[str, Any] | None:
        return next((host["error"] for host in self.document.get("hosts", ()) if host["error"]), None)


def command(*arguments: str) -> Ran:
    """Run iisrelay in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command_line([*arguments, "--lab", "-o", "json", "--quiet"])
    return Ran(code, out.getvalue(), err.getvalue())


@dataclass
class Outcome:
    """What came of a point; ``end`` is old, new, mixed, or secrets: old but for passwords, which no host gives back."""

    point: Point
    end: str = ""
    code: int | None = None
    reached: bool = True
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scene:
    """Where a command starts, and where it leads: the host, what is remembered of it here, the words, the states."""

    state: str
    memory: Path
    words: tuple[str, ...]
    bounds: Bounds

    def remember(self) -> None:
        """Put back what the controller remembers: the history, and hashes of passwords."""
        shutil.rmtree(HISTORY, ignore_errors=True)
        shutil.copytree(self.memory / HISTORY.name, HISTORY)
        shutil.copy(self.memory / LEDGER.name, LEDGER)


class Sweep:
    """A prepared sweep in the current folder: both states, and the points between them."""

    def __init__(self, lab: HostInThread, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.old_site, self.new_site = write_sites(Path(), folder / "secrets")
        self._done("apply", self.old_site)
        with lab.host.machine.lock:
            put_mail(lab.host.machine)
        old, memory, self.before = self._now("old")
        self.new_words = ("apply", str(self.new_site), "--yes")
        counts = self._counted(*self.new_words)
        new, new_memory, self.after = self._now("new")
        back = ("rollback", "--site", str(self.new_site), "--yes", *BOLD)
        back_counts = self._counted(*back, codes=(0, PARTIAL))
        self.bounds = Bounds(view(self.before), view(self.after))
        there = Scene(old, memory, self.new_words, self.bounds)
        self.scenes = {
            Work.APPLY: there,
            Work.STOP: replace(there, words=(*there.words, "--on-failure", "stop")),
            Work.CONTINUE: replace(there, words=(*there.words, "--on-failure", "continue")),
            Work.ROLLBACK: Scene(new, new_memory, back, Bounds(view(self.after), view(lab.look()))),
        }
        self._begin(there, lab)
        undone = self._counted(*there.words, codes=(FAILED, PARTIAL), faults=[LATE_FAILURE])
        self._begin(there, lab)
        self.points = all_points(Sizes(counts, back_counts, undone, files=self._file_steps()))

    def _now(self, name: str) -> tuple[str, Path, Machine]:
        """Keep the state of the host, and what the controller remembers."""
        memory = self.folder / name
        shutil.copytree(HISTORY, memory / HISTORY.name)
        shutil.copy(LEDGER, memory / LEDGER.name)
        machine = self.lab.look()
        return json.dumps(machine.to_json()), memory, machine

    def _done(self, *words: str | Path, codes: tuple[int, ...] = (0,)) -> None:
        ran = command(*map(str, words), *(("--yes",) if "--yes" not in words else ()))
        if ran.code not in codes:
            raise AssertionError(f"{words} without a disturbance gives {ran.code}: {ran.out}{ran.err}")

    def _counted(self, *words: str, codes: tuple[int, ...] = (0,), faults: Sequence[Fault] = ()) -> dict[Event, int]:
        """Run a command, and count what happens on the host."""
        self.lab.set_faults([*faults, *counting()])
        self._done(*words, codes=codes)
        return counted(self.lab.host.machine.faults.seen)

    def _file_steps(self) -> int:
        """Count the steps that the controller makes with its own files."""
        ran = self._in_process(self.scenes[Work.APPLY], NEVER)
        return int(ran.communicate()[1].rsplit(" ", 1)[-1])

    def run(self, point: Point) -> Outcome:
        """Run one point."""
        if point.victim is Victim.LAB:
            return self._on_a_process(point)
        return self._run(point, self.lab)

    def _on_a_process(self, point: Point) -> Outcome:
        self.lab.pause()
        try:
            return self._run(point, HostInProcess())
        finally:
            self.lab.resume()

    def _begin(self, scene: Scene, lab: SweepLab) -> None:
        lab.put(scene.state)
        scene.remember()

    def _run(self, point: Point, lab: SweepLab) -> Outcome:
        scene = self.scenes[point.work]
        self._begin(scene, lab)
        lab.set_faults(point.faults)
        is_killed = point.victim is Victim.CONTROLLER
        ran = self._killed(point, scene, lab) if is_killed else command(*scene.words)
        outcome = Outcome(point, code=ran.code, reached=self._is_reached(point, ran, lab))
        lab.set_faults(())
        machine = lab.look()
        now = view(machine)
        outcome.end = _end(scene.bounds, now)
        excused = STATES if ran.code and point.lasts else frozenset()
        outcome.violations += [f"(a) {stray}" for stray in scene.bounds.strays(now, excused)]
        outcome.violations += [f"(b) {text}" for text in lost_mail(machine, self.before, self.after)]
        if not is_killed:
            outcome.violations += [f"(c) {lie}" for lie in self.untruths(ran, machine, scene.bounds)]
        outcome.violations += [f"(d) {problem}" for problem in self._second(lab)]
        outcome.violations += [f"(e) {leak}" for leak in leaks([ran.out, ran.err])]
        outcome.violations += [f"(f) open: {name}" for name in sorted(set(self.lab.open_relays))]
        return outcome

    def _is_reached(self, point: Point, ran: Ran, lab: SweepLab) -> bool:
        return ran.code == -signal.SIGKILL if point.file else lab.fired() >= point.needed

    def _killed(self, point: Point, scene: Scene, lab: SweepLab) -> Ran:
        """Run the controller in a process of its own, and kill it when the last fault has gone off, or at a file."""
        process = self._in_process(scene, point.file)
        deadline = time.monotonic() + WAIT_S
        while (point.file or lab.fired() < point.needed) and process.poll() is None:
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_S)
        process.kill()
        out, err = process.communicate()
        return Ran(process.returncode, out, err)

    def _in_process(self, scene: Scene, file: int) -> subprocess.Popen[str]:
        start = [str(CONTROLLER), str(file)] if file else ["-m", "iisrelay"]
        words = [sys.executable, *start, *scene.words, "--lab", "-o", "json"]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def untruths(self, ran: Ran, machine: Machine, bounds: Bounds) -> Iterator[str]:
        """Compare a report with the machine."""
        now = view(machine)
        if not ran.document or "Traceback" in ran.err:
            yield f"no report: {ran.out}{ran.err}"
        status = ran.document.get("status", "")
        expected = ran.error["exit_code"] if ran.error else EXIT_CODES.get(status)
        if ran.code != expected:
            yield f"exit code {ran.code} for the status {status!r}"
        for change in ran.changes:
            yield from _untrue(change, machine, now, bounds)
        if ran.code in (0, 8):
            yield from _unfinished(machine, bounds)

    def _second(self, lab: SweepLab) -> Iterator[str]:
        ran = command(*self.new_words, *BOLD)
        if ran.code not in (0, 8):
            yield f"a second apply gives {ran.code}: {told(ran)}"
            return
        planned = command("plan", str(self.new_site), "--detailed-exitcode")
        if planned.code:
            yield f"a plan after the second apply gives {planned.code}: {told(planned)}"
        machine = lab.look()
        yield from _unfinished(machine, self.bounds)
        yield from lost_mail(machine)


def _end(bounds: Bounds, now: View) -> str:
    if all(now.get(place) == bounds.new.get(place) for place in bounds.places(now)):
        return "new"
    changed = [place for place in bounds.places(now) if now.get(place) != bounds.old.get(place)]
    if not changed:
        return "old"
    return "secrets" if all(name in SECRET for _, _, name in changed) else "mixed"


def _untrue(change: dict[str, Any], machine: Machine, now: View, bounds: Bounds) -> Iterator[str]:
    place, outcome = place_of(change), change["outcome"]
    if place is None:
        is_new, is_old = machine.files.is_directory(change["path"]) == (change["action"] != "delete"), True
    else:
        is_new = now.get(place) == bounds.new.get(place)
        is_old = now.get(place) == bounds.old.get(place)
    said = f"{change['setting']} {change['name']}: reported as {outcome}"
    if outcome in DONE and not is_new:
        yield f"{said}, but is {now.get(place) if place else 'missing'!r}"
    if outcome in NOT_DONE and is_new and not is_old:
        yield f"{said}, but is made"
    if outcome in ("pending", "rolled_back") and not is_old:
        yield f"{said}, but is not as before"
    claims = "is stored" in change["message"] and "undone" not in change["message"]
    if outcome == "not_verified" and is_old and not is_new and claims:
        yield f"{said} ({change['message']}), but is as before"
    if outcome == "rolled_back" and place is not None and change["name"] == "KeyType":
        yield from (f"{said}, but {stray} is not as before" for stray in bounds.changed_below(place, now))


def _unfinished(machine: Machine, bounds: Bounds) -> Iterator[str]:
    now = view(machine)
    for place in sorted(bounds.places(now)):
        if now.get(place) != bounds.new.get(place):
            yield f"success, but {place} is {now.get(place)!r}"
    if saved_view(machine) != metabase_view(machine.metabase.root):
        yield "success, but the configuration on disk is another"


def told(ran: Ran) -> str:
    """Give what a report says of what went wrong."""
    if ran.error:
        return str(ran.error["message"])
    changes = [change for change in ran.changes if change["outcome"] not in DONE]
    return "; ".join(f"{change['setting']}: {change['outcome']} {change['message']}" for change in changes) or ran.err


def leaks(texts: Iterable[str]) -> Iterator[str]:
    """Look for the passwords, as they are and in the usual encodings, in texts and in all files below this folder."""
    forms = {secret: list(_forms(secret)) for secret in SECRETS}
    named = [("output", text.encode()) for text in texts]
    named += [(str(path), path.read_bytes()) for path in Path().rglob("*") if path.is_file()]
    for name, data in named:
        for secret, shapes in forms.items():
            if any(shape in data for shape in shapes):
                yield f"{secret[:10]}... is in {name}"


def _forms(secret: str) -> Iterator[bytes]:
    for data in (secret.encode(), secret.encode("utf-16-le")):
        yield data
        for shift in range(3):  # base64 has three ways to write what stands in the middle of something
            whole = base64.b64encode(bytes(shift) + data)
            yield whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]


def prepared(folder: Path) -> Iterator[Sweep]:
    """Prepare a sweep in a folder, which becomes the current one."""
    work = folder / "work"
    work.mkdir()
    before = Path.cwd()
    os.chdir(work)
    try:
        with host_in_thread(open_relays) as lab:
            yield Sweep(lab, folder)
    finally:
        os.chdir(before)


def table(outcomes: Iterable[Outcome]) -> str:
    """Give the figures by sort of fault."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.point.group, []).append(outcome)
    groups["all"] = [outcome for group in list(groups.values()) for outcome in group]
    head = f"{'fault':22}{'points':>8}{'reached':>9}{'old':>6}{'new':>6}{'secrets':>9}{'mixed':>7}{'violations':>12}"
    lines = [head]
    for name, members in groups.items():
        ends = [sum(outcome.end == end for outcome in members) for end in ENDS]
        reached, violations = sum(one.reached for one in members), sum(bool(one.violations) for one in members)
        lines.append(f"{name:22}{len(members):8}{reached:9}{ends[0]:6}{ends[1]:6}{ends[2]:9}{ends[3]:7}{violations:12}")
    return "\n".join(lines)
