"""The engine: observes, plans, applies and verifies hosts, many at a time."""

from iisrelay.engine.fleet import apply_hosts, plan_hosts, verify_hosts
from iisrelay.engine.ledger import SecretLedger

__all__ = ["SecretLedger", "apply_hosts", "plan_hosts", "verify_hosts"]
