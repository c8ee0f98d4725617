"""Encryption of SECURE values with the key of the machine, or with a key that is made from a password.

Windows does this with its crypto provider; the lab only makes sure that no file holds a password in clear and that
a file from another machine cannot be read. The nonce is made from the value: what is unchanged keeps its ciphertext.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

_NONCE_SIZE = 16
_PASSWORD_SALT = b"metabase export"
_PASSWORD_ROUNDS = 20_000


class Sealer:
    """Encrypts and decrypts with one key."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    @classmethod
    def generate(cls) -> Sealer:
        """Make a sealer with a new key."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_password(cls, password: str) -> Sealer:
        """Make the sealer of a password."""
        return cls(hashlib.pbkdf2_hmac("sha256", password.encode(), _PASSWORD_SALT, _PASSWORD_ROUNDS))

    @property
    def fingerprint(self) -> str:
        """A text that only sealers with the same key share."""
        return hmac.digest(self.key, b"fingerprint", "sha256").hex()[:32]

    def seal(self, data: bytes) -> bytes:
        """Encrypt."""
        nonce = hmac.digest(self.key, b"nonce" + data, "sha256")[:_NONCE_SIZE]
        return nonce + self._xor(nonce, data)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt.

        Raises:
            ValueError: the data was sealed with another key, or changed.
        """
        nonce = sealed[:_NONCE_SIZE]
        data = self._xor(nonce, sealed[_NONCE_SIZE:])
        if not hmac.compare_digest(nonce, hmac.digest(self.key, b"nonce" + data, "sha256")[:_NONCE_SIZE]):
            raise ValueError("sealed with another key")
        return data

    def _xor(self, nonce: bytes, data: bytes) -> bytes:
        stream = hashlib.shake_256(self.key + nonce).digest(len(data))
        return bytes(one ^ other for one, other in zip(data, stream, strict=True))
