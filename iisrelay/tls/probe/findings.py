"""What a probe means for the relay, in an administrator's words."""

from collections.abc import Iterator

from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.probe.failure import Kind, Stage, TalkError
from iisrelay.tls.probe.model import Outcome, ProbeResult, Role, TlsMode

SOON_DAYS = 21
OLD = ("TLS 1.0", "TLS 1.1")


def findings(result: ProbeResult, failure: TalkError | None) -> Iterator[Finding]:
    """Say what was found, the most basic things first; ``failure`` is how the first conversation ended."""
    if result.address is None:
        yield _unreachable(result, failure)
        return
    if result.tls_mode is TlsMode.NONE:
        yield _no_tls(result, failure)
        return
    if result.tls_mode is TlsMode.IMPLICIT:
        yield _implicit(result)
        yield from _certificate(result)
        return
    if failure is not None:
        yield _broken_off(result, failure)
    for step in (_protocols, _certificate, _auth):
        yield from step(result)


def _server(result: ProbeResult) -> str:
    name = "The smart host" if result.role is Role.SMART_HOST else "The virtual server"
    return f"{name} {result.host}:{result.port}"


def _unreachable(result: ProbeResult, failure: TalkError | None) -> Finding:
    words = failure.words if failure else "no connection"
    is_name = failure is not None and failure.stage is Stage.RESOLVE
    fix = (
        "Check the name, and the DNS servers of this machine."
        if is_name
        else "Check name and port, and that the firewalls on the way let this machine out; many networks block port 25."
    )
    return Finding("unreachable", Severity.PROBLEM, f"{_server(result)} cannot be reached: {words}.", words, fix)


def _no_tls(result: ProbeResult, failure: TalkError | None) -> Finding:
    if failure is not None and failure.kind is Kind.NO_STARTTLS:
        return _no_starttls(result)
    words = failure.words if failure else "ends the conversation"
    evidence = "\n".join(result.transcript[-4:])
    if failure is not None and failure.stage is Stage.GREETING:
        return _no_greeting(result, failure, words, evidence)
    if failure is not None and failure.stage is Stage.STARTTLS:
        fix = (
            "The server offers STARTTLS but does not do it now: often its certificate is missing. Tell whoever runs it."
        )
        return Finding("starttls-refused", Severity.PROBLEM, f"{_server(result)} {words}.", evidence, fix)
    fix = "Look at the log of the server, and whether something on the way changes the conversation."
    return Finding("conversation-failed", Severity.PROBLEM, f"{_server(result)} {words}.", evidence, fix)


def _no_greeting(result: ProbeResult, failure: TalkError, words: str, evidence: str) -> Finding:
    if failure.kind is Kind.ANSWER:
        fix = "The server turns this machine away: ask whoever runs it, and look for its address on block lists."
        return Finding("greeting-refused", Severity.PROBLEM, f"{_server(result)} {words}.", evidence, fix)
    fix = "Check the port: this may be no mail server, one that admits certain addresses only, or a proxy on the way."
    message = f"{_server(result)} gives no greeting of a mail server: it {words}."
    return Finding("no-greeting", Severity.PROBLEM, message, evidence, fix)


def _no_starttls(result: ProbeResult) -> Finding:
    is_relay = result.role is Role.VIRTUAL_SERVER
    evidence = ", ".join(result.capabilities_before) or (result.banner or "")
    if not result.esmtp:
        code, message = "esmtp-missing", f"{_server(result)} knows HELO but not EHLO, so it offers no STARTTLS."
        fix = "Something on the way (a firewall's mail inspection) may hide EHLO: switch that off, or use another port."
    else:
        code, message = "starttls-missing", f"{_server(result)} does not offer STARTTLS, so mail goes in clear text."
        fix = "Use a port where it does (587), or check whether a firewall's mail inspection removes it."
    if is_relay:
        fix = "Give the host a certificate whose name is the virtual server's FQDN; IIS SMTP offers STARTTLS then."
    return Finding(code, Severity.WARNING if is_relay else Severity.PROBLEM, message, evidence, fix)


def _implicit(result: ProbeResult) -> Finding:
    message = (
        f"{_server(result)} begins with TLS from the first byte (implicit TLS, SMTPS). IIS SMTP cannot do that: "
        "it begins in clear text and asks for TLS by STARTTLS."
    )
    return Finding(
        "implicit-tls",
        Severity.PROBLEM,
        message,
        "no greeting before the TLS handshake",
        "Use the provider's port with STARTTLS, nearly always 587, sometimes 25 or 2525.",
    )


