"""Names of cipher suites, compared with OpenSSL's own list."""

import subprocess

import pytest

from iisrelay.tls.ciphers import openssl_name, standard_name, without_curve

# Mail servers with certificates use none of these.
ELSEWHERE = ("PSK", "SRP", "ARIA", "GOST")


def listed():
    command = ["openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        standard, _, name, *_ = line.split()
        if not any(word in name for word in ELSEWHERE):
            yield standard, name


def test_names_are_openssls_own():
    suites = list(listed())
    assert len(suites) > 50
    assert [(standard_name(name), openssl_name(standard)) for standard, name in suites] == suites


@pytest.mark.parametrize(
    ("windows", "openssl"),
    [
        ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256", "ECDHE-RSA-AES256-SHA384"),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"),
        ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
        ("NEVER_HEARD_OF_P384", "NEVER_HEARD_OF"),
    ],
)
def test_names_as_windows_has_them(windows, openssl):
    assert openssl_name(windows) == openssl
    assert without_curve(windows) == windows.removesuffix("_P256").removesuffix("_P384")
