"""Deliveries to smart hosts, with what Schannel and the metabase allow."""

import base64

import pytest

SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
TLS, BASIC = 0x4, 0x108


def send(host, *recipients):
    with host.connect() as client:
        client.say("HELO app01")
        assert client.send(*recipients).startswith("250 2.6.0")


def allow(host, protocol, side="Client"):
    for name, value in (("Enabled", 1), ("DisabledByDefault", 0)):
        host.machine.registry.set(rf"{SCHANNEL}\{protocol}\{side}", name, value)


def test_mail_goes_to_the_smart_host(relay, smart_host, until):
    host, target = relay(), smart_host()
    host.relay_through(target.port)
    send(host, "x@other.example", "y@other.example")
    until(lambda: target.messages and not host.folder("Queue"))
    assert target.commands[0] == "EHLO RELAY01.lab.example"
    assert target.commands[1].startswith("MAIL FROM:<app@contoso.example> SIZE=")
    assert target.commands[2:] == ["RCPT TO:<x@other.example>", "RCPT TO:<y@other.example>", "DATA", "QUIT"]
    assert target.messages[0].startswith("Received: from app01 ([127.0.0.1]) by RELAY01.lab.example with Microsoft")


def test_a_fresh_server_says_helo_and_gets_no_tls(relay, tls_smart_host, until):
    host, target = relay(), tls_smart_host("TLS 1.2")
    host.relay_through(target.port, RouteAction=TLS)
    host.set(SmtpOutboundCommandSupportOptions=7)
    send(host, "x@other.example")
    until(host.events)
    assert target.commands == ["HELO RELAY01.lab.example"]
    assert "TLS is required" in host.events()[0]
    assert len(host.folder("Queue")) == 1


def test_tls_and_basic_authentication(relay, tls_smart_host, until):
    host = relay()
    target = tls_smart_host("TLS 1.2", extensions=("AUTH LOGIN PLAIN",))
    host.relay_through(target.port, RouteAction=TLS | BASIC, RouteUserName="me@contoso.example", RoutePassword="pä$")
    send(host, "x@other.example")
    until(lambda: target.messages)
    assert target.versions == ["TLSv1.2"]
    assert target.commands[1:4] == ["STARTTLS", "EHLO RELAY01.lab.example", "AUTH LOGIN"]
    assert [base64.b64decode(text).decode() for text in target.commands[4:6]] == ["me@contoso.example", "pä$"]


def test_a_refused_login_leaves_the_mail_in_the_queue(relay, smart_host, until):
    host = relay()
    target = smart_host(extensions=("AUTH LOGIN",), answers={"AUTH": "535 5.7.139 Authentication unsuccessful"})
    host.relay_through(target.port, RouteAction=BASIC, RouteUserName="u", RoutePassword="p")
    send(host, "x@other.example")
    until(host.events)
    assert "rejected AUTH negotiation. 535 5.7.139" in host.events()[0]
    assert len(host.folder("Queue")) == 1


@pytest.mark.parametrize(
    "versions",
    [
        ("2008r2", "TLS 1.0", "TLSv1"),
        ("2012", "TLS 1.1", "TLSv1.1"),
        ("2012r2", "TLS 1.2", "TLSv1.2"),
        ("2016", "TLS 1.2", "TLSv1.2"),
        ("2019", "TLS 1.0", "TLSv1"),
        ("2022", "TLS 1.2", "TLSv1.2"),
    ],
)
def test_a_smart_host_of_one_version_is_met(relay, tls_smart_host, until, versions):
    windows, spoken, seen = versions
    host, target = relay(windows), tls_smart_host(spoken)
    host.relay_through(target.port, RouteAction=TLS)
    send(host, "x@other.example")
    until(lambda: target.messages)
    assert target.versions == [seen]


@pytest.mark.parametrize(
    "versions", [("2008r2", "TLS 1.1"), ("2008r2", "TLS 1.2"), ("2019", "TLS 1.3"), ("2022", "TLS 1.3")]
)
def test_a_smart_host_of_another_version_gets_nothing(relay, tls_smart_host, until, versions):
    windows, spoken = versions
    host, target = relay(windows), tls_smart_host(spoken)
    host.relay_through(target.port, RouteAction=TLS)
    send(host, "x@other.example")
    until(host.events)
    assert "TLS negotiation failed" in host.events()[0]
    assert not target.messages


