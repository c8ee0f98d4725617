"""The changes outside the virtual servers: features, folders, services, registry, firewall."""

import ipaddress
from collections.abc import Iterable, Iterator

from iisrelay.plan.change import Change
from iisrelay.plan.places import Placement, endpoint
from iisrelay.plan.servers import scope_changes
from iisrelay.plan.values import Comparison
from iisrelay.settings.stored import Address, Kind, Store
from iisrelay.site.target import Target
from iisrelay.state.request import FIREWALL_PREFIX
from iisrelay.status import Action

FEATURE_STATE = "state"
FOLDER_STATE = "folder"
RULE = "rule"
SERVICE_PATH = "SmtpSvc"
INSTALLABLE = frozenset({"available", "removed"})


def host_changes(comparison: Comparison, target: Target) -> Iterator[Change]:
    """Give every change that belongs to no virtual server, in no particular order."""
    yield from _features(comparison, target)
    yield from scope_changes(comparison, target.assignments, path=SERVICE_PATH, prefix="")


def _features(comparison: Comparison, target: Target) -> Iterator[Change]:
    """Install what the Windows offers ("removed": from its source); what it does not know is left out."""
    for name in target.features:
        state = comparison.observed.features.get(name, "unknown")
        if state in INSTALLABLE:
            yield _word(f"features[{name}]", Address(Store.FEATURE, name, FEATURE_STATE), None, "installed")


def folder_changes(comparison: Comparison, placements: Iterable[Placement]) -> Iterator[Change]:
    """Create the folders that virtual servers need; one folder is one change, however many need it."""
    seen: set[str] = set()
    for placement in placements:
        if placement.server.state == "absent":
            continue
        for folder in placement.server.folders:
            address = Address(Store.FOLDER, folder, FOLDER_STATE)
            if folder.casefold() not in seen and comparison.observed.find(address) is None:
                seen.add(folder.casefold())
                yield _word(f"{placement.prefix}.folders", address, None, folder)


def firewall_changes(comparison: Comparison, target: Target, placements: Iterable[Placement]) -> Iterator[Change]:
    """Keep one inbound rule an endpoint that others can reach, and remove those of ours that are of no use any more."""
    if not target.firewall.manage:
        return
    remote = remote_text(target.firewall.remote_addresses)
    wanted = {}
    for placement in placements:
        if placement.server.state != "absent":
            reachable = filter(is_reachable, placement.server.bindings)
            wanted.update({rule_name(binding): binding for binding in reachable})
    for name, binding in wanted.items():
        address, port = endpoint(binding)
        yield from _rule(comparison, name, f"TCP {port} on {address or 'any'} from {remote}")
    for place, value in comparison.observed.values.items():
        if place.store is Store.FIREWALL and place.path not in wanted:
            yield _word("firewall", place, value.value, None)


def _rule(comparison: Comparison, name: str, text: str) -> Iterator[Change]:
    address = Address(Store.FIREWALL, name, RULE)
    current = comparison.observed.find(address)
    if current is None or _rule_parts(str(current.value)) != _rule_parts(text):
        yield _word("firewall", address, current.value if current else None, text)


def _rule_parts(text: str) -> tuple[str, frozenset[str]]:
    """Split a rule's text; the firewall shows remote addresses in an order and a notation of its own."""
    head, _, remote = text.partition(" from ")
    return head, frozenset(_remote_address(address) for address in remote.split(","))


def rule_name(binding: str) -> str:
    """Name the firewall rule of an endpoint."""
    address, port = endpoint(binding)
    return f"{FIREWALL_PREFIX}{address or '*'}:{port}"


def remote_text(addresses: Iterable[str]) -> str:
    """Write remote addresses as the firewall shows them: with masks (IPv6: prefix lengths), sorted."""
    return ",".join(sorted({_remote_address(address) for address in addresses})) or "any"


def _remote_address(text: str) -> str:
    """Give an address or a network in one notation; the firewall's words (LocalSubnet) have no case."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return "LocalSubnet" if text.lower() == "localsubnet" else text
    return f"{network.network_address}/{network.netmask if network.version == 4 else network.prefixlen}"


def is_reachable(binding: str) -> bool:
    """Tell whether others than the host itself can reach an endpoint."""
    address, _ = endpoint(binding)
    return not address.startswith("127.")


def _word(setting: str, address: Address, before: object, after: str | None) -> Change:
    before = None if before is None else str(before)
    written = Action.CREATE if before is None else Action.UPDATE
    return Change(
        identity="",
        setting=setting,
        store=address.store,
        path=address.path,
        name=address.name,
        action=Action.DELETE if after is None else written,
        kind=Kind.WORD,
        before=before,
        after=after,
        stored_before=before,
        stored_after=after,
    )
