"""From what a site asks for and what a host holds to a plan. Pure: no host, no file, no secret is touched."""

from iisrelay.plan.advice import warnings
from iisrelay.plan.guard import Outlook, findings
from iisrelay.plan.host import firewall_changes, folder_changes, host_changes
from iisrelay.plan.mail import carrying
from iisrelay.plan.model import Plan, basis_of
from iisrelay.plan.order import ordered
from iisrelay.plan.places import place
from iisrelay.plan.servers import server_changes
from iisrelay.plan.support import check_supported
from iisrelay.plan.values import Comparison, SecretCheck
from iisrelay.site.target import Target
from iisrelay.state.observed import Observed


def make_plan(target: Target, observed: Observed, is_current: SecretCheck) -> Plan:
    """Give the plan that brings a host to its target.

    An inherited value that equals the desired one is left alone: what counts is the effective value, and a local copy
    would keep the virtual server from following the service when somebody changes that.

    Raises:
        UnsupportedHostError: when the host cannot be managed at all.
    """
    check_supported(target, observed)
    comparison = Comparison(observed, is_current)
    placements = place(target, observed)
    host = tuple(host_changes(comparison, target))
    below = comparison.after(host)
    changes = ordered(
        [
            *host,
            *folder_changes(comparison, placements),
            *carrying((change for placement in placements for change in server_changes(below, placement)), observed),
            *firewall_changes(comparison, target, placements),
        ]
    )
    outlook = Outlook(observed, placements, changes)
    return Plan(
        host=target.name,
        changes=changes,
        findings=findings(outlook),
        warnings=warnings(target, outlook),
        save_to_disk=target.save_to_disk,
        reboot_allowed=target.reboot_allowed,
        basis=basis_of(target, observed),
    )
