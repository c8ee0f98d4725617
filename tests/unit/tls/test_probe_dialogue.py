"""Servers that say odd things, too much, too little or nothing: a finding each time, and never an exception."""

import socket
import ssl
import struct
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers.aiosmtpd_host import aiosmtpd_host
from servers.ports import free_port
from servers.scripted import answers, scripted, server_context, starttls_host

from iisrelay.tls.finding import Severity
from iisrelay.tls.probe import Outcome, TlsMode, contexts, probe_smart_host
from iisrelay.tls.probe.endpoint import bare_host
from iisrelay.tls.probe.failure import handshake_error, resolve_words

EHLO = b"250-host.example\r\n250 STARTTLS\r\n"


def probed(serve, timeout_s=10.0, host="127.0.0.1"):
    with scripted(serve, host) as port:
        return probe_smart_host(host, port, timeout_s=timeout_s)


def first(result):
    assert result.findings[0].message.endswith(".")
    return result.findings[0]


def silent(connection):
    connection.recv(1)


@pytest.mark.parametrize(
    ("replies", "code", "words"),
    [
        (
            [b"554 5.7.1 you are listed\r\n"],
            "greeting-refused",
            'turns connections away with "554 5.7.1 you are listed"',
        ),
        ([b"421-busy\r\n421 come back\r\n"], "greeting-refused", '"421 busy come back"'),
        ([b"HTTP/1.1 400 Bad Request\r\n"], "no-greeting", 'but with "HTTP/1.1 400 Bad Request"'),
        ([b"\r\n"], "no-greeting", "an empty line"),
        ([b""], "no-greeting", "closes the connection"),
        ([b"220 half a gree"], "no-greeting", "closes the connection"),
        ([b"220-" + b"x" * 9000], "no-greeting", "more than 8192 bytes"),
        ([b"220-again\r\n" * 9000], "no-greeting", "more than 65536 bytes"),
        ([b"220 ok\r\n", b""], "conversation-failed", "closes the connection"),
        ([b"220 ok\r\n", b"421 overloaded\r\n"], "conversation-failed", 'answers EHLO with "421 overloaded"'),
        ([b"220 ok\r\n", b"500 what\r\n", b"500 what?\r\n"], "conversation-failed", 'and HELO with "500 what?"'),
        ([b"220 ok\r\n", b"what is this\r\n"], "conversation-failed", 'but with "what is this"'),
        ([b"220 ok\r\n", b"250-a\r\nSTARTTLS\r\n250 b\r\n"], "conversation-failed", 'but with "STARTTLS"'),
        ([b"220 ok\r\n", EHLO, b"454 TLS not available\r\n"], "starttls-refused", '"454 TLS not available"'),
        ([b"220 ok\r\n", EHLO, b""], "starttls-refused", "closes the connection"),
        ([b"220 ok\r\n", b"250 host\r\n"], "starttls-missing", "does not offer STARTTLS"),
        ([b"220 ok\r\n", b"250-host\r\n250 XSTARTTLS\r\n"], "starttls-missing", "does not offer STARTTLS"),
    ],
)
def test_a_conversation_that_ends_early(replies, code, words):
    result = probed(answers(*replies))
    assert (first(result).code, first(result).severity) == (code, Severity.PROBLEM)
    assert words in first(result).message
    assert first(result).fix
    assert (result.tls_mode, result.protocols, result.certificate) == (TlsMode.NONE, (), None)
    assert result.accepts_tls12 is not True


def test_a_server_without_ehlo():
    result = probed(answers(b"220 old\r\n", b"502 no EHLO here\r\n", b"250 old.example\r\n", b"221 bye\r\n"))
    assert (result.esmtp, result.accepts_tls12) == (False, False)
    assert first(result).code == "esmtp-missing"
    assert [line[:7] for line in result.transcript if line.startswith("C:")] == ["C: EHLO", "C: HELO"]


@pytest.mark.parametrize("greeting", [b"", b"2", b"220-slowly\r\n"], ids=["nothing", "a byte", "half"])
def test_a_silent_server(greeting):
    def serve(connection):
        connection.sendall(greeting)
        silent(connection)
        silent(connection)

    result = probed(serve, timeout_s=0.3)
    assert first(result).code == "no-greeting"
    assert "does not answer in time" in first(result).message
    assert result.accepts_tls12 is None


