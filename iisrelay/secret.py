"""Secrets: references in the site file that are resolved late and are never shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Secret:
    """A reference to a secret (``env:NAME``, ``file:PATH``, ``keyring:service/user``, ``cmd:[...]``).

    ``repr``, ``str`` and JSON show the reference's kind at most, never a value.
    """

    reference: str

    def resolve(self) -> str:
        """Give the value.

        Raises:
            SecretError: with the reference and the reason, never with the value.
        """
        raise NotImplementedError
