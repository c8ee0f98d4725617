"""Clients of other people, unchanged, over real sockets."""

import base64
import http.client

import pytest
import spnego
import winrm
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan
from serving import PASSWORD
from test_http import IDENTIFY

from iisrelay.lab.wsman import encryption

PYWINRM = {
    "basic over http": ("http", {"transport": "plaintext"}),
    "ntlm over http, encrypted": ("http", {"transport": "ntlm"}),
    "ntlm over http, not encrypted": ("http", {"transport": "ntlm", "message_encryption": "never"}),
    "basic over https": ("https", {"transport": "ssl"}),
    "ntlm over https": ("https", {"transport": "ntlm"}),
    "ntlm over https, encrypted": ("https", {"transport": "ntlm", "message_encryption": "always"}),
    "certificate": ("https", {"transport": "certificate"}),
}


def session(running, scheme, **options):
    url = running.http_url if scheme == "http" else running.https_url
    if scheme == "https":
        options["ca_trust_path"] = str(running.folder / "certificate.pem")
    if options["transport"] == "certificate":
        options.update(cert_pem=str(running.folder / "client.pem"), cert_key_pem=str(running.folder / "client.key"))
    return winrm.Session(url, auth=("Administrator", PASSWORD), **options)


@pytest.mark.parametrize("case", PYWINRM)
def test_pywinrm_runs_a_command(running, case):
    scheme, options = PYWINRM[case]
    result = session(running, scheme, **options).run_cmd("echo", ["grüße", "there"])
    assert (result.status_code, result.std_out, result.std_err) == (0, "grüße there\r\n".encode("cp437"), b"")


PYPSRP = {
    "basic over http": {"ssl": False, "auth": "basic", "encryption": "never"},
    "ntlm over http": {"ssl": False, "auth": "ntlm"},
    "negotiate over http": {"ssl": False, "auth": "negotiate"},
    "basic over https": {"ssl": True, "auth": "basic"},
    "ntlm over https": {"ssl": True, "auth": "ntlm"},
    "certificate": {"ssl": True, "auth": "certificate"},
}


@pytest.mark.parametrize("case", PYPSRP)
def test_pypsrp_runs_commands_with_input(running, case):
    options = dict(PYPSRP[case])
    if options["ssl"]:
        options["cert_validation"] = str(running.folder / "certificate.pem")
    if options["auth"] == "certificate":
        options["certificate_pem"] = str(running.folder / "client.pem")
        options["certificate_key_pem"] = str(running.folder / "client.key")
    else:
        options.update(username="LAB\\Administrator", password=PASSWORD)
    port = running.listener.https_port if options["ssl"] else running.listener.http_port
    with WSMan("127.0.0.1", port=port, **options) as wsman, WinRS(wsman, codepage=65001) as shell:
        echo = Process(shell, "echo", ["hi", "there"])
        echo.invoke()
        echo.signal(SignalCode.CTRL_C)
        count = Process(
            shell, "powershell.exe", ["-InputFormat", "None", "-Command", "[Console]::In.ReadToEnd().Length"]
        )
        count.begin_invoke()
        count.send(b"a" * 50000, end=False)
        count.send("ü".encode(), end=True)
        count.end_invoke()
        count.signal(SignalCode.TERMINATE)
    assert (echo.rc, echo.stdout, count.rc, count.stdout) == (0, b"hi there\r\n", 0, b"50001\r\n")


def test_credssp_seals_messages(running):
    """The handshake by hand: the library that gives CredSSP to the clients above is an extra."""
    context = spnego.client("LAB\\Administrator", PASSWORD, hostname="127.0.0.1", service="http", protocol="credssp")
    client = http.client.HTTPConnection("127.0.0.1", running.listener.http_port, timeout=20)
    token = context.step()
    while not context.complete:
        client.request("POST", "/wsman", b"", {"Authorization": f"CredSSP {base64.b64encode(token).decode()}"})
        answer = client.getresponse()
        answer.read()
        token = context.step(base64.b64decode(answer.getheader("WWW-Authenticate").removeprefix("CredSSP ")))
    protocol = 'multipart/encrypted;protocol="application/HTTP-CredSSP-session-encrypted"'
    content_type, body = encryption.encrypt(IDENTIFY, context, protocol)
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = f"CredSSP {base64.b64encode(token).decode()}"
    client.request("POST", "/wsman", body, headers)
    answer = client.getresponse()
    assert b"Microsoft Corporation" in encryption.decrypt(answer.read(), context)
    client.close()
