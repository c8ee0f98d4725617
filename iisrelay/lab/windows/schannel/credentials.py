"""A credential handle as Schannel gives it to a caller, and the TLS settings that make OpenSSL keep to it."""

from __future__ import annotations

import ssl
import tempfile
import threading
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.schannel.protocols import Side
from iisrelay.lab.windows.schannel.suites import OPENSSL_NAMES

SEC_E_ALGORITHM_MISMATCH = 0x80090331
# SSL 2.0 and 3.0 are not among these: OpenSSL has given them up, so nothing can be negotiated with them here.
_OPTIONS = {
    "TLS 1.0": ssl.OP_NO_TLSv1,
    "TLS 1.1": ssl.OP_NO_TLSv1_1,
    "TLS 1.2": ssl.OP_NO_TLSv1_2,
    "TLS 1.3": ssl.OP_NO_TLSv1_3,
}
_NAMES = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}
_warnings_lock = threading.Lock()


@dataclass(frozen=True)
class Credential:
    """What a caller may speak. Whoever holds it keeps it, whatever becomes of the registry."""

    side: Side
    protocols: tuple[str, ...]
    suites: tuple[str, ...]

    def context(self, certificate: bytes | None = None) -> ssl.SSLContext:
        """Make the TLS settings; a server needs its certificate and key (PEM).

        Raises:
            NetError: SEC_E_ALGORITHM_MISMATCH, when there is no protocol or no suite left.
        """
        usable = self.usable_protocols
        suites = ":".join(OPENSSL_NAMES[name] for name in self.suites if not name.startswith("TLS_AES"))
        if not usable or not self.suites or (not suites and usable != {"TLS 1.3"}):
            raise algorithm_mismatch()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if certificate else ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # the caller of Schannel judges names and chains
        context.verify_mode = ssl.CERT_NONE
        _restrict(context, usable, suites, is_client=certificate is None)
        if certificate:
            _show(context, certificate)
        return context

    def admits(self, version: str | None) -> bool:
        """Tell whether a version, by OpenSSL's name, is one that may be spoken."""
        return _NAMES.get(version or "") in self.usable_protocols

    @property
    def usable_protocols(self) -> set[str]:
        """Give the protocols that OpenSSL has and for which there are suites."""
        has_new_suites = any(name.startswith("TLS_AES") for name in self.suites)
        return {name for name in self.protocols if name in _OPTIONS and (has_new_suites or name != "TLS 1.3")}

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read the JSON form."""
        return cls(Side(data["side"]), tuple(data["protocols"]), tuple(data["suites"]))


def _show(context: ssl.SSLContext, certificate: bytes) -> None:
    """Give a context the certificate to show; OpenSSL reads it from a file only, which mkdtemp keeps private."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        file.write_bytes(certificate)
        context.load_cert_chain(file)


def _restrict(context: ssl.SSLContext, protocols: set[str], suites: str, *, is_client: bool) -> None:
    # Level 0 admits the old protocols and SHA-1; what is admitted of them is what the protocols and suites say.
    try:
        context.set_ciphers(f"{suites or 'ALL'}:@SECLEVEL=0")
    except ssl.SSLError:
        raise algorithm_mismatch() from None
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old protocols are the point
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        for protocol, option in _OPTIONS.items():
            # A client offers its newest version, and then refuses an answer in a gap: see ``admits``. OpenSSL would
            # offer the newest version below the gap.
            in_gap = is_client and min(protocols) < protocol < max(protocols)
            if protocol not in protocols and not in_gap:
                context.options |= option


def algorithm_mismatch() -> NetError:
    """Make the error of two sides, or of settings, that have nothing in common."""
    return win32_failure(
        SEC_E_ALGORITHM_MISMATCH,
        "The client and server cannot communicate, because they do not possess a common algorithm",
    )


def win32_failure(status: int, message: str) -> NetError:
    """Make the Win32Exception that .NET makes of a SECURITY_STATUS."""
    signed = status - 0x100000000
    return NetError(
        "System.ComponentModel.Win32Exception", message, hresult=0x80004005, data={"NativeErrorCode": signed}
    )
