"""Settings of the SMTP protocol and of the service's inner workings; the console has no control for them."""

from typing import Annotated

from pydantic import Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.numbers import MAXIMUM, Duration, Number
from iisrelay.settings.stored import Kind
from iisrelay.settings.texts import Text
from iisrelay.settings.words import Flag, Switch, Verbs, Words
from iisrelay.status import Restart

RESTARTS = Restart.VIRTUAL_SERVER
# 0 as "no time-out of its own" is inferred: it is what a fresh server holds.
STEP = Duration(zero="connection_timeout")
EVENT_LOG_LEVELS = {"none": 0, "minimum": 1, "medium": 3, "maximum": 5, "field_engineering": 7, "default": MAXIMUM}
NAME_RESOLUTIONS = {"dns": 1, "windows": 2, "dns_then_windows": 3, "default": MAXIMUM}
DNS_TRANSPORTS = {"udp": 0, "tcp": 1, "udp_then_tcp": 2, "default": MAXIMUM}
SIZES = {"small": 0, "medium": 1, "large": 2}


class Esmtp(Section):
    """The ESMTP verbs."""

    inbound: Annotated[
        list[str] | str | int | None, Metabase("SmtpInboundCommandSupportOptions", Verbs(), restart=RESTARTS)
    ] = Field(None, description="Verbs offered to clients: full, basic, a list of names, or the number itself.")
    outbound: Annotated[
        list[str] | str | int | None, Metabase("SmtpOutboundCommandSupportOptions", Verbs(), restart=RESTARTS)
    ] = Field(
        None,
        description="Verbs used when sending. Servers were seen to be installed with basic, which knows neither "
        "STARTTLS nor authentication; full is what a smart host needs.",
    )


class Timeouts(Section):
    """How long a client may be silent after a command."""

    connect: Annotated[str | None, Metabase("SmtpConnectTimeout", STEP)] = Field(
        None, description="Silence allowed after the connection is made."
    )
    helo: Annotated[str | None, Metabase("SmtpHeloTimeout", STEP)] = Field(
        None, description="Silence allowed after HELO or EHLO."
    )
    mail_from: Annotated[str | None, Metabase("SmtpMailFromTimeout", STEP)] = Field(
        None, description="Silence allowed after MAIL FROM."
    )
    rcpt_to: Annotated[str | None, Metabase("SmtpRcptToTimeout", STEP)] = Field(
        None, description="Silence allowed after RCPT TO."
    )
    data: Annotated[str | None, Metabase("SmtpDataTimeout", STEP)] = Field(
        None, description="Silence allowed after DATA."
    )
    bdat: Annotated[str | None, Metabase("SmtpBdatTimeout", STEP)] = Field(
        None, description="Silence allowed after BDAT."
    )
    auth: Annotated[str | None, Metabase("SmtpAuthTimeout", STEP)] = Field(
        None, description="Silence allowed after AUTH."
    )
    sasl: Annotated[str | None, Metabase("SmtpSaslTimeout", STEP)] = Field(
        None, description="Silence allowed during an exchange of credentials."
    )
    turn: Annotated[str | None, Metabase("SmtpTurnTimeout", STEP)] = Field(
        None, description="Silence allowed after TURN."
    )
    rset: Annotated[str | None, Metabase("SmtpRsetTimeout", STEP)] = Field(
        None, description="Silence allowed after RSET."
    )


class Dns(Section):
    """How names are resolved."""

    resolution: Annotated[str | None, Metabase("NameResolutionType", Words(Kind.DWORD, NAME_RESOLUTIONS))] = Field(
        None, description="What resolves names: dns, windows (hosts file, WINS), dns_then_windows, or default."
    )
    transport: Annotated[str | None, Metabase("SmtpUseTcpDns", Words(Kind.DWORD, DNS_TRANSPORTS))] = Field(
        None, description="How DNS is asked: udp, tcp, udp_then_tcp, or default."
    )


class DeliveryStatus(Section):
    """Non-delivery reports and other delivery status notifications."""

    options: Annotated[int | None, Metabase("SmtpDSNOptions", Number())] = Field(
        None, description="Options of delivery status notifications; their bits are not documented."
    )
    language: Annotated[int | None, Metabase("SmtpDSNLanguageID", Number())] = Field(
        None, description="Language of notifications, as a Windows locale number (1033 is English); 0 is the system's."
    )