def test_a_server_that_drips_does_not_outlast_the_deadline():
    def serve(connection):
        while True:
            connection.sendall(b"2")
            time.sleep(0.05)

    assert "does not answer in time" in first(probed(serve, timeout_s=0.5)).message


def test_a_server_that_is_silent_inside_the_handshake():
    def serve(connection):
        answers(b"220 ok\r\n", EHLO, b"220 go\r\n")(connection)
        connection.recv(1000)
        silent(connection)

    result = probed(serve, timeout_s=0.3)
    assert {attempt.outcome for attempt in result.protocols} == {Outcome.UNCLEAR}
    assert [finding.code for finding in result.findings] == ["handshake-failed", "tls12-unclear"]
    assert result.accepts_tls12 is None


def test_a_server_that_closes_at_the_handshake_refuses():
    result = probed(answers(b"220 ok\r\n", EHLO, b"220 go\r\n"))
    assert {attempt.outcome for attempt in result.protocols} == {Outcome.REFUSED}
    assert "closes the connection at the first message" in result.protocol("TLS 1.2").explanation
    assert result.accepts_tls12 is False


def test_a_server_that_speaks_on_in_clear_text():
    def serve(connection):
        answers(b"220 ok\r\n", EHLO, b"220 go\r\n")(connection)
        connection.sendall(b"250 what handshake?\r\n")
        connection.recv(1000)

    result = probed(serve)
    assert {attempt.outcome for attempt in result.protocols} == {Outcome.UNCLEAR}
    assert "something that is not TLS" in result.protocol("TLS 1.2").explanation


def test_a_server_that_stops_answering_after_some_connections(pairs):
    """What was not tried is not known: a limit on connections is no refusal. TLS 1.2 is tried first."""
    count = iter(range(100))
    works = starttls_host(lambda: server_context(pairs["good"]))

    def serve(connection):
        (works if next(count) < 2 else answers(b"421 too many connections\r\n"))(connection)

    result = probed(serve)
    assert [attempt.outcome for attempt in result.protocols] == [
        *[Outcome.UNCLEAR] * 2,
        Outcome.ACCEPTED,
        Outcome.UNCLEAR,
    ]
    assert "too many connections" in result.protocol("TLS 1.3").explanation
    assert result.accepts_tls12 is True
    assert result.certificate.trusted is None


def test_clear_text_behind_the_answer_to_starttls_does_not_count(pairs):
    def serve(connection):
        answers(b"220 ok\r\n", EHLO, b"220 go\r\n250-forged\r\n250 AUTH LOGIN\r\n")(connection)
        with server_context(pairs["good"]).wrap_socket(connection, server_side=True) as inside:
            inside.recv(1000)
            inside.sendall(b"250-host\r\n250 AUTH XOAUTH2\r\n")

    result = probed(serve)
    assert result.auth_after == ("XOAUTH2",)
    assert any("thrown away" in line for line in result.transcript)
    assert any(finding.code == "auth-login-missing" for finding in result.findings)


def test_a_server_that_breaks_off_inside_tls(pairs):
    def serve(connection):
        answers(b"220 ok\r\n", EHLO, b"220 go\r\n")(connection)
        server_context(pairs["good"]).wrap_socket(connection, server_side=True).close()

    result = probed(serve)
    assert result.negotiated.version == "TLS 1.3"
    assert result.protocol("TLS 1.2").outcome is Outcome.ACCEPTED
    assert first(result).code == "failed-after-tls"


def test_a_greeting_of_many_lines_in_no_ascii_and_with_escape_sequences():
    def serve(connection):
        answers(b"220-\xc3\xbcber\xff\x1b[31m\r\n220\r\n", b"250\r\n")(connection)

    result = probed(serve)
    assert result.banner == "220 über\ufffd\ufffd[31m"
    assert result.esmtp is True


def test_auth_as_old_servers_write_it(pairs):
    before = b"250-host\r\n250-auth=LOGIN\r\n250-AUTH GSSAPI login NTLM\r\n250-AUTHOR X\r\n250 starttls\r\n"
    result = probed(starttls_host(lambda: server_context(pairs["good"]), before=before))
    assert result.auth_before == ("LOGIN", "GSSAPI", "NTLM")
    assert result.auth_after == ("LOGIN", "PLAIN")
    assert result.accepts_tls12 is True


