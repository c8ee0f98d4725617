"""What a host holds: the request for it, the answer, and the snapshot that is kept of it."""

from iisrelay.state.observed import ApplyRecord, HostFacts, Observed, ObservedServer, ObservedValue
from iisrelay.state.request import Request
from iisrelay.state.snapshot import Snapshot

__all__ = ["ApplyRecord", "HostFacts", "Observed", "ObservedServer", "ObservedValue", "Request", "Snapshot"]
