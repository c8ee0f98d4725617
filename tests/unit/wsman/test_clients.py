"""Clients of other people, unchanged, over real sockets."""

import pytest
import winrm
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan
from serving import PASSWORD

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
    "credssp over http": {"ssl": False, "auth": "credssp"},
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
        count = Process(shell, "count")
        count.begin_invoke()
        count.send(b"a" * 50000, end=False)
        count.send("ü".encode(), end=True)
        count.end_invoke()
        count.signal(SignalCode.TERMINATE)
    assert (echo.rc, echo.stdout, count.rc, count.stdout) == (0, b"hi there\r\n", 0, b"50001\r\n")
