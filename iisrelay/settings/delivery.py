"""The Delivery tab: smart host, outbound security, retries, limits of outbound connections."""

from typing import Annotated

from pydantic import Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.numbers import MINUTES, NO_LIMIT, Duration, Number, RetryIntervals
from iisrelay.settings.stored import Kind
from iisrelay.settings.texts import OptionalHostName, SecretReference, SmartHostOrPreset, Text
from iisrelay.settings.words import Bit, Flag, Words
from iisrelay.status import Restart

RESTARTS = Restart.VIRTUAL_SERVER

# RouteAction: SMTP_SASL 0x8, SMTP_AUTH_NTLM 0x80, SMTP_AUTH_CLEARTEXT 0x100, SMTP_AUTH_KERBEROS 0x200000. Which of them
# the dialog sets for a method is inferred from their names.
OUTBOUND_METHODS = {"anonymous": 0, "basic": 0x108, "integrated": 0x88}
METHOD_BITS = 0x200188
TLS_BIT = 0x4
DIRECT_DELIVERY = {False: 2, True: 1, "unused": 0}
OUTBOUND_SECURITY = "Delivery tab > Outbound Security..."


class OutboundSecurity(Section):
    """How this server logs in to the servers it sends to."""

    method: Annotated[
        str | None,
        Metabase(
            "RouteAction",
            Words(Kind.DWORD, OUTBOUND_METHODS, bits=METHOD_BITS),
            control=f"{OUTBOUND_SECURITY} > Anonymous access, Basic authentication, Integrated Windows Authentication",
        ),
    ] = Field(None, description="Outbound authentication: anonymous, basic (AUTH LOGIN) or integrated.")
    username: Annotated[str | None, Metabase("RouteUserName", Text())] = Field(
        None, description="Account for outbound authentication."
    )
    password: Annotated[str | dict[str, object] | None, Metabase("RoutePassword", SecretReference())] = Field(
        None, description="Password of that account, as a secret reference."
    )
    tls: Annotated[
        bool | None, Metabase("RouteAction", Bit(TLS_BIT), control=f"{OUTBOUND_SECURITY} > TLS encryption")
    ] = Field(None, description="Whether STARTTLS is required outbound; servers without it then get no mail.")


class Retry(Section):
    """Retries of mail to other servers."""

    intervals: Annotated[list[str] | None, Metabase("SmtpRemoteProgressiveRetry", RetryIntervals())] = Field(
        None, description="First, second, third and every further retry interval, such as [15m, 30m, 1h, 4h]."
    )
    quick_retries: Annotated[int | None, Metabase("SmtpRemoteRetryThreshold", Number())] = Field(
        None, description="Quick retries after a glitch before the intervals above begin."
    )
    delay_notification: Annotated[str | None, Metabase("SmtpRemoteDelayExpireMinutes", Duration(unit=MINUTES))] = Field(
        None, description="Time after which the sender is told about a delay."
    )
    expiration: Annotated[str | None, Metabase("SmtpRemoteNDRExpireMinutes", Duration(unit=MINUTES))] = Field(
        None, description="Time after which mail is returned as undeliverable."
    )


class LocalRetry(Section):
    """Retries of mail to local domains."""

    delay_notification: Annotated[str | None, Metabase("SmtpLocalDelayExpireMinutes", Duration(unit=MINUTES))] = Field(
        None, description="Time after which the sender of local mail is told about a delay."
    )
    expiration: Annotated[str | None, Metabase("SmtpLocalNDRExpireMinutes", Duration(unit=MINUTES))] = Field(
        None, description="Time after which local mail is returned as undeliverable."
    )
    retry_interval: Annotated[str | None, Metabase("LocalRetryInterval", Duration(unit=MINUTES))] = Field(
        None, description="Time between two tries of local delivery (of old versions)."
    )
    retry_attempts: Annotated[int | None, Metabase("LocalRetryAttempts", Number())] = Field(
        None, description="Number of tries of local delivery (of old versions)."
    )


class OutboundConnections(Section):
    """Limits of outbound connections."""

    max: Annotated[
        int | str | None, Metabase("MaxOutConnections", Number(lower=1, unlimited=NO_LIMIT), restart=RESTARTS)
    ] = Field(None, description="Largest number of simultaneous outbound connections, or 'unlimited'.")
    max_per_domain: Annotated[
        int | str | None, Metabase("MaxOutConnectionsPerDomain", Number(lower=1, unlimited=NO_LIMIT), restart=RESTARTS)
    ] = Field(
        None, description="Largest number of simultaneous connections to one domain or smart host, or 'unlimited'."
    )
    timeout: Annotated[str | None, Metabase("RemoteTimeout", Duration(), restart=RESTARTS)] = Field(
        None, description="How long an idle outbound connection is kept."
    )


class OutboundCertificate(Section):
    """What is asked of the certificate of the server that mail is sent to."""

    check_name: Annotated[bool | None, Metabase("SmtpSSLCertHostnameValidation", Flag())] = Field(
        None, description="Whether the certificate must carry the name of the server."
    )
    require_trusted_authority: Annotated[bool | None, Metabase("SmtpSSLRequireTrustedCA", Flag())] = Field(
        None, description="Whether a trusted authority must have issued the certificate."
    )


class Delivery(Section):
    """The Delivery tab."""

    smart_host: Annotated[str | dict[str, object] | None, Metabase("SmartHost", SmartHostOrPreset())] = Field(
        None,
        description="Server that all mail to other domains goes through: a preset, a name, an IPv4 address, or 'none'.",
    )
    attempt_direct_delivery: Annotated[
        bool | str | None, Metabase("SmartHostType", Words(Kind.DWORD, DIRECT_DELIVERY))
    ] = Field(
        None, description="Whether delivery without the smart host is tried first (false when a smart host is set)."
    )
    outbound_port: Annotated[int | None, Metabase("RemoteSmtpPort", Number(lower=1, upper=65535))] = Field(
        None, description="TCP port that mail is sent to; 587 for submission, never 465 (no implicit TLS)."
    )
    outbound_security: OutboundSecurity | None = Field(None, description="Outbound authentication and TLS.")
    always_use_tls: Annotated[bool | None, Metabase("AlwaysUseSsl", Flag(), control="")] = Field(
        None, description="Older switch for outbound TLS of all domains; outbound_security.tls is what the dialog sets."
    )
    certificate: OutboundCertificate | None = Field(None, description="Checks of the other server's certificate.")
    outbound_connections: OutboundConnections | None = Field(None, description="Limits of outbound connections.")
    retry: Retry | None = Field(None, description="Retries of mail to other servers.")
    local: LocalRetry | None = Field(None, description="Retries of mail to local domains.")
    hop_count: Annotated[int | None, Metabase("HopCount", Number(lower=1, upper=1000))] = Field(
        None, description="Largest number of Received headers; mail with more is taken for a loop."
    )
    masquerade_domain: Annotated[str | None, Metabase("MasqueradeDomain", OptionalHostName())] = Field(
        None, description="Domain that replaces the local one in MAIL FROM."
    )
    masquerade: Annotated[bool | None, Metabase("DoMasquerade", Flag())] = Field(
        None, description="Whether masquerade_domain is applied (true when masquerade_domain is set)."
    )
    reverse_dns_lookup: Annotated[bool | None, Metabase("EnableReverseDnsLookup", Flag())] = Field(
        None, description="Whether clients are looked up in DNS and marked in the Received header; nobody is refused."
    )
