"""Lab hosts as processes of their own."""

import http.client
import json
import os
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import winrm

from iisrelay.errors import IisRelayError, LoginError, UsageError
from iisrelay.lab import control
from iisrelay.lab.faults import parse_faults
from iisrelay.transport.connect import connect


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "lab"
    control.stop(tmp_path / "lab")


def endpoint(folder, name):
    return json.loads((folder / name / "endpoint.json").read_text())


def accepts_connections(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=20).close()
    except ConnectionRefusedError:
        return False
    return True


def run(folder, name, script):
    result = control.execute(folder, name, script)
    assert (result.stderr, result.exit_code) == ("", 0)
    return result.stdout


def test_a_host_starts_answers_and_stops(folder):
    (state,) = control.start(folder, "crm01", windows="2016")
    assert (state.running, state.windows, state.product) == (True, "2016", "Windows Server 2016 Standard")
    assert run(folder, "crm01", "$env:COMPUTERNAME") == "CRM01\r\n"
    assert control.stop(folder, "crm01") == ("crm01",)
    (state,) = control.status(folder)
    assert not state.running
    assert control.stop(folder) == ()


def test_the_endpoint_tells_other_clients_how_to_connect(folder):
    control.start(folder, "crm01")
    known = endpoint(folder, "crm01")
    assert stat.S_IMODE((folder / "crm01" / "endpoint.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "crm01" / "password").stat().st_mode) == 0o600
    urls = {
        "ntlm": f"http://{known['address']}:{known['http_port']}/wsman",
        "ssl": f"https://{known['address']}:{known['https_port']}/wsman",
    }
    for transport, url in urls.items():
        session = winrm.Session(
            url, (known["username"], known["password"]), transport=transport, ca_trust_path=known["certificate"]
        )
        assert session.run_cmd("hostname").std_out.strip().lower() == b"crm01"


@pytest.mark.parametrize(("fault", "status"), [("http-error@1,code=500", 500), ("http-error@1", 503)])
def test_a_service_that_fails_answers_with_its_status_once(folder, fault, status):
    control.start(folder, "crm01")
    known = endpoint(folder, "crm01")
    control.set_faults(folder, "crm01", parse_faults([fault]))
    seen = []
    for _ in range(2):
        client = http.client.HTTPConnection(known["address"], known["http_port"], timeout=20)
        client.request("POST", "/wsman", "")
        seen.append(client.getresponse().status)
        client.close()
    assert seen == [status, 401]


def test_passwords_differ_from_host_to_host(folder):
    control.start(folder, ["one", "two"])
    assert endpoint(folder, "one")["password"] != endpoint(folder, "two")["password"]


def test_many_hosts_share_two_processes_and_answer_at_once(folder):
    names = [f"web{number:02}" for number in range(12)]
    control.start_many(folder, dict.fromkeys(names, "2019"))
    assert len({endpoint(folder, name)["pid"] for name in names}) == 2
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda name: run(folder, name, "$env:COMPUTERNAME"), names))
    assert answers == [f"{name.upper()}\r\n" for name in names]
    control.stop(folder, "web00")
    assert [state.name for state in control.status(folder) if not state.running] == ["web00"]
    assert run(folder, "web02", "'still here'") == "still here\r\n"


def test_state_survives_kill_and_comes_back_on_the_same_ports(folder):
    control.start(folder, "crm01")
    run(
        folder,
        "crm01",
        "New-Item -Path HKLM:\\SOFTWARE\\Kept | Out-Null; Set-ItemProperty HKLM:\\SOFTWARE\\Kept -Name a -Value 7",
    )
    before = endpoint(folder, "crm01")
    os.kill(before["pid"], signal.SIGKILL)
    while control.status(folder)[0].running:
        time.sleep(0.01)
    control.start(folder, "crm01")
    after = endpoint(folder, "crm01")
    assert after["pid"] != before["pid"]
    assert (after["http_port"], after["password"]) == (before["http_port"], before["password"])
    assert run(folder, "crm01", "(Get-ItemProperty HKLM:\\SOFTWARE\\Kept).a") == "7\r\n"


def test_a_taken_port_is_replaced(folder):
    control.start(folder, "crm01")
    control.stop(folder, "crm01")
    before = endpoint(folder, "crm01")["http_port"]
    with socket.create_server(("127.0.0.1", before)):
        (state,) = control.start(folder, "crm01")
        assert state.running
        assert endpoint(folder, "crm01")["http_port"] != before


def test_a_process_identifier_of_another_program_means_nothing(folder):
    control.start(folder, "crm01")
    control.stop(folder, "crm01")
    path = folder / "crm01" / "endpoint.json"
    path.write_text(json.dumps(endpoint(folder, "crm01") | {"pid": os.getpid()}))
    assert not control.status(folder)[0].running
    assert control.stop(folder) == ()
    (state,) = control.start(folder, "crm01")
    assert state.running


def test_starting_twice_changes_nothing(folder):
    control.start(folder, "crm01", windows="2022")
    before = endpoint(folder, "crm01")
    (state,) = control.start(folder, "crm01", windows="2019")
    assert state.windows == "2022"
    assert endpoint(folder, "crm01") == before
    assert control.ensure_running(folder, ["crm01", "new"])[0].name == "new"


def test_two_who_start_the_same_host_get_one(folder):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: control.start(folder, "crm01"), range(2)))
    assert len(control.status(folder)) == 1
    assert (folder / "lab.log").read_text() == ""


