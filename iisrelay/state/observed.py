"""The observed state of one host: frozen, and the only thing that a plan knows of Windows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from iisrelay.settings.stored import Address, Store, Stored

KEY_TYPE = "KeyType"  # the property that every key of the metabase with a class has; here it stands for the key itself
FOLDER_ENTRIES = "entries"  # how much lies in a folder; the folder itself has a value of its own
STARTED = 2
STOPPED = 4
STATE_WORDS = {
    1: "starting",
    STARTED: "started",
    3: "stopping",
    STOPPED: "stopped",
    5: "pausing",
    6: "paused",
    7: "continuing",
}


@dataclass(frozen=True)
class HostFacts:
    """What decides whether and how a host can be managed."""

    version: str
    build: int
    product: str
    powershell: str
    is_64_bit: bool
    is_administrator: bool
    pending_reboot: bool = False
    addresses: tuple[str, ...] = ()  # its own IPv4 addresses
    booted: str = ""  # when Windows was started, as WMI writes it: good for comparing, nothing else
    free_mb: Mapping[str, int] | None = None  # by drive ("D:"); None where nobody asked


@dataclass(frozen=True)
class ObservedValue:
    """A value as it is effective at its place.

    ``inherited`` is None where the host could not tell. A sensitive value is never read: ``value`` is None and
    ``hidden`` says that something is set. ``problem`` says why a value could not be read.
    """

    value: Stored | None
    inherited: bool | None = False
    hidden: bool = False
    problem: str = ""


@dataclass(frozen=True)
class ObservedServer:
    """A virtual server as it stands on the host. ``comment`` is its own ServerComment, if it has one."""

    number: int
    comment: str | None
    state: int
    queued: int = 0
    win32_error: int = 0
    mail: Mapping[str, int] | None = None  # messages in its other mail folders, by property, where these are managed

    @property
    def label(self) -> str:
        """Give the name that the console shows: the comment, or a stand-in made of the number."""
        return self.comment or f"[SMTP Virtual Server #{self.number}]"

    @property
    def path(self) -> str:
        """Give the path below /LM."""
        return f"SmtpSvc/{self.number}"


@dataclass(frozen=True)
class ApplyRecord:
    """What the host remembers of the last apply: who, since when, how far, and whether it still holds the host.

    ``steps`` gives the state of each change that was come to: "begun", or its outcome and its message.
    """

    identity: str
    owner: str
    since: str
    until: str
    state: str
    total: int
    seconds_left: int
    alive: bool
    moving: str = ""  # a mail folder whose move was not finished
    restart: str = ""  # what runs with old settings, because the restart did not come about
    steps: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Tell whether nobody else may change the host now."""
        return self.seconds_left > 0

    @property
    def was_interrupted(self) -> bool:
        """Tell whether the script ended before its work."""
        return self.state == "running" and not self.alive

    @property
    def is_unfinished(self) -> bool:
        """Tell whether the next script has something to finish, even if nothing is to be changed."""
        return self.was_interrupted or bool(self.moving or self.restart)

    @property
    def finished(self) -> int:
        """Count the changes that were come to an end with."""
        return sum(text != "begun" for text in self.steps.values())


def fold(address: Address) -> Address:
    """Give an address in the form in which two spellings of one place are equal."""
    return Address(address.store, address.path.casefold(), address.name.casefold())


def _empty() -> Mapping[Address, ObservedValue]:
    return MappingProxyType({})


def _no_features() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Observed:
    """Everything that was asked of one host. What is absent there is absent here.

    ``smtp_ready`` tells whether the metabase has the SMTP service at all; ``smtp_problem`` why not. ``features`` holds
    a word for each feature asked for: installed, available, removed, unknown.
    """

    facts: HostFacts
    smtp_ready: bool = False
    smtp_problem: str = ""
    servers: tuple[ObservedServer, ...] = ()
    features: Mapping[str, str] = field(default_factory=_no_features)
    values: Mapping[Address, ObservedValue] = field(default_factory=_empty)
    record: ApplyRecord | None = None

    def find(self, address: Address) -> ObservedValue | None:
        """Give the value at a place, or None; Windows makes no difference between cases of letters."""
        return self._by_folded_address.get(fold(address))

    @cached_property
    def _by_folded_address(self) -> dict[Address, ObservedValue]:
        return {fold(address): value for address, value in self.values.items()}

    def has_key(self, path: str) -> bool:
        """Tell whether the metabase has a key."""
        return self.find(Address(Store.METABASE, path, KEY_TYPE)) is not None

    def children(self, path: str) -> tuple[str, ...]:
        """Give the names of the keys directly below a key."""
        prefix = f"{path}/".lower()
        names = (
            address.path[len(prefix) :]
            for address in self.values
            if address.store is Store.METABASE and address.name == KEY_TYPE and address.path.lower().startswith(prefix)
        )
        return tuple(sorted(name for name in names if "/" not in name))
