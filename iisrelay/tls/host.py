"""The check of hosts: observe, ask what else there is to know, probe from the host, judge. Nothing is changed."""

import datetime as dt
import platform
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from iisrelay.engine.options import Connect, Progress, silent
from iisrelay.engine.scripts import answer_of, run_observe
from iisrelay.errors import IisRelayError, UnsupportedHostError, defect_on_host
from iisrelay.plan.clock import today
from iisrelay.script.templates import render
from iisrelay.settings.stored import Address, Store
from iisrelay.site.target import Connection, Target
from iisrelay.state.observed import Observed
from iisrelay.tls.facts import HostProbe, TlsFacts, parse_facts
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.judge_inbound import inbound_findings
from iisrelay.tls.judge_programs import program_findings
from iisrelay.tls.judge_protocols import Machine, has_update, protocol_findings, watched_keys
from iisrelay.tls.judge_routes import route_findings
from iisrelay.tls.routes import Relay, Route, registry_of, relays_of, request, routes_of
from iisrelay.tls.schannel import effective
from iisrelay.tls.verdict import HostCheck

PARTIALS = (
    "base.ps1", "json.ps1", "failures.ps1", "answer.ps1", "registry.ps1", "tls-facts.ps1", "tls-probe.ps1",
    "tls-check.ps1",
)  # fmt: skip
LONGEST_PROBE_S = 60
SHORTEST_PROBE_S = 10
RESERVE_S = 30.0  # of the time for the script, for everything but probes


@dataclass(frozen=True)
class Subject:
    """A host to check. Without a target (no site file) all its virtual servers are judged."""

    name: str
    connection: Connection
    target: Target | None = None


def local_subject() -> Subject:
    """Give the machine that this program runs on."""
    return Subject(platform.node(), Connection(kind="local", address=platform.node()))


@dataclass(frozen=True)
class Probe:
    """A server to ask from the host."""

    identity: str
    host: str
    port: int
    name: str  # that its certificate should have
    ehlo_name: str


def check_hosts(
    subjects: Sequence[Subject],
    connect: Connect,
    *,
    probe: bool = True,
    jobs: int = 10,
    progress: Progress = silent,
) -> tuple[HostCheck, ...]:
    """Check hosts, many at a time; one result a host in the given order. A failure is this host's and nobody else's."""
    day = today()

    def check(subject: Subject) -> HostCheck:
        try:
            return _Check(subject, connect, progress, day, probe=probe).run()
        except IisRelayError as error:
            return HostCheck(subject.name, error=error)
        except Exception as error:  # noqa: BLE001 - a defect met on one host must not lose the results of the others
            return HostCheck(subject.name, error=defect_on_host(error))
        finally:
            progress(subject.name, "done")

    with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="host") as pool:
        return tuple(pool.map(check, subjects))


@cache
def check_script() -> str:
    """Give the script that tells and tries; what it asks comes as its inputs, so there is only one."""
    return render("tls-check.ps1.j2", partials=PARTIALS)


class _Check:
    """The check of one host."""

    def __init__(self, subject: Subject, connect: Connect, progress: Progress, day: dt.date, *, probe: bool) -> None:
        self.subject = subject
        self.connect = connect
        self.progress = progress
        self.day = day
        self.probe = probe

    def run(self) -> HostCheck:
        timeout_s = self.subject.connection.timeout_s
        with self.connect(self.subject.connection) as transport:
            self.progress(self.subject.name, "observing")
            observed = run_observe(transport, request(), timeout_s)
            _check_account(observed)
            relays = relays_of(observed, self.subject.target) if observed.smtp_ready else ()
            routes = tuple(route for relay in relays for route in routes_of(observed, relay))
            probes = tuple(_probes(relays, routes)) if self.probe else ()
            self.progress(self.subject.name, f"probing {len(probes)} servers from the host" if probes else "asking")
            seconds = str(max(SHORTEST_PROBE_S, int(timeout_s - RESERVE_S)))
            inputs = {"keys": "\n".join(watched_keys()), "probes": _lines(probes, timeout_s), "seconds": seconds}
            facts = parse_facts(answer_of(transport.run(check_script(), inputs, timeout_s)))
        return judge(self.subject, observed, facts, self.day, probed=self.probe)


