"""Where an apply can be hurt: the points of a sweep, made from what an undisturbed apply does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from iisrelay.lab.faults import Event, Fault, Kind

NEVER = 10**9
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
    CONTROLLER = "controller"  # killed when the fault has gone off
    LAB = "lab"  # the process of the lab host is killed


@dataclass(frozen=True)
class Point:
    """A fault at a place of an apply."""

    group: str
    fault: Fault
    victim: Victim = Victim.HOST

    def __str__(self) -> str:
        occurrence = f"@{self.fault.at}" if self.fault.at else ""
        code = f",code=0x{self.fault.code:08X}" if self.fault.kind in (Kind.FAIL_WRITE, Kind.FAIL_SAVE) else ""
        name = f",name={self.fault.name}" if self.fault.name else ""
        return f"{self.group}{occurrence}{name}{code}"


def counting() -> list[Fault]:
    """Give faults that count events and never go off."""
    return [Fault(kind, at=NEVER) for kind in COUNTERS.values()]


def counted(seen: Sequence[int]) -> dict[Event, int]:
    """Give how often each event came, from the counters."""
    return dict(zip(COUNTERS, seen, strict=True))


def all_points(counts: dict[Event, int]) -> list[Point]:
    """Give every point of an apply that has so many events."""
    return [
        *_requests(counts[Event.REQUEST]),
        *_writes(counts[Event.WRITE]),
        *_each(Kind.DENY_REGISTRY, counts[Event.REGISTRY]),
        *_each(Kind.STUCK_START, counts[Event.START]),
        *_each(Kind.STUCK_STOP, counts[Event.STOP]),
        *_each(Kind.FULL_DISK, counts[Event.DISK]),
        Point("full-disk always", Fault(Kind.FULL_DISK)),
        *(
            Point("fail-save", Fault(Kind.FAIL_SAVE, at=number, code=code))
            for number in range(1, counts[Event.SAVE] + 1)
            for code in SAVE_CODES
        ),
        *_persistent(),
    ]


def _requests(count: int) -> Iterator[Point]:
    for number in range(1, count + 1):
        yield Point("cut-before", Fault(Kind.CUT_BEFORE, at=number))
        yield Point("cut-during", Fault(Kind.CUT_DURING, at=number))
        yield Point("cut-after", Fault(Kind.CUT_AFTER, at=number))
        yield Point("kill controller", Fault(Kind.STALL, at=number, seconds=STALL_S), Victim.CONTROLLER)


def _writes(count: int) -> Iterator[Point]:
    for number in range(1, count + 1):
        yield Point("fail-write", Fault(Kind.FAIL_WRITE, at=number, code=CODES[number % len(CODES)]))
        yield Point("ignore-write", Fault(Kind.IGNORE_WRITE, at=number))
        yield Point("power-loss", Fault(Kind.POWER_LOSS, at=number, seconds=DOWN_S if number % 2 else 0))
        yield Point("restart", Fault(Kind.RESTART, at=number, seconds=0 if number % 2 else DOWN_S))
        yield Point("clock-jump", Fault(Kind.CLOCK_JUMP, at=number, seconds=HOUR_S * (-1) ** number))
        if number % 4 == 1:
            yield Point("kill lab", Fault(Kind.KILL, at=number), Victim.LAB)


def _each(kind: Kind, count: int) -> Iterator[Point]:
    return (Point(kind.value, Fault(kind, at=number)) for number in range(1, count + 1))


def _persistent() -> Iterator[Point]:
    """Give faults that stay: one property of one virtual server, a service, a key of the registry."""
    for code in CODES:
        yield Point("fail-write always", Fault(Kind.FAIL_WRITE, path="SmtpSvc/2", name="HopCount", code=code))
    for name in ("RelayIpList", "ServerBindings", "RoutePassword", "SmartHost", "KeyType"):
        yield Point("fail-write always", Fault(Kind.FAIL_WRITE, name=name))
        yield Point("ignore-write always", Fault(Kind.IGNORE_WRITE, name=name))
    for name in ("SMTPSVC", "IISADMIN", "SmtpSvc/2"):
        yield Point("stuck-stop always", Fault(Kind.STUCK_STOP, name=name))
        yield Point("stuck-start always", Fault(Kind.STUCK_START, name=name))
    yield Point("deny-registry always", Fault(Kind.DENY_REGISTRY))
    for code in SAVE_CODES:
        yield Point("fail-save always", Fault(Kind.FAIL_SAVE, code=code))


def spread(points: Sequence[Point], count: int) -> list[Point]:
    """Choose so many points evenly, the groups one after another, so that every sort of fault is among them."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(point.group, []).append(point)
    chosen: list[Point] = []
    turn = 0
    while len(chosen) < min(count, len(points)):
        for members in groups.values():
            step = max(1, len(members) * len(groups) // count)
            index = (step // 2 + turn * step) % len(members)
            if len(chosen) < count and members[index] not in chosen:
                chosen.append(members[index])
        turn += 1
    return chosen
