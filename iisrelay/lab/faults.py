"""Faults of a lab host, as data: what goes wrong, where, and how often.

A fault waits for events of one sort (a request to WinRM, a write to the metabase ...). It counts those that match its
place, and goes off at one of them (``at``: 1 is the first) or at every one. It knows nothing of who causes the events.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

POINTS = "points"  # the key of these faults among all faults of an endpoint


class Event(StrEnum):
    """What a fault waits for."""

    REQUEST = "request"  # an HTTP request to WinRM
    WRITE = "write"  # a change of one value or key of the metabase
    SAVE = "save"  # SaveData (the name "SaveData") or a backup ("Backup")
    REGISTRY = "registry"  # a key of the registry is opened for writing, or changed
    START = "start"  # a service, or a virtual server by its path, is started
    STOP = "stop"  # as above, stopped
    DISK = "disk"  # a file or folder needs room


class Kind(StrEnum):
    """What goes wrong."""

    CUT_BEFORE = "cut-before"  # the connection is cut, and the request is not carried out
    CUT_DURING = "cut-during"  # it is carried out, and half of the answer arrives
    CUT_AFTER = "cut-after"  # it is carried out, and no answer arrives
    STALL = "stall"  # it is carried out, and the answer comes so many seconds later
    HTTP_ERROR = "http-error"  # it is not carried out, and the answer is the HTTP status of the code
    IGNORE_WRITE = "ignore-write"  # SetInfo succeeds, and the value is as before
    FAIL_WRITE = "fail-write"  # SetInfo fails with the code
    FAIL_SAVE = "fail-save"  # the metabase is not saved; a code without the failure bit raises nothing
    DENY_REGISTRY = "deny-registry"  # access to a key of the registry is denied
    STUCK_START = "stuck-start"  # a service does not start in time
    STUCK_STOP = "stuck-stop"  # a service does not stop in time
    FULL_DISK = "full-disk"  # there is no room on a drive
    RESTART = "restart"  # Windows restarts in an orderly way, which ends all programs; back after so many seconds
    POWER_LOSS = "power-loss"  # Windows is back after so many seconds, without what was not saved
    CLOCK_JUMP = "clock-jump"  # the clock goes so many seconds forward or back
    KILL = "kill"  # the process of the lab host ends at once, as with kill -9


EVENTS = {
    Kind.CUT_BEFORE: Event.REQUEST,
    Kind.CUT_DURING: Event.REQUEST,
    Kind.CUT_AFTER: Event.REQUEST,
    Kind.STALL: Event.REQUEST,
    Kind.HTTP_ERROR: Event.REQUEST,
    Kind.IGNORE_WRITE: Event.WRITE,
    Kind.FAIL_WRITE: Event.WRITE,
    Kind.RESTART: Event.WRITE,
    Kind.POWER_LOSS: Event.WRITE,
    Kind.CLOCK_JUMP: Event.WRITE,
    Kind.KILL: Event.WRITE,
    Kind.FAIL_SAVE: Event.SAVE,
    Kind.DENY_REGISTRY: Event.REGISTRY,
    Kind.STUCK_START: Event.START,
    Kind.STUCK_STOP: Event.STOP,
    Kind.FULL_DISK: Event.DISK,
}
# What is so all the time, and the type of its value.
STANDING: dict[str, Callable[[Any], object]] = {
    "refuse-login": bool,
    "not-administrator": bool,
    "delay-s": float,
    "drop-after-bytes": int,
}
SPECIFICATION = re.compile(r"(?P<kind>[a-z-]+)(?:@(?P<at>[1-9]\d*))?(?P<rest>(?:,[a-z]+=[^,]+)*)$")


@dataclass(frozen=True)
class Fault:
    """One fault. ``path`` and ``name`` narrow the events down: the place with all below it, and what it is there.

    ``fired`` counts how often it went off: with ``at`` it does so once.
    """

    kind: Kind
    at: int | None = None
    path: str = ""
    name: str = ""
    code: int = 0x80070005  # what a write fails with unless something else is said: access denied
    seconds: float = 0.0
    fired: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``KIND[@N][,path=P][,name=N][,code=C][,seconds=S]``.

        Raises:
            ValueError: it is not that, with a sentence that says why.
        """
        match = SPECIFICATION.match(text)
        if match is None or match["kind"] not in EVENTS:
            raise ValueError(f"{text!r} is no fault; the kinds are {', '.join(Kind)}")
        given = dict(item.split("=", 1) for item in match["rest"].split(",")[1:])
        unknown = sorted(given.keys() - {"path", "name", "code", "seconds"})
        if unknown:
            raise ValueError(f"a fault has no {unknown[0]!r}; it has path, name, code and seconds")
        return cls(
            Kind(match["kind"]),
            at=int(match["at"]) if match["at"] else None,
            path=given.get("path", ""),
            name=given.get("name", ""),
            code=_number(given.get("code", hex(cls.code))),
            seconds=float(given.get("seconds", 0)),
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        return cls(**{**known, "kind": Kind(values["kind"])})

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return asdict(self)

    @property
    def is_spent(self) -> bool:
        """Tell whether it will not go off any more."""
        return self.at is not None and self.fired > 0

    def matches(self, event: Event, path: str, name: str) -> bool:
        """Tell whether an event is one of those that the fault waits for."""
        if EVENTS[self.kind] is not event or self.is_spent:
            return False
        place, wanted = _folded(path), _folded(self.path)
        is_here = not wanted or place == wanted or place.startswith(f"{wanted}/")
        return is_here and (not self.name or self.name.lower() == name.lower())


def _folded(path: str) -> str:
    return path.replace("\\", "/").strip("/").lower()


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise ValueError(f"{text!r} is no code; write it as 0x80070005") from None


def points_of(faults: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Give those of an endpoint's faults that wait for events."""
    return tuple(Fault.from_json(item) for item in faults.get(POINTS, ()))


def parse_faults(specifications: Iterable[str]) -> dict[str, Any]:
    """Read faults as they are written on a command line, those that wait for events and the standing ones.

    Raises:
        ValueError: one cannot be read, with a sentence that says why.
    """
    found: dict[str, Any] = {}
    points = []
    for text in specifications:
        word, _, value = text.partition("=")
        if word not in STANDING:
            points.append(Fault.parse(text))
        elif bool(value) is (STANDING[word] is bool):
            raise ValueError(f"{word!r} stands {'alone' if value else f'with a number: {word}=N'}")
        else:
            found[word.replace("-", "_")] = STANDING[word](value or True)
    return found | (as_endpoint(points) if points else {})


def as_endpoint(faults: Iterable[Fault]) -> dict[str, Any]:
    """Give the form in which an endpoint keeps faults that wait for events."""
    return {POINTS: [fault.to_json() for fault in faults]}


class FaultBoard:
    """The faults of a running host. Events are reported to it from any thread; it tells which faults go off."""

    def __init__(self) -> None:
        self.faults: tuple[Fault, ...] = ()
        self.on_fired: Callable[[], None] = lambda: None
        self._seen: list[int] = []
        self._lock = threading.Lock()

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put other faults in place of all; counting starts anew."""
        with self._lock:
            self.faults = tuple(faults)
            self._seen = [0] * len(self.faults)

    @property
    def seen(self) -> tuple[int, ...]:
        """Tell how many matching events each fault has seen."""
        return tuple(self._seen)

    def meet(self, event: Event, path: str = "", name: str = "") -> tuple[Fault, ...]:
        """Report an event; gives the faults that go off with it."""
        if not self.faults:
            return ()
        with self._lock:
            due = [index for index, fault in enumerate(self.faults) if self._is_due(index, fault, event, path, name)]
            self.faults = tuple(
                replace(fault, fired=fault.fired + 1) if index in due else fault
                for index, fault in enumerate(self.faults)
            )
            found = tuple(self.faults[index] for index in due)
        if found:
            self.on_fired()
        return found

    def _is_due(self, index: int, fault: Fault, event: Event, path: str, name: str) -> bool:
        if not fault.matches(event, path, name):
            return False
        self._seen[index] += 1
        return fault.at is None or fault.at == self._seen[index]
