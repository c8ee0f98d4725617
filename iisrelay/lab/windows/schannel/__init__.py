"""Schannel: which TLS a machine speaks, by its Windows version and its own registry."""

from iisrelay.lab.windows.schannel.credentials import Credential
from iisrelay.lab.windows.schannel.protocols import ProtocolState, Side
from iisrelay.lab.windows.schannel.provider import Schannel

__all__ = ["Credential", "ProtocolState", "Schannel", "Side"]
