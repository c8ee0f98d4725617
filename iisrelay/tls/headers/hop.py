"""From one Received header to a hop."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from iisrelay.tls.headers.clauses import Clauses, parse_clauses
from iisrelay.tls.headers.message import unfold
from iisrelay.tls.headers.model import Hop, Software
from iisrelay.tls.headers.origin import Origin, read_origin
from iisrelay.tls.headers.security import read_security
from iisrelay.tls.headers.software import EXCHANGE_ONLINE, EXCHANGE_SERVER, SMTPSVC, identify

LONGEST_DATE = 120
FRACTION = re.compile(r"(:\d\d)\.\d{1,9}(?!\d)")  # of a second, as SendGrid writes it
LONGEST_PROTOCOL = 30
PICKUP = "mail pickup service"
# Ways of a message that are no connection between servers by SMTP.
OTHER_WAYS = frozenset(
    {"PICKUP", "MAPI", "HTTP", "HTTPS", "HTTPREST", "LMTP", "LMTPS", "LMTPA", "LMTPSA", "LOCAL", "STDIO"}
)


def read_hops(received: tuple[str, ...]) -> tuple[Hop, ...]:
    """Read headers in the order of travel."""
    hops: list[Hop] = []
    for number, raw in enumerate(received, start=1):
        hops.append(_read_hop(number, raw, hops[-1].time if hops else None))
    return tuple(hops)


def is_smtp(hop: Hop) -> bool:
    """Tell whether the message came from another server by SMTP, and not through a mailbox or a folder."""
    return hop.from_name is not None and hop.protocol not in OTHER_WAYS


def _read_hop(number: int, raw: str, before: dt.datetime | None) -> Hop:
    text = unfold(raw)
    clauses = parse_clauses(text)
    software = identify(clauses)
    origin = read_origin(clauses.get("from"))
    protocol = _protocol(clauses, software, origin)
    time = _time(clauses.date)
    return Hop(
        number=number,
        from_name=origin.name,
        from_helo=origin.helo,
        from_ip=origin.ip,
        by=clauses.get("by").first,
        software=software,
        protocol=protocol,
        security=read_security(clauses, software, protocol, text),
        time=time,
        delay_s=(time - before).total_seconds() if time and before else None,
        raw=raw,
    )


def _protocol(clauses: Clauses, software: Software | None, origin: Origin) -> str | None:
    stated = clauses.get("with").first
    if origin.name == PICKUP:
        return "PICKUP"
    if stated is None:
        return None
    # These write the name of their program where others write the protocol.
    is_product = stated.casefold() == "microsoft" and software is not None
    if is_product and software is not None and software.name.startswith((SMTPSVC, EXCHANGE_ONLINE, EXCHANGE_SERVER)):
        return "SMTP"
    return stated.partition("/")[0].upper()[:LONGEST_PROTOCOL]


def _time(date: str) -> dt.datetime | None:
    """Read a date with its zone; one without a zone, and -0000, count as UTC."""
    if not date or len(date) > LONGEST_DATE:
        return None
    try:
        time = parsedate_to_datetime(FRACTION.sub(r"\1", date))
        time = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
        time.astimezone(dt.UTC)  # the first and last days of the calendar have no time in every zone
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return time
