"""Under what terms a script applies: its name on the host, how long it may hold it, and what it does on a failure."""

from dataclasses import dataclass

BACKUP_PREFIX = "iisrelay-"
BACKUPS_KEPT = 5
BACKUP_LENGTH = 99  # of a backup's name: documented are "up to 100 characters", whether with the end of the text or not
LOCK_GRACE_S = 60  # for what a controller does between two scripts
ANYBODY = "*"


@dataclass(frozen=True)
class Terms:
    """What an applying script is told besides its changes.

    ``seen`` is the last apply that the plan knows of: after any later one the plan is stale. ``over`` names the apply
    that may be taken over although it holds the host ("*": any, and no plan is stale then). With ``stops`` nothing more
    is tried after the first failure; with ``keeps_lock`` the host then stays held, for undoing. ``backup`` is the name
    of the metabase backup to make first ("": none). ``allow`` are the guards that somebody has named.
    """

    identity: str = "apply"
    owner: str = "iisrelay"
    lock_s: int = 360
    seen: str = ""
    over: str = ""
    stops: bool = False
    keeps_lock: bool = False
    backup: str = ""
    backups_kept: int = BACKUPS_KEPT
    require_backup: bool = False
    allow: frozenset[str] = frozenset()
    ending: str = ""  # of the name of a script that follows on the first one of an apply

    @property
    def root(self) -> str:
        """Give what the names of all scripts of an apply begin with."""
        return self.identity.removesuffix(self.ending) if self.ending else self.identity
