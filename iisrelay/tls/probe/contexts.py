"""TLS settings of the probe: one version at a time, as permissive as the library of this machine lets it be."""

import ssl
import threading
import warnings
from functools import cache

from iisrelay.errors import UsageError
from iisrelay.tls.ciphers import openssl_name

TLS_VERSIONS = {
    "TLS 1.0": ssl.TLSVersion.TLSv1,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
    "TLS 1.3": ssl.TLSVersion.TLSv1_3,
}
# Distributions forbid TLS 1.0 by OpenSSL's security level; other libraries know no levels. Suites without a
# certificate would hide what certificate there is.
PERMISSIVE_CIPHERS = ("ALL:!aNULL:!PSK:!SRP:@SECLEVEL=0", "ALL:!aNULL")
OP_LEGACY_SERVER_CONNECT = 0x4  # old servers do not know secure renegotiation; Python names it since 3.12
_quiet = threading.Lock()  # warnings are filtered for the whole process, not for a thread


@cache
def pinned(version: str) -> ssl.SSLContext:
    """Make the context that offers exactly one version and trusts everybody."""
    context = _permissive()
    _pin(context, TLS_VERSIONS[version])
    return context


@cache
def any_version() -> ssl.SSLContext:
    """Make the context that offers every version and trusts everybody."""
    context = _permissive()
    _pin(context, TLS_VERSIONS["TLS 1.0"], TLS_VERSIONS["TLS 1.3"])
    return context


@cache
def verifying(ca_file: str | None) -> ssl.SSLContext:
    """Make the context that offers every version and trusts whom this machine trusts; names are checked elsewhere.

    Raises:
        UsageError: the file does not hold certificates, or cannot be read.
    """
    context = _permissive()
    _pin(context, TLS_VERSIONS["TLS 1.0"], TLS_VERSIONS["TLS 1.3"])
    context.verify_mode = ssl.CERT_REQUIRED
    # Python 3.13 insists on extensions that the certificates of many internal authorities do not have.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_file is None:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:
        raise UsageError(
            f"The CA file {ca_file} cannot be read: {error}.", "It has to hold certificates in PEM form."
        ) from error
    return context


def limited_to(version: str, suites: tuple[str, ...]) -> ssl.SSLContext | None:
    """Make the context that offers one version with some cipher suites; None when this machine has none of them."""
    context = _permissive()
    _pin(context, TLS_VERSIONS[version])
    names = ":".join(dict.fromkeys(openssl_name(suite) for suite in suites))
    for level in (":@SECLEVEL=0", ""):
        try:
            context.set_ciphers(names + level)
        except ssl.SSLError:
            continue
        return context
    return None


@cache
def can_offer(version: str) -> bool:
    """Tell whether the library of this machine is willing to say the first word in a version."""
    try:
        talk = pinned(version).wrap_bio(ssl.MemoryBIO(), outgoing := ssl.MemoryBIO())
        talk.do_handshake()
    except ssl.SSLWantReadError:
        return bool(outgoing.pending)
    except (ssl.SSLError, ValueError):
        return False
    return False


def _permissive() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= OP_LEGACY_SERVER_CONNECT
    for ciphers in PERMISSIVE_CIPHERS:
        try:
            context.set_ciphers(ciphers)
        except ssl.SSLError:
            continue
        break
    return context


def _pin(context: ssl.SSLContext, lowest: ssl.TLSVersion, highest: ssl.TLSVersion | None = None) -> None:
    with _quiet, warnings.catch_warnings():
        # Python warns of versions that nobody should use; to find out who still does is the purpose here.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = highest or lowest
        context.minimum_version = lowest
