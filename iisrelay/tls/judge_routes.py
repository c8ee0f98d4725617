"""Findings on a way that mail takes out of a host: what the metabase says, and what a probe from the host showed."""

import datetime as dt
from collections.abc import Iterator

from iisrelay.plan.deadlines import deadline_for
from iisrelay.site.presets import IMPLICIT_TLS_PORTS
from iisrelay.state.request import OUTBOUND_ESMTP
from iisrelay.tls import suites
from iisrelay.tls.facts import DONE, UNNAMEABLE, Handshake, HostProbe, auth_mechanisms
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.judge_protocols import Machine, suite_findings
from iisrelay.tls.routes import SMART_HOST_NEVER, SMART_HOST_SECOND, Route
from iisrelay.tls.schannel import TLS_12, find
from iisrelay.tls.windows import Side, State

ESMTP_OFF = 7
ESMTP_VERBS = 0x7574C0  # the bits of the documented default above the lowest six, which are not explained anywhere
# The login of SMTPSVC that the console calls Basic is AUTH LOGIN (general knowledge).
MECHANISMS = {"basic": "LOGIN", "integrated": "NTLM"}


def route_findings(machine: Machine, route: Route, probe: HostProbe | None, today: dt.date) -> Iterator[Finding]:
    """Judge one way; ``probe`` is None where none was made."""
    yield from _settings(route)
    if route.host:
        yield from _deadline(route, today)
        if route.tls or route.always_tls:
            yield from _handshakes(machine, route, probe)
        if probe is not None and not probe.problem:
            yield from _certificate(route, probe, machine)
            yield from _authentication(route, probe)


def _settings(route: Route) -> Iterator[Finding]:
    label, setting = route.label, route.setting
    yield from _esmtp(route)
    if not route.tls:
        yield _no_tls(route)
    if not route.host:
        message = "no smart host: mail goes to the server of each recipient, and what those speak cannot be told"
        yield Finding("smart_host", Severity.UNKNOWN, message, f"{route.path} SmartHost is empty",
                      f"site file: {setting}.smart_host", label)  # fmt: skip
        return
    if route.port in IMPLICIT_TLS_PORTS:
        message = f"port {route.port} wants TLS from the first byte, which SMTPSVC cannot do; it knows STARTTLS only"
        yield Finding("port", Severity.PROBLEM, message, f"{route.path} RemoteSmtpPort = {route.port}",
                      f"site file: {route.setting}.outbound_port: 587", label)  # fmt: skip
    if route.smart_host_type == SMART_HOST_SECOND:
        message = "direct delivery is tried first; what the servers of recipients speak cannot be told"
        yield Finding("smart_host", Severity.WARNING, message, f"{route.path} SmartHostType = 1",
                      f"site file: {setting}.attempt_direct_delivery: false", label)  # fmt: skip
    if route.smart_host_type == SMART_HOST_NEVER:
        message = "SmartHostType says that there is no smart host; whether the name beside it is used is not documented"
        yield Finding("smart_host", Severity.WARNING, message, f"{route.path} SmartHostType = 0",
                      f"site file: {setting}.attempt_direct_delivery: false", label)  # fmt: skip


def _no_tls(route: Route) -> Finding:
    evidence = f"{route.path} RouteAction has no bit 0x4 (SMTP_SSL)"
    fix = f"site file: {route.setting}.outbound_security.tls: true"
    if route.always_tls:
        message = "TLS encryption is not ticked, and whether the older switch AlwaysUseSsl still counts is not known"
        return Finding("outbound_tls", Severity.UNKNOWN, message, evidence, fix, route.label)
    if route.is_on_this_host:
        message = (
            f"mail goes without TLS to another program on this host ({route.identity}); what that speaks is unseen"
        )
        return Finding("outbound_tls", Severity.UNKNOWN, message, evidence, "check that program", route.label)
    return Finding("outbound_tls", Severity.PROBLEM, "mail leaves without TLS: TLS encryption is not ticked",
                   evidence, fix, route.label)  # fmt: skip


def _esmtp(route: Route) -> Iterator[Finding]:
    if route.domain or route.esmtp & ESMTP_VERBS:
        return
    evidence = f"{route.path} {OUTBOUND_ESMTP} = {route.esmtp}"
    fix = f"site file: virtual_servers[{route.relay.name}].esmtp.outbound: full"
    if route.esmtp == ESMTP_OFF:
        message = "outbound ESMTP is off: SMTPSVC says HELO, so there is neither STARTTLS nor authentication"
        yield Finding("outbound_esmtp", Severity.PROBLEM, message, evidence, fix, route.label)
    else:
        message = "outbound ESMTP has no verbs that are known; whether SMTPSVC says EHLO cannot be told"
        yield Finding("outbound_esmtp", Severity.UNKNOWN, message, evidence, fix, route.label)


def _deadline(route: Route, today: dt.date) -> Iterator[Finding]:
    deadline = deadline_for(route.host, basic=route.method == "basic")
    message = deadline.message(today) if deadline else ""
    if deadline and message:
        evidence = f"{route.path}: {route.host} with basic authentication; {deadline.source}"
        yield Finding("basic_authentication", Severity.WARNING, message, evidence, deadline.fix, route.label)


