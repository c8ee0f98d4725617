"""What was negotiated, in the words and numbers of System.Security.Authentication."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.dotnet.registry import Declaration, declare_enum
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

_SPACE = "System.Security.Authentication"
_PROTOCOLS = {"TLSv1": 0xC0, "TLSv1.1": 0x300, "TLSv1.2": 0xC00, "TLSv1.3": 0x3000}
_HASHES = {"SHA384": (32781, 384), "SHA256": (32780, 256), "SHA": (32772, 160), "MD5": (32771, 128)}
_CIPHERS = {128: 26126, 256: 26128, 112: 26115, 168: 26115}
_ECDHE, _DIFFIE_HELLMAN, _RSA = 44550, 43522, 41984  # .NET has no name for the first and shows its number

_protocols = declare_enum(
    f"{_SPACE}.SslProtocols",
    {"None": 0, "Ssl2": 0xC, "Ssl3": 0x30, "Tls": 0xC0, "Default": 0xF0, "Tls11": 0x300, "Tls12": 0xC00,
     "Tls13": 0x3000},
    flags=True,
)  # fmt: skip
declare_enum(
    f"{_SPACE}.CipherAlgorithmType",
    {"None": 0, "Rc2": 26114, "Rc4": 26625, "Des": 26113, "TripleDes": 26115, "Aes": 26129, "Aes128": 26126,
     "Aes192": 26127, "Aes256": 26128, "Null": 24576},
)  # fmt: skip
declare_enum(
    f"{_SPACE}.ExchangeAlgorithmType", {"None": 0, "RsaSign": 9216, "RsaKeyX": _RSA, "DiffieHellman": _DIFFIE_HELLMAN}
)
declare_enum(
    f"{_SPACE}.HashAlgorithmType",
    {"None": 0, "Md5": 32771, "Sha1": 32772, "Sha256": 32780, "Sha384": 32781, "Sha512": 32782},
)
declare_enum(
    "System.Net.Security.SslPolicyErrors",
    {
        "None": 0,
        "RemoteCertificateNotAvailable": 1,
        "RemoteCertificateNameMismatch": 2,
        "RemoteCertificateChainErrors": 4,
    },
    flags=True,
)


def _declare_newer(name: str, number: int, release: int) -> None:
    """Give a name that .NET has had only since a release (the number in the registry); before, it is $null."""

    @Declaration(_protocols).static_getter(name)
    def newer(engine: Engine) -> NetEnum | None:
        windows: Any = getattr(engine.machine, "windows", None)
        known = windows is None or windows.net_release >= release
        return NetEnum(number, _protocols.name) if known else None


for _name, _number, _release in (("Tls11", 0x300, 378389), ("Tls12", 0xC00, 378389), ("Tls13", 0x3000, 528040)):
    _declare_newer(_name, _number, _release)


def protocol(session: ssl.SSLObject) -> NetEnum:
    """Give the protocol version."""
    return NetEnum(_PROTOCOLS.get(session.version() or "", 0), f"{_SPACE}.SslProtocols")


def cipher(session: ssl.SSLObject) -> NetEnum:
    """Give the cipher."""
    return NetEnum(_CIPHERS.get(cipher_strength(session), 0), f"{_SPACE}.CipherAlgorithmType")


def cipher_strength(session: ssl.SSLObject) -> int:
    """Give the length of the cipher's key in bits."""
    return _cipher(session)[2]


def hash_algorithm(session: ssl.SSLObject) -> NetEnum:
    """Give the hash algorithm of the suite."""
    return NetEnum(_hash(session)[0], f"{_SPACE}.HashAlgorithmType")


def hash_strength(session: ssl.SSLObject) -> int:
    """Give the length of the hash in bits."""
    return _hash(session)[1]


def key_exchange(session: ssl.SSLObject) -> NetEnum:
    """Give the way the keys were agreed on."""
    name = _cipher(session)[0]
    ephemeral = name.startswith(("ECDHE", "TLS_AES", "TLS_CHACHA"))
    number = _ECDHE if ephemeral else _DIFFIE_HELLMAN if name.startswith("DHE") else _RSA
    return NetEnum(number, f"{_SPACE}.ExchangeAlgorithmType")


def key_exchange_strength(session: ssl.SSLObject) -> int:
    """Give the usual length of the exchange's key; OpenSSL does not tell this one's."""
    return 256 if key_exchange(session) == _ECDHE else 2048


def sent_certificates(session: ssl.SSLObject) -> list[bytes]:
    """Give the certificates that the other side sent (DER); Python has shown them in public since 3.13 only."""
    public: Any = getattr(session, "get_unverified_chain", None)
    if public is not None:
        return list(public() or ())
    inner: Any = session._sslobj  # type: ignore[attr-defined]  # noqa: SLF001
    return [ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in inner.get_unverified_chain() or ()]


def _cipher(session: ssl.SSLObject) -> tuple[str, str, int]:
    return session.cipher() or ("", "", 0)


def _hash(session: ssl.SSLObject) -> tuple[int, int]:
    name = _cipher(session)[0]
    return next((found for ending, found in _HASHES.items() if name.endswith(ending)), (0, 0))
