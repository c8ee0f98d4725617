"""Plans as a file: to be looked at, approved, and applied unless the world has moved on. References, never secrets."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from iisrelay.errors import UsageError
from iisrelay.plan.change import Change
from iisrelay.plan.model import Plan

FORMAT = "1.0"


@dataclass(frozen=True)
class SavedPlan:
    """What is needed to tell whether a plan made anew is the plan that was saved."""

    host: str
    basis: str
    checksum: str
    changes: int


@dataclass(frozen=True)
class SavedPlans:
    """The plans of a run, and the site file that they came from."""

    site: str
    plans: Mapping[str, SavedPlan]


def write_plans(path: Path, plans: Iterable[Plan], *, site: str) -> None:
    """Write plans to a file."""
    document = {"format": FORMAT, "site": site, "plans": [plan_document(plan) for plan in plans]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_plans(path: Path) -> SavedPlans:
    """Read a file of plans.

    Raises:
        UsageError: when there is no such file, or it is not a file of plans.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        plans = [_saved(entry) for entry in document["plans"]]
        site = str(document["site"])
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="name a file written by `plan --out`") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{path} is not a file of plans", hint="name a file written by `plan --out`") from None
    if document.get("format") != FORMAT:
        raise UsageError(f"{path} is of another version of iisrelay", hint="make a new plan")
    return SavedPlans(site, MappingProxyType({plan.host: plan for plan in plans}))


def _saved(entry: Mapping[str, Any]) -> SavedPlan:
    return SavedPlan(str(entry["host"]), str(entry["basis"]), str(entry["checksum"]), len(entry["changes"]))


def plan_document(plan: Plan) -> dict[str, object]:
    """Give a plan as a JSON document."""
    return {
        "host": plan.host,
        "basis": plan.basis,
        "checksum": plan.checksum,
        "save_to_disk": plan.save_to_disk,
        "warnings": list(plan.warnings),
        "findings": [{"guard": finding.guard, "message": finding.message} for finding in plan.findings],
        "changes": [change_document(change) for change in plan.changes],
    }


def change_document(change: Change) -> dict[str, object]:
    """Give a change as a JSON document; a sensitive one shows its reference's kind at most."""
    return {
        "id": change.identity,
        "setting": change.setting,
        "store": change.store.value,
        "path": change.path,
        "name": change.name,
        "action": change.action.value,
        "before": None if change.sensitive else change.before,
        "after": None if change.sensitive else change.after,
        "sensitive": change.sensitive,
        "restart": change.restart.value,
        "messages_moved": change.carries,
    }
