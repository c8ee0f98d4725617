"""One thing that a check found out, with what shows it and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters for mail that has to leave by TLS 1.2."""

    OK = "ok"  # as it should be
    INFO = "info"  # worth knowing, changes nothing
    WARNING = "warning"  # works, or may work, but not for long or not for everybody
    UNKNOWN = "unknown"  # could not be found out, and might be a problem
    PROBLEM = "problem"  # mail does not go out as it should


@dataclass(frozen=True)
class Finding:
    """A finding in an administrator's words; ``code`` is the stable name of its kind, ``subject`` what it is about."""

    code: str
    severity: Severity
    message: str
    evidence: str = ""
    fix: str = ""
    subject: str = ""
