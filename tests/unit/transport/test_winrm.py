"""Scripts over WinRM, over real sockets, run by the lab's PowerShell."""

import base64
import hashlib

import pytest
from serving import serving

from iisrelay.secret import Secret
from iisrelay.transport.connect import connect

LOGINS = {
    "ntlm over http": {},
    "ntlm over https": {"https": True},
    "basic over https": {"https": True, "auth": "basic"},
    "basic over http, allowed": {"auth": "basic", "allow_unencrypted": True},
    "certificate": {"https": True, "auth": "certificate"},
    "certificates not checked": {"https": True, "ca_file": None, "verify_certificate": False},
}


@pytest.mark.parametrize("login", LOGINS)
def test_every_login_runs_a_script(running, connection, login):
    values = dict(LOGINS[login])
    if values.get("auth") == "certificate":
        values |= {
            "certificate": str(running.folder / "client.pem"),
            "certificate_key": str(running.folder / "client.key"),
            "username": None,
            "password": None,
        }
    with connect(connection(**values)) as transport:
        result = transport.run("'Grüße, ' + $env:USERNAME", {}, 30)
    assert (result.stdout, result.stderr, result.exit_code) == ("Grüße, Administrator\r\n", "", 0)


def test_inputs_arrive_byte_for_byte(connection, monkeypatch):
    value = "a\u2019b'\"`$(1)\n\r\n=ü€😀"
    monkeypatch.setenv("OTHER", value)
    script = (
        "param($Inputs)\n[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Inputs['a'] + '|' + $Inputs['b']))"
    )
    with connect(connection()) as transport:
        result = transport.run(script, {"a": value, "b": Secret("env:OTHER")}, 30)
    assert base64.b64decode(result.stdout).decode() == f"{value}|{value}"


def test_a_script_without_inputs_gets_an_empty_table(connection):
    with connect(connection()) as transport:
        assert transport.run("param($Inputs)\n$Inputs.Count", {}, 30).stdout == "0\r\n"


def test_a_large_script_arrives_whole(connection):
    noise = "".join(hashlib.sha256(bytes([number % 256, number // 256])).hexdigest() for number in range(3125))
    script = f"$text = '{noise}'\n$text.Length\n$text.Substring(199990)"
    with connect(connection()) as transport:
        assert transport.run(script, {}, 60).stdout == f"200000\r\n{noise[199990:]}\r\n"


def test_a_large_answer_arrives_whole(connection):
    with connect(connection()) as transport:
        assert transport.run("'x' * 300000", {}, 60).stdout == "x" * 300_000 + "\r\n"


def test_exit_code_and_errors_come_back(connection):
    with connect(connection()) as transport:
        ended = transport.run("'out'; [Console]::Error.WriteLine('trouble'); exit 7", {}, 30)
        failed = transport.run("throw 'it broke'", {}, 30)
    assert (ended.stdout, ended.stderr, ended.exit_code) == ("out\r\n", "trouble\r\n", 7)
    assert failed.exit_code == 1
    assert failed.stderr.startswith("it broke\r\n")


def test_one_script_takes_eight_requests_and_three_take_fourteen(running, connection):
    with connect(connection()) as transport:
        transport.run("'one'", {}, 30)
    assert running.host.request_count == 8
    with connect(connection()) as transport:
        outputs = [transport.run(f"'{number}'", {}, 30).stdout for number in range(3)]
    assert outputs == ["0\r\n", "1\r\n", "2\r\n"]
    assert running.host.request_count == 8 + 14


def test_a_connection_that_was_idle_for_too_long_is_made_anew(running, connection):
    with connect(connection()) as transport:
        transport.run("'one'", {}, 30)
        running.drop_connections()
        assert transport.run("'two'", {}, 30).stdout == "two\r\n"
        assert running.open_shells == 1
    assert running.open_shells == 0


def test_the_environment_has_no_say_in_proxies_and_certificates(connection, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    for https in (False, True):
        with connect(connection(https=https)) as transport:
            assert transport.run("'here'", {}, 30).stdout == "here\r\n"


def test_nothing_shows_the_password(connection):
    transport = connect(connection())
    transport.run("'x'", {}, 30)
    assert "marker" not in repr(transport)
    assert "marker" not in repr(vars(transport))
    transport.close()


@pytest.mark.parametrize("windows", ["2008r2", "2012", "2012r2", "2016", "2019", "2022", "2025"])
def test_every_windows_understands_the_bootstrap(tmp_path, connection, windows):
    folder = tmp_path / windows
    folder.mkdir()
    with serving(folder, windows=windows) as host, connect(connection(port=host.listener.http_port)) as transport:
        result = transport.run("param($Inputs)\n$Inputs['größe'] + $PSVersionTable.PSVersion.Major", {"größe": "v"}, 30)
    assert result.stdout == f"v{host.machine.windows.powershell[0]}\r\n"
