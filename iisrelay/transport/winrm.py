"""Scripts over WinRM."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from iisrelay.errors import BrokenAnswerError, DeadlineError, LoginError, RefusedError
from iisrelay.site.target import Connection
from iisrelay.transport import bootstrap, mapping
from iisrelay.transport.base import Inputs, ScriptResult, resolved
from iisrelay.transport.clixml import readable
from iisrelay.transport.deadline import Deadline
from iisrelay.transport.shell import RemoteShell


class WinRmTransport:
    """Runs scripts on a host; all of them in one shell, over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._shell: RemoteShell | None = None

    def __repr__(self) -> str:
        return f"WinRmTransport({mapping.name_of(self._connection)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def run(self, script: str, inputs: Inputs, timeout_s: float) -> ScriptResult:
        """Run a script.

        A connection that breaks before the host has the whole script is made anew, once; later a second try could do
        things twice, so the failure is reported.
        """
        _check(self._connection)
        return self.execute(bootstrap.arguments(), bootstrap.payload(script, resolved(inputs)), timeout_s)

    def execute(self, arguments: Sequence[str], data: bytes, timeout_s: float) -> ScriptResult:
        """Run PowerShell with any arguments, and with data on its standard input."""
        deadline = Deadline(timeout_s, mapping.name_of(self._connection))
        try:
            stdout, stderr, exit_code = self._run_twice_if_safe(arguments, data, deadline)
        except BaseException as error:
            self._let_go(error)
            if not isinstance(error, Exception):
                raise
            raise mapping.translate(error, self._connection) from error
        return ScriptResult(self._decoded(stdout), readable(stderr.decode("utf-8", "replace")), exit_code)

    def _let_go(self, error: BaseException) -> None:
        """Close the shell, unless a connection broke under a script that is at work: closing would end it half-done.

        The host closes a shell that is left alone by itself (after two hours by default).
        """
        shell = self._shell
        if shell is not None and shell.committed and isinstance(error, Exception) and mapping.is_lost_connection(error):
            self._shell = None
            shell.abandon()
        self.close()

    def _run_twice_if_safe(self, arguments: Sequence[str], data: bytes, deadline: Deadline) -> tuple[bytes, bytes, int]:
        shell = self._opened()
        try:
            return shell.run(arguments, data, deadline)
        except DeadlineError:
            raise
        except Exception as error:
            if shell.committed or not mapping.is_lost_connection(error):
                raise
        left_over = shell.abandon()
        self._shell = None
        result = self._opened().run(arguments, data, deadline)
        self._opened().close_other(left_over)
        return result

    def _opened(self) -> RemoteShell:
        if self._shell is None:
            password = self._connection.password
            self._shell = RemoteShell(self._connection, password.resolve() if password else "")
        return self._shell

    def _decoded(self, stdout: bytes) -> str:
        try:
            return stdout.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BrokenAnswerError(
                f"{mapping.name_of(self._connection)} answered in a code page that is not UTF-8.",
                "Something on the host changes the code page of new shells; look at the AutoRun value of cmd.exe.",
            ) from error

    def close(self) -> None:
        """Close the shell and the connection."""
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.close()


def _check(connection: Connection) -> None:
    """Refuse what cannot work or should not be done, before anything is sent."""
    host = mapping.name_of(connection)
    if connection.auth == "basic" and not connection.https and not connection.allow_unencrypted:
        raise RefusedError(
            f"Basic authentication to {host} over plain HTTP would send the password in clear.",
            "Use https, or ntlm, which encrypts over HTTP; `allow_unencrypted: true` does it nevertheless.",
        )
    if connection.auth == "certificate":
        _check_certificate(connection, host)
    elif not connection.username and connection.auth != "kerberos":
        raise LoginError(
            f"No user name is set for {host}.", "Set `winrm: {username: ..., password: ...}` for the host."
        )
    elif connection.password is None and connection.auth != "kerberos":
        raise LoginError(f"No password is set for {host}.", "Set `winrm: {password: env:NAME}` for the host.")


def _check_certificate(connection: Connection, host: str) -> None:
    if not connection.https:
        raise LoginError(
            f"Logging on to {host} with a certificate needs HTTPS.", "Set `https: true` and the port, 5986."
        )
    for path in (connection.certificate, connection.certificate_key or connection.certificate):
        if not path or not Path(path).is_file():
            raise LoginError(
                f"The client certificate for {host} is not there: {path or 'none is set'}.",
                "Set `certificate` and `certificate_key` to PEM files.",
            )
