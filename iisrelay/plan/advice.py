"""Warnings: nothing is wrong with the plan, but somebody should know."""

from collections.abc import Iterator

from iisrelay.plan.change import counted
from iisrelay.plan.clock import today
from iisrelay.plan.deadlines import Deadline, deadline_for, warning
from iisrelay.plan.guard import LITTLE_MB, SCARCE_MB, Outlook, short_drives
from iisrelay.plan.places import Placement
from iisrelay.plan.servers import SERVER_STATE
from iisrelay.settings.stored import AccessList, Address, Store
from iisrelay.site.target import Target
from iisrelay.state.observed import ApplyRecord
from iisrelay.state.request import OUTBOUND_ESMTP, QUEUE
from iisrelay.status import Restart

BUILD_2019 = 17763
BUILD_2022 = 20348
ESMTP_OFF = 7
BASIC_LOGIN = 0x100  # RouteAction: SMTP_AUTH_CLEARTEXT


def warnings(target: Target, outlook: Outlook) -> tuple[str, ...]:
    """Give everything that is worth a warning about a host and a plan for it."""
    return (
        *target.warnings,
        *record_warnings(outlook.observed.record),
        *_host(outlook),
        *_startup(outlook),
        *_features(target, outlook),
        *_setup(outlook),
        *_esmtp(outlook),
        *_registry(target, outlook),
        *_deadlines(outlook),
        *(text for placement in outlook.placements for text in _server(outlook, placement)),
        *_unreadable(outlook),
    )


def record_warnings(record: ApplyRecord | None) -> Iterator[str]:
    """Tell of an apply that is at work, or that ended before its work was done."""
    if record is None:
        return
    if record.alive and record.state == "running":
        yield f"an apply by {record.owner} is at work on the host since {record.since}; what is seen may change"
    elif record.was_interrupted:
        yield (
            f"an apply by {record.owner} (since {record.since}) was interrupted after {record.finished} of "
            f"{record.total} changes; what is shown here starts from what the host holds now"
        )
    elif record.holds:
        yield f"the host is held by {record.owner} until {record.until} at the latest, to undo an apply"
    if record.moving:
        path, _, folder = record.moving.replace("\t", " ").partition(" ")
        yield f"mail of a folder move that was interrupted ({path}: {folder}) moves on with the next apply"
    if record.restart:
        yield f"the restart of {record.restart.replace(';', ', ')} is still to come: the next apply makes it"


def _host(outlook: Outlook) -> Iterator[str]:
    if outlook.observed.facts.pending_reboot:
        yield "Windows waits for a reboot; installing features may fail until it has had one: reboot it first"
    for drive, free_mb in short_drives(outlook, SCARCE_MB):
        if free_mb is not None and free_mb >= LITTLE_MB:
            yield f"drive {drive} has {free_mb} MB left for mail: make room, or name folders on another drive"
    if any(change.restart is Restart.REBOOT for change in outlook.changes):
        yield "some changes take effect only after a reboot of the host"
    yield from _queues(outlook)


def _queues(outlook: Outlook) -> Iterator[str]:
    """Tell of mail that waits where a virtual server is stopped, restarted or moved; it is not lost by that."""
    for server in outlook.observed.servers:
        changes = [change for change in outlook.changes if change.path == server.path]
        stops = any(change.restart is not Restart.NONE or change.name == SERVER_STATE for change in changes)
        moving = next((change for change in changes if change.name == QUEUE and change.carries is not None), None)
        left = next((change for change in changes if change.name == QUEUE and change.carries is None), None)
        if server.queued and moving is None and left is not None:
            yield (
                f'the queue folder of "{server.label}" is shared with another virtual server: the '
                f"{counted(server.queued)} in it stay there"
            )
        elif server.queued and moving is None and stops:
            yield f'{counted(server.queued)} wait in the queue of "{server.label}" and are delivered when it runs again'


def _startup(outlook: Outlook) -> Iterator[str]:
    """Repeat the field report that SMTPSVC with start type Automatic leaves mail in the queue after boot on 2019."""
    build = outlook.observed.facts.build
    wanted = next((change.stored_after for change in outlook.changes if change.name == "startup"), None)
    current = outlook.observed.find(Address(Store.SERVICE, "SMTPSVC", "startup"))
    startup = wanted if wanted is not None else (current.value if current else None)
    if startup == "automatic" and build >= BUILD_2019:
        yield (
            "SMTPSVC starts automatically; on Windows Server 2019 and later mail may stay in the queue after a boot "
            "(event 4006): use `service: {startup: delayed-automatic}`"
        )
    if startup == "manual" and outlook.observed.smtp_ready:
        yield "SMTPSVC has start type manual: after a boot of the host nothing relays until somebody starts it"


