"""Certificates of every state, served by OpenSSL behind the clear-text half of a mail server."""

import datetime as dt
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from servers.certificates import DAY
from servers.openssl_server import s_server
from servers.scripted import before_raw_tls, scripted, server_context, starttls_host

from iisrelay.errors import UsageError
from iisrelay.tls.probe import Outcome, TlsMode, probe_smart_host
from iisrelay.tls.probe.certificate import read_certificate
from iisrelay.tls.probe.trust import name_matches

NAME = "smarthost.example"
UNKNOWN_ISSUER = (
    "the issuer is not known here: the server does not send its intermediate certificate, or this machine does not "
    "trust the root"
)


@pytest.fixture
def probe(authority, pairs):
    def run(state, **options):
        settings = {"server_name": NAME, "ca_file": str(authority.root_file), "timeout_s": 20.0} | options
        with scripted(starttls_host(lambda: server_context(pairs[state]))) as port:
            return probe_smart_host("127.0.0.1", port, **settings)

    return run


def days_ago(days):
    return (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).strftime("%Y-%m-%d")


@pytest.mark.parametrize(
    ("state", "trusted", "matches", "problems"),
    [
        ("good", True, True, []),
        ("expired", False, True, [f"the certificate expired on {days_ago(3)}, 3 days ago"]),
        ("expired hours ago", False, True, [f"the certificate expired on {days_ago(0.25)}, hours ago"]),
        ("future", False, True, [f"the certificate is not valid before {days_ago(-3)}"]),
        ("misnamed", True, False, [f"the certificate is not for {NAME}; the names it has: elsewhere.example"]),
        ("self-signed", False, True, ["the certificate is self-signed, so nobody vouches for it"]),
        ("common name", True, True, []),
        ("chain", True, True, []),
        (
            "no intermediate",
            False,
            True,
            [UNKNOWN_ISSUER],
        ),
        ("address", True, False, [f"the certificate is not for {NAME}; the names it has: 127.0.0.1, ::1"]),
    ],
)
def test_the_state_of_a_certificate(probe, state, trusted, matches, problems):
    report = probe(state).certificate
    assert (report.trusted, report.name_matches) == (trusted, matches)
    assert list(report.problems) == problems


def test_problems_are_findings_with_evidence(probe):
    result = probe("misnamed")
    finding = next(finding for finding in result.findings if finding.code == "certificate-problem")
    assert f"the certificate is not for {NAME}" in finding.message
    assert "CN=elsewhere.example; names elsewhere.example; issuer CN=Test Root" in finding.evidence
    assert "certificate-good" not in [finding.code for finding in result.findings]


def test_an_end_that_is_near(probe):
    result = probe("ends soon")
    assert result.certificate.problems == ()
    assert any("expires in 5 days" in finding.message for finding in result.findings)


def test_the_whole_chain_is_told(probe):
    chain = probe("chain").certificate.chain
    assert [item.subject for item in chain] == [f"CN={NAME}", "CN=Test Intermediate"]
    assert [item.self_signed for item in chain] == [False, False]
    assert chain[0].key == "RSA 2048"
    assert chain[0].signature == "sha256"
    assert len(chain[0].sha256) == 64


def test_the_roots_of_this_machine_count_without_a_ca_file(probe):
    report = probe("good", ca_file=None).certificate
    assert (report.trusted, report.problems) == (False, (UNKNOWN_ISSUER,))


def test_a_wildcard(probe):
    assert probe("wildcard", server_name="eu.smarthosts.example").certificate.problems == ()
    assert probe("wildcard", server_name="smarthosts.example").certificate.name_matches is False


def test_a_certificate_for_an_address(probe):
    report = probe("address", server_name=None).certificate
    assert (report.checked_name, report.trusted, report.name_matches) == ("127.0.0.1", True, True)


@pytest.mark.parametrize(
    ("make_key", "name", "problems"),
    [
        (lambda: ec.generate_private_key(ec.SECP256R1()), "EC secp256r1", ()),
        (
            lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505 - the case
            "RSA 1024",
            ("the key of the certificate has only 1024 bits",),
        ),
    ],
    ids=["curve", "short"],
)
def test_kind_and_length_of_the_key(authority, make_key, name, problems):
    pair = authority.issue(NAME, key=make_key())
    with scripted(starttls_host(lambda: server_context(pair))) as port:
        result = probe_smart_host("127.0.0.1", port, server_name=NAME, ca_file=str(authority.root_file))
    assert result.certificate.chain[0].key == name
    assert result.certificate.problems == problems


