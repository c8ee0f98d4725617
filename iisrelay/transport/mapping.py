"""Every failure of the libraries below as one exception of ours: what is wrong with which host, what to do next."""

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator

import requests
import urllib3.exceptions
from winrm.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError

from iisrelay.errors import (
    BrokenAnswerError,
    DeadlineError,
    IisRelayError,
    LoginError,
    QuotaError,
    TlsError,
    TransportError,
    UnreachableError,
)
from iisrelay.site.target import Connection
from iisrelay.transport import tickets

ACCESS_DENIED = 5
UNKNOWN_SHELL = 2150858843
QUOTA_FAULTS = {
    2150859173: "the number of shells of a user",
    2150859174: "the number of operations of a user",
    2150859175: "the number of shells in all",
    2150859176: "the number of users",
}
EXPIRED, NOT_YET_VALID = 10, 9
WRONG_NAME, WRONG_ADDRESS = 62, 64
EXTRAS = ("kerberos", "credssp")
LONGEST_REASON = 300
OTHER_SERVICE = "Check the port, and whether a proxy or another service answers in the host's place."
LOST = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    ssl.SSLEOFError,
    http.client.HTTPException,
    urllib3.exceptions.ProtocolError,
    requests.exceptions.ChunkedEncodingError,
)


def name_of(connection: Connection) -> str:
    """Name a host for messages, with its port."""
    address = f"[{connection.address}]" if ":" in connection.address else connection.address
    return f"{address}:{connection.port}"


