"""Checks of the Delivery tab: credentials and TLS, ports, and what a preset's provider asks for."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from iisrelay.settings.delivery import Delivery, OutboundSecurity
from iisrelay.settings.domains import DomainOutboundSecurity
from iisrelay.settings.numbers import Size
from iisrelay.site.model import VirtualServer
from iisrelay.site.presets import IMPLICIT_TLS_PORTS, Preset
from iisrelay.site.problems import Finding, Location

SECURITY = ("delivery", "outbound_security")
PORT = ("delivery", "outbound_port")


def check_delivery(server: VirtualServer, preset: Preset | None) -> Iterator[Finding]:
    """Find what cannot work, is unsafe, or is against what the smart host's provider says."""
    delivery = server.delivery
    for index, domain in enumerate(server.domains or []):
        here = ("domains", index, "outbound_security")
        yield from _credentials(domain.outbound_security, here, is_local=_is_loopback(domain.smart_host))
    if delivery is None:
        return
    yield from _credentials(delivery.outbound_security, SECURITY, is_local=_is_loopback(delivery.smart_host))
    yield from _port(delivery, preset)
    yield from _tls(server, delivery)
    if preset is not None:
        yield from _limits(server, delivery, preset)


def _credentials(
    security: OutboundSecurity | DomainOutboundSecurity | None, here: Location, *, is_local: bool
) -> Iterator[Finding]:
    if security is None:
        return
    if security.username and not security.password:
        yield Finding((*here, "username"), "a user without a password", from_absence=True)
    if security.password and not security.username:
        yield Finding((*here, "password"), "a password without a username", from_absence=True)
    if security.method in ("basic", "integrated") and not security.username and not security.password:
        yield Finding((*here, "method"), f"{security.method} needs username: and password:", from_absence=True)
    if security.method == "anonymous" and (security.username or security.password):
        yield Finding((*here, "method"), "anonymous does not use username: and password:; say method: basic")
    if security.method == "basic" and security.tls is not True and not is_local:
        yield Finding((*here, "method"), "basic without tls: true sends the password in clear", from_absence=True)


def _port(delivery: Delivery, preset: Preset | None) -> Iterator[Finding]:
    port = delivery.outbound_port
    if port is None:
        return
    if port in IMPLICIT_TLS_PORTS or (preset and port in preset.implicit_tls_ports):
        yield Finding(
            PORT,
            f"port {port} wants TLS from the first byte (implicit TLS), and the SMTP service can only do STARTTLS; "
            "use 587 or 25",
        )
    elif preset and port not in preset.ports:
        listed = " or ".join(map(str, preset.ports))
        yield Finding(PORT, f"{preset.label} does not answer on port {port}; use {listed}")


def _tls(server: VirtualServer, delivery: Delivery) -> Iterator[Finding]:
    security = delivery.outbound_security
    needs_esmtp = security is not None and (security.tls or security.method in ("basic", "integrated"))
    if needs_esmtp and server.esmtp is not None and server.esmtp.outbound in ("basic", 7):
        yield Finding(("esmtp", "outbound"), "basic knows neither STARTTLS nor authentication; say full")
    if security is not None and security.tls and delivery.smart_host in (None, "none"):
        yield Finding(
            (*SECURITY, "tls"),
            "without a smart host, servers that do not offer STARTTLS get no mail at all",
            is_warning=True,
        )
    fqdn = server.general.fqdn if server.general else None
    if fqdn is not None and "." not in fqdn.rstrip("."):
        yield Finding(
            ("general", "fqdn"), f"{fqdn} has no domain, and many servers refuse such a name in EHLO", is_warning=True
        )


def _limits(server: VirtualServer, delivery: Delivery, preset: Preset) -> Iterator[Finding]:
    limits = delivery.outbound_connections
    allowed = limits.max_per_domain if limits else None
    if preset.connections is not None and (not isinstance(allowed, int) or allowed > preset.connections):
        location = (
            ("delivery", "smart_host") if allowed is None else ("delivery", "outbound_connections", "max_per_domain")
        )
        yield Finding(
            location,
            f"{preset.label} takes {preset.connections} connections at a time; "
            f"set delivery.outbound_connections.max_per_domain to {preset.connections} or less",
            is_warning=True,
        )
    yield from _message_limits(server, preset)
    if preset.internal_only:
        yield Finding(
            ("delivery", "smart_host"), f"{preset.label} delivers to recipients of the tenant only", is_warning=True
        )


def _message_limits(server: VirtualServer, preset: Preset) -> Iterator[Finding]:
    messages = server.messages
    if messages is None:
        return
    if preset.message_mb is not None and messages.max_size is not None:
        size = Size(unlimited=(0,)).store(messages.max_size)
        if size == 0 or size > preset.message_mb * 2**20:
            yield Finding(
                ("messages", "max_size"), f"{preset.label} takes at most {preset.message_mb}MB", is_warning=True
            )
    recipients = messages.max_recipients
    if (
        preset.recipients is not None
        and recipients is not None
        and (recipients == "unlimited" or int(recipients) > preset.recipients)
    ):
        yield Finding(
            ("messages", "max_recipients"),
            f"{preset.label} takes at most {preset.recipients} recipients of one message",
            is_warning=True,
        )


def _is_loopback(smart_host: object) -> bool:
    text = str(smart_host).removeprefix("[").removesuffix("]")
    try:
        return IPv4Address(text).is_loopback
    except AddressValueError:
        return text.lower() == "localhost"
