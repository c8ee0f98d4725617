"""Verdicts on hosts that are thought up: what must never be called ready, and what must."""

import datetime as dt
from dataclasses import replace

import pytest

from iisrelay.errors import LoginError, ScriptError
from iisrelay.lab.powershell.parser import parse
from iisrelay.settings.host import SCHANNEL
from iisrelay.settings.stored import Address, Store
from iisrelay.site.target import Connection
from iisrelay.state.observed import STARTED, HostFacts, ObservedServer
from iisrelay.tls.facts import Certificate, Handshake, HostProbe, TlsFacts
from iisrelay.tls.finding import Severity
from iisrelay.tls.host import Subject, check_script, judge
from iisrelay.tls.suites import POLICY_LIST
from iisrelay.tls.verdict import HostCheck, TlsReport, Verdict

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
BOOTED, STARTED_AT = NOW - dt.timedelta(days=3), NOW - dt.timedelta(days=1)
DAY = NOW.date()
SUBJECT = Subject("h1", Connection(kind="local", address="h1"))
CLIENT = rf"{SCHANNEL}\TLS 1.2\Client"
ON = {(CLIENT, "Enabled"): 1, (CLIENT, "DisabledByDefault"): 0}
OFFICE = "smtp.office365.com"
RELAY = {
    "SmartHost": "relay.example.net",
    "RemoteSmtpPort": 587,
    "RouteAction": 0x4,
    "SmartHostType": 2,
    "SmtpOutboundCommandSupportOptions": 7697601,
    "FullyQualifiedDomainName": "h1.contoso.example",
    "ServerBindings": (":25:",),
}
EHLO = ("250-relay.example.net", "250-STARTTLS", "250 HELP")
GOOD = Certificate(
    "CN=relay.example.net", "CN=CA", ("relay.example.net",), NOW - dt.timedelta(9), NOW + dt.timedelta(90), "AB"
)


def probe(**outcomes):
    """Make a probe; versions not named fail."""
    handshakes = tuple(
        Handshake(f"TLS 1.{minor}", outcomes.get(f"tls1{minor}", "failed"), "refused", f"TLS 1.{minor}")
        for minor in range(4)
    )
    return HostProbe("relay.example.net:587", "relay.example.net", 587, ehlo=EHLO, handshakes=handshakes)


TLS12 = probe(tls12="done")


class Judged:
    """Judge one host; keyword arguments change what it is like."""

    def __init__(self, host):
        self.host = host

    def __call__(self, build=17763, *, registry=None, probed=True, probes=(TLS12,), facts=None, running=True, **relay):
        observed = self.host(
            facts=HostFacts("10.0", build, "Windows Server", "5.1", is_64_bit=True, is_administrator=True),
            servers=(ObservedServer(1, "Relay", STARTED),),
            metabase={"SmtpSvc/1": RELAY | relay},
            services={"state": "running" if running else "stopped"},
            others={Address(Store.REGISTRY, *place): value for place, value in (registry or {}).items()},
        ).observed()
        told = TlsFacts(NOW, BOOTED, STARTED_AT, {CLIENT: None}, "4.0", "", probes=tuple(probes))
        return judge(SUBJECT, observed, replace(told, **(facts or {})), DAY, probed=probed)


@pytest.fixture
def judged(host):
    return Judged(host)


def levels(check):
    return {finding.code: finding.severity for finding in check.findings}


def test_a_good_host_is_ready(judged):
    assert judged().verdict is Verdict.READY


@pytest.mark.parametrize(
    "registry",
    [
        {(CLIENT, "Enabled"): 0},
        {(CLIENT, "Enabled"): 0, (CLIENT, "DisabledByDefault"): 0},
        {(CLIENT, "DisabledByDefault"): 1},
        {(CLIENT, "Enabled"): 1, (CLIENT, "DisabledByDefault"): 1},
    ],
)
def test_tls12_switched_off_is_not_ready_whatever_the_probe_could_do_by_name(judged, registry):
    check = judged(registry=registry)
    assert check.verdict is Verdict.NOT_READY
    assert "asked for that version by name" in next(f for f in check.findings if f.code == "handshake").message


