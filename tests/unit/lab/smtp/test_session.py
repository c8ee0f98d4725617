"""Inbound sessions: what the metabase says is what clients meet."""

import ssl

import pytest

from iisrelay.settings.stored import AccessList

NOBODY = AccessList(grant_by_default=False)
LOOPBACK_ONLY = AccessList(grant_by_default=False, addresses=("127.0.0.1, 255.255.255.255",))
NETWORK_10 = AccessList(grant_by_default=False, addresses=("10.0.0.0, 255.0.0.0",))
ALL_BUT_LOOPBACK = AccessList(grant_by_default=True, addresses=("127.0.0.1, 255.255.255.255",))
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"


def trusting():
    """Make a client's TLS settings that take every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.mark.parametrize(
    ("windows", "version"),
    [
        ("2008r2", "7.5.7601.17514"),
        ("2012", "8.0.9200.16384"),
        ("2012r2", "8.5.9600.16384"),
        ("2016", "10.0.14393.4169"),
        ("2019", "10.0.17763.1697"),
        ("2022", "10.0.20348.1"),
    ],
)
def test_the_banner_names_the_version(relay, windows, version):
    with relay(windows).connect() as client:
        start = f"220 RELAY01.lab.example Microsoft ESMTP MAIL Service, Version: {version} ready at  "
        assert client.banner.startswith(start)


def test_banner_and_name_can_be_changed(relay):
    host = relay()
    host.set(ConnectResponse="No mail for strangers", FullyQualifiedDomainName="mail.contoso.example")
    with host.connect() as client:
        assert client.banner == "220 mail.contoso.example No mail for strangers"
        assert client.say("QUIT") == "221 2.0.0 mail.contoso.example Service closing transmission channel"


def test_a_plain_server_offers_what_a_plain_server_offers(relay):
    with relay().connect() as client:
        assert client.say("EHLO app01").replace("250-", "").replace("250 ", "").split("\n") == [
            "RELAY01.lab.example Hello [127.0.0.1]", "TURN", "SIZE 2097152", "ETRN", "PIPELINING", "DSN",
            "ENHANCEDSTATUSCODES", "8bitmime", "BINARYMIME", "CHUNKING", "VRFY", "OK",
        ]  # fmt: skip


def test_options_and_methods_show(relay):
    host = relay()
    host.set(SmtpInboundCommandSupportOptions=7697601 & ~0x100480, AuthFlags=7, MaxMessageSize=0)
    with host.connect() as client:
        lines = client.say("EHLO app01").split("\n")
        assert lines[1:3] == ["250-AUTH GSSAPI NTLM LOGIN", "250-AUTH=LOGIN"]
        assert "250-SIZE" in lines
        assert not {"250-TURN", "250-ETRN", "250-CHUNKING"}.intersection(lines)
        assert client.say("BDAT 5 LAST") == "500 5.3.3 Unrecognized command"


def test_mail_for_the_own_domain_is_dropped(relay):
    host = relay()
    with host.connect() as client:
        client.say("HELO app01")
        answer = client.send("anna@RELAY01.lab.example", content="Subject: test\r\n\r\n..dot")
        assert answer.startswith("250 2.6.0 <RELAY01")
        assert answer.endswith("@RELAY01.lab.example> Queued mail for delivery")
    (mail,) = host.folder("Drop")
    lines = mail.split("\r\n")
    assert lines[:2] == ["x-sender: app@contoso.example", "x-receiver: anna@RELAY01.lab.example"]
    assert lines[2] == (
        "Received: from app01 ([127.0.0.1]) by RELAY01.lab.example with Microsoft SMTPSVC(10.0.17763.1697);"
    )
    assert lines[-2:] == [".dot", ""]
    assert "X-OriginalArrivalTime: " in mail


@pytest.mark.parametrize(
    ("relay_list", "host_name", "answer"),
    [
        (NOBODY, "127.0.0.1", "550 5.7.1 Unable to relay for x@other.example"),
        (LOOPBACK_ONLY, "127.0.0.1", "250 2.1.5 x@other.example "),
        (LOOPBACK_ONLY, "relay01", "550 5.7.1 Unable to relay for x@other.example"),
        (NETWORK_10, "relay01", "250 2.1.5 x@other.example "),
        (ALL_BUT_LOOPBACK, "127.0.0.1", "550 5.7.1 Unable to relay for x@other.example"),
        (ALL_BUT_LOOPBACK, "relay01.lab.example", "250 2.1.5 x@other.example "),
    ],
)
def test_the_relay_list_decides_by_the_clients_address(relay, relay_list, host_name, answer):
    host = relay()
    host.set(RelayIpList=relay_list)
    with host.connect(host_name) as client:
        client.say("HELO app01")
        client.say("MAIL FROM:<app@contoso.example>")
        assert client.say("RCPT TO:<x@other.example>") == answer


def test_server_2022_without_a_relay_list_relays_for_nobody(relay):
    with relay("2022").connect() as client:
        client.say("HELO app01")
        assert client.send("x@other.example") == "550 5.7.1 Unable to relay for x@other.example"


def test_who_logs_in_may_relay_where_that_is_ticked(relay):
    host = relay()
    host.set(AuthFlags=3, RelayForAuth=0)
    with host.connect() as client:
        client.say("EHLO app01")
        assert client.say("AUTH LOGIN") == "334 VXNlcm5hbWU6"
        assert client.say("YXBw") == "334 UGFzc3dvcmQ6"
        assert client.say("d3Jvbmc=") == "535 5.7.3 Authentication unsuccessful"
        client.say("AUTH LOGIN YXBw")
        assert client.say("c2VjcmV0").startswith("235 ")
        assert client.send("x@other.example").startswith("550 5.7.1")
        client.say("RSET")
        host.set(RelayForAuth=0xFFFFFFFF)
        assert client.send("x@other.example").startswith("250 2.6.0")


def test_without_anonymous_access_a_client_has_to_log_in(relay):
    host = relay()
    host.set(AuthFlags=2)
    with host.connect() as client:
        client.say("EHLO app01")
        assert client.say("MAIL FROM:<a@b.example>") == "454 5.7.3 Client was not authenticated."
        assert client.say("AUTH NTLM") == "504 5.7.4 Unrecognized authentication type"


def test_domains_alias_and_remote(relay):
    host = relay()
    domains = host.key.child("Domain")
    for name, action in (("alias.example", 0x10), ("*.partner.example", 0x1000), ("held.example", 0)):
        host.machine.metabase.write(host.machine.metabase.create(domains, name, "IIsSmtpDomain"), "RouteAction", action)
    with host.connect() as client:
        client.say("HELO app01")
        client.say("MAIL FROM:<a@b.example>")
        assert client.say("RCPT TO:<x@alias.example>").startswith("250")
        assert client.say("RCPT TO:<x@sub.partner.example>").startswith("250")
        assert client.say("RCPT TO:<x@held.example>").startswith("550")


def test_the_connection_list_hangs_up_on_others(relay):
    host = relay()
    host.set(IPSecurity=NETWORK_10)
    with host.connect("relay01") as client:
        assert client.banner.startswith("220 ")
    with pytest.raises((EOFError, ConnectionError)), host.connect("127.0.0.1"):
        pass


def test_limits(relay):
    host = relay()
    host.set(MaxMessageSize=1000, MaxSessionSize=1500, MaxRecipients=2, MaxBatchedMessages=2, RelayIpList=LOOPBACK_ONLY)
    with host.connect() as client:
        client.say("EHLO app01")
        assert client.say("MAIL FROM:<a@b.example> SIZE=1001").startswith("552 5.3.4 Message size exceeds")
        client.say("MAIL FROM:<a@b.example>")
        client.say("RCPT TO:<x@a.example>")
        client.say("RCPT TO:<x@b.example>")
        assert client.say("RCPT TO:<x@c.example>") == "452 4.5.3 Too many recipients"
        client.say("RSET")
        assert client.send("x@a.example", content="x" * 1100).startswith("552 5.3.4 Message size")
        assert client.send("x@a.example", content="Subject: x\r\n\r\nx").startswith("250 2.6.0")
        assert client.send("x@a.example", content="x" * 900).startswith("552 5.3.4 Session size")
        assert client.send("x@a.example", content="x").startswith("552 5.3.4 Session size")


def test_a_connection_ends_after_so_many_messages(relay):
    host = relay()
    host.set(MaxBatchedMessages=1)
    with host.connect() as client:
        client.say("HELO app01")
        assert client.send("x@RELAY01.lab.example").startswith("250 2.6.0")
        assert client.say("MAIL FROM:<a@b.example>").startswith("421 ")
        with pytest.raises(EOFError):
            client.read()


def test_mail_that_has_travelled_too_far_is_given_up(relay):
    host = relay()
    host.set(HopCount=3)
    with host.connect() as client:
        client.say("HELO app01")
        client.send("x@RELAY01.lab.example", content="Received: from a by b\r\n" * 3 + "\r\nhello")
    assert host.folder("Drop") == []
    assert len(host.folder("Badmail")) == 2


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["RCPT TO:<a@b.example>"], "503 5.5.2 Need mail command."),
        (["MAIL FROM:<a@b.example>", "DATA"], "503 5.5.2 Need Rcpt command."),
        (["MAIL FROM:<a@b.example>", "MAIL FROM:<a@b.example>"], "503 5.5.2 Sender already specified"),
        (["MAIL TO:<a@b.example>"], "501 5.5.4 Invalid Address"),
        (["MAIL FROM:<a@b.example>", "RSET", "RCPT TO:<a@b.example>"], "503 5.5.2 Need mail command."),
        (["FROBNICATE"], "500 5.3.3 Unrecognized command"),
        (["STARTTLS"], "554 5.7.3 Unable to initialize security subsystem"),
        (["VRFY anna"], "252 2.1.5 Cannot VRFY user, but will take message for <anna>"),
        (["NOOP"], "250 2.0.0 OK"),
    ],
)
def test_answers(relay, lines, answer):
    with relay().connect() as client:
        client.say("HELO app01")
        assert [client.say(line) for line in lines][-1] == answer


def test_chunks(relay):
    host = relay()
    with host.connect() as client:
        client.say("EHLO app01")
        client.say("MAIL FROM:<a@b.example>")
        client.say("RCPT TO:<x@RELAY01.lab.example>")
        client.wire.write(b"BDAT 10\r\nSubject: x")
        assert client.read() == "250 2.1.5 10 octets received"
        client.wire.write(b"BDAT 9 LAST\r\n\r\n\r\nhello")
        assert client.read().startswith("250 2.6.0")
    assert host.folder("Drop")[0].endswith("\r\n\r\nhello")


def test_starttls_needs_a_certificate_for_the_name(relay):
    host = relay()
    host.add_certificate("other.example")
    with host.connect() as client:
        assert "STARTTLS" not in client.say("EHLO app01")
        host.add_certificate()
        assert "STARTTLS" in client.say("EHLO app01")
        assert client.say("STARTTLS") == "220 2.0.0 SMTP server ready"
        client.wire.start_tls(trusting(), server_side=False)
        assert "STARTTLS" not in client.say("EHLO app01")
        client.send("x@RELAY01.lab.example")
    assert "by RELAY01.lab.example over TLS secured channel with Microsoft SMTPSVC(" in host.folder("Drop")[0]


def test_an_assigned_certificate_wins(relay):
    host = relay()
    host.add_certificate()
    other = host.add_certificate("assigned.example")
    host.set(SSLCertHash=bytes.fromhex(other.thumbprint))
    with host.connect() as client:
        client.say("EHLO app01")
        client.say("STARTTLS")
        client.wire.start_tls(trusting(), server_side=False)
        assert client.wire.connection.getpeercert(binary_form=True) == other.der


def test_where_tls_is_required_nothing_goes_without(relay):
    host = relay()
    host.add_certificate()
    host.set(AccessSSLFlags=8)
    with host.connect() as client:
        client.say("EHLO app01")
        assert client.say("MAIL FROM:<a@b.example>") == "530 5.7.0 Must issue a STARTTLS command first"
        client.say("STARTTLS")
        client.wire.start_tls(trusting(), server_side=False)
        client.say("EHLO app01")
        assert client.say("MAIL FROM:<a@b.example>").startswith("250")


def test_the_server_side_of_schannel_decides_which_tls(relay):
    host = relay("2008r2")
    host.add_certificate()
    only_new = trusting()
    only_new.minimum_version = ssl.TLSVersion.TLSv1_2

    def handshake():
        with host.connect() as client:
            client.say("EHLO app01")
            client.say("STARTTLS")
            client.wire.start_tls(only_new, server_side=False)
            return client.wire.tls_version

    for name, value in (("Enabled", 1), ("DisabledByDefault", 0)):
        host.machine.registry.set(rf"{SCHANNEL}\TLS 1.2\Server", name, value)
    with pytest.raises(OSError, match=r"PROTOCOL|EOF|reset"):
        handshake()
    host.restart(reboot=True)
    assert handshake() == "TLSv1.2"
