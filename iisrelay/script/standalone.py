"""The self-contained script for hosts that no transport reaches: it compares, sets and reports by itself.

It is made from the target alone, so it finds virtual servers by name and keeps bits that no setting owns on the host.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import iisrelay
from iisrelay.errors import RefusedError
from iisrelay.plan.guard import OPEN_RELAY
from iisrelay.plan.host import SERVICE_PATH, is_reachable, remote_text, rule_name
from iisrelay.plan.openness import is_wide_name, openness
from iisrelay.plan.places import endpoint
from iisrelay.plan.servers import ROUTING_CLASS, absolute
from iisrelay.plan.values import default_bits, strongest
from iisrelay.script.render import partials_for
from iisrelay.script.steps import (
    Arguments,
    ServerPath,
    Step,
    firewall_call,
    plain,
    registry_call,
    restart_step,
    written,
)
from iisrelay.script.templates import render
from iisrelay.secret import Secret
from iisrelay.settings.domains import RELAY_BIT
from iisrelay.settings.stored import AccessList, Kind, Store
from iisrelay.site.target import Assignment, Cleared, DomainTarget, Target, VirtualServerTarget
from iisrelay.state.observed import STARTED, STOPPED
from iisrelay.state.request import DOMAIN_CLASS, FIREWALL_PREFIX, MAIL_FOLDERS, SMTP_FEATURE
from iisrelay.status import Restart

ANY_BUILD = (0, 2**31)


@dataclass(frozen=True)
class Draft:
    """A call before it has its number; ``turn`` orders calls as the plan orders changes."""

    turn: int
    setting: str
    comment: str
    function: str
    arguments: Arguments
    restart: Restart = Restart.NONE
    condition: tuple[int, int] | None = None


def render_standalone(target: Target, *, allow: frozenset[str] = frozenset()) -> str:
    """Give the self-contained script for a target.

    Raises:
        RefusedError: when the site asks for an open relay and ``allow`` does not name that guard.
    """
    _refuse_open_relay(target, allow)
    secrets: dict[str, Secret] = {}
    drafts = sorted(_drafts(target, secrets), key=lambda draft: draft.turn)
    steps = _with_restart(drafts)
    return render(
        "standalone.ps1.j2",
        ascii_only=True,
        partials=partials_for(
            steps, secrets="secrets-prompt.ps1" if secrets else None, last=("features.ps1", "standalone.ps1")
        ),
        host=target.name,
        version=iisrelay.__version__,
        secret_names=sorted(secrets),
        installs=SMTP_FEATURE in target.features,
        steps=steps,
        save=target.save_to_disk,
    )


def _refuse_open_relay(target: Target, allow: frozenset[str]) -> None:
    for server in target.virtual_servers:
        if OPEN_RELAY not in allow and (any(map(_is_open, server.assignments)) or any(map(_is_wide, server.domains))):
            raise RefusedError(
                f'virtual server "{server.name}" of {target.name} would be an open relay [{OPEN_RELAY}]',
                hint=f"if that is meant, use --allow {OPEN_RELAY}",
            )


def _is_open(item: Assignment) -> bool:
    return item.address.name == "RelayIpList" and isinstance(item.value, AccessList) and bool(openness(item.value))


def _is_wide(domain: DomainTarget) -> bool:
    """Tell whether everybody may relay to a whole top-level domain or more."""
    actions = [item.value for item in domain.assignments if item.address.name == "RouteAction"]
    return is_wide_name(domain.name) and any(isinstance(value, int) and value & RELAY_BIT for value in actions)


def _with_restart(drafts: list[Draft]) -> tuple[Step, ...]:
    steps = [_numbered(draft, number) for number, draft in enumerate(drafts, start=1)]
    if any(draft.restart in (Restart.VIRTUAL_SERVER, Restart.SERVICE) for draft in drafts):
        place = sum(draft.turn < RESTART_TURN for draft in drafts)
        steps.insert(place, restart_step())
    return tuple(steps)


def _numbered(draft: Draft, number: int) -> Step:
    identity = f"c{number}"
    return Step(
        comment=draft.comment,
        function=draft.function,
        arguments=(("Change", identity), *draft.arguments),
        identity=identity,
        setting=draft.setting,
        condition=draft.condition,
    )


FEATURES, FOLDERS, REMOVALS, SERVERS, STOPS, SERVICE, SETTINGS, AUTO_STARTS, DOMAINS, REGISTRY = range(10)
RESTART_TURN, STARTUP, SERVICE_STATE, STARTS, FIREWALL = range(10, 15)


def _drafts(target: Target, secrets: dict[str, Secret]) -> Iterator[Draft]:
    for name in target.features:
        yield Draft(FEATURES, f"features[{name}]", f"feature {name}", "Install-Feature", (("Name", name),))
    for item in target.assignments:
        yield from _host_drafts(item, secrets)
    for server in target.virtual_servers:
        yield from _server_drafts(server, secrets)
    yield from _firewall_drafts(target)


def _host_drafts(item: Assignment, secrets: dict[str, Secret]) -> Iterator[Draft]:
    address = absolute(item.address, SERVICE_PATH)
    if address.store is Store.SERVICE:
        function = "Set-ServiceStartup" if address.name == "startup" else "Set-ServiceState"
        turn = STARTUP if address.name == "startup" else SERVICE_STATE
        arguments: Arguments = (("Name", address.path), ("Value", str(item.value)))
        yield Draft(turn, item.setting, _comment(item, item.setting), function, arguments)
    else:
        turn = REGISTRY if address.store is Store.REGISTRY else SERVICE
        yield from _value_drafts([item], turn, item.setting, address.path, secrets)


def _server_drafts(server: VirtualServerTarget, secrets: dict[str, Secret]) -> Iterator[Draft]:
    prefix = f"virtual_servers[{server.name}]"
    if server.state == "absent":
        yield Draft(REMOVALS, prefix, f"{prefix}: absent", "Remove-NamedServer", (("Name", server.name),))
        return
    for folder in server.folders:
        yield Draft(FOLDERS, f"{prefix}.folders", f"{prefix}.folders: {folder}", "New-Folder", (("Path", folder),))
    bindings = tuple(f"{address}:{port}" for address, port in map(endpoint, server.bindings))
    yield Draft(SERVERS, prefix, f"{prefix}: present", "Confirm-VirtualServer",
                (("Name", server.name), ("Bindings", bindings)))  # fmt: skip
    yield from _state_drafts(server, prefix)
    yield from _property_drafts(server, prefix, secrets)
    for domain in server.domains:
        yield from _domain_drafts(server, domain, secrets)


def _state_drafts(server: VirtualServerTarget, prefix: str) -> Iterator[Draft]:
    path = ServerPath(server.name)
    if server.state is None and not server.starts_when_new:
        return
    if server.state is None:
        yield Draft(STARTS, f"{prefix}.state", f"{prefix}.state: started, if it was created just now",
                    "Start-NewServer", (("Path", path),))  # fmt: skip
        return
    starts = server.state == "started"
    if not any(item.address.name == "ServerAutoStart" for item in server.assignments):
        arguments: Arguments = (("Path", path), ("Name", "ServerAutoStart"), ("Kind", "BOOL"), ("Value", starts))
        setting = f"{prefix}.general.auto_start"
        yield Draft(AUTO_STARTS, setting, f"{setting}: {written(starts)}", "Set-MetabaseValue", arguments)
    yield Draft(
        STARTS if starts else STOPS,
        f"{prefix}.state",
        f"{prefix}.state: {server.state}",
        "Set-ServerState",
        (("Path", path), ("Value", STARTED if starts else STOPPED)),
    )


def _property_drafts(server: VirtualServerTarget, prefix: str, secrets: dict[str, Secret]) -> Iterator[Draft]:
    # Who may connect and relay comes first, as in a plan: nothing is open in between.
    ordered = sorted(server.assignments, key=lambda item: item.kind is not Kind.IPSECLIST)
    below = sorted(
        {item.address.path for item in ordered if item.address.path and item.address.store is Store.METABASE}
    )
    for path in below:
        class_name = DOMAIN_CLASS if path.startswith("Domain") else ROUTING_CLASS
        yield _key_draft(SETTINGS, f"{prefix}.{path}", ServerPath(server.name, path), class_name)
    for group in _grouped(ordered):
        address = group[0].address
        path_of = address.path if address.store is not Store.METABASE else ServerPath(server.name, address.path)
        yield from _value_drafts(group, SETTINGS, prefix, path_of, secrets)


def _domain_drafts(server: VirtualServerTarget, domain: DomainTarget, secrets: dict[str, Secret]) -> Iterator[Draft]:
    prefix = f"virtual_servers[{server.name}].domains[{domain.name}]"
    path = ServerPath(server.name, f"Domain/{domain.name}")
    if not domain.present:
        yield Draft(DOMAINS, prefix, f"{prefix}: absent", "Remove-MetabaseKey",
                    (("Path", path), ("Class", DOMAIN_CLASS)))  # fmt: skip
        return
    yield _key_draft(DOMAINS, prefix, path, DOMAIN_CLASS)
    for group in _grouped(domain.assignments):
        yield from _value_drafts(group, DOMAINS, prefix, path, secrets)


def _key_draft(turn: int, setting: str, path: ServerPath, class_name: str) -> Draft:
    return Draft(turn, setting, f"{setting}: present", "New-MetabaseKey", (("Path", path), ("Class", class_name)))


def _grouped(assignments: Iterable[Assignment]) -> Iterator[list[Assignment]]:
    """Keep the settings that share a DWORD together."""
    groups: dict[object, list[Assignment]] = {}
    for item in assignments:
        key = (item.address, item.minimum_build) if item.mask is not None else id(item)
        groups.setdefault(key, []).append(item)
    yield from groups.values()


def _value_drafts(
    group: list[Assignment], turn: int, prefix: str, path: str | ServerPath, secrets: dict[str, Secret]
) -> Iterator[Draft]:
    first = group[0]
    setting = prefix if prefix == first.setting else f"{prefix}.{first.setting}"
    function, arguments = _value_call(group, path, setting, secrets)
    restart = strongest(item.restart for item in group)
    if restart is not Restart.NONE:
        arguments = (*arguments, ("Restart", restart.value))
    builds = (first.minimum_build, first.maximum_build)
    yield Draft(
        turn=turn,
        setting=setting,
        comment="; ".join(_comment(item, setting if item is first else item.setting) for item in group),
        function=function,
        arguments=arguments,
        restart=restart,
        condition=None if builds == ANY_BUILD else builds,
    )


def _value_call(
    group: list[Assignment], path: str | ServerPath, setting: str, secrets: dict[str, Secret]
) -> tuple[str, Arguments]:
    first = group[0]
    place: Arguments = (("Path", path), ("Name", first.address.name))
    if first.address.store is Store.REGISTRY:
        value = None if isinstance(first.value, (Cleared, Secret)) else first.value
        return registry_call(first.address.path, first.address.name, first.kind, value)
    if all(isinstance(item.value, Cleared) for item in group):
        return "Clear-MetabaseValue", place
    if isinstance(first.value, Secret):
        name = _own_name(environment_name(first.value, setting), first.value, secrets)
        secrets[name] = first.value
        return "Set-MetabaseSecret", (*place, ("Secret", name))
    if first.mask is not None:
        return "Set-MetabaseBits", (*place, *_bits(group))
    value = None if isinstance(first.value, Cleared) else first.value
    if first.address.name in MAIL_FOLDERS:
        return "Set-OwnFolder", (*place, ("Value", plain(value)))
    return "Set-MetabaseValue", (*place, ("Kind", first.kind.value), ("Value", plain(value)))


def _bits(group: list[Assignment]) -> Arguments:
    default = default_bits(group[0].address)
    mask = bits = 0
    for item in group:
        own = item.mask or 0
        mask |= own
        bits |= own & (item.value if isinstance(item.value, int) else default)
    return (("Mask", plain(mask)), ("Value", plain(bits)), ("Default", plain(default)))


def _own_name(name: str, secret: Secret, taken: Mapping[str, Secret]) -> str:
    """Keep the variables of different secrets apart; Windows makes no difference between cases of letters."""
    folded = {known.upper(): other for known, other in taken.items()}
    candidates = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if folded.get(one.upper(), secret) == secret)


def environment_name(secret: Secret, setting: str) -> str:
    """Name the environment variable that the script takes a secret from: the site's own, or one made of the setting."""
    kind, _, rest = secret.reference.partition(":")
    if kind == "env" and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", rest):
        return rest
    return "IISRELAY_" + re.sub(r"[^A-Z0-9]+", "_", setting.upper()).strip("_")


def _comment(item: Assignment, setting: str) -> str:
    if item.sensitive or isinstance(item.value, Secret):
        return f"{setting}: (sensitive)"
    if isinstance(item.value, Cleared):
        return f"{setting}: not set here"
    return f"{setting}: {written(item.codec.show(item.value))}"


def _firewall_drafts(target: Target) -> Iterator[Draft]:
    if not target.firewall.manage:
        return
    remote = remote_text(target.firewall.remote_addresses)
    names = tuple(dict.fromkeys(_rule_names(target)))
    for name in names:
        function, arguments = firewall_call(name, remote)
        yield Draft(FIREWALL, "firewall", f"firewall: {name} from {remote}", function, arguments)
    yield Draft(FIREWALL, "firewall", "firewall: no other rules of iisrelay", "Remove-OtherFirewallRules",
                (("Prefix", FIREWALL_PREFIX), ("Keep", names)))  # fmt: skip


def _rule_names(target: Target) -> Iterator[str]:
    for server in target.virtual_servers:
        if server.state != "absent":
            yield from (rule_name(binding) for binding in server.bindings if is_reachable(binding))


__all__ = ["environment_name", "render_standalone"]
