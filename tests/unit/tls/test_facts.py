"""The answer of the checking script: what is read from it, and what is refused."""

import datetime as dt

import pytest

from iisrelay.errors import BrokenAnswerError
from iisrelay.tls.facts import Certificate, auth_mechanisms, parse_facts

PROBE = {
    "id": "a:25",
    "host": "a",
    "port": 25,
    "name": "a",
    "problem": "",
    "greeting": "220 a",
    "ehlo": ["250-a", "250-STARTTLS", "250-AUTH=LOGIN", "250 AUTH LOGIN PLAIN"],
    "ehlo_after": None,
    "handshakes": [
        {"protocol": "TLS 1.2", "outcome": "done", "message": "", "negotiated": "3072", "cipher": "Aes256"},
        {"protocol": "TLS 1.3", "outcome": "failed", "message": "no\x1b[31m", "negotiated": "", "cipher": ""},
    ],
    "certificate": None,
    "certificate_errors": "",
    "chain": [],
}
ANSWER = {
    "format": 1,
    "now": "2026-11-24T12:00:00.250000",
    "booted": None,
    "started": "2026-11-24T11:00:00.1",
    "written": {"HKLM\\X": None, "HKLM\\Y": "2026-11-24T10:00:00"},
    "clr": "2.0.50727.8800",
    "schannel": None,
    "certificates": [],
    "certificate_problem": "",
    "probes": [PROBE],
}


def test_a_whole_answer():
    facts = parse_facts(ANSWER)
    probe = facts.probe("a:25")
    assert facts.now == dt.datetime(2026, 11, 24, 12, 0, 0, 250000, dt.UTC)
    assert facts.booted is None
    assert facts.written["HKLM\\Y"].hour == 10
    assert probe.offers_starttls
    assert probe.spoken == ("TLS 1.2",)
    assert probe.handshake("TLS 1.3").message == "no [31m"
    assert auth_mechanisms(probe.ehlo) == ("LOGIN", "PLAIN")
    assert facts.probe("b:25") is None


@pytest.mark.parametrize(
    "change",
    [
        {"now": None},
        {"now": "noon"},
        {"written": []},
        {"probes": [PROBE | {"port": "25"}]},
        {"probes": [PROBE | {"ehlo": "250 a"}]},
        {"probes": ["a"]},
        {"certificates": None},
        {"clr": 4},
    ],
)
def test_an_answer_that_cannot_be_ours(change):
    with pytest.raises(BrokenAnswerError):
        parse_facts(ANSWER | change)


@pytest.mark.parametrize(
    ("names", "subject", "host", "matches"),
    [
        (("relay.example",), "CN=other", "RELAY.example.", True),
        (("*.example",), "", "relay.example", True),
        (("*.example",), "", "a.relay.example", False),
        (("*.example",), "", "example", False),
        ((), "O=X, CN=relay.example", "relay.example", True),
        (("other.example",), "CN=relay.example", "relay.example", False),
        ((), "", "", False),
    ],
)
def test_names_of_certificates(names, subject, host, matches):
    assert Certificate(subject, "", names, None, None, "").matches(host) is matches