def test_ipv6(pairs):
    result = probed(starttls_host(lambda: server_context(pairs["address"])), host="::1")
    assert result.address == "::1"
    assert any(line == "C: EHLO [IPv6:::1]" for line in result.transcript)
    assert (result.accepts_tls12, result.certificate.name_matches) == (True, True)


def test_aiosmtpd_with_tls(pairs):
    with aiosmtpd_host(tls_context=server_context(pairs["good"]), auth_required=True) as (port, _):
        result = probe_smart_host("127.0.0.1", port, server_name="smarthost.example")
    assert result.accepts_tls12 is True
    assert result.auth_before == ()
    assert set(result.auth_after) == {"LOGIN", "PLAIN"}


@pytest.mark.parametrize(
    "name", [".dot.example", "x" * 70 + ".example", "a..b", "na\0me", "under_score.example", "bücher.example"]
)
def test_a_name_to_check_that_cannot_be_indicated(pairs, name):
    """The full name of a virtual server may be anything that somebody typed."""
    with scripted(starttls_host(lambda: server_context(pairs["good"]))) as port:
        result = probe_smart_host("127.0.0.1", port, server_name=name)
    assert result.accepts_tls12 is True
    assert result.certificate.name_matches is False


def test_a_server_that_resets_the_connection():
    def serve(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    result = probed(serve)
    assert first(result).code in ("no-greeting", "unreachable")


def test_nothing_listens():
    result = probe_smart_host("127.0.0.1", free_port())
    assert first(result).code == "unreachable"
    assert "nothing listens on this port" in first(result).message
    assert (result.address, result.accepts_tls12) == (None, None)


@pytest.mark.parametrize(
    "host", ["no-such-host.invalid", "", "  ", "..", "a..b", "x" * 70 + ".example", "a\0b", "300.1.1.1"]
)
def test_names_that_lead_nowhere(host):
    result = probe_smart_host(host, timeout_s=20.0)
    assert first(result).code == "unreachable"
    assert result.transcript == ()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "again"), "the DNS servers of this machine do not answer for mail.example"),
        (socket.gaierror(socket.EAI_NONAME, "none"), "DNS knows no address of mail.example"),
    ],
)
def test_what_is_said_of_dns(error, words):
    assert resolve_words("mail.example", error) == words


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("[192.0.2.1]", "192.0.2.1"),
        ("[IPv6:2001:db8::1]", "2001:db8::1"),
        (" mail.example. ", "mail.example"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_smart_hosts_as_the_metabase_writes_them(written, host):
    assert bare_host(written) == host


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none(port):
    with pytest.raises(ValueError, match="is not a port"):
        probe_smart_host("127.0.0.1", port)


def test_what_this_machine_cannot_offer_is_not_the_servers_refusal():
    """Without the lowered security level, OpenSSL itself refuses to begin with TLS 1.0."""
    assert contexts.can_offer("TLS 1.2")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=2")
    contexts._pin(context, ssl.TLSVersion.TLSv1)
    context.check_hostname = False
    with pytest.raises(ssl.SSLError) as raised:
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO()).do_handshake()
    failure = handshake_error(raised.value)
    assert failure.outcome is Outcome.UNTESTABLE
    assert failure.words.startswith("cannot be tested from here")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.binary(max_size=60)
        | st.sampled_from(
            [
                b"220 ok\r\n",
                EHLO,
                b"220 go\r\n",
                b"250 ok\r\n",
                b"\x16\x03\x01\x00\x05",
                b"\x15\x03\x03\x00\x02\x02\x28",
            ]
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_a_server_sends(replies):
    result = probed(answers(*replies), timeout_s=0.2)
    assert result.findings
    assert result.accepts_tls12 is not True


def test_a_handshake_of_messages_without_content_ends_in_time():
    """OpenSSL reads them for as long as there are some, and does not look at the time in between."""

    def serve(connection):
        answers(b"220 ok\r\n", EHLO, b"220 go\r\n")(connection)
        connection.recv(10_000)
        while True:
            connection.sendall(b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 100)

    result = probed(serve, timeout_s=0.5)
    assert {item.outcome for item in result.protocols} <= {Outcome.UNCLEAR, Outcome.UNTESTABLE}
    assert "in time" in result.protocol("TLS 1.2").explanation
