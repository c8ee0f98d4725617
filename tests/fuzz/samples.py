"""Random values of settings: as a site file has them, and as Windows has to store them.

What is stored is made first and the written form from it, without any code of the product: an oracle of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

MAXIMUM = 2**32 - 1
# What breaks careless quoting: five single quotes, double quotes, code, escapes, formats, Unicode inside and outside
# of the basic plane, spaces at both ends, and the marks of our own answers.
PIECES = (
    *("'", "\u2018", "\u2019", "\u201a", "\u201b", '"', "\u201c", "\u201d", "\u201e"),
    *("$(exit 9)", "${env:PATH}", "$_", "$null", "`", "``n", "`'", "@'", "'@", "'+(1)+'", "--%"),
    *("#", "<#", "#>", ";", "|", "&", "%PATH%", "{0}", "{{", "}}", "{% raw %}", "\\", "\\n", "\\u0041"),
    *("\u00e9", "e\u0301", "\u00df", "\u0130", "\u4e2d", "\U0001f4e7", "\u00a0", "\u200b", "\u200f", "\u202e"),
    *("\ufeff", "\u2013", " ", "  ", "a", "Z", "0", "-", "=", ",", ":", "/", "[", "]", "*", "?"),
    *("IISRELAY>>>", "<<<IISRELAY", "<x/>", "&amp;", "]]>"),
)
WORDS = ("relay", "billing", "crm", "Mail Team", "CONTOSO", "x")
HOSTS = (
    *("mail.partner.example", "smtp.contoso.example", "relay-1.example.org"),
    *("a.b.c.d.example.net", "xn--bcher-kva.example"),
)


@dataclass(frozen=True)
class OneOf:
    """Several numbers that Windows takes for the same; which one was there is kept."""

    numbers: frozenset[int]


@dataclass(frozen=True)
class NotZero:
    """Any number but 0: the switch is on."""


NO_LIMIT = OneOf(frozenset({MAXIMUM, 2_000_000_000, 0}))


@dataclass(frozen=True)
class Sample:
    """One setting: as it is written, and the bits (None: all of them) and value of the property it is stored in."""

    written: object
    stored: object
    mask: int | None = None


Maker = Callable[[Random], Sample]


def text(random: Random) -> Sample:
    """Make a text of any kind."""
    made = odd_text(random) if random.random() < 0.5 else random.choice(WORDS)
    return Sample(made, made)


def odd_text(random: Random) -> str:
    """Make a text of odd pieces."""
    return "".join(random.choice(PIECES) for _ in range(random.randint(1, 8)))


def count(low: int, high: int = MAXIMUM, unlimited: object = None) -> Maker:
    """Make whole numbers; ``unlimited`` is what the word stands for."""

    def make(random: Random) -> Sample:
        if unlimited is not None and random.random() < 0.25:
            return Sample("unlimited", unlimited)
        number = random.choice((low, high, random.randint(low, high), min(high, low + random.randint(0, 1000))))
        same = isinstance(unlimited, OneOf) and number in unlimited.numbers
        return Sample(number, unlimited if same else number)

    return make


def size(low: int, unlimited: int) -> Maker:
    """Make sizes, stored in bytes."""

    def make(random: Random) -> Sample:
        if random.random() < 0.2:
            return Sample("unlimited", unlimited)
        unit, factor = random.choice((("KB", 1024), ("MB", 1024**2), ("bytes", 1), ("kib", 1024), ("MiB", 1024**2)))
        number = random.randint(-(-low // factor), max(-(-low // factor), min(MAXIMUM // factor, 4000)))
        return Sample(f"{number}{random.choice(('', ' '))}{unit}", number * factor)

    return make


def duration(unit: int = 1, zero: str = "") -> Maker:
    """Make durations; a stored 1 stands for ``unit`` seconds."""

    def make(random: Random) -> Sample:
        if zero and random.random() < 0.2:
            return Sample(zero, 0)
        words = [("m", 60), ("h", 3600), ("d", 86400)] + ([("s", 1)] if unit == 1 else [])
        word, seconds = random.choice(words)
        number = random.randint(1, 50)
        rest = random.choice(("", "30m")) if word in "hd" else ""
        return Sample(f"{number}{word}{rest}", (number * seconds + (1800 if rest else 0)) // unit)

    return make


def word(words: Mapping[object, object], mask: int | None = None) -> Maker:
    """Make one word of several."""

    def make(random: Random) -> Sample:
        written = random.choice(list(words))
        return Sample(written, words[written], mask)

    return make


def flag(on: object = True, off: object = False) -> Maker:
    """Make true and false."""
    return word({True: on, False: off})


def bit(number: int) -> Maker:
    """Make true and false of one bit."""
    return word({True: number, False: 0}, number)


def bits(names: Mapping[str, int]) -> Maker:
    """Make lists of names, each a bit."""

    def make(random: Random) -> Sample:
        chosen = random.sample(list(names), random.randint(0, len(names)))
        return Sample(chosen, sum(names[name] for name in chosen), sum(names.values()))

    return make


def host_name(random: Random) -> Sample:
    """Make a DNS name."""
    made = random.choice(HOSTS)
    return Sample(made, made)


def folder(random: Random) -> Sample:
    """Make a folder."""
    made = f"{random.choice('CD')}:\\mail {random.choice(WORDS)}\\o'brien $x {random.randint(1, 10**9)}"
    return Sample(made, made)


def intervals(random: Random) -> Sample:
    """Make one to four retry intervals."""
    minutes = [random.choice((1, 15, 30, 60, 240, 1440)) for _ in range(random.randint(1, 4))]
    return Sample([f"{number}m" for number in minutes], ",".join(map(str, minutes)))


VERBS = {"DSN": 0x40, "ETRN": 0x80, "TURN": 0x400, "ENHANCEDSTATUSCODES": 0x1000, "CHUNKING": 0x100000,
         "BINARYMIME": 0x200000, "8BITMIME": 0x400000}  # fmt: skip


def verbs(random: Random) -> Sample:
    """Make ESMTP verbs: words, a number, or a list over the documented default 7697601."""
    form = random.randrange(4)
    if form < 2:
        return (Sample("full", 7697601), Sample("basic", 7))[form]
    if form == 2:
        number = random.randint(0, MAXIMUM)
        return Sample(number, number)
    chosen = random.sample(list(VERBS), random.randint(0, len(VERBS)))
    return Sample(chosen, (7697601 & ~sum(VERBS.values())) | sum(VERBS[name] for name in chosen))


def addresses(own: tuple[str, ...]) -> Maker:
    """Make address lists; ``own`` are the host's addresses. Stored is (grant by default, set of entries)."""

    def make(random: Random) -> Sample:
        entries = {
            "self": [f"{address}, 255.255.255.255" for address in ("127.0.0.1", *own)],
            "10.1.0.0/16": ["10.1.0.0, 255.255.0.0"],
            "192.168.7.0/24": ["192.168.7.0, 255.255.255.0"],
            "172.16.0.0/12": ["172.16.0.0, 255.240.0.0"],
            f"203.0.113.{random.randint(1, 254)}": None,
            "198.51.100.8/29": ["198.51.100.8, 255.255.255.248"],
            "*.apps.example": ["*.apps.example"],
            "Mail.Example.NET": ["mail.example.net"],
        }
        chosen = random.sample(list(entries), random.randint(0, 5))
        allow = random.choice(("only_listed", "all_except"))
        stored = {entry for name in chosen for entry in entries[name] or [f"{name}, 255.255.255.255"]}
        return Sample({"allow": allow, "addresses": chosen}, (allow == "all_except", frozenset(stored)))

    return make


