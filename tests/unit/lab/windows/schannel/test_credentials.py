"""Credential handles: what callers get, and what the mail service's process still holds."""

import socket
import ssl
import threading

import pytest

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.schannel import Credential, Side
from iisrelay.lab.windows.schannel.suites import OPENSSL_NAMES

PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
TLS = ("TLS 1.0", "TLS 1.1", "TLS 1.2")


def make(windows="2019", *, running=True):
    machine = Machine.create("LAB01", windows, smtp=True)
    if running:
        start(machine)
    return machine


def start(machine):
    machine.services.start(machine.services.find("SMTPSVC"))


def restart(machine, *names):
    for name in names:
        machine.services.stop(machine.services.find(name), force=True)
    start(machine)


def put(machine, protocol, side=Side.CLIENT, **values):
    for name, value in values.items():
        machine.registry.set(rf"{PROTOCOLS}\{protocol}\{side}", name, value)


def held(machine, side=Side.CLIENT):
    return [name for name in machine.schannel.mail_credential(side).protocols if name.startswith("TLS")]


def handshake(server, client):
    """Give the version that two settings agree on, as the client sees it, or the error's name."""
    left, right = socket.socketpair()

    def answer():
        try:
            with server.wrap_socket(left, server_side=True) as secured:
                secured.recv(1)
        except OSError:
            left.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(right) as secured:
            return secured.version()
    except ssl.SSLError as error:
        right.close()
        return error.reason
    finally:
        thread.join()


def test_who_names_a_protocol_gets_what_is_off_by_default_but_not_what_is_disabled():
    machine = make()
    put(machine, "TLS 1.1", DisabledByDefault=1, Enabled=1)
    put(machine, "TLS 1.0", Enabled=0)
    assert machine.schannel.acquire(Side.CLIENT).protocols == ("TLS 1.2",)
    assert machine.schannel.acquire(Side.CLIENT, TLS).protocols == ("TLS 1.1", "TLS 1.2")


def test_net_2_gets_new_protocols_only_where_everybody_gets_them():
    old = make("2008r2")
    assert old.schannel.program_credential(0xC00).protocols == ()
    put(old, "TLS 1.2", Enabled=1, DisabledByDefault=0)
    assert old.schannel.program_credential(0xC00).protocols == ("TLS 1.2",)
    new = make("2019")
    put(new, "TLS 1.2", DisabledByDefault=1)
    assert new.schannel.program_credential(0).protocols == ("TLS 1.0", "TLS 1.1")
    assert new.schannel.program_credential(0xC00).protocols == ("TLS 1.2",)


def test_the_service_keeps_its_handles_until_its_process_ends():
    machine = make()
    put(machine, "TLS 1.0", Enabled=0)
    assert held(machine) == ["TLS 1.0", "TLS 1.1", "TLS 1.2"]
    restart(machine, "SMTPSVC")
    assert held(machine) == ["TLS 1.0", "TLS 1.1", "TLS 1.2"]  # IISADMIN keeps inetinfo.exe alive
    restart(machine, "SMTPSVC", "IISADMIN")
    assert held(machine) == ["TLS 1.1", "TLS 1.2"]


@pytest.mark.parametrize("side", Side)
def test_on_2008_r2_services_see_a_change_after_a_reboot(side):
    machine = make("2008r2")
    put(machine, "TLS 1.2", side, Enabled=1, DisabledByDefault=0)
    restart(machine, "SMTPSVC", "IISADMIN")
    assert held(machine, side) == ["TLS 1.0"]
    machine.restart()
    start(machine)
    assert held(machine, side) == ["TLS 1.0", "TLS 1.2"]


def test_the_mail_service_does_not_speak_tls_1_3():
    machine = make("2022")
    assert "TLS 1.3" in machine.schannel.acquire(Side.CLIENT).protocols
    assert held(machine) == ["TLS 1.0", "TLS 1.1", "TLS 1.2"]


def test_handles_survive_saving():
    machine = make()
    put(machine, "TLS 1.2", Enabled=0)
    again = Machine.from_json(machine.to_json())
    assert held(again) == ["TLS 1.0", "TLS 1.1", "TLS 1.2"]
    old = make("2008r2", running=False)
    put(old, "TLS 1.2", Enabled=1, DisabledByDefault=0)
    again = Machine.from_json(old.to_json())
    start(again)
    assert held(again) == ["TLS 1.0"]


@pytest.mark.parametrize(
    ("spoken", "offered", "expected"),
    [
        (("TLS 1.0",), TLS, "TLSv1"),
        (("TLS 1.1",), TLS, "TLSv1.1"),
        (TLS, TLS, "TLSv1.2"),
        (("TLS 1.2",), ("TLS 1.0",), "TLSV1_ALERT_PROTOCOL_VERSION"),
        (("TLS 1.0",), ("TLS 1.2",), "UNSUPPORTED_PROTOCOL"),
        (("TLS 1.3",), TLS, "TLSV1_ALERT_PROTOCOL_VERSION"),
        (("TLS 1.2",), ("TLS 1.0", "TLS 1.2"), "TLSv1.2"),
        (("TLS 1.0", "TLS 1.2"), TLS, "TLSv1.2"),
    ],
)
def test_openssl_keeps_to_a_credential(server_context, spoken, offered, expected):
    client = Credential(Side.CLIENT, offered, tuple(OPENSSL_NAMES))
    assert handshake(server_context(*spoken), client.context()) == expected


def test_an_answer_in_a_gap_is_not_admitted(server_context):
    client = Credential(Side.CLIENT, ("TLS 1.0", "TLS 1.2"), tuple(OPENSSL_NAMES))
    version = handshake(server_context("TLS 1.1"), client.context())
    assert version == "TLSv1.1"
    assert not client.admits(version)
    assert client.admits("TLSv1.2")
    assert not client.admits(None)


@pytest.mark.parametrize(
    "credential",
    [
        Credential(Side.CLIENT, (), tuple(OPENSSL_NAMES)),
        Credential(Side.CLIENT, ("SSL 3.0",), tuple(OPENSSL_NAMES)),
        Credential(Side.CLIENT, TLS, ()),
        Credential(Side.CLIENT, TLS, ("TLS_AES_256_GCM_SHA384",)),
    ],
)
def test_with_nothing_left_there_is_no_handle(credential):
    with pytest.raises(NetError, match="common algorithm"):
        credential.context()
