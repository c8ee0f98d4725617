"""What every transport does: run a script with inputs, give back what it printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from iisrelay.secret import Secret

Inputs = Mapping[str, str | Secret]


@dataclass(frozen=True)
class ScriptResult:
    """What a script printed, and its exit code."""

    stdout: str
    stderr: str
    exit_code: int


class Transport(Protocol):
    """A way to a host. One thread uses it at a time; it is a context manager that closes itself."""

    def run(self, script: str, inputs: Inputs, timeout_s: float) -> ScriptResult:
        """Run a script, which gets the inputs as a hashtable in its first parameter.

        Raises:
            TransportError: the host cannot be talked to.
            SecretError: an input is a secret that does not resolve.
        """

    def close(self) -> None:
        """Let go of the host; harmless when there is nothing to let go of."""

    def __enter__(self) -> Self:
        """Give the transport itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close."""


def resolved(inputs: Inputs) -> dict[str, str]:
    """Resolve the secrets among inputs, at the last moment before they are sent."""
    return {name: value.resolve() if isinstance(value, Secret) else value for name, value in inputs.items()}
