"""Scripts for a transport: one that observes, and one that applies a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import iisrelay
from iisrelay.plan.model import Plan
from iisrelay.script.steps import RESTART_STEP, Step, steps_of
from iisrelay.script.templates import render
from iisrelay.script.terms import Terms
from iisrelay.secret import Secret

OBSERVE = (
    "base.ps1",
    "json.ps1",
    "failures.ps1",
    "answer.ps1",
    "host.ps1",
    "registry.ps1",
    "services.ps1",
    "features.ps1",
    "firewall.ps1",
    "metabase.ps1",
    "record.ps1",
    "observe.ps1",
)
APPLY = ("mail.ps1", "backup.ps1", "record.ps1", "lock.ps1", "answer.ps1")
BASE = ("base.ps1", "json.ps1", "failures.ps1", "changes.ps1")
METABASE = ("host.ps1", "registry.ps1", "services.ps1", "service-control.ps1", "metabase.ps1", "metabase-write.ps1",
            "servers.ps1")  # fmt: skip
# What a script needs besides, by the functions that its steps call.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "Set-RegistryValue": ("registry-write.ps1",),
    "Clear-RegistryValue": ("registry-write.ps1",),
    "Install-Feature": ("features.ps1", "features-write.ps1"),
    "New-Folder": ("folders.ps1",),
    "Remove-Folder": ("folders.ps1",),
    "Set-OwnFolder": ("mail.ps1",),
    "Set-FirewallRule": ("firewall.ps1", "firewall-write.ps1"),
    "Remove-FirewallRule": ("firewall.ps1", "firewall-write.ps1"),
    "Remove-OtherFirewallRules": ("firewall.ps1", "firewall-write.ps1"),
}
DEFAULT_TERMS = Terms()
SECRET_INPUT = "secret:"  # noqa: S105 - the beginning of a name, not a secret


@dataclass(frozen=True)
class Script:
    """A script for a transport: its text, and the secrets that travel beside it as data, by the name of the input."""

    text: str
    secrets: Mapping[str, Secret] = field(default_factory=dict)


@cache
def observe_script() -> str:
    """Give the script that observes; what it reads comes as its inputs, so there is only one."""
    return render("observe.ps1.j2", partials=OBSERVE)


def apply_script(plan: Plan, terms: Terms = DEFAULT_TERMS) -> Script:
    """Give the script that applies a plan."""
    made = steps_of(plan, terms.allow)
    text = render(
        "apply.ps1.j2",
        partials=partials_for(made.steps, secrets="secrets.ps1" if made.secrets else None, last=APPLY),
        host=plan.host,
        version=iisrelay.__version__,
        terms=terms,
        total=len(plan.changes),
        steps=made.steps,
        save=plan.save_to_disk,
        reboot=plan.reboot_allowed,
    )
    return Script(text, {f"{SECRET_INPUT}{identity}": secret for identity, secret in made.secrets.items()})


def partials_for(steps: tuple[Step, ...], *, secrets: str | None, last: tuple[str, ...]) -> tuple[str, ...]:
    """Give the files of functions that steps need, in an order in which they can be read."""
    more = [name for step in steps for name in NEEDS.get(step.function, ())]
    wanted = [*BASE, *([secrets] if secrets else []), *METABASE, *more, "save.ps1", *last]
    return tuple(dict.fromkeys(wanted))


__all__ = ["RESTART_STEP", "Script", "Terms", "apply_script", "observe_script", "partials_for"]
