"""The account that may log on to a lab host, and the proofs of it: password, NTLM response, client certificate."""

import base64
import binascii
import hmac
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spnego

# pyspnego looks NTLM accounts up in the file this variable names. It is one variable for the process, and a process
# serves many hosts, so a step of a handshake runs under a lock with the variable set to the host's own file.
USER_FILE_VARIABLE = "NTLM_USER_FILE"
_user_file_lock = threading.Lock()


@dataclass(frozen=True)
class Account:
    """A local administrator of the host; ``certificate`` is the DER form of the client certificate mapped to it."""

    username: str
    password: str = field(repr=False)
    user_file: Path
    domains: tuple[str, ...] = ()
    certificate: bytes | None = field(default=None, repr=False)

    def write_user_file(self) -> None:
        """Write the account where the NTLM acceptor finds it, once for every domain that clients may put before it."""
        lines = [f"{domain}:{self.username}:{self.password}" for domain in ("", ".", *self.domains)]
        descriptor = os.open(self.user_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def accepts_password(self, username: str, password: str) -> bool:
        """Tell whether a user name (with or without a domain) and a password are this account's."""
        domain, _, name = username.rpartition("\\")
        known = {"", ".", *(entry.lower() for entry in self.domains)}
        same_password = hmac.compare_digest(password.encode(), self.password.encode())
        return domain.lower() in known and name.lower() == self.username.lower() and same_password

    def accepts_basic(self, token: str) -> bool:
        """Tell whether the credentials of an HTTP Basic header are this account's."""
        try:
            username, _, password = base64.b64decode(token).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self.accepts_password(username, password)

    def accepts_certificate(self, presented: bytes | None) -> bool:
        """Tell whether a client's certificate (DER) is the one mapped to this account."""
        return presented is not None and presented == self.certificate

    def step(self, context: Any, token: bytes) -> bytes | None:
        """Take a handshake one step on; gives the token for the client, if any.

        Raises:
            spnego.exceptions.SpnegoError: the client is refused.
        """
        with _user_file_lock:
            os.environ[USER_FILE_VARIABLE] = str(self.user_file)
            result: bytes | None = context.step(token)
            return result

    def acceptor(self, protocol: str) -> Any:
        """Start the server's side of a handshake."""
        with _user_file_lock:
            os.environ[USER_FILE_VARIABLE] = str(self.user_file)
            return spnego.server(
                hostname=self.domains[0] if self.domains else "localhost",
                service="HTTP",
                protocol=protocol,
                options=spnego.NegotiateOptions.use_negotiate
                if protocol == "negotiate"
                else spnego.NegotiateOptions.none,
            )
