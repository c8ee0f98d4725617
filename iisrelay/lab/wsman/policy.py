"""What the WinRM service of a lab host allows, and the faults that a test may ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

OLDEST_WINDOWS = "2008r2"


@dataclass(frozen=True)
class Policy:
    """The settings of the service (`winrm get winrm/config`) that a client notices."""

    allow_unencrypted: bool = True  # Windows ships with false; the lab has no traffic to protect but loopback
    basic: bool = True
    max_envelope_kb: int = 500
    max_shells_per_user: int = 30
    idle_timeout_s: float = 7200.0

    @classmethod
    def of_windows(cls, version: str) -> Self:
        """Give the quotas a Windows version ships with: 2008 R2 has WinRM 2.0 with smaller ones."""
        if version == OLDEST_WINDOWS:
            return cls(max_envelope_kb=150, max_shells_per_user=5)
        return cls()

    @property
    def max_envelope_bytes(self) -> int:
        """Give the size of the largest SOAP message."""
        return self.max_envelope_kb * 1024


@dataclass(frozen=True)
class InjectedFaults:
    """Faults of WinRM, as data: they are kept with the host until they are taken back."""

    refuse_login: bool = False
    drop_after_bytes: int | None = None  # a connection is cut once it has carried so many bytes of answers
    delay_s: float = 0.0  # every answer comes so much later
    not_administrator: bool = False  # commands run without the rights of an administrator

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Take the faults that concern WinRM from a mapping; others belong to other parts of the host."""
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})
