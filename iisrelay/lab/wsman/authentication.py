"""Who is at the other end of a connection: Basic, Negotiate (NTLM), CredSSP and client certificates."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from spnego.exceptions import SpnegoError

from iisrelay.lab.wsman.accounts import Account
from iisrelay.lab.wsman.http import Request
from iisrelay.lab.wsman.policy import Policy

CERTIFICATE_SCHEME = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
HANDSHAKES = ("negotiate", "ntlm", "credssp")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Verdict:
    """The outcome for a request: a user, or none and the headers that say how to go on."""

    user: str | None = None
    headers: Headers = ()


@dataclass
class Authentication:
    """The state of one connection: NTLM and CredSSP authenticate the connection, not the request."""

    account: Account
    policy: Policy
    tls: bool
    client_certificate: bytes | None = None
    context: Any = None
    user: str | None = None

    @property
    def seals(self) -> bool:
        """Tell whether messages can be sealed: a handshake is complete."""
        return self.context is not None and bool(self.context.complete)

    def check(self, request: Request, *, refused: bool = False) -> Verdict:
        """Decide about a request by its Authorization header, or by what the connection has proved before.

        ``refused`` turns every proof down, at the point where a real server does.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == CERTIFICATE_SCHEME:
            return self._accepted_if(not refused and self.account.accepts_certificate(self.client_certificate))
        if scheme.lower() == "basic":
            return self._accepted_if(not refused and self._basic_allowed and self.account.accepts_basic(token))
        if scheme.lower() in HANDSHAKES:
            return self._handshake(scheme, token, refused=refused)
        return Verdict(self.user) if self.user and not refused else self._challenge()

    @property
    def _basic_allowed(self) -> bool:
        return self.policy.basic and (self.tls or self.policy.allow_unencrypted)

    def _challenge(self) -> Verdict:
        schemes = ["Negotiate", "CredSSP"]
        if self._basic_allowed:
            schemes.append('Basic realm="WSMAN"')
        return Verdict(headers=tuple(("WWW-Authenticate", scheme) for scheme in schemes))

    def _accepted_if(self, accepted: bool) -> Verdict:
        return Verdict(self.account.username) if accepted else self._challenge()

    def _handshake(self, scheme: str, token: str, *, refused: bool) -> Verdict:
        if self.context is None or self.context.complete:
            self._begin(scheme)
        try:
            answer = self.account.step(self.context, base64.b64decode(token))
        except (SpnegoError, AttributeError, binascii.Error, ValueError):
            # AttributeError is how pyspnego fails at a Kerberos ticket that is for another key.
            self.context = None
            return self._challenge()
        if self.context.complete and refused:
            self.context = None
            return self._challenge()
        headers: Headers = ()
        if answer:
            headers = (("WWW-Authenticate", f"{scheme} {base64.b64encode(answer).decode()}"),)
        if self.context.complete:
            self.user = self.context.client_principal or self.account.username
        return Verdict(self.user, headers)

    def _begin(self, scheme: str) -> None:
        self.user = None
        self.context = self.account.acceptor(scheme.lower())