def _handshakes(machine: Machine, route: Route, probe: HostProbe | None) -> Iterator[Finding]:
    tls12 = probe.proof(TLS_12) if probe else None
    was_seen = tls12 is not None and tls12.outcome == DONE
    is_documented = suites.accepted_by(route.host) is not None
    yield from suite_findings(machine, route.host, subject=route.label, was_seen=was_seen)
    if probe is None:
        if not is_documented:
            message = f"no handshake with {route.identity} was tried"
            yield Finding("handshake", Severity.UNKNOWN, message, "", "run check-tls without --no-probe", route.label)
        return
    if probe.problem:
        message = f"{route.identity} cannot be asked from this host: {probe.problem}"
        fix = "check name, port and firewall on the way from the host to the smart host"
        yield Finding("smart_host", Severity.UNKNOWN, message, _talk(probe), fix, route.label)
    elif tls12 is None:
        message = f"{route.identity} does not offer STARTTLS"
        fix = f"site file: {route.setting}.outbound_port, or another smart host"
        yield Finding("starttls", Severity.PROBLEM, message, _talk(probe), fix, route.label)
    else:
        yield _tls12(machine, route, probe, tls12, is_documented=is_documented)


def _tls12(machine: Machine, route: Route, probe: HostProbe, tls12: Handshake, *, is_documented: bool) -> Finding:
    evidence = "; ".join(f"{item.protocol}: {_result(item)}" for item in probe.handshakes)
    if tls12.outcome == DONE:
        message = f"a TLS 1.2 handshake with {route.identity} was done from this host ({tls12.cipher})"
        if find(machine.states, TLS_12, Side.CLIENT).state is not State.ENABLED:
            message += ", because the probe asked for that version by name"
        return Finding("handshake", Severity.OK, message, evidence, "", route.label)
    if tls12.outcome == UNNAMEABLE:
        clr = machine.facts.clr if machine.facts else "here"
        message = (
            f"TLS 1.2 with {route.identity} could not be tried: .NET {clr} of this host's PowerShell has no name for it"
        )
        severity = Severity.INFO if is_documented else Severity.UNKNOWN
        fix = "" if is_documented else f"from another machine: iisrelay check-tls --smart-host {route.identity}"
        return Finding("handshake", severity, message, evidence, fix, route.label)
    message = f"no TLS 1.2 handshake with {route.identity} from this host"
    if probe.spoken:
        message += f"; it speaks {', '.join(probe.spoken)}"
    fix = "switch TLS 1.2 on where it is off (findings on the host), or use a smart host that speaks it"
    return Finding("handshake", Severity.PROBLEM, message, evidence, fix, route.label)


def _result(item: Handshake) -> str:
    if item.outcome == DONE:
        return f"{item.negotiated or 'done'}, {item.cipher}"
    return "no name in this .NET" if item.outcome == UNNAMEABLE else item.message


def _talk(probe: HostProbe) -> str:
    return " / ".join((probe.greeting, *probe.ehlo)) if probe.greeting else ""


def _certificate(route: Route, probe: HostProbe, machine: Machine) -> Iterator[Finding]:
    """Judge the certificate, as a warning: that SMTPSVC does not mind it is inferred.

    Properties of certificate checks were seen (SmtpSSLCertHostnameValidation), but nobody says what they bring about.
    """
    certificate, facts = probe.certificate, machine.facts
    if certificate is None or facts is None:
        return
    evidence = f"{certificate.subject}, names {', '.join(certificate.names) or 'none'}, by {certificate.issuer}, until "
    evidence += f"{certificate.not_after:%Y-%m-%d}" if certificate.not_after else "an unknown day"
    problems = [] if certificate.matches(route.host) else [f"is not for {route.host}"]
    if not certificate.is_valid(facts.now):
        problems.append("has expired or is not valid yet")
    if "RemoteCertificateChainErrors" in probe.certificate_errors:
        problems.append(f"is not trusted here ({', '.join(probe.chain)})")
    for problem in problems:
        fix = "name the smart host as its certificate does, or have the certificate renewed"
        message = f"the certificate of {route.identity} {problem}"
        yield Finding("certificate", Severity.WARNING, message, evidence, fix, route.label)
    if not problems:
        yield Finding("certificate", Severity.OK, f"the certificate of {route.identity} is in order", evidence,
                      "", route.label)  # fmt: skip


def _authentication(route: Route, probe: HostProbe) -> Iterator[Finding]:
    before, after = auth_mechanisms(probe.ehlo), auth_mechanisms(probe.ehlo_after)
    evidence = f"before STARTTLS: {' '.join(before) or 'none'}; after: {' '.join(after) or 'none'}"
    wanted = MECHANISMS.get(route.method)
    offered = after if route.tls else before
    if route.tls and not probe.ehlo_after:
        return
    if wanted is None:
        yield Finding("authentication", Severity.INFO, "authentication offered", evidence, "", route.label)
    elif wanted in offered:
        yield Finding("authentication", Severity.OK, f"AUTH {wanted} is offered", evidence, "", route.label)
    else:
        message = f"AUTH {wanted}, which {route.method} authentication uses, is not offered"
        fix = f"site file: {route.setting}.outbound_security.method, or the port for submission (587)"
        yield Finding("authentication", Severity.PROBLEM, message, evidence, fix, route.label)