def judge(subject: Subject, observed: Observed, facts: TlsFacts, day: dt.date, *, probed: bool) -> HostCheck:
    """Judge a host by everything that is known of it: pure, so that any host can be thought up."""
    build, read = observed.facts.build, registry_of(observed)
    states = effective(build, read, has_update=has_update(build, facts))
    machine = Machine(build, observed.facts.product, states, read, facts, is_service_running=_is_running(observed))
    relays = relays_of(observed, subject.target) if observed.smtp_ready else ()
    findings: list[Finding] = [*_service(subject, observed, relays), *protocol_findings(machine)]
    for relay in relays:
        findings += _standing(relay)
        for route in routes_of(observed, relay):
            findings += route_findings(machine, route, facts.probe(route.identity), day)
        if relay.existing is not None:
            findings += inbound_findings(relay, facts, _inbound_probe(relay, facts))
    findings += program_findings(build, read)
    if not probed:
        message = "nothing was tried from the host: the verdict rests on registry, metabase and documentation"
        findings.append(Finding("no_probe", Severity.INFO, message, "--no-probe", "", "host"))
    warnings = subject.target.warnings if subject.target else ()
    return HostCheck(subject.name, _unique(findings), states, facts.probes, observed.facts.product, warnings)


def _check_account(observed: Observed) -> None:
    """Refuse to judge by what a filtered account or a 32-bit process sees."""
    if not observed.facts.is_administrator or not observed.facts.is_64_bit:
        raise UnsupportedHostError(
            "the account is not an administrator of the host, or the remote PowerShell is 32-bit",
            hint="use a member of the local group Administrators and the 64-bit session configuration",
        )


def _is_running(observed: Observed) -> bool:
    states = (observed.find(Address(Store.SERVICE, name, "state")) for name in ("SMTPSVC", "IISADMIN"))
    return any(state is not None and state.value == "running" for state in states)


def _service(subject: Subject, observed: Observed, relays: tuple[Relay, ...]) -> Iterator[Finding]:
    product = observed.facts.product
    if not observed.smtp_ready:
        state = observed.features.get("SMTP-Server", "unknown")
        message = f"{product} has no working SMTP service, so nothing is relayed"
        evidence = f"feature SMTP-Server: {state}; {observed.smtp_problem or 'no SmtpSvc in the metabase'}"
        fix = "another host: this Windows does not offer the feature" if state == "unknown" else "iisrelay apply"
        yield Finding("smtp_service", Severity.PROBLEM, message, evidence, fix, "host")
    elif not relays:
        message = "there is no virtual server to judge"
        fix = "name virtual servers in the site file" if subject.target else "make one"
        yield Finding("virtual_server", Severity.UNKNOWN, message, "SmtpSvc has none", fix, "host")


def _standing(relay: Relay) -> Iterator[Finding]:
    subject = f'virtual server "{relay.name}"'
    if relay.existing is None:
        message = "the virtual server of the site file is not on the host yet"
        yield Finding("virtual_server", Severity.PROBLEM, message, "no such ServerComment in the metabase",
                      "iisrelay apply", subject)  # fmt: skip
    elif not relay.is_running:
        message = "the virtual server does not run: no mail leaves by it now"
        yield Finding("virtual_server", Severity.WARNING, message, f"{relay.existing.path} ServerState",
                      "site file: state: started", subject)  # fmt: skip


def _probes(relays: Iterable[Relay], routes: Iterable[Route]) -> Iterator[Probe]:
    seen: set[str] = set()
    for route in routes:
        if route.host and route.identity not in seen:
            seen.add(route.identity)
            yield Probe(route.identity, route.host, route.port, route.host, route.relay.fqdn)
    for relay in relays:
        for address, port in relay.endpoints[:1] if relay.is_running else ():
            yield Probe(_inbound_identity(relay), address or "127.0.0.1", port, relay.fqdn, relay.fqdn)


def _inbound_identity(relay: Relay) -> str:
    address, port = relay.endpoints[0]
    return f"inbound {address or '*'}:{port}"


def _inbound_probe(relay: Relay, facts: TlsFacts) -> HostProbe | None:
    return facts.probe(_inbound_identity(relay)) if relay.endpoints else None


def _lines(probes: Sequence[Probe], timeout_s: float) -> str:
    """Write the probes as data; a name with a control character, which the metabase may hold, names nothing."""
    share = (timeout_s - RESERVE_S) / max(1, len(probes))
    seconds = str(int(min(LONGEST_PROBE_S, max(SHORTEST_PROBE_S, share))))
    rows = (
        (item.identity, item.host, str(item.port), item.name, item.ehlo_name or "localhost", seconds) for item in probes
    )
    return "\n".join("\t".join(map(_field, row)) for row in rows)


def _field(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