def test_a_ca_file_that_is_none(probe, tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        probe("good", ca_file=str(tmp_path / "absent.pem"))


def test_what_is_no_certificate():
    with pytest.raises(ValueError, match="asn1"):
        read_certificate(b"nonsense", dt.datetime.now(dt.UTC))


@pytest.mark.parametrize(
    ("name", "patterns", "matches"),
    [
        ("mail.example.org", ("mail.example.org",), True),
        ("MAIL.example.org.", ("mail.Example.ORG",), True),
        ("mail.example.org", ("*.example.org",), True),
        ("a.mail.example.org", ("*.example.org",), False),
        ("example.org", ("*.example.org",), False),
        ("example.org", ("*.org",), False),
        ("org", ("*.",), False),
        ("mail.example.org", ("m*.example.org",), False),
        ("mail.example.org", ("*.*.org",), False),
        ("mail.example.org", (), False),
        ("bücher.example", ("xn--bcher-kva.example",), True),
        ("xn--bcher-kva.example", ("bücher.example",), True),
        ("192.0.2.1", ("192.0.2.1",), True),
        ("192.0.2.1", ("*.0.2.1",), False),
        ("2001:db8:0::1", ("2001:db8::1",), True),
        ("x" * 70 + "ü.example", ("y.example",), False),
    ],
)
def test_names_match_as_certificates_mean_them(name, patterns, matches):
    assert name_matches(name, patterns) is matches


@pytest.mark.servers
@pytest.mark.parametrize(
    ("options", "accepted"),
    [
        (("-tls1",), ["TLS 1.0"]),
        (("-tls1_1",), ["TLS 1.1"]),
        (("-tls1_2",), ["TLS 1.2"]),
        (("-tls1_3",), ["TLS 1.3"]),
        (("-no_tls1", "-no_tls1_1"), ["TLS 1.2", "TLS 1.3"]),
        (("-no_tls1_2",), ["TLS 1.0", "TLS 1.1", "TLS 1.3"]),
    ],
    ids=" ".join,
)
def test_openssl_with_chosen_versions(pairs, authority, options, accepted):
    """OpenSSL says nothing after the handshake, which is as good as accepted."""
    with s_server(pairs["good"], *options) as inner, scripted(before_raw_tls(inner)) as port:
        result = probe_smart_host("127.0.0.1", port, server_name=NAME, ca_file=str(authority.root_file), timeout_s=2.0)
    assert [attempt.version for attempt in result.protocols if attempt.outcome is Outcome.ACCEPTED] == accepted
    refused = [attempt for attempt in result.protocols if attempt.version not in accepted]
    assert {attempt.outcome for attempt in refused} == {Outcome.REFUSED}
    assert result.certificate.trusted is True


@pytest.mark.servers
def test_openssl_with_tls_from_the_first_byte(pairs, authority):
    with s_server(pairs["good"], "-tls1_2") as port:
        result = probe_smart_host("127.0.0.1", port, server_name=NAME, ca_file=str(authority.root_file), timeout_s=1.0)
    assert result.tls_mode is TlsMode.IMPLICIT
    assert result.protocol("TLS 1.2").outcome is Outcome.ACCEPTED
    assert [finding.code for finding in result.findings] == ["implicit-tls", "certificate-good"]


@pytest.mark.servers
def test_a_server_that_insists_on_a_client_certificate(pairs, authority):
    insist = ("-Verify", "1", "-CAfile", str(authority.root_file), "-verify_return_error")
    with s_server(pairs["good"], *insist) as inner, scripted(before_raw_tls(inner)) as port:
        result = probe_smart_host("127.0.0.1", port, server_name=NAME, timeout_s=5.0)
    assert {attempt.outcome for attempt in result.protocols} == {Outcome.REFUSED}
    assert "client certificate" in result.protocol("TLS 1.3").explanation
    assert result.accepts_tls12 is False


def test_days_left_count_from_now(pairs):
    import ssl

    der = ssl.PEM_cert_to_DER_cert(pairs["good"].certificate.read_text())
    now = dt.datetime.now(dt.UTC)
    certificate = read_certificate(der, now)
    assert certificate.days_left == 89
    assert replace(certificate, days_left=0) == replace(read_certificate(der, now + DAY), days_left=0)