def test_a_host_holds_nothing_of_its_starter(folder):
    code = f"from pathlib import Path; from iisrelay.lab import control; control.start(Path({str(folder)!r}), 'crm01')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert control.status(folder)[0].running


def test_reset_makes_a_fresh_machine(folder):
    control.start(folder, "crm01")
    run(folder, "crm01", "New-Item -Path HKLM:\\SOFTWARE\\Kept | Out-Null")
    (state,) = control.reset(folder, "crm01", windows="2022")
    assert (state.windows, state.running) == ("2022", True)
    assert run(folder, "crm01", "Test-Path HKLM:\\SOFTWARE\\Kept") == "False\r\n"


def test_delete_forgets_a_host(folder):
    control.start(folder, "crm01")
    control.delete(folder, "crm01")
    assert control.status(folder) == ()
    with pytest.raises(UsageError, match="no lab host 'crm01'"):
        control.connection(folder, "crm01")


def test_a_host_whose_files_are_gone_ends(folder):
    control.start(folder, ["one", "two"])
    port = endpoint(folder, "one")["http_port"]
    shutil.rmtree(folder / "one")
    while accepts_connections(port):
        time.sleep(0.05)
    assert run(folder, "two", "'x'") == "x\r\n"


def test_smtp_can_be_there_from_the_start(folder):
    control.start(folder, "crm01", smtp=True)
    assert run(folder, "crm01", "(Get-Service SMTPSVC).Name") == "SMTPSVC\r\n"


def test_faults_are_kept_with_the_host(folder):
    control.start(folder, "crm01")
    control.set_faults(folder, "crm01", {"refuse_login": True})
    control.stop(folder, "crm01")
    control.start(folder, "crm01")
    with connect(control.connection(folder, "crm01")) as transport, pytest.raises(LoginError):
        transport.run("'x'", {}, 20)
    control.set_faults(folder, "crm01", {})
    assert run(folder, "crm01", "'x'") == "x\r\n"


def test_a_host_can_be_without_an_administrators_rights(folder):
    control.start(folder, "crm01")
    script = (
        "$principal = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()\n"
        "$principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)"
    )
    assert run(folder, "crm01", script) == "True\r\n"
    control.set_faults(folder, "crm01", {"not_administrator": True})
    assert run(folder, "crm01", script) == "False\r\n"


@pytest.mark.parametrize("name", ["10.0.0.1", "fe80::1", "a b/..\\c", "..", "ünï"])
def test_any_name_has_a_folder_of_its_own(folder, name):
    control.start(folder, name)
    assert [state.name for state in control.status(folder)] == [name]
    assert {path.parent for path in folder.glob("*/endpoint.json")} == {
        path for path in folder.iterdir() if path.is_dir()
    }


def test_unknown_windows(folder):
    with pytest.raises(UsageError, match="known versions"):
        control.start(folder, "crm01", windows="95")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"future": 1}', "\x00"])
def test_a_damaged_endpoint_is_told_by_name(folder, text):
    control.start(folder, "broken")
    control.stop(folder)
    path = folder / "broken" / "endpoint.json"
    path.write_text(text, encoding="utf-8")
    for look in (control.status, lambda lab: control.start(lab, "broken"), lambda lab: control.show(lab, "broken")):
        with pytest.raises(IisRelayError, match=r"broken/endpoint\.json cannot be read") as caught:
            look(folder)
        assert "start the lab host again" in caught.value.hint
    shutil.rmtree(path.parent)


def test_an_endpoint_with_something_else_in_a_place_is_told_by_name(folder):
    control.start(folder, "twisted")
    control.stop(folder)
    path = folder / "twisted" / "endpoint.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for name, value in {"http_port": "80", "faults": [], "password": None}.items():
        path.write_text(json.dumps({**document, name: value}), encoding="utf-8")
        with pytest.raises(IisRelayError, match=r"twisted/endpoint\.json cannot be read"):
            control.status(folder)
    shutil.rmtree(path.parent)


def test_show_gives_endpoint_and_state(folder):
    control.start(folder, "crm01")
    shown = control.show(folder, "crm01")
    assert (shown["endpoint"]["name"], shown["state"]["name"]) == ("crm01", "crm01")


def test_virtual_servers_listen_where_the_endpoint_says(folder):
    control.start(folder, "relay01", smtp=True)
    assert endpoint(folder, "relay01")["smtp_ports"] == {}
    run(folder, "relay01", "Start-Service SMTPSVC")
    (port,) = endpoint(folder, "relay01")["smtp_ports"].values()
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("app@contoso.example", ["anna@relay01.lab.example"], "Subject: test\r\n\r\nhello")
    os.kill(endpoint(folder, "relay01")["pid"], signal.SIGKILL)  # accepted mail is on disk
    control.start(folder, "relay01")
    assert run(folder, "relay01", "(Get-ChildItem C:\\inetpub\\mailroot\\Drop | Get-Content)[1]") == (
        "x-receiver: anna@relay01.lab.example\r\n"
    )
    assert list(endpoint(folder, "relay01")["smtp_ports"]) == ["*:25"]
    script = (
        "$c = New-Object Net.Sockets.TcpClient('localhost', 25); (New-Object IO.StreamReader $c.GetStream()).ReadLine()"
    )
    assert run(folder, "relay01", script).startswith("220 relay01.lab.example Microsoft ESMTP MAIL Service")
    run(folder, "relay01", "Stop-Service SMTPSVC")
    assert endpoint(folder, "relay01")["smtp_ports"] == {}
