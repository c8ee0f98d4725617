"""One change of a plan."""

from dataclasses import dataclass

from iisrelay.secret import Secret
from iisrelay.settings.stored import Kind, Store, Stored
from iisrelay.site.target import Origin
from iisrelay.status import Action, Restart

PREFIX = "virtual_servers["


@dataclass(frozen=True)
class Change:
    """One value that will be created, updated or deleted at one place.

    ``setting`` is the full key path ("virtual_servers[CRM billing].delivery.hop_count"). ``before`` and ``after`` are
    the written forms (JSON values; None: no value); ``was_inherited`` tells that ``before`` comes from above and
    nothing is stored at the place itself. ``stored_before`` and ``stored_after`` are what Windows holds. A sensitive
    change has a ``secret`` and shows no value at all. ``carries`` is set where a mail folder moves: the number of
    messages that move along. ``restores`` marks the way back: a key comes bare (what stood in it comes as changes), and
    a value stands where it stood although the same may be inherited.
    """

    identity: str  # unique and stable within the plan; names the change in scripts and answers
    setting: str
    store: Store
    path: str
    name: str
    action: Action
    kind: Kind
    before: object = None
    after: object = None
    stored_before: Stored | None = None
    stored_after: Stored | None = None
    was_inherited: bool = False
    sensitive: bool = False
    secret: Secret | None = None
    restart: Restart = Restart.NONE
    origin: Origin | None = None
    carries: int | None = None
    restores: bool = False


def server_name(setting: str) -> str:
    """Give the virtual server's name out of a key path "virtual_servers[NAME].key"; "" for other settings."""
    if not setting.startswith(PREFIX):
        return ""
    closing = setting.find("].")
    return setting[len(PREFIX) : closing if closing >= 0 else -1]


def counted(messages: int | None) -> str:
    """Write a number of messages."""
    return "1 message" if messages == 1 else f"{messages or 0} messages"
