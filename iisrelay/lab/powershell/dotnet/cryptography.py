"""System.Security.Cryptography: hash algorithms, HMAC, random bytes, ProtectedData."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.registry import Declaration, declare
from iisrelay.lab.powershell.dotnet.streams import ByteStream
from iisrelay.lab.powershell.errors import argument_error
from iisrelay.lab.powershell.values import Byte, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import ByteArray

_SPACE = "System.Security.Cryptography"
_NAMES = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")


class HashAlgorithm:
    """A hash algorithm, with a key for HMAC."""

    def __init__(self, name: str, key: bytes | None = None) -> None:
        self.name = name
        self.key = key
        self.last = b""

    def compute(self, data: bytes) -> bytes:
        """Hash data."""
        if self.key is None:
            self.last = hashlib.new(self.name.lower(), data).digest()
        else:
            self.last = hmac.new(self.key, data, self.name.lower()).digest()
        return self.last


algorithm = declare(f"{_SPACE}.HashAlgorithm", python=HashAlgorithm, bases=("System.Object", "System.IDisposable"))
algorithm.getter("HashSize")(lambda value: hashlib.new(value.name.lower()).digest_size * 8)
algorithm.getter("Hash")(lambda value: byte_array(value.last))
algorithm.getter("Key")(lambda value: byte_array(value.key or b""))
algorithm.method("Clear", "Dispose", "Initialize")(lambda _value: None)


@algorithm.setter("Key")
def set_key(value: HashAlgorithm, key: ByteArray) -> None:
    """Set the key of an HMAC."""
    value.key = to_bytes(key)


@algorithm.method("ComputeHash")
def compute_hash(value: HashAlgorithm, data: ByteArray) -> PSArray:
    """Hash bytes."""
    return byte_array(value.compute(to_bytes(data)))


@algorithm.method("ComputeHash")
def compute_part(value: HashAlgorithm, data: ByteArray, start: int, count: int) -> PSArray:
    """Hash a part."""
    return byte_array(value.compute(to_bytes(data)[start : start + count]))


@algorithm.method("ComputeHash")
def compute_stream(value: HashAlgorithm, stream: ByteStream) -> PSArray:
    """Hash the rest of a stream."""
    return byte_array(value.compute(stream.read_rest()))


def _declare_algorithm(name: str) -> None:
    declared = declare(f"{_SPACE}.{name}", bases=(f"{_SPACE}.HashAlgorithm",))
    declared.static("Create")(lambda: HashAlgorithm(name))
    for suffix in ("Managed", "CryptoServiceProvider", "Cng"):
        concrete = declare(f"{_SPACE}.{name}{suffix}", bases=(f"{_SPACE}.{name}",))
        concrete.constructor(lambda: HashAlgorithm(name))
    _declare_keyed(declare(f"{_SPACE}.HMAC{name}", bases=(f"{_SPACE}.HashAlgorithm",)), name)


def _declare_keyed(declared: Declaration, name: str) -> None:
    @declared.constructor
    def new_with_random_key() -> HashAlgorithm:
        return HashAlgorithm(name, secrets.token_bytes(64))

    @declared.constructor
    def new_with_key(key: ByteArray) -> HashAlgorithm:
        return HashAlgorithm(name, to_bytes(key))


for _name in _NAMES:
    _declare_algorithm(_name)


@algorithm.static("Create")
def create(name: str = "SHA1") -> HashAlgorithm:
    """Make an algorithm by name."""
    plain = name.upper().replace("-", "").removeprefix("SYSTEM.SECURITY.CRYPTOGRAPHY.")
    if plain not in _NAMES:
        raise argument_error("hashName", f"'{name}' is not a known hash algorithm.")
    return HashAlgorithm(plain)


class RandomNumberGenerator:
    """System.Security.Cryptography.RandomNumberGenerator."""


generator = declare(f"{_SPACE}.RandomNumberGenerator", python=RandomNumberGenerator)
generator.static("Create")(RandomNumberGenerator)
generator.method("Dispose")(lambda _value: None)
_provider = declare(f"{_SPACE}.RNGCryptoServiceProvider", bases=(f"{_SPACE}.RandomNumberGenerator",))
_provider.constructor(lambda: RandomNumberGenerator())  # noqa: PLW0108 - a class has no signature of its own here


@generator.method("GetBytes")
def fill_bytes(_value: RandomNumberGenerator, buffer: ByteArray) -> None:
    """Fill an array with random bytes."""
    buffer.items[:] = map(Byte, secrets.token_bytes(len(buffer)))
