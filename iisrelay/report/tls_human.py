"""The results of check-tls for people: verdict, protocols, findings with evidence and fix, hops of a message."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from iisrelay.report.human import print_error, print_line
from iisrelay.tls.facts import DONE, UNNAMEABLE, HostProbe
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.headers import Route
from iisrelay.tls.headers import Verdict as Leaving
from iisrelay.tls.probe import ProbeResult
from iisrelay.tls.schannel import ProtocolState
from iisrelay.tls.verdict import HostCheck, TlsReport, Verdict
from iisrelay.tls.windows import Side

COLOURS = {
    Severity.OK: "green",
    Severity.INFO: "dim",
    Severity.WARNING: "yellow",
    Severity.UNKNOWN: "yellow",
    Severity.PROBLEM: "bold red",
}
VERDICT_COLOURS = {Verdict.READY: "bold green", Verdict.UNKNOWN: "bold yellow"}
LEAVING_WORDS = {
    Leaving.TLS12_OR_BETTER: ("left the relay with TLS 1.2 or better", "bold green"),
    Leaving.OLD_TLS: ("left the relay with an old version of TLS", "bold red"),
    Leaving.PLAIN: ("left the relay without TLS", "bold red"),
    Leaving.UNKNOWN: ("how it left the relay cannot be told", "bold yellow"),
}
INDENT = " " * 13


def print_tls_report(report: TlsReport, console: Console) -> None:
    """Print what was found out of each host, then one line that sums up."""
    for host in report.hosts:
        _print_host(host, console)
    counts = [(verdict, sum(host.verdict is verdict for host in report.hosts)) for verdict in Verdict]
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
    print_line(console, Text(f"TLS 1.2: {summary}. Nothing has been changed.", style="bold"))


def print_smart_host(result: ProbeResult, verdict: Verdict, console: Console) -> None:
    """Print what a probe from this machine found."""
    _heading(console, f"{result.host}:{result.port}", verdict, result.banner or "")
    for item in result.protocols:
        words = f"{item.version:<9}{item.outcome.value:<12}{item.cipher or item.explanation}"
        print_line(console, Text(f"  {words}".rstrip()))
    _print_findings(result.findings, console)


def print_route(route: Route, console: Console) -> None:
    """Print the hops of a message, oldest first, and the verdict on the one that leaves the relay."""
    for hop in route.hops:
        mark = ">" if hop.number == route.leaving else " "
        delay = "" if hop.delay_s is None else f", after {hop.delay_s:g} s"
        way = f"{hop.from_name or hop.from_helo or hop.from_ip or '?'} -> {hop.by or '?'}"
        print_line(console, Text.assemble(f"{mark} {hop.number}  ", (way, "bold"), delay))
        tls = hop.tls or "TLS not stated"
        details = [
            str(hop.software or "unknown software"),
            hop.protocol or "protocol not stated",
            tls,
            hop.cipher or "",
        ]
        print_line(console, Text(f"     {', '.join(part for part in details if part)}", style="dim"))
    for note in route.notes:
        print_line(console, Text.assemble("  ", ("! ", "yellow"), note))
    word, colour = LEAVING_WORDS[route.verdict]
    print_line(console, Text.assemble((f"Message: {word}", colour)))
    print_line(console, Text(f"  {route.explanation}"))


def _print_host(host: HostCheck, console: Console) -> None:
    _heading(console, host.host, host.verdict, host.product)
    if host.error:
        print_error(host.error, console)
    for warning in host.warnings:
        print_line(console, Text.assemble("  ", ("! ", "yellow"), warning))
    if host.states:
        _print_protocols(host.states, console)
    for probe in host.probes:
        _print_probe(probe, console)
    _print_findings(host.findings, console)
    print_line(console, Text())


def _heading(console: Console, name: str, verdict: Verdict, product: str) -> None:
    colour = VERDICT_COLOURS.get(verdict, "bold red")
    print_line(
        console,
        Text.assemble((name, "bold"), "  ", (verdict.value, colour), (f"  ({product})" if product else "", "dim")),
    )


def _print_protocols(states: tuple[ProtocolState, ...], console: Console) -> None:
    print_line(console, Text("  protocol  outbound             inbound", style="bold cyan"))
    by_name: dict[str, dict[Side, ProtocolState]] = {}
    for state in states:
        by_name.setdefault(state.protocol, {})[state.side] = state
    for name, sides in by_name.items():
        client, server = _state_word(sides[Side.CLIENT]), _state_word(sides[Side.SERVER])
        print_line(console, Text(f"  {name:<10}{client:<21}{server}".rstrip()))


def _state_word(state: ProtocolState) -> str:
    return state.state.replace("_", " ")


def _print_probe(probe: HostProbe, console: Console) -> None:
    if not probe.handshakes:
        return
    print_line(console, Text(f"  handshakes from the host with {probe.identity}", style="bold cyan"))
    for item in probe.handshakes:
        words = item.cipher if item.outcome == DONE else item.message
        outcome = "no name" if item.outcome == UNNAMEABLE else item.outcome
        print_line(console, Text(f"  {item.protocol:<10}{outcome:<9}{words}".rstrip()))


def _print_findings(findings: Iterable[Finding], console: Console) -> None:
    subject = None
    for finding in sorted(findings, key=lambda item: item.subject != "host"):
        if finding.subject != subject and finding.subject:
            print_line(console, Text(f"  {finding.subject}", style="bold cyan"))
        subject = finding.subject
        print_line(
            console, Text.assemble("    ", (f"{finding.severity.value:<9}", COLOURS[finding.severity]), finding.message)
        )
        if finding.evidence and finding.severity is not Severity.OK:
            print_line(console, Text(f"{INDENT}{' / '.join(finding.evidence.splitlines())}", style="dim"))
        if finding.fix:
            print_line(console, Text.assemble(INDENT, ("fix: ", "bold"), finding.fix))