def test_2008_r2_speaks_tls_1_2_after_the_values_and_a_reboot(relay, tls_smart_host, until):
    host, target = relay("2008r2"), tls_smart_host("TLS 1.2")
    host.relay_through(target.port, RouteAction=TLS)
    allow(host, "TLS 1.2")
    host.restart()
    send(host, "x@other.example")
    until(host.events)
    assert not target.messages
    host.restart(reboot=True)
    until(lambda: target.messages)  # the start of the virtual server tries the queue again
    assert target.versions == ["TLSv1.2"]
    until(lambda: not host.folder("Queue"))


def test_other_versions_need_the_services_restarted(relay, tls_smart_host, until):
    host, target = relay("2019"), tls_smart_host("TLS 1.2")
    host.relay_through(target.port, RouteAction=TLS)
    host.machine.registry.set(rf"{SCHANNEL}\TLS 1.2\Client", "Enabled", 0)
    send(host, "x@other.example")
    until(lambda: target.messages)
    host.restart()
    send(host, "x@other.example")
    until(host.events)
    assert len(target.messages) == 1


def test_suites_have_to_overlap(relay, smart_host, server_context, until):
    context = server_context("TLS 1.2", suites=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
    old, new, target = relay("2012r2"), relay("2016"), smart_host(context)
    for host in (old, new):
        host.relay_through(target.port, RouteAction=TLS)
        send(host, "x@other.example")
    until(lambda: target.messages)
    until(old.events)
    assert len(target.messages) == 1


def test_a_refused_recipient_ends_in_badmail(relay, smart_host, until):
    host = relay()
    target = smart_host(answers={"RCPT TO:<bad": "550 5.1.1 no such user", "RCPT TO:<busy": "450 4.2.1 later"})
    host.relay_through(target.port)
    send(host, "good@other.example", "bad@other.example", "busy@other.example")
    until(lambda: target.messages and host.folder("Badmail"))
    reason = next(text for text in host.folder("Badmail") if text.startswith("app@contoso.example"))
    assert "bad@other.example: 550 5.1.1 no such user" in reason
    (name,) = host.machine.files.list(r"C:\inetpub\mailroot\Queue")
    stream = host.machine.files.file(rf"C:\inetpub\mailroot\Queue\{name}").streams
    until(lambda: stream["PROPERTIES"].count("@other.example") == 1)
    assert "busy@other.example" in stream["PROPERTIES"]


def test_a_domain_has_its_own_way(relay, smart_host, until):
    host, usual, special = relay(), smart_host(), smart_host()
    host.relay_through(usual.port)
    domain = host.machine.metabase.create(host.key.child("Domain"), "partner.example", "IIsSmtpDomain")
    host.machine.metabase.write(domain, "RouteAction", 0x2 | 0x400000)
    host.machine.metabase.write(domain, "RouteActionString", "mx.partner.example")
    hosts = r"C:\Windows\System32\drivers\etc\hosts"
    host.machine.files.append_bytes(hosts, b"127.0.0.1 mx.partner.example\r\n")
    send(host, "x@other.example", "y@partner.example")
    until(lambda: len(usual.messages) == 2)
    assert [line for line in usual.commands if line.startswith(("HELO", "EHLO"))] == [
        "EHLO RELAY01.lab.example",
        "HELO RELAY01.lab.example",
    ]
    assert not special.messages


def test_the_queue_survives_saving(relay, smart_host, until):
    host = relay()
    host.relay_through(1)
    send(host, "x@other.example")
    until(host.events)
    target = smart_host()
    host.set(RemoteSmtpPort=target.port)
    state = host.machine.files.to_json()
    host.stop()
    host.machine.files.load_json(state)
    host.start()
    until(lambda: not host.folder("Queue"))
    assert len(target.messages) == 1


def test_the_protocol_log(relay, smart_host, until):
    host, target = relay(), smart_host()
    host.relay_through(target.port, LogType=1, LogExtFileFlags=0x1FFFFF)
    send(host, "x@other.example")
    until(lambda: not host.folder("Queue"))
    folder = r"C:\Windows\System32\LogFiles\SmtpSvc1"
    (name,) = host.machine.files.list(folder)
    lines = host.machine.files.read_text(f"{folder}\\{name}").split("\r\n")
    assert lines[0] == "#Software: Microsoft Internet Information Services 10.0"
    assert len(lines[3].split()) == 22
    rows = [line.split(" ") for line in lines[4:-1]]
    assert all(len(row) == 21 for row in rows)
    assert rows[0][2:6] == ["127.0.0.1", "app01", "SMTPSVC1", "RELAY01"]
    outbound = [row for row in rows if row[3].startswith("Outbound")]
    assert outbound[0][10] == "220+smarthost.example+ESMTP"
    assert outbound[1][8:11:2] == ["EHLO", "RELAY01.lab.example"]
    assert outbound[2][10] == "250-smarthost.example"
