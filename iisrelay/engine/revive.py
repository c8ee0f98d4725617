"""The metabase lives in a service. Where that did not come back from a restart, it is started once more."""

from iisrelay.plan.change import Change
from iisrelay.plan.model import Plan
from iisrelay.plan.order import ordered
from iisrelay.settings.stored import Address, Kind, Store
from iisrelay.state.observed import Observed
from iisrelay.state.request import SERVICES
from iisrelay.status import Action


def is_gone(before: Observed, after: Observed) -> bool:
    """Tell whether the metabase could be read before, and cannot any more."""
    return before.smtp_ready and not after.smtp_ready


def revival(host: str, before: Observed) -> Plan:
    """Give the plan that starts the services again that were running."""
    changes = [_start(name) for name in reversed(SERVICES) if _state(before, name) == "running" or name != SERVICES[0]]
    return Plan(host=host, changes=ordered(changes), save_to_disk=False)


def _state(observed: Observed, name: str) -> str:
    value = observed.find(Address(Store.SERVICE, name, "state"))
    return str(value.value) if value is not None else ""


def _start(name: str) -> Change:
    return Change(
        identity="",
        setting=f"{name} running",
        store=Store.SERVICE,
        path=name,
        name="state",
        action=Action.UPDATE,
        kind=Kind.WORD,
        before="stopped",
        after="running",
        stored_before="stopped",
        stored_after="running",
    )
