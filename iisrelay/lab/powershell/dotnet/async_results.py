"""IAsyncResult and its wait handle: what Begin... methods give."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.dotnet.time_values import TimeSpan


class AsyncResult:
    """Work that goes on by itself in a thread; ``state`` is the object that the caller gave along."""

    def __init__(self, work: Callable[[], object], state: object = None) -> None:
        self.state = state
        self.failure: NetError | None = None
        self.value: object = None
        self._done = threading.Event()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            self.value = work()
        except NetError as error:
            self.failure = error
        finally:
            self._done.set()

    @property
    def is_completed(self) -> bool:
        """Tell whether the work is done, well or badly."""
        return self._done.is_set()

    def wait(self, timeout_ms: int = -1) -> bool:
        """Wait for the end; tell whether it has come."""
        return self._done.wait(None if timeout_ms < 0 else timeout_ms / 1000)

    def result(self) -> object:
        """Wait, and give the result or raise the failure."""
        self.wait()
        if self.failure is not None:
            raise self.failure
        return self.value


class Task(AsyncResult):
    """System.Threading.Tasks.Task: what ...Async methods give."""


class WaitHandle:
    """System.Threading.WaitHandle of some work."""

    def __init__(self, work: AsyncResult) -> None:
        self.work = work


declare("System.IAsyncResult", interface=True)
async_result = declare("System.Net.LazyAsyncResult", python=AsyncResult, bases=("System.IAsyncResult",))
async_result.properties("IsCompleted")
async_result.getter("AsyncState")(lambda value: value.state)
async_result.getter("CompletedSynchronously")(lambda _value: False)
async_result.getter("AsyncWaitHandle")(lambda value: WaitHandle(value))  # noqa: PLW0108 - a class has no signature
task = declare("System.Threading.Tasks.Task", python=Task, bases=("System.Net.LazyAsyncResult",), since="3.0")
task.getter("IsFaulted")(lambda value: value.failure is not None)
task.getter("Exception")(lambda value: None if value.failure is None else aggregate(value.failure))
handle = declare("System.Threading.WaitHandle", python=WaitHandle, bases=("System.IDisposable",))
handle.method("Close", "Dispose")(lambda _value: None)


def aggregate(failure: NetError) -> NetError:
    """Wrap a failure as tasks do."""
    return NetError("System.AggregateException", "One or more errors occurred.", inner=failure)


@task.method("Wait")
def wait_for_task(value: Task, timeout_ms: int = -1) -> bool:
    """Wait for the end; raise what went wrong."""
    ended = value.wait(timeout_ms)
    if value.failure is not None:
        raise aggregate(value.failure)
    return ended


@task.getter("Result")
def task_result(value: Task) -> object:
    """Wait for the end and give the result."""
    wait_for_task(value)
    return value.value


@handle.method("WaitOne")
def wait_one(value: WaitHandle, timeout_ms: int = -1, _leave_context: bool = False) -> bool:
    """Wait for the end; tell whether it has come."""
    return value.work.wait(timeout_ms)


@handle.method("WaitOne")
def wait_span(value: WaitHandle, timeout: TimeSpan, _leave_context: bool = False) -> bool:
    """Wait for the end for a span of time."""
    return value.work.wait(int(timeout.total_seconds * 1000))
