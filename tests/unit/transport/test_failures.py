"""Every failure is one sentence of ours with a hint; each comes from its real cause."""

import datetime as dt
import socket
import threading
from contextlib import closing, suppress

import pytest
from serving import serving

from iisrelay.errors import (
    BrokenAnswerError,
    DeadlineError,
    LoginError,
    QuotaError,
    RefusedError,
    TlsError,
    TransportError,
    UnreachableError,
)
from iisrelay.lab import certificates
from iisrelay.lab.wsman.policy import InjectedFaults, Policy
from iisrelay.secret import Secret
from iisrelay.transport.connect import connect


def failure(connection, *kinds, script="'x'", timeout_s=20.0):
    """Run a script that cannot succeed; give what the user is told."""
    with connect(connection) as transport, pytest.raises(kinds) as caught:
        transport.run(script, {"secret": "marker-input"}, timeout_s)
    error = caught.value
    assert type(error) in kinds
    assert error.hint
    assert error.message.endswith(".")
    assert "marker" not in f"{error.message} {error.hint}"
    return error.message


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answering(answer):
    """Serve one answer to every request of a connection, until the socket is closed."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client, suppress(ConnectionError):
                while client.recv(1 << 20):
                    client.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return listening


def test_closed_port(connection):
    port = free_port()
    message = failure(connection(port=port), UnreachableError)
    assert message == f"127.0.0.1:{port} refuses the connection."


def test_unknown_name(connection):
    message = failure(connection(address="no-such-host.invalid"), UnreachableError)
    assert message == "The name no-such-host.invalid does not resolve to an address."


def test_ipv6_address(connection):
    port = free_port()
    assert failure(connection(address="::1", port=port), UnreachableError).startswith(f"[::1]:{port} ")


@pytest.mark.parametrize("auth", ["ntlm", "basic"])
def test_wrong_password(connection, monkeypatch, auth):
    monkeypatch.setenv("WRONG", "marker-wrong")
    wrong = connection(auth=auth, password=Secret("env:WRONG"), allow_unencrypted=True)
    assert f"rejects the {auth} login of Administrator." in failure(wrong, LoginError)


def test_password_that_basic_cannot_carry(connection, monkeypatch):
    monkeypatch.setenv("FOREIGN", "marker-\u65e5\u672c")
    foreign = connection(auth="basic", password=Secret("env:FOREIGN"), allow_unencrypted=True)
    assert "have characters that basic cannot carry" in failure(foreign, LoginError)


def test_login_refused_by_the_host(running, connection):
    running.host.faults = InjectedFaults(refuse_login=True)
    assert "rejects the ntlm login" in failure(connection(), LoginError)


def test_unknown_certificate(connection, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    files = certificates.ensure(certificates.client_files(other), "stranger")
    stranger = connection(
        https=True, auth="certificate", certificate=str(files.certificate), certificate_key=str(files.key)
    )
    # The host ends the connection; whether the client still sees why is a matter of microseconds.
    assert "127.0.0.1" in failure(stranger, TlsError, BrokenAnswerError)


def test_certificate_of_another_authority(connection, running):
    other = certificates.ensure(certificates.client_files(running.folder), "x").certificate
    message = failure(connection(https=True, ca_file=str(other)), TlsError)
    assert message.endswith("was issued by an authority that is not trusted here.")


def test_system_authorities_do_not_know_the_host(connection):
    assert "not trusted here" in failure(connection(https=True, ca_file=None), TlsError)


def test_missing_authority_file(connection):
    assert "cannot be read" in failure(connection(https=True, ca_file="/nonexistent.pem"), TlsError)


def test_certificate_for_another_name(tmp_path, connection):
    folder = tmp_path / "other"
    folder.mkdir()
    files = certificates.ensure(certificates.server_files(folder), "web01", addresses=("192.0.2.1",))
    with serving(folder) as other:
        message = failure(
            connection(https=True, port=other.listener.https_port, ca_file=str(files.certificate)), TlsError
        )
    assert message.endswith("was issued for another name.")


def test_expired_certificate(tmp_path, connection):
    folder = tmp_path / "expired"
    folder.mkdir()
    files = certificates.server_files(folder)
    certificates.ensure(files, "web01", addresses=("127.0.0.1",), valid_for=dt.timedelta(hours=-1))
    with serving(folder) as old:
        expired = connection(https=True, port=old.listener.https_port, ca_file=str(files.certificate))
        assert failure(expired, TlsError).endswith("has expired.")


def test_http_where_https_is_expected(running, connection):
    message = failure(connection(https=True, port=running.listener.http_port), TlsError)
    assert message.endswith("does not speak TLS on this port.")


def test_basic_over_http_is_refused_before_anything_is_sent(running, connection):
    assert "in clear" in failure(connection(auth="basic"), RefusedError)
    assert running.host.request_count == 0


def test_host_without_basic(tmp_path, connection):
    folder = tmp_path / "strict"
    folder.mkdir()
    with serving(folder, policy=Policy(basic=False)) as strict:
        basic = connection(auth="basic", allow_unencrypted=True, port=strict.listener.http_port)
        assert "basic" in failure(basic, LoginError)


def test_no_user_and_no_password(connection):
    assert "No user name" in failure(connection(username=None), LoginError)
    assert "No password" in failure(connection(password=None), LoginError)


def test_certificate_login_needs_its_files_and_https(connection):
    assert "needs HTTPS" in failure(connection(auth="certificate"), LoginError)
    assert "is not there" in failure(connection(auth="certificate", https=True), LoginError)


@pytest.mark.parametrize("auth", ["kerberos", "credssp"])
def test_missing_extra(connection, auth):
    assert failure(connection(auth=auth), LoginError) == f"{auth} authentication is not installed here."


def test_shells_used_up(tmp_path, connection):
    folder = tmp_path / "small"
    folder.mkdir()
    with serving(folder, policy=Policy(max_shells_per_user=1)) as small:
        first = connect(connection(port=small.listener.http_port))
        first.run("'x'", {}, 20)
        message = failure(connection(port=small.listener.http_port), QuotaError)
        first.close()
    assert message.endswith("has reached its WinRM limit on the number of shells of a user.")


def test_envelope_too_large(tmp_path, connection):
    folder = tmp_path / "narrow"
    folder.mkdir()
    with serving(folder, policy=Policy(max_envelope_kb=3)) as narrow:
        assert "too large" in failure(
            connection(port=narrow.listener.http_port), QuotaError, script="'" + "é☃" * 4000 + "'"
        )


def test_slow_script(running, connection):
    message = failure(connection(), DeadlineError, script="while ($true) {}", timeout_s=2)
    assert message.endswith("did not finish the script within 2 seconds; it was told to stop.")
    running.wait_until_idle()


def test_slow_host(running, connection):
    running.host.faults = InjectedFaults(delay_s=0.5)
    assert "within 1 second" in failure(connection(), DeadlineError, timeout_s=1)


@pytest.mark.parametrize("auth", ["ntlm", "basic"])
def test_dropped_connection(running, connection, auth):
    with connect(connection(auth=auth, allow_unencrypted=True)) as transport:
        transport.run("'x'", {}, 20)
        running.host.faults = InjectedFaults(drop_after_bytes=10)
        with pytest.raises(BrokenAnswerError, match="closed the connection before its answer was complete"):
            transport.run("'x'", {}, 20)


def test_something_else_answers(connection):
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") as other:
        port = other.getsockname()[1]
        basic = connection(auth="basic", allow_unencrypted=True, port=port)
        assert "is not WinRM" in failure(basic, BrokenAnswerError)


def test_another_web_server(connection):
    with answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as other:
        basic = connection(auth="basic", allow_unencrypted=True, port=other.getsockname()[1])
        assert "not WinRM" in failure(basic, UnreachableError)


def test_unavailable_service(connection):
    with answering(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") as other:
        basic = connection(auth="basic", allow_unencrypted=True, port=other.getsockname()[1])
        assert "HTTP status 503" in failure(basic, TransportError)


def test_host_without_the_wanted_method(connection):
    with answering(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n") as other:
        assert "ntlm" in failure(connection(port=other.getsockname()[1]), LoginError)


def test_answer_that_ends_in_the_middle(connection):
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<s:Envelope") as other:
        basic = connection(auth="basic", allow_unencrypted=True, port=other.getsockname()[1])
        assert failure(basic, DeadlineError, timeout_s=2)


def test_proxy_that_is_not_there(connection):
    port = free_port()
    assert "The proxy" in failure(connection(proxy=f"http://127.0.0.1:{port}"), UnreachableError)