class Postmaster(Section):
    """The postmaster."""

    name: Annotated[str | None, Metabase("PostmasterName", Text())] = Field(None, description="Name of the postmaster.")
    email: Annotated[str | None, Metabase("PostmasterEmail", Text())] = Field(
        None, description="Mail address of the postmaster."
    )


class Sockets(Section):
    """The listening sockets."""

    backlog: Annotated[int | None, Metabase("ServerListenBacklog", Number(lower=5, upper=500), restart=RESTARTS)] = (
        Field(None, description="Connections that may wait to be accepted, 5 to 500.")
    )
    timeout: Annotated[str | None, Metabase("ServerListenTimeout", Duration(), restart=RESTARTS)] = Field(
        None, description="How long a client may take to send something."
    )
    size: Annotated[str | None, Metabase("ServerSize", Words(Kind.DWORD, SIZES), restart=RESTARTS)] = Field(
        None, description="Expected load that the backlog is derived from: small, medium or large."
    )
    disable_pooling: Annotated[bool | None, Metabase("DisableSocketPooling", Flag(), restart=RESTARTS)] = Field(
        None,
        description="Whether a socket is bound to its address alone, so that others may use the port elsewhere.",
    )
    max_per_endpoint: Annotated[
        int | str | None, Metabase("MaxEndpointConnections", Number(lower=1, unlimited=(MAXIMUM,)), restart=RESTARTS)
    ] = Field(None, description="Largest number of sockets that listen on one endpoint, or 'unlimited'.")


class Protocol(Section):
    """The SMTP protocol."""

    banner: Annotated[str | None, Metabase("ConnectResponse", Text(), restart=RESTARTS)] = Field(
        None, description="Text of the greeting after '220 NAME', instead of product and version."
    )
    timeouts: Timeouts | None = Field(None, description="How long a client may be silent after a command.")
    allow_helo_without_domain: Annotated[bool | None, Metabase("SmtpHeloNoDomain", Flag())] = Field(
        None, description="Whether HELO and EHLO are accepted without a name."
    )
    allow_mail_without_helo: Annotated[bool | None, Metabase("SmtpMailNoHelo", Flag())] = Field(
        None, description="Whether MAIL FROM is accepted before HELO or EHLO."
    )
    check_helo_domain: Annotated[bool | None, Metabase("SmtpDomainValidationFlags", Switch(on=MAXIMUM))] = Field(
        None, description="Whether the name in HELO and EHLO must be well-formed."
    )
    pipelining_in: Annotated[bool | None, Metabase("ShouldPipelineIn", Flag())] = Field(
        None, description="Whether clients may send commands without waiting for answers."
    )
    pipelining_out: Annotated[bool | None, Metabase("ShouldPipelineOut", Flag())] = Field(
        None, description="Whether commands are sent without waiting for answers."
    )
    omit_received_header: Annotated[bool | None, Metabase("AddNoHeaders", Flag())] = Field(
        None, description="Whether the Received header is left out."
    )
    pick_up_mail: Annotated[bool | None, Metabase("ShouldPickupMail", Flag())] = Field(
        None, description="Whether files in the pickup folder are sent."
    )
    dot_stuff_pickup_files: Annotated[bool | None, Metabase("SmtpDotStuffPickupDirFiles", Flag())] = Field(
        None, description="Whether files in the pickup folder are dot-stuffed."
    )
    deliver: Annotated[bool | None, Metabase("ShouldDeliver", Flag())] = Field(
        None, description="Whether mail is delivered at all."
    )
    etrn_subdomains: Annotated[bool | None, Metabase("EtrnSubdomains", Flag())] = Field(
        None, description="Whether ETRN for a domain also sends the mail of its subdomains."
    )
    event_log_level: Annotated[str | None, Metabase("SmtpEventlogLevel", Words(Kind.DWORD, EVENT_LOG_LEVELS))] = Field(
        None,
        description="How much goes to the event log: none, minimum, medium, maximum, field_engineering, or default.",
    )
    max_bandwidth: Annotated[int | str | None, Metabase("MaxBandwidth", Number(lower=1, unlimited=(MAXIMUM,)))] = Field(
        None, description="Bytes a second, or 'unlimited'."
    )
    dns: Dns | None = Field(None, description="How names are resolved.")
    delivery_status: DeliveryStatus | None = Field(None, description="Delivery status notifications.")
    postmaster: Postmaster | None = Field(None, description="The postmaster.")
    sockets: Sockets | None = Field(None, description="The listening sockets.")
