"""One WinRM shell on a host, through pywinrm's Protocol: opened once, used for all scripts, closed at the end."""

import contextlib
import logging
from collections.abc import Sequence
from typing import Any, cast

from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from iisrelay.errors import BrokenAnswerError
from iisrelay.site.target import Connection
from iisrelay.state.answer import MAXIMUM_ANSWER
from iisrelay.transport import adapter, bootstrap
from iisrelay.transport.alarm import Alarm
from iisrelay.transport.deadline import Deadline
from iisrelay.transport.mapping import name_of

logger = logging.getLogger(__name__)

UTF_8_CODE_PAGE = 65001
PIECE_BYTES = 100_000  # of input in one Send; base64 makes it a third longer, and 2008 R2 takes envelopes of 150 KB
CONNECT_TIMEOUT_S = 15.0
READ_GRACE_S = 5.0  # an answer may come so much later than the host was asked to give it
CLEANUP_S = 5
PIPE_FAULTS = (0x8007006D, 0x800700E8)  # HRESULTs of ERROR_BROKEN_PIPE and ERROR_NO_DATA


class RemoteShell:
    """A shell and the connection it lives on. ``committed`` tells whether a script has reached the host completely."""

    def __init__(self, connection: Connection, password: str) -> None:
        self._host = name_of(connection)
        self._alarm = Alarm(self._host)
        self._protocol = _protocol(connection, password, self._alarm)
        self._identifier: str | None = None
        self._command: str | None = None
        self.committed = False

    def run(self, arguments: Sequence[str], data: bytes, deadline: Deadline) -> tuple[bytes, bytes, int]:
        """Run PowerShell with data on its standard input; gives standard output, standard error and the exit code."""
        self.committed = False
        self._limit(deadline)
        if self._identifier is None:
            self._identifier = self._protocol.open_shell(codepage=UTF_8_CODE_PAGE)
        self._command = self._protocol.run_command(
            self._identifier, "powershell.exe", arguments, console_mode_stdin=False
        )
        self._send(data, deadline)
        result = self._collect(deadline)
        self._command = None  # ended and collected: it needs no Signal, Delete will free it
        return result

    def _send(self, data: bytes, deadline: Deadline) -> None:
        for piece, is_last in bootstrap.pieces(data, PIECE_BYTES):
            self._limit(deadline)
            # The bootstrap runs nothing before the end mark: up to here, trying again does no harm.
            self.committed = is_last
            try:
                self._protocol.send_command_input(self._identifier, self._command, piece, end=is_last)
            except WSManFaultError as error:
                if error.wsman_fault_code not in PIPE_FAULTS:
                    raise
                return  # PowerShell has ended already; what it printed says why

    def _collect(self, deadline: Deadline) -> tuple[bytes, bytes, int]:
        stdout, stderr, exit_code, is_done = bytearray(), bytearray(), -1, False
        while not is_done:
            self._limit(deadline)
            with contextlib.suppress(WinRMOperationTimeoutError):  # nothing yet: ask again
                more, errors, exit_code, is_done = self._protocol.get_command_output_raw(
                    self._identifier, self._command
                )
                stdout += more
                stderr += errors
            if len(stdout) + len(stderr) > MAXIMUM_ANSWER:
                raise BrokenAnswerError(
                    f"{self._host} prints more than {MAXIMUM_ANSWER // 2**20} MB, which no script of ours does.",
                    "Look at what runs on the host in the place of PowerShell.",
                )
        return bytes(stdout), bytes(stderr), exit_code

    def _limit(self, deadline: Deadline) -> None:
        wait_s = deadline.wait_s()
        self._protocol.operation_timeout_sec = wait_s
        self._protocol.transport.read_timeout_sec = (min(CONNECT_TIMEOUT_S, wait_s), wait_s + READ_GRACE_S)
        self._alarm.allow(wait_s + READ_GRACE_S)

    def abandon(self) -> str | None:
        """Give the connection up, which is of no use any more; gives the shell that may be left on the host."""
        self._protocol.transport.close_session()
        return self._identifier

    def close_other(self, identifier: str | None) -> None:
        """Close a shell that an earlier connection has left: a user may have only a few."""
        if identifier is not None:
            with contextlib.suppress(Exception):  # it may be gone already
                self._protocol.close_shell(identifier, close_session=False)

    def close(self) -> None:
        """End a command that still runs, and close the shell; what fails now is of no consequence to the result."""
        self._protocol.operation_timeout_sec = CLEANUP_S
        self._protocol.transport.read_timeout_sec = CLEANUP_S
        self._alarm.allow(CLEANUP_S)
        try:
            if self._identifier is not None:
                if self._command is not None:
                    self._protocol.cleanup_command(self._identifier, self._command)
                self._protocol.close_shell(self._identifier)
        except Exception:
            # The host closes idle shells by itself.
            logger.debug("the shell could not be closed", exc_info=True)
        finally:
            self._identifier = self._command = None
            self._protocol.transport.close_session()


def _protocol(connection: Connection, password: str, alarm: Alarm) -> Any:
    sealed = connection.auth in ("ntlm", "kerberos", "credssp") and not connection.https
    protocol: Any = Protocol(
        endpoint=endpoint_url(connection),
        transport=cast("Any", connection.auth),
        username=connection.username,
        password=password,
        ca_trust_path=cast("Any", None),  # None is what keeps it from looking into the environment
        cert_pem=connection.certificate,
        cert_key_pem=connection.certificate_key or connection.certificate,
        server_cert_validation="validate" if connection.verify_certificate else "ignore",
        kerberos_hostname_override=connection.kerberos_hostname,
        message_encryption="always" if sealed and not connection.allow_unencrypted else "auto",
        proxy=connection.proxy,
    )
    adapter.configure(protocol, connection, alarm)
    return protocol


def endpoint_url(connection: Connection) -> str:
    """Give the full URL of a host's WinRM service; pywinrm's own guess knows neither ports nor IPv6."""
    address = f"[{connection.address}]" if ":" in connection.address else connection.address
    return f"{'https' if connection.https else 'http'}://{address}:{connection.port}/wsman"