def translate(error: Exception, connection: Connection) -> IisRelayError:
    """Give our exception for any other."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, IisRelayError):
            return cause
    if any(map(tickets.is_kerberos, causes)):  # which calls itself an OSError
        return tickets.describe(causes, name_of(connection))
    for kinds, describe in DESCRIPTIONS:
        for cause in causes:
            if isinstance(cause, kinds):
                return describe(cause, connection)
    return _not_winrm(error, connection)


def is_lost_connection(error: Exception) -> bool:
    """Tell whether an established connection, or the shell behind it, is gone; nothing is said about what was done."""
    if isinstance(error, WinRMTransportError):
        # Under message encryption a new connection has new keys, and the host cannot read what the old ones sealed.
        return bool(error.code == http.client.BAD_REQUEST)
    if isinstance(error, WSManFaultError):
        return error.wsman_fault_code == UNKNOWN_SHELL
    return any(isinstance(cause, LOST) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk through what the libraries wrapped, outermost first."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        waiting += [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]


def _certificate(error: BaseException, connection: Connection) -> IisRelayError:
    host, code = name_of(connection), getattr(error, "verify_code", 0)
    if code in (EXPIRED, NOT_YET_VALID):
        state = "has expired" if code == EXPIRED else "is not valid yet"
        return TlsError(
            f"The certificate of {host} {state}.", "Renew it on the host, or check the clocks of both machines."
        )
    if code in (WRONG_NAME, WRONG_ADDRESS):
        return TlsError(
            f"The certificate of {host} was issued for another name.",
            "Set `address` to a name that the certificate has.",
        )
    return TlsError(
        f"The certificate of {host} was issued by an authority that is not trusted here.",
        "Set `ca_file` to the authority's certificate (PEM); a self-signed certificate is its own.",
    )


def _handshake(error: BaseException, connection: Connection) -> IisRelayError:
    host, reason = name_of(connection), getattr(error, "reason", None) or str(error)
    if "WRONG_VERSION_NUMBER" in str(reason) or "HTTP_REQUEST" in str(reason):
        return TlsError(
            f"{host} does not speak TLS on this port.", "Use port 5986 for HTTPS, or `https: false` with port 5985."
        )
    if connection.auth == "certificate":
        return TlsError(
            f"{host} ends the TLS connection: {reason}.",
            "Most likely it does not trust the issuer of the client certificate.",
        )
    return TlsError(
        f"No TLS connection to {host} comes about: {reason}.",
        "Windows Server 2008 R2 and 2012 need TLS 1.2 enabled, and the HTTPS listener a certificate.",
    )


def _unknown_name(_error: BaseException, connection: Connection) -> IisRelayError:
    return UnreachableError(
        f"The name {connection.address} does not resolve to an address.",
        "Check `address` in the site file and the name server of this machine.",
    )


def _refused(_error: BaseException, connection: Connection) -> IisRelayError:
    return UnreachableError(
        f"{name_of(connection)} refuses the connection.",
        "Run `winrm quickconfig` on the host (with -transport:https for port 5986), or correct the port.",
    )


def _no_route(error: BaseException, connection: Connection) -> IisRelayError:
    detail = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return UnreachableError(
        f"{name_of(connection)} cannot be reached{detail}.",
        "Check that the host is up and that no firewall on the way drops the port.",
    )


def _no_answer(_error: BaseException, connection: Connection) -> IisRelayError:
    return DeadlineError(
        f"{name_of(connection)} stopped answering.",
        "The script may have run or not: plan again to see what the host is like now.",
    )


def _proxy(_error: BaseException, connection: Connection) -> IisRelayError:
    return UnreachableError(
        f"The proxy {connection.proxy} does not lead to {name_of(connection)}.",
        "Correct `proxy`, or leave it out: iisrelay then connects directly, whatever the environment says.",
    )


def _cut_off(_error: BaseException, connection: Connection) -> IisRelayError:
    hint = "The script may have run or not: plan again to see what the host is like now."
    if connection.auth == "certificate":
        hint = f"Is the issuer of the client certificate trusted on the host? If so: {hint[0].lower()}{hint[1:]}"
    return BrokenAnswerError(f"{name_of(connection)} closed the connection before its answer was complete.", hint)


def _rejected(_error: BaseException, connection: Connection) -> IisRelayError:
    has_name = connection.username and connection.auth != "certificate"
    who = f"{connection.auth} login" + (f" of {connection.username}" if has_name else "")
    hints = {
        "basic": "Check user name and password; Basic works for local users only, and has to be enabled on the host.",
        "certificate": "Map the certificate to a user on the host (New-Item WSMan:\\localhost\\ClientCertificate).",
        "kerberos": "Use the host's full name as `address` or `kerberos_hostname`, and check both machines' clocks.",
    }
    hint = hints.get(connection.auth, "Check user name (DOMAIN\\user or HOST\\user) and password.")
    return LoginError(f"{name_of(connection)} rejects the {who}.", hint)


def _not_for_basic(_error: BaseException, connection: Connection) -> IisRelayError:
    return LoginError(
        f"User name or password for {name_of(connection)} have characters that {connection.auth} cannot carry.",
        "Use ntlm or kerberos, which carry all characters.",
    )


def _no_method(_error: BaseException, connection: Connection) -> IisRelayError:
    return LoginError(
        f"{name_of(connection)} does not offer {connection.auth} authentication.",
        "Look at `winrm get winrm/config/service/auth` on the host, and set `auth` to what is enabled there.",
    )


def _fault(error: BaseException, connection: Connection) -> IisRelayError:
    assert isinstance(error, WSManFaultError)  # noqa: S101 - the table below has it so
    host, codes = name_of(connection), (error.wsman_fault_code, error.wmierror_code)
    reason = _shown(str(error.reason))
    for code in codes:
        if code in QUOTA_FAULTS:
            return QuotaError(
                f"{host} has reached its WinRM limit on {QUOTA_FAULTS[code]}.",
                "Close other sessions or restart the WinRM service; `winrm get winrm/config/winrs` shows the limits.",
            )
    if ACCESS_DENIED in codes:
        return LoginError(
            f"{host} accepts the login but denies access to WinRM.",
            "Use a user of the host's Administrators group; for local users see LocalAccountTokenFilterPolicy.",
        )
    if UNKNOWN_SHELL in codes:
        return BrokenAnswerError(
            f"{host} has closed our shell.", "Was WinRM restarted? Plan again to see what was done."
        )
    return TransportError(
        f"WinRM on {host} reports: {reason} (code {codes[0] or codes[1]}).", "Look up the code for WinRM."
    )


def _shown(text: str) -> str:
    """Give words of a host on one line, without what could play with a terminal."""
    letters = (letter if letter.isprintable() else " " for letter in text[:LONGEST_REASON])
    return " ".join("".join(letters).split()).rstrip(".")


def _redirected(_error: BaseException, connection: Connection) -> IisRelayError:
    return BrokenAnswerError(
        f"{name_of(connection)} sends us to another address, which WinRM never does; nobody was asked there.",
        OTHER_SERVICE,
    )


def _http_status(error: BaseException, connection: Connection) -> IisRelayError:
    assert isinstance(error, WinRMTransportError)  # noqa: S101 - the table below has it so
    host = name_of(connection)
    if error.code == http.client.BAD_REQUEST:
        return _cut_off(error, connection)
    if error.code == http.client.REQUEST_ENTITY_TOO_LARGE:
        return QuotaError(
            f"A message is too large for {host}.", "Raise MaxEnvelopeSizekb (`winrm get winrm/config`) to 500."
        )
    if error.code == http.client.NOT_FOUND:
        return UnreachableError(
            f"{host} is a web server, but not WinRM.", "Correct the port: 5986 for HTTPS, 5985 for HTTP."
        )
    if error.code == http.client.INTERNAL_SERVER_ERROR and not error.response_text and not connection.https:
        return LoginError(
            f"{host} accepts encrypted messages only.",
            "Use https, or ntlm over HTTP, and leave AllowUnencrypted on the host as it is.",
        )
    return TransportError(f"{host} answers with HTTP status {error.code}.", "Look at the WinRM event log of the host.")


def _library(error: BaseException, connection: Connection) -> IisRelayError:
    text = str(error)
    for extra in EXTRAS:
        if connection.auth == extra and "not installed" in text:
            return LoginError(
                f"{extra} authentication is not installed here.", f"Run `pip install 'iisrelay[{extra}]'`."
            )
    if "encryption" in text.lower():
        return LoginError(
            f"Messages to {name_of(connection)} cannot be encrypted: {text}.",
            "Use https, or install the libraries for message encryption.",
        )
    return _not_winrm(error, connection)


def _not_winrm(error: BaseException, connection: Connection) -> IisRelayError:
    if type(error).__module__.startswith(("spnego", "requests_credssp")):
        return _rejected(error, connection)
    return BrokenAnswerError(
        f"{name_of(connection)} answered with something that is not WinRM ({type(error).__name__}).",
        OTHER_SERVICE,
    )


Describe = Callable[[BaseException, Connection], IisRelayError]
# In the order of precedence: what is more precise comes first.
DESCRIPTIONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Describe], ...] = (
    (requests.exceptions.TooManyRedirects, _redirected),
    (requests.exceptions.ProxyError, _proxy),
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLError, _handshake),
    (socket.gaierror, _unknown_name),
    (urllib3.exceptions.NameResolutionError, _unknown_name),
    (ConnectionRefusedError, _refused),
    (WSManFaultError, _fault),
    (AuthenticationError, _rejected),
    (WinRMTransportError, _http_status),
    (WinRMError, _library),
    (requests.exceptions.ConnectTimeout, _no_route),
    ((requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError), _no_answer),
    (LOST, _cut_off),
    ((TimeoutError, urllib3.exceptions.NewConnectionError), _no_route),
    (UnicodeEncodeError, _not_for_basic),
    (PermissionError, _no_method),
    (OSError, _no_route),
)
