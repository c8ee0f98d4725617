"""Findings on what Schannel of a host does: protocols, cipher suites, and since when the service knows of it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iisrelay.settings.host import BUILD_2008_R2
from iisrelay.settings.stored import Stored
from iisrelay.tls import suites
from iisrelay.tls.facts import TlsFacts
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.schannel import TLS_12, ProtocolState, Read, find, key_of
from iisrelay.tls.windows import Side, State, windows_of

SWITCH_ON = "site file: `tls: {policy: tls12}`, then `iisrelay apply`"
RESTART = "Restart-Service IISADMIN -Force; Start-Service SMTPSVC"
REBOOT = "Restart-Computer"
# What was written to these keys after the service began to run may be unknown to it. A key that is not there may have
# been deleted, which its parent remembers.
DECISIVE = (
    *(key_of(TLS_12, side) for side in Side),
    suites.POLICY_LIST,
    suites.LOCAL_LIST,
    *(suites.algorithm_key(name) for name in suites.ALGORITHMS),
)
GENERATIONS = 4
WORDS = {
    State.ENABLED: "on",
    State.DISABLED_BY_DEFAULT: "off unless a program asks for it by name, which SMTPSVC is not known to do",
    State.DISABLED: "switched off",
    State.NOT_SUPPORTED: "not known to this Windows",
    State.UNKNOWN: "doubtful: whether the update that brings it is installed could not be seen",
}
DIRECTIONS = {Side.CLIENT: "outbound", Side.SERVER: "inbound"}


@dataclass(frozen=True)
class Machine:
    """What the findings on Schannel are made from."""

    build: int
    product: str
    states: tuple[ProtocolState, ...]
    read: Read
    facts: TlsFacts | None
    is_service_running: bool = True


def protocol_findings(machine: Machine) -> Iterator[Finding]:
    """Judge the protocols."""
    for side in Side:
        yield _tls12(machine, find(machine.states, TLS_12, side))
    for state in machine.states:
        yield from _values(state)
    yield from _old_protocols(machine)
    yield from _restart(machine)


def has_update(build: int, facts: TlsFacts | None) -> bool | None:
    """Tell whether Windows Server 2008 has the update that brings TLS 1.2; None is "cannot tell", or no matter."""
    windows = windows_of(build)
    parts = facts.schannel.split(".") if facts else []
    if not windows.update or len(parts) != 4 or not all(part.isdigit() for part in parts):
        return None
    return tuple(map(int, parts[2:])) >= windows.schannel


def described(values: Mapping[str, Stored]) -> str:
    """Show registry values."""
    return ", ".join(f"{name} = {_shown(value)}" for name, value in values.items()) or "no values"


def _shown(value: Stored) -> str:
    return str(value) if isinstance(value, int) else f"{value!r} (no REG_DWORD)"


def _tls12(machine: Machine, state: ProtocolState) -> Finding:
    direction = DIRECTIONS[state.side]
    is_client = state.side is Side.CLIENT
    severity = Severity.OK if state.state is State.ENABLED else _severity_of(state.state, is_client=is_client)
    if state.wrong:
        severity = max(severity, Severity.UNKNOWN, key=list(Severity).index) if is_client else Severity.WARNING
    fix = "" if severity is Severity.OK else _fix(machine, state)
    return Finding(
        code=f"tls12_{state.side.lower()}",
        severity=severity,
        message=f"TLS 1.2 {direction} is {WORDS[state.state]}",
        evidence=f"{state.path}: {described(state.values)}; {machine.product} without values: "
        f"{state.default.replace('_', ' ')}",
        fix=fix,
        subject="host",
    )


def _severity_of(state: State, *, is_client: bool) -> Severity:
    """Inbound, programs may still talk without TLS or with an older version; outbound nothing else will do."""
    if not is_client:
        return Severity.WARNING
    return Severity.UNKNOWN if state is State.UNKNOWN else Severity.PROBLEM


def _fix(machine: Machine, state: ProtocolState) -> str:
    windows = windows_of(machine.build)
    if state.state in (State.NOT_SUPPORTED, State.UNKNOWN):
        update = windows.update or "a newer Windows Server"
        return f"install {update}, then {SWITCH_ON}"
    return SWITCH_ON


def _values(state: ProtocolState) -> Iterator[Finding]:
    direction = DIRECTIONS[state.side]
    evidence = f"{state.path}: {described(state.values)}"
    if state.wrong:
        message = (
            f"{state.protocol} {direction}: {' and '.join(state.wrong)} is no REG_DWORD; Windows is taken to ignore it"
        )
        fix = f"delete the value and write a REG_DWORD, or {SWITCH_ON}"
        yield Finding("wrong_type", Severity.WARNING, message, evidence, fix, "host")
    if state.is_unsafe:
        message = f"values of TLS 1.3 {direction} on a Windows that does not know it: documented as unsafe"
        fix = f"Remove-Item 'HKLM:{state.path.removeprefix('HKLM')}' -Recurse"
        yield Finding("tls13_unsafe", Severity.WARNING, message, evidence, fix, "host")
    if state.incomplete:
        message = (
            f"{state.protocol} {direction}: Enabled alone is not enough where Windows has it off by default; "
            "DisabledByDefault = 0 belongs to it"
        )
        fix = SWITCH_ON if state.protocol == TLS_12 else f"write DisabledByDefault = 0 at {state.path}"
        yield Finding("incomplete", Severity.WARNING, message, evidence, fix, "host")


def _old_protocols(machine: Machine) -> Iterator[Finding]:
    names = [
        f"{state.protocol} {DIRECTIONS[state.side]}"
        for state in machine.states
        if state.protocol < TLS_12 and state.state is State.ENABLED
    ]
    if names:
        yield Finding(
            "old_protocols",
            Severity.INFO,
            f"older protocols are on: {', '.join(names)}",
            "the effective states of all protocols",
            "site file: `tls: {policy: tls12_only}`, if no program on the host or near it needs them",
            "host",
        )


def suite_findings(machine: Machine, host: str, *, subject: str, was_seen: bool) -> Iterator[Finding]:
    """Judge whether host and smart host have a suite for TLS 1.2 in common; a handshake that was seen proves it."""
    if was_seen:
        return
    offered = suites.suites_of(machine.build, machine.read)
    accepted = suites.accepted_by(host)
    common = [name for name in offered.left if accepted is None or name in accepted]
    limits = f"{offered.source}" + (f"; switched off: {', '.join(offered.off)}" if offered.off else "")
    fix = f"change {limits}; at best let it begin with {' and '.join(_best(machine, accepted))}"
    if common and accepted is not None:
        message = f"{len(common)} cipher suites in common with {host}, as documented"
        yield Finding("cipher_suites", Severity.OK, message, f"{', '.join(common)} ({limits})", "", subject)
    elif common:
        return  # which suites the smart host takes is not documented here; a handshake will tell
    elif offered.unfamiliar or not suites.suites_of(machine.build, _nothing).left:
        message = f"whether the host has a cipher suite for {host} cannot be told"
        evidence = f"{limits}: {', '.join(offered.unfamiliar) or 'unknown for this Windows'}"
        yield Finding("cipher_suites", Severity.UNKNOWN, message, evidence, fix, subject)
    else:
        message = f"no cipher suite for TLS 1.2 in common with {host}"
        yield Finding("cipher_suites", Severity.PROBLEM, message, f"{limits} leaves none of them", fix, subject)


def _nothing(_path: str, _name: str) -> None:
    return None


def _best(machine: Machine, accepted: tuple[str, ...] | None) -> list[str]:
    known = windows_of(machine.build).suites or suites.suites_of(BUILD_2008_R2, _nothing).left
    return [name for name in known if accepted is None or name in accepted][:2]


def _restart(machine: Machine) -> Iterator[Finding]:
    """Judge whether the service knows of what the registry says: it keeps the handles that it once opened."""
    facts = machine.facts
    needs_boot = machine.build <= BUILD_2008_R2  # field advice there: services know of it after a reboot only
    if facts is None or not (needs_boot or machine.is_service_running):
        return
    since = facts.booted if needs_boot else facts.started
    fix = REBOOT if needs_boot else RESTART
    event = "Windows was started" if needs_boot else "the process of SMTPSVC (inetinfo) was started"
    times = _written(facts)
    client = find(machine.states, TLS_12, Side.CLIENT)
    if since is None or (client.values and client.path not in times):
        message = f"whether {event} after TLS 1.2 was set cannot be told"
        yield Finding("restart", _doubt(client), message, "no time of the registry key or of the start", fix, "host")
        return
    later = {path: time for path, time in times.items() if time >= since}
    if later:
        path, time = max(later.items(), key=lambda item: item[1])
        message = f"the registry was changed after {event}: the service may not know of it yet"
        evidence = f"{path} was written {_moment(time)}, {event} {_moment(since)}"
        yield Finding("restart", Severity.UNKNOWN, message, evidence, fix, "host")
    elif times:
        evidence = f"last written {_moment(max(times.values()))}, {event} {_moment(since)}"
        yield Finding(
            "restart", Severity.OK, "the service was started after the registry was set", evidence, "", "host"
        )


def watched_keys() -> tuple[str, ...]:
    """Give the registry keys whose times a check needs."""
    return tuple(dict.fromkeys(path for key in DECISIVE for path in _lineage(key)))


def _lineage(key: str) -> list[str]:
    parts = key.split("\\")
    return ["\\".join(parts[: len(parts) - generation]) for generation in range(GENERATIONS)]


def _written(facts: TlsFacts) -> dict[str, dt.datetime]:
    """Give for each decisive key when it was written, or the nearest key above it that is there."""
    times: dict[str, dt.datetime] = {}
    for key in DECISIVE:
        path = next((path for path in _lineage(key) if facts.written.get(path) is not None), None)
        time = facts.written[path] if path is not None else None
        if path is not None and time is not None:
            times[path] = time
    return times


def _doubt(client: ProtocolState) -> Severity:
    """Without values nothing was changed, as far as anybody can see."""
    return Severity.UNKNOWN if client.values else Severity.INFO


def _moment(time: dt.datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
