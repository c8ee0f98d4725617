"""System.Diagnostics: Stopwatch, Process (the interpreter's own); System.Threading: Thread, Mutex."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.cultures import ENGLISH_CULTURE
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.time_values import TICKS_PER_MILLISECOND, TimeSpan, now
from iisrelay.lab.powershell.values import Int64

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import Reference

MAX_SLEEP_MS = 3_600_000


class Stopwatch:
    """System.Diagnostics.Stopwatch."""

    def __init__(self) -> None:
        self.collected_s = 0.0
        self.started_s: float | None = None

    def start(self) -> None:
        """Start, unless it runs."""
        if self.started_s is None:
            self.started_s = time.monotonic()

    def stop(self) -> None:
        """Stop, if it runs."""
        self.collected_s = self.elapsed_s
        self.started_s = None

    @property
    def elapsed_s(self) -> float:
        """The time measured so far."""
        running = 0.0 if self.started_s is None else time.monotonic() - self.started_s
        return self.collected_s + running


stopwatch = declare("System.Diagnostics.Stopwatch", python=Stopwatch)
stopwatch.constructor(lambda: Stopwatch())  # noqa: PLW0108 - a class has no signature of its own here
stopwatch.constants(Frequency=Int64(10_000_000), IsHighResolution=True)
stopwatch.getter("IsRunning")(lambda value: value.started_s is not None)
stopwatch.getter("Elapsed")(lambda value: TimeSpan(int(value.elapsed_s * 10_000_000)))
stopwatch.getter("ElapsedMilliseconds")(lambda value: Int64(int(value.elapsed_s * 1000)))
stopwatch.getter("ElapsedTicks")(lambda value: Int64(int(value.elapsed_s * 10_000_000)))
stopwatch.method("Start")(lambda value: value.start())
stopwatch.method("Stop")(lambda value: value.stop())


@stopwatch.static("StartNew")
def start_new() -> Stopwatch:
    """Make one that runs."""
    made = Stopwatch()
    made.start()
    return made


@stopwatch.method("Reset")
def reset(value: Stopwatch) -> None:
    """Stop and go back to zero."""
    value.collected_s, value.started_s = 0.0, None


@stopwatch.method("Restart")
def restart(value: Stopwatch) -> None:
    """Go back to zero and start."""
    reset(value)
    value.start()


@stopwatch.static("GetTimestamp")
def get_timestamp() -> Int64:
    """Give the clock's ticks."""
    return Int64(int(time.monotonic() * 10_000_000))


# -- threads ---------------------------------------------------------------------------------------------------------


class Thread:
    """The thread of the interpreter."""


thread = declare("System.Threading.Thread", python=Thread)
thread.static_getter("CurrentThread")(Thread)
thread.getter("ManagedThreadId")(lambda _value: 1)
thread.getter("IsAlive", "IsThreadPoolThread")(lambda _value: True)
thread.getter("Name")(lambda _value: "Pipeline Execution Thread")
thread.getter("CurrentCulture", "CurrentUICulture")(lambda _value: ENGLISH_CULTURE)
thread.setter("CurrentCulture")(lambda _value, _item: None)
thread.setter("CurrentUICulture")(lambda _value, _item: None)
thread.method("GetApartmentState")(lambda _value: "STA")


@thread.static("Sleep")
def sleep(engine: Engine, milliseconds: int) -> None:
    """Wait; a machine with a clock of its own may shorten it."""
    pause = getattr(engine, "sleep", None)
    if pause is not None:
        pause(milliseconds / 1000)
        return
    time.sleep(max(0, min(milliseconds, MAX_SLEEP_MS)) / 1000)


@thread.static("Sleep")
def sleep_span(engine: Engine, span: TimeSpan) -> None:
    """Wait for a span."""
    sleep(engine, span.ticks // TICKS_PER_MILLISECOND)


class Mutex:
    """A mutex: processes of the lab run one at a time, so it is always free."""

    def __init__(self, name: str) -> None:
        self.name = name


mutex = declare("System.Threading.Mutex", python=Mutex, bases=("System.MarshalByRefObject", "System.IDisposable"))
mutex.method("ReleaseMutex", "Close", "Dispose")(lambda _value: None)


@mutex.constructor
def new_mutex(_owned: bool = False, name: str = "", created: Reference | None = None) -> Mutex:
    """Make or open a mutex."""
    if created is not None:
        created.value = True
    return Mutex(name)


@mutex.method("WaitOne")
def wait_one(_value: Mutex, _timeout: object = None, _exit: bool = False) -> bool:
    """Take the mutex."""
    return True


# -- processes -------------------------------------------------------------------------------------------------------


class CurrentProcess:
    """The interpreter's own process, as [Diagnostics.Process]::GetCurrentProcess() shows it."""

    def __init__(self, identifier: int, started: object) -> None:
        self.id = identifier
        self.started = started


process = declare("System.Diagnostics.Process", python=CurrentProcess, bases=("System.MarshalByRefObject",))
process.getter("Id")(lambda value: value.id)
process.getter("ProcessName", "Name")(lambda _value: "powershell")
process.getter("StartTime")(lambda value: value.started)
process.getter("HasExited")(lambda _value: False)
process.getter("MachineName")(lambda _value: ".")


@process.static("GetCurrentProcess")
def get_current_process(engine: Engine) -> CurrentProcess:
    """Give the interpreter's process."""
    identifier = engine.get_variable("PID")
    return CurrentProcess(identifier if isinstance(identifier, int) else 0, now(engine))
