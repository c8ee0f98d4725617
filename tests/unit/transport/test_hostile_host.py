"""Hosts that do their worst: one clear error each, by the deadline, without filling the memory of the controller."""

import base64
import gzip
import itertools
import re
import resource
import socket
import threading
import time
from dataclasses import replace

import pytest
from servers.nasty_wsman import http, nasty_host, printing, proper, soap
from servers.scripted import scripted

from iisrelay.engine.ledger import SecretLedger
from iisrelay.engine.link import HostLink
from iisrelay.engine.options import Options
from iisrelay.errors import BrokenAnswerError, DeadlineError, LoginError, TransportError
from iisrelay.state.request import Request
from iisrelay.transport import shell
from iisrelay.transport.connect import connect

MOST_MEMORY_KB = 150_000  # what a run may take on top of what the test had before
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(300_000_000), 9, mtime=0)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise("abcdefghi")
)


def dripping(first):
    def answer(_request):
        yield first
        while True:
            time.sleep(0.3)
            yield b" "

    return answer


def endless(first, piece):
    def answer(_request):
        yield first
        yield from itertools.repeat(piece)

    return answer


def once(data):
    return lambda _request: [data]


def silence(_request):
    threading.Event().wait(4)
    return []


NESTED = soap("<a>" * 500_000 + "</a>" * 500_000)
WIDE = soap("<a/>" * 900_000)
EVERYTHING = {
    "drips a header": (dripping(b"HTTP/1.1 200 OK\r\nX: "), DeadlineError),
    "drips a body": (dripping(HEAD + b"Content-Length: 1000\r\n\r\n"), DeadlineError),
    "drips chunks": (dripping(CHUNKED + b"10;"), DeadlineError),
    "drips a body without length": (dripping(HEAD + b"\r\n"), DeadlineError),
    "never answers": (silence, DeadlineError),
    "never ends": (endless(HEAD + b"\r\n", b"x" * 65536), BrokenAnswerError),
    "never ends its chunks": (
        endless(CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        BrokenAnswerError,
    ),
    "never ends a chunk's size": (endless(CHUNKED, b"0" * 65536), BrokenAnswerError),
    "never ends a trailer": (
        endless(CHUNKED + b"0\r\n", b"X: y\r\n" * 9000),
        (BrokenAnswerError, DeadlineError),
    ),
    "announces 10 GB": (endless(HEAD + b"Content-Length: 10000000000\r\n\r\n", b"x" * 65536), BrokenAnswerError),
    "never ends its headers": (endless(HEAD, b"X-More: of them\r\n" * 1000), BrokenAnswerError),
    "never ends a header": (endless(HEAD + b"X: ", b"x" * 65536), BrokenAnswerError),
    "never ends to say 100": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), DeadlineError),
    "packs a bomb": (once(http(BOMB, "200 OK", "Content-Encoding: gzip")), BrokenAnswerError),
    "packs bombs": (once(http(BOMB, "200 OK", "Content-Encoding: gzip, gzip, deflate, br, zstd")), BrokenAnswerError),
    "laughs": (once(http(f"{LAUGHS}]>".encode() + soap("<a>&i;</a>"))), BrokenAnswerError),
    "laughs while failing": (
        once(http(f"{LAUGHS}]>".encode() + soap("<a>&i;</a>"), "500 Internal Server Error")),
        TransportError,
    ),
    "names a file": (
        once(http(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + soap("<a>&e;</a>"))),
        BrokenAnswerError,
    ),
    "nests deeply": (once(http(NESTED)), BrokenAnswerError),
    "nests widely": (once(http(WIDE)), BrokenAnswerError),
    "sends nothing": (once(http(b"")), BrokenAnswerError),
    "sends half": (once(http(soap("x"))[:-40] + b"\r\n" * 20), BrokenAnswerError),
    "is not HTTP": (once(b"\x00\xff" * 5000 + b"\r\n\r\n"), BrokenAnswerError),
    "refuses all logins": (
        once(http(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')),
        LoginError,
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def little_grace(monkeypatch):
    monkeypatch.setattr(shell, "READ_GRACE_S", 0.5)


def memory_kb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def told(connection, kinds, timeout_s=1.0):
    """Run a script that cannot succeed; gives what is told."""
    before = memory_kb()
    with connect(connection) as transport, pytest.raises(kinds) as caught:
        transport.run("'x'", {}, timeout_s)
    assert memory_kb() - before < MOST_MEMORY_KB
    assert caught.value.hint
    assert caught.value.message.endswith(".")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 500
    return caught.value.message


@pytest.fixture
def failure(connection):
    def run(serve, kinds, timeout_s=1.0):
        with scripted(serve) as port:
            return told(connection(auth="basic", allow_unencrypted=True, port=port), kinds, timeout_s)

    return run


@pytest.mark.parametrize(("answer", "kinds"), EVERYTHING.values(), ids=EVERYTHING)
def test_whatever_a_host_answers_ends_in_one_error(failure, answer, kinds):
    assert failure(nasty_host(answer), kinds)


@pytest.mark.parametrize("name", ["drips a body", "never ends", "laughs", "nests deeply", "sends half"])
def test_the_same_while_a_script_runs(failure, name):
    answer, kinds = EVERYTHING[name]
    assert failure(nasty_host(Receive=answer, Signal=answer, Delete=answer), kinds)


def test_a_script_that_prints_without_end(failure):
    message = failure(nasty_host(Receive=printing(b"x" * 2_000_000, done=False)), BrokenAnswerError, timeout_s=60)
    assert message.endswith("prints more than 32 MB, which no script of ours does.")


def test_a_script_that_says_nothing_without_end(failure):
    assert "did not finish" in failure(nasty_host(Receive=printing(done=False)), DeadlineError)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_the_login_does_not_follow_to_another_host(failure, status):
    asked = []

    def other(connection):
        asked.append(connection.recv(65536))

    with scripted(other) as port:
        elsewhere = http(b"", status, f"Location: http://localhost:{port}/wsman")
        assert "another address" in failure(nasty_host(once(elsewhere)), BrokenAnswerError)
    assert asked == []


@pytest.mark.parametrize("action", ["Signal", "Delete"])
def test_a_shell_that_cannot_be_deleted_does_not_hide_the_answer(connection, action):
    stuck = nasty_host(Receive=printing(b"done"), **{action: dripping(HEAD + b"\r\n")})
    with scripted(stuck) as port, connect(connection(auth="basic", allow_unencrypted=True, port=port)) as transport:
        assert transport.run("'x'", {}, 5).stdout == "done"


def test_words_of_a_fault_cannot_play_with_a_terminal(failure):
    reason = "<s:Reason><s:Text>a\u009b2J\u202eb" + "c" * 100_000 + "</s:Text></s:Reason>"
    fault = http(soap(f"<s:Fault>{reason}</s:Fault>"), "500 Internal Server Error")
    assert " reports: a 2J bccc" in failure(nasty_host(once(fault)), TransportError)


def test_errors_in_clixml_without_end_are_read_once(connection):
    stderr = b"#< CLIXML<Objs" * 200_000
    host = nasty_host(Receive=printing(stderr=stderr))
    with scripted(host) as port, connect(connection(auth="basic", allow_unencrypted=True, port=port)) as transport:
        assert transport.run("'x'", {}, 30).stderr == stderr.decode()


class Meddler:
    """Somebody between the controller and a real host who changes what the host answers."""

    def __init__(self, host_port, change):
        self.host_port = host_port
        self.change = change
        self.questions = []
        self.answers = []

    def __call__(self, connection):
        with socket.create_connection(("127.0.0.1", self.host_port)) as host:
            ours, theirs = connection.makefile("rb"), host.makefile("rb")
            while question := message_from(ours):
                self.questions.append(question)
                host.sendall(question)
                answer = message_from(theirs)
                self.answers.append(answer)
                connection.sendall(self.change(answer, self.answers))


def message_from(reader):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = reader.readline()
        if not line:
            return b""
        head += line
    return head + reader.read(int(re.search(rb"(?i)content-length: *([0-9]+)", head).group(1)))


def is_sealed(answer):
    return b"multipart/encrypted" in answer


def in_clear(answer, _answers):
    return http(soap("<w:Selector xmlns:w='w' Name='ShellId'>mine</w:Selector>")) if is_sealed(answer) else answer


def clear_fault(answer, _answers):
    fault = soap("<s:Fault><s:Reason><s:Text>marker of the meddler</s:Text></s:Reason></s:Fault>")
    return http(fault, "500 Internal Server Error") if is_sealed(answer) else answer


def again(answer, answers):
    return next(filter(is_sealed, answers)) if is_sealed(answer) else answer


def another_byte(answer, _answers):
    end = answer.rfind(b"--Encrypted Boundary") - 1
    return answer[:end] + bytes([answer[end] ^ 1]) + answer[end + 1 :] if is_sealed(answer) else answer


def no_sealing(answer, _answers):
    """Take the flags for sealing and signing out of the challenge of NTLM."""
    found = re.search(rb"(?i)(www-authenticate: *\w+ )(TlRMTVNTUAAC[A-Za-z0-9+/=]+)", answer)
    if not found:
        return answer
    challenge = bytearray(base64.b64decode(found.group(2)))
    flags = int.from_bytes(challenge[20:24], "little") & ~0x00008030
    challenge[20:24] = flags.to_bytes(4, "little")
    return answer.replace(found.group(2), base64.b64encode(challenge))


@pytest.mark.parametrize("change", [in_clear, clear_fault, again, another_byte, no_sealing])
def test_who_stands_between_cannot_answer_for_the_host(running, connection, change):
    meddler = Meddler(running.listener.http_port, change)
    with scripted(meddler) as port:
        message = told(connection(port=port), (BrokenAnswerError, LoginError, TransportError), timeout_s=10)
    assert any(change(answer, meddler.answers) != answer for answer in meddler.answers)
    assert "marker" not in message
    assert not any(b"Envelope" in question for question in meddler.questions)


CHALLENGES = {
    "not base64": "%%%%",
    "cut off": "TlRMTVNTUAACAAAA",
    "not a challenge": base64.b64encode(b"NTLMSSP\0" + b"\xff" * 200).decode(),
    "lengths that lie": base64.b64encode(b"NTLMSSP\0\2\0\0\0" + b"\xff" * 60).decode(),
    "long": base64.b64encode(b"NTLMSSP\0\2\0\0\0" + b"\x01" * 40_000).decode(),
    "": "",
}


@pytest.mark.parametrize("challenge", CHALLENGES.values(), ids=CHALLENGES)
def test_challenges_that_are_none(connection, challenge):
    refusal = http(b"", "401 Unauthorized", f"WWW-Authenticate: Negotiate {challenge}")
    with scripted(nasty_host(once(refusal))) as port:
        assert told(connection(port=port), (LoginError, BrokenAnswerError))


def test_a_handshake_that_never_ends(connection):
    def serve(client):
        while True:
            client.sendall(b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 100)

    with scripted(serve) as port:
        assert "in time" in told(connection(https=True, port=port), DeadlineError)


def test_a_host_that_hangs_is_not_tried_again_for_longer_than_a_script_may_take(connection, site_target, tmp_path):
    shells = []

    def creating(request):
        shells.append(request)
        return proper(request)

    with scripted(nasty_host(Create=creating, Receive=printing(done=False))) as port:
        basic = connection(auth="basic", allow_unencrypted=True, port=port, timeout_s=1.0)
        target = replace(site_target("virtual_servers: [{name: A, general: {bindings: ['*:25']}}]"), connection=basic)
        link = HostLink(target, Request.of(target), Options("apply", connect, SecretLedger(tmp_path / "secrets.json")))
        with pytest.raises(DeadlineError):
            link.observe_surely("verifying")
        link.close()
    assert len(shells) == 2
