"""Where an apply can be hurt: the points of a sweep, made from what an undisturbed apply does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from iisrelay.lab.faults import EVENTS, Event, Fault, Kind

NEVER = 10**9
GOLDEN_RATIO = (5**0.5 - 1) / 2  # multiples of it, without their whole parts, fill the space between 0 and 1 evenly
# Every HRESULT that is documented for the metabase and that a write may give.
CODES = (
    0x80070003,  # ERROR_PATH_NOT_FOUND
    0x80070005,  # E_ACCESSDENIED
    0x800700B7,  # ERROR_ALREADY_EXISTS
    0x80005000,  # E_ADS_BAD_PATHNAME
    0x80005006,  # E_ADS_PROPERTY_NOT_SUPPORTED
    0x8000500D,  # E_ADS_PROPERTY_NOT_FOUND
    0x800CC801,  # MD_ERROR_DATA_NOT_FOUND
    0x800CC808,  # MD_ERROR_CANNOT_REMOVE_SECURE_ATTRIBUTE
    0x800CC810,  # MD_ERROR_IISAO_INVALID_SCHEMA
    0x800CC819,  # MD_ERROR_READ_METABASE_FILE
    0x800CC81D,  # MD_ERROR_NO_SESSION_KEY
)
SAVE_CODES = (0x000CC809, 0x80070005, 0x80070070, 0x800CC819)  # the first is MD_WARNING_SAVE_FAILED
HOUR_S = 3600
DOWN_S = 0.5
STALL_S = 20.0
CUTS = (Kind.CUT_BEFORE, Kind.CUT_DURING, Kind.CUT_AFTER)
CUT, IN_A_ROW = "connection cut", "cuts in a row"
LATE_WRITE = 18  # after it some changes of every sort are made, and have to be undone
LATE_FAILURE = Fault(Kind.FAIL_WRITE, at=LATE_WRITE)
# One fault that never goes off for each event: what is to be counted.
COUNTERS = {
    Event.REQUEST: Kind.STALL,
    Event.WRITE: Kind.CLOCK_JUMP,
    Event.SAVE: Kind.FAIL_SAVE,
    Event.REGISTRY: Kind.DENY_REGISTRY,
    Event.START: Kind.STUCK_START,
    Event.STOP: Kind.STUCK_STOP,
    Event.DISK: Kind.FULL_DISK,
}


class Victim(StrEnum):
    """Who is hurt by a point, and so how it has to be run."""

    HOST = "host"
    CONTROLLER = "controller"  # killed when the last fault has gone off, or at a step with its own files
    LAB = "lab"  # the process of the lab host is killed


class Work(StrEnum):
    """What is hurt."""

    APPLY = "apply"  # from the old state to the new one, undone when it fails
    STOP = "stop"  # the same with --on-failure stop
    CONTINUE = "continue"  # the same with --on-failure continue
    ROLLBACK = "rollback"  # the command, from the new state back to the old one


@dataclass(frozen=True)
class Point:
    """Faults at places of an apply or a rollback; ``file`` is the step with its own files that ends the controller."""

    group: str
    faults: tuple[Fault, ...]
    victim: Victim = Victim.HOST
    work: Work = Work.APPLY
    file: int = 0

    @property
    def lasts(self) -> bool:
        """Tell whether a fault stays until somebody takes it away."""
        return any(fault.at is None for fault in self.faults)

    @property
    def needed(self) -> int:
        """Tell how many of the faults have to go off: of cuts in a row those that a patient controller meets."""
        return 1 if self.group.endswith(IN_A_ROW) else len(self.faults)

    def __str__(self) -> str:
        texts = list(map(_text, self.faults[: self.needed]))
        return " ".join([self.group, *texts, *([f"@{self.file}"] if self.file else [])])


def _text(fault: Fault) -> str:
    occurrence = f"@{fault.at}" if fault.at else ""
    code = "" if fault.code == Fault.code else f",code=0x{fault.code:X}"
    name = f",name={fault.name}" if fault.name else ""
    return f"{fault.kind}{occurrence}{name}{code}"


def counting() -> list[Fault]:
    """Give faults that count events and never go off."""
    return [Fault(kind, at=NEVER) for kind in COUNTERS.values()]


def counted(seen: Sequence[int]) -> dict[Event, int]:
    """Give how often each event came, from what the counters have seen (other faults may stand before them)."""
    return dict(zip(COUNTERS, seen[-len(COUNTERS) :], strict=True))


Counts = dict[Event, int]


@dataclass(frozen=True)
class Sizes:
    """How much happens in an undisturbed apply and rollback, and in an apply that is undone."""

    apply: Counts
    rollback: Counts
    undone: Counts
    files: int  # steps of the controller with its own files


def all_points(sizes: Sizes) -> list[Point]:
    """Give every point."""
    return [
        *_connections(sizes.apply, Work.APPLY),
        *_answers(sizes.apply[Event.REQUEST]),
        *(Point("kill, own files", (), Victim.CONTROLLER, file=number) for number in range(1, sizes.files + 1)),
        *_writes(sizes.apply[Event.WRITE]),
        *_events(sizes.apply),
        *_persistent(),
        *_rollbacks(sizes.rollback),
        *_undone(sizes.apply, sizes.undone),
        *_milder(sizes.apply),
    ]


def _named(work: Work, name: str) -> str:
    return name if work is Work.APPLY else f"{work}: {name}"


def _connections(counts: Counts, work: Work) -> Iterator[Point]:
    """Give what can happen to each request: the three cuts, and the end of who has sent it."""
    for number in range(1, counts[Event.REQUEST] + 1):
        for kind in CUTS:
            yield Point(_named(work, CUT), (Fault(kind, at=number),), work=work)
        stall = Fault(Kind.STALL, at=number, seconds=STALL_S)
        yield Point(_named(work, "kill controller"), (stall,), Victim.CONTROLLER, work)


def _answers(count: int) -> Iterator[Point]:
    """Give a service that fails at one request, cuts in a row, and a slow host."""
    for number in range(1, count + 1):
        yield Point("http-error", (Fault(Kind.HTTP_ERROR, at=number, code=(401, 500, 503)[number % 3]),))
        for length in (3, 40) if number % 2 else ():
            row = tuple(Fault(CUTS[turn % len(CUTS)], at=number + turn) for turn in range(length))
            yield Point(f"{length} {IN_A_ROW}", row)
    yield Point("slow host", (Fault(Kind.STALL, seconds=0.1),))


def _writes(count: int) -> Iterator[Point]:
    for number in range(1, count + 1):
        yield Point("fail-write", (Fault(Kind.FAIL_WRITE, at=number, code=CODES[number % len(CODES)]),))
        yield Point("ignore-write", (Fault(Kind.IGNORE_WRITE, at=number),))
        yield Point("power-loss", (Fault(Kind.POWER_LOSS, at=number, seconds=DOWN_S if number % 2 else 0),))
        yield Point("restart", (Fault(Kind.RESTART, at=number, seconds=0 if number % 2 else DOWN_S),))
        if number % 2:
            yield Point("clock-jump", (Fault(Kind.CLOCK_JUMP, at=number, seconds=HOUR_S * (number % 4 - 2)),))
            yield Point("kill lab", (Fault(Kind.KILL, at=number),), Victim.LAB)


def _events(counts: Counts) -> Iterator[Point]:
    """Give a failure at each change of the registry, start, stop, need of room, and save."""
    for kind in (Kind.DENY_REGISTRY, Kind.STUCK_START, Kind.STUCK_STOP, Kind.FULL_DISK):
        step = 2 if kind is Kind.FULL_DISK else 1  # most of these are files of the same sort
        for number in range(1, counts[EVENTS[kind]] + 1, step):
            yield Point(kind, (Fault(kind, at=number),))
    for number in range(1, counts[Event.SAVE] + 1):
        for code in SAVE_CODES[number % 2 :: 2]:
            yield Point(Kind.FAIL_SAVE, (Fault(Kind.FAIL_SAVE, at=number, code=code),))


def _persistent() -> Iterator[Point]:
    """Give faults that stay: one property of one virtual server, a service, a key of the registry."""
    yield Point("full-disk always", (Fault(Kind.FULL_DISK),))
    for code in CODES:
        yield Point("fail-write always", (Fault(Kind.FAIL_WRITE, path="SmtpSvc/2", name="HopCount", code=code),))
    for name in ("RelayIpList", "ServerBindings", "RoutePassword", "SmartHost", "KeyType"):
        yield Point("fail-write always", (Fault(Kind.FAIL_WRITE, name=name),))
        yield Point("ignore-write always", (Fault(Kind.IGNORE_WRITE, name=name),))
    for name in ("SMTPSVC", "IISADMIN", "SmtpSvc/5"):
        yield Point("stuck-stop always", (Fault(Kind.STUCK_STOP, name=name),))
        yield Point("stuck-start always", (Fault(Kind.STUCK_START, name=name),))
    yield Point("deny-registry always", (Fault(Kind.DENY_REGISTRY),))
    for code in SAVE_CODES:
        yield Point("fail-save always", (Fault(Kind.FAIL_SAVE, code=code),))


def _rollbacks(counts: Counts) -> Iterator[Point]:
    """Give the points of the command that rolls back."""
    yield from _connections(counts, Work.ROLLBACK)
    for number in range(1, counts[Event.WRITE] + 1, 5):
        for kind in (Kind.FAIL_WRITE, Kind.IGNORE_WRITE, Kind.POWER_LOSS, Kind.RESTART):
            fault = Fault(kind, at=number + kind.value.count("-"), code=CODES[number % len(CODES)])
            yield Point(_named(Work.ROLLBACK, kind), (fault,), work=Work.ROLLBACK)
    for kind in (Kind.STUCK_START, Kind.STUCK_STOP):
        for number in range(1, counts[EVENTS[kind]] + 1):
            yield Point(_named(Work.ROLLBACK, kind), (Fault(kind, at=number),), work=Work.ROLLBACK)


def _undone(apply: Counts, undone: Counts) -> Iterator[Point]:
    """Give two faults at once: a write fails, and something more goes wrong while the apply is undone."""
    # The apply itself has ended before its last observation and the closing of its shell.
    for number in range(apply[Event.REQUEST] - 5, undone[Event.REQUEST] + 1):
        for kind in CUTS:
            yield Point(f"undoing: {CUT}", (LATE_FAILURE, Fault(kind, at=number)))
        row = tuple(Fault(Kind.CUT_BEFORE, at=number + turn) for turn in range(4))
        yield Point(f"undoing: {IN_A_ROW}", (*row, LATE_FAILURE))
        stall = Fault(Kind.STALL, at=number, seconds=STALL_S)
        yield Point("undoing: kill controller", (LATE_FAILURE, stall), Victim.CONTROLLER)
    for number in range(LATE_WRITE + 1, undone[Event.WRITE] + 1, 4):
        for kind in (Kind.FAIL_WRITE, Kind.IGNORE_WRITE, Kind.POWER_LOSS, Kind.RESTART):
            yield Point(f"undoing: {kind}", (LATE_FAILURE, Fault(kind, at=number)))


def _milder(counts: Counts) -> Iterator[Point]:
    """Give failures of which nothing is undone."""
    for work in (Work.STOP, Work.CONTINUE):
        for number in range(1, counts[Event.WRITE] + 1, 4):
            yield Point(work, (Fault(Kind.FAIL_WRITE, at=number, code=CODES[number % len(CODES)]),), work=work)
            yield Point(work, (Fault(Kind.IGNORE_WRITE, at=number + 1),), work=work)
            yield Point(work, (Fault(Kind.RESTART, at=number + 2),), work=work)
        for number in range(1, counts[Event.STOP] + 1):
            yield Point(work, (Fault(Kind.STUCK_STOP, at=number),), work=work)


def spread(points: Sequence[Point], count: int) -> list[Point]:
    """Choose so many points evenly, the groups one after another, so that every sort of fault is among the first.

    Where there are more groups than points, these are of groups that lie evenly among all.
    """
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(point.group, []).append(point)
    turns = zip_longest(*map(_scattered, groups.values()))
    mixed = [point for turn in turns for point in turn if point is not None]
    if count < len(groups):
        return [mixed[number * len(groups) // count] for number in range(count)]
    return mixed[:count]


def _scattered(members: Sequence[Point]) -> list[Point]:
    """Sort points so that the first of them, however many, lie evenly among all; the one in the middle leads."""
    middle = len(members) // 2
    order = sorted(range(len(members)), key=lambda index: (index - middle) * GOLDEN_RATIO % 1)
    return [members[index] for index in order]
