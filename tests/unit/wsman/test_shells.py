"""Shells and commands as clients drive them, over a real connection with the lab's PowerShell behind it."""

import base64

import pytest
import xmltodict
from serving import PASSWORD, serving
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from iisrelay.lab.wsman.policy import InjectedFaults, Policy

ENDLESS = "while ($true) {}"


def encoded(script):
    return ["-EncodedCommand", base64.b64encode(script.encode("utf-16-le")).decode()]


@pytest.fixture
def protocol(running):
    return open_protocol(running)


def open_protocol(running, **options):
    return Protocol(
        running.http_url,
        transport="plaintext",
        username="Administrator",
        password=PASSWORD,
        read_timeout_sec=60,
        **options,
    )


def run(protocol, shell, program, arguments=()):
    command = protocol.run_command(shell, program, arguments)
    try:
        return protocol.get_command_output(shell, command)
    finally:
        protocol.cleanup_command(shell, command)


def test_a_shell_has_environment_directory_and_code_page(protocol):
    shell = protocol.open_shell(env_vars={"ANSWER": "42"}, working_directory="C:\\Windows", codepage=65001)
    assert run(protocol, shell, "echo %ANSWER% %CD% é")[0] == "42 C:\\Windows é\r\n".encode()
    protocol.close_shell(shell)


def test_the_default_code_page_has_no_euro_sign(protocol):
    shell = protocol.open_shell()
    assert run(protocol, shell, "powershell", encoded("'é' + [char]0x20ac"))[0] == "é?\r\n".encode("cp437")
    protocol.close_shell(shell)


def test_operators_of_the_command_processor(protocol):
    shell = protocol.open_shell()
    output, _, code = run(protocol, shell, "powershell -Command \"'a&b'\" & echo second&& exit 5")
    assert (output, code) == (b"a&b\r\nsecond\r\n", 5)
    protocol.close_shell(shell)


def test_negative_exit_codes(protocol):
    shell = protocol.open_shell()
    assert run(protocol, shell, "powershell", encoded("exit -2"))[2] == -2
    protocol.close_shell(shell)


@pytest.mark.parametrize(("length", "code"), [(8191, 0), (8192, 1)])
def test_command_lines_have_a_limit(protocol, length, code):
    shell = protocol.open_shell()
    line = "echo ".ljust(length, "x")
    _, errors, exit_code = run(protocol, shell, line)
    assert exit_code == code
    assert errors == (b"The command line is too long.\r\n" if code else b"")
    protocol.close_shell(shell)


def test_a_receive_without_output_times_out_and_can_be_repeated(running):
    protocol = open_protocol(running, operation_timeout_sec=1)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "powershell", encoded("[Console]::In.ReadLine()"), console_mode_stdin=False)
    with pytest.raises(WinRMOperationTimeoutError):
        protocol.get_command_output_raw(shell, command)
    protocol.send_command_input(shell, command, b"at last\r\n", end=True)
    assert protocol.get_command_output(shell, command) == (b"at last\r\n", b"", 0)
    protocol.close_shell(shell)


def test_a_program_that_waits_for_input_lets_others_run(protocol):
    shell = protocol.open_shell()
    waiting = protocol.run_command(shell, "powershell", encoded("[Console]::In.ReadToEnd()"), console_mode_stdin=False)
    assert run(protocol, shell, "echo meanwhile")[0] == b"meanwhile\r\n"
    protocol.send_command_input(shell, waiting, b"done", end=True)
    assert protocol.get_command_output(shell, waiting)[0] == b"done\r\n"
    protocol.close_shell(shell)


@pytest.mark.parametrize("script", [ENDLESS, "[Console]::In.ReadLine()", "while ($true) { 'output' }"])
def test_signals_end_a_program_whatever_it_does(running, protocol, script):
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "powershell", encoded(script), console_mode_stdin=False)
    protocol.cleanup_command(shell, command)
    assert run(protocol, shell, "echo next")[0] == b"next\r\n"
    protocol.close_shell(shell)
    running.wait_until_idle()


def test_a_command_that_waits_for_its_turn_can_be_ended(protocol):
    shell = protocol.open_shell()
    first = protocol.run_command(shell, "powershell", encoded(ENDLESS))
    second = protocol.run_command(shell, "powershell", encoded("New-Item C:\\never -ItemType Directory"))
    protocol.cleanup_command(shell, second)
    protocol.cleanup_command(shell, first)
    assert run(protocol, shell, "powershell", encoded("Test-Path C:\\never"))[0] == b"False\r\n"
    protocol.close_shell(shell)


def test_closing_a_shell_ends_its_programs(running, protocol):
    shell = protocol.open_shell()
    protocol.run_command(shell, "powershell", encoded(ENDLESS))
    protocol.close_shell(shell)
    running.wait_until_idle()
    with pytest.raises(WSManFaultError) as caught:
        protocol.run_command(shell, "echo late")
    assert caught.value.wsman_fault_code == 2150858843


def test_input_for_a_program_that_has_ended(protocol):
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "echo over", console_mode_stdin=False)
    protocol.get_command_output(shell, command)
    with pytest.raises(WSManFaultError, match="pipe is being closed"):
        protocol.send_command_input(shell, command, b"late")
    protocol.close_shell(shell)


def test_unknown_commands_and_resources(protocol):
    shell = protocol.open_shell()
    with pytest.raises(WSManFaultError, match="cannot find the command"):
        protocol.get_command_output_raw(shell, "11111111-1111-1111-1111-111111111111")
    header = protocol.build_wsman_header("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", "http://x/config")
    with pytest.raises(WSManFaultError, match="not simulated"):
        protocol.send_message(xmltodict.unparse({"env:Envelope": header | {"env:Body": {}}}))
    protocol.close_shell(shell)


def test_shells_per_user_are_limited_and_idle_ones_go(tmp_path):
    with serving(tmp_path, policy=Policy(max_shells_per_user=2)) as running:
        protocol = open_protocol(running)
        shells = [protocol.open_shell(), protocol.open_shell()]
        with pytest.raises(WSManFaultError) as caught:
            protocol.open_shell()
        assert caught.value.wsman_fault_code == 2150859173
        protocol.close_shell(shells[0], close_session=False)
        protocol.open_shell(idle_timeout="PT0S")
        protocol.open_shell()
        protocol.transport.close_session()


@pytest.mark.parametrize(("windows", "fits", "too_large"), [("2008r2", 100_000, 160_000), ("2019", 350_000, 400_000)])
def test_envelopes_have_the_limit_of_the_windows_version(tmp_path, windows, fits, too_large):
    with serving(tmp_path, windows=windows) as running:
        protocol = open_protocol(running)
        shell = protocol.open_shell()
        script = "[Console]::In.ReadToEnd().Length"
        command = protocol.run_command(shell, "powershell", encoded(script), console_mode_stdin=False)
        protocol.send_command_input(shell, command, b"x" * fits)
        with pytest.raises(Exception, match="413"):
            protocol.send_command_input(shell, command, b"x" * too_large)
        protocol.send_command_input(shell, command, b"", end=True)
        assert protocol.get_command_output(shell, command)[0] == b"%d\r\n" % fits
        protocol.close_shell(shell)


def test_a_login_can_be_refused_for_a_while(running, protocol):
    running.host.faults = InjectedFaults(refuse_login=True)
    with pytest.raises(InvalidCredentialsError):
        protocol.open_shell()
    running.host.faults = InjectedFaults()
    protocol.close_shell(protocol.open_shell())
