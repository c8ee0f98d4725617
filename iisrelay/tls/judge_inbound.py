"""Findings on STARTTLS that a virtual server accepts: certificate and handshake. Mail also comes in without it."""

import datetime as dt
from collections.abc import Iterator

from iisrelay.tls.facts import DONE, Certificate, HostProbe, TlsFacts
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.routes import Relay
from iisrelay.tls.schannel import TLS_12

SOON = dt.timedelta(days=30)


def inbound_findings(relay: Relay, facts: TlsFacts, probe: HostProbe | None) -> Iterator[Finding]:
    """Judge one virtual server; ``probe`` is one made from the host to its own endpoint."""
    subject = f'virtual server "{relay.name}"'
    # A missing certificate hurts only programs that use STARTTLS, unless nobody is let in without.
    severity = Severity.PROBLEM if relay.requires_tls else Severity.INFO
    yield from _certificates(relay, facts, subject, severity)
    if probe is None:
        return
    evidence = "; ".join(f"{item.protocol}: {item.message or item.cipher}" for item in probe.handshakes)
    tls12 = probe.handshake(TLS_12)
    if probe.problem:
        message = f"{probe.host}:{probe.port} does not answer on the host itself: {probe.problem}"
        yield Finding(
            "inbound", Severity.WARNING, message, "", "look at bindings and state of the virtual server", subject
        )
    elif not probe.offers_starttls:
        yield Finding("inbound", severity, "STARTTLS is not offered inbound", " / ".join(probe.ehlo),
                      "install a certificate for the FQDN, and restart the virtual server", subject)  # fmt: skip
    elif tls12 is not None and tls12.outcome == DONE:
        message = f"a TLS 1.2 handshake with the virtual server was done on the host ({tls12.cipher})"
        yield Finding("inbound", Severity.OK, message, evidence, "", subject)
    else:
        yield Finding("inbound", Severity.WARNING, "no TLS 1.2 handshake with the virtual server on the host", evidence,
                      "switch TLS 1.2 on for the server side, and restart the service", subject)  # fmt: skip


def _certificates(relay: Relay, facts: TlsFacts, subject: str, severity: Severity) -> Iterator[Finding]:
    """Judge the certificates of the machine. That the name has to be the FQDN is general knowledge."""
    if facts.certificate_problem:
        message = f"the certificates of the machine could not be read: {facts.certificate_problem}"
        yield Finding("inbound_certificate", Severity.INFO, message, "", "", "host")
        return
    matching = [item for item in facts.certificates if item.has_private_key and item.matches(relay.fqdn)]
    valid = [item for item in matching if item.is_valid(facts.now)]
    fix = f"install a certificate for {relay.fqdn or 'the FQDN'} with its key in LocalMachine\\My"
    if not valid:
        state = "has expired" if matching else "is missing"
        message = f"a certificate for inbound TLS with the FQDN {relay.fqdn or '(none)'} {state}"
        evidence = f"LocalMachine\\My has {_listed(facts.certificates)}"
        yield Finding("inbound_certificate", severity, message, evidence, fix, subject)
        return
    newest = max(valid, key=_end)
    is_ending = _end(newest) - facts.now < SOON
    message = f"there is a certificate for {relay.fqdn}, valid until {_end(newest):%Y-%m-%d}"
    yield Finding("inbound_certificate", Severity.WARNING if is_ending else Severity.OK, message,
                  f"{newest.subject}, thumbprint {newest.thumbprint}", fix if is_ending else "", subject)  # fmt: skip


def _end(certificate: Certificate) -> dt.datetime:
    return certificate.not_after or dt.datetime.max.replace(tzinfo=dt.UTC)


def _listed(certificates: tuple[Certificate, ...]) -> str:
    return "; ".join(item.subject or item.thumbprint for item in certificates) or "none"