LOG_FIELDS = ("date", "time", "c-ip", "cs-username", "s-sitename", "s-computername", "s-ip", "cs-method", "cs-uri-stem",
              "cs-uri-query", "sc-status", "sc-win32-status", "sc-bytes", "cs-bytes", "time-taken", "s-port",
              "cs(User-Agent)", "cs(Cookie)", "cs(Referer)", "cs-version", "cs-host", "sc-substatus")  # fmt: skip
LOG_FORMATS = {
    "w3c": "{FF160663-DE82-11CF-BC0A-00AA006111E0}", "iis": "{FF160657-DE82-11CF-BC0A-00AA006111E0}",
    "ncsa": "{FF16065F-DE82-11CF-BC0A-00AA006111E0}", "odbc": "{FF16065B-DE82-11CF-BC0A-00AA006111E0}",
}  # fmt: skip
ROLLOVERS = {"daily": 1, "weekly": 2, "monthly": 3, "hourly": 4, "by_size": 0}
STEP = duration(zero="connection_timeout")
LDAP = "RoutingSources"


def server_settings(own: tuple[str, ...]) -> dict[str, tuple[str, str, Maker]]:
    """Give key, property and maker of every setting of a virtual server that stands by itself."""
    table: dict[str, tuple[str, Maker]] = {
        "general.fqdn": ("FullyQualifiedDomainName", host_name),
        "general.default_domain": ("DefaultDomain", host_name),
        "general.connections.max": ("MaxConnections", count(1, unlimited=NO_LIMIT)),
        "general.connections.timeout": ("ConnectionTimeout", duration()),
        "general.connections.max_errors": ("MaxSmtpErrors", count(1, unlimited=MAXIMUM)),
        "general.logging.enabled": ("LogType", flag(NotZero(), 0)),
        "general.logging.format": ("LogPluginClsid", word(LOG_FORMATS)),
        "general.logging.fields": ("LogExtFileFlags", bits({name: 1 << n for n, name in enumerate(LOG_FIELDS)})),
        "general.logging.rollover": ("LogFilePeriod", word(ROLLOVERS)),
        "general.logging.max_size": ("LogFileTruncateSize", size(131072, MAXIMUM)),
        "general.logging.local_time": ("LogFileLocaltimeRollover", flag()),
        "general.logging.folder": ("LogFileDirectory", folder),
        "general.logging.odbc.data_source": ("LogOdbcDataSource", text),
        "general.logging.odbc.table": ("LogOdbcTableName", text),
        "general.logging.odbc.username": ("LogOdbcUserName", text),
        "access.authentication": ("AuthFlags", bits({"anonymous": 1, "basic": 2, "integrated": 4})),
        "access.default_domain": ("SaslLogonDomain", text),
        "access.authentication_packages": ("NTAuthenticationProviders", word_list(("GSSAPI", "NTLM", "Kerberos"))),
        "access.tls.required": ("AccessSSLFlags", bit(0x8)),
        "access.tls.require_128_bit": ("AccessSSLFlags", bit(0x100)),
        "access.tls.negotiate_client_certificate": ("AccessSSLFlags", bit(0x20)),
        "access.tls.require_client_certificate": ("AccessSSLFlags", bit(0x40)),
        "access.tls.map_client_certificate": ("AccessSSLFlags", bit(0x80)),
        "access.connections": ("IPSecurity", addresses(own)),
        "access.relay": ("RelayIpList", addresses(own)),
        "messages.max_messages_per_connection": ("MaxBatchedMessages", count(1, 2_000_000_000, 0)),
        "messages.max_recipients": ("MaxRecipients", count(1, unlimited=0)),
        "messages.copy_ndr_to": ("SendNdrTo", text),
        "messages.bad_mail_to": ("SendBadTo", text),
        "messages.bad_mail_folder": ("BadMailDirectory", folder),
        "delivery.outbound_port": ("RemoteSmtpPort", word({25: 25, 587: 587, 2525: 2525, 65535: 65535})),
        "delivery.always_use_tls": ("AlwaysUseSsl", flag()),
        "delivery.certificate.check_name": ("SmtpSSLCertHostnameValidation", flag()),
        "delivery.certificate.require_trusted_authority": ("SmtpSSLRequireTrustedCA", flag()),
        "delivery.outbound_connections.max": ("MaxOutConnections", count(1, unlimited=NO_LIMIT)),
        "delivery.outbound_connections.max_per_domain": ("MaxOutConnectionsPerDomain", count(1, unlimited=NO_LIMIT)),
        "delivery.outbound_connections.timeout": ("RemoteTimeout", duration()),
        "delivery.retry.intervals": ("SmtpRemoteProgressiveRetry", intervals),
        "delivery.retry.quick_retries": ("SmtpRemoteRetryThreshold", count(0)),
        "delivery.retry.delay_notification": ("SmtpRemoteDelayExpireMinutes", duration(60)),
        "delivery.retry.expiration": ("SmtpRemoteNDRExpireMinutes", duration(60)),
        "delivery.local.delay_notification": ("SmtpLocalDelayExpireMinutes", duration(60)),
        "delivery.local.expiration": ("SmtpLocalNDRExpireMinutes", duration(60)),
        "delivery.local.retry_interval": ("LocalRetryInterval", duration(60)),
        "delivery.local.retry_attempts": ("LocalRetryAttempts", count(0)),
        "delivery.hop_count": ("HopCount", count(1, 1000)),
        "delivery.masquerade": ("DoMasquerade", flag()),
        "delivery.reverse_dns_lookup": ("EnableReverseDnsLookup", flag()),
        "folders.queue": ("QueueDirectory", folder),
        "folders.pickup": ("PickupDirectory", folder),
        "folders.drop": ("DropDirectory", folder),
        "esmtp.inbound": ("SmtpInboundCommandSupportOptions", verbs),
        "protocol.banner": ("ConnectResponse", text),
        "protocol.allow_helo_without_domain": ("SmtpHeloNoDomain", flag()),
        "protocol.allow_mail_without_helo": ("SmtpMailNoHelo", flag()),
        "protocol.check_helo_domain": ("SmtpDomainValidationFlags", flag(NotZero(), 0)),
        "protocol.pipelining_in": ("ShouldPipelineIn", flag()),
        "protocol.pipelining_out": ("ShouldPipelineOut", flag()),
        "protocol.omit_received_header": ("AddNoHeaders", flag()),
        "protocol.pick_up_mail": ("ShouldPickupMail", flag()),
        "protocol.dot_stuff_pickup_files": ("SmtpDotStuffPickupDirFiles", flag()),
        "protocol.deliver": ("ShouldDeliver", flag()),
        "protocol.etrn_subdomains": ("EtrnSubdomains", flag()),
        "protocol.event_log_level": ("SmtpEventlogLevel", word({"none": 0, "maximum": 5, "default": MAXIMUM})),
        "protocol.max_bandwidth": ("MaxBandwidth", count(1, unlimited=MAXIMUM)),
        "protocol.dns.resolution": ("NameResolutionType", word({"dns": 1, "windows": 2, "dns_then_windows": 3})),
        "protocol.dns.transport": ("SmtpUseTcpDns", word({"udp": 0, "tcp": 1, "udp_then_tcp": 2, "default": MAXIMUM})),
        "protocol.delivery_status.options": ("SmtpDSNOptions", count(0)),
        "protocol.delivery_status.language": ("SmtpDSNLanguageID", count(0)),
        "protocol.postmaster.name": ("PostmasterName", text),
        "protocol.postmaster.email": ("PostmasterEmail", text),
        "protocol.sockets.backlog": ("ServerListenBacklog", count(5, 500)),
        "protocol.sockets.timeout": ("ServerListenTimeout", duration()),
        "protocol.sockets.size": ("ServerSize", word({"small": 0, "medium": 1, "large": 2})),
        "protocol.sockets.disable_pooling": ("DisableSocketPooling", flag()),
        "protocol.sockets.max_per_endpoint": ("MaxEndpointConnections", count(1, unlimited=MAXIMUM)),
    }  # fmt: skip
    steps = {"connect": "Connect", "helo": "Helo", "mail_from": "MailFrom", "rcpt_to": "RcptTo", "data": "Data",
             "bdat": "Bdat", "auth": "Auth", "sasl": "Sasl", "turn": "Turn", "rset": "Rset"}  # fmt: skip
    table.update({f"protocol.timeouts.{key}": (f"Smtp{name}Timeout", STEP) for key, name in steps.items()})
    made = {key: ("", name, maker) for key, (name, maker) in table.items()}
    return {**made, **{key: (LDAP, name, maker) for key, (name, maker) in LDAP_ROUTING.items()}}