def _features(target: Target, outlook: Outlook) -> Iterator[str]:
    for name in target.features:
        if outlook.observed.features.get(name, "unknown") == "unknown":
            yield f"{outlook.observed.facts.product} does not offer the feature {name}; it is left out"


def _setup(outlook: Outlook) -> Iterator[str]:
    if not outlook.observed.smtp_ready and all(placement.number != 1 for placement in outlook.placements):
        yield (
            "installing the feature also makes an unnamed virtual server on port 25 of all addresses, which starts "
            'with the service; the site file can manage it as "[SMTP Virtual Server #1]"'
        )


def _esmtp(outlook: Outlook) -> Iterator[str]:
    """Name the servers that say HELO only: two field reports tie that to the value 7, which Setup was seen to leave."""
    lame = [
        f'"{placement.server.name}"'
        for placement in outlook.placements
        if placement.server.state != "absent" and _outbound_verbs(outlook, placement) == ESMTP_OFF
    ]
    if lame:
        yield (
            f"outbound ESMTP is off for {', '.join(lame)} ({OUTBOUND_ESMTP} is 7): no STARTTLS and no authentication "
            "towards the smart host; use `esmtp: {outbound: full}`"
        )


def _outbound_verbs(outlook: Outlook, placement: Placement) -> object:
    own = outlook.value(placement.path, OUTBOUND_ESMTP)
    return outlook.value("SmtpSvc", OUTBOUND_ESMTP) if own is None else own


def _registry(target: Target, outlook: Outlook) -> Iterator[str]:
    """Name values that have a wrong type now, and states that this Windows must not have."""
    build = outlook.observed.facts.build
    unsafe: dict[str, None] = {}
    for item in target.assignments:
        if item.address.store is not Store.REGISTRY:
            continue
        if build < item.minimum_build == BUILD_2022 and item.setting != "tls.policy":
            unsafe[item.setting] = None
        current = outlook.observed.find(item.address)
        if current is not None and current.value is not None and not isinstance(current.value, int):
            place = f"{item.address.path} {item.address.name}"
            yield f"{place} is {current.value!r}, which is no REG_DWORD: Windows is taken to ignore it"
    if unsafe:
        reason = "values of TLS 1.3 before Windows Server 2022 are documented as unsafe"
        yield f"{', '.join(unsafe)}: left out, because {reason}"


def _deadlines(outlook: Outlook) -> Iterator[str]:
    """Repeat what operators of smart hosts have announced, once for all virtual servers that it is for."""
    affected: dict[Deadline, list[str]] = {}
    for placement in outlook.placements:
        for path, host in _smart_hosts(outlook, placement):
            action = outlook.value(path, "RouteAction")
            deadline = deadline_for(host, basic=isinstance(action, int) and bool(action & BASIC_LOGIN))
            if deadline is not None:
                affected.setdefault(deadline, []).append(f'"{placement.server.name}"')
    for deadline, labels in affected.items():
        text = warning(deadline, dict.fromkeys(labels), today())
        if text:
            yield text


def _smart_hosts(outlook: Outlook, placement: Placement) -> Iterator[tuple[str, str]]:
    """Give the keys of a virtual server that have a smart host, with it."""
    if placement.server.state == "absent":
        return
    domains = (f"{placement.path}/Domain/{domain.name}" for domain in placement.server.domains if domain.present)
    for path, name in ((placement.path, "SmartHost"), *((path, "RouteActionString") for path in domains)):
        host = outlook.value(path, name)
        if isinstance(host, str):
            yield path, host


def _server(outlook: Outlook, placement: Placement) -> Iterator[str]:
    if placement.server.state == "absent":
        return
    label = f'"{placement.server.name}"'
    if placement.adopted and placement.existing:
        yield (
            f"{label} takes over {placement.existing.label} ({placement.path}), which is unnamed and holds the same "
            "endpoint"
        )
    if placement.existing is None and not placement.server.bindings:
        yield f"{label} is new and has no bindings: it will listen nowhere"
    yield from _relay(outlook, placement, label)


def _relay(outlook: Outlook, placement: Placement, label: str) -> Iterator[str]:
    relay = outlook.value(placement.path, "RelayIpList")
    is_planned = any(change.path == placement.path and change.name == "RelayIpList" for change in outlook.changes)
    if isinstance(relay, AccessList) and relay.grant_by_default and not is_planned:
        yield f"{label} relays for everybody but those listed (access.relay is not managed)"
    if relay is None and placement.existing and outlook.observed.facts.build >= BUILD_2022:
        yield (
            f"{label} has no RelayIpList, which crashes the IIS 6 console on Windows Server 2022; "
            "any `access.relay` in the site file repairs it"
        )


def _unreadable(outlook: Outlook) -> Iterator[str]:
    for address, value in outlook.observed.values.items():
        if value.problem:
            yield f"{address.path} {address.name} could not be read: {value.problem}"
