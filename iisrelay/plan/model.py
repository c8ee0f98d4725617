"""The plan of one host: ordered changes, what is dangerous about them, and what they were made from."""

import dataclasses
import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iisrelay.errors import RefusedError
from iisrelay.plan.change import Change
from iisrelay.plan.guard import Finding
from iisrelay.secret import Secret
from iisrelay.site.target import Target
from iisrelay.state.observed import FOLDER_ENTRIES, Observed

DIGEST_LENGTH = 32  # hexadecimal digits, half of a SHA-256: enough to tell plans apart, short enough to compare by eye
# What is no reason to plan anew: how things are written and reached, and what passes by itself.
NOT_PART = frozenset(
    {
        *("codec", "origin", "connection", "warnings", "identity"),
        *("queued", "mail", "carries", "pending_reboot", "win32_error", "booted", "free_mb", "record"),
    }
)
STALE_PLAN = "stale-plan"


@dataclass(frozen=True)
class Plan:
    """What would be done to one host.

    ``basis`` is a digest of the target and the observed state it was made from, ``checksum`` includes the changes.
    """

    host: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    save_to_disk: bool = True
    reboot_allowed: bool = False
    basis: str = ""
    not_restored: tuple[str, ...] = ()  # of a plan that leads back: what cannot come back

    @property
    def checksum(self) -> str:
        """Give the digest of what would be done."""
        return digest([self.basis, self.changes])

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.changes

    def refuse_if_dangerous(self, allow: frozenset[str]) -> None:
        """Insist on a word for every danger.

        Raises:
            RefusedError: with every finding whose guard is not named in ``allow``.
        """
        refused = [finding for finding in self.findings if finding.guard not in allow]
        if refused:
            options = " ".join(f"--allow {name}" for name in dict.fromkeys(finding.guard for finding in refused))
            raise RefusedError(
                "; ".join(f"{finding.message} [{finding.guard}]" for finding in refused),
                hint=f"if that is meant, run apply with {options}",
            )

    def refuse_if_stale(self, basis: str, checksum: str, allow: frozenset[str] = frozenset()) -> None:
        """Insist that a saved plan is still the plan, unless somebody has named that guard.

        Raises:
            RefusedError: when the host or the site file has changed since the plan was saved.
        """
        if (basis != self.basis or checksum != self.checksum) and STALE_PLAN not in allow:
            raise RefusedError(
                f"the saved plan is stale: the host or the site file has changed since it was made [{STALE_PLAN}]",
                hint=f"make a new plan, look at it, and apply that one; --allow {STALE_PLAN} applies what it takes now",
            )


def basis_of(target: Target, observed: Observed) -> str:
    """Digest what a plan is made from; queues, errors and other passing things do not count."""
    lasting = {address: value for address, value in observed.values.items() if address.name != FOLDER_ENTRIES}
    return digest([target, dataclasses.replace(observed, values=lasting)])


def digest(value: object) -> str:
    """Digest any tree of our data classes."""
    text = json.dumps(_canonical(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def _canonical(value: object) -> Any:
    if isinstance(value, Secret):
        return ["secret", value.reference]
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (item.name for item in dataclasses.fields(value) if item.name not in NOT_PART)
        return {name: _canonical(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return sorted([[_canonical(key), _canonical(item)] for key, item in value.items()], key=json.dumps)
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value
