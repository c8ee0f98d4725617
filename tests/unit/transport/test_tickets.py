"""What users are told when Kerberos or CredSSP fails, by what the libraries raise (recorded with MIT Kerberos)."""

import importlib.util
from pathlib import Path

import pytest
import winrm

from iisrelay.errors import LoginError
from iisrelay.transport.mapping import translate

GENERAL = ("Unspecified GSS failure.  Minor code may provide more information", 851968)
NO_CREDENTIALS = ("No credentials were supplied, or the credentials were unavailable or inaccessible", 458752)


class GssError(Exception):
    """In the form of kerberos.GSSError, a C extension that is installed with the extra only."""


class NtStatusError(Exception):
    """In the form of requests_credssp's, another extra."""


GssError.__module__ = "kerberos"
NtStatusError.__module__ = "requests_credssp.exceptions"


@pytest.fixture
def exceptions():
    """Give pywinrm's own exceptions, whose package cannot be imported without the extra."""
    name = "winrm.vendor.requests_kerberos.exceptions"
    path = Path(winrm.__file__).parent / "vendor" / "requests_kerberos" / "exceptions.py"
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def raised(exceptions, *said):
    exchange = exceptions.KerberosExchangeError(f"authGSSClientStep() failed: {said}")
    exchange.__context__ = GssError(*said)
    return exchange


@pytest.mark.parametrize(
    ("said", "reason", "hint"),
    [
        ((NO_CREDENTIALS, ("No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)", -1765328243)),
         "No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0)", "Run `kinit USER@REALM`"),
        ((NO_CREDENTIALS, ("Can't find client principal deploy@OTHER.TEST in cache collection", -1765328243)),
         "Can't find client principal deploy@OTHER.TEST in cache collection", "`username`"),
        ((GENERAL, ("Server HTTP/10.0.0.5@LAB.TEST not found in Kerberos database", -1765328377)),
         "Server HTTP/10.0.0.5@LAB.TEST not found in Kerberos database", "`kerberos_hostname`"),
        ((GENERAL, ("Ticket expired", -1765328352)), "Ticket expired", "Run kinit again"),
        ((GENERAL, ("Clock skew too great", -1765328347)), "Clock skew too great", "clocks"),
        ((GENERAL, ('Cannot find KDC for realm "OTHER.TEST"', -1765328230)),
         'Cannot find KDC for realm "OTHER.TEST"', "krb5.conf"),
        (("SSPI: The specified target is unknown or unreachable",),
         "SSPI: The specified target is unknown or unreachable", "HTTP or WSMAN principal"),
    ],
)  # fmt: skip
def test_each_cause_is_one_sentence_with_a_next_step(exceptions, connection, said, reason, hint):
    error = translate(raised(exceptions, *said), connection(auth="kerberos"))
    assert isinstance(error, LoginError)
    host = f"127.0.0.1:{connection().port}"
    assert error.message == f"Kerberos gives no ticket for {host}: {reason}."
    assert hint in error.hint


def test_a_host_that_does_not_prove_itself_is_not_unreachable(exceptions, connection):
    error = translate(exceptions.MutualAuthenticationError("Unable to authenticate <Response [200]>"), connection())
    assert isinstance(error, LoginError)
    assert "does not prove who it is" in error.message


def test_a_refused_credssp_login_is_a_refused_login(connection):
    error = translate(NtStatusError("Received error status from the server: (3221225581)"), connection(auth="credssp"))
    assert isinstance(error, LoginError)
    assert "rejects the credssp login of Administrator." in error.message
