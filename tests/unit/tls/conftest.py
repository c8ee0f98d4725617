"""Real mail servers for the tests of TLS: certificates of every state, and one Postfix with a listener a case."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from servers.aiosmtpd_host import aiosmtpd_host
from servers.certificates import DAY, Authority
from servers.postfix import AUTH, only, postfix

NAME = "smarthost.example"
LISTENERS = {
    "anything": {},
    "tls10": only("TLSv1"),
    "tls11": only("TLSv1.1"),
    "tls12": only("TLSv1.2"),
    "tls13": only("TLSv1.3"),
    "tls12 and 13": only("TLSv1.2", "TLSv1.3"),
    "no starttls": {"smtpd_tls_security_level": "none"},
    "auth inside": AUTH | {"smtpd_tls_auth_only": "yes"},
    "auth before": AUTH | {"smtpd_tls_auth_only": "no"},
    "implicit": {"smtpd_tls_wrappermode": "yes"},
}


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def pairs(authority):
    """Give certificates by their state."""
    return {
        "good": authority.issue(NAME),
        "expired": authority.issue(NAME, starts=-30 * DAY, ends=-3 * DAY),
        "expired hours ago": authority.issue(NAME, ends=-DAY / 4),
        "ends soon": authority.issue(NAME, ends=5.5 * DAY),
        "future": authority.issue(NAME, starts=3 * DAY),
        "misnamed": authority.issue("elsewhere.example"),
        "wildcard": authority.issue("*.smarthosts.example"),
        "self-signed": authority.issue(NAME, self_signed=True),
        "common name": authority.issue(NAME, names=()),
        "chain": authority.issue(NAME, signer=authority.intermediate, send=(authority.intermediate,)),
        "no intermediate": authority.issue(NAME, signer=authority.intermediate),
        "address": authority.issue("127.0.0.1", names=("127.0.0.1", "::1")),
    }


@pytest.fixture(scope="session")
def recipient():
    """Run the server that Postfix delivers to, and give its port and what it keeps."""
    with aiosmtpd_host() as running:
        yield running


@pytest.fixture(scope="session")
def running_postfix(pairs, recipient):
    with postfix(pairs["good"], LISTENERS, next_port=recipient[0]) as running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what needs Postfix, so that it can be left out where no Debian packages are."""
    for item in items:
        if "running_postfix" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.servers)
