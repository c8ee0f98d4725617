"""What the hosts of a run share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from iisrelay.engine.history import History
from iisrelay.engine.ledger import SecretLedger
from iisrelay.site.target import Connection
from iisrelay.transport.base import Transport

Connect = Callable[[Connection], Transport]
Progress = Callable[[str, str], None]


def silent(_host: str, _phase: str) -> None:
    """Report no progress."""


class OnFailure(StrEnum):
    """What becomes of a host when one of its changes fails."""

    ROLLBACK = "rollback"  # nothing more is tried, and what was made is undone
    STOP = "stop"  # nothing more is tried, and what was made stays
    CONTINUE = "continue"  # everything else is made


@dataclass(frozen=True)
class Safety:
    """How careful an apply is."""

    on_failure: OnFailure = OnFailure.ROLLBACK
    require_backup: bool = False
    break_lock: bool = False
    rotate: bool = False  # writes every secret again


@dataclass(frozen=True)
class Options:
    """What the hosts of a run share. Without a history nothing is remembered of what was before."""

    command: str
    connect: Connect
    ledger: SecretLedger
    progress: Progress = silent
    allow: frozenset[str] = frozenset()
    history: History | None = None
    safety: Safety = field(default_factory=Safety)
