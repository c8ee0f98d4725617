"""The verdict on a host: derived from its findings, never stored; and the report of a run."""

from dataclasses import dataclass
from enum import StrEnum

from iisrelay.errors import IisRelayError, TransportError, UnsupportedHostError
from iisrelay.status import ExitCode
from iisrelay.tls.facts import HostProbe
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.headers import Route
from iisrelay.tls.headers import Verdict as Leaving
from iisrelay.tls.probe import ProbeResult
from iisrelay.tls.schannel import ProtocolState


class Verdict(StrEnum):
    """Whether mail leaves a host with TLS 1.2."""

    READY = "ready"
    NOT_READY = "not ready"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


EXIT_CODES = {
    Verdict.READY: ExitCode.OK,
    Verdict.NOT_READY: ExitCode.DRIFT,
    Verdict.UNKNOWN: ExitCode.FAILED,
    Verdict.UNREACHABLE: ExitCode.UNREACHABLE,
    Verdict.UNSUPPORTED: ExitCode.UNSUPPORTED,
    Verdict.FAILED: ExitCode.FAILED,
}
# The first of these that any host has is the verdict on all.
PRECEDENCE = (Verdict.NOT_READY, Verdict.UNKNOWN, Verdict.READY)


@dataclass(frozen=True)
class HostCheck:
    """What is known of one host. ``error`` is set when the host could not be dealt with at all."""

    host: str
    findings: tuple[Finding, ...] = ()
    states: tuple[ProtocolState, ...] = ()
    probes: tuple[HostProbe, ...] = ()
    product: str = ""
    warnings: tuple[str, ...] = ()
    error: IisRelayError | None = None

    @property
    def verdict(self) -> Verdict:
        """Derive the verdict: a problem outweighs a doubt, and a doubt everything that is well."""
        if self.error is not None:
            return _verdict_on(self.error)
        severities = {finding.severity for finding in self.findings}
        if Severity.PROBLEM in severities:
            return Verdict.NOT_READY
        # Without anything that shows it, nothing is ready.
        doubtful = Severity.UNKNOWN in severities or Severity.OK not in severities
        return Verdict.UNKNOWN if doubtful else Verdict.READY

    @property
    def exit_code(self) -> ExitCode:
        """Derive the exit code that this host alone would give."""
        return self.error.exit_code if self.error is not None else EXIT_CODES[self.verdict]


@dataclass(frozen=True)
class TlsReport:
    """The result of a run, in the order of the site file."""

    hosts: tuple[HostCheck, ...]

    @property
    def verdict(self) -> Verdict:
        """Fold the hosts' verdicts into one word; the worst that was found out comes first."""
        verdicts = {host.verdict for host in self.hosts}
        found = next((verdict for verdict in PRECEDENCE if verdict in verdicts), None)
        return found or (verdicts.pop() if len(verdicts) == 1 else Verdict.FAILED)

    @property
    def exit_code(self) -> ExitCode:
        """Fold the hosts' codes; hosts that failed beside hosts that did not make it partial."""
        failed = {host.exit_code for host in self.hosts if host.error is not None}
        if not failed:
            return EXIT_CODES[self.verdict]
        if any(host.error is None for host in self.hosts):
            return ExitCode.PARTIAL
        return failed.pop() if len(failed) == 1 else ExitCode.FAILED


def verdict_on_smart_host(result: ProbeResult) -> Verdict:
    """Tell whether a mail server takes TLS 1.2 by STARTTLS, as seen from this machine."""
    if result.address is None:
        return Verdict.UNREACHABLE
    if result.accepts_tls12 is None:
        return Verdict.UNKNOWN
    return Verdict.READY if result.accepts_tls12 else Verdict.NOT_READY


def verdict_on_route(route: Route) -> Verdict:
    """Tell whether a message has left the relay with TLS 1.2."""
    return _ON_ROUTES[route.verdict]


def finding_on_route(route: Route) -> Finding:
    """Give the verdict on a message as a finding."""
    severities = {Verdict.READY: Severity.OK, Verdict.NOT_READY: Severity.PROBLEM, Verdict.UNKNOWN: Severity.UNKNOWN}
    hop = route.leaving_hop
    return Finding("message", severities[verdict_on_route(route)], route.explanation, hop.raw if hop else "")


_ON_ROUTES = {
    Leaving.TLS12_OR_BETTER: Verdict.READY,
    Leaving.OLD_TLS: Verdict.NOT_READY,
    Leaving.PLAIN: Verdict.NOT_READY,
    Leaving.UNKNOWN: Verdict.UNKNOWN,
}


def _verdict_on(error: IisRelayError) -> Verdict:
    if isinstance(error, TransportError):
        return Verdict.UNREACHABLE
    return Verdict.UNSUPPORTED if isinstance(error, UnsupportedHostError) else Verdict.FAILED
