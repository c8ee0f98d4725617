"""What the probe finds out about a real Postfix, listener by listener."""

import json
import smtplib
from email.message import EmailMessage

import pytest

from iisrelay.tls.finding import Severity
from iisrelay.tls.headers import Verdict, parse_message
from iisrelay.tls.probe import (
    Outcome,
    Role,
    TlsMode,
    contexts,
    probe_cipher_suites,
    probe_smart_host,
    probe_virtual_server,
)

NAME = "smarthost.example"
A, R = Outcome.ACCEPTED, Outcome.REFUSED


@pytest.fixture
def probe(running_postfix, authority):
    def run(listener, **options):
        settings = {"server_name": NAME, "ca_file": str(authority.root_file), "timeout_s": 20.0} | options
        return probe_smart_host("127.0.0.1", running_postfix.ports[listener], **settings)

    return run


def codes(result):
    return [finding.code for finding in result.findings]


@pytest.mark.parametrize(
    ("listener", "outcomes", "negotiated", "tls12"),
    [
        ("anything", (A, A, A, A), "TLS 1.3", True),
        ("tls10", (A, R, R, R), "TLS 1.0", False),
        ("tls11", (R, A, R, R), "TLS 1.1", False),
        ("tls12", (R, R, A, R), "TLS 1.2", True),
        ("tls13", (R, R, R, A), "TLS 1.3", False),
        ("tls12 and 13", (R, R, A, A), "TLS 1.3", True),
    ],
)
def test_every_version_is_tried_alone(probe, listener, outcomes, negotiated, tls12):
    result = probe(listener)
    assert tuple(attempt.outcome for attempt in result.protocols) == outcomes
    assert result.negotiated.version == negotiated
    assert result.accepts_tls12 is tls12
    assert ("tls12-accepted" in codes(result)) is tls12
    assert ("tls12-refused" in codes(result)) is not tls12
    assert ("only-tls13" in codes(result)) is (listener == "tls13")
    assert all(attempt.cipher for attempt in result.protocols if attempt.outcome is A)
    assert all(attempt.explanation for attempt in result.protocols if attempt.outcome is not A)


def test_what_a_good_server_shows(probe):
    result = probe("tls12 and 13")
    assert result.banner == f"220 {NAME} ESMTP Postfix"
    assert (result.address, result.esmtp, result.tls_mode, result.starttls_offered) == (
        "127.0.0.1",
        True,
        TlsMode.STARTTLS,
        True,
    )
    assert result.protocol("TLS 1.2").cipher == "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    assert result.negotiated.cipher == "TLS_AES_256_GCM_SHA384"
    assert result.certificate.trusted is True
    assert result.certificate.name_matches is True
    assert result.certificate.problems == ()
    assert result.certificate.chain[0].subject == f"CN={NAME}"
    assert codes(result) == ["tls12-accepted", "certificate-good", "auth-not-offered"]
    assert result.transcript[0] == f"S: 220 {NAME} ESMTP Postfix"
    assert "C: STARTTLS" in result.transcript


def test_the_result_is_plain_data(probe):
    data = probe("auth inside").to_json()
    assert json.loads(json.dumps(data)) == data
    assert data["protocols"][2]["outcome"] == "accepted"
    assert data["accepts_tls12"] is True
    assert data["certificate"]["chain"][0]["not_after"].endswith("+00:00")


def test_auth_only_inside_tls(probe):
    result = probe("auth inside")
    assert result.auth_before == ()
    assert result.auth_after == ("PLAIN", "LOGIN")
    assert "auth-in-clear-text" not in codes(result)


def test_auth_before_tls_is_noted(probe):
    result = probe("auth before")
    assert result.auth_before == ("PLAIN", "LOGIN")
    assert "auth-in-clear-text" in codes(result)


def test_no_starttls(probe):
    result = probe("no starttls")
    assert (result.tls_mode, result.protocols, result.certificate) == (TlsMode.NONE, (), None)
    assert result.accepts_tls12 is False
    assert codes(result) == ["starttls-missing"]
    assert result.findings[0].severity is Severity.PROBLEM
    assert "PIPELINING" in result.findings[0].evidence


def test_implicit_tls_is_explained(probe):
    result = probe("implicit", timeout_s=1.0)
    assert result.tls_mode is TlsMode.IMPLICIT
    assert result.accepts_tls12 is False
    assert codes(result) == ["implicit-tls", "certificate-good"]
    assert "IIS SMTP cannot do that" in result.findings[0].message
    assert [attempt.outcome for attempt in result.protocols] == [A, A, A, A]


def test_the_inbound_side_is_spoken_of_as_such(running_postfix):
    result = probe_virtual_server("127.0.0.1", running_postfix.ports["no starttls"])
    assert result.role is Role.VIRTUAL_SERVER
    assert result.findings[0].severity is Severity.WARNING
    assert result.findings[0].message.startswith("The virtual server 127.0.0.1:")
    assert "whose name is the virtual server's FQDN" in result.findings[0].fix


def test_suites_of_an_old_windows_are_tried(probe):
    result = probe("tls12")
    old = ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256", "TLS_RSA_WITH_AES_128_GCM_SHA256")
    assert probe_cipher_suites(result, old).cipher == "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"
    assert probe_cipher_suites(result, ("TLS_RSA_WITH_AES_128_GCM_SHA256",)).outcome is A
    refused = probe_cipher_suites(result, ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",))
    assert refused.outcome is R
    assert "no cipher suite in common" in refused.explanation


def test_suites_that_this_machine_has_not_are_no_refusal(probe):
    attempt = probe_cipher_suites(probe("tls12"), ("TLS_RSA_EXPORT_WITH_RC4_40_MD5",))
    assert attempt.outcome is Outcome.UNTESTABLE


def test_suites_without_tls(probe):
    assert probe_cipher_suites(probe("no starttls"), ("TLS_RSA_WITH_AES_128_GCM_SHA256",)).outcome is Outcome.UNCLEAR


@pytest.mark.parametrize(
    ("listener", "version", "verdict"),
    [
        ("tls10", "TLS 1.0", Verdict.OLD_TLS),
        ("tls11", "TLS 1.1", Verdict.OLD_TLS),
        ("tls12", "TLS 1.2", Verdict.TLS12_OR_BETTER),
        ("tls13", "TLS 1.3", Verdict.TLS12_OR_BETTER),
        ("no starttls", None, Verdict.PLAIN),
    ],
)
def test_the_header_of_a_message_tells_what_the_probe_does(running_postfix, recipient, listener, version, verdict):
    message = EmailMessage()
    message["Subject"] = f"By {listener}"
    message["From"], message["To"] = "app@relay.example", "ops@recipients.example"
    with smtplib.SMTP("127.0.0.1", running_postfix.ports[listener], "relay.example") as client:
        if version:
            client.starttls(context=contexts.pinned(version))
        client.send_message(message)
    route = parse_message(recipient[1].wait_for(message["Subject"]).as_bytes())
    assert (route.verdict, route.leaving) == (verdict, 1)
    hop = route.hops[0]
    assert (hop.from_helo, hop.from_ip, hop.by, hop.tls) == ("relay.example", "127.0.0.1", NAME, version)
    assert hop.software.name == "Postfix"