def test_2008_r2_needs_both_values_and_a_reboot(judged):
    assert judged(7601).verdict is Verdict.NOT_READY
    assert judged(7601, registry={(CLIENT, "Enabled"): 1}).verdict is Verdict.NOT_READY
    before = {"written": {CLIENT: BOOTED - dt.timedelta(1)}}
    between = {"written": {CLIENT: BOOTED + dt.timedelta(1)}}
    assert judged(7601, registry=ON, facts=before).verdict is Verdict.READY
    assert judged(7601, registry=ON, facts=between).verdict is Verdict.UNKNOWN
    assert judged(7601, registry=ON, facts={"written": {CLIENT: None}}).verdict is Verdict.UNKNOWN
    assert judged(7601, registry=ON, facts=before | {"booted": None}).verdict is Verdict.UNKNOWN


def test_later_windows_needs_the_service_to_know(judged):
    late = {"written": {CLIENT: NOW}}
    assert judged(registry=ON, facts={"written": {CLIENT: BOOTED}}).verdict is Verdict.READY
    assert judged(registry=ON, facts=late).verdict is Verdict.UNKNOWN
    assert judged(facts={"written": {rf"{SCHANNEL}\TLS 1.2": NOW}}).verdict is Verdict.UNKNOWN
    assert judged(registry=ON, facts=late, running=False).verdict is Verdict.READY
    assert judged(registry=ON, facts=late | {"started": None}).verdict is Verdict.UNKNOWN


def test_a_value_of_a_wrong_type_is_a_doubt(judged):
    check = judged(
        registry={(CLIENT, "Enabled"): "1", (CLIENT, "DisabledByDefault"): 0}, facts={"written": {CLIENT: BOOTED}}
    )
    assert check.verdict is Verdict.UNKNOWN
    assert levels(check)["wrong_type"] is Severity.WARNING


def test_keys_of_tls13_before_2022_are_told(judged):
    check = judged(registry={(rf"{SCHANNEL}\TLS 1.3\Client", "Enabled"): 1})
    assert levels(check)["tls13_unsafe"] is Severity.WARNING


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"RouteAction": 0}, "outbound_tls"),
        ({"SmtpOutboundCommandSupportOptions": 7}, "outbound_esmtp"),
        ({"RemoteSmtpPort": 465}, "port"),
        ({"RouteAction": 0x10C}, "authentication"),
    ],
)
def test_settings_that_keep_mail_from_leaving(judged, change, code):
    after = replace(TLS12, ehlo_after=("250-relay.example.net", "250 AUTH XOAUTH2"))
    check = judged(**change, probes=(after, replace(after, identity="relay.example.net:465", port=465)))
    assert check.verdict is Verdict.NOT_READY
    assert levels(check)[code] is Severity.PROBLEM
    assert all(finding.fix for finding in check.findings if finding.severity is Severity.PROBLEM)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (probe(tls10="done"), Verdict.NOT_READY),
        (probe(tls13="done"), Verdict.NOT_READY),
        (probe(), Verdict.NOT_READY),
        (probe(tls10="done", tls12="unnameable"), Verdict.UNKNOWN),
        (replace(TLS12, problem="no such host"), Verdict.UNKNOWN),
        (replace(TLS12, ehlo=("250 relay.example.net",), handshakes=()), Verdict.NOT_READY),
        (replace(TLS12, certificate=replace(GOOD, not_after=NOW - dt.timedelta(1))), Verdict.READY),
        (replace(TLS12, certificate=GOOD), Verdict.READY),
    ],
)
def test_what_the_probe_showed(judged, seen, verdict):
    assert judged(probes=(seen,)).verdict is verdict


def test_a_handshake_that_was_left_to_windows_shows_it_too(judged):
    left = Handshake("default", "done", "", "TLS 1.2", "Aes256")
    seen = probe(tls12="unnameable")
    assert judged(probes=(replace(seen, handshakes=(*seen.handshakes, left)),)).verdict is Verdict.READY
    old = replace(left, negotiated="TLS 1.0")
    assert judged(probes=(replace(seen, handshakes=(*seen.handshakes, old)),)).verdict is Verdict.UNKNOWN


