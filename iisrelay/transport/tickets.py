"""Why Kerberos lets nobody in: what its library says, as one error of ours with a next step.

Its exceptions are recognized by their modules, because they can be imported only where the library is installed.
"""

from collections.abc import Sequence

from iisrelay.errors import LoginError

MODULES = ("kerberos", "winkerberos", "winrm.vendor.requests_kerberos", "gssapi", "krb5")
UNPROVEN_HOST = "MutualAuthenticationError"
DEFAULT_HINT = "Run kinit, and check that the host's name has an HTTP or WSMAN principal (`kerberos_hostname`)."
DOMAIN_HINT = "Check the realm in krb5.conf, and that a domain controller of it can be reached on port 88."
# By the error codes of MIT Kerberos; SSPI of Windows has others, and its words have to be enough.
HINTS = {
    -1765328377: "Use the host's full name as `address`, or set `kerberos_hostname` to it; an address is no name.",
    -1765328352: "Run kinit again.",
    -1765328347: "Set the clocks right: this machine, the host and the domain controller may be five minutes apart.",
    -1765328243: "Run `kinit USER@REALM`; a `username` in the site file has to be that user, written the same way.",
    -1765328230: DOMAIN_HINT,
    -1765328228: DOMAIN_HINT,
}


def is_kerberos(error: BaseException) -> bool:
    """Tell whether an exception is one of Kerberos."""
    return type(error).__module__.startswith(MODULES)


def describe(causes: Sequence[BaseException], host: str) -> LoginError:
    """Give our exception for one of Kerberos, whose causes end with what the library itself says."""
    said = [cause for cause in causes if is_kerberos(cause)]
    if any(type(cause).__name__ == UNPROVEN_HOST for cause in said):
        return LoginError(
            f"{host} does not prove who it is, on which Kerberos insists.",
            "Check the port, and whether a proxy or another service answers in the host's place.",
        )
    reason, code = _innermost(said[-1])
    return LoginError(f"Kerberos gives no ticket for {host}: {reason.rstrip('.')}.", HINTS.get(code, DEFAULT_HINT))


def _innermost(error: BaseException) -> tuple[str, int]:
    """Give words and code of the mechanism, which stand behind the general ones: ((text, code), (text, code))."""
    match error.args:
        case (*_, (str(text), int(code))):
            return text, code
    return str(error), 0
