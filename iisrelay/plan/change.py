"""One change of a plan."""

from dataclasses import dataclass

from iisrelay.secret import Secret
from iisrelay.settings.stored import Kind, Store, Stored
from iisrelay.site.target import Origin
from iisrelay.status import Action, Restart


@dataclass(frozen=True)
class Change:
    """One value that will be created, updated or deleted at one place.

    ``setting`` is the full key path ("virtual_servers[CRM billing].delivery.hop_count"). ``before`` and ``after`` are
    the written forms (JSON values; None: no value); ``was_inherited`` tells that ``before`` comes from above and
    nothing is stored at the place itself. ``stored_before`` and ``stored_after`` are what Windows holds. A sensitive
    change has a ``secret`` and shows no value at all.
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
