"""Which hop leaves the relay, and how the message went there, in an administrator's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from iisrelay.tls.headers.hop import is_smtp
from iisrelay.tls.headers.model import UNKNOWN_VERSION, Hop, Verdict
from iisrelay.tls.headers.software import EXCHANGE_ONLINE, GOOGLE, SMTPSVC, is_microsoft_cloud

PROVIDER_SOFTWARE = {EXCHANGE_ONLINE, GOOGLE, "Amazon SES", "SendGrid"}
PROVIDER_DOMAINS = (
    *(".sendgrid.net", ".mailgun.org", ".amazonaws.com", ".amazonses.com", ".azurecomm.net", ".postmarkapp.com"),
    *(".mtasv.net", ".sparkpostmail.com", ".smtp2go.com", ".mailjet.com", ".brevo.com", ".sendinblue.com"),
    *(".zoho.com", ".zoho.eu", ".zeptomail.com", ".messagingengine.com", ".fastmail.com", ".protonmail.ch"),
    *(".resend.com", ".mandrillapp.com", ".elasticemail.com", ".mimecast.com", ".pphosted.com", ".messagelabs.com"),
)


@dataclass(frozen=True)
class Leaving:
    """The hop that leaves the relay, and the one that the relay stamped before, where there are such hops."""

    relay: Hop | None
    hop: Hop | None


def find_leaving(hops: Sequence[Hop]) -> Leaving:
    """Find the hop whose sender is the relay: the one after the last that an IIS SMTP stamped."""
    relays = [hop for hop in hops if _is_relay(hop)]
    if not relays:
        return Leaving(None, _into_smart_host([hop for hop in hops if is_smtp(hop)]))
    for relay in reversed(relays):
        after = next((hop for hop in hops[relay.number :] if is_smtp(hop)), None)
        # The recipients' own IIS SMTP may stand at the end, behind the server that our relay delivered to.
        if after is not None and not _is_relay(after):
            return Leaving(relay, after)
    return Leaving(relays[-1], None)


def _into_smart_host(legs: Sequence[Hop]) -> Hop | None:
    into_provider = [hop for hop in legs if _is_provider(hop) and not is_microsoft_cloud(hop.from_name)]
    over_network = [hop for hop in legs if not _is_loopback(hop.from_ip)]
    return next(iter([*into_provider, *over_network, *legs]), None)


def explain(hops: Sequence[Hop], leaving: Leaving) -> str:
    """Say in one sentence how the message left the relay."""
    if not hops:
        return "There is no Received header, so nothing shows the way of this message."
    if leaving.hop is None:
        return _explain_missing(leaving.relay)
    return f"{_leg(leaving.hop)} {_statement(leaving.hop)}{_doubt(leaving.relay, leaving.hop)}."


def _explain_missing(relay: Hop | None) -> str:
    if relay is None:
        return "No Received header tells of a connection by SMTP, so nothing shows how the message left the relay."
    return (
        f"The message reached the relay {relay.by or 'by IIS SMTP'}, but no later server has stamped it: look at the "
        "copy that the recipient got."
    )


def _leg(hop: Hop) -> str:
    sender = hop.from_helo or hop.from_name or "the sender"
    address = f" ({hop.from_ip})" if hop.from_ip and hop.from_ip not in sender else ""
    return f"{sender}{address} delivered to {hop.by or 'the next server'}"


def _statement(hop: Hop) -> str:
    writer = hop.software.name if hop.software else "that server"
    cipher = f" (cipher {hop.cipher})" if hop.cipher else ""
    if hop.verdict is Verdict.PLAIN:
        return (
            f"in clear text: {writer} names no TLS, so outbound TLS is not ticked on the relay, the relay does not use "
            "EHLO, or STARTTLS was not offered"
        )
    if hop.security.at_least:
        return f"with TLS; the version is not stated, but the cipher {hop.cipher} came with {hop.security.at_least}"
    if hop.tls == UNKNOWN_VERSION:
        return f"with TLS, but {writer} does not state which version{cipher}"
    if hop.verdict is Verdict.OLD_TLS:
        return (
            f"with {hop.tls}{cipher}, which is too old: TLS 1.2 is off on the relay or the smart host does not offer it"
        )
    if hop.tls:
        return f"with {hop.tls}{cipher}"
    return "in a way that nobody can tell: the header states no TLS, and not every server of its kind states it"


def _doubt(relay: Hop | None, leaving: Hop) -> str:
    if relay is None:
        return "; no IIS SMTP stamped this message, so this is the first connection to a smart host"
    names = [name for name in (leaving.from_name, leaving.from_helo) if name]
    if relay.by and not any(_is_same_host(relay.by, name) for name in names):
        return f"; the relay stamps itself {relay.by}, so a server between the two may have left no trace"
    return ""


def _is_same_host(one: str, other: str) -> bool:
    """Compare names; one without a domain is the same host in any domain."""
    first, second = one.casefold().rstrip("."), other.casefold().rstrip(".")
    if "." in first and "." in second:
        return first == second
    return first.partition(".")[0] == second.partition(".")[0]


def _is_relay(hop: Hop) -> bool:
    return hop.software is not None and hop.software.name == SMTPSVC


def _is_provider(hop: Hop) -> bool:
    by = "." + (hop.by or "").casefold().rstrip(".")
    return by.endswith(PROVIDER_DOMAINS) or (hop.software is not None and hop.software.name in PROVIDER_SOFTWARE)


def _is_loopback(ip: str | None) -> bool:
    return ip is not None and ip_address(ip).is_loopback