def word_list(words: tuple[str, ...]) -> Maker:
    """Make lists of words that are stored as one text with commas."""

    def make(random: Random) -> Sample:
        chosen = random.sample(words, random.randint(1, len(words)))
        return Sample(chosen, ",".join(chosen))

    return make


LDAP_ROUTING: dict[str, tuple[str, Maker]] = {
    "ldap_routing.enabled": ("SmtpDsUseCat", flag(NotZero(), 0)),
    "ldap_routing.server": ("SmtpDsHost", host_name),
    "ldap_routing.port": ("SmtpDsPort", count(0, 65535)),
    "ldap_routing.schema_type": ("SmtpDsSchemaType", text),
    "ldap_routing.bind_type": ("SmtpDsBindType", text),
    "ldap_routing.base": ("SmtpDsNamingContext", text),
    "ldap_routing.domain": ("SmtpDsDomain", text),
    "ldap_routing.username": ("SmtpDsAccount", text),
    "ldap_routing.flags": ("SmtpDsFlags", count(0)),
    "ldap_routing.data_directory": ("SmtpDsDataDirectory", text),
    "ldap_routing.default_mail_root": ("SmtpDsDefaultMailRoot", text),
    "ldap_routing.table_type": ("SmtpRoutingTableType", text),
}
RELAY_FOR_AUTH = flag(NotZero(), 0)
