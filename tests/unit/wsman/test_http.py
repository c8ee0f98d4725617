"""The HTTP server itself, over plain sockets."""

import base64
import socket

import pytest
from serving import PASSWORD

IDENTIFY = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/>'
    b"<s:Body><i:Identify/></s:Body></s:Envelope>"
)
BASIC = "Authorization: Basic " + base64.b64encode(f"Administrator:{PASSWORD}".encode()).decode()


@pytest.fixture
def client(running):
    with socket.create_connection(("127.0.0.1", running.listener.http_port), timeout=20) as connected:
        yield connected


def receive(client):
    """Read one response; give status and body."""
    file = client.makefile("rb")
    status = int(file.readline().split()[1])
    length = 0
    while line := file.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, file.read(length)


def head(*lines, path="/wsman", method="POST"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: lab", *lines, "", ""]).encode()


def test_a_connection_serves_many_requests(client):
    for _ in range(3):
        client.sendall(head(BASIC, f"Content-Length: {len(IDENTIFY)}") + IDENTIFY)
        status, body = receive(client)
        assert status == 200
        assert b"Microsoft Corporation" in body


def test_chunked_bodies_in_any_pieces(client):
    message = head(BASIC, "Transfer-Encoding: chunked")
    message += b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in IDENTIFY) + b"0\r\n\r\n"
    for start in range(0, len(message), 97):
        client.sendall(message[start : start + 97])
    assert receive(client)[0] == 200


def test_expect_continue(client):
    client.sendall(head(BASIC, f"Content-Length: {len(IDENTIFY)}", "Expect: 100-continue"))
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(IDENTIFY)
    assert receive(client)[0] == 200


def test_two_requests_in_one_packet(client):
    request = head(BASIC, f"Content-Length: {len(IDENTIFY)}") + IDENTIFY
    client.sendall(request * 2)
    assert receive(client)[0] == 200


def test_identify_needs_no_login(client):
    client.sendall(head(f"Content-Length: {len(IDENTIFY)}", path="/wsman-anon/identify") + IDENTIFY)
    status, body = receive(client)
    assert status == 200
    assert b"OS: 10.0.17763" in body


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"\x16\x03\x01\x02\x00", 400),
        (b"POST /wsman\r\n\r\n", 400),
        (head("no colon"), 400),
        (head("Content-Length: many"), 400),
        (head("Content-Length: -1"), 400),
        (head("Content-Length: 900000"), 413),
        (head("Transfer-Encoding: chunked") + b"zz\r\n", 400),
        (head("X: " + "y" * 70_000), 431),
        (head("Content-Length: 0"), 401),
        (head("Authorization: Basic ???", "Content-Length: 0"), 401),
        (head("Authorization: Negotiate AAAA", "Content-Length: 0"), 401),
        (head(BASIC, "Content-Length: 0"), 200),
        (head(BASIC, "Content-Length: 5") + b"hello", 400),
        (head(BASIC, path="/", method="GET"), 404),
        (head(BASIC, method="GET"), 405),
    ],
)
def test_what_is_not_a_request_gets_its_status(client, message, status):
    client.sendall(message)
    assert receive(client)[0] == status