def _broken_off(result: ProbeResult, failure: TalkError) -> Finding:
    evidence = "\n".join(result.transcript[-4:])
    code = "handshake-failed" if failure.stage is Stage.HANDSHAKE else "failed-after-tls"
    message = f"{_server(result)}: a connection that offers every version of TLS fails; the server {failure.words}."
    return Finding(code, Severity.WARNING, message, evidence, "See below which versions work when offered alone.")


def _protocols(result: ProbeResult) -> Iterator[Finding]:
    attempt = result.protocol("TLS 1.2")
    if attempt is not None:
        yield _tls12(result, attempt.outcome, attempt.explanation, attempt.cipher or "")
    accepted = [item.version for item in result.protocols if item.outcome is Outcome.ACCEPTED]
    if accepted == ["TLS 1.3"]:
        yield Finding(
            "only-tls13",
            Severity.PROBLEM,
            f"{_server(result)} accepts TLS 1.3 alone, which Windows has since Server 2022, and IIS SMTP perhaps not.",
            _table(result),
            "Ask for TLS 1.2 to be switched on, or use another smart host.",
        )
    old = [version for version in accepted if version in OLD]
    if old:
        yield Finding(
            "old-tls-accepted",
            Severity.INFO,
            f"{_server(result)} still accepts {' and '.join(old)}: nothing there would keep a relay from using it.",
            _table(result),
        )


def _tls12(result: ProbeResult, outcome: Outcome, explanation: str, cipher: str) -> Finding:
    server = _server(result)
    if outcome is Outcome.ACCEPTED:
        return Finding("tls12-accepted", Severity.OK, f"{server} accepts TLS 1.2.", cipher)
    if outcome is Outcome.REFUSED:
        message = f"{server} does not accept TLS 1.2: it {explanation}."
        fix = "Ask whoever runs it to switch TLS 1.2 on, or use another smart host."
        return Finding("tls12-refused", Severity.PROBLEM, message, _table(result), fix)
    message = f"Whether {server[0].lower()}{server[1:]} accepts TLS 1.2 is not known: {explanation}."
    return Finding(
        "tls12-unclear", Severity.WARNING, message, _table(result), "Run the check again, or from another machine."
    )


def _certificate(result: ProbeResult) -> Iterator[Finding]:
    report = result.certificate
    if report is None:
        return
    if not report.chain:
        yield Finding("certificate-unread", Severity.WARNING, f"{_server(result)}: {'; '.join(report.problems)}.")
        return
    leaf = report.chain[0]
    evidence = (
        f"{leaf.subject}; names {', '.join(leaf.names[:10])}; issuer {leaf.issuer}; until {leaf.not_after:%Y-%m-%d}"
    )
    for problem in report.problems:
        # IIS SMTP is not known to check names or chains (inferred), so mail may flow all the same.
        yield Finding(
            "certificate-problem",
            Severity.WARNING,
            f"{_server(result)}: {problem}.",
            evidence,
            "Tell whoever runs the server; clients that check certificates will not deliver.",
        )
    if 0 <= leaf.days_left < SOON_DAYS:
        message = f"{_server(result)}: the certificate expires in {leaf.days_left} days, on {leaf.not_after:%Y-%m-%d}."
        yield Finding(
            "certificate-expires-soon", Severity.WARNING, message, evidence, "See that it is renewed in time."
        )
    if report.trusted and not report.problems:
        yield Finding(
            "certificate-good", Severity.OK, f"{_server(result)} has a certificate that is trusted here.", evidence
        )


def _auth(result: ProbeResult) -> Iterator[Finding]:
    evidence = f"before TLS: {_list(result.auth_before)}; inside TLS: {_list(result.auth_after)}"
    if result.auth_before and result.role is Role.SMART_HOST:
        yield Finding(
            "auth-in-clear-text",
            Severity.INFO,
            f"{_server(result)} offers to log in before TLS, too: tick TLS, or a password could go in clear text.",
            evidence,
        )
    if result.auth_after and "LOGIN" not in result.auth_after and result.role is Role.SMART_HOST:
        yield Finding(
            "auth-login-missing",
            Severity.WARNING,
            f'{_server(result)} offers no AUTH LOGIN inside TLS, the way "Basic authentication" of IIS SMTP logs in.',
            evidence,
            "If the relay has to log in, use a smart host with AUTH LOGIN, or one that knows the relay by its address.",
        )
    if result.capabilities_after and not result.auth_after:
        message = f"{_server(result)} offers no login: it knows its clients by address or certificate, if at all."
        yield Finding("auth-not-offered", Severity.INFO, message, evidence)


def _list(words: tuple[str, ...]) -> str:
    return " ".join(words) or "none"


def _table(result: ProbeResult) -> str:
    return "; ".join(f"{item.version} {item.outcome}" for item in result.protocols)
