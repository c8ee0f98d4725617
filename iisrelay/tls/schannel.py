"""The truth table of Schannel: from a Windows build and registry values to what each protocol does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from iisrelay.settings.host import SCHANNEL
from iisrelay.settings.stored import Stored
from iisrelay.tls.windows import Side, State, Windows, protocols, windows_of

# Gives the value of a registry key (path, name), or None where there is none.
Read = Callable[[str, str], Stored | None]
ENABLED = "Enabled"
DISABLED_BY_DEFAULT = "DisabledByDefault"
TLS_12 = "TLS 1.2"
TLS_13 = "TLS 1.3"
UPDATED = ("TLS 1.1", TLS_12)  # what Windows Server 2008 learns by an update


@dataclass(frozen=True)
class ProtocolState:
    """One protocol on one side: its state, what it would be without values, and the values as they were read.

    ``wrong`` names the values of another type than REG_DWORD; the state is what it is without them, which is inferred.
    ``incomplete`` marks a protocol that one of two values was written for where Windows wants both.
    """

    protocol: str
    side: Side
    state: State
    default: State
    values: Mapping[str, Stored]
    wrong: tuple[str, ...] = ()
    incomplete: bool = False

    @property
    def path(self) -> str:
        """Give the registry key."""
        return key_of(self.protocol, self.side)

    @property
    def rests_on_values(self) -> bool:
        """Tell whether the protocol works only because somebody wrote values."""
        return self.state is State.ENABLED and self.default is not State.ENABLED

    @property
    def is_unsafe(self) -> bool:
        """Tell whether there are values of TLS 1.3 on a Windows that does not know it: documented as unsafe."""
        return self.protocol == TLS_13 and self.default is State.NOT_SUPPORTED and bool(self.values)


def key_of(protocol: str, side: Side) -> str:
    """Give the registry key of a protocol."""
    return rf"{SCHANNEL}\{protocol}\{side}"


def effective(windows_build: int, read: Read, *, has_update: bool | None = None) -> tuple[ProtocolState, ...]:
    """Give the state of every protocol on both sides.

    ``has_update`` tells, for Windows Server 2008 alone, whether the update that brings TLS 1.1 and 1.2 is installed.
    """
    state_of = partial(_state_of, windows_of(windows_build), read, has_update)
    return tuple(state_of(protocol, side) for protocol in protocols() for side in Side)


def find(states: tuple[ProtocolState, ...], protocol: str, side: Side) -> ProtocolState:
    """Give one of the states."""
    return next(item for item in states if (item.protocol, item.side) == (protocol, side))


def _state_of(windows: Windows, read: Read, has_update: bool | None, protocol: str, side: Side) -> ProtocolState:
    path = key_of(protocol, side)
    found = {name: read(path, name) for name in (ENABLED, DISABLED_BY_DEFAULT)}
    values = {name: value for name, value in found.items() if value is not None}
    wrong = tuple(name for name, value in values.items() if not _is_number(value))
    numbers = {name: value for name, value in values.items() if isinstance(value, int) and name not in wrong}
    default = windows.defaults[protocol, side]
    if windows.update and protocol in UPDATED and has_update is False:
        default = State.NOT_SUPPORTED
    state = _state(default, numbers)
    if windows.update and protocol in UPDATED and has_update is None and state is State.ENABLED:
        state = State.UNKNOWN
    incomplete = numbers.get(ENABLED, 0) != 0 and DISABLED_BY_DEFAULT not in numbers and default is not State.ENABLED
    is_supported = default is not State.NOT_SUPPORTED
    return ProtocolState(protocol, side, state, default, values, wrong, incomplete and is_supported)


def _state(default: State, numbers: Mapping[str, int]) -> State:
    """Apply the documented rules in their order; any number but 0 means yes."""
    if default is State.NOT_SUPPORTED:
        return default
    if numbers.get(ENABLED) == 0:
        return State.DISABLED
    if DISABLED_BY_DEFAULT in numbers:
        return State.DISABLED_BY_DEFAULT if numbers[DISABLED_BY_DEFAULT] else State.ENABLED
    # Enabled alone leaves the other value to Windows: on 2008 and 2008 R2, TLS 1.2 then counts as still off (inferred;
    # the documentation tells administrators to write both).
    return default


def _is_number(value: Stored) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
