"""Names of cipher suites: the standard's, which Windows uses, and OpenSSL's."""

import re

# TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384; Windows before 2016 hangs the curve on it: _P256, _P384, _P521.
CURVE_SUFFIX = re.compile(r"_P(?:256|384|521)\Z")
EXCHANGES = {
    "ECDHE_ECDSA": "ECDHE-ECDSA-",
    "ECDHE_RSA": "ECDHE-RSA-",
    "DHE_RSA": "DHE-RSA-",
    "DHE_DSS": "DHE-DSS-",
    "RSA": "",
    "DH_anon": "ADH-",
    "ECDH_anon": "AECDH-",
}
BULK = {
    "AES_256_GCM_SHA384": "AES256-GCM-SHA384",
    "AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305",
    "AES_256_CCM": "AES256-CCM",
    "AES_128_CCM": "AES128-CCM",
    "AES_256_CCM_8": "AES256-CCM8",
    "AES_128_CCM_8": "AES128-CCM8",
    "AES_256_CBC_SHA384": "AES256-SHA384",
    "AES_256_CBC_SHA256": "AES256-SHA256",
    "AES_128_CBC_SHA256": "AES128-SHA256",
    "AES_256_CBC_SHA": "AES256-SHA",
    "AES_128_CBC_SHA": "AES128-SHA",
    "CAMELLIA_256_CBC_SHA384": "CAMELLIA256-SHA384",
    "CAMELLIA_256_CBC_SHA256": "CAMELLIA256-SHA256",
    "CAMELLIA_128_CBC_SHA256": "CAMELLIA128-SHA256",
    "CAMELLIA_256_CBC_SHA": "CAMELLIA256-SHA",
    "CAMELLIA_128_CBC_SHA": "CAMELLIA128-SHA",
    "SEED_CBC_SHA": "SEED-SHA",
    "3DES_EDE_CBC_SHA": "DES-CBC3-SHA",
    "RC4_128_SHA": "RC4-SHA",
    "RC4_128_MD5": "RC4-MD5",
    "DES_CBC_SHA": "DES-CBC-SHA",
    "NULL_SHA384": "NULL-SHA384",
    "NULL_SHA256": "NULL-SHA256",
    "NULL_SHA": "NULL-SHA",
    "NULL_MD5": "NULL-MD5",
}
OPENSSL_NAMES = {
    f"TLS_{exchange}_WITH_{bulk}": prefix + name
    for exchange, prefix in EXCHANGES.items()
    for bulk, name in BULK.items()
}
STANDARD_NAMES = {name: suite for suite, name in OPENSSL_NAMES.items()}


def without_curve(suite: str) -> str:
    """Take off the curve that Windows before 2016 hangs on the name of a suite."""
    return CURVE_SUFFIX.sub("", suite)


def openssl_name(suite: str) -> str:
    """Give OpenSSL's name of a suite; those of TLS 1.3, and those that are not known, stay as they are."""
    return OPENSSL_NAMES.get(without_curve(suite), without_curve(suite))


def standard_name(suite: str) -> str:
    """Give the standard's name of a suite that OpenSSL names; names that are not known stay as they are."""
    return STANDARD_NAMES.get(suite, suite)
