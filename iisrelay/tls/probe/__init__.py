"""A live look at a mail server: greeting, EHLO, STARTTLS, one handshake with each version of TLS, certificate, AUTH."""

import datetime as dt
from dataclasses import replace

from iisrelay.tls.probe import contexts
from iisrelay.tls.probe.endpoint import Endpoint, bare_host, resolve
from iisrelay.tls.probe.failure import TalkError
from iisrelay.tls.probe.findings import findings
from iisrelay.tls.probe.look import Look, check_trust, look, try_version
from iisrelay.tls.probe.model import (
    VERSIONS,
    Certificate,
    CertificateReport,
    Handshake,
    Outcome,
    ProbeResult,
    ProtocolResult,
    Role,
    TlsMode,
)
from iisrelay.tls.probe.trust import judge_chain

__all__ = [
    "VERSIONS",
    "Certificate",
    "CertificateReport",
    "Handshake",
    "Outcome",
    "ProbeResult",
    "ProtocolResult",
    "Role",
    "TlsMode",
    "probe_cipher_suites",
    "probe_smart_host",
    "probe_virtual_server",
]

HIGHEST_PORT = 65535
# A server that limits connections may turn the later ones away.
BY_IMPORTANCE = ("TLS 1.2", "TLS 1.3", "TLS 1.1", "TLS 1.0")
NO_DETAILS = (
    "the certificate could not be read, because the Python package cryptography is missing (pip install cryptography)"
)


def probe_smart_host(
    host: str,
    port: int = 25,
    *,
    timeout_s: float = 10.0,
    server_name: str | None = None,
    ca_file: str | None = None,
    role: Role = Role.SMART_HOST,
) -> ProbeResult:
    """Find out what a mail server offers. Whatever goes wrong is a finding of the result, not an exception.

    Args:
        host: A name or an address, with or without square brackets.
        port: Where it listens.
        timeout_s: What each of up to seven connections, one after the other, may take.
        server_name: The name its certificate is checked against, where that is not the host.
        ca_file: Root certificates in PEM form that count instead of those that this machine trusts.
        role: What the server is to the relay.

    Raises:
        ValueError: the port is no port.
    """
    if not 0 < port <= HIGHEST_PORT:
        raise ValueError(f"{port} is not a port")
    bare = bare_host(host)
    name = server_name or bare
    empty = ProbeResult(bare, port, role, name)
    try:
        endpoint = Endpoint(resolve(bare, port, timeout_s), port, name, timeout_s)
    except TalkError as error:
        return replace(empty, findings=tuple(findings(empty, error)))
    seen = look(endpoint, contexts.any_version())
    result = _with_look(empty, seen)
    if seen.mode is not TlsMode.NONE:
        # From here on only the address that answered.
        endpoint = replace(endpoint, addresses=(seen.address or bare,))
        attempts = {version: try_version(endpoint, seen.mode, version) for version in BY_IMPORTANCE}
        result = replace(
            result,
            protocols=tuple(attempts[version] for version in VERSIONS),
            certificate=_certificate(endpoint, seen, ca_file),
        )
    return replace(result, findings=tuple(findings(result, seen.failure)))


def probe_virtual_server(
    host: str,
    port: int = 25,
    *,
    timeout_s: float = 10.0,
    server_name: str | None = None,
    ca_file: str | None = None,
) -> ProbeResult:
    """Find out what the inbound side of a virtual server offers to programs; ``server_name`` is its FQDN."""
    return probe_smart_host(
        host, port, timeout_s=timeout_s, server_name=server_name, ca_file=ca_file, role=Role.VIRTUAL_SERVER
    )


def probe_cipher_suites(
    result: ProbeResult, suites: tuple[str, ...], *, version: str = "TLS 1.2", timeout_s: float = 10.0
) -> ProtocolResult:
    """Find out whether a server that was probed accepts one of some cipher suites, for example those of an old Windows.

    Names are the standard's, with or without the curve that Windows hangs on them. ``cipher`` is the server's choice.
    """
    if result.address is None or result.tls_mode is TlsMode.NONE:
        return ProtocolResult(version, Outcome.UNCLEAR, explanation="there is no TLS to try them with")
    context = contexts.limited_to(version, suites)
    if context is None:
        words = "cannot be tested from here: the TLS library of this machine has none of these cipher suites"
        return ProtocolResult(version, Outcome.UNTESTABLE, explanation=words)
    endpoint = Endpoint((result.address,), result.port, result.server_name, timeout_s)
    return try_version(endpoint, result.tls_mode, version, context)


def _with_look(empty: ProbeResult, seen: Look) -> ProbeResult:
    before, after = seen.before, seen.after
    return replace(
        empty,
        address=seen.address,
        tls_mode=seen.mode,
        banner=seen.banner,
        esmtp=(before.esmtp if before else after.esmtp if after else None),
        capabilities_before=before.capabilities if before else (),
        auth_before=before.auth if before else (),
        capabilities_after=after.capabilities if after else (),
        auth_after=after.auth if after else (),
        negotiated=seen.handshake,
        transcript=tuple(seen.transcript),
    )


def _certificate(endpoint: Endpoint, seen: Look, ca_file: str | None) -> CertificateReport | None:
    if not seen.certificates:
        return None
    now = dt.datetime.now(dt.UTC)
    try:
        from iisrelay.tls.probe.certificate import read_certificate  # noqa: PLC0415 - large, and a package of its own

        chain = [read_certificate(der, now) for der in seen.certificates]
    except ImportError:
        return CertificateReport((), endpoint.server_name, None, None, (NO_DETAILS,))
    except ValueError as error:
        words = f"the certificate cannot be read: {error}"
        return CertificateReport((), endpoint.server_name, None, None, (words,))
    verification_error = check_trust(endpoint, seen.mode, contexts.verifying(ca_file))
    return judge_chain(chain, endpoint.server_name, verification_error, now)
