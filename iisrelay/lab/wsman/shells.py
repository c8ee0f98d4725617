"""Shells and the commands in them: what Create, Command, Send, Receive, Signal and Delete act upon."""

import asyncio
import contextlib
import ctypes
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from iisrelay.lab.wsman import faults
from iisrelay.lab.wsman.pipes import InputPipe, OutputPipe, ProgramEndedError, Turn

logger = logging.getLogger(__name__)

SETTLE_S = 0.2  # the service waits this long for more output before it answers a Receive
COMMAND_PROCESSOR_LIMIT = 8191  # characters of a line that goes through cmd.exe
PROCESS_LIMIT = 32767  # characters of a line that CreateProcess gets
DEFAULT_CODE_PAGE = 437
STACK_BYTES = 64 * 1024 * 1024  # address space; memory is taken only as the stack grows


def new_identifier() -> str:
    """Give a new identifier in the form of the service."""
    return str(uuid.uuid4()).upper()


@dataclass
class Process:
    """A program as the operating system starts it; ``run`` gets one, in its own thread, with the host's turn."""

    line: str
    user: str
    environment: dict[str, str]
    current_directory: str | None
    turn: Turn
    stdin: InputPipe
    stdout: OutputPipe
    is_gone: bool = False  # together with the Windows it ran on

    def read_line(self) -> str | None:
        """Read a line of standard input; None at its end."""
        return self.stdin.read_line(self.turn)

    def read_all(self) -> str:
        """Read the rest of standard input."""
        return self.stdin.read_all(self.turn)

    def out(self, text: str) -> None:
        """Write to standard output."""
        self.stdout.write("stdout", text)

    def err(self, text: str) -> None:
        """Write to standard error."""
        self.stdout.write("stderr", text)


Run = Callable[[Process], int]


class Command:
    """A command of a shell: a process, its thread and its exit code once it has ended."""

    def __init__(self, identifier: str, process: Process, run: Run) -> None:
        self.identifier = identifier
        self.process = process
        self.exit_code: int | None = None
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._terminated = False
        self._thread = threading.Thread(target=self._work, args=(run,), name=f"command {identifier}", daemon=True)

    def start(self) -> None:
        """Start the program, with room for scripts that call themselves deeply."""
        usual = threading.stack_size(STACK_BYTES)
        self._thread.start()
        threading.stack_size(usual)

    def refuse(self, message: str) -> None:
        """End the command before it started, as the command processor does with a line that is too long."""
        self.process.err(message)
        self._end(1)

    def _work(self, run: Run) -> None:
        exit_code = 1
        try:
            with self.process.turn:
                if not self._terminated:
                    exit_code = run(self.process)
        except ProgramEndedError:
            pass
        except Exception as error:
            logger.exception("the simulator failed while it ran %s", self.process.line)
            self.process.err(f"The lab failed, not the command: {type(error).__name__}: {error}\r\n")
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the host has been stopped meanwhile
                self._loop.call_soon_threadsafe(self._end, exit_code)

    def _end(self, exit_code: int) -> None:
        self.exit_code = exit_code
        self.process.stdin.feed(b"", end=True)
        self._ended.set()
        self.process.stdout.changed.set()

    def terminate(self) -> None:
        """End the program wherever it is: before it starts, while it waits, or at its next step in the interpreter."""
        self._terminated = True
        self.process.stdin.end()
        self.process.stdout.end()
        thread_id = self._thread.ident
        # Interrupted while it waits for its turn, a thread could get the turn and never give it back.
        if self.process.turn.is_held and not self.process.is_gone and thread_id is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), ctypes.py_object(ProgramEndedError))

    async def output(self, timeout_s: float) -> dict[str, bytes]:
        """Wait for output or the end; gives what there is by stream.

        Raises:
            WsManFault: there was nothing within the time.
        """
        stdout = self.process.stdout
        stdout.changed.clear()
        if stdout.is_empty and self.exit_code is None:
            try:
                await asyncio.wait_for(stdout.changed.wait(), timeout_s)
            except TimeoutError:
                raise faults.operation_timeout() from None
        if self.exit_code is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), min(SETTLE_S, timeout_s))
        return stdout.take()

    @property
    def is_done(self) -> bool:
        """Tell whether the program has ended and all of its output has been handed over."""
        return self.exit_code is not None and self.process.stdout.is_empty


@dataclass
class Shell:
    """A command shell: an environment, a directory and a code page for its commands."""

    identifier: str
    owner: str
    environment: Mapping[str, str]
    current_directory: str | None
    code_page: int
    idle_timeout_s: float
    commands: dict[str, Command] = field(default_factory=dict)
    created: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)

    def command(self, identifier: str) -> Command:
        """Find a command.

        Raises:
            WsManFault: there is none of this identifier.
        """
        command = self.commands.get(identifier.upper())
        if command is None:
            raise faults.command_not_found(identifier)
        return command

    def close(self) -> None:
        """End all commands."""
        for command in self.commands.values():
            command.terminate()
        self.commands.clear()


class ShellTable:
    """The shells of a host."""

    def __init__(self, max_per_user: int) -> None:
        self._max_per_user = max_per_user
        self._shells: dict[str, Shell] = {}

    def __len__(self) -> int:
        return len(self._shells)

    def __iter__(self) -> Iterator[Shell]:
        return iter(list(self._shells.values()))

    def add(self, shell: Shell) -> None:
        """Add a shell.

        Raises:
            WsManFault: its owner has as many as the quota allows.
        """
        self._drop_idle()
        if sum(1 for other in self._shells.values() if other.owner == shell.owner) >= self._max_per_user:
            raise faults.too_many_shells(self._max_per_user)
        self._shells[shell.identifier] = shell

    def get(self, identifier: str) -> Shell:
        """Find a shell, and note that it is in use.

        Raises:
            WsManFault: there is none of this identifier.
        """
        shell = self._shells.get(identifier.upper())
        if shell is None:
            raise faults.shell_not_found(identifier)
        shell.used = time.monotonic()
        return shell

    def remove(self, identifier: str) -> None:
        """Close a shell.

        Raises:
            WsManFault: there is none of this identifier.
        """
        shell = self.get(identifier)
        del self._shells[shell.identifier]
        shell.close()

    def close(self) -> None:
        """Close all shells."""
        for identifier in list(self._shells):
            self.remove(identifier)

    def _drop_idle(self) -> None:
        now = time.monotonic()
        for shell in list(self._shells.values()):
            if now - shell.used > shell.idle_timeout_s:
                self.remove(shell.identifier)
