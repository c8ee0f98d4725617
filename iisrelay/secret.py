"""Secrets: references in the site file that are resolved late and are never shown."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn, cast

from iisrelay.errors import SecretError

KINDS = ("env", "file", "keyring", "cmd")
COMMAND_TIMEOUT_S = 60.0
LARGEST_SECRET = 65_536  # bytes; a device or a program may print without end

_cache: dict[str, str] = {}
_cache_lock = threading.Lock()


@dataclass(frozen=True, repr=False)
class Secret:
    """A reference to a secret (``env:NAME``, ``file:PATH``, ``keyring:service/user``, ``cmd:["program", "argument"]``).

    ``repr``, ``str`` and JSON show the reference's kind at most, never a value.
    """

    reference: str

    def resolve(self) -> str:
        """Give the value.

        Raises:
            SecretError: with the reference and the reason, never with the value.
        """
        kind, _, rest = self.reference.partition(":")
        resolver = _RESOLVERS.get(kind)
        if resolver is None:
            raise SecretError("A secret is not a reference.", f"Write one of {_forms()}.")
        value = resolver(rest)
        if not value:
            raise SecretError(f"Secret {kind}:{_place(kind, rest)} is empty.", "Store a value there.")
        if "\0" in value:
            raise SecretError(f"Secret {kind}:{_place(kind, rest)} has a NUL character, which Windows cannot store.")
        if any("\ud800" <= character <= "\udfff" for character in value):  # how Python shows bytes that are no UTF-8
            raise SecretError(f"Secret {kind}:{_place(kind, rest)} is not UTF-8 text.", "Store it as UTF-8.")
        return value

    @property
    def kind(self) -> str:
        """Give the kind of the reference: env, file, keyring or cmd."""
        kind = self.reference.partition(":")[0]
        return kind if kind in KINDS else "unknown"

    def __repr__(self) -> str:
        return f"Secret({self.kind}:***)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def parse_reference(written: object) -> Secret:
    """Read a reference as a site file has it: text, or ``{cmd: [program, argument]}``.

    Raises:
        ValueError: in words that do not repeat what was written, because that may be a password.
    """
    if isinstance(written, Mapping) and len(written) == 1:
        ((kind, rest),) = written.items()
        written = f"{kind}:{json.dumps(rest) if kind == 'cmd' else rest}"
    kind, _, rest = written.partition(":") if isinstance(written, str) else ("", "", "")
    if kind not in KINDS or not rest:
        raise ValueError(f"a password is never written in the site file; write a reference: {_forms()}")
    if kind == "cmd":
        _command(rest)
    if kind == "keyring" and not all(rest.partition("/")):
        raise ValueError("write keyring:SERVICE/USER")
    return Secret(f"{kind}:{rest}")


def _forms() -> str:
    return 'env:NAME, file:PATH, keyring:SERVICE/USER or cmd:["program", "argument"]'


def _place(kind: str, rest: str) -> str:
    # A command line may carry more than it should; its program is enough to find it.
    return json.dumps(_command(rest)[:1])[:-1] + ", ...]" if kind == "cmd" else rest


def _command(rest: str) -> list[str]:
    try:
        argv = json.loads(rest)
    except (ValueError, RecursionError):
        argv = None
    if not isinstance(argv, list) or not argv or not all(isinstance(part, str) and part for part in argv):
        raise ValueError('cmd: needs a JSON list of texts: cmd:["program", "argument"]')
    return argv


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise SecretError(f"Secret env:{name}: the environment variable is not set.", f"Set {name} and run again.")
    return value


def _from_file(name: str) -> str:
    try:
        with Path(name).expanduser().open("rb") as file:
            data = file.read(LARGEST_SECRET + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SecretError(f"Secret file:{name}: the file is not UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretError(f"Secret file:{name}: {reason}.", "Check the path and who may read the file.") from None
    except (ValueError, RuntimeError):
        raise SecretError(f"Secret file:{name!r}: this is no path.", "Write the path of a file.") from None
    if len(data) > LARGEST_SECRET:
        raise SecretError(f"Secret file:{name}: the file has more than {LARGEST_SECRET // 1024} KB.", "Check the path.")
    return text.replace("\r\n", "\n").removesuffix("\n").removesuffix("\r")


def _from_keyring(place: str) -> str:
    return _cached(f"keyring:{place}", lambda: _ask_keyring(place))


def _ask_keyring(place: str) -> str:
    service, _, user = place.partition("/")
    try:
        import keyring  # noqa: PLC0415 - an optional extra, and slow to import
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        raise SecretError(
            f"Secret keyring:{place}: the package keyring is not installed.", "Run: pip install 'iisrelay[keyring]'"
        ) from None
    try:
        value = keyring.get_password(service, user)
    except (KeyringError, RuntimeError) as error:
        reason = type(error).__name__
        raise SecretError(
            f"Secret keyring:{place}: the keyring does not answer ({reason}).", "Run: keyring diagnose"
        ) from None
    if value is None:
        raise SecretError(f"Secret keyring:{place}: there is no such entry.", f"Run: keyring set {service} {user}")
    return value


def _from_command(rest: str) -> str:
    try:
        argv = _command(rest)
    except ValueError as error:
        raise SecretError(f"Secret cmd: {error}.") from None
    return _cached(f"cmd:{rest}", lambda: _run(argv))


def _run(argv: list[str]) -> str:
    what = f"Secret cmd:{_place('cmd', json.dumps(argv))}"
    try:
        exit_code, printed = _ran(argv)
    except subprocess.TimeoutExpired:
        raise SecretError(
            f"{what}: no answer within {COMMAND_TIMEOUT_S:.0f} seconds.", "Unlock the store first."
        ) from None
    except OSError as error:
        raise SecretError(f"{what}: {error.strerror}.", "Is the program installed and on the PATH?") from None
    except ValueError:
        raise SecretError(f"{what}: this is no command line.", "Run the command by hand.") from None
    if len(printed) > LARGEST_SECRET:
        raise SecretError(f"{what}: it prints more than {LARGEST_SECRET // 1024} KB.", "Run the command by hand.")
    if exit_code != 0:
        # What it printed may hold a secret, so neither stream is shown.
        raise SecretError(f"{what}: exit code {exit_code}.", "Run the command by hand to see its error text.")
    try:
        text = printed.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError(f"{what}: its output is not UTF-8 text.") from None
    return text.removesuffix("\n").removesuffix("\r")


def _ran(argv: list[str]) -> tuple[int, bytes]:
    """Run a program, in time and not beyond the largest size; gives its exit code and what it printed."""
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - no shell
    stream = cast("IO[bytes]", process.stdout)
    printed: list[bytes] = []
    end = time.monotonic() + COMMAND_TIMEOUT_S

    def read() -> None:
        with stream:
            printed.append(stream.read(LARGEST_SECRET + 1))

    # A program that it leaves behind may hold the pipe open, so the reading is not waited for without end.
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(COMMAND_TIMEOUT_S)
    try:
        if not printed:
            raise subprocess.TimeoutExpired(argv[0], COMMAND_TIMEOUT_S)
        if len(printed[0]) <= LARGEST_SECRET:
            process.wait(max(0.0, end - time.monotonic()))
    finally:
        process.kill()
        process.wait()
    return process.returncode, printed[0]


def _cached(reference: str, ask: Callable[[], str]) -> str:
    """Ask once a run: a password store may prompt, and a fleet needs the same secret from many threads."""
    with _cache_lock:
        if reference not in _cache:
            _cache[reference] = ask()
        return _cache[reference]


_RESOLVERS: Mapping[str, Callable[[str], str]] = {
    "env": _from_environment,
    "file": _from_file,
    "keyring": _from_keyring,
    "cmd": _from_command,
}