def test_without_a_probe_only_documented_smart_hosts_are_called_ready(judged):
    assert judged(probed=False, probes=()).verdict is Verdict.UNKNOWN
    assert judged(probed=False, probes=(), SmartHost=OFFICE).verdict is Verdict.READY
    gcm = {(POLICY_LIST, "Functions"): "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}
    assert judged(9600, probed=False, probes=(), SmartHost=OFFICE, registry=gcm).verdict is Verdict.NOT_READY
    assert judged(14393, probed=False, probes=(), SmartHost=OFFICE, registry=gcm).verdict is Verdict.READY
    new = {(POLICY_LIST, "Functions"): "TLS_BRAND_NEW"}
    assert judged(14393, probed=False, probes=(), SmartHost=OFFICE, registry=new).verdict is Verdict.UNKNOWN
    assert judged(6003, probed=False, probes=(), SmartHost=OFFICE).verdict is Verdict.NOT_READY


def test_the_older_switch_for_tls_is_a_doubt(judged):
    assert judged(RouteAction=0, AlwaysUseSsl=True).verdict is Verdict.UNKNOWN


def test_mail_without_a_smart_host_or_to_a_neighbour_is_a_doubt(judged):
    assert judged(SmartHost="", probes=()).verdict is Verdict.UNKNOWN
    assert judged(SmartHost="[127.0.0.1]", RouteAction=0, probes=()).verdict is Verdict.UNKNOWN


def test_the_end_of_basic_authentication_is_told(judged):
    check = judged(SmartHost=OFFICE, RouteAction=0x10C, probed=False, probes=())
    (finding,) = [item for item in check.findings if item.code == "basic_authentication"]
    assert "37 days left" in finding.message
    assert (finding.severity, finding.subject) == (Severity.WARNING, 'virtual server "Relay"')


def test_inbound_certificates(judged):
    mine = replace(GOOD, names=("h1.contoso.example",), has_private_key=True)
    assert levels(judged(facts={"certificates": (mine,)}))["inbound_certificate"] is Severity.OK
    soon = replace(mine, not_after=NOW + dt.timedelta(5))
    assert levels(judged(facts={"certificates": (soon,)}))["inbound_certificate"] is Severity.WARNING
    without_key = replace(mine, has_private_key=False)
    assert levels(judged(facts={"certificates": (without_key,)}))["inbound_certificate"] is Severity.INFO
    assert judged(AccessSSLFlags=8).verdict is Verdict.NOT_READY


def test_domains_have_ways_of_their_own(host):
    metabase = {
        "SmtpSvc/1": RELAY,
        "SmtpSvc/1/Domain/partner.example": {"RouteAction": 0x2, "RouteActionString": "[10.9.9.9]"},
        "SmtpSvc/1/Domain/alias.example": {"RouteAction": 0x10},
    }
    observed = host(servers=(ObservedServer(1, "Relay", STARTED),), metabase=metabase).observed()
    check = judge(SUBJECT, observed, TlsFacts(NOW, BOOTED, STARTED_AT, probes=(TLS12,)), DAY, probed=True)
    (finding,) = [item for item in check.findings if item.code == "outbound_tls"]
    assert finding.subject == 'virtual server "Relay", domain partner.example'
    assert check.verdict is Verdict.NOT_READY


def test_a_host_without_service_or_virtual_server(host):
    facts = TlsFacts(NOW)
    assert judge(SUBJECT, host(smtp_ready=False).observed(), facts, DAY, probed=True).verdict is Verdict.NOT_READY
    assert judge(SUBJECT, host().observed(), facts, DAY, probed=True).verdict is Verdict.UNKNOWN


def test_a_virtual_server_of_the_site_that_is_not_there_yet(host, site_target):
    target = site_target("virtual_servers: [{name: New, general: {bindings: ['*:2525']}}]")
    check = judge(replace(SUBJECT, target=target), host().observed(), TlsFacts(NOW), DAY, probed=True)
    assert levels(check)["virtual_server"] is Severity.PROBLEM


def test_exit_codes():
    ready = HostCheck("a", (judgement(Severity.OK),))
    doubt = HostCheck("b", (judgement(Severity.OK), judgement(Severity.UNKNOWN)))
    bad = HostCheck("c", (judgement(Severity.PROBLEM),))
    lost = HostCheck("d", error=LoginError("no"))
    broken = HostCheck("e", error=ScriptError("no"))
    codes = {
        (ready,): 0,
        (doubt,): 1,
        (bad,): 2,
        (ready, doubt): 1,
        (doubt, bad, ready): 2,
        (lost,): 4,
        (lost, ready): 5,
    }
    assert {hosts: TlsReport(hosts).exit_code for hosts in codes} == codes
    assert (TlsReport((lost, broken)).exit_code, TlsReport((lost, bad)).verdict) == (1, Verdict.NOT_READY)
    assert TlsReport((lost,)).verdict is Verdict.UNREACHABLE
    assert HostCheck("f").verdict is Verdict.UNKNOWN


def judgement(severity):
    from iisrelay.tls.finding import Finding

    return Finding("x", severity, "x")


def test_the_script_is_powershell_2_and_holds_no_values():
    assert parse(check_script(), "2.0")
    assert "{{" not in check_script()
    assert "relay.example.net" not in check_script()
