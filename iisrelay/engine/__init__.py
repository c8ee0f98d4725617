"""The engine: observes, plans, applies, verifies and rolls back hosts, many at a time."""

from iisrelay.engine.fleet import apply_hosts, plan_hosts, rollback_hosts, verify_hosts
from iisrelay.engine.history import Entry, History
from iisrelay.engine.ledger import SecretLedger
from iisrelay.engine.options import OnFailure, Safety

__all__ = [
    "Entry",
    "History",
    "OnFailure",
    "Safety",
    "SecretLedger",
    "apply_hosts",
    "plan_hosts",
    "rollback_hosts",
    "verify_hosts",
]
